//! What was done so far, a line for each task: written at once, and read again when the work goes on.
//!
//! The first line says what is asked of whom, each other one what came of one task. Of two records of one task the
//! [later](Record::order) one holds, whichever journal it is in, so journals can be put together in any order and any number of times.
//! Nothing here opens a file; `store.rs` does.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::check::judgement::Score;
use crate::check::points::Points;
use crate::check::signatures::Signature;
use crate::check::{Isolation, Severity, State, Verdict};
use crate::exercise::Exercise;

/// How long a line of a journal is at the most.
pub const LINE_BYTES_MAX: usize = 4 << 20;

/// How many records a journal has at the most.
pub const RECORDS_MAX: usize = 1_000_000;

/// The version of the form of a journal.
const VERSION: u32 = 1;

/// What a line begins with that says what is asked.
const HEADER_BEGINS: &[u8] = b"{\"journal\":";

/// What is asked of whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the form.
    pub journal: u32,
    /// What the class is called.
    pub title: String,
    /// The hash of the class's file, in hexadecimal (SHA-256): records for other files do not hold for this one.
    pub class: String,
    /// The exercises, and what each is worth.
    pub exercises: Vec<Worth>,
    /// Every submission, also those that other machines grade.
    pub submissions: Vec<String>,
}

/// What an exercise is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worth {
    /// Which one.
    pub exercise: Exercise,
    /// How much.
    pub points: Points,
}

/// A submission and an exercise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Task {
    /// The submission's name, as it is shown.
    pub submission: String,
    /// Which exercise.
    pub exercise: Exercise,
}

/// What came of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Which one.
    #[serde(flatten)]
    pub task: Task,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What was earned for it.
    pub points: Points,
    /// The hash of what was handed in: if it changes, the task is one to do again.
    pub fingerprint: String,
    /// Whether it was handed in after the deadline.
    pub late: bool,
    /// When it was done, in milliseconds since 1970 (UTC).
    pub at_unix_ms: u64,
    /// How long that took.
    pub took_ms: u64,
}

/// What came of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The programs were judged.
    Judged {
        /// What came of it.
        verdict: Verdict,
        /// What was earned of the requirements.
        score: Score,
        /// What unpredictable contents were made of: `socklab check --seed` shows the same again.
        seed: u64,
        /// How the programs were kept from everything else.
        isolation: Option<Isolation>,
        /// What came of each requirement.
        checks: Vec<Brief>,
    },
    /// Nothing was handed in for the exercise.
    Absent,
    /// Several files could be the program.
    Ambiguous {
        /// Which.
        files: Vec<String>,
    },
    /// It is in a language that the class does not take.
    Language {
        /// The file.
        file: String,
    },
    /// The student's manifest has a mistake.
    Manifest {
        /// Which one, as the reader of manifests tells it.
        mistake: String,
    },
    /// The submission cannot be read, or is larger than any may be.
    Unreadable {
        /// What could not be done, on what, and why.
        cause: String,
    },
    /// The checker could not do its work.
    Broken {
        /// What could not be done.
        cause: String,
    },
}

/// What came of one requirement, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// Its name.
    pub id: String,
    /// How much it matters.
    pub severity: Severity,
    /// What came of it.
    pub state: State,
    /// What shows the cause of a failure, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

/// What was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Journal {
    /// What is asked of whom.
    pub header: Header,
    /// What came of each task that was done.
    pub records: BTreeMap<Task, Record>,
}

/// Why lines are no journal, or two journals do not go together.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum JournalError {
    /// It has no first line that says what is asked.
    #[error("no header")]
    NoHeader,
    /// It is of another version.
    #[error("version {0}")]
    Version(u32),
    /// A line that is not the last one cannot be read.
    #[error("line {line}: {detail}")]
    Line {
        /// Which one, from 1.
        line: usize,
        /// What the parser says.
        detail: String,
    },
    /// A line is longer than [`LINE_BYTES_MAX`], or there are more than [`RECORDS_MAX`].
    #[error("too long")]
    TooLong,
    /// What is asked is not the same in both.
    #[error("of another class")]
    OtherClass,
}

/// What was read of a journal's bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// What was done; `None` if not even the first line is whole.
    pub journal: Option<Journal>,
    /// How many bytes are whole lines. What follows was being written when the writer ended, and is to be cut off.
    pub whole_bytes: usize,
}

impl Header {
    /// Makes one of this version.
    pub fn new(title: String, class: String, exercises: Vec<Worth>, submissions: Vec<String>) -> Self {
        Self { journal: VERSION, title, class, exercises, submissions }
    }

