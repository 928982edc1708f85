// A row as nodes. Each row draws only itself, also its part of a bar or of an arrow that passes through it: so any
// rows can be on the screen, and a page of paper may end after any of them.

const ROW = 26;
const GUTTER = 116;
const PROCESS_MIN = 300;
const WIRE_MIN = 210;
const LINE_AT = 16;
const BAR = 8;
const LOST_AFTER = 0.85; // where the cross of a lost packet stands on its way

// What stands before a text, so that no meaning is in the colour alone.
const MARKS = { failed: "✕", pending: "∞", lost: "✕", again: "↻", refusal: "⊘" };
const KINDS = { counter: "▲", kernel: "◆", process: "●", note: "ⓘ" };

// Where the lanes stand in a given width: never narrower than they can be read, unless on paper.
function geometry(width, onPaper) {
  const least = recording.lanes.map((lane) => (lane.wire ? WIRE_MIN : PROCESS_MIN));
  const sum = least.reduce((left, right) => left + right, 0);
  const free = width - GUTTER;
  const factor = onPaper ? free / sum : Math.max(1, free / sum);
  const lanes = [];
  let left = GUTTER;
  for (const share of least) {
    lanes.push({ left, line: left + LINE_AT, width: share * factor });
    left += share * factor;
  }
  return { lanes, width: left };
}

// Draws the row at a place of a list of rows. `plan` says which bars and arrows pass it.
function drawRow(place, plan, geo) {
  const row = plan.rows[place];
  if (isGap(row)) return drawGap(row, place, plan, geo);
  const event = events[eventOf(row)];
  const node = make("div", { class: `row ${event.k}${event.m ? ` ${event.m}` : ""}` });
  const ns = isEnd(row) ? event.u : event.t;
  node.append(make("span", { class: "time" }, ns > Number.MAX_SAFE_INTEGER ? "" : shownTime(ns)));
  const svg = canvas(geo);
  node.append(svg);
  drawPassing(svg, place, plan, geo);
  if (event.k === "packet") drawPacketRow(node, svg, event, row, geo);
  else drawPointRow(node, svg, event, row, geo);
  return node;
}

const canvas = (geo) => shape("svg", { width: geo.width, height: ROW, "aria-hidden": "true" });

// The lines of the lanes, which stand behind all rows.
function drawLines(geo, height) {
  const svg = shape("svg", { width: geo.width, height, class: "lines", "aria-hidden": "true" });
  recording.lanes.forEach((lane, index) => {
    const x = geo.lanes[index].line;
    svg.append(shape("line", { x1: x, y1: 0, x2: x, y2: height, class: lane.wire ? "life wire" : "life" }));
  });
  return svg;
}

function drawGap(row, place, plan, geo) {
  const node = make("div", { class: "row gap" });
  const svg = canvas(geo);
  drawPassing(svg, place, plan, geo);
  node.append(svg, make("span", {}, recording.gaps[-1 - row]));
  return node;
}

// Bars and arrows that begin here, end here or pass.
function drawPassing(svg, place, plan, geo) {
  const inGap = isGap(plan.rows[place]);
  for (const bar of plan.barsAt(place)) {
    const top = bar.from === place ? ROW / 2 : 0;
    const bottom = bar.to === place ? ROW / 2 : ROW;
    const x = geo.lanes[bar.lane].line - BAR / 2 + bar.slot * (BAR / 2 + 1);
    const look = `bar${bar.mark ? ` ${bar.mark}` : ""}${inGap ? " folded" : ""}`;
    svg.append(shape("rect", { x, y: top, width: BAR, height: bottom - top, class: look }));
  }
  for (const arrow of plan.arrowsAt(place)) drawArrow(svg, arrow, place, geo);
}

// The part of an arrow in a row: one within a row falls from its upper to its lower third.
function drawArrow(svg, arrow, place, geo) {
  const [left, right] = [geo.lanes[arrow.lane].line, geo.lanes[arrow.to].line];
  if (left === right) return drawLoop(svg, arrow, place, left);
  const [begins, ends] = arrow.from === arrow.until
    ? [ROW * 0.27, ROW * 0.73]
    : [ROW / 2, (arrow.until - arrow.from) * ROW + ROW / 2];
  const x = (y) => left + ((right - left) * (y - begins)) / (ends - begins);
  const offset = (place - arrow.from) * ROW;
  const top = Math.max(begins, offset);
  let bottom = Math.min(ends, offset + ROW);
  if (arrow.lost) bottom = Math.min(bottom, begins + (ends - begins) * LOST_AFTER);
  if (bottom <= top) return;
  const look = `arrow${arrow.mark ? ` ${arrow.mark}` : ""}`;
  svg.append(shape("line", { x1: x(top), y1: top - offset, x2: x(bottom), y2: bottom - offset, class: look }));
  if (place !== arrow.until) return;
  const [tip, y] = [x(bottom), bottom - offset];
  svg.append(arrow.lost ? cross(tip, y) : head(tip, y, Math.sign(right - left), look));
}

