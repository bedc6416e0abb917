// The page: reads the view from the address, loads what it needs, and shows it.

const at = (id) => document.getElementById(id);

slotOf("core").content.then(begin);

function begin(content) {
  core = content;
  addEventListener("hashchange", follow);
  at("english").addEventListener("change", () => { location.hash = addressOf({ english: at("english").checked }); });
  return follow();
}

/** Show what the address asks for. */
async function follow() {
  view = viewOf(location.hash);
  english = view.english;
  at("english").checked = english;
  document.documentElement.lang = english ? "en" : "de";
  if (!at("map")) return;
  try {
    await show(view);
  } catch (problem) {
    at("sentence").textContent = problem.message;
  }
}

async function show(wanted) {
  const address = location.hash;
  const index = wanted.subject.kind === "index";
  const [content, outlines, lines] = await Promise.all([
    index ? loadIndex(wanted.subject.id) : loadFigures(wanted.subject.id),
    loadOutlines(wanted.level, wanted.zuschnitt),
    wanted.lines ? loadOutlines(wanted.lines, wanted.zuschnitt) : [],
  ]);
  if (view !== wanted) return;
  const shown = index ? indexShown(content, wanted) : figuresShown(content, wanted);
  showChoices();
  at("title").textContent = titleOf();
  at("subtitle").textContent = subtitleOf(shown);
  showMap(shown, outlines, lines);
  at("legend-title").textContent = shown.circles ? say("circles") : say("legend");
  at("legend").replaceChildren(...legendOf(shown));
  at("sentence").textContent = sentenceOf(shown);
  at("about").replaceChildren(...aboutOf(content));
  document.title = `${titleOf()}: ${core.release.stadt}`;
  const { table, complete } = rankingOf(shown);
  at("ranking").replaceChildren(table);
  await painted();
  if (view !== wanted) return;
  complete();
  if (wanted.unit === null) at("profile").hidden = true;
  else await openProfile(wanted.unit);
  if (view === wanted) document.body.dataset.shown = address;
}

/** The map comes first; what is long comes when it has been painted. */
function painted() {
  return new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });
}

/** Show a profile, and go to it where it was not open yet. */
async function openProfile(place) {
  const section = at("profile");
  const closed = section.hidden || section.dataset.place !== `${place}`;
  await showProfile(section, place);
  section.dataset.place = place;
  if (closed && document.body.dataset.shown !== undefined) at("profile-title").focus();
}

function showMap(shown, outlines, lines) {
  const map = at("map");
  if (!outlines.length) {
    delete map.dataset.ground;
    map.replaceChildren(element("p", {}, say("noOutlines")));
    return;
  }
  const ground = `${view.zuschnitt} ${view.level} ${view.lines}`;
  const kept = map.dataset.ground === ground ? map.querySelector("svg") : groundOf(outlines, lines);
  const svg = coloured(kept, shown, outlines);
  map.dataset.ground = ground;
  if (view.unit !== null) svg.append(...marksOf(outlines.find(([place]) => place === view.unit) ?? [0, ""]));
  map.querySelectorAll(".tip, .spoken").forEach((part) => part.remove());
  if (svg.parentElement !== map) map.replaceChildren(svg);
  fill(map, { role: "application", tabindex: 0, "aria-label": say("mapHelp", { label: titleOf() }) }, []);
  makeReadable(map, shown, outlines, (place) => { location.hash = addressOf({ unit: place }); });
  const buttons = element("div", { class: "buttons" },
    button("saveSvg", () => saveSvg(pictureOf(shown, outlines, lines))),
    button("savePng", () => savePng(pictureOf(shown, outlines, lines))),
    button("saveCsv", () => saveFile(csvBlob(viewCsv(shown)), "csv")),
    element("button", { type: "button", onclick: () => printOnly("map") }, say("print")));
  map.parentElement.querySelector(".buttons")?.remove();
  at("sentence").after(buttons);
}

function button(word, act) {
  return element("button", { type: "button", "aria-label": say("saveLabel", { what: say(word) }), onclick: act }, say(word));
}

function titleOf() {
  return said(view.subject.label);
}

