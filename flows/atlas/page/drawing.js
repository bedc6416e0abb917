// Elements of the page and of pictures, and the fills that several pictures share.

const PROTECTED = "url(#geheim)";
const UNSURE = "url(#unsicher)";
const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function shape(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** The fill of a unit without a figure, by the reason. */
function fillOf(status) {
  return status === "geschuetzt" ? PROTECTED : core.words.status[status].fill || "#ffffff";
}

/** The patterns, as the page's first map has them. */
function patterns() {
  return shape("defs", {},
    shape("pattern", { id: "geheim", width: 12, height: 12, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      shape("rect", { width: 12, height: 12, fill: core.words.status.geschuetzt.fill }),
      shape("path", { d: "M3 0v12", stroke: core.colours.edge, "stroke-width": 6 })),
    shape("pattern", { id: "unsicher", width: 14, height: 14, patternUnits: "userSpaceOnUse" },
      shape("rect", { width: 14, height: 14, fill: "#ffffff" }),
      shape("circle", { cx: 7, cy: 7, r: 3, fill: "#5b6871" })));
}

function swatch(colour) {
  return shape("svg", { class: "swatch", width: 22, height: 18, "aria-hidden": "true" }, shape("rect", { width: 22, height: 18, fill: colour, stroke: core.colours.edge }));
}
