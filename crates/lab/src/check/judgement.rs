//! What all requirements of an exercise say together: a verdict, and what it is worth.

use serde::{Deserialize, Serialize};

use super::manifest::Grade;
use super::points::Points;
use super::{Assumed, CheckReport, Isolation, Program, Reason, Severity, State, Verdict, Why, pattern};
use crate::exercise::Exercise;

/// A program, or a pair, to which every requirement of an exercise was put.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Which exercise.
    pub exercise: Exercise,
    /// What came of it.
    pub verdict: Verdict,
    /// Whether what makes a program robust decided, too.
    pub strict: bool,
    /// What unpredictable contents were made of.
    pub seed: u64,
    /// How the programs were kept from everything else: the least of all trials; `None` if none was run.
    pub isolation: Option<Isolation>,
    /// The release of the kernel (`uname(2)`).
    pub kernel: String,
    /// What was judged.
    pub programs: Vec<Program>,
    /// What nobody said of the programs, and trials have shown; the requirements were put with it.
    #[serde(default)]
    pub assumed: Vec<Assumed>,
    /// What came of each requirement, in the practical's order.
    pub checks: Vec<CheckReport>,
}

/// What a program has earned, of what it could.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// For what it does.
    pub earned: Points,
    /// For all that could be judged.
    pub of: Points,
}

/// Says what reports mean together. A failure is certain, whatever else there is; then come what is unstable and what could not be told.
/// What this machine does not let us try decides nothing; if that is all there is, nothing was judged.
pub fn verdict(checks: &[CheckReport], strict: bool) -> Verdict {
    let deciding: Vec<State> = checks.iter().filter(|it| decides(it, strict)).map(|it| it.state).collect();
    let has = |state| deciding.contains(&state);
    if has(State::Fail) {
        Verdict::Fail
    } else if has(State::Unstable) {
        Verdict::Unstable
    } else if has(State::Error) || !has(State::Pass) {
        Verdict::Error
    } else {
        Verdict::Pass
    }
}

/// Says whether a report has a part in the verdict.
fn decides(report: &CheckReport, strict: bool) -> bool {
    match report.severity {
        Severity::Required => true,
        Severity::Robust => strict,
        Severity::Advice => false,
    }
}

/// Returns what a requirement is worth: what the pattern says that names it most exactly; else one point if it decides, and nothing if
/// it does not.
pub fn worth(report: &CheckReport, grade: &Grade) -> Points {
    let name = full_name(report);
    let named = grade.points.iter().filter(|(pattern, _)| pattern::matches(pattern, &name));
    let exact = named.max_by_key(|(pattern, _)| pattern.chars().filter(|c| *c != '*').count());
    match exact {
        Some((_, points)) => *points,
        None if decides(report, grade.strict) => Points::ONE,
        None => Points::NONE,
    }
}

/// Returns what was earned with one of the reports of an exercise: all or nothing, of nothing if it could not be judged.
pub fn score_of(report: &CheckReport, checks: &[CheckReport], grade: &Grade) -> Score {
    if !was_judged(report, checks) {
        return Score::default();
    }
    let of = worth(report, grade);
    let earned = if report.state == State::Pass { of } else { Points::NONE };
    Score { earned, of }
}

/// Returns what was earned with all of them.
pub fn score(checks: &[CheckReport], grade: &Grade) -> Score {
    let all = checks.iter().map(|report| score_of(report, checks, grade));
    all.fold(Score::default(), |sum, one| Score { earned: sum.earned + one.earned, of: sum.of + one.of })
}

/// Says whether students are told of a report only after the course's date: the requirement or the teacher says so.
pub fn is_hidden(report: &CheckReport, grade: &Grade) -> bool {
    let name = full_name(report);
    report.hidden || grade.hide.iter().any(|pattern| pattern::matches(pattern, &name))
}

/// Returns the name of a report's requirement among those of all exercises: `1.5.2/near-miss`.
pub fn full_name(report: &CheckReport) -> String {
    format!("{}/{}", report.exercise, report.id)
}

