// The ranking: every unit of the view with its range of ranks, its figure, and where that lies among the others.

const FIRST_ROWS = 30;

/** The table with the rows that are seen at once, and a function that adds the others. */
function rankingOf(shown) {
  const index = view.subject.kind === "index";
  const ends = spread(shown.rows);
  const address = addressOf({ unit: null });
  const { types } = view.subject;
  const head = [["figure", types ? "" : say("rank")], ["", say("name")], ["figure", types ? "" : index ? say("score") : say("value")], ["graph", ""], ["", types ? say("aType") : index ? say("class") : ""]];
  const row = (each) => rowOf(each, address, ends);
  const body = element("tbody", {}, shown.rows.slice(0, FIRST_ROWS).map(row));
  const table = element("table", {},
    element("caption", {}, types ? say("typesOfUnits") : index && view.mode === "veraenderung" ? said(view.subject.label) : `${say(index ? "rankingNeed" : "ranking")}. ${say("rankRange")}`),
    element("thead", {}, element("tr", {}, head.map(([kind, words]) => words ? element("th", { scope: "col", class: kind }, words) : element("td", { class: kind })))),
    body);
  return { table, complete: () => body.append(...shown.rows.slice(FIRST_ROWS).map(row)) };
}

function rowOf(row, address, ends) {
  return element("tr", { class: row.place === view.unit ? "chosen" : null },
    element("td", { class: "figure" }, rangeWords(row.rank)),
    element("th", { scope: "row" }, element("a", { href: `${address}&raum=${encodeURIComponent(core.units[row.place][0])}` }, nameOf(row.place))),
    element("td", { class: row.estimated ? "figure estimate" : "figure" }, row.figure ?? ""),
    element("td", { class: "graph" }, row.value === null ? "" : barOf(row, ends)),
    element("td", {}, row.standing));
}

/** The smallest and largest figure with its interval, and zero. */
function spread(rows) {
  const known = rows.filter(({ value }) => value !== null);
  return [Math.min(0, ...known.map((row) => row.value - row.around)), Math.max(0, ...known.map((row) => row.value + row.around))];
}

/** A figure as a bar from zero, with its interval as a line. */
function barOf(row, [least, most]) {
  const at = (value) => (100 * (value - least)) / (most - least || 1);
  const [from, to] = [Math.min(0, row.value), Math.max(0, row.value)];
  const colour = /^#/.test(row.fill) && row.fill !== core.colours.land ? row.fill : core.colours.circle;
  return shape("svg", { class: "bar", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    shape("rect", { x: at(from).toFixed(2), y: 1, width: (at(to) - at(from)).toFixed(2), height: 8, fill: colour, stroke: core.colours.edge, "stroke-width": 0.4 }),
    row.around ? shape("path", { d: `M${at(row.value - row.around).toFixed(2)} 5H${at(row.value + row.around).toFixed(2)}`, stroke: core.colours.ink, "stroke-width": 2 }) : null);
}
