//! Trials of small programs, each in a process of its own: this one, started again with the name of the trial.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping, in its helpers too")]
#![expect(clippy::print_stdout, reason = "there is no harness that would say what was tested")]

mod cases;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use lab::check::manifest::{combine, read};
use lab::check::trial::put;
use lab::check::{
    CheckReport, Input, Isolation, Limits, Program, Requirement, Role, Severity, State, TrialPlan, Whose,
};

use self::cases::{CASES, Case, Expected};

/// What a trial's own datagrams say.
const OWN: &str = "\"fence\"";

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    if let [verb, name] = words.as_slice()
        && verb == "trial"
    {
        let case = CASES.iter().find(|case| case.name == name).unwrap();
        println!("{}", serde_json::to_string(&perform(case)).unwrap());
        return ExitCode::SUCCESS;
    }
    let filter = words.iter().find(|word| !word.starts_with('-'));
    let is_wanted = |case: &&Case| filter.is_none_or(|filter| case.name.contains(filter.as_str()));
    let failed = CASES.iter().filter(is_wanted).filter(|case| !holds(case)).count();
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs a trial in a process of its own, and says whether it came out as expected.
fn holds(case: &Case) -> bool {
    if let Some(tool) = case.tool
        && Command::new(tool).arg("--version").output().is_err()
    {
        println!("SKIP: {}: no {tool}", case.name);
        return true;
    }
    let output = Command::new("/proc/self/exe").args(["trial", case.name]).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    let report: CheckReport =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}: {error}", case.name));
    if report.isolation == Some(Isolation::None) && env::var_os("SOCKLAB_REQUIRE_NETNS").is_none() {
        println!("SKIP: {}: no private network", case.name);
        return true;
    }
    let is_so = match &case.expected {
        Expected::Pass => report.state == State::Pass,
        Expected::Report(is_so) => report.state == State::Pass && is_so(&report),
        Expected::Fail(observed) => {
            report.state == State::Fail && report.observed.as_ref().is_some_and(observed)
        }
    };
    // What the trial itself sends has no business in a student's timeline.
    let is_clean = !report.evidence.timeline.iter().any(|line| line.contains(OWN));
    let is_so = is_so && is_clean;
    println!("{}: {}", case.name, if is_so { "ok" } else { "FAILED" });
    if !is_so {
        println!("{}", serde_json::to_string_pretty(&report).unwrap());
    }
    is_so
}

fn perform(case: &Case) -> CheckReport {
    let requirement = Requirement {
        id: case.name,
        whose: match case.programs {
            [(Role::Server, _)] => Whose::Server,
            [_] => Whose::Client,
            _ => Whose::Pair,
        },
        severity: Severity::Required,
        needs: &[],
        hidden: false,
        takes: &[],
        judge: case.judge,
    };
    let programs = case.programs.iter().map(|(role, command)| Program {
        role: *role,
        command: command.iter().map(|word| (*word).to_owned()).collect(),
        directory: directory(),
        environment: Vec::new(),
        port: 3500,
        input: if case.keyboard { Input::Keyboard } else { Input::Null },
    });
    let plan = TrialPlan {
        exercise: case.exercise,
        requirement: case.name.to_owned(),
        programs: programs.collect(),
        manifest: combine(Some(&read(case.manifest).unwrap()), None).manifest,
        seed: 7,
        limits: Limits { start: Duration::from_secs(3), ..Limits::USUAL },
        isolation: Isolation::Full,
        cpu: None,
    };
    put(&requirement, plan)
}

/// Where the programs are.
fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trials/programs")
}

/// A program of Python in one of the roles.
pub(crate) type Cast = (Role, &'static [&'static str]);
