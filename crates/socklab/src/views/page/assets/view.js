// The diagram on the screen: of all rows only those that can be seen are there.

const MARGIN = 12;

const view = {
  plan: planOf([]),
  geo: geometry(0),
  nodes: new Map(),
  current: -1, // the event that is chosen
  evidence: new Map(), // the events that prove the finding that is looked at, with their numbers in its list
};

// Shows a list of rows in place of the one before.
function showRows(rows) {
  view.plan = planOf(rows);
  layOut();
}

// Lays everything out anew: the window or the rows have changed.
function layOut() {
  view.geo = geometry(byId("stage").clientWidth);
  byId("heads").replaceChildren(drawHeads(view.geo));
  const box = byId("rows");
  box.style.height = `${view.plan.rows.length * ROW}px`;
  box.style.width = `${view.geo.width}px`;
  redraw();
}

// Draws every visible row again.
function redraw() {
  view.nodes.clear();
  byId("rows").replaceChildren(drawLines(view.geo, view.plan.rows.length * ROW));
  drawVisible();
}

// Adds the rows that have come into view and removes those that have left it.
function drawVisible() {
  const stage = byId("stage");
  const first = Math.max(0, Math.floor(stage.scrollTop / ROW) - MARGIN);
  const count = Math.ceil(stage.clientHeight / ROW) + 2 * MARGIN;
  const last = Math.min(view.plan.rows.length, first + count);
  for (const [place, node] of view.nodes) {
    if (place < first || place >= last) {
      node.remove();
      view.nodes.delete(place);
    }
  }
  const fresh = document.createDocumentFragment();
  for (let place = first; place < last; place += 1) {
    if (!view.nodes.has(place)) fresh.append(addRow(place));
  }
  byId("rows").append(fresh);
}

function addRow(place) {
  const node = drawRow(place, view.plan, view.geo);
  node.style.top = `${place * ROW}px`;
  node.dataset.place = place;
  const row = view.plan.rows[place];
  if (!isGap(row)) describeRow(node, row, place);
  view.nodes.set(place, node);
  return node;
}

// What the row is to those who do not see it, and how it stands out.
function describeRow(node, row, place) {
  const index = eventOf(row);
  const event = events[index];
  const lane = recording.lanes[event.l].name;
  const to = event.a === undefined ? "" : ` → ${recording.lanes[event.a].name}`;
  const isEvidence = view.evidence.has(index);
  const proof = isEvidence ? `, ${words.evidenceMark}` : "";
  node.id = `row-${place}`;
  node.setAttribute("role", "option");
  node.setAttribute("aria-posinset", place + 1);
  node.setAttribute("aria-setsize", view.plan.rows.length);
  node.setAttribute("aria-selected", index === view.current);
  node.setAttribute("aria-label", `${shownTime(event.t)} ms, ${lane}${to}: ${words[event.k]}: ${textOf(row)}${proof}`);
  node.classList.toggle("current", index === view.current);
  node.classList.toggle("evidence", isEvidence);
  if (isEvidence && !isEnd(row)) node.append(make("span", { class: "proof", title: words.evidenceMark }, view.evidence.get(index)));
}

// Where an event stands among the rows that are shown; -1 if it is filtered out.
const placeOf = (index) => view.plan.rows.indexOf(index * 2);

// Chooses an event: it is marked, scrolled to, and told in the details.
function choose(index) {
  view.current = index;
  const place = placeOf(index);
  scrollTo(place, view.geo.lanes[events[index].l]);
  redraw();
  byId("rows").setAttribute("aria-activedescendant", `row-${place}`);
  showDetails(index);
}

// Scrolls so far that a row stands well inside the window, and its lane too where they do not all fit.
function scrollTo(place, lane) {
  const stage = byId("stage");
  const room = stage.clientHeight - byId("heads").offsetHeight;
  const top = place * ROW;
  if (top < stage.scrollTop + 2 * ROW || top > stage.scrollTop + room - 3 * ROW) {
    stage.scrollTop = Math.max(0, top - room / 3);
  }
  const isLeftOf = lane.left < stage.scrollLeft + GUTTER;
  const isRightOf = lane.left + lane.width > stage.scrollLeft + stage.clientWidth;
  if (isLeftOf || isRightOf) stage.scrollLeft = lane.left - GUTTER;
}

// Chooses the next event (1) or the one before (-1), in the order of the rows.
function step(way) {
  const { rows } = view.plan;
  let place = view.current < 0 ? (way > 0 ? -1 : rows.length) : placeOf(view.current);
  do place += way;
  while (place >= 0 && place < rows.length && (isGap(rows[place]) || isEnd(rows[place])));
  if (place >= 0 && place < rows.length) choose(eventOf(rows[place]));
}

// Chooses the first event or the last one.
function stepToEnd(way) {
  view.current = -1;
  step(way);
}

let isDrawn = true;
byId("stage").addEventListener("scroll", () => {
  if (!isDrawn) return;
  isDrawn = false;
  requestAnimationFrame(() => {
    isDrawn = true;
    drawVisible();
  });
});

byId("rows").addEventListener("click", (click) => {
  const node = click.target.closest(".row");
  const row = view.plan.rows[Number(node?.dataset.place)];
  if (row !== undefined && !isGap(row)) choose(eventOf(row));
});

new ResizeObserver(layOut).observe(byId("stage"));

