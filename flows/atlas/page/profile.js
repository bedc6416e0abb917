// The profile of a unit: all that the release says of it, on one sheet of paper.

/** Fill the section with the profile of a unit; every Indikator is loaded. */
async function showProfile(section, place) {
  const heading = element("h2", { id: "profile-title", tabindex: -1 }, `${say("profileOf")}: ${nameOf(place)} `, element("small", {}, core.units[place][0]));
  section.replaceChildren(heading, element("p", { class: "key" }, say("loading")));
  section.hidden = false;
  const [figures, standings, outlines, redraw] = await Promise.all([
    Promise.all(core.indikatoren.map(async (each) => ({ ...each, content: await loadFigures(each.id) }))),
    Promise.all(core.indices.map(async (each) => ({ ...each, content: await loadIndex(each.id) }))),
    loadOutlines(view.level, view.zuschnitt),
    load("umbau", "umbau"),
  ]);
  if (view.unit !== place) return;
  const known = { place, city: cityOf(view.zuschnitt), figures, standings };
  const neighbours = outlines.find(([each]) => each === place)?.[4] ?? [];
  section.replaceChildren(...[
    heading,
    profileButtons(known),
    headOf(known),
    element("h3", {}, say("trends")),
    element("p", { class: "key" }, say("trendsKey")),
    element("div", { class: "charts" }, agesOf(known), trendsOf(known)),
    core.ages.length ? element("p", { class: "key" }, `${say("ages")}. ${say("agesKey", { oldest: core.oldest })}`) : null,
    element("h3", {}, `${say("beside", { unit: nameOf(place) })}, ${dayWords(view.day)} `, element("small", {}, `(${say("here")} | ${say("city")})`)),
    factsOf(known),
    outlines.length ? element("h3", {}, say("neighbours")) : null, // without outlines nobody knows them
    outlines.length ? element("p", {}, neighbours.length ? between(neighbours.map((each) => element("a", { href: addressOfUnit(each) }, nameOf(each))), ", ") : say("noNeighbours")) : null,
    element("h3", {}, say("lastRedraw")),
    redrawOf(place, redraw.pairs),
  ].filter(Boolean));
}

function profileButtons(known) {
  return element("div", { class: "buttons" },
    element("button", { type: "button", onclick: () => printOnly("profile") }, say("printProfile")),
    element("button", { type: "button", onclick: () => saveProfile(known) }, say("profileCsv")),
    element("button", { type: "button", onclick: () => { location.hash = addressOf({ unit: null }); } }, say("close")));
}

/** Residents, area, the larger units, the types, and the main index with how sure its class is. */
function headOf({ place, figures, standings }) {
  const [, , , , area, larger] = core.units[place];
  const entry = (name, value, note = "", kind = null) => element("div", {}, element("dt", {}, name), element("dd", { class: kind }, value, note ? element("small", {}, note) : null));
  const residents = figures.find(({ id }) => id === "einwohner");
  const counted = residents ? cellOf(residents.content, place, view.day) : null;
  const need = standings.find(({ id }) => id === core.first.index);
  const types = standings.filter((each) => each.types).map((each) => ({ ...each, row: typeRow(place, standingOf(each.content, place, view.day), each.classes) }));
  const standing = need ? standingOf(need.content, place, view.day) : null;
  return element("dl", { class: "profile-head" },
    counted ? entry(said(residents.label), wordsOf(counted, residents), dayWords(view.day)) : null,
    area === null ? null : entry(say("area"), `${number(area, 2)} km²`, counted?.value && area ? `${number(counted.value / area, 0)} ${say("density")}` : ""),
    standing ? entry(said(need.label), standingWords(standing, need.classes), chanceWords(standing, need.classes)) : null,
    standing?.rank ? entry(`${say("rank")}, ${said(need.label)}`, rangeWords(standing.rank)) : null,
    ...types.filter(({ row }) => row.status !== "nicht_geliefert").map(({ label, row }) => entry(said(label), row.standing, row.words === row.standing ? "" : row.words.slice(row.standing.length + 2), "note")),
    standing?.people ? entry(say("concerns"), number(standing.people, 0)) : null,
    larger.length ? element("div", {}, element("dt", {}, say("liesIn")), element("dd", { class: "note" }, between(larger.slice(0, 2).map((each) => element("a", { href: addressOfUnit(each) }, nameOf(each))), ", "))) : null);
}

