// The pictures of a profile: ages beside the city's, and figures over the years with interval and redraws.

const CHART = { width: 320, height: 170, left: 38, right: 8, top: 10, bottom: 22 };

/** Ages as persons per year of age; `bands` have begin, end, persons here (null if not given) and in the city. */
function ageChart(bands, residents, cityResidents) {
  const per = (persons, { begin, end }) => persons / (end - begin);
  const own = bands.map((band) => (band.here === null ? null : per(band.here, band)));
  const whole = bands.map((band) => (band.city === null || !cityResidents ? null : (per(band.city, band) * residents) / cityResidents));
  const most = Math.max(1e-9, ...own.filter((each) => each !== null), ...whole.filter((each) => each !== null));
  const { x, y } = scales([0, core.oldest], [0, most]);
  const line = bands.map((band, at) => (whole[at] === null ? "" : `M${x(band.begin)} ${y(whole[at])}H${x(band.end)}`)).join("");
  return figureOf(say("ages"),
    yAxis(y, [0, most], most < 10 ? 1 : 0), xAxis(x, [0, 20, 40, 60, 80, core.oldest].map((age) => [age, `${age}`])),
    bands.map((band, at) => own[at] === null
      ? shape("text", { x: (x(band.begin) + x(band.end)) / 2, y: y(0) - 4, "text-anchor": "middle" }, "·", shape("title", {}, `${band.begin}–${band.end - 1}: ${say("agesMissing")}`))
      : shape("rect", { class: "age", x: x(band.begin), y: y(own[at]), width: Math.max(0, x(band.end) - x(band.begin) - 1), height: y(0) - y(own[at]) },
        shape("title", {}, `${band.begin}–${band.end === core.oldest ? "" : band.end - 1}: ${number(band.here, 0)}`))),
    shape("path", { class: "whole", d: line }));
}

/** A figure at every Stichtag, beside the city's, with the interval and the days of new boundaries. */
function trendChart(title, own, city, decimals) {
  const given = [...own, ...city].filter(({ value }) => value !== null);
  if (!given.length) return null;
  const ends = [Math.min(...given.map((each) => each.value - each.around)), Math.max(...given.map((each) => each.value + each.around))];
  const room = (ends[1] - ends[0]) * 0.08 || 1;
  const range = [ends[0] >= 0 ? Math.max(0, ends[0] - room) : ends[0] - room, ends[1] + room];
  const days = core.days.map(Date.parse);
  const { x, y } = scales([days[0], days.at(-1) === days[0] ? days[0] + 1 : days.at(-1)], range);
  const known = own.map((each, at) => ({ ...each, day: days[at] })).filter(({ value }) => value !== null);
  const path = (points) => points.map((each, at) => (each.value === null ? "" : `${at && points[at - 1].value !== null ? "L" : "M"}${x(days[at])} ${y(each.value)}`)).join("");
  const redraws = core.zuschnitte.slice(1).map(Date.parse).filter((day) => day > days[0] && day < days.at(-1));
  const step = Math.ceil(core.days.length / 5);
  return figureOf(title,
    yAxis(y, range, decimals), xAxis(x, core.days.map((day, at) => [days[at], day.slice(0, 4)]).filter((_, at) => at % step === 0)),
    redraws.map((day) => shape("path", { class: "redraw", d: `M${x(day)} ${CHART.top}V${y(range[0])}` })),
    known.filter(({ around }) => around).map((each) => shape("rect", { class: "interval", x: x(each.day) - 3, width: 6, y: y(each.value + each.around), height: Math.max(1, y(each.value - each.around) - y(each.value + each.around)) })),
    shape("path", { class: "whole", d: path(city) }), shape("path", { class: "own", d: path(own) }),
    known.map((each) => shape("circle", { class: each.estimated ? "spot estimated" : "spot", cx: x(each.day), cy: y(each.value), r: 3 },
      shape("title", {}, `${number(each.value, decimals)}${each.around ? ` ± ${number(each.around, decimals)}` : ""}`))));
}

function figureOf(title, ...drawn) {
  return element("figure", { class: "chart" }, element("figcaption", {}, title),
    shape("svg", { viewBox: `0 0 ${CHART.width} ${CHART.height}`, role: "img", "aria-label": title }, ...drawn));
}

function scales([first, last], [least, most]) {
  const { width, height, left, right, top, bottom } = CHART;
  const exact = (value) => Math.round(value * 10) / 10;
  return {
    x: (value) => exact(left + ((value - first) / (last - first)) * (width - left - right)),
    y: (value) => exact(height - bottom - ((value - least) / (most - least || 1)) * (height - top - bottom)),
  };
}

function yAxis(y, [least, most], decimals) {
  return [least, (least + most) / 2, most].map((value) => [
    shape("path", { class: "axis", d: `M${CHART.left} ${y(value)}H${CHART.width - CHART.right}` }),
    shape("text", { x: CHART.left - 4, y: y(value) + 4, "text-anchor": "end" }, number(value, decimals)),
  ]).flat();
}

function xAxis(x, labels) {
  return labels.map(([value, words]) => shape("text", { x: x(value), y: CHART.height - 6, "text-anchor": "middle" }, words));
}
