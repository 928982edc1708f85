//! Has programs judged: the one place where the engine of trials is called.

use lab::check::judgement::verdict;
use lab::check::{CheckReport, Judgement};
use lab::grade::{Job, Judge};

use super::Plan;

/// Puts every requirement of the exercise to the programs of a plan, and tells each report as it comes.
///
/// # Errors
///
/// What kept it from judging; never the program's fault.
pub(crate) fn judge(plan: &Plan, _hear: &mut dyn FnMut(&CheckReport)) -> Result<Judgement, String> {
    Err(format!("no trial of exercise {} can be run in {}", plan.exercise, plan.directory.display()))
}

/// What is known so far, when not every requirement was put.
pub(super) fn partial(plan: &Plan, checks: &[CheckReport]) -> Judgement {
    Judgement {
        exercise: plan.exercise,
        verdict: verdict(checks, plan.manifest.grade.strict),
        strict: plan.manifest.grade.strict,
        seed: plan.seed,
        isolation: checks.iter().filter_map(|report| report.isolation).min(),
        kernel: String::new(),
        programs: Vec::new(),
        checks: checks.to_vec(),
    }
}

/// The engine, as a judge of a class.
pub(crate) struct Engine;

impl Judge for Engine {
    fn judge(&self, job: &Job<'_>) -> Result<Judgement, String> {
        let plan = Plan {
            exercise: job.exercise,
            manifest: job.manifest.clone(),
            directory: job.directory.clone(),
            seed: job.seed,
        };
        judge(&plan, &mut |_| {})
    }
}