/// Returns the fields of the manifest that have to be said before a program can be judged, each once.
pub fn undeclared(checks: &[CheckReport]) -> Vec<&str> {
    let mut fields: Vec<&str> = Vec::new();
    for report in checks {
        if let Some(Why::CannotTell(Reason::Undeclared { field })) = &report.why
            && !fields.contains(&field.as_str())
        {
            fields.push(field);
        }
    }
    fields
}

/// Says whether a report says something of the program. One that was skipped since another did not pass says what that one says.
fn was_judged(report: &CheckReport, checks: &[CheckReport]) -> bool {
    let mut report = report;
    // Nobody needs itself, but a report may come from a file: no chain is longer than the list.
    for _ in 0..=checks.len() {
        match &report.why {
            Some(Why::Needs(id)) => match checks.iter().find(|other| other.id == *id) {
                Some(other) => report = other,
                None => return true,
            },
            Some(Why::CannotTell(_) | Why::Broken(_)) => return false,
            None => return report.state != State::Error,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Ability;
    use super::super::samples::report;
    use super::*;

    #[test]
    fn a_failure_outweighs_what_is_unstable_and_that_what_nobody_could_tell() {
        use State::{Error, Fail, Pass, Skip, Unstable};
        for (states, expected) in [
            (&[Pass, Pass][..], Verdict::Pass),
            (&[Pass, Skip], Verdict::Pass),
            (&[Pass, Error], Verdict::Error),
            (&[Error, Unstable], Verdict::Unstable),
            (&[Error, Unstable, Fail], Verdict::Fail),
            (&[Skip], Verdict::Error),
            (&[], Verdict::Error),
        ] {
            let checks: Vec<_> = states.iter().map(|state| report("x", Severity::Required, *state)).collect();
            assert_eq!(verdict(&checks, false), expected, "{states:?}");
        }
    }

    #[test]
    fn robustness_decides_only_when_the_teacher_is_strict() {
        let checks =
            [report("a", Severity::Required, State::Pass), report("b", Severity::Robust, State::Fail)];

        assert_eq!((verdict(&checks, false), verdict(&checks, true)), (Verdict::Pass, Verdict::Fail));
    }

    #[test]
    fn the_most_exact_pattern_says_what_a_requirement_is_worth() {
        let points = [("*", 1.0), ("1.3/*", 2.0), ("1.3/echoes", 5.0)];
        let points = points.map(|(pattern, number)| (pattern.to_owned(), Points::of_number(number).unwrap()));
        let grade = Grade { points: BTreeMap::from(points), ..Grade::default() };

        assert_eq!(worth(&report("echoes", Severity::Advice, State::Pass), &grade).number().to_string(), "5");
        assert_eq!(worth(&report("other", Severity::Robust, State::Pass), &grade).number().to_string(), "2");
    }

    #[test]
    fn what_could_not_be_judged_costs_nothing_and_neither_does_what_needs_it() {
        let lacks = Why::CannotTell(Reason::Lacks { ability: Ability::Ptrace });
        let checks = [
            report("a", Severity::Required, State::Pass),
            CheckReport { why: Some(lacks), ..report("b", Severity::Required, State::Skip) },
            CheckReport {
                why: Some(Why::Needs("b".to_owned())),
                ..report("c", Severity::Required, State::Skip)
            },
            report("d", Severity::Required, State::Fail),
            CheckReport {
                why: Some(Why::Needs("d".to_owned())),
                ..report("e", Severity::Required, State::Skip)
            },
            CheckReport {
                why: Some(Why::Needs("f".to_owned())),
                ..report("f", Severity::Required, State::Skip)
            },
        ];
        let score = score(&checks, &Grade::default());

        assert_eq!((score.earned.to_string(), score.of.to_string()), ("1".to_owned(), "3".to_owned()));
    }

    #[test]
    fn what_has_to_be_declared_is_named_once() {
        let why = Why::CannotTell(Reason::Undeclared { field: "protocol.shutdown".to_owned() });
        let one = CheckReport { why: Some(why), ..report("a", Severity::Required, State::Error) };

        assert_eq!(undeclared(&[one.clone(), one]), ["protocol.shutdown"]);
    }
}
