//! A class is graded by a judge made up here: in parts, interrupted, by several machines, and always with the same end.
#![expect(clippy::unwrap_used, reason = "where a class cannot be made, the line says enough")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use lab::check::State;
use lab::exercise::Exercise;
use lab::grade::{Outcome, RunError, Shard, Summary, read_journal};
use proptest::prelude::*;

use self::support::{Course, Fake};

#[test]
fn a_class_is_graded_and_what_each_exercise_is_worth_is_earned_in_part() {
    let course = Course::of(&["ana", "beto"]);
    let judge = Fake::default();

    course.run(Shard::WHOLE, &judge, usize::MAX).unwrap();

    let summary = course.summary();
    assert_eq!((summary.tasks, summary.done), (6, 6));
    assert_eq!(summary.rows.len(), 2);
    // The judge passes one of two requirements where the source says so: half of 10.
    let points: Vec<_> = summary.rows[0].cells.iter().flatten().map(|cell| cell.points.to_string()).collect();
    assert_eq!(points, ["10", "5", "0"]);
}

#[test]
fn what_is_done_is_not_done_again_and_what_was_changed_is() {
    let course = Course::of(&["ana", "beto"]);
    let judge = Fake::default();
    course.run(Shard::WHOLE, &judge, usize::MAX).unwrap();
    course.run(Shard::WHOLE, &judge, usize::MAX).unwrap();
    assert!(judge.counts().values().all(|count| *count == 1));

    fs::write(course.submission("ana").join("1.3/server.py"), "changed").unwrap();
    course.run(Shard::WHOLE, &judge, usize::MAX).unwrap();

    let counts = judge.counts();
    assert_eq!(counts[&("ana".to_owned(), Exercise::EchoUdp)], 2);
    assert_eq!(counts[&("beto".to_owned(), Exercise::EchoUdp)], 1);
}

#[test]
fn hostile_submissions_harm_nobody_else() {
    let course = Course::of(&["ana"]);
    let bad = course.submission("zoe");
    fs::create_dir_all(bad.join("1.3")).unwrap();
    symlink("/", bad.join("root")).unwrap();
    symlink("/etc/passwd", bad.join("1.3/server.py")).unwrap();
    let deep = (0..40).fold(course.submission("deep"), |path, _| path.join("d"));
    fs::create_dir_all(deep).unwrap();
    fs::create_dir_all(course.submission("=cmd|'calc'!A0/1.3")).unwrap();
    fs::create_dir_all(course.submission("mani/1.3")).unwrap();
    fs::write(course.submission("mani/1.3/socklab.toml"), b"\xff\xfe").unwrap();
    fs::create_dir_all(course.submission("two/1.3")).unwrap();
    fs::write(course.submission("two/1.3/server.py"), "").unwrap();
    fs::write(course.submission("two/1.3/server2.py"), "").unwrap();

    course.run(Shard::WHOLE, &Fake::default(), usize::MAX).unwrap();

    let summary = course.summary();
    let outcome = |name: &str| {
        let row = summary.rows.iter().find(|row| row.submission == name).unwrap();
        row.cells[0].as_ref().unwrap().outcome.clone()
    };
    assert!(matches!(outcome("ana"), Outcome::Judged { .. }));
    assert_eq!(outcome("zoe"), Outcome::Absent);
    assert_eq!(outcome("=cmd|'calc'!A0"), Outcome::Absent);
    assert!(matches!(outcome("deep"), Outcome::Unreadable { .. }));
    assert!(matches!(outcome("mani"), Outcome::Manifest { .. }));
    assert!(matches!(outcome("two"), Outcome::Ambiguous { .. }));
}

#[test]
fn a_judge_that_cannot_judge_costs_nobody_anything_and_is_asked_again() {
    let course = Course::of(&["ana"]);
    fs::write(course.submission("ana").join("1.3/server.py"), "broken").unwrap();
    let judge = Fake::default();

    course.run(Shard::WHOLE, &judge, usize::MAX).unwrap();
    course.run(Shard::WHOLE, &judge, usize::MAX).unwrap();

    let counts = judge.counts();
    assert_eq!(counts[&("ana".to_owned(), Exercise::EchoUdp)], 2);
    assert_eq!(counts[&("ana".to_owned(), Exercise::AddressFilter)], 1);
}

