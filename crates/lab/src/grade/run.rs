//! Grades what a journal does not have yet, on as many processors as may be used.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Instant, SystemTime};

use thiserror::Error;

use super::class::{Assignment, Class};
use super::convention::{Found, Misfit, find};
use super::journal::{Brief, Outcome, Record, Task};
use super::plan::Shard;
use super::store::{Store, StoreError};
use super::submission::{Contents, Submission, SubmissionError};
use crate::Stop;
use crate::check::judgement::{Score, score};
use crate::check::manifest::{self, Manifest, combine};
use crate::check::points::Points;
use crate::check::{Judgement, Role};
use crate::exercise::Exercise;

/// How many tasks are done at once.
pub const WORKERS_MAX: usize = 256;

/// Whoever judges programs: the engine of `check`, or a test.
pub trait Judge: Sync {
    /// Puts every requirement of an exercise to programs.
    ///
    /// # Errors
    ///
    /// What kept it from judging, in a sentence of its own: never the program's fault.
    fn judge(&self, job: &Job<'_>) -> Result<Judgement, String>;
}

/// Programs to be judged.
#[derive(Debug)]
pub struct Job<'a> {
    /// Whose they are.
    pub submission: &'a Submission,
    /// For which exercise.
    pub exercise: Exercise,
    /// The directory that they are in: a copy, which is removed afterwards.
    pub directory: PathBuf,
    /// What is known of them; their command lines and what builds them are in it.
    pub manifest: Manifest,
    /// What unpredictable contents are made of.
    pub seed: u64,
    /// Which of those that work at the same time does it, counted from 0: so that each has a processor of its own, as far as there
    /// are as many.
    pub place: usize,
    /// What ends it before its time; whatever is returned then is no result.
    pub stop: &'a Stop,
}

/// How a class is graded.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Every submission, those of other machines, too.
    pub submissions: Vec<Submission>,
    /// Which of them are graded here.
    pub shard: Shard,
    /// How many tasks are done at once, from 1 to [`WORKERS_MAX`].
    pub workers: usize,
    /// What unpredictable contents are made of.
    pub seed: u64,
    /// Where copies of submissions may stand; it exists.
    pub scratch: PathBuf,
}

/// How far it is.
#[derive(Debug)]
pub enum Progress<'a> {
    /// What is to be done.
    Begun {
        /// How many tasks this machine has.
        tasks: usize,
        /// How many of them are in the journal.
        done: usize,
    },
    /// A task was done.
    Done {
        /// What came of it.
        record: &'a Record,
        /// How many are done now.
        done: usize,
        /// Of how many.
        tasks: usize,
    },
}

/// Why grading ended before its time.
#[derive(Debug, Error)]
pub enum RunError {
    /// The journal could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It was told to stop.
    #[error("stopped")]
    Stopped,
}

/// A submission with what was found in it.
type Looked = Result<Contents, SubmissionError>;

/// Grades what is this machine's and not in the journal.
///
/// # Errors
///
/// [`RunError`]. What was done until then is in the journal. `stop` is set then, whoever set it.
pub fn run(
    (class, plan): (&Class, &Plan),
    store: &mut Store,
    judge: &dyn Judge,
    stop: &Stop,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), RunError> {
    let ours = plan.submissions.iter().enumerate().filter(|(rank, _)| plan.shard.has(*rank));
    let looked: Vec<(&Submission, Looked)> =
        ours.map(|(_, submission)| (submission, submission.look())).collect();
    let (left, tasks) = left(class, &looked, store);
    let mut done = tasks - left.len();
    progress(Progress::Begun { tasks, done });
    let next = AtomicUsize::new(0);
    let bench = &Bench { class, plan, judge, left: &left, next: &next, stop };
    let workers = plan.workers.clamp(1, WORKERS_MAX);
    thread::scope(|scope| {
        let (sender, records) = sync_channel(workers);
        for place in 0..workers {
            let sender = sender.clone();
            scope.spawn(move || bench.work(place, &sender));
        }
        drop(sender);
        for record in records {
            done += 1;
            let written = store.add(record.clone());
            if let Err(error) = written {
                stop.set();
                return Err(error.into());
            }
            progress(Progress::Done { record: &record, done, tasks });
        }
        if done < tasks { Err(RunError::Stopped) } else { Ok(()) }
    })
}

/// The tasks that are not in the journal, and how many there are in all. They are in the order of the exercises, so that what is slow in
/// one of them is spread over the submissions.
fn left<'a>(class: &Class, looked: &'a [(&'a Submission, Looked)], store: &Store) -> (Vec<Left<'a>>, usize) {
    let mut left = Vec::new();
    let mut tasks = 0;
    for exercise in class.assignments.keys() {
        for (submission, looked) in looked {
            tasks += 1;
            let task = Task { submission: submission.name.clone(), exercise: *exercise };
            let fingerprint = looked.as_ref().map_or("", |contents| contents.fingerprint.as_str());
            if !store.journal().has(&task, fingerprint) {
                left.push(Left { task, submission, looked });
            }
        }
    }
    (left, tasks)
}

/// A task that is to be done.
struct Left<'a> {
    task: Task,
    submission: &'a Submission,
    looked: &'a Looked,
}

