//! The results of a class as one page that needs nothing but itself: a table, and what failed alike.
//!
//! Names of students and of files may be anything: they are only ever text here, and the page has no script at all.

use std::fmt::Write as _;

use lab::check::Verdict;
use lab::check::texts::Texts;
use lab::experiments::Language;
use lab::grade::{Cell, Group, Outcome, Row, Summary};

use super::outcome;
use crate::lang::Lang;
use crate::words::Words;

/// What the page may do: show itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

const STYLE: &str = "
body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem; color: #1b1b1b; background: #fff }
table { border-collapse: collapse; margin: 1rem 0 2rem }
th, td { border: 1px solid #c8c8c8; padding: .25rem .6rem; text-align: left; vertical-align: top }
thead th { position: sticky; top: 0; background: #f2f2f2 }
td.number { text-align: right; font-variant-numeric: tabular-nums }
.pass { background: #e3f4e3 } .fail { background: #fbe3e3 } .other { background: #fdf3d8 } .none { color: #666 }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #161616 } th, td { border-color: #444 } thead th { background: #262626 }
  .pass { background: #173a17 } .fail { background: #4a1a1a } .other { background: #453510 } .none { color: #999 }
}
";

/// Writes the page.
pub(crate) fn html(summary: &Summary, words: &Words) -> String {
    let lang = match words.lang() {
        Lang::English => "en",
        Lang::Spanish => "es",
    };
    let title = if summary.title.is_empty() { words.page_title() } else { summary.title.clone() };
    let title = escaped(&title);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n<h1>{title}</h1>\n<p>{}</p>\n",
        escaped(&words.page_of(summary.done, summary.tasks)),
    );
    table(&mut page, summary, words);
    groups(&mut page, summary, words);
    page
}

fn table(page: &mut String, summary: &Summary, words: &Words) {
    let exercises: String =
        summary.exercises.iter().map(|it| header(&format!("{} ({})", it.exercise, it.points))).collect();
    let all = header(&format!("{} ({})", words.page_points(), summary.points()));
    let _ = writeln!(
        page,
        "<table>\n<thead><tr>{}{exercises}{all}</tr></thead>\n<tbody>",
        header(&words.page_submission())
    );
    for row in &summary.rows {
        let _ = writeln!(page, "{}", self::row(row, words));
    }
    page.push_str("</tbody>\n</table>\n");
}

fn row(row: &Row, words: &Words) -> String {
    let late = if row.late { format!(" ({})", words.grade_late()) } else { String::new() };
    let cells: String = row.cells.iter().map(|cell| self::cell(cell.as_ref(), words)).collect();
    format!(
        "<tr><th scope=\"row\">{}{}</th>{cells}<td class=\"number\">{}</td></tr>",
        escaped(&row.submission),
        escaped(&late),
        row.points
    )
}

fn cell(cell: Option<&Cell>, words: &Words) -> String {
    let Some(cell) = cell else {
        return format!("<td class=\"none\">{}</td>", escaped(&words.grade_pending()));
    };
    let class = match &cell.outcome {
        Outcome::Judged { verdict: Verdict::Pass, .. } => "pass",
        Outcome::Judged { verdict: Verdict::Fail, .. } => "fail",
        Outcome::Absent => "none",
        _ => "other",
    };
    format!("<td class=\"{class}\">{}: {}</td>", cell.points, escaped(&outcome(&cell.outcome, words)))
}

fn groups(page: &mut String, summary: &Summary, words: &Words) {
    if summary.groups.is_empty() {
        return;
    }
    let heads = [words.page_requirement(), words.page_cause(), words.page_who()];
    let heads: String = heads.iter().map(|head| header(head)).collect();
    let title = escaped(&words.page_alike());
    let _ = writeln!(page, "<h2>{title}</h2>\n<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>");
    let causes = Texts::of_signatures(match words.lang() {
        Lang::English => Language::English,
        Lang::Spanish => Language::Spanish,
    });
    for group in &summary.groups {
        let _ = writeln!(page, "{}", self::group(group, &causes, words));
    }
    page.push_str("</tbody>\n</table>\n");
}

fn group(group: &Group, causes: &Texts, words: &Words) -> String {
    let cause = group.signature.map(|signature| {
        let id = signature.id();
        causes.title(&id).map_or(id.clone(), crate::views::check::plain)
    });
    let cause = cause.unwrap_or_else(|| words.page_unknown_cause());
    format!(
        "<tr><td>{} {}</td><td>{}</td><td>{}: {}</td></tr>",
        group.exercise,
        escaped(&group.requirement),
        escaped(&cause),
        group.submissions.len(),
        escaped(&group.submissions.join(", "))
    )
}

fn header(text: &str) -> String {
    format!("<th scope=\"col\">{}</th>", escaped(text))
}

/// Escapes what has a meaning in HTML; two of the signs have one in an attribute only, and harm nobody here.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use lab::check::points::Points;
    use lab::exercise::Exercise;
    use lab::grade::Worth;

    use super::*;

    #[test]
    fn what_students_chose_is_text_and_nothing_else() {
        let hostile = "<script>alert(1)</script>\" onload='x' &amp;";
        let outcome = Outcome::Ambiguous { files: vec![hostile.to_owned()] };
        let cell = Some(Cell { outcome, points: Points::NONE });
        let row = Row { submission: hostile.to_owned(), cells: vec![cell], points: Points::NONE, late: true };
        let summary = Summary {
            title: hostile.to_owned(),
            exercises: vec![Worth { exercise: Exercise::EchoUdp, points: Points::ONE }],
            rows: vec![row],
            groups: vec![Group {
                exercise: Exercise::EchoUdp,
                requirement: "echoes".to_owned(),
                signature: None,
                submissions: vec![hostile.to_owned()],
            }],
            tasks: 1,
            done: 1,
        };
        let page = html(&summary, &Words::new(Lang::Spanish));

        assert!(!page.contains("<script") && !page.contains("onload='") && !page.contains("\" onload"));
        assert_eq!(page.matches("&lt;script&gt;").count(), 5);
        assert!(page.contains("fuera de plazo") && page.contains("lang=\"es\""));
    }
}