#[test]
fn the_students_manifest_is_followed_where_the_teachers_says_nothing() {
    let course = Course::of(&["ana"]);
    let manifest = "timeout_scale = 9\n[server]\nrun = [\"./mine\"]\nport = 4000\n[grade]\nstrict = false";
    fs::write(course.submission("ana").join("1.3/socklab.toml"), manifest).unwrap();
    let judge = Fake::default();

    course.run(Shard::WHOLE, &judge, usize::MAX).unwrap();

    let seen = judge.manifest("ana", Exercise::EchoUdp);
    assert_eq!(seen.server.run.as_deref(), Some(&["./mine".to_owned()][..]));
    assert_eq!((seen.server.port, seen.grade.strict), (4000, true));
    assert!((2.9..=3.0).contains(&seen.timeout_scale));
}

#[test]
fn nothing_of_the_copies_is_left() {
    let course = Course::of(&["ana", "beto"]);
    course.run(Shard::WHOLE, &Fake::default(), usize::MAX).unwrap();

    assert_eq!(fs::read_dir(course.scratch()).unwrap().count(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Stopped after any number of tasks and run again, as often as it takes: the same end, and nothing is judged twice.
    #[test]
    fn a_class_that_is_interrupted_anywhere_ends_the_same(stops in proptest::collection::vec(0..5_usize, 0..4)) {
        let (whole, parts) = (Course::of(&["ana", "beto", "caro"]), Course::of(&["ana", "beto", "caro"]));
        whole.run(Shard::WHOLE, &Fake::default(), usize::MAX).unwrap();
        let judge = Fake::default();
        for stop in stops {
            match parts.run(Shard::WHOLE, &judge, stop) {
                Ok(()) | Err(RunError::Stopped) => {}
                Err(error) => panic!("{error}"),
            }
        }
        parts.run(Shard::WHOLE, &judge, usize::MAX).unwrap();

        prop_assert_eq!(parts.summary(), whole.summary());
        prop_assert!(judge.counts().values().all(|count| *count == 1));
    }

    /// However many machines share it, in whatever order their journals are merged, and however often: the same summary.
    #[test]
    fn any_number_of_shards_is_the_whole_class(count in 1..6_u32, turn in 0..6_usize) {
        let course = Course::of(&["ana", "beto", "caro", "dani"]);
        let whole = Course::of(&["ana", "beto", "caro", "dani"]);
        whole.run(Shard::WHOLE, &Fake::default(), usize::MAX).unwrap();
        let judge = Fake::default();
        let mut journals: Vec<_> = (0..count)
            .map(|index| {
                let path = course.place().join(format!("journal-{index}.jsonl"));
                course.run_into(&path, Shard { index, count }, &judge, usize::MAX).unwrap();
                read_journal(&path).unwrap()
            })
            .collect();
        journals.rotate_left(turn % count as usize);
        let again = journals[0].clone();
        let merged = journals.into_iter().chain([again]).reduce(|mut all, one| {
            all.merge(one).unwrap();
            all
        });

        prop_assert_eq!(Summary::of(&merged.unwrap()), whole.summary());
        prop_assert!(judge.counts().values().all(|count| *count == 1));
    }
}

#[test]
fn similar_failures_stand_together() {
    let course = Course::of(&["ana", "beto"]);
    course.run(Shard::WHOLE, &Fake::default(), usize::MAX).unwrap();
    let groups: BTreeMap<_, _> = course
        .summary()
        .groups
        .into_iter()
        .map(|group| ((group.exercise, group.requirement), group.submissions))
        .collect();

    assert_eq!(groups[&(Exercise::AddressFilter, "second".to_owned())], ["ana", "beto"]);
}

/// What the judge says of a source.
fn states(source: &str) -> [State; 2] {
    match source {
        "good" => [State::Pass, State::Pass],
        "half" => [State::Pass, State::Fail],
        _ => [State::Fail, State::Fail],
    }
}

/// Reads the first program of a directory.
fn source_of(directory: &Path) -> String {
    fs::read_to_string(directory.join("server.py"))
        .or_else(|_| fs::read_to_string(directory.join("client.py")))
        .unwrap_or_default()
}

#[test]
fn the_class_of_the_document_is_one() {
    let document = include_str!("../../../../docs/grading.md");
    let text = document.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let class = lab::grade::Class::read(text).unwrap();

    assert_eq!(class.assignments.len(), 2);
}