function drawLoop(svg, arrow, place, x) {
  if (place !== arrow.from) return;
  const look = `arrow${arrow.mark ? ` ${arrow.mark}` : ""}`;
  svg.append(shape("path", { d: `M${x} 6 h34 v14 h-28`, fill: "none", class: look }));
  svg.append(arrow.lost ? cross(x + 34, 13) : head(x, 20, -1, look));
}

const head = (x, y, way, look) =>
  shape("path", { d: `M${x} ${y} l${-9 * way} -4.5 v9 z`, class: `${look} tip` });

const cross = (x, y) => shape("path", { d: `M${x - 6} ${y - 6} l12 12 m0 -12 l-12 12`, class: "cross" });

function drawPacketRow(node, svg, event, row, geo) {
  const [from, to] = [geo.lanes[event.l].line, geo.lanes[event.a].line];
  if (isEnd(row)) return;
  const label = make("span", { class: "label packet", title: textOf(row) }, marked(event), textOf(row));
  if (from === to) {
    place(label, from + 42, geo.width - from - 42);
    node.append(label);
    return;
  }
  // The label of a packet that gets lost leaves room for the cross.
  const end = event.m === "lost" ? from + (to - from) * LOST_AFTER : to;
  const middle = make("span", { class: "middle" }, label);
  place(middle, Math.min(from, end) + 14, Math.abs(from - end) - 28);
  node.append(middle);
}

function drawPointRow(node, svg, event, row, geo) {
  const lane = geo.lanes[event.l];
  const [x, y] = [lane.line, ROW / 2];
  if (event.k === "call") {
    svg.append(shape("circle", { cx: x, cy: y, r: isEnd(row) ? 3 : 4, class: `dot${isEnd(row) ? " end" : ""}` }));
  }
  const text = make("span", { class: "label", title: textOf(row) }, marked(event), textOf(row));
  if (isEnd(row)) text.prepend("↩ ");
  if (event.p && !isEnd(row)) text.append(make("span", { class: "place" }, event.p));
  place(text, x + 14, lane.width - 20);
  node.append(text);
}

// The sign for what an event is and what is the matter with it.
function marked(event) {
  const sign = MARKS[event.m] ?? KINDS[event.k];
  return sign ? make("span", { class: "sign", "aria-hidden": "true" }, `${sign} `) : "";
}

function place(node, left, width) {
  node.style.left = `${left}px`;
  node.style.maxWidth = `${width}px`;
  if (node.className === "middle") node.style.width = `${width}px`;
}

// The names above the lanes.
function drawHeads(geo) {
  const node = make("div", { class: "lane-heads" });
  node.style.width = `${geo.width}px`;
  recording.lanes.forEach((lane, index) => {
    const { left, width } = geo.lanes[index];
    const head = make(
      "div",
      { class: lane.wire ? "lane wire" : "lane", title: lane.about },
      make("strong", {}, lane.name),
      make("span", {}, lane.about),
    );
    place(head, left, width - 8);
    node.append(head);
  });
  return node;
}

// Which bars and arrows pass which rows of a list.
function planOf(rows) {
  const begins = new Map();
  const [bars, arrows] = [[], []];
  rows.forEach((row, place) => {
    if (isGap(row)) return;
    const index = eventOf(row);
    const event = events[index];
    if (!isEnd(row)) begins.set(index, place);
    if (event.k === "packet") planArrow(arrows, begins, event, row, place);
    else if (isEnd(row)) bars.push({ lane: event.l, from: begins.get(index), to: place, mark: event.m, slot: 0 });
  });
  giveSlots(bars);
  return { rows, barsAt: passing(bars, (bar) => bar.to), arrowsAt: passing(arrows, (arrow) => arrow.until) };
}

function planArrow(arrows, begins, event, row, place) {
  if (!isEnd(row)) {
    const lost = event.m === "lost";
    const arrow = { lane: event.l, to: event.a, from: place, until: place, mark: event.m, lost };
    begins.set(event, arrow);
    arrows.push(arrow);
  } else if (begins.has(event)) {
    begins.get(event).until = place;
  }
}

// Calls of several threads may wait at once: their bars stand beside each other.
function giveSlots(bars) {
  bars.sort((left, right) => left.from - right.from);
  const taken = new Map();
  for (const bar of bars) {
    const slots = taken.get(bar.lane) ?? [];
    taken.set(bar.lane, slots);
    const free = slots.findIndex((until) => until < bar.from);
    bar.slot = free < 0 ? slots.length : free;
    slots[bar.slot] = bar.to;
  }
}

// Answers for a row which spans pass it. Spans are sorted by their beginning; a span is looked for among those that
// begin before the row, and blocks of them that end before it are stepped over.
function passing(spans, end) {
  const BLOCK = 256;
  spans.sort((left, right) => left.from - right.from);
  const latest = [];
  spans.forEach((span, index) => {
    const block = Math.floor(index / BLOCK);
    latest[block] = Math.max(latest[block] ?? -1, end(span));
  });
  return (place) => {
    const found = [];
    for (let block = 0; block < latest.length; block += 1) {
      const first = block * BLOCK;
      if (spans[first].from > place) break;
      if (latest[block] < place) continue;
      for (const span of spans.slice(first, first + BLOCK)) {
        if (span.from <= place && place <= end(span)) found.push(span);
      }
    }
    return found;
  };
}

