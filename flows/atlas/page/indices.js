// An index: what is said of each unit, and what a map and a ranking show of it.

/** What the data says of a unit at a Stichtag (sql/atlas/index.sql). */
function standingOf(content, place, day) {
  content.split ??= content.lines.split("\n");
  const text = content.split[place * core.days.length + core.days.indexOf(day)];
  const [status, score, low, high, from, to, likely, first, last, chances, change, verdict, people, reason] = text.split(";");
  const given = (field) => (field ? Number(field) : null);
  return {
    status: text ? core.letters[status] ?? "ok" : "nicht_geliefert",
    score: given(score), low: given(low), high: given(high),
    from: given(from), to: given(to),
    likely: likely ? likely.split(" ").map(Number) : [],
    rank: first ? [Number(first), Number(last)] : null,
    chances: chances ? chances.split(" ").map((each) => each.split(":").map(Number)) : [],
    change: given(change), verdict, people: given(people), reason,
  };
}

function loadIndex(id) {
  const { file } = core.indices.find((each) => each.id === id);
  return load(`index ${id}`, file);
}

/** What a view of an index shows, in the form of `figuresShown`. */
function indexShown(content, shown) {
  const { subject } = shown;
  const changes = shown.mode === "veraenderung";
  const classes = changes ? subject.changes : subject.classes;
  const rows = placesOf(shown.level, shown.zuschnitt).map((place) => {
    const standing = standingOf(content, place, shown.day);
    if (changes) return changeRow(place, standing, classes);
    return subject.types ? typeRow(place, standing, classes) : indexRow(place, standing, classes);
  });
  if (changes) rows.sort((a, b) => (b.change ?? 0) - (a.change ?? 0) || a.place - b.place);
  else rows.sort((a, b) => !a.rank - !b.rank || (a.rank && a.rank[0] + a.rank[1] - b.rank[0] - b.rank[1]) || a.place - b.place);
  const count = (colour) => rows.filter(({ fill }) => fill === colour).length;
  return {
    rows,
    circles: false,
    unit: "",
    number: (value) => number(value, 2),
    classes: classes.map(([de, en, colour]) => ({ colour, words: said([de, en]), count: count(colour), city: false })),
    cityWords: null,
  };
}

function indexRow(place, standing, classes) {
  const { score, from, to, likely } = standing;
  const known = from !== null && from === to;
  const row = { place, ...standing, value: score, around: 0, estimated: false };
  row.figure = score === null ? (standing.low === null ? "" : `${number(standing.low, 2)} ${say("to")} ${number(standing.high, 2)}`) : number(score, 2);
  row.fill = known ? classes[from - 1][2] : fillOf(standing.status);
  row.standing = standingWords(standing, classes);
  if (likely.length > 2) {
    row.fill = UNSURE;
    row.standing = `${say("unsure")}: ${possible(classes, likely[0], likely.at(-1))}`;
  }
  row.words = [row.standing, row.figure && `${row.figure} ${say("score")}`, chanceWords(standing, classes)].filter(Boolean).join("; ");
  return row;
}

/** The type of a unit, the second one where it is borderline, or which types are possible: no type is more than another. */
function typeRow(place, standing, classes) {
  const { from, likely, verdict, change } = standing;
  const row = { place, ...standing, value: null, rank: null, around: 0, estimated: false, figure: "" };
  row.fill = from !== null ? classes[from - 1][2] : likely.length ? UNSURE : fillOf(standing.status);
  row.standing = typeWords(standing, classes);
  const second = verdict !== "grenzfall" ? "" : change === null ? say("borderlineAlone") : say("borderline", { type: said(classes[change - 1]) });
  row.words = [row.standing, second, chanceWords(standing, classes)].filter(Boolean).join("; ");
  return row;
}

function typeWords({ from, likely, status }, classes) {
  if (from !== null) return said(classes[from - 1]);
  return likely.length ? likely.map((each) => said(classes[each - 1])).join(` ${say("or")} `) : said(core.words.status[status].name);
}

/** Which classes have which probability, the likeliest first. */
function chanceWords({ chances }, classes) {
  const likely = chances.filter(([, thousandths]) => thousandths > 0).sort((a, b) => b[1] - a[1]);
  return likely.map(([each, thousandths]) => say("probable", { class: said(classes[each - 1]), percent: percentWords(thousandths) })).join(", ");
}

function changeRow(place, standing, classes) {
  const row = { place, ...standing, value: null, rank: null, around: 0, estimated: false, figure: "" };
  row.fill = standing.change === null ? fillOf(standing.status === "ok" ? "nicht_geliefert" : standing.status) : classes[standing.change - 1][2];
  row.standing = standing.change === null ? said(core.words.status[standing.status === "ok" ? "nicht_geliefert" : standing.status].name) : said(classes[standing.change - 1]);
  if (standing.change !== null && standing.verdict === "nicht_unterscheidbar") row.fill = UNSURE;
  row.words = standing.verdict ? `${row.standing}. ${said(core.words.verdict[standing.verdict])}` : row.standing;
  return row;
}

/** The classes that an index may be in, or why it has none. */
function standingWords({ from, to, status }, classes) {
  return from === null ? said(core.words.status[status].name) : possible(classes, from, to);
}

function possible(classes, from, to) {
  return classes.slice(from - 1, to).map(said).join(` ${say("or")} `);
}
