//! Puts every requirement of an exercise to a program, several at once, each on a stage of its own.

use std::collections::BTreeMap;
use std::io;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::manifest::Manifest;
use super::trial::{Watch, blank, concluded, waited_for_processor};
use super::{
    Assumed, CheckReport, Isolation, Judgement, Limits, Problem, Program, Reason, Requirement, Severity,
    State, TrialPlan, Why, discovery, judgement, requirements,
};
use crate::Stop;
use crate::exercise::Exercise;
use crate::stage::{Message, Order, Stage};

/// How many trials run at once at the most.
pub const PARALLEL_MAX: usize = 64;

/// How many messages of a stage are heard for one trial, which is one and the end.
const MESSAGES_MAX: usize = 64;

/// How many times a requirement is put again because the machine was too busy to tell; then that is what is told.
const UNTOLD_MAX: u32 = 3;

/// How long a program that does nothing takes to start and end, on a machine for which the time limits are meant.
const SPAWN: Duration = Duration::from_millis(3);
/// How many times that is tried; the median counts.
const SPAWNS: usize = 5;
/// By how much a slow machine can multiply the time limits.
const LARGEST_SCALE: f64 = 8.0;

/// How a program is judged.
#[derive(Clone, Debug)]
pub struct Options {
    /// What unpredictable contents are made of.
    pub seed: u64,
    /// How many trials run at once, from 1 to [`PARALLEL_MAX`].
    pub parallel: usize,
    /// On which of the processors that may be used the first of them runs, counted from 0 and round and round; the others follow.
    pub place: usize,
    /// How the programs are to be kept from everything else.
    pub isolation: Isolation,
    /// By how much the time limits are multiplied for this machine: [`calibrate`].
    pub scale: f64,
    /// The requirements that are put, by their names, with those that they need; empty is all of them.
    pub only: Vec<String>,
    /// What ends trials before their time, with nothing told of them.
    pub stop: Stop,
}

