//! The page as a reader has it before him.

use std::path::{Path, PathBuf};
use std::{env, fs};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::chromium::Browser;
use super::stories::{self, Told};
use crate::lang::Lang;

/// The most nodes that the document may have, however long the recording is.
const NODES_MAX: u64 = 3000;
const LONG: u64 = 50_000;

#[test]
fn each_click_on_evidence_leads_to_its_row() {
    let Some(mut reader) = Reader::of(&stories::lesson(), Lang::English) else { return };
    let links = "[...document.querySelectorAll('[data-event]')]";
    let count = reader.number(&format!("{links}.length"));
    assert_eq!(count, 12);

    for link in 0..count {
        reader.browser.click(&format!("{links}[{link}]"));

        let event = reader.number(&format!("Number({links}[{link}].dataset.event)"));
        reader.assert_shown(event);
        let proofs = reader.number("document.querySelectorAll('.row.evidence .proof').length");
        assert!(proofs >= 1, "link {link}");
    }
    reader.assert_quiet();
}

#[test]
fn evidence_that_a_filter_hides_is_shown_again() {
    let Some(mut reader) = Reader::of(&stories::lesson(), Lang::English) else { return };
    reader.browser.press("/");
    reader.type_text("nothing says this");
    assert_eq!(reader.number("view.plan.rows.length"), 0);
    reader.browser.press("Escape");
    reader.browser.press("f");

    let event = reader.number("view.current");
    reader.assert_shown(event);
    assert_eq!(reader.text("document.getElementById('search').value"), "");
}

#[test]
fn everything_can_be_done_with_keys() {
    let Some(mut reader) = Reader::of(&stories::lesson(), Lang::Spanish) else { return };
    reader.browser.press("j");
    assert_eq!(reader.number("view.current"), 0);
    reader.browser.press("ArrowDown");
    reader.browser.press("k");
    assert_eq!(reader.number("view.current"), 0);
    reader.browser.press("End");
    let last = reader.number("view.current");
    reader.assert_shown(last);
    reader.browser.press("Enter");
    assert_eq!(reader.text("document.activeElement.id"), "details");
    assert!(reader.text("document.getElementById('detail').textContent").contains("Certeza"));
    reader.browser.press("f");
    reader.browser.press("f");
    assert_eq!(reader.number("Number(document.querySelector('.looked').dataset.finding)"), 1);
    reader.browser.press("F");
    assert_eq!(reader.number("Number(document.querySelector('.looked').dataset.finding)"), 0);
    reader.browser.press("Escape");
    assert_eq!(reader.number("document.querySelectorAll('.looked, .evidence').length"), 0);
    reader.browser.press("?");
    assert!(reader.is("document.getElementById('keys').open"));
    reader.assert_quiet();
}

#[test]
fn filters_leave_what_passes_them() {
    let Some(mut reader) = Reader::of(&stories::lesson(), Lang::English) else { return };
    let kinds = "view.plan.rows.filter((row) => row >= 0).map((row) => events[row >> 1].k)";
    reader.browser.click("document.querySelector('#kinds input[value=packet]')");
    assert!(reader.is(&format!("!{kinds}.includes('packet') && {kinds}.includes('call')")));
    reader.browser.click("document.getElementById('show-all')");
    reader.browser.press("/");
    reader.type_text("ECONNREFUSED");
    assert_eq!(reader.number(&format!("{kinds}.length")), 1);
    reader.assert_quiet();
}

#[test]
fn what_programs_sent_is_text_and_nothing_else() {
    let Some(mut reader) = Reader::of(&stories::hostile(), Lang::English) else { return };
    let count = reader.number("events.length");

    for event in 0..count {
        reader.browser.value(&format!("choose({event})"));
    }

    assert!(reader.text("document.title").ends_with(" · socklab"));
    assert_eq!(reader.number("document.querySelectorAll('img').length"), 0);
    assert_eq!(reader.number("document.scripts.length"), 2);
    let turns = "/[\\u0000\\u202e\\u2066-\\u2069]/.test(document.body.innerText)";
    assert!(!reader.is(turns));
    reader.assert_quiet();
}

#[test]
fn fifty_thousand_events_are_no_burden() {
    let Some(mut reader) = Reader::of(&stories::long(LONG), Lang::English) else { return };
    assert!(reader.number("events.length") >= LONG);

    let frames = reader.browser.value(SCROLL);

    let loaded = "performance.getEntriesByType('navigation')[0].loadEventEnd";
    let loaded = reader.number(&format!("Math.round({loaded})"));
    let nodes = reader.number("document.querySelectorAll('*').length");
    assert!(nodes < NODES_MAX, "{nodes} nodes");
    let size = fs::metadata(&reader.file).unwrap().len();
    eprintln!("{size} bytes, loaded in {loaded} ms, {nodes} nodes, frames of a scroll: {frames}");
    reader.browser.click("document.querySelector('[data-event]')");
    let last = reader.number("view.current");
    reader.assert_shown(last);
    reader.assert_quiet();
}

