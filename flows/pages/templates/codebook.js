const box = document.getElementById("filter");
const entries = [...document.querySelectorAll("article")];
box.parentElement.hidden = false;
box.addEventListener("input", () => {
  const wanted = box.value.trim().toLocaleLowerCase("de");
  for (const entry of entries) entry.hidden = !entry.textContent.toLocaleLowerCase("de").includes(wanted);
  for (const theme of document.querySelectorAll(".theme")) theme.hidden = !theme.querySelector("article:not([hidden])");
  const left = entries.filter((entry) => !entry.hidden).length;
  document.getElementById("shown").textContent = wanted ? `${left} von ${entries.length}` : "";
});
