// Which events are shown.

const filterOf = {
  kinds: [...new Set(events.map((event) => event.k))],
};

function checkbox(value, text) {
  const box = make("input", { type: "checkbox", value, checked: "" });
  return make("label", { class: "check" }, box, ` ${text}`);
}

function drawFilter() {
  recording.lanes.forEach((lane, index) => byId("lanes").append(checkbox(index, lane.name)));
  filterOf.kinds.forEach((kind) => byId("kinds").append(checkbox(kind, words[kind])));
  recording.sockets.forEach((socket, index) => byId("socket").append(make("option", { value: index }, socket)));
  if (!events.some((event) => event.q)) byId("everything").closest("label").hidden = true;
  byId("filter").addEventListener("input", applyFilter);
  byId("filter").addEventListener("submit", (submit) => submit.preventDefault());
  byId("show-all").addEventListener("click", showAll);
}

const checked = (fieldset) =>
  new Set([...fieldset.querySelectorAll("input:checked")].map((box) => box.value));

// Says of an event whether it is shown.
function predicate() {
  const [lanes, kinds] = [checked(byId("lanes")), checked(byId("kinds"))];
  const all = byId("everything").checked;
  const socket = byId("socket").value === "" ? -1 : Number(byId("socket").value);
  const wanted = byId("search").value.trim().toLowerCase();
  const inLane = (lane) => lanes.has(String(lane));
  const says = (event) => `${event.s} ${event.p ?? ""} ${event.r ?? ""}`.toLowerCase().includes(wanted);
  return (event) =>
    (all || !event.q) &&
    kinds.has(event.k) &&
    (inLane(event.l) || (event.a !== undefined && inLane(event.a))) &&
    (socket < 0 || (event.o ?? []).includes(socket)) &&
    (wanted === "" || says(event));
}

// Shows what passes; of several gaps in a row, and of those at the edges, there is no use.
function applyFilter() {
  const passes = events.map(predicate());
  const rows = [];
  for (const row of allRows) {
    if (isGap(row) ? rows.length > 0 && !isGap(rows.at(-1)) : passes[eventOf(row)]) rows.push(row);
  }
  if (rows.length > 0 && isGap(rows.at(-1))) rows.pop();
  const count = passes.filter(Boolean).length;
  byId("shown").textContent = said(words.shown, count, events.length);
  byId("show-all").hidden = count === events.length || !isFiltered();
  showRows(rows);
}

function isFiltered() {
  const boxes = [...document.querySelectorAll("#lanes input, #kinds input")];
  return byId("search").value !== "" || byId("socket").value !== "" || boxes.some((box) => !box.checked);
}

// Takes every filter off, but for what is only shown when everything is asked for.
function showAll() {
  byId("search").value = "";
  byId("socket").value = "";
  for (const box of document.querySelectorAll("#lanes input, #kinds input")) box.checked = true;
  applyFilter();
}

