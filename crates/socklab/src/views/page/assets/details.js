// All that is known of one event.

const PER_LINE = 8;
const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 };

function showDetails(index) {
  byId("detail").replaceChildren(...detailsOf(index));
  byId("details").scrollTop = 0;
}

function detailsOf(index) {
  const event = events[index];
  const nodes = [make("p", { class: `what ${event.k}${event.m ? ` ${event.m}` : ""}` }, marked(event), event.s)];
  if (event.r) nodes.push(make("p", { class: "what" }, "↩ ", event.r));
  const pairs = [
    [words.time, `${(event.t / 1e6).toFixed(6)} ms · ${timeOfDay(event.t)}`],
    [words.certainty, event.c ?? words.exact],
    ...knownOf(event),
    ...(event.k === "socket" ? [] : (event.o ?? []).map((socket) => [words.sockets, recording.sockets[socket]])),
    [words.observation, String(event.id)],
  ];
  nodes.push(list(pairs), ...(event.b ?? []).flatMap(dump), ...statesThen(event, index));
  return nodes;
}

function list(pairs) {
  const items = pairs.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]);
  return make("dl", { class: "pairs" }, ...items);
}

// When it was by the clock on the wall.
function timeOfDay(ns) {
  const date = new Date(recording.began_unix_ms + ns / 1e6);
  return date.toLocaleTimeString(document.documentElement.lang, CLOCK);
}

// The states of the event's sockets as they were told last before it, with the figures of TCP.
function statesThen(event, index) {
  if (event.k === "socket") return [];
  return (event.o ?? []).flatMap((socket) => {
    const state = stateBefore(socket, index);
    if (state === undefined) return [];
    const there = make("button", { type: "button", class: "link", onclick: () => reveal(state) }, words.goThere);
    return [make("h3", {}, `${words.socketThen} · ${shownTime(events[state].t)} ms `, there), list(knownOf(events[state]))];
  });
}

// Bytes in hexadecimal with their characters beside them; headers are less loud than what the program sent.
function dump(block) {
  const bytes = Uint8Array.from(atob(block.h), (character) => character.charCodeAt(0));
  const from = block.p ?? 0;
  const lines = [];
  for (let start = 0; start < bytes.length; start += PER_LINE) lines.push(...dumpLine(bytes, start, from));
  const nodes = [make("h3", {}, block.s), make("pre", { class: "dump" }, ...lines)];
  if (block.p !== undefined) nodes.push(make("p", { class: "quiet" }, `▸ ${words.payload}`));
  return nodes;
}

function dumpLine(bytes, start, from) {
  const hex = (byte) => byte.toString(16).padStart(2, "0");
  const character = (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·");
  const line = [...bytes.subarray(start, start + PER_LINE)];
  const split = Math.min(Math.max(from - start, 0), line.length);
  const before = line.slice(0, split).map((byte) => `${hex(byte)} `).join("");
  const marks = line.slice(split).map((byte, index) => `${start + split + index === from && from > 0 ? "▸" : ""}${hex(byte)} `);
  const isMarked = from > 0 && from >= start && from < start + line.length;
  const room = "   ".repeat(PER_LINE - line.length).slice(0, 3 * (PER_LINE - line.length));
  const gap = isMarked ? room.slice(1) || "" : `${room} `;
  return [
    make("span", { class: "offset" }, `${start.toString(16).padStart(4, "0")}  `),
    make("span", { class: "headers" }, before),
    `${marks.join("")}${gap}`,
    make("span", { class: "characters" }, line.map(character).join("")),
    "\n",
  ];
}

