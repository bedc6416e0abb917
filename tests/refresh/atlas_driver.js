// Goes through the addresses in GIVEN and notes what the page shows at each, for test_atlas.py.

const failures = [];
addEventListener("error", (event) => failures.push(String(event.message)));
addEventListener("unhandledrejection", (event) => failures.push(String(event.reason)));
addEventListener("securitypolicyviolation", (event) => failures.push(`CSP: ${event.blockedURI} ${event.violatedDirective}`));

const texts = (selector) => [...document.querySelectorAll(selector)].map((node) => node.textContent.trim());
const later = (time) => new Promise((done) => setTimeout(done, time));

async function visit(hash) {
  location.hash = hash;
  for (let waited = 0; document.body.dataset.shown !== hash && waited < 20000; waited += 10) await later(10);
  return {
    title: texts("#title")[0], subtitle: texts("#subtitle")[0], sentence: texts("#sentence")[0], legend: texts("#legend li"),
    lang: document.documentElement.lang,
    rows: [...document.querySelectorAll("#ranking tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent.trim())),
    fills: [...document.querySelectorAll("#map path.unit")].map((path) => path.getAttribute("fill")),
    circles: document.querySelectorAll("#map circle[r]").length - 1,
    profile: document.getElementById("profile").hidden ? null : texts("#profile")[0],
    labels: [...document.querySelectorAll("select, input")].filter((field) => !field.labels.length).map((field) => field.id),
  };
}

/** What axe finds on the page as it is now; it does not fetch the style, which the page forbids. */
async function judged() {
  const { violations } = await axe.run({ preload: false });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`);
}

async function drive() {
  const seen = {};
  for (const hash of GIVEN.hashes) seen[hash] = await visit(hash);
  seen.judged = await judged();
  const key = (name) => document.getElementById("map").dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
  await visit(GIVEN.hashes[0]);
  key("ArrowRight"); key("ArrowDown");
  seen.spoken = texts("#map [role=status]")[0];
  key("Enter");
  await later(500);
  seen.opened = location.hash;
  seen.found = ["Kinderarmut", "Bürgergeld", "Ausländer"].map((word) => answersTo(word).map(({ words }) => words));
  seen.changes = GIVEN.changes.map(classesOfChanges);
  seen.shares = GIVEN.limits.map(classesOfShares);
  await visit(GIVEN.hashes[0]);
  const [figures, outlines] = await Promise.all([loadIndex("bedarf"), loadOutlines("sozialraum", "2020-01-01")]);
  const shown = indexShown(figures, view);
  seen.csv = viewCsv(shown);
  seen.svg = new XMLSerializer().serializeToString(pictureOf(shown, outlines, []));
  const long = "Ein- und Zweifamilienhäuser mit Gärten am Rand der Stadt";
  const named = { ...shown, classes: shown.classes.map((each) => ({ ...each, words: long })) };
  seen.legend = [...pictureOf(named, outlines, []).querySelectorAll("text")].map(({ textContent }) => textContent);
  seen.reached = GIVEN.reached.map(([limits, figure, around]) => classesReached(classesOfShares(limits), figure, around));
  const place = core.units.findIndex(([id, , level, zuschnitt]) => id === GIVEN.chosen && level === 0 && core.zuschnitte[zuschnitt] === view.zuschnitt);
  const [counted, standings] = await Promise.all([
    Promise.all(core.indikatoren.map(async (each) => ({ ...each, content: await loadFigures(each.id) }))),
    Promise.all(core.indices.map(async (each) => ({ ...each, content: await loadIndex(each.id) }))),
  ]);
  seen.profileCsv = profileCsv({ place, city: cityOf(view.zuschnitt), figures: counted, standings });
  seen.source = linesOf("Amt für Statistik ".repeat(40).trim());
  const saved = [];
  saveFile = (blob, ending) => saved.push([ending, blob.type, blob.size]);
  await savePng(pictureOf(shown, outlines, []));
  seen.saved = saved;
  seen.escaped = csvOf([["=1+1", "a;b", 'c"d', 1.5, null]]);
  seen.failures = failures;
  const noted = document.createElement("pre");
  noted.id = "seen";
  noted.textContent = JSON.stringify(seen);
  document.body.append(noted);
}

slotOf("core").content.then(() => later(50)).then(drive).catch((problem) => failures.push(String(problem)));
