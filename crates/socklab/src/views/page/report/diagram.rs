//! A recording as a table that can be printed: a column for each process and for the network, a row for each moment.

use std::collections::BTreeSet;
use std::fmt::Write;

use scope::model::{EventId, Time};
use scope::timeline::Timeline;

use super::super::model::{Event, Mark, Page};
use super::super::page;
use super::markup::{classed, element, escaped};
use crate::views::finding::Said;
use crate::views::trace::moment;
use crate::words::Words;

/// How many rows a diagram has, beside those that show a claim; of a longer recording, the first ones.
const ROWS_MAX: usize = 200;

/// A scene, by the number of its exercise and its place there.
pub(super) type Place<'n> = (&'n str, usize);

/// The name of a row.
pub(super) fn anchor((number, scene): Place<'_>, event: EventId) -> String {
    format!("e{number}-{scene}-{event}")
}

/// The diagram of a scene.
pub(super) fn diagram(
    timeline: &Timeline,
    findings: &[Said],
    proofs: &BTreeSet<EventId>,
    place: Place<'_>,
    words: &Words,
) -> String {
    let proofs = proofs.iter().filter_map(|id| timeline.entry(*id)).map(|entry| entry.id.0).collect();
    let drawing = Drawing { page: page(timeline, findings, words), proofs, place };
    drawing.table(words)
}

struct Drawing<'n> {
    page: Page,
    proofs: BTreeSet<u64>,
    place: Place<'n>,
}

/// What a row of the page's plan is.
enum Moment<'p> {
    Begins(&'p Event),
    Ends(&'p Event),
    Gap(&'p str),
}

impl Drawing<'_> {
    fn table(&self, words: &Words) -> String {
        let columns = self.page.lanes.len();
        let mut html = String::from("<div class=\"diagram\"><table>\n<thead><tr>");
        html.push_str(&element("th", &words.report_time()));
        for lane in &self.page.lanes {
            let _ =
                write!(html, "<th>{}{}</th>", escaped(&lane.name), classed("small", "about", &lane.about));
        }
        html.push_str("</tr></thead>\n<tbody>\n");
        let (mut shown, mut left_out) = (0_usize, 0_u64);
        for moment in self.page.rows.iter().filter_map(|row| self.moment(*row)) {
            let proves = matches!(&moment, Moment::Begins(event) if self.proofs.contains(&event.id));
            if self.is_quiet(&moment) {
                continue;
            }
            if shown >= ROWS_MAX && !proves {
                left_out += 1;
                continue;
            }
            self.leave_out(&mut html, &mut left_out, words);
            shown += 1;
            html.push_str(&self.row(&moment, columns));
        }
        self.leave_out(&mut html, &mut left_out, words);
        html.push_str("</tbody></table></div>\n");
        html
    }

    fn moment(&self, row: i64) -> Option<Moment<'_>> {
        let index = |number: i64| usize::try_from(number).ok();
        if row < 0 {
            return self.page.gaps.get(index(-1 - row)?).map(|gap| Moment::Gap(gap));
        }
        let event = self.page.events.get(index(row / 2)?)?;
        Some(if row % 2 == 0 { Moment::Begins(event) } else { Moment::Ends(event) })
    }

    fn is_quiet(&self, moment: &Moment<'_>) -> bool {
        match moment {
            Moment::Begins(event) | Moment::Ends(event) => event.quiet && !self.proofs.contains(&event.id),
            Moment::Gap(_) => false,
        }
    }

    fn leave_out(&self, html: &mut String, count: &mut u64, words: &Words) {
        if *count > 0 {
            let said = escaped(&words.report_left_out(*count));
            let _ = writeln!(
                html,
                "<tr class=\"gap\"><td colspan=\"{}\">{said}</td></tr>",
                self.page.lanes.len() + 1
            );
            *count = 0;
        }
    }

    fn row(&self, moment: &Moment<'_>, columns: usize) -> String {
        match moment {
            Moment::Gap(said) => {
                format!("<tr class=\"gap\"><td colspan=\"{}\">{}</td></tr>\n", columns + 1, escaped(said))
            }
            Moment::Ends(event) => {
                let until = event.until_ns.unwrap_or(event.time_ns);
                let cell = classed("span", "end", &event.end_text);
                tr("", "returns", until, &cells(event.lane, event.lane, &cell, columns))
            }
            Moment::Begins(event) => {
                let to = event.arrow_to.unwrap_or(event.lane);
                let id = format!(" id=\"{}\"", anchor(self.place, EventId(event.id)));
                let proof = if self.proofs.contains(&event.id) { " proof" } else { "" };
                let class = format!("{}{}{proof}", kind(event), mark(event.mark));
                tr(&id, &class, event.time_ns, &cells(event.lane, to, &said(event), columns))
            }
        }
    }
}

fn tr(id: &str, class: &str, time_ns: u64, cells: &str) -> String {
    let time = if time_ns == u64::MAX { String::new() } else { moment(Time(time_ns), Time(0)) };
    format!("<tr{id} class=\"{class}\">{}{cells}</tr>\n", classed("td", "time", &time))
}

/// The cells of a row: something in one lane, or on its way from one to another.
fn cells(from: usize, to: usize, html: &str, columns: usize) -> String {
    let (left, right) = (from.min(to), from.max(to));
    let way = match from.cmp(&to) {
        std::cmp::Ordering::Less => " class=\"right\"",
        std::cmp::Ordering::Greater => " class=\"left\"",
        std::cmp::Ordering::Equal => "",
    };
    let span = right - left + 1;
    let before = "<td></td>".repeat(left);
    let after = "<td></td>".repeat(columns.saturating_sub(right + 1));
    format!("{before}<td colspan=\"{span}\"{way}>{html}</td>{after}")
}

fn said(event: &Event) -> String {
    let place = if event.place.is_empty() { String::new() } else { classed("small", "line", &event.place) };
    format!("{}{place}", element("span", &event.text))
}

fn kind(event: &Event) -> &'static str {
    use super::super::model::Kind;
    match event.kind {
        Kind::Call => "call",
        Kind::Packet => "packet",
        Kind::Socket => "socket",
        Kind::Counter => "counter",
        Kind::Kernel => "kernel",
        Kind::Process => "process",
        Kind::Note => "note",
    }
}

fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::None => "",
        Mark::Failed => " failed",
        Mark::Pending => " pending",
        Mark::Lost => " lost",
        Mark::Again => " again",
        Mark::Refusal => " refusal",
    }
}
