// What was found, beside the diagram. A click on what proves it leads there.

let looked = -1; // the finding that is looked at

function drawFindings(forPaper) {
  if (recording.findings.length === 0) return [make("p", { class: "quiet" }, words.noFindings)];
  return recording.findings.map((finding, index) => drawFinding(finding, index, forPaper));
}

const SEVERITY = { fault: "✕", fragile: "▲", advice: "ⓘ" };

function drawFinding(finding, index, forPaper) {
  const badge = make("span", { class: "badge" }, `${SEVERITY[finding.severity]} ${finding.weight}`);
  const evidence = finding.evidence.map((proof) => make("li", {}, drawEvidence(proof, index, forPaper)));
  return make(
    "article",
    { class: `finding ${finding.severity}`, "data-finding": forPaper ? undefined : index },
    make("h3", {}, badge, " ", finding.title),
    make("p", {}, finding.why),
    make("p", { class: "todo" }, make("strong", {}, `${words.todo}: `), finding.todo),
    make("p", { class: "proofs" }, `${words.evidence}:`),
    make("ol", {}, ...evidence),
  );
}

function drawEvidence(proof, finding, forPaper) {
  if (proof.e === null) return `(${words.elsewhere})`;
  const event = events[proof.e];
  const text = `${shownTime(event.t)} ms  ${recording.lanes[event.l].name}: ${proof.s}`;
  if (forPaper) return text;
  return make(
    "button",
    { type: "button", class: "link", "data-event": proof.e, onclick: () => lookAt(finding, proof.e) },
    text,
  );
}

// Looks at a finding: all that proves it is marked, and one event of it is chosen, the one that decides unless said.
function lookAt(finding, event) {
  looked = finding;
  const proofs = recording.findings[finding].evidence;
  view.evidence = new Map(proofs.map((proof, number) => [proof.e, String(number + 1)]));
  for (const node of document.querySelectorAll("[data-finding]")) {
    node.classList.toggle("looked", Number(node.dataset.finding) === finding);
  }
  const goal = event ?? recording.findings[finding].goal ?? proofs.find((proof) => proof.e !== null)?.e;
  if (goal !== undefined) reveal(goal);
  document.querySelector(`[data-finding="${finding}"]`).scrollIntoView({ block: "nearest" });
}

// Looks at the next finding, or the one before.
function stepFinding(way) {
  const count = recording.findings.length;
  if (count > 0) lookAt(looked < 0 && way < 0 ? count - 1 : (looked + way + count) % count);
}

// Looks at none.
function lookAway() {
  looked = -1;
  view.evidence = new Map();
  for (const node of document.querySelectorAll(".looked")) node.classList.remove("looked");
  redraw();
}

// Chooses an event, wherever it is: what a filter hides is shown again.
function reveal(index) {
  if (placeOf(index) < 0) showAll();
  if (placeOf(index) < 0) byId("everything").click();
  choose(index);
}

