//! A class in a temporary directory, and a judge who looks at the source.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use lab::Stop;
use lab::check::judgement::verdict;
use lab::check::manifest::Manifest;
use lab::check::signatures::Signature;
use lab::check::{CheckReport, Judgement, Severity, State};
use lab::exercise::Exercise;
use lab::grade::{
    Class, Header, Job, Judge, Plan, Progress, RunError, Shard, Store, Summary, Worth, read_journal, run,
    submissions,
};
use tempfile::TempDir;

const CLASS: &str = r#"
strict = true
[exercises."1.3"]
points = 10
[exercises."1.5.2"]
points = 10
[exercises."2.5.2"]
points = 10
"#;

/// A class of three exercises, in which the first is done well, the second half, and the third not.
pub(crate) struct Course {
    place: TempDir,
    class: Class,
}

impl Course {
    pub(crate) fn of(names: &[&str]) -> Self {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("scratch")).unwrap();
        fs::create_dir(place.path().join("handed-in")).unwrap();
        let course = Self { place, class: Class::read(CLASS).unwrap() };
        for name in names {
            for (file, source) in
                [("1.3/server.py", "good"), ("1.5.2/server.py", "half"), ("2.5.2/client.py", "bad")]
            {
                let path = course.submission(name).join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, source).unwrap();
            }
        }
        course
    }

    pub(crate) fn place(&self) -> &Path {
        self.place.path()
    }

    pub(crate) fn scratch(&self) -> PathBuf {
        self.place().join("scratch")
    }

    pub(crate) fn submission(&self, name: &str) -> PathBuf {
        self.place().join("handed-in").join(name)
    }

    /// Grades a part, and is told to stop when so many tasks were done.
    pub(crate) fn run(&self, shard: Shard, judge: &Fake, stop_after: usize) -> Result<(), RunError> {
        self.run_into(&self.journal(), shard, judge, stop_after)
    }

    pub(crate) fn run_into(
        &self,
        journal: &Path,
        shard: Shard,
        judge: &Fake,
        stop_after: usize,
    ) -> Result<(), RunError> {
        let submissions = submissions(&self.place().join("handed-in")).unwrap();
        let names = submissions.iter().map(|submission| submission.name.clone()).collect();
        let worth = |(exercise, assignment): (&Exercise, &lab::grade::Assignment)| Worth {
            exercise: *exercise,
            points: assignment.points,
        };
        let exercises = self.class.assignments.iter().map(worth).collect();
        let mut store = Store::open(journal, Header::new(String::new(), "c".to_owned(), exercises, names))?;
        let plan = Plan { submissions, shard, workers: 2, seed: 1, scratch: self.scratch() };
        let stop = Stop::default();
        if stop_after == 0 {
            stop.set();
        }
        let mut done_here = 0;
        run((&self.class, &plan), &mut store, judge, &stop, &mut |progress| {
            if let Progress::Done { .. } = progress {
                done_here += 1;
                if done_here >= stop_after {
                    stop.set();
                }
            }
        })
    }

    pub(crate) fn summary(&self) -> Summary {
        Summary::of(&read_journal(&self.journal()).unwrap())
    }

    fn journal(&self) -> PathBuf {
        self.place().join("journal.jsonl")
    }
}

/// A judge who looks at the source, and remembers what was shown.
#[derive(Default)]
pub(crate) struct Fake {
    counts: Mutex<BTreeMap<(String, Exercise), usize>>,
    manifests: Mutex<BTreeMap<(String, Exercise), Manifest>>,
}

impl Fake {
    pub(crate) fn counts(&self) -> BTreeMap<(String, Exercise), usize> {
        self.counts.lock().unwrap().clone()
    }

    pub(crate) fn manifest(&self, name: &str, exercise: Exercise) -> Manifest {
        self.manifests.lock().unwrap()[&(name.to_owned(), exercise)].clone()
    }
}

impl Judge for Fake {
    fn judge(&self, job: &Job<'_>) -> Result<Judgement, String> {
        let key = (job.submission.name.clone(), job.exercise);
        *self.counts.lock().unwrap().entry(key.clone()).or_default() += 1;
        self.manifests.lock().unwrap().insert(key, job.manifest.clone());
        let source = crate::source_of(&job.directory);
        if source == "broken" {
            return Err("no network".to_owned());
        }
        let [first, second] = crate::states(&source);
        let checks = vec![report(job.exercise, "first", first), report(job.exercise, "second", second)];
        Ok(Judgement {
            exercise: job.exercise,
            verdict: verdict(&checks, false),
            strict: false,
            seed: job.seed,
            isolation: None,
            kernel: "6.18".to_owned(),
            programs: Vec::new(),
            assumed: Vec::new(),
            checks,
        })
    }
}

fn report(exercise: Exercise, id: &str, state: State) -> CheckReport {
    CheckReport {
        signature: (state == State::Fail).then_some(Signature::SingleReceive),
        ..CheckReport::blank(exercise, id, Severity::Required, state)
    }
}
