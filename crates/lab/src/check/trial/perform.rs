//! A trial from its beginning to its report, in the process that is its stage.

use std::rc::Rc;
use std::time::{Duration, Instant};

use kernel::affinity;
use scope::model::{Observation, What};
use scope::script;
use scope::session::{
    self, CallsError, Config, GuestConfig, MTU_BYTES, Network as Place, ProgramConfig, SNAP_BYTES, Session,
    SessionError, Setting, When,
};
use scope::timeline::Timeline;

use super::Trial;
use super::core::{Core, Seat};
use super::guest::Guest;
use super::history;
use super::network::{Network, is_fence};
use super::terminal::Terminal;
use crate::check::{
    Ability, CheckReport, Evidence, Isolation, Problem, Program, Reason, Requirement, Role, Severity, State,
    TIMELINE_LINES_MAX, TrialPlan, Why, probes, requirements,
};
use crate::exercise::Transport;
use crate::stage::{Message, StageError, Teller};

/// How many bytes of what a program sends and receives a recording has, of each call.
const STRINGS_BYTES: u32 = 1024;

/// How long a report may be that is told, in bytes: a little less than [a message](crate::stage::MESSAGE_BYTES_MAX).
const REPORT_BYTES_MAX: usize = 1_000_000;

/// Puts a requirement to a program, and tells what came of it.
pub(crate) fn perform(plan: TrialPlan, teller: &mut Teller) -> Result<(), StageError> {
    let probe = || probes::of(plan.exercise).filter(|_| plan.requirement == probes::ID);
    let found = requirements::find(plan.exercise, &plan.requirement).or_else(probe);
    let report = if let Some(requirement) = found {
        put(requirement, plan)
    } else {
        let why = Why::Broken(format!("the exercise has no requirement {:?}", plan.requirement));
        CheckReport { why: Some(why), ..blank(&plan, None) }
    };
    let told = teller.tell(&Message::Judged(Box::new(shortened(report))));
    told.map_err(|error| StageError::system("write", &error))
}

/// Leaves out the first half of the steps and of the timeline, as often as it takes for a report that can be told.
fn shortened(mut report: CheckReport) -> CheckReport {
    let is_long =
        |report: &CheckReport| serde_json::to_vec(report).is_ok_and(|text| text.len() > REPORT_BYTES_MAX);
    while is_long(&report) && report.steps.len() + report.evidence.timeline.len() > 2 {
        history::shorten(&mut report.steps);
        let lines = report.evidence.timeline.len() / 2;
        report.evidence.timeline.drain(..lines);
        report.evidence.lines_left_out += lines as u64;
    }
    report
}

/// Puts a requirement to a program, whatever the plan says of its name; tells what came of it.
///
/// For a process that has a single thread and was started for this: it changes its namespaces, and stays in them.
pub fn put(requirement: &Requirement, plan: TrialPlan) -> CheckReport {
    let began = Instant::now();
    let blank = blank(&plan, Some(requirement));
    let report = match begin(plan) {
        Ok(core) => run(requirement, core, blank),
        Err(problem) => concluded(blank, Err(problem)),
    };
    CheckReport { took: began.elapsed(), ..report }
}

/// A report that says nothing yet.
pub(crate) fn blank(plan: &TrialPlan, requirement: Option<&Requirement>) -> CheckReport {
    let severity = requirement.map_or(Severity::Required, |requirement| requirement.severity);
    let hidden = requirement.is_some_and(|requirement| requirement.hidden);
    CheckReport { hidden, ..CheckReport::blank(plan.exercise, &plan.requirement, severity, State::Error) }
}

