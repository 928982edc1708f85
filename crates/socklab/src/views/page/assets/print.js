// On paper everything that passes the filter is drawn, up to a number of rows, and the findings after it.

const PRINTED_ROWS_MAX = 2000;
const PAPER_WIDTH = 1020;

function drawForPaper() {
  const geo = geometry(PAPER_WIDTH, true);
  const rows = view.plan.rows.slice(0, PRINTED_ROWS_MAX);
  const body = make("tbody");
  rows.forEach((_, place) => {
    body.append(make("tr", {}, make("td", {}, paperRow(place, geo))));
  });
  // The head of a table stands again on every page.
  const heads = make("thead", {}, make("tr", {}, make("td", {}, drawHeads(geo))));
  const parts = [make("table", {}, heads, body)];
  if (rows.length < view.plan.rows.length) {
    parts.push(make("p", {}, said(words.printed, rows.length, view.plan.rows.length)));
  }
  parts.push(make("h2", {}, words.findings), ...drawFindings(true));
  byId("print").replaceChildren(...parts);
  byId("print").hidden = false;
}

// Each row brings its part of the lines along, for a page may end after any of them.
function paperRow(place, geo) {
  const row = drawRow(place, view.plan, geo);
  row.prepend(drawLines(geo, ROW));
  return row;
}

window.addEventListener("beforeprint", drawForPaper);
window.addEventListener("afterprint", () => {
  byId("print").replaceChildren();
  byId("print").hidden = true;
});