/** A figure with its interval, or why there is none. */
function wordsOf(cell, { decimals }) {
  if (cell.value === null) return said(core.words.status[cell.status].name);
  return number(cell.value, decimals) + (cell.around ? ` ± ${number(cell.around, decimals)}` : "") + (cell.status === "ok" ? "" : "*");
}

function agesOf({ place, city, figures }) {
  const residents = figures.find(({ id }) => id === "einwohner");
  if (!core.ages.length || !residents) return null;
  const counts = (unit, id) => (unit === null ? null : cellOf(figures.find((each) => each.id === id).content, unit, view.day).value);
  const bands = core.ages.map(([id, begin, end]) => ({ begin, end, here: counts(place, id), city: counts(city, id) }));
  return ageChart(bands, counts(place, "einwohner") ?? 0, counts(city, "einwohner"));
}

/** The trends of residents, of what the main index is made of, and of what the map shows. */
function trendsOf({ place, city, figures }) {
  const wanted = new Set(["einwohner", ...(core.indices.find(({ id }) => id === core.first.index)?.indikatoren ?? []), view.subject.kind === "index" ? "" : view.subject.id]);
  const missing = { value: null, around: 0 };
  return figures.filter(({ id }) => wanted.has(id)).map((each) => {
    const over = (unit) => core.days.map((day) => (unit === null ? missing : cellOf(each.content, unit, day)));
    const beside = each.type === "anzahl" ? [] : over(city);
    return trendChart(`${said(each.label)} (${each.unit})`, over(place), beside, each.decimals);
  });
}

/** Each Indikator here and in the city, by theme; counts are left out on paper. */
function factsOf({ place, city, figures }) {
  return element("div", { class: "facts" }, Object.entries(core.words.theme).map(([theme, label]) => {
    const rows = figures.filter((each) => each.theme === theme).map((each) => {
      const here = cellOf(each.content, place, view.day);
      const whole = city === null ? null : cellOf(each.content, city, view.day);
      return element("tr", { class: each.type === "anzahl" ? "count-row" : null },
        element("th", { scope: "row" }, element("a", { href: addressOf({ subject: { kind: "figures", ...each } }) }, said(each.label)), ` (${each.unit})`),
        element("td", { class: here.estimated ? "figure estimate" : "figure" }, wordsOf(here, each)),
        element("td", { class: "figure" }, whole ? wordsOf(whole, each) : ""));
    });
    return rows.length ? element("table", {},
      element("caption", {}, said(label)),
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, say("indicator")), element("th", { scope: "col", class: "figure" }, say("here")), element("th", { scope: "col", class: "figure" }, say("city")))),
      element("tbody", {}, rows)) : null;
  }));
}

/** What the last redraw did to a unit, seen from its own side of it. */
function redrawOf(place, pairs) {
  if (!pairs.length) return element("p", {}, say("noRedraw"));
  const before = pairs.filter(([, to]) => to === place).map((pair) => ({ pair, other: pair[0], words: "fromUnit" }));
  const after = pairs.filter(([from]) => from === place).map((pair) => ({ pair, other: pair[1], words: "intoUnit" }));
  const touched = [...before, ...after].filter(({ pair }) => pair[2] !== "unveraendert");
  if (!touched.length) return element("p", {}, say("notTouched"));
  return element("ul", { class: "plain" }, touched.map(({ pair: [, , event, , area, people], other, words }) =>
    element("li", {}, [
      said(core.words.event[event]),
      other === null ? "" : say(words, { unit: `${nameOf(other)} (${core.units[other][0]})` }),
      people === null ? "" : say("people", { n: number(people, 0) }),
      area === null ? "" : `${number(area, 3)} km²`,
    ].filter(Boolean).join(", "))));
}

function between(nodes, separator) {
  return nodes.flatMap((node, at) => (at ? [separator, node] : [node]));
}