/// How far it is.
#[derive(Debug)]
pub enum Progress<'report> {
    /// Nobody said this, and a trial has shown it.
    Assumed(&'report Assumed),
    /// A requirement is put to the program.
    Began(&'static Requirement),
    /// It failed, and is put once more, to see whether that is so each time.
    Again(&'static Requirement),
    /// This came of it.
    Ended(&'report CheckReport),
}

/// Tells by how much time limits have to be multiplied on this machine: from how long it takes to start and end a program that does
/// nothing. How busy others are is no matter, since time limits do not count that.
pub fn calibrate() -> f64 {
    let mut took: Vec<_> = (0..SPAWNS).filter_map(|_| spawn_time()).collect();
    took.sort();
    took.get(took.len() / 2).map_or(1.0, |median| scale(*median))
}

/// How long it took, but for the time in which somebody else had the processor.
fn spawn_time() -> Option<Duration> {
    let (began, waited) = (Instant::now(), waited_for_processor("thread-self"));
    let mut nothing = Command::new("/bin/true");
    nothing.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut nothing = nothing.spawn().ok()?;
    // That is its end, before anybody has asked for it.
    io::copy(&mut nothing.stdout.take()?, &mut io::sink()).ok()?;
    let took = began.elapsed();
    let its = waited_for_processor(&nothing.id().to_string());
    nothing.wait().ok()?;
    Some(took.saturating_sub(waited_for_processor("thread-self").saturating_sub(waited) + its))
}

fn scale(spawn: Duration) -> f64 {
    (spawn.as_secs_f64() / SPAWN.as_secs_f64()).clamp(1.0, LARGEST_SCALE)
}

/// Judges a program, or a pair. What was not put because it was stopped is not in the judgement.
pub fn judge(
    exercise: Exercise,
    programs: &[Program],
    manifest: &Manifest,
    options: &Options,
    told: &mut dyn FnMut(Progress<'_>),
) -> Judgement {
    let wanted = wanted(exercise, programs, &options.only);
    let mut plan = TrialPlan {
        exercise,
        requirement: String::new(),
        programs: programs.to_vec(),
        manifest: manifest.clone(),
        seed: options.seed,
        limits: Limits::USUAL.scaled(options.scale * manifest.timeout_scale),
        isolation: options.isolation,
        cpu: None,
    };
    let assumed = discovery::assume(&mut plan, options);
    for it in &assumed {
        told(Progress::Assumed(it));
    }
    let reports = Work::new(&wanted, plan, options).run(told);
    let mut checks: Vec<_> = wanted.iter().filter_map(|it| reports.get(it.id).cloned()).collect();
    let strict = manifest.grade.strict;
    let verdict = judgement::verdict(&checks, strict);
    for check in &mut checks {
        if check.state == State::Fail && is_warning(check.severity, strict) {
            check.state = State::Warn;
        }
    }
    Judgement {
        exercise,
        verdict,
        strict,
        seed: options.seed,
        isolation: checks.iter().filter_map(|check| check.isolation).min(),
        kernel: kernel_release(),
        programs: programs.to_vec(),
        assumed,
        checks,
    }
}

fn kernel_release() -> String {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease");
    release.unwrap_or_default().trim_end().to_owned()
}

/// What is asked of these programs: everything, or what was chosen and what that needs.
fn wanted(exercise: Exercise, programs: &[Program], only: &[String]) -> Vec<&'static Requirement> {
    let roles: Vec<_> = programs.iter().map(|program| program.role).collect();
    let chosen = requirements::with_needs(exercise, only);
    let is_wanted = |it: &&Requirement| only.is_empty() || chosen.iter().any(|chosen| chosen.id == it.id);
    requirements::of_programs(exercise, &roles).into_iter().filter(is_wanted).collect()
}

fn is_warning(severity: Severity, strict: bool) -> bool {
    match severity {
        Severity::Required => false,
        Severity::Robust => !strict,
        Severity::Advice => true,
    }
}

/// What is left to be done.
struct Work<'options> {
    waiting: Vec<&'static Requirement>,
    wanted: Vec<&'static Requirement>,
    done: BTreeMap<&'static str, CheckReport>,
    plan: TrialPlan,
    cpus: Vec<u32>,
    options: &'options Options,
}

/// What a thread tells that has put a requirement.
enum Told {
    Again(&'static Requirement),
    Ended(&'static Requirement, usize, Box<CheckReport>),
}

impl<'options> Work<'options> {
    fn new(wanted: &[&'static Requirement], plan: TrialPlan, options: &'options Options) -> Self {
        let cpus = kernel::affinity::allowed().unwrap_or_default();
        Self { waiting: wanted.to_vec(), wanted: wanted.to_vec(), done: BTreeMap::new(), plan, cpus, options }
    }

    fn run(mut self, told: &mut dyn FnMut(Progress<'_>)) -> BTreeMap<&'static str, CheckReport> {
        let (tell, tells) = mpsc::channel();
        let mut free: Vec<usize> = (0..self.options.parallel.clamp(1, PARALLEL_MAX)).rev().collect();
        let mut running = 0;
        loop {
            while let Some(place) = free.pop() {
                let Some(requirement) = self.next(told).filter(|_| !self.options.stop.is_set()) else {
                    free.push(place);
                    break;
                };
                told(Progress::Began(requirement));
                let (plan, tell, stop) =
                    (self.plan_for(requirement, place), tell.clone(), self.options.stop.clone());
                running += 1;
                thread::spawn(move || put(requirement, &plan, &stop, (place, &tell)));
            }
            if running == 0 {
                return self.done;
            }
            match tells.recv() {
                Ok(Told::Again(requirement)) => told(Progress::Again(requirement)),
                Ok(Told::Ended(requirement, place, report)) => {
                    running -= 1;
                    free.push(place);
                    told(Progress::Ended(&report));
                    self.done.insert(requirement.id, *report);
                }
                // This end keeps a sender itself.
                Err(_) => return self.done,
            }
        }
    }

    /// The first requirement that has all that it needs; those are skipped that never will.
    fn next(&mut self, told: &mut dyn FnMut(Progress<'_>)) -> Option<&'static Requirement> {
        let mut index = 0;
        while let Some(&requirement) = self.waiting.get(index) {
            match missing(requirement, &self.done, &self.wanted) {
                Missing::Nothing => return Some(self.waiting.remove(index)),
                Missing::Yet => index += 1,
                Missing::ForEver(id) => {
                    self.waiting.remove(index);
                    let plan = self.plan_for(requirement, 0);
                    let report = CheckReport {
                        state: State::Skip,
                        why: Some(Why::Needs(id.to_owned())),
                        ..blank(&plan, Some(requirement))
                    };
                    told(Progress::Ended(&report));
                    self.done.insert(requirement.id, report);
                    // Others may have waited for it.
                    index = 0;
                }
            }
        }
        None
    }

    fn plan_for(&self, requirement: &Requirement, place: usize) -> TrialPlan {
        let cpu = self.cpus.get((self.options.place + place) % self.cpus.len().max(1)).copied();
        let is_its = |program: &Program| requirement.whose.roles().contains(&program.role);
        let mut plan = TrialPlan { requirement: requirement.id.to_owned(), cpu, ..self.plan.clone() };
        plan.programs.retain(is_its);
        plan
    }
}

/// What a requirement needs and does not have.
#[derive(Debug, PartialEq, Eq)]
enum Missing {
    Nothing,
    /// Another one has not ended.
    Yet,
    /// This one has not passed.
    ForEver(&'static str),
}

fn missing(
    requirement: &Requirement,
    done: &BTreeMap<&'static str, CheckReport>,
    wanted: &[&'static Requirement],
) -> Missing {
    let mut missing = Missing::Nothing;
    for &id in requirement.needs {
        match done.get(id) {
            Some(report) if report.state == State::Pass => {}
            Some(_) => return Missing::ForEver(id),
            // One that is not wanted is not waited for.
            None if wanted.iter().any(|other| other.id == id) => missing = Missing::Yet,
            None => {}
        }
    }
    missing
}

/// Puts a requirement to the program, once more if it fails, and a few times if the machine was too busy to tell.
fn put(
    requirement: &'static Requirement,
    plan: &TrialPlan,
    stop: &Stop,
    (place, tell): (usize, &mpsc::Sender<Told>),
) {
    let again = || {
        // Whoever listens is there as long as anything runs.
        let _ = tell.send(Told::Again(requirement));
        put_once(requirement, plan, stop)
    };
    let mut report = put_once(requirement, plan, stop);
    for _ in 0..UNTOLD_MAX {
        if !is_untold(&report) {
            break;
        }
        report = again();
    }
    if report.state == State::Fail {
        report = compared(report, again());
    }
    let _ = tell.send(Told::Ended(requirement, place, Box::new(report)));
}

/// Whether the machine was too busy to tell, which it may not be at the next moment.
fn is_untold(report: &CheckReport) -> bool {
    matches!(report.why, Some(Why::CannotTell(Reason::Overloaded)))
}

/// What a trial that failed and another one under the same condition say together.
fn compared(first: CheckReport, second: CheckReport) -> CheckReport {
    match second.state {
        State::Pass => CheckReport { state: State::Unstable, other: Some(Box::new(second)), ..first },
        _ => first,
    }
}

pub(super) fn put_once(requirement: &Requirement, plan: &TrialPlan, stop: &Stop) -> CheckReport {
    let began = Instant::now();
    match hear(plan, stop) {
        Ok(report) => report,
        Err(problem) => {
            let report = concluded(blank(plan, Some(requirement)), Err(problem));
            CheckReport { took: began.elapsed(), ..report }
        }
    }
}

fn hear(plan: &TrialPlan, stop: &Stop) -> Result<CheckReport, Problem> {
    let broken = |error| Problem::broken("run a trial on a stage", error);
    let mut stage = Stage::spawn(&Order::Trial(Box::new(plan.clone()))).map_err(broken)?;
    let mut watch = Watch::new(stage.id(), plan.limits.trial + plan.limits.start);
    for _ in 0..MESSAGES_MAX {
        match stage.hear_while(&mut || !watch.is_over() && !stop.is_set()).map_err(broken)? {
            Some(Message::Judged(report)) => return Ok(*report),
            Some(_) => {}
            None => break,
        }
    }
    Err(Problem::Broken("the stage said nothing of the trial".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::samples::report;
    use super::*;

    #[test]
    fn a_requirement_waits_for_those_that_it_needs_and_is_skipped_if_they_fail() {
        const FIRST: Requirement = requirement("first", &[]);
        const SECOND: Requirement = requirement("second", &["first"]);
        let of = |state| BTreeMap::from([("first", report("first", Severity::Required, state))]);

        assert_eq!(missing(&SECOND, &BTreeMap::new(), &[&FIRST]), Missing::Yet);
        assert_eq!(missing(&SECOND, &BTreeMap::new(), &[]), Missing::Nothing);
        assert_eq!(missing(&SECOND, &of(State::Pass), &[]), Missing::Nothing);
        for state in [State::Fail, State::Skip, State::Error, State::Unstable] {
            assert_eq!(missing(&SECOND, &of(state), &[]), Missing::ForEver("first"), "{state:?}");
        }
    }

    #[test]
    fn what_fails_once_and_passes_once_is_unstable() {
        let of = |state| report("x", Severity::Required, state);

        let unstable = compared(of(State::Fail), of(State::Pass));

        assert_eq!((unstable.state, unstable.other.map(|it| it.state)), (State::Unstable, Some(State::Pass)));
        assert_eq!(compared(of(State::Fail), of(State::Fail)).state, State::Fail);
        assert_eq!(compared(of(State::Fail), of(State::Error)).state, State::Fail);
    }

    #[test]
    fn a_slow_machine_has_longer_limits_and_a_fast_one_none_shorter() {
        let scales = [SPAWN / 10, SPAWN * 2, SPAWN * 1000].map(scale).map(|it| format!("{it:.1}"));

        assert_eq!(scales, ["1.0", "2.0", "8.0"]);
    }

    const fn requirement(id: &'static str, needs: &'static [&'static str]) -> Requirement {
        Requirement::of_server(id, |_| Ok(())).after(needs)
    }
}
