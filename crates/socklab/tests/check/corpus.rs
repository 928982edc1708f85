//! Every program of the corpus, put to the check: each line of the tables must be right.
//!
//! Right programs are put to every requirement; a mutant to the one that it does not meet, to those that this one needs, and to a
//! few neighbours that its table names. `SOCKLAB_CORPUS=all` puts each to every one, which shows that a mutant fails one and no other,
//! and right programs also without what their manifests say, where that can be found out: it takes many minutes, and is for the
//! night. `SOCKLAB_CORPUS=PART` does so with the programs whose names have this in them (`1.5.2 mutants/prefix.py`).

use std::collections::BTreeSet;
use std::fs;

use lab::check::{Severity, requirements};
use lab::exercise::Exercise;
use toml::Table;

use crate::support::at_once::each_at_once;
use crate::support::run;
use crate::support::table::{Entry, Expected, corpus, tests};

#[test]
fn every_line_of_the_tables_is_right() {
    let chosen = std::env::var("SOCKLAB_CORPUS").unwrap_or_default();
    let mut entries: Vec<_> = corpus().into_iter().chain(practical()).collect();
    if !chosen.is_empty() {
        entries.retain(|entry| chosen == "all" || name(entry).contains(&chosen));
        for entry in &mut entries {
            entry.only.clear();
        }
        let unsaid: Vec<_> = entries.iter().filter_map(Entry::unsaid).collect();
        entries.extend(unsaid);
    }

    let found = each_at_once(&entries, |entry| match run::check(entry) {
        Some(said) => {
            let wrong = run::wrong(entry, &said);
            if !wrong.is_empty() || !chosen.is_empty() {
                eprintln!("{} {wrong:?} {:?}", name(entry), said.seconds());
            }
            wrong
        }
        None => Vec::new(),
    });

    let wrong = entries.iter().zip(found).filter(|(_, wrong)| !wrong.is_empty());
    let all: Vec<_> = wrong.map(|(entry, wrong)| format!("{}: {}", name(entry), wrong.join("; "))).collect();
    assert!(all.is_empty(), "{} of {} wrong:\n{}", all.len(), entries.len(), all.join("\n"));
}

#[test]
fn every_program_of_the_folders_stands_in_its_table() {
    let told: BTreeSet<_> = corpus().into_iter().map(|entry| entry.path).collect();
    for folder in fs::read_dir(tests().join("check/programs")).unwrap() {
        for kind in ["good", "mutants"] {
            for program in fs::read_dir(folder.as_ref().unwrap().path().join(kind)).unwrap() {
                let path = program.unwrap().path();
                assert!(told.contains(&path), "{} stands in no table", path.display());
            }
        }
    }
    assert!(told.iter().all(|path| path.exists()));
}

#[test]
fn every_requirement_has_a_mutant_and_every_exercise_two_right_programs_in_different_languages_or_styles() {
    let entries = corpus();
    let mut missing = Vec::new();
    for exercise in Exercise::ALL {
        let of_it: Vec<_> = entries.iter().filter(|entry| entry.exercise == exercise.to_string()).collect();
        let good = of_it.iter().filter(|entry| entry.expected == Expected::Pass).count();
        assert!(good >= 2, "{exercise} has {good} right programs");
        let found: BTreeSet<_> = of_it.iter().filter_map(|entry| entry.expected.id()).collect();
        let decides = requirements::of(exercise).iter().filter(|it| it.severity != Severity::Advice);
        let without = decides.filter(|it| !found.contains(it.id)).map(|it| format!("{exercise}/{}", it.id));
        missing.extend(without);
    }
    assert_eq!(missing, Vec::<String>::new(), "requirements without a mutant");
}

/// The practical's own four scripts, as they are, at its base exercises.
fn practical() -> Vec<Entry> {
    let programs = tests().join("interop/programs");
    let mut entries = Vec::new();
    for (exercise, transport) in [("1.3", "udp"), ("1.4", "udp"), ("2.3", "tcp"), ("2.4", "tcp")] {
        for role in ["server", "client"] {
            entries.push(Entry {
                exercise: exercise.to_owned(),
                path: programs.join(format!("practical_{transport}_{role}.py")),
                role: Some(role.to_owned()),
                arguments: Vec::new(),
                manifest: Table::new(),
                only: Vec::new(),
                expected: Expected::PassRequired,
            });
        }
    }
    entries
}

/// Names a program: `1.5.2 mutants/prefix.py`.
fn name(entry: &Entry) -> String {
    let path: Vec<_> = entry.path.iter().rev().take(2).map(|part| part.to_string_lossy()).collect();
    format!("{} {}/{}", entry.exercise, path[1], path[0])
}
