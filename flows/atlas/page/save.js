// What a reader takes along: the map as SVG or PNG with its source, the view or a profile as CSV, a printed sheet.

const PICTURE = { width: 2240, head: 110, line: 34, letters: 185, legend: 36 };

/** The map with title, legend, the sentence under it, source and licence, whole in itself. */
function pictureOf(shown, outlines, lines) {
  const below = [...linesOf(sentenceOf(shown)), ...linesOf(sourceOf())];
  const map = mapOf(shown, outlines, lines);
  fill(map, { x: 20, y: PICTURE.head, width: core.width, height: core.height }, []);
  if (view.unit !== null) map.append(...marksOf(outlines.find(([place]) => place === view.unit) ?? [0, ""]));
  const text = (x, y, size, words, weight = "normal") => shape("text", { x, y, "font-size": size, "font-weight": weight }, words);
  let y = PICTURE.head + 20;
  const entries = legendEntries(shown).map((entry) => {
    const words = linesOf(`${entry.words}${entry.count === undefined ? "" : ` (${entry.count})`}`, PICTURE.legend);
    const high = Math.max(62, 2 * (entry.circle ?? 0) + 14, 30 * words.length + 14);
    const middle = y + high / 2;
    y += high;
    const sign = entry.circle
      ? shape("circle", { cx: core.width + 85, cy: middle, r: entry.circle, fill: core.colours.circle, "fill-opacity": 0.75 })
      : shape("rect", { x: core.width + 60, y: middle - 18, width: 50, height: 36, fill: entry.dashed ? "#ffffff" : entry.colour, stroke: entry.dashed ? core.colours.ink : core.colours.edge, "stroke-dasharray": entry.dashed ? "8 6" : null });
    return [sign, words.map((line, at) => text(core.width + 160, middle + 9 + 30 * (at - (words.length - 1) / 2), 24, line))].flat();
  });
  if (shown.cityWords) {
    entries.push(linesOf(`${say("city")}: ${shown.cityWords}`, PICTURE.legend).map((line, at) => text(core.width + 60, y + 40 + 30 * at, 24, line, "bold")));
    y += 80;
  }
  const height = Math.max(core.height + PICTURE.head, y) + PICTURE.line * (below.length + 1);
  return shape("svg", { xmlns: SVG, viewBox: `0 0 ${PICTURE.width} ${height}`, width: PICTURE.width, height, "font-family": "sans-serif", fill: core.colours.ink },
    shape("rect", { width: PICTURE.width, height, fill: "#ffffff" }),
    text(20, 48, 36, titleOf(), "bold"), text(20, 88, 26, subtitleOf(shown)),
    map, entries.flat(),
    below.map((line, at) => text(20, height - 22 - PICTURE.line * (below.length - 1 - at), 22, line)));
}

/** A text in lines of so many letters, which fit into the picture, or beside the map. */
function linesOf(text, letters = PICTURE.letters) {
  const lines = [""];
  for (const word of text.split(" ")) {
    if (lines.at(-1) && lines.at(-1).length + word.length >= letters) lines.push("");
    lines.push([lines.pop(), word].filter(Boolean).join(" "));
  }
  return lines;
}

function sourceOf() {
  const { herausgeber, stadt, version, lizenz, namensnennung, synthetisch } = core.release;
  return `${say("source")}: ${herausgeber}, ${stadt}, ${say("release")} ${version}${synthetisch ? ` (${say("invented")})` : ""}. ${say("licence")}: ${lizenz}. ${namensnennung}`;
}

function saveSvg(svg) {
  saveFile(new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }), "svg");
}

/** Draw the same picture into pixels. */
async function savePng(svg) {
  const address = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }));
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = element("canvas", { width: svg.getAttribute("width"), height: svg.getAttribute("height") });
  canvas.getContext("2d").drawImage(image, 0, 0);
  URL.revokeObjectURL(address);
  saveFile(await new Promise((done) => canvas.toBlob(done, "image/png")), "png");
}

/** The rows of the view, as German spreadsheets read them. */
function viewCsv(shown) {
  const { subject, day, zuschnitt, level, mode, base } = view;
  const head = ["zuschnitt", "raumebene", "raum_id", "name", "stichtag", subject.types ? "typologie_id" : subject.kind === "index" ? "index_id" : "indikator_id", "darstellung", "wert", "unsicherheit", "status", "methode", "rang_von", "rang_bis", "angabe"];
  const kind = mode === "veraenderung" && subject.kind !== "index" ? `veraenderung seit ${base}` : mode;
  return csvOf([head, ...shown.rows.map((row) => [zuschnitt, level, core.units[row.place][0], core.units[row.place][1], day, subject.id, kind, row.value, row.around || null, row.status, row.method, row.rank?.[0], row.rank?.[1], row.standing])]);
}

function saveProfile(known) {
  saveFile(csvBlob(profileCsv(known)), "csv", core.units[known.place][0]);
}

/** Indices and types first, as the profile has them, then each Indikator: of every Stichtag a row. */
function profileCsv({ place, city, figures, standings }) {
  const head = ["raum_id", "name", "zuschnitt", "stichtag", "indikator_id", "index_id", "typologie_id", "bezeichnung", "einheit", "wert", "unsicherheit", "status", "methode", "stadt", "klasse_oder_typ", "wahrscheinlichkeit", "rang_von", "rang_bis", "betroffene"];
  const [id, name] = core.units[place];
  const beginning = (day) => [id, name, view.zuschnitt, day];
  const classed = standings.flatMap((each) => core.days.map((day) => {
    const standing = standingOf(each.content, place, day);
    const words = each.types ? typeRow(place, standing, each.classes).standing : standingWords(standing, each.classes);
    return [...beginning(day), null, each.types ? null : each.id, each.types ? each.id : null, said(each.label), each.types ? null : say("score"), standing.score ?? null, null, standing.status, null, null, words, chanceWords(standing, each.classes), ...(standing.rank ?? [null, null]), standing.people ?? null];
  }));
  const counted = figures.flatMap(({ id: indikator, label, unit, content }) => core.days.map((day) => {
    const cell = cellOf(content, place, day);
    return [...beginning(day), indikator, null, null, said(label), unit, cell.value, cell.around || null, cell.status, cell.method, city === null ? null : cellOf(content, city, day).value, null, null, null, null, null];
  }));
  return csvOf([head, ...classed, ...counted]);
}

/** Semicolons, decimal commas; an apostrophe before a text that a spreadsheet would take for a formula. */
function csvOf(rows) {
  const field = (value) => {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return String(value).replace(".", ",");
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[;"\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => row.map(field).join(";") + "\r\n").join("");
}

/** With the mark at the beginning by which Excel knows UTF-8. */
function csvBlob(text) {
  return new Blob([`\ufeff${text}`], { type: "text/csv;charset=utf-8" });
}

function saveFile(blob, ending, of = view.subject.id) {
  const address = URL.createObjectURL(blob);
  element("a", { href: address, download: `${core.release.stadt_id}_${core.release.version}_${of}_${view.day}.${ending}` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Print only the map or only the profile. */
function printOnly(part) {
  document.body.dataset.print = part;
  window.print();
}

// Whoever prints by the browser's menu gets the profile where one is open.
addEventListener("beforeprint", () => { document.body.dataset.print ??= view?.unit == null ? "map" : "profile"; });
addEventListener("afterprint", () => { delete document.body.dataset.print; });
