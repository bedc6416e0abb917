// Finds Indikatoren by their names and by the words of their readers, and units by name or number.

const MOST_FOUND = 12;

/** What answers to a word: indices and Indikatoren first, then the units of the present Zuschnitt. */
function answersTo(word) {
  const wanted = word.trim().toLocaleLowerCase("de");
  if (!wanted) return [];
  const has = (...texts) => texts.join("\n").toLocaleLowerCase("de").includes(wanted);
  const subjects = [
    ...core.indices.filter(({ id, label }) => has(id, ...label)).map((each) => ({ kind: "index", ...each })),
    ...core.indikatoren.filter(({ id, label, search }) => has(id, ...label, search)).map((each) => ({ kind: "figures", ...each })),
  ];
  const zuschnitt = core.zuschnitte.indexOf(view.zuschnitt);
  const units = [...core.units.keys()].filter((place) => core.units[place][3] === zuschnitt && has(core.units[place][0], core.units[place][1]));
  return [
    ...subjects.map((subject) => ({ words: said(subject.label), note: synonym(subject.search ?? "", wanted), address: addressOf({ subject }) })),
    ...units.map((place) => ({ words: nameOf(place), note: said(core.levels[core.units[place][2]].slice(1)), address: addressOfUnit(place) })),
  ].slice(0, MOST_FOUND);
}

/** The reader's word by which an Indikator was found. */
function synonym(search, wanted) {
  return search.split(",").map((each) => each.trim()).find((each) => each.toLocaleLowerCase("de").includes(wanted)) ?? "";
}

function finder() {
  const list = element("ul", { class: "found", id: "found", hidden: true });
  const box = element("input", { type: "search", id: "find", autocomplete: "off", "aria-controls": "found" });
  const show = () => {
    const answers = answersTo(box.value);
    list.hidden = !box.value.trim();
    list.replaceChildren(...answers.map(({ words, note, address }) => element("li", {}, element("a", { href: address }, words, note ? element("small", {}, ` ${note}`) : null))));
    if (!answers.length) list.append(element("li", {}, say("nothingFound")));
  };
  box.addEventListener("input", show);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") list.querySelector("a")?.click();
    if (event.key === "ArrowDown") list.querySelector("a")?.focus();
    if (event.key === "Escape") clear();
  });
  list.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") box.focus(), clear();
    if (!step) return;
    event.preventDefault();
    (links[links.indexOf(document.activeElement) + step] ?? box).focus();
  });
  const clear = () => { box.value = ""; list.hidden = true; };
  list.addEventListener("click", (event) => { if (event.target.closest("a")) clear(); });
  return element("div", { class: "wide" }, element("label", { for: "find" }, say("find")), box, list);
}