/// Makes the programs ready, and the networks that they are to be in.
fn begin(plan: TrialPlan) -> Result<Core, Problem> {
    let cpu = plan.cpu.unwrap_or_else(affinity::current_cpu);
    // All on one processor: what is sent over the loopback is delivered in order, and what is traced costs less.
    affinity::pin(cpu).map_err(|error| Problem::broken("sched_setaffinity", error))?;
    let terminals = plan.programs.iter().map(|program| Terminal::new(program.input));
    let terminals = terminals.collect::<Result<Vec<_>, _>>()?;
    let session = Session::start(config(&plan, &terminals)).map_err(|error| match error {
        SessionError::Calls(error) => unstarted(&plan.programs[0], &error),
        other @ SessionError::Join { .. } => Problem::broken("start the recording", other),
    })?;
    terminals.iter().try_for_each(Terminal::begin)?;
    let is_private = session.limits().private.is_none();
    let other = if plan.programs.len() > 1 && is_private { Some(Network::another(MTU_BYTES)?) } else { None };
    let seats = plan.programs.iter().cloned().zip(terminals).map(|(program, terminal)| Seat {
        program,
        terminal,
        first: None.into(),
        address: None.into(),
        is_end_told: false.into(),
        is_overused: false.into(),
        is_used: false.into(),
        material: None.into(),
    });
    let seats = seats.collect();
    let core = Core::new(plan, session, seats, other);
    if core.is_private {
        add_allowed(&core)?;
    }
    Ok(core)
}

/// Gives the loopback the addresses that the server is to serve; that of the practical and its neighbours are there anyway.
fn add_allowed(core: &Core) -> Result<(), Problem> {
    let allowed = core.plan.manifest.server.allowed.iter().filter(|address| !address.is_loopback());
    for address in allowed {
        core.add_address(*address)
            .map_err(|_| Reason::Undeclared { field: format!("server.allowed ({address})") })?;
    }
    Ok(())
}

/// How often queues and counters are looked at for the timeline. Whatever decides is asked for when it decides.
const LOOK_EVERY: Duration = Duration::from_millis(50);

fn config(plan: &TrialPlan, terminals: &[Terminal]) -> Config {
    let programs = plan.programs.iter().zip(terminals).map(|(program, terminal)| ProgramConfig {
        name: name(program.role).to_owned(),
        command: program.command.iter().map(Into::into).collect(),
        when: When::Asked,
        guest: Some(guest(program, terminal)),
    });
    Config {
        programs: programs.collect(),
        attach: Vec::new(),
        network: if plan.isolation == Isolation::None {
            Place::Host
        } else {
            Place::Private { mtu_bytes: MTU_BYTES }
        },
        settings: settings(plan),
        snap_bytes: SNAP_BYTES,
        strings_bytes: STRINGS_BYTES,
        lines: true,
        refuse_io_uring: true,
        one_cpu: true,
        look_every: LOOK_EVERY,
        keep_servers: true,
        output_to_error: false,
        terminal: None,
    }
}

/// A server that ends after each client is started again at once: its own connections must not keep the port from it (`TIME-WAIT`).
fn settings(plan: &TrialPlan) -> Vec<Setting> {
    let is_one_shot = plan.manifest.server.one_shot && plan.exercise.transport() == Transport::Tcp;
    let forgets = Setting::Sysctl { name: "net.ipv4.tcp_max_tw_buckets".to_owned(), value: "0".to_owned() };
    if is_one_shot { vec![forgets] } else { Vec::new() }
}

fn name(role: Role) -> &'static str {
    match role {
        Role::Server => "server",
        Role::Client => "client",
    }
}

fn guest(program: &Program, terminal: &Terminal) -> GuestConfig {
    let mut guest = GuestConfig::new(program.directory.clone(), terminal.streams());
    // Else Python keeps what it writes, whatever the terminal.
    guest.environment.push(("PYTHONUNBUFFERED".into(), "1".into()));
    guest.environment.push(("TERM".into(), "dumb".into()));
    for (name, value) in &program.environment {
        guest.environment.retain(|(known, _)| known != name.as_str());
        guest.environment.push((name.into(), value.into()));
    }
    guest
}

/// What it means that a program could not be started.
pub(super) fn unstarted(program: &Program, error: &CallsError) -> Problem {
    match error {
        CallsError::Execute { file, cause } => {
            Reason::NotExecuted { file: file.clone(), errno: cause.raw_os_error().unwrap_or_default() }.into()
        }
        other => Problem::broken(&format!("start the {}", name(program.role)), other),
    }
}

