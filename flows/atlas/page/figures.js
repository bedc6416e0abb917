// The figures of an Indikator: read from their packed cells, and what a map and a ranking show of them.

/** A cell of the data: figure, status, method, half the width of its interval. */
function cellOf(content, place, day) {
  content.split ??= content.cells.split(",");
  const text = content.split[place * core.days.length + core.days.indexOf(day)];
  const [, figure, status, method, around] = text.match(/^([-+\d.e]*)([A-M]?)([N-Z]?)([-+\d.e]*)$/);
  const known = text === "" ? "nicht_geliefert" : core.letters[status] ?? "ok";
  return {
    value: figure === "" ? null : Number(figure),
    status: known,
    method: core.letters[method] ?? null,
    around: around === "" ? 0 : Number(around),
    estimated: figure !== "" && core.words.estimates.includes(core.letters[method]),
  };
}

function loadFigures(id) {
  const { file } = core.indikatoren.find((each) => each.id === id);
  return load(`zahl ${id}`, file);
}

/** What a view of an Indikator shows: a row for each unit, the classes, and the city's own figure. */
function figuresShown(content, shown) {
  const places = placesOf(shown.level, shown.zuschnitt);
  const city = cityOf(shown.zuschnitt);
  const rows = places.map((place) => ({ place, ...measured(content, shown, place, city) }));
  const figures = rows.filter(({ value }) => value !== null).map(({ value }) => value);
  const circles = shown.subject.type === "anzahl" && shown.mode === "wert";
  const classes = circles ? [] : classesShown(content, shown, figures);
  const words = wordsShown(shown);
  for (const row of rows) dress(row, classes, circles, words);
  rankByInterval(rows);
  const own = city === null || shown.mode === "abstand" ? null : measured(content, shown, city, city);
  const count = (each) => rows.filter(({ fill }) => fill === each.colour).length;
  return {
    rows,
    circles,
    unit: words.unit,
    number: words.number,
    classes: classes.map((each) => ({ colour: each.colour, words: classWords(each, words.number, words.unit), count: count(each), city: own?.value != null && holds(each, own.value) })),
    cityWords: own?.value != null ? `${words.number(own.value)} ${words.unit}` : null,
    largest: Math.max(0, ...figures),
    estimates: core.days.filter((day) => places.some((place) => cellOf(content, place, day).estimated)),
  };
}

/** A unit's figure as it is shown: itself, its distance from the city's, or its change. */
function measured(content, shown, place, city) {
  const now = cellOf(content, place, shown.day);
  if (shown.mode === "wert") return now;
  const other = shown.mode === "abstand" ? (city === null ? null : cellOf(content, city, shown.day)) : cellOf(content, place, shown.base);
  if (now.value === null || !other || other.value === null) {
    const reason = now.value === null ? now.status : other?.status ?? "nicht_geliefert";
    return { ...now, value: null, status: reason === "ok" ? "nicht_geliefert" : reason, estimated: false };
  }
  const decimals = shown.subject.decimals;
  if (shown.mode === "veraenderung" && shown.subject.type === "anzahl") {
    if (other.value === 0) return { ...now, value: null, status: "sinnlos", estimated: false };
    const around = (100 * Math.hypot(now.around, (other.around * now.value) / other.value)) / other.value;
    return { ...now, value: rounded((100 * (now.value - other.value)) / other.value, 1), around, estimated: now.estimated || other.estimated };
  }
  return {
    ...now,
    value: rounded(now.value - other.value, decimals),
    around: Math.hypot(now.around, other.around),
    estimated: now.estimated || other.estimated,
  };
}

/** Differences of figures with few decimals have as few; -0 is 0. */
function rounded(value, decimals) {
  return Number(value.toFixed(decimals)) + 0;
}

function classesShown(content, shown, figures) {
  if (shown.mode !== "wert" || shown.subject.type === "veraenderung") return classesOfChanges(figures);
  const limits = content.limits[`${shown.zuschnitt} ${shown.level} ${shown.day}`];
  return limits ? classesOfShares(limits) : [];
}

/** The unit of what is shown, and how its numbers are written. */
function wordsShown({ subject, mode }) {
  const relative = mode !== "wert" || subject.type === "veraenderung";
  const percent = subject.type === "anzahl" && mode !== "wert";
  const decimals = percent ? 1 : subject.decimals;
  const points = mode !== "wert" && subject.unit === "%";
  return {
    unit: percent ? "%" : points ? say("points") : subject.unit,
    number: (value) => (relative ? signed(value, decimals) : number(value, decimals)),
    around: (value) => number(value, decimals),
  };
}

/** Give a row its fill and its words. */
function dress(row, classes, circles, words) {
  if (row.value === null) {
    row.fill = fillOf(row.status);
    row.standing = said(core.words.status[row.status].name);
    row.words = row.standing;
    return;
  }
  const around = row.around ? ` ± ${words.around(row.around)}` : "";
  row.figure = words.number(row.value) + around;
  row.standing = [row.estimated ? say("estimatedShort") : "", row.status === "ok" ? "" : said(core.words.status[row.status].name)].filter(Boolean).join(", ");
  row.words = `${words.number(row.value)}${around} ${words.unit}${row.standing ? ` (${row.standing})` : ""}`;
  row.low = row.value - row.around;
  row.high = row.value + row.around;
  if (circles) {
    row.fill = core.colours.land;
  } else if (row.around && classesReached(classes, row.value, row.around) > 2) {
    row.fill = UNSURE;
    row.standing = [say("unsure"), row.standing].filter(Boolean).join(", ");
  } else {
    row.fill = classes.find((each) => holds(each, row.value))?.colour ?? core.colours.land;
  }
}

/** Ranks from the highest figure on: a range where other intervals reach into one's own. */
function rankByInterval(rows) {
  const known = rows.filter(({ value }) => value !== null);
  const [lows, highs] = ["low", "high"].map((end) => known.map((row) => row[end]).sort((a, b) => a - b));
  for (const row of known) {
    const above = known.length - countBefore(lows, (low) => low <= row.high);
    row.rank = [above + 1, known.length - countBefore(highs, (high) => high < row.low)];
  }
  rows.sort((a, b) => (a.value === null) - (b.value === null) || b.value - a.value || a.place - b.place);
}

/** How many of the first of a sorted list pass a test, by halving. */
function countBefore(sorted, passes) {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (passes(sorted[middle])) from = middle + 1;
    else to = middle;
  }
  return from;
}
