//! `socklab lab` with the real binary: every experiment, on this kernel, in both languages, as root and as an ordinary user.
#![expect(clippy::unwrap_used, reason = "where a test cannot go on, the line says enough")]

mod at_a_terminal;
#[path = "../shared/executable.rs"]
mod executable;
mod expected;
mod listen_backlog;
mod run;
mod short_receive;
mod short_send;
mod stage;
mod support;
mod text_and_image;
mod udp;

use std::collections::BTreeSet;
use std::fs;
use std::thread;

use lab::experiments::{Experiment, all};
use scope::model::archive;
use scope::script::{compare, read};
use scope::timeline::Timeline;
use tempfile::tempdir;

use crate::support::{Ran, lab, lab_as_nobody};

/// What is said of claims whose state is not the usual one.
fn otherwise(ran: &Ran) -> Vec<String> {
    let unusual = ran.events("claim").filter(|claim| claim["state"] != "holds");
    unusual.map(|claim| claim.to_string()).collect()
}

/// Where a page leads within itself and has nothing.
fn links_to_nowhere(page: &str) -> Vec<&str> {
    let after = |mark| page.split(mark).skip(1).filter_map(|rest: &str| rest.split('"').next());
    let places: BTreeSet<_> = after(" id=\"").collect();
    after("href=\"#").filter(|place| !place.is_empty() && !places.contains(place)).collect()
}

/// How many experiments run at a time in a test: most of the time they wait.
const AT_ONCE: usize = 3;

fn each(check: impl Fn(&Experiment) + Sync) {
    let check = &check;
    thread::scope(|scope| {
        for part in all().chunks(all().len().div_ceil(AT_ONCE)) {
            scope.spawn(move || part.iter().for_each(check));
        }
    });
}

#[test]
fn every_claim_holds_on_this_kernel_and_names_what_shows_it() {
    each(|experiment| {
        let ran = lab("en", &["run", experiment.exercise.number(), "--yes", "--json"]);

        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert_eq!(otherwise(&ran), Vec::<String>::new(), "{}", experiment.exercise);
        // Of forms that exclude each other, by what is asked for, one makes a claim.
        assert!(ran.events("claim").count() * 2 > experiment.forms.len(), "{}", experiment.exercise);
        for claim in ran.events("claim") {
            assert!(!claim["evidence"].as_array().unwrap().is_empty(), "{claim}");
            assert!(!claim["text"].as_str().unwrap().is_empty(), "{claim}");
        }
    });
}

#[test]
fn an_ordinary_user_sees_the_same() {
    each(|experiment| {
        let arguments = ["run", experiment.exercise.number(), "--yes", "--json"];
        let Some(ran) = lab_as_nobody("es", &arguments) else { return };

        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert_eq!(otherwise(&ran), Vec::<String>::new(), "{}", experiment.exercise);
    });
}

#[test]
fn the_answer_is_told_in_both_languages_with_lines_that_show_it() {
    each(|experiment| {
        for (lang, answer, shown) in [("en", "Answer", "shown by: "), ("es", "Respuesta", "lo muestra: ")] {
            let ran = lab(lang, &["run", experiment.exercise.number(), "--yes"]);

            let answer = ran.stdout.split_once(&format!("\n{answer}\n")).unwrap().1;
            assert_eq!(answer.matches("✓ ").count() > 0, !experiment.forms.is_empty(), "{answer}");
            assert!(answer.contains(shown), "{answer}");
            assert!(!answer.contains('—'), "a value is missing: {answer}");
        }
    });
}

#[test]
fn scenes_that_are_the_same_each_time_happen_as_their_scripts_say() {
    each(|experiment| {
        let directory = tempdir().unwrap();
        let out = directory.path().to_str().unwrap();
        let ran = lab("en", &["run", experiment.exercise.number(), "--yes", "--quiet", "--report", out]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{}", ran.stderr);
        let page = fs::read_to_string(directory.path().join("index.html")).unwrap();
        assert_eq!(links_to_nowhere(&page), [""; 0], "{}", experiment.exercise);

        for (scene, script) in experiment.expected {
            let file = directory.path().join(format!("{}-{scene}.jsonl", experiment.exercise));
            let observations = archive::read(&mut fs::read(file).unwrap().as_slice()).unwrap();
            let timeline = Timeline::build(observations).unwrap();
            let compared = compare(&read(script).unwrap(), &timeline);
            assert!(compared.is_ok(), "{} {scene}: {}", experiment.exercise, compared.unwrap_err());
        }
    });
}

#[test]
fn a_setting_that_the_kernel_does_not_have_is_named_and_nothing_runs() {
    let ran = lab("en", &["run", "1.3", "--yes", "--sysctl", "net.ipv4.no_such_thing=1"]);

    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("set net.ipv4.no_such_thing: ENOENT"), "{}", ran.stderr);
    assert!(!ran.stdout.contains("Answer"), "{}", ran.stdout);
}

#[test]
fn what_the_kernel_does_otherwise_is_said() {
    let reuse = ["run", "2.3", "--yes", "--json", "--sysctl", "net.ipv4.tcp_max_tw_buckets=0"];
    let ran = lab("en", &reuse);

    let time_wait = ran.events("claim").find(|claim| claim["id"] == "time-wait").unwrap();
    assert_eq!((ran.code, time_wait["state"].as_str()), (Some(0), Some("differs")), "{time_wait}");
    assert!(time_wait["text"].as_str().unwrap().contains("free at once"), "{time_wait}");
}

#[test]
fn a_prediction_is_compared_with_what_came_true() {
    for option in ["waits", "lost"] {
        let ran = lab("en", &["run", "1.4", "--predict", option, "--pause", "100ms"]);

        let shown = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        // Where the client was kept from a processor until the server had slept, nothing waited.
        let (came, outcome) = if shown.contains("Here no datagram was seen to wait") {
            ("lost", "what happened: “It is lost")
        } else {
            ("waits", "what happened: “It waits")
        };
        assert!(shown.contains(if option == came { "so it was" } else { outcome }), "{shown}");
    }
}

#[test]
fn several_experiments_end_with_a_table() {
    let ran = lab("en", &["run", "1.3", "2.3", "1.3", "--yes"]);

    let table = ran.stdout.split_once("\nAll experiments\n").unwrap().1;
    let rows: Vec<_> = table.lines().map(|line| &line[..3]).collect();
    assert_eq!((ran.code, rows), (Some(0), vec!["1.3", "2.3"]), "{table}");
}
