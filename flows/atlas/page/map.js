// The map: units by colour or circle, lines of larger units, the unit that is pointed at or chosen.

/** The outlines of a Raumebene on a Zuschnitt: place, path, point inside, neighbours of each unit; none, if not delivered. */
async function loadOutlines(level, zuschnitt) {
  if (!core.outlines.some(([z, l]) => z === zuschnitt && l === level)) return [];
  return (await load(`umriss ${zuschnitt} ${level}`, `umriss_${zuschnitt}_${level}`)).units;
}

/** Draw a view; `lines` are the outlines of larger units. */
function mapOf(shown, outlines, lines) {
  return coloured(groundOf(outlines, lines), shown, outlines);
}

/** The units without colours, and the lines of larger units. */
function groundOf(outlines, lines) {
  return shape("svg", { viewBox: `0 0 ${core.width} ${core.height}`, "aria-hidden": "true" },
    patterns(),
    shape("g", { "stroke-width": 1.6 },
      outlines.map(([place, path]) => shape("path", { class: "unit", "data-place": place, d: path, "fill-rule": "evenodd" }))),
    shape("g", { class: "lines", fill: "none", stroke: core.colours.ink, "stroke-width": 2.4, opacity: 0.65 },
      lines.map(([, path]) => shape("path", { d: path }))));
}

/** Give the ground the colours or circles of a view. */
function coloured(svg, shown, outlines) {
  const rows = new Map(shown.rows.map((row) => [row.place, row]));
  svg.querySelectorAll(".circle, .mark").forEach((part) => part.remove());
  for (const path of svg.querySelectorAll(".unit")) {
    const row = rows.get(Number(path.dataset.place));
    path.setAttribute("fill", row.fill);
    path.setAttribute("stroke", row.estimated ? core.colours.ink : shown.circles ? core.colours.edge : "#ffffff");
    path.setAttribute("stroke-dasharray", row.estimated ? "8 6" : "none");
  }
  if (shown.circles) svg.append(circlesOf(shown, outlines, rows));
  return svg;
}

/** Counts as circles, the large ones first, so that a small one lies on top of them. */
function circlesOf(shown, drawn, rows) {
  const counted = drawn.filter(([place]) => rows.get(place).value > 0).sort((a, b) => rows.get(b[0]).value - rows.get(a[0]).value);
  return shape("g", { class: "circle", fill: core.colours.circle, "fill-opacity": 0.75, stroke: "#ffffff", "stroke-width": 1.6 },
    counted.map(([place, , x, y]) => shape("circle", { cx: x, cy: y, r: radius(rows.get(place).value, shown.largest).toFixed(1) })));
}

function radius(figure, largest) {
  return largest ? core.colours.radius * Math.sqrt(figure / largest) : 0;
}

/** Let a map be pointed at and walked through: the tip follows, `choose` opens a unit. */
function makeReadable(container, shown, outlines, choose) {
  const rows = new Map(shown.rows.map((row) => [row.place, row]));
  const at = new Map(outlines.map((outline) => [outline[0], outline]));
  const svg = container.querySelector("svg");
  const tip = element("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  const spoken = element("p", { class: "spoken", role: "status" });
  container.append(tip, spoken);
  let current = null;

  const point = (place, left, top) => {
    current = place;
    container.querySelectorAll(".cursor").forEach((mark) => mark.remove());
    tip.hidden = place === null;
    if (place === null) return;
    svg.append(...marksOf(at.get(place), "cursor"));
    tip.textContent = `${nameOf(place)}: ${rows.get(place).words}`;
    const room = container.getBoundingClientRect();
    tip.style.left = `${Math.max(0, Math.min(left + 14, room.width - tip.offsetWidth - 4))}px`;
    tip.style.top = `${top + 18 + tip.offsetHeight > room.height ? top - tip.offsetHeight - 8 : top + 18}px`;
  };
  const walkTo = (place) => {
    const [, , x, y] = at.get(place);
    const [room, drawing] = [container.getBoundingClientRect(), svg.getBoundingClientRect()];
    const scale = Math.min(drawing.width / core.width, drawing.height / core.height);
    const [marginX, marginY] = [(drawing.width - core.width * scale) / 2, (drawing.height - core.height * scale) / 2];
    point(place, drawing.left - room.left + marginX + x * scale, drawing.top - room.top + marginY + y * scale);
    spoken.textContent = tip.textContent;
  };

  container.onpointermove = (event) => {
    const unit = event.target.closest?.(".unit");
    const room = container.getBoundingClientRect();
    point(unit ? Number(unit.dataset.place) : null, event.clientX - room.left, event.clientY - room.top);
  };
  container.onpointerleave = () => point(null);
  container.onblur = () => point(null);
  container.onclick = (event) => {
    const unit = event.target.closest?.(".unit");
    if (unit) choose(Number(unit.dataset.place));
  };
  container.onkeydown = (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "Escape") point(null);
    if (event.key === "Enter" && current !== null) choose(current);
    if (!way || !outlines.length) return;
    event.preventDefault();
    walkTo(current === null ? outlines[0][0] : nextUnit(outlines, at.get(current), way));
  };
}

/** The nearest unit in a direction; the same one where there is none. */
function nextUnit(outlines, [from, , x, y], [right, down]) {
  let [best, least] = [from, Infinity];
  for (const [place, , otherX, otherY] of outlines) {
    const ahead = (otherX - x) * right + (otherY - y) * down;
    const aside = Math.abs((otherX - x) * down) + Math.abs((otherY - y) * right);
    if (ahead > 0 && ahead + 2 * aside < least) [best, least] = [place, ahead + 2 * aside];
  }
  return best;
}

/** The line around a unit, dark below and bright above, so that it shows on every fill. */
function marksOf([, path], kind = "") {
  const line = (stroke, width) => shape("path", { class: `mark ${kind}`, d: path, fill: "none", stroke, "stroke-width": width, "stroke-linejoin": "round" });
  return [line("#000000", 7), line("#ffd24d", 3)];
}
