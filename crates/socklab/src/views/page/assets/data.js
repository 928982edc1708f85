// What the page was given, and ways to make nodes of it. Texts of the recording become text nodes and nothing else.

const recording = JSON.parse(document.getElementById("recording").textContent);
const words = Object.fromEntries(recording.words);
const { events, rows: allRows } = recording;

const byId = (id) => document.getElementById(id);

// Makes an element: attributes by name, children as nodes or texts. A name with "on" before it is a listener.
function make(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

// The same for a shape of SVG.
function shape(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

// Puts numbers where a text has %1 and %2.
function said(text, first, second) {
  const number = (value) => value.toLocaleString(document.documentElement.lang);
  return text.replace("%1", number(first)).replace("%2", number(second));
}

// A row is a number: 2n is where event n begins, 2n + 1 where it ends, -1 - n is gap n.
const isGap = (row) => row < 0;
const eventOf = (row) => row >> 1;
const isEnd = (row) => (row & 1) === 1;

// Milliseconds since the beginning, as the rows show them.
const shownTime = (ns) => (ns / 1e6).toFixed(3);

// The text of a row, also for those who hear the page.
function textOf(row) {
  const event = events[eventOf(row)];
  return isEnd(row) && event.r ? event.r : event.s;
}

// What is known of an event: names and values.
function knownOf(event) {
  const lines = event.d ? event.d.split("\n") : [];
  return lines.map((line) => {
    const blank = line.indexOf(" ");
    return [recording.labels[line.slice(0, blank)], line.slice(blank + 1)];
  });
}

// For each socket its states, in the order of time.
const statesOf = recording.sockets.map(() => []);
events.forEach((event, index) => {
  if (event.k === "socket") for (const socket of event.o ?? []) statesOf[socket].push(index);
});

// The last state of a socket that was told before an event.
function stateBefore(socket, index) {
  const states = statesOf[socket];
  let [low, high] = [0, states.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (states[middle] < index) low = middle + 1;
    else high = middle;
  }
  return states[low - 1];
}

