//! What came of a class: a table, and what failed alike.

use std::collections::{BTreeMap, BTreeSet};

use super::journal::{Journal, Outcome, Record, Task, Worth};
use crate::check::points::Points;
use crate::check::signatures::Signature;
use crate::check::{State, Verdict};
use crate::exercise::Exercise;

/// What came of a class. It follows from a [`Journal`] alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// What the class is called.
    pub title: String,
    /// The exercises, in the practical's order.
    pub exercises: Vec<Worth>,
    /// A row for each submission, in the order of their names.
    pub rows: Vec<Row>,
    /// What failed alike, the largest groups first.
    pub groups: Vec<Group>,
    /// How many tasks there are.
    pub tasks: usize,
    /// How many of them were done.
    pub done: usize,
}

/// What came of a submission.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its name.
    pub submission: String,
    /// What came of each exercise, in the same order; `None` for what was not done yet.
    pub cells: Vec<Option<Cell>>,
    /// What was earned in all.
    pub points: Points,
    /// Whether anything of it came after the deadline.
    pub late: bool,
}

/// What came of one exercise of a submission.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// What came of it.
    pub outcome: Outcome,
    /// What was earned.
    pub points: Points,
}

/// Submissions that failed alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// In which exercise.
    pub exercise: Exercise,
    /// Which requirement.
    pub requirement: String,
    /// What shows the cause, where it is known.
    pub signature: Option<Signature>,
    /// Whose, in the order of their names.
    pub submissions: Vec<String>,
}

impl Summary {
    /// Makes it of what was done.
    pub fn of(journal: &Journal) -> Self {
        let header = &journal.header;
        let mut exercises = header.exercises.clone();
        exercises.sort_by_key(|worth| worth.exercise);
        let names: BTreeSet<&String> = header.submissions.iter().collect();
        let rows: Vec<Row> = names.into_iter().map(|name| row(journal, name, &exercises)).collect();
        let tasks = rows.len() * exercises.len();
        let done = rows.iter().flat_map(|row| &row.cells).flatten().count();
        let groups = groups(journal);
        Self { title: header.title.clone(), exercises, rows, groups, tasks, done }
    }

    /// What everything is worth together.
    pub fn points(&self) -> Points {
        self.exercises.iter().map(|worth| worth.points).sum()
    }
}

fn row(journal: &Journal, name: &str, exercises: &[Worth]) -> Row {
    let of = |worth: &Worth| {
        let task = Task { submission: name.to_owned(), exercise: worth.exercise };
        journal.records.get(&task)
    };
    let records: Vec<Option<&Record>> = exercises.iter().map(of).collect();
    let cell = |record: &Record| Cell { outcome: record.outcome.clone(), points: record.points };
    Row {
        submission: name.to_owned(),
        cells: records.iter().map(|record| record.map(cell)).collect(),
        points: records.iter().flatten().map(|record| record.points).sum(),
        late: records.iter().flatten().any(|record| record.late),
    }
}

/// Puts together who failed the same requirement of the same exercise with the same cause.
fn groups(journal: &Journal) -> Vec<Group> {
    let mut groups: BTreeMap<(Exercise, String, Option<Signature>), Vec<String>> = BTreeMap::new();
    for record in journal.records.values() {
        let Outcome::Judged { checks, .. } = &record.outcome else {
            continue;
        };
        for check in
            checks.iter().filter(|check| matches!(check.state, State::Fail | State::Warn | State::Unstable))
        {
            let key = (record.task.exercise, check.id.clone(), check.signature);
            groups.entry(key).or_default().push(record.task.submission.clone());
        }
    }
    let group = |((exercise, requirement, signature), submissions)| Group {
        exercise,
        requirement,
        signature,
        submissions,
    };
    let mut groups: Vec<Group> = groups.into_iter().map(group).collect();
    // The sort is stable: groups of one size stay in the order of the exercises.
    groups.sort_by_key(|group| usize::MAX - group.submissions.len());
    groups
}

impl Outcome {
    /// Returns the verdict, if the programs were judged.
    pub fn verdict(&self) -> Option<Verdict> {
        match self {
            Self::Judged { verdict, .. } => Some(*verdict),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::journal::samples::{header, record, records};
    use super::super::plan::Shard;
    use super::*;

    #[test]
    fn a_row_has_what_was_earned_and_what_was_not_done_yet() {
        let mut journal = Journal::new(header(&["b", "a"]));
        journal.add(record("a", Exercise::EchoUdp, State::Pass, 1));
        journal.add(record("a", Exercise::ShortSend, State::Fail, 1));
        let summary = Summary::of(&journal);

        assert_eq!((summary.tasks, summary.done, summary.points().to_string()), (6, 2, "30".to_owned()));
        let names: Vec<_> = summary.rows.iter().map(|row| row.submission.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(summary.rows[0].points.to_string(), "10");
        let done: Vec<_> = summary.rows[0].cells.iter().map(Option::is_some).collect();
        assert_eq!(done, [true, false, true]);
    }

    #[test]
    fn who_failed_alike_stands_together_and_the_largest_group_first() {
        let mut journal = Journal::new(header(&["a", "b", "c"]));
        for name in ["c", "a"] {
            journal.add(record(name, Exercise::ShortSend, State::Fail, 1));
        }
        journal.add(record("b", Exercise::EchoUdp, State::Fail, 1));
        let groups = Summary::of(&journal).groups;

        assert_eq!(groups[0].exercise, Exercise::ShortSend);
        assert_eq!(groups[0].submissions, ["a", "c"]);
        assert_eq!(groups[1].submissions, ["b"]);
    }

    proptest! {
        /// However the records of a class are spread over shards, in whatever order they are written and merged, the summary is the same.
        #[test]
        fn any_split_gives_the_same_summary(records in records(), count in 1..5_u32, turn in 0..12_usize) {
            let names = ["a", "b"];
            let mut whole = Journal::new(header(&names));
            records.iter().cloned().for_each(|record| whole.add(record));
            let mut turned = records.clone();
            turned.rotate_left(turn.min(records.len()));
            let mut merged = Journal::new(header(&[]));
            for index in (0..count).rev() {
                let shard = Shard { index, count };
                let mut part = Journal::new(header(&names));
                let is_here = |record: &&Record| {
                    shard.has(names.iter().position(|name| *name == record.task.submission).unwrap())
                };
                turned.iter().filter(is_here).cloned().for_each(|record| part.add(record));
                merged.merge(part).unwrap();
            }
            prop_assert_eq!(Summary::of(&merged), Summary::of(&whole));
        }
    }
}