/** Stichtag, Raumebene, way of showing, unit. */
function subtitleOf(shown) {
  const change = () => (view.subject.kind === "index" ? `${say("change")}, ${view.subject.years} ${say("years")}` : `${say("since")} ${dayWords(view.base)}`);
  const mode = { wert: () => "", abstand: () => say("distance"), veraenderung: change }[view.mode]();
  const level = said(core.levels.find(([id]) => id === view.level).slice(1));
  return [`${say("day")} ${dayWords(view.day)}`, level, mode, shown.unit].filter(Boolean).join(" · ");
}

/** What the subject means, what to bear in mind, how to write about it, and where more stands. */
function aboutOf(content) {
  const anchor = view.subject.kind === "index" ? "" : `#${view.subject.id}`;
  return [...["about", "caution", "guidance"].map((each) => content[each] && said(content[each])).filter(Boolean).map((text) => element("p", {}, text)),
    element("p", {}, element("a", { href: `../codebook.html${anchor}` }, say("more")))];
}

/** The choices above the map, made anew only when language, or what can be chosen, is another. */
function showChoices() {
  const box = at("choices");
  if (!at("find") || box.dataset.english !== `${english}`) {
    box.replaceChildren(finder(), choice("subject", say("show"), "wide"), choice("day", say("day")), choice("mode", say("as")), choice("base", say("since")), choice("zuschnitt", say("boundaries")), choice("level", say("level")), choice("lines", say("lines")));
    box.dataset.english = `${english}`;
    box.hidden = false;
  }
  offer("subject", subjectGroups(), `${view.subject.kind} ${view.subject.id}`);
  offer("day", [...core.days].reverse().map((day) => [day, dayWords(day)]), view.day);
  offer("mode", modesOf(view.subject, view.day).map((mode) => [mode, { wert: say("value"), abstand: say("distance"), veraenderung: say("change") }[mode]]), view.mode);
  offer("base", daysBefore(view.day).reverse().map((day) => [day, dayWords(day)]), view.base);
  offer("zuschnitt", [...core.zuschnitte].reverse().map((day) => [day, dayWords(day) + (day === core.release.zuschnitt ? ` (${say("today")})` : "")]), view.zuschnitt);
  offer("level", core.levels.filter(([id]) => placesOf(id, view.zuschnitt).length > 1 || id === view.level).map(([id, ...label]) => [id, said(label)]), view.level);
  const ids = core.levels.map(([id]) => id);
  offer("lines", [["", say("none")], ...core.levels.slice(ids.indexOf(view.level) + 1, -1).map(([id, ...label]) => [id, said(label)])], view.lines);
  at("base").parentElement.hidden = view.mode !== "veraenderung" || view.subject.kind === "index";
}

const CHANGES = {
  subject: (value) => {
    const [kind, id] = value.split(" ");
    return { subject: kind === "index" ? subjectOf(id, null) : subjectOf(null, id) };
  },
  day: (day) => ({ day }),
  mode: (mode) => ({ mode }),
  base: (base) => ({ base }),
  // the same id may be another unit on other boundaries, so a profile closes
  zuschnitt: (zuschnitt) => ({ zuschnitt, unit: null }),
  level: (level) => ({ level, unit: null, lines: largerLevel(level) }),
  lines: (lines) => ({ lines }),
};

function choice(id, words, kind = null) {
  const select = element("select", { id, onchange: (event) => { location.hash = addressOf(CHANGES[id](event.target.value)); } });
  return element("div", { class: kind }, element("label", { for: id }, words), select);
}

/** Let a field offer these options, which are made anew only where they differ. */
function offer(id, options, chosen) {
  const [field, key] = [at(id), JSON.stringify(options)];
  const option = ([value, words]) => element("option", { value }, words);
  if (field.dataset.options !== key) {
    field.replaceChildren(...options.map((each) => (each.group ? element("optgroup", { label: each.group }, each.options.map(option)) : option(each))));
    field.dataset.options = key;
  }
  field.value = chosen;
}

function subjectGroups() {
  const groups = Object.entries(core.words.theme).map(([theme, label]) => ({ group: said(label), options: core.indikatoren.filter((each) => each.theme === theme).map((each) => [`figures ${each.id}`, said(each.label)]) }));
  for (const types of [true, false]) {
    groups.unshift({ group: say(types ? "types" : "indices"), options: core.indices.filter((each) => each.types === types).map((each) => [`index ${each.id}`, said(each.label)]) });
  }
  return groups.filter(({ options }) => options.length);
}