#[test]
fn on_paper_all_rows_are_there_and_the_findings_after_them() {
    let Some(mut reader) = Reader::of(&stories::lesson(), Lang::English) else { return };
    reader.browser.value("window.dispatchEvent(new Event('beforeprint'))");

    assert!(reader.is("document.querySelectorAll('#print .row').length === view.plan.rows.length"));
    assert_eq!(reader.number("document.querySelectorAll('#print .finding').length"), 3);
    let paper =
        reader.browser.call("Page.printToPDF", json!({ "printBackground": true, "preferCSSPageSize": true }));
    keep("print.pdf", &paper);
    reader.assert_quiet();
}

#[test]
fn it_looks_right_in_light_and_dark_in_both_languages() {
    for (lang, scheme) in [(Lang::English, "light"), (Lang::Spanish, "dark")] {
        let Some(mut reader) = Reader::of(&stories::lesson(), lang) else { return };
        let feature = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        reader.browser.call("Emulation.setEmulatedMedia", feature);
        reader.browser.press("f");
        reader.browser.press("f");
        let overlaps = reader.is("document.documentElement.scrollWidth > window.innerWidth");
        assert!(!overlaps, "{scheme}: the page is wider than the window");
        keep(&format!("{scheme}.png"), &reader.browser.call("Page.captureScreenshot", json!({})));
        reader.browser.click("document.getElementById('theme-button')");
        let now = reader.text("getComputedStyle(document.documentElement).colorScheme");
        assert_ne!(now, scheme);
        reader.assert_quiet();
    }
}

/// Scrolls through everything in steps, and says how long frames took: the median, and the longest.
const SCROLL: &str = "new Promise((done) => {
    const stage = document.getElementById('stage');
    const frames = [];
    let last = performance.now();
    const step = (now) => {
        frames.push(now - last);
        last = now;
        stage.scrollTop += 1500;
        if (frames.length < 200) return requestAnimationFrame(step);
        frames.sort((left, right) => left - right);
        done({ median_ms: frames[100], longest_ms: frames[199] });
    };
    requestAnimationFrame(step);
})";

/// Somebody with the page open.
pub(in super::super) struct Reader {
    pub(in super::super) browser: Browser,
    file: PathBuf,
    _directory: TempDir,
}

impl Reader {
    /// Opens the page of a recording, if there is a browser.
    fn of(told: &Told, lang: Lang) -> Option<Self> {
        Self::with_file(|file| {
            fs::write(file, super::html(told, lang)).unwrap();
            keep_text(&format!("{}.html", told.timeline.entries.len()), file);
        })
    }

    /// Opens the page that is written into a file, if there is a browser.
    pub(in super::super) fn with_file(write: impl FnOnce(&Path)) -> Option<Self> {
        let mut browser = Browser::start()?;
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("page.html");
        write(&file);
        browser.open(&file);
        Some(Self { browser, file, _directory: directory })
    }

    pub(in super::super) fn number(&mut self, expression: &str) -> u64 {
        let value = self.browser.value(expression);
        value.as_u64().unwrap_or_else(|| panic!("{expression}: {value}"))
    }

    fn text(&mut self, expression: &str) -> String {
        self.browser.value(expression).as_str().unwrap_or_default().to_owned()
    }

    fn is(&mut self, expression: &str) -> bool {
        self.browser.value(expression) == true
    }

    fn type_text(&mut self, text: &str) {
        self.browser.call("Input.insertText", json!({ "text": text }));
    }

    /// Fails unless the row of an event can be seen, stands out, and its details are told.
    fn assert_shown(&mut self, event: u64) {
        let row = format!("document.querySelector(`[data-place=\"${{placeOf({event})}}\"]`)");
        let visible = self.browser.value(&format!(
            "(() => {{ const row = {row}.getBoundingClientRect(); \
             const stage = document.getElementById('stage').getBoundingClientRect(); \
             const heads = document.getElementById('heads').getBoundingClientRect(); \
             return [row.top >= heads.bottom, row.bottom <= stage.bottom, \
             {row}.classList.contains('current'), view.current === {event}, \
             document.getElementById('detail').textContent.includes(events[{event}].s)]; }})()"
        ));
        assert_eq!(visible, json!([true, true, true, true, true]), "event {event}");
    }

    /// Fails if the page asked for anything but itself, or complained.
    pub(in super::super) fn assert_quiet(&self) {
        let requests = self.browser.seen("Network.requestWillBeSent");
        let own = format!("file://{}", self.file.display());
        assert!(requests.iter().all(|event| event["params"]["request"]["url"] == own), "{requests:?}");
        assert_eq!(requests.len(), 1);
        for complaint in ["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"] {
            assert_eq!(self.browser.seen(complaint), Vec::<&Value>::new());
        }
    }
}

/// Leaves a picture where it was asked for.
pub(in super::super) fn keep(name: &str, picture: &Value) {
    if let Some(directory) = env::var_os("SOCKLAB_SCREENSHOTS") {
        let bytes = STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
        fs::write(PathBuf::from(directory).join(name), bytes).unwrap();
    }
}

fn keep_text(name: &str, file: &Path) {
    if let Some(directory) = env::var_os("SOCKLAB_SCREENSHOTS") {
        fs::copy(file, PathBuf::from(directory).join(name)).unwrap();
    }
}
