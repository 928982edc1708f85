//! The report of experiments made by hand, as text and in a browser.
//!
//! With `SOCKLAB_SCREENSHOTS=DIR` in the environment pictures of it are left there.

use std::fs;

use lab::exercise::Exercise;
use lab::experiments::{Claim, Evidence, Recorded, Run, Scene, Settings, Unseen, Value};
use lab::text::Document;
use scope::findings::find;
use scope::model::EventId;
use scope::timeline::{EntryKind, Timeline};
use serde_json::json;

use super::super::tests::browser::{Reader, keep};
use super::super::tests::stories;
use super::*;
use crate::lang::Lang;

const TEXT: &str = "# Tea &amp; scones

## Question {#question}

What *does* `recv()` return?

- One thing.

## Prediction {#prediction}

What will it be?

- {#much} Much.
- {#little} Little.

## Scenes {#scenes}

- {#pair} A server and its client.

## Answer {#answer}

{#holds} It was **{count}** of them.

{#differs} It was so.

{#differs:differs} It was not so, but {data}.

{#unknown} It could be seen.

## More {#more}

- `recv(2)`
";

#[test]
fn every_claim_leads_to_rows_that_are_there() {
    let html = html(stories::lesson().timeline, Lang::English);

    let links: Vec<_> = html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(links.iter().filter(|link| link.starts_with('e')).count(), 4);
    for link in links {
        assert_eq!(html.matches(&format!(" id=\"{link}\"")).count(), 1, "{link}");
    }
}

#[test]
fn what_shows_a_claim_is_there_however_long_the_recording_is() {
    let timeline = stories::long(3000).timeline;
    let last = timeline.entries.iter().rfind(|entry| matches!(entry.kind, EntryKind::Packet(_))).unwrap().id;

    let html = html(timeline, Lang::English);

    assert!(html.contains(&format!("id=\"e1.3-0-{last}\"")));
    assert!(html.matches("<tr").count() < 300, "{}", html.matches("<tr").count());
}

#[test]
fn it_says_what_was_predicted_and_what_came_true() {
    let html = html(stories::lesson().timeline, Lang::Spanish);

    assert!(html.contains("<li>Much. <mark class=\"chosen\">"), "{html}");
    assert!(html.contains("<li>Little. <mark class=\"true\">"));
}

#[test]
fn what_programs_sent_is_text() {
    let html = html(stories::hostile().timeline, Lang::English);

    for markup in ["<script", "<img", "<a href=\"http"] {
        assert!(!html.contains(markup), "{markup}");
    }
    assert!(html.contains("Tea &amp; scones"));
}

#[test]
fn a_click_on_evidence_leads_to_its_row_and_nothing_is_asked_of_anybody() {
    let html = html(stories::lesson().timeline, Lang::Spanish);
    let Some(mut reader) = Reader::with_file(|file| fs::write(file, &html).unwrap()) else { return };
    let links = "[...document.querySelectorAll('.evidence a')]";
    let count = reader.number(&format!("{links}.length"));
    assert_eq!(count, 4);

    for link in 0..count {
        reader.browser.click(&format!("{links}[{link}]"));

        let shown = "(() => { const row = document.querySelector('tr:target'); const box = row.getBoundingClientRect(); \
                     const paint = getComputedStyle(row.cells[0]).backgroundColor; \
                     return [box.top >= 0, box.bottom <= innerHeight, paint !== 'rgba(0, 0, 0, 0)']; })()";
        assert_eq!(reader.browser.value(shown), json!([true, true, true]), "link {link}");
    }
    let picture = reader.browser.call("Page.captureScreenshot", json!({ "captureBeyondViewport": true }));
    keep("report.png", &picture);
    reader.assert_quiet();
}

fn html(timeline: Timeline, lang: Lang) -> String {
    let document = Document::read("test", TEXT).unwrap();
    let run = run(timeline);
    let chapter = Chapter { document: &document, run: &run, predicted: Some("much") };
    let mut html = Vec::new();
    write(&[chapter], &Words::new(lang), &mut html).unwrap();
    String::from_utf8(html).unwrap()
}

fn run(timeline: Timeline) -> Run {
    let shown: Vec<EventId> = timeline.entries.iter().map(|entry| entry.id).collect();
    let packets = timeline.entries.iter().filter(|entry| matches!(entry.kind, EntryKind::Packet(_)));
    let last_packet = packets.map(|entry| entry.id).next_back().unwrap_or(shown[0]);
    let evidence = |event| Evidence { scene: 0, event };
    let claims = vec![
        Claim::holds("holds", evidence(shown[0]))
            .also([evidence(last_packet)])
            .value("count", Value::Count(7)),
        Claim::differs("differs", evidence(shown[1]))
            .also([evidence(last_packet)])
            .value("data", Value::Data(b"<img src=x onerror=alert(1)>".to_vec())),
        Claim::unknown("unknown", Unseen::Packets),
    ];
    let findings = find(&timeline);
    let scene =
        Scene { id: "pair", programs: Vec::new(), settings: Vec::new(), limit: std::time::Duration::ZERO };
    let scenes = vec![Recorded {
        scene,
        timeline,
        findings,
        observations: Vec::new(),
        refused: Vec::new(),
        outputs: Vec::new(),
    }];
    Run {
        exercise: Exercise::EchoUdp,
        settings: Settings::default(),
        scenes,
        claims,
        outcome: Some("little"),
    }
}
