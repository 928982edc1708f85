//! The page in a real browser: what it shows of recordings made by hand, and what it does not do.
//!
//! With `SOCKLAB_SCREENSHOTS=DIR` in the environment pictures of the page are left there.

pub(super) mod browser;
mod chromium;
pub(super) mod stories;

use super::*;
use crate::lang::Lang;

#[test]
fn a_page_is_html_in_the_language_of_its_reader() {
    for (lang, beginning, heading) in [
        (Lang::English, "<!doctype html>\n<html lang=\"en\">", "Findings"),
        (Lang::Spanish, "<!doctype html>\n<html lang=\"es\">", "Hallazgos"),
    ] {
        let html = html(&stories::lesson(), lang);

        assert!(html.starts_with(beginning), "{html}");
        assert!(html.contains(&format!(">{heading}</h2>")));
    }
}

#[test]
fn nothing_that_a_program_chose_stands_in_the_markup() {
    let html = html(&stories::hostile(), Lang::English);

    assert_eq!(html.matches("<script").count(), 2, "{html}");
    assert!(!html.contains("<img"));
}

#[test]
fn evidence_leads_to_its_event_and_what_is_not_there_is_said_to_be_elsewhere() {
    let told = stories::lesson();
    let page = page(&told.timeline, &told.findings, &Words::new(Lang::English));

    for (found, finding) in page.findings.iter().zip(&told.findings) {
        for (evidence, id) in found.evidence.iter().zip(&finding.evidence) {
            match evidence.event {
                Some(event) => assert_eq!(page.events[event].id, id.0),
                None => assert_eq!(*id, EventId(99_999)),
            }
        }
    }
}

#[test]
fn the_network_stands_between_the_first_process_and_the_others() {
    let page = page(&stories::lesson().timeline, &[], &Words::new(Lang::English));

    let lanes: Vec<_> = page.lanes.iter().map(|lane| lane.name.as_str()).collect();
    assert_eq!(lanes, ["server", "the network", "client"]);
}

fn html(told: &stories::Told, lang: Lang) -> String {
    let mut html = Vec::new();
    write(&told.timeline, &told.findings, &Words::new(lang), &mut html).unwrap();
    String::from_utf8(html).unwrap()
}