    /// Says whether records made for the one hold for the other: the class is the same. Submissions may be more.
    pub fn goes_with(&self, other: &Self) -> bool {
        self.class == other.class && self.exercises == other.exercises
    }
}

impl Record {
    /// Which of two records of a task holds: the one made later, and of those the one that is greater as text. So it does not matter in
    /// which order, and how often, they are seen.
    pub fn order(&self, other: &Self) -> Ordering {
        let text = |record: &Self| serde_json::to_string(record).unwrap_or_default();
        self.at_unix_ms.cmp(&other.at_unix_ms).then_with(|| text(self).cmp(&text(other)))
    }
}

impl Journal {
    /// One in which nothing was done yet.
    pub fn new(header: Header) -> Self {
        Self { header, records: BTreeMap::new() }
    }

    /// Adds what came of a task; if that is known already, the [later](Record::order) one holds.
    pub fn add(&mut self, record: Record) {
        match self.records.get(&record.task) {
            Some(known) if known.order(&record) != Ordering::Less => {}
            _ => {
                self.records.insert(record.task.clone(), record);
            }
        }
    }

    /// Adds another one's records and submissions.
    ///
    /// # Errors
    ///
    /// [`JournalError::OtherClass`]; then nothing was added.
    pub fn merge(&mut self, other: Self) -> Result<(), JournalError> {
        if !self.header.goes_with(&other.header) {
            return Err(JournalError::OtherClass);
        }
        let submissions = std::mem::take(&mut self.header.submissions);
        let all: BTreeSet<String> = submissions.into_iter().chain(other.header.submissions).collect();
        self.header.submissions = all.into_iter().collect();
        other.records.into_values().for_each(|record| self.add(record));
        Ok(())
    }

    /// Says whether a task was done with what is handed in now.
    pub fn has(&self, task: &Task, fingerprint: &str) -> bool {
        // What we could not do is tried again.
        let is_done = |record: &Record| {
            record.fingerprint == fingerprint && !matches!(record.outcome, Outcome::Broken { .. })
        };
        self.records.get(task).is_some_and(is_done)
    }

    /// Reads the bytes of a journal.
    ///
    /// # Errors
    ///
    /// [`JournalError`]. A last line that is not whole is none: whoever wrote it was ended.
    pub fn read(bytes: &[u8]) -> Result<Read, JournalError> {
        let whole_bytes = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let mut lines = bytes[..whole_bytes].split_inclusive(|byte| *byte == b'\n').enumerate();
        let Some((_, first)) = lines.next() else {
            return Ok(Read { journal: None, whole_bytes: 0 });
        };
        let header: Header = serde_json::from_slice(first).map_err(|_| JournalError::NoHeader)?;
        if header.journal != VERSION {
            return Err(JournalError::Version(header.journal));
        }
        let mut journal = Self::new(header);
        for (index, line) in lines {
            if line.len() > LINE_BYTES_MAX || index > RECORDS_MAX {
                return Err(JournalError::TooLong);
            }
            let wrong =
                |error: serde_json::Error| JournalError::Line { line: index + 1, detail: error.to_string() };
            if line.starts_with(HEADER_BEGINS) {
                // Submissions that came later.
                let header = serde_json::from_slice(line).map_err(wrong)?;
                journal.merge(Self::new(header))?;
            } else {
                journal.add(serde_json::from_slice(line).map_err(wrong)?);
            }
        }
        Ok(Read { journal: Some(journal), whole_bytes })
    }
}

/// Writes a header or a record as a line, with its end.
///
/// # Panics
///
/// Never: both have keys that are strings.
pub(super) fn line(value: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line
}

#[cfg(test)]
pub(super) mod samples {
    use proptest::prelude::*;

    use super::*;

    /// A class of three exercises.
    pub(in crate::grade) fn header(submissions: &[&str]) -> Header {
        let exercises = [Exercise::EchoUdp, Exercise::AddressFilter, Exercise::ShortSend];
        let worth = |exercise| Worth { exercise, points: Points::of_hundredths(1000) };
        let submissions = submissions.iter().map(|name| (*name).to_owned()).collect();
        Header::new("Redes".to_owned(), "c0ffee".to_owned(), exercises.map(worth).to_vec(), submissions)
    }

    /// What came of a task.
    pub(in crate::grade) fn record(
        submission: &str,
        exercise: Exercise,
        state: State,
        at_unix_ms: u64,
    ) -> Record {
        let verdict = if state == State::Pass { Verdict::Pass } else { Verdict::Fail };
        let signature = (state == State::Fail).then_some(Signature::SingleReceive);
        let check = Brief { id: "echoes".to_owned(), severity: Severity::Required, state, signature };
        let earned = if state == State::Pass { Points::ONE } else { Points::NONE };
        let score = Score { earned, of: Points::ONE };
        Record {
            task: Task { submission: submission.to_owned(), exercise },
            outcome: Outcome::Judged { verdict, score, seed: 1, isolation: None, checks: vec![check] },
            points: Points::of_hundredths(1000).share(earned, Points::ONE),
            fingerprint: "f".to_owned(),
            late: false,
            at_unix_ms,
            took_ms: 5,
        }
    }

