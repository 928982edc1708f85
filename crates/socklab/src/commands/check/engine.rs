//! Has programs judged: the one place where the engine of trials is called.

use std::thread;

use lab::Stop;
use lab::check::judgement::verdict;
use lab::check::manifest::{Side, Stdin};
use lab::check::{
    Assumed, CheckReport, Input, Judgement, Options, PARALLEL_MAX, Program, Progress, Role, calibrate,
};
use lab::grade::{Job, Judge};

use super::Plan;

/// Puts every requirement of the exercise to the programs of a plan, and tells how far it is.
///
/// # Errors
///
/// What kept it from judging; never the program's fault.
pub(crate) fn judge(plan: &Plan, hear: &mut dyn FnMut(&Progress<'_>)) -> Result<Judgement, String> {
    let parallel = thread::available_parallelism().map_or(1, usize::from).min(PARALLEL_MAX);
    judged(plan, calibrate(), (0, parallel), &Stop::default(), hear)
}

fn judged(
    plan: &Plan,
    scale: f64,
    (place, parallel): (usize, usize),
    stop: &Stop,
    hear: &mut dyn FnMut(&Progress<'_>),
) -> Result<Judgement, String> {
    let options = Options {
        seed: plan.seed,
        parallel,
        place,
        isolation: ISOLATION,
        scale,
        only: plan.only.clone(),
        stop: stop.clone(),
    };
    let programs = programs(plan);
    let judgement = lab::check::judge(plan.exercise, &programs, &plan.manifest, &options, &mut |progress| {
        hear(&progress);
    });
    if stop.is_set() {
        return Err("stopped".to_owned());
    }
    if judgement.checks.is_empty() {
        return Err(format!("exercise {} has no requirements yet", plan.exercise));
    }
    Ok(judgement)
}

/// What is asked for; a machine that does not grant it gives less, and each report says how much.
const ISOLATION: lab::check::Isolation = lab::check::Isolation::Full;

/// The programs of a plan, as a trial starts them.
fn programs(plan: &Plan) -> Vec<Program> {
    let sides = [(Role::Server, &plan.manifest.server), (Role::Client, &plan.manifest.client)];
    let program = |(role, side): (Role, &Side)| {
        let run = side.run.as_ref()?;
        Some(Program {
            role,
            command: built(plan.manifest.build.as_deref(), &filled(run, side)),
            directory: plan.directory.clone(),
            environment: Vec::new(),
            port: side.port,
            input: match side.stdin.unwrap_or(Stdin::usual(plan.exercise)) {
                Stdin::Null => Input::Null,
                Stdin::Empty => Input::Empty,
                Stdin::Keyboard => Input::Keyboard,
            },
        })
    };
    sides.into_iter().filter_map(program).collect()
}

/// Fills in where the program listens, or connects to; what a requirement chooses stays for it to fill in.
fn filled(run: &[String], side: &Side) -> Vec<String> {
    let fill = |word: &String| {
        word.replace("{host}", &side.host.to_string())
            .replace("{port}", &side.port.to_string())
            .replace("{workdir}", ".")
    };
    run.iter().map(fill).collect()
}

/// Puts what builds the program before it. A student's compiler and its input are as little to be trusted as the program, so it runs
/// as the same guest, in the same box; what it says goes where the program's complaints go.
fn built(build: Option<&[String]>, run: &[String]) -> Vec<String> {
    let Some(build) = build else {
        return run.to_vec();
    };
    let script = format!("TMPDIR=. {} 1>&2 || exit 127; exec {}", quoted(build), quoted(run));
    vec!["sh".to_owned(), "-c".to_owned(), script]
}

/// Writes words so that a shell reads just them (`sh(1)`, "Single Quotes").
fn quoted(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{}'", word.replace('\'', "'\\''"))).collect();
    quoted.join(" ")
}

/// What is known so far, when not every requirement was put.
pub(super) fn partial(plan: &Plan, assumed: &[Assumed], checks: &[CheckReport]) -> Judgement {
    Judgement {
        exercise: plan.exercise,
        verdict: verdict(checks, plan.manifest.grade.strict),
        strict: plan.manifest.grade.strict,
        seed: plan.seed,
        isolation: checks.iter().filter_map(|report| report.isolation).min(),
        kernel: String::new(),
        programs: programs(plan),
        assumed: assumed.to_vec(),
        checks: checks.to_vec(),
    }
}

/// The engine, as a judge of a class: one trial at a time for each task, since several tasks run at once.
pub(crate) struct Engine {
    scale: f64,
}

impl Engine {
    /// Tries how fast this machine is, before anything runs on it.
    pub(crate) fn new() -> Self {
        Self { scale: calibrate() }
    }
}

impl Judge for Engine {
    fn judge(&self, job: &Job<'_>) -> Result<Judgement, String> {
        let plan = Plan {
            exercise: job.exercise,
            manifest: job.manifest.clone(),
            directory: job.directory.clone(),
            seed: job.seed,
            only: Vec::new(),
        };
        judged(&plan, self.scale, (job.place, 1), job.stop, &mut |_| {})
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn words_of_a_build_are_words_whatever_is_in_them() {
        let words = |text: &[&str]| text.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let build = words(&["printf", "built %s", "it's $(reboot); \"x\""]);
        let command = built(Some(&build), &words(&["echo", "a  b", "'c'", "$HOME"]));
        let output = Command::new(&command[0]).args(&command[1..]).output().unwrap();

        assert_eq!(String::from_utf8_lossy(&output.stdout), "a  b 'c' $HOME\n");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "built it's $(reboot); \"x\"");
    }

    #[test]
    fn what_is_not_built_is_not_run() {
        let words = |word: &str| vec![word.to_owned()];
        let command = built(Some(&words("false")), &words("echo"));
        let output = Command::new(&command[0]).args(&command[1..]).output().unwrap();

        assert_eq!((output.status.code(), output.stdout.len()), (Some(127), 0));
    }
}