fn run(requirement: &Requirement, core: Core, blank: CheckReport) -> CheckReport {
    let lacks = requirement.takes.iter().find(|ability| **ability == Ability::Networks && !core.is_private);
    if let Some(ability) = lacks {
        let _ = close(core);
        return concluded(blank, Err(Reason::Lacks { ability: *ability }.into()));
    }
    let core = Rc::new(core);
    let judged = requirement.put(&mut Trial { core: Rc::clone(&core) });
    let isolation = isolation(&core);
    let evidence = Evidence { ..seen(&core) };
    let Ok(core) = Rc::try_unwrap(core) else {
        return concluded(blank, Err(Problem::Broken("the requirement kept its trial".to_owned())));
    };
    let (steps, timeline, lines_left_out, counters) = close(core);
    let evidence = Evidence { timeline, lines_left_out, counters, ..evidence };
    CheckReport { steps, evidence, isolation: Some(isolation), ..concluded(blank, judged) }
}

/// What can be seen of the programs as long as they are there.
fn seen(core: &Rc<Core>) -> Evidence {
    let mut evidence = Evidence::default();
    for (index, seat) in core.guests.iter().enumerate() {
        let guest = Guest { core: Rc::clone(core), index };
        let role = seat.program.role;
        evidence.blocked_in.extend(guest.blocked_in().ok().flatten().map(|blocked| (role, blocked)));
        evidence.source.extend(guest.source().unwrap_or_default());
        evidence.output.extend(guest.output().ok().map(|output| (role, output)));
    }
    evidence
}

/// The least of what the programs were kept apart by.
fn isolation(core: &Core) -> Isolation {
    let session = core.session.borrow();
    let of = |program| match session.isolation(program) {
        _ if !core.is_private => Isolation::None,
        Some(session::Isolation::Full) => Isolation::Full,
        Some(session::Isolation::NoMounts(_)) => Isolation::NoMounts,
        Some(session::Isolation::None(_)) | None => Isolation::None,
    };
    (0..core.guests.len())
        .filter(|index| core.guests[*index].first.get().is_some())
        .map(of)
        .min()
        .unwrap_or(if core.is_private { Isolation::Full } else { Isolation::None })
}

type Closed = (Vec<crate::check::Step>, Vec<String>, u64, Vec<(String, u64)>);

/// Ends the programs and the recording.
fn close(core: Core) -> Closed {
    core.pump();
    let (mut observations, mut history, mut session, seats) = core.end();
    session.signal(session::Order::End);
    observations.extend(session.finish());
    drop(seats);
    let counters = counters(&observations);
    let (timeline, left_out) = timeline(observations);
    (history.take(), timeline, left_out, counters)
}

/// What grew, by name.
pub(super) fn counters(observations: &[Observation]) -> Vec<(String, u64)> {
    let mut grown = std::collections::BTreeMap::new();
    for observation in observations {
        if let What::Counter(counter) = &observation.what {
            *grown.entry(counter.name.clone()).or_insert(0) += counter.by;
        }
    }
    grown.into_iter().collect()
}

/// The last lines of the timeline, and how many are before them.
fn timeline(observations: Vec<Observation>) -> (Vec<String>, u64) {
    let archived = observations.into_iter().filter(|it| match &it.what {
        What::Waiting(_) => false,
        What::Packet(frame) => !is_fence(frame),
        _ => true,
    });
    let Ok(timeline) = Timeline::build(archived.collect()) else { return (Vec::new(), 0) };
    let text = script::write(&timeline, &script::Options::default());
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    let left_out = lines.len().saturating_sub(TIMELINE_LINES_MAX);
    (lines.into_iter().skip(left_out).collect(), left_out as u64)
}

/// Puts what a requirement said into its report.
pub(crate) fn concluded(report: CheckReport, judged: Result<(), Problem>) -> CheckReport {
    match judged {
        Ok(()) => CheckReport { state: State::Pass, ..report },
        Err(Problem::Failed(failure)) => CheckReport {
            state: State::Fail,
            expected: Some(failure.expected.bounded()),
            observed: Some(failure.observed.bounded()),
            signature: failure.signature,
            ..report
        },
        Err(Problem::CannotTell(reason)) => {
            let state = if matches!(reason, Reason::Lacks { .. }) { State::Skip } else { State::Error };
            CheckReport { state, why: Some(Why::CannotTell(reason)), ..report }
        }
        Err(Problem::Broken(what)) => {
            CheckReport { state: State::Error, why: Some(Why::Broken(what)), ..report }
        }
    }
}
