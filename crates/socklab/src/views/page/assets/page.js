// The beginning: the head of the page, the keys, and the first picture.

function drawHead() {
  const began = new Date(recording.began_unix_ms);
  const lang = document.documentElement.lang;
  const when = began.toLocaleString(lang, { dateStyle: "long", timeStyle: "medium" });
  byId("recorded").append(`${words.recorded}: `, make("time", { datetime: began.toISOString() }, when));
  for (const [name, value] of recording.facts) {
    byId("facts").append(make("div", {}, make("dt", {}, name), make("dd", {}, value)));
  }
}

function toggleTheme() {
  const { style } = document.documentElement;
  const isDark = getComputedStyle(document.documentElement).getPropertyValue("--is-dark-now").trim();
  const wasDark = style.colorScheme ? style.colorScheme === "dark" : isDark === "1";
  style.colorScheme = wasDark ? "light" : "dark";
}

const KEYS = {
  ArrowDown: () => step(1),
  j: () => step(1),
  ArrowUp: () => step(-1),
  k: () => step(-1),
  Home: () => stepToEnd(1),
  End: () => stepToEnd(-1),
  Enter: () => view.current >= 0 && openDetails(),
  f: () => stepFinding(1),
  F: () => stepFinding(-1),
  "/": () => byId("search").focus(),
  "?": () => byId("keys").showModal(),
  Escape: () => lookAway(),
};

function openDetails() {
  showDetails(view.current);
  byId("details").focus();
}

function onKey(press) {
  if (byId("keys").open || press.ctrlKey || press.metaKey || press.altKey) return;
  const within = press.target.closest("input, select, button, a");
  if (within) {
    // A control keeps its own keys; only Escape leads out of it.
    if (press.key === "Escape") byId("rows").focus();
    const isTyped = within.matches("input[type=search], select") || ["Enter", " ", "Escape"].includes(press.key);
    if (isTyped) return;
  }
  const act = KEYS[press.key];
  if (!act) return;
  press.preventDefault();
  act();
}

drawHead();
drawFilter();
byId("findings").append(...drawFindings(false));
byId("theme-button").addEventListener("click", toggleTheme);
byId("keys-button").addEventListener("click", () => byId("keys").showModal());
document.addEventListener("keydown", onKey);
applyFilter();
