// What is shown stands in the address, so that a view can be linked, embedded, and left by the back button.

let core;
let view;

/** The view that an address asks for; what it does not say, or says wrongly, is as at the beginning. */
function viewOf(hash) {
  const asked = new URLSearchParams(hash.replace(/^#/, ""));
  const first = core.first;
  const oneOf = (known, wanted, otherwise) => (known.includes(wanted) ? wanted : otherwise);
  const found = subjectOf(asked.get("index"), asked.get("indikator")) || subjectOf(first.index, first.indikator) || { kind: "figures", ...core.indikatoren[0] };
  const level = oneOf(core.levels.map(([id]) => id), asked.get("ebene"), first.ebene);
  const zuschnitt = oneOf(core.zuschnitte, asked.get("zuschnitt"), first.zuschnitt);
  const day = oneOf(core.days, asked.get("stichtag"), first.stichtag);
  const mode = oneOf(modesOf(found, day), asked.get("als"), "wert");
  const base = baseOf(day, asked.get("seit"));
  const unit = core.units.findIndex(([id, , l, z]) => id === asked.get("raum") && core.levels[l][0] === level && core.zuschnitte[z] === zuschnitt);
  const lines = oneOf(["", ...core.levels.map(([id]) => id)], asked.get("linien") ?? undefined, largerLevel(level));
  return { subject: found, level, zuschnitt, day, mode, base, lines, unit: unit < 0 ? null : unit, english: asked.get("sprache") === "en" };
}

/** The address of the present view with some of it changed. */
function addressOf(changes = {}) {
  const next = { ...view, ...changes };
  next.base = baseOf(next.day, next.base);
  if (!modesOf(next.subject, next.day).includes(next.mode)) next.mode = "wert";
  const parts = new URLSearchParams();
  parts.set(next.subject.kind === "index" ? "index" : "indikator", next.subject.id);
  parts.set("stichtag", next.day);
  parts.set("zuschnitt", next.zuschnitt);
  parts.set("ebene", next.level);
  if (next.mode !== "wert") parts.set("als", next.mode);
  if (next.mode === "veraenderung" && next.subject.kind !== "index") parts.set("seit", next.base);
  if (next.lines !== largerLevel(next.level)) parts.set("linien", next.lines);
  if (next.unit !== null) parts.set("raum", core.units[next.unit][0]);
  if (next.english) parts.set("sprache", "en");
  return `#${parts}`;
}

/** The address that shows a unit, in its own Raumebene and Zuschnitt. */
function addressOfUnit(place) {
  const [, , level, zuschnitt] = core.units[place];
  return addressOf({ unit: place, level: core.levels[level][0], zuschnitt: core.zuschnitte[zuschnitt], lines: largerLevel(core.levels[level][0]) });
}

function subjectOf(index, indikator) {
  const found = core.indices.find(({ id }) => id === index);
  if (found) return { kind: "index", ...found };
  const other = core.indikatoren.find(({ id }) => id === indikator);
  return other ? { kind: "figures", ...other } : null;
}

/** How a subject can be shown on a day. A count has no distance from the city's; an index changes as its definition says. */
function modesOf(subject, day) {
  if (subject.kind === "index") return subject.changes.length ? ["wert", "veraenderung"] : ["wert"];
  const modes = subject.type === "anzahl" || subject.type === "veraenderung" ? ["wert"] : ["wert", "abstand"];
  return daysBefore(day).length ? [...modes, "veraenderung"] : modes;
}

/** The Stichtag since which the change up to a day is shown: the wanted one if it lies before, else the last before it. */
function baseOf(day, wanted) {
  const before = daysBefore(day);
  return before.includes(wanted) ? wanted : before.at(-1);
}

function daysBefore(day) {
  return core.days.slice(0, core.days.indexOf(day));
}

/** The coarsest Raumebene below the city, whose lines help to find one's way; none for itself. */
function largerLevel(level) {
  const ids = core.levels.map(([id]) => id);
  return ids.slice(ids.indexOf(level) + 1, -1).pop() ?? "";
}

/** The units of a Raumebene on a Zuschnitt, by their places in the data. */
function placesOf(level, zuschnitt) {
  const [l, z] = [core.levels.findIndex(([id]) => id === level), core.zuschnitte.indexOf(zuschnitt)];
  return [...core.units.keys()].filter((place) => core.units[place][2] === l && core.units[place][3] === z);
}

/** The unit of the coarsest Raumebene on a Zuschnitt; none where there is not exactly one. */
function cityOf(zuschnitt) {
  const places = placesOf(core.levels.at(-1)[0], zuschnitt);
  return places.length === 1 ? places[0] : null;
}

function nameOf(place) {
  return core.units[place][1] || core.units[place][0];
}