    /// Records of a few tasks, some of them done several times.
    pub(in crate::grade) fn records() -> impl Strategy<Value = Vec<Record>> {
        let one =
            ("[ab]", 0..3_usize, any::<bool>(), 0..3_u64).prop_map(|(submission, exercise, passes, at)| {
                let exercise = [Exercise::EchoUdp, Exercise::AddressFilter, Exercise::ShortSend][exercise];
                record(&submission, exercise, if passes { State::Pass } else { State::Fail }, at)
            });
        proptest::collection::vec(one, 0..12)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::samples::{header, record, records};
    use super::*;

    #[test]
    fn a_line_that_is_not_whole_is_none_wherever_it_was_cut() {
        let first = line(&header(&["a"]));
        let second = line(&record("a", Exercise::EchoUdp, State::Pass, 1));
        let bytes = [first.as_slice(), &second].concat();

        for cut in 0..=bytes.len() {
            let read = Journal::read(&bytes[..cut]).unwrap();
            let whole = if cut == bytes.len() {
                cut
            } else if cut >= first.len() {
                first.len()
            } else {
                0
            };
            assert_eq!(read.whole_bytes, whole, "{cut}");
            let records = read.journal.map(|journal| journal.records.len());
            assert_eq!(records, (whole > 0).then_some(usize::from(cut == bytes.len())));
        }
    }

    #[test]
    fn a_broken_line_in_the_middle_is_told() {
        let bytes =
            [line(&header(&["a"])), b"{\n".to_vec(), line(&record("a", Exercise::EchoUdp, State::Pass, 1))];

        assert!(matches!(Journal::read(&bytes.concat()), Err(JournalError::Line { line: 2, .. })));
        assert_eq!(Journal::read(b"hola\n"), Err(JournalError::NoHeader));
        let other = Header { journal: 2, ..header(&[]) };
        assert_eq!(Journal::read(&line(&other)), Err(JournalError::Version(2)));
    }

    #[test]
    fn what_was_done_is_not_done_again_unless_it_has_changed_or_could_not_be_done() {
        let mut journal = Journal::new(header(&["a"]));
        let done = record("a", Exercise::EchoUdp, State::Fail, 1);
        let broken = Record {
            outcome: Outcome::Broken { cause: "x".to_owned() },
            ..record("a", Exercise::ShortSend, State::Fail, 1)
        };
        journal.add(done.clone());
        journal.add(broken.clone());

        assert!(journal.has(&done.task, "f") && !journal.has(&done.task, "g"));
        assert!(!journal.has(&broken.task, "f"));
    }

    #[test]
    fn journals_of_different_classes_do_not_go_together() {
        let mut journal = Journal::new(header(&["a"]));
        let other = Journal::new(Header { class: "else".to_owned(), ..header(&["b"]) });

        assert_eq!(journal.merge(other), Err(JournalError::OtherClass));
        assert_eq!(journal.header.submissions, ["a"]);
    }

    proptest! {
        #[test]
        fn records_are_the_same_after_being_written(records in records()) {
            for record in records {
                prop_assert_eq!(&serde_json::from_slice::<Record>(&line(&record)).unwrap(), &record);
            }
        }

        #[test]
        fn merging_is_the_same_in_any_order_and_any_number_of_times(one in records(), two in records(), three in records()) {
            let [one, two, three] = [("a", one), ("b", two), ("c", three)].map(|(name, records)| {
                let mut journal = Journal::new(header(&[name]));
                for record in records {
                    journal.add(record);
                }
                journal
            });
            let merged = |journals: &[&Journal]| {
                let mut all = journals[0].clone();
                journals[1..].iter().for_each(|journal| all.merge((*journal).clone()).unwrap());
                all
            };
            let expected = merged(&[&one, &two, &three]);
            prop_assert_eq!(&merged(&[&three, &one, &two]), &expected);
            prop_assert_eq!(&merged(&[&two, &two, &one, &three, &one]), &expected);
            prop_assert_eq!(&merged(&[&expected, &two, &expected]), &expected);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes: Vec<u8>, text in "[{}\":a-z0-9,\\n]{0,80}") {
            let _ = (Journal::read(&bytes), Journal::read(text.as_bytes()));
        }
    }
}