/// What the workers share.
struct Bench<'a> {
    class: &'a Class,
    plan: &'a Plan,
    judge: &'a dyn Judge,
    left: &'a [Left<'a>],
    next: &'a AtomicUsize,
    stop: &'a Stop,
}

impl Bench<'_> {
    /// Does one task after the other, until there is none, or until somebody says stop.
    fn work(&self, place: usize, sender: &SyncSender<Record>) {
        while !self.stop.is_set() {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(left) = self.left.get(number) else {
                return;
            };
            let began = Instant::now();
            let (outcome, late) = self.outcome(left, (number, place));
            // What was interrupted is no result.
            if self.stop.is_set() && matches!(outcome, Outcome::Broken { .. }) {
                return;
            }
            let record = record(self.class, left, outcome, late, began);
            if sender.send(record).is_err() {
                return;
            }
        }
    }

    fn outcome(&self, left: &Left<'_>, (number, place): (usize, usize)) -> (Outcome, bool) {
        let contents = match left.looked {
            Ok(contents) => contents,
            Err(error) => return (Outcome::Unreadable { cause: error.to_string() }, false),
        };
        let late = self.class.deadline_unix_s.is_some_and(|deadline| contents.newest_unix_s > deadline);
        let found = match find(&contents.files, left.task.exercise, &self.class.languages) {
            Ok(found) => found,
            Err(Misfit::Absent) => return (Outcome::Absent, late),
            Err(Misfit::Ambiguous(files)) => return (Outcome::Ambiguous { files }, late),
            Err(Misfit::Language(file)) => return (Outcome::Language { file }, late),
        };
        let copy = self.plan.scratch.join(number.to_string());
        let outcome = self.judged(left, contents, &found, (&copy, place));
        // A copy that stays is only in the way; what a guest made there may not be ours to remove.
        let _ = fs::remove_dir_all(&copy);
        (outcome, late)
    }

    fn judged(
        &self,
        left: &Left<'_>,
        contents: &Contents,
        found: &Found,
        (copy, place): (&Path, usize),
    ) -> Outcome {
        let exercise = left.task.exercise;
        let Some(assignment) = self.class.assignments.get(&exercise) else {
            return Outcome::Absent;
        };
        let manifest = match meant(left.submission, found, assignment) {
            Ok(manifest) => manifest,
            Err(mistake) => return Outcome::Manifest { mistake },
        };
        if manifest.server.run.is_none() && manifest.client.run.is_none() {
            return Outcome::Absent;
        }
        if let Err(error) = left.submission.copy(contents, copy) {
            return Outcome::Broken { cause: error.to_string() };
        }
        let directory = copy.join(&found.directory);
        let seed = self.plan.seed;
        let job =
            Job { submission: left.submission, exercise, directory, manifest, seed, place, stop: self.stop };
        match self.judge.judge(&job) {
            Ok(judgement) => of_judgement(&judgement, &job.manifest),
            Err(cause) => Outcome::Broken { cause },
        }
    }
}

/// What is meant: the teacher's part, the student's, and what the names of files say.
fn meant(submission: &Submission, found: &Found, assignment: &Assignment) -> Result<Manifest, String> {
    let student = match &found.manifest {
        None => None,
        Some(path) => {
            let bytes =
                fs::read(submission.path.join(path)).map_err(|error| format!("read {path}: {error}"))?;
            let text = String::from_utf8(bytes).map_err(|_| format!("{path} is not UTF-8"))?;
            Some(manifest::read(&text).map_err(|error| format!("{path}: {error}"))?)
        }
    };
    let mut manifest = combine(student.as_ref(), Some(&assignment.teacher)).manifest;
    let is_said = manifest.server.run.is_some() || manifest.client.run.is_some();
    if !is_said {
        let command = |role| found.programs.get(&role).map(|source| source.command(role));
        (manifest.server.run, manifest.client.run) = (command(Role::Server), command(Role::Client));
        manifest.build = manifest.build.or_else(|| found.build());
    }
    Ok(manifest)
}

fn of_judgement(judgement: &Judgement, manifest: &Manifest) -> Outcome {
    let brief = |check: &crate::check::CheckReport| Brief {
        id: check.id.clone(),
        severity: check.severity,
        state: check.state,
        signature: check.signature,
    };
    Outcome::Judged {
        verdict: judgement.verdict,
        score: score(&judgement.checks, &manifest.grade),
        seed: judgement.seed,
        isolation: judgement.isolation,
        checks: judgement.checks.iter().map(brief).collect(),
    }
}

fn record(class: &Class, left: &Left<'_>, outcome: Outcome, late: bool, began: Instant) -> Record {
    let worth = class.assignments.get(&left.task.exercise).map_or(Points::NONE, |it| it.points);
    let Score { earned, of } = match &outcome {
        Outcome::Judged { score, .. } => *score,
        _ => Score::default(),
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Record {
        task: left.task.clone(),
        outcome,
        points: worth.share(earned, of),
        fingerprint: left.looked.as_ref().map_or_else(|_| String::new(), |it| it.fingerprint.clone()),
        late,
        at_unix_ms: u64::try_from(now.as_millis()).unwrap_or(u64::MAX),
        took_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}
