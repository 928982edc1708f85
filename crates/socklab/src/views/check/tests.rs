//! The same judgement in every form.
#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the name of a method is of one lifetime only"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;
use lab::check::manifest::{Grade, SourceLanguage};
use lab::check::{Isolation, Judgement};
use serde_json::Value;

use super::samples::judgement;
use super::{Style, View};
use crate::lang::Lang;
use crate::words::Words;

const LANGS: [Lang; 2] = [Lang::English, Lang::Spanish];

#[test]
fn people_are_told_what_was_asked_what_was_seen_and_why() {
    for lang in LANGS {
        let lines =
            with(lang, 3, |view| view.lines(Style { width: Some(100), color: false, is_seen: false }));

        assert_snapshot!(format!("check_{lang:?}"), lines.join("\n"));
    }
}

#[test]
fn hints_give_away_more_from_level_to_level_and_never_more_than_the_teacher_lets_them() {
    let lines = |hints| {
        with(Lang::English, hints, |view| {
            view.lines(Style { width: None, color: false, is_seen: false }).join("\n")
        })
    };
    let [names, seen, knowledge, cause] = [0, 1, 2, 3].map(lines);

    assert!(!names.contains("expected") && seen.contains("expected"));
    assert!(!seen.contains("socklab lab run") && knowledge.contains("socklab lab run 2.5.3"));
    assert!(!knowledge.contains("probable cause") && cause.contains("probable cause"));
    let grade = Grade { hint_level_max: 0, ..Grade::default() };
    let judgement = judgement();
    let capped = View::new(&judgement, &grade, 3, None, &Words::new(Lang::English)).lines(Style {
        width: None,
        color: false,
        is_seen: false,
    });
    assert_eq!(capped.join("\n"), names);
}

#[test]
fn what_hints_hide_is_in_no_form() {
    let forms = |hints| {
        with(Lang::English, hints, |view| {
            [serde_json::to_string(&view.document()).unwrap(), view.junit(), view.gradescope()]
        })
    };
    for (before, with_cause) in forms(0).iter().zip(forms(3)) {
        assert!(!before.contains("TCPAbortOnClose") && with_cause.contains("TCPAbortOnClose"));
    }
    for form in forms(2) {
        assert!(!form.contains("single-receive"), "{form}");
    }
}

#[test]
fn nothing_that_a_program_wrote_speaks_to_the_terminal() {
    let lines =
        with(Lang::Spanish, 3, |view| view.lines(Style { width: Some(40), color: false, is_seen: false }));

    assert!(lines.iter().all(|line| !line.contains(char::is_control)), "{lines:#?}");
}

#[test]
fn the_snippet_is_in_the_language_of_the_program() {
    let (judgement, grade, words) = (judgement(), Grade::default(), Words::new(Lang::English));
    let view = View::new(&judgement, &grade, 3, Some(SourceLanguage::C), &words);

    assert!(
        view.lines(Style { width: None, color: false, is_seen: false }).join("\n").contains("ssize_t n;")
    );
}

#[test]
fn whoever_has_seen_it_happen_is_told_of_what_is_not_met_and_of_the_verdict() {
    let of = |is_seen| {
        with(Lang::English, 0, |view| view.lines(Style { width: None, color: false, is_seen }).join("\n"))
    };
    let [whole, rest] = [false, true].map(of);
    let passes = |text: &str| text.lines().filter(|line| line.starts_with("+ pass")).count();

    assert!(passes(&whole) > 0 && passes(&rest) == 0, "{rest}");
    assert!(whole.contains("- fail") && rest.contains("- fail"), "{rest}");
    assert_eq!(whole.lines().last(), rest.lines().last());
}

#[test]
fn what_a_program_was_not_kept_from_is_said() {
    let words = Words::new(Lang::English);
    for (isolation, said) in [(Isolation::Full, false), (Isolation::NoMounts, true), (Isolation::None, true)]
    {
        let judgement = Judgement { isolation: Some(isolation), ..judgement() };
        let lines = View::new(&judgement, &Grade::default(), 0, None, &words).lines(Style {
            width: None,
            color: false,
            is_seen: false,
        });
        assert_eq!(lines.join(" ").contains("the program was kept from"), said, "{isolation:?}");
    }
}

#[test]
fn the_document_of_json_has_its_form() {
    let document = with(Lang::English, 3, |view| serde_json::to_string_pretty(&view.document()).unwrap());

    assert_snapshot!("check_document", document);
}

#[test]
fn the_junit_document_is_valid_by_the_schema() {
    let document = with(Lang::English, 3, |view| view.junit());
    assert_snapshot!("check_junit", document);
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check/junit.xsd");
    if Command::new("xmllint").arg("--version").output().is_err() {
        assert!(std::env::var_os("SOCKLAB_REQUIRE_TOOLS").is_none(), "xmllint is missing");
        println!("SKIP: xmllint is missing");
        return;
    }
    let place = tempfile::tempdir().unwrap();
    for (name, document) in [("en.xml", document), ("es.xml", with(Lang::Spanish, 3, |view| view.junit()))] {
        let path = place.path().join(name);
        fs::write(&path, document).unwrap();
        let run =
            Command::new("xmllint").args(["--noout", "--schema"]).arg(&schema).arg(&path).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    }
}

#[test]
fn the_gradescope_document_follows_its_rules() {
    let document = with(Lang::English, 3, |view| view.gradescope());
    let results: Value = serde_json::from_str(&document).unwrap();
    let visibilities = ["hidden", "after_due_date", "after_published", "visible"];
    let formats = ["text", "html", "simple_format", "md", "ansi"];

    assert_eq!(results.get("score"), None, "each test has its own");
    assert!(visibilities.contains(&results["visibility"].as_str().unwrap()));
    assert!(visibilities.contains(&results["stdout_visibility"].as_str().unwrap()));
    let tests = results["tests"].as_array().unwrap();
    for (index, test) in tests.iter().enumerate() {
        let (score, most) = (test["score"].as_f64().unwrap(), test["max_score"].as_f64().unwrap());
        assert!((0.0..=most).contains(&score), "{test}");
        assert_eq!(test["number"], format!("2.5.3-{}", index + 1));
        assert!(["passed", "failed"].contains(&test["status"].as_str().unwrap()));
        assert!(visibilities.contains(&test["visibility"].as_str().unwrap()));
        assert!(formats.contains(&test["output_format"].as_str().unwrap()));
        assert!(test["tags"].as_array().unwrap().iter().all(Value::is_string));
        assert!(test["extra_data"].is_object());
    }
    let hidden: Vec<_> = tests.iter().filter(|test| test["visibility"] == "after_due_date").collect();
    assert_eq!(hidden.len(), 1);
    assert_snapshot!("check_gradescope", document);
}

/// Does something with the view of the judgement in a language.
fn with<T>(lang: Lang, hints: u8, act: impl FnOnce(&View<'_>) -> T) -> T {
    let (judgement, grade, words) = (judgement(), Grade::default(), Words::new(lang));
    act(&View::new(&judgement, &grade, hints, None, &words))
}
