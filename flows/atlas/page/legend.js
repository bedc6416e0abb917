// The legend with how many units each class has and where the city lies, and the sentence under the map.

/** The lines of the legend: fill or circle, words, number of units, whether the city lies there. */
function legendEntries(shown) {
  const entries = shown.circles ? circleEntries(shown) : [...shown.classes].reverse();
  const unsure = shown.rows.filter((row) => row.fill === UNSURE).length;
  if (unsure) entries.push({ colour: UNSURE, words: view.subject.types ? say("severalTypes") : view.mode === "veraenderung" && view.subject.kind === "index" ? said(core.words.verdict.nicht_unterscheidbar) : say("unsureLong"), count: unsure });
  const gaps = new Map();
  for (const row of shown.rows) {
    if (row.fill === UNSURE || shown.classes.some(({ colour }) => colour === row.fill) || (shown.circles && row.value !== null)) continue;
    gaps.set(row.standing, { colour: row.fill, words: row.standing, count: (gaps.get(row.standing)?.count ?? 0) + 1 });
  }
  const estimated = shown.rows.filter((row) => row.estimated).length;
  return [...entries, ...gaps.values(), ...(estimated ? [{ dashed: true, words: say("estimated"), count: estimated }] : [])];
}

function circleEntries(shown) {
  const sizes = [1, 0.25, 0.05].map((part) => Number((shown.largest * part).toFixed(view.subject.decimals)));
  return sizes.filter((size) => size > 0).map((size) => ({ circle: radius(size, shown.largest), words: `${shown.number(size)} ${shown.unit}` }));
}

function legendOf(shown) {
  const list = legendEntries(shown).map((entry) =>
    element("li", {},
      entry.circle ? circleSwatch(entry.circle) : entry.dashed ? dashedSwatch() : swatch(entry.colour),
      element("span", {}, entry.words),
      entry.city ? element("span", { class: "city" }, `${say("city")}: ${shown.cityWords}`) : null,
      entry.count === undefined ? null : element("span", { class: "count" }, number(entry.count, 0))));
  if (shown.circles && shown.cityWords) list.push(element("li", {}, element("span", { class: "city" }, `${say("city")}: ${shown.cityWords}`)));
  return list;
}

function dashedSwatch() {
  return shape("svg", { class: "swatch", width: 22, height: 18, "aria-hidden": "true" },
    shape("rect", { x: 1, y: 1, width: 20, height: 16, fill: "#ffffff", stroke: core.colours.ink, "stroke-dasharray": "4 3" }));
}

function circleSwatch(size) {
  const shownSize = (size * 760) / core.width;
  return shape("svg", { class: "swatch", width: 54, height: Math.max(18, 2 * shownSize + 4), "aria-hidden": "true" },
    shape("circle", { cx: 27, cy: Math.max(18, 2 * shownSize + 4) / 2, r: shownSize, fill: core.colours.circle, "fill-opacity": 0.75 }));
}

/** How many units have a figure, how many are estimates, not sure, or missing, and why. */
function sentenceOf(shown) {
  const known = shown.rows.filter((row) => (view.subject.kind === "index" ? shown.classes.some(({ colour }) => colour === row.fill) || row.fill === UNSURE : row.value !== null));
  const parts = [say("sentence", { known: number(known.length, 0), all: number(shown.rows.length, 0), what: say(view.subject.types ? "aType" : view.subject.kind === "index" ? "aClass" : "aFigure") })];
  const tell = (rows, words) => { if (rows.length) parts.push(`${number(rows.length, 0)} ${words}`); };
  tell(shown.rows.filter(({ estimated }) => estimated), say("estimatedShort"));
  tell(shown.rows.filter((row) => row.fill === UNSURE), say(view.subject.types ? "severalTypes" : "unsure"));
  const missing = shown.rows.filter((row) => !known.includes(row));
  for (const standing of new Set(missing.map((row) => row.standing))) tell(missing.filter((row) => row.standing === standing), standing);
  const estimates = shown.estimates?.length ? `, ${say("estimatedDays", { days: [...new Set([shown.estimates[0], shown.estimates.at(-1)])].map(dayWords).join(` ${say("to")} `) })}` : "";
  return `${parts.join(", ")}; ${say("onBoundaries", { day: dayWords(view.zuschnitt) })}${estimates}.`;
}
