//! A judgement made by hand, with everything in it that a report may have.

use std::net::SocketAddr;
use std::time::Duration;

use lab::check::judgement::verdict;
use lab::check::manifest::Framing;
use lab::check::signatures::Signature;
use lab::check::{
    Ability, Act, Assumed, Blocked, CheckReport, Evidence, Excerpt, Exit, Isolation, Judgement, Output,
    Reason, Role, Severity, SourceLine, State, Step, Told, Why,
};
use lab::exercise::{Exercise, Transport};
use scope::model::{Bytes, Place};

/// One that fails, with a warning, something that was skipped, something nobody could tell, and something unstable.
pub(crate) fn judgement() -> Judgement {
    let lacks = Why::CannotTell(Reason::Lacks { ability: Ability::Ptrace });
    let checks = vec![
        report("binds", Severity::Required, State::Pass),
        failed(),
        CheckReport {
            expected: Some(Told::Running),
            observed: Some(Told::Ended(Exit { wait_status: 13 })),
            signature: Some(Signature::BrokenPipe),
            ..report("reset", Severity::Robust, State::Warn)
        },
        CheckReport { hidden: true, ..report("near-miss", Severity::Required, State::Pass) },
        CheckReport {
            why: Some(Why::Needs("echoes".to_owned())),
            ..report("several", Severity::Required, State::Skip)
        },
        CheckReport { why: Some(lacks), ..report("short-sends", Severity::Required, State::Skip) },
        CheckReport {
            why: Some(Why::Broken("clone: EPERM\u{1b}".to_owned())),
            ..report("restart", Severity::Robust, State::Error)
        },
        CheckReport {
            expected: Some(Told::AtMost(20)),
            observed: Some(Told::Percent(78)),
            other: Some(Box::new(report("idle", Severity::Advice, State::Pass))),
            ..report("idle", Severity::Advice, State::Unstable)
        },
    ];
    Judgement {
        exercise: Exercise::ShortReceive,
        verdict: verdict(&checks, false),
        strict: false,
        seed: 7,
        isolation: Some(Isolation::Full),
        kernel: "6.18.44".to_owned(),
        programs: Vec::new(),
        assumed: vec![
            Assumed::Framing(Framing::Delimiter(b"\n".to_vec())),
            Assumed::Shutdown("FIN\u{1b}".to_owned()),
        ],
        checks,
    }
}

/// A server that takes one piece of what it is sent.
fn failed() -> CheckReport {
    let [expected, observed] = Excerpt::of_difference("Hola, señor!\n".as_bytes(), b"Hola, \x1b\xff");
    let server: SocketAddr = ([127, 0, 0, 1], 3500).into();
    let client: SocketAddr = ([127, 0, 0, 1], 40_000).into();
    let (role, peer) = (Role::Server, 1);
    let acts = [
        Act::Start { role },
        Act::Ready { role, transport: Transport::Tcp, address: server },
        Act::Connect { peer, from: client, to: server, outcome: Told::Connected },
        Act::Clamp { bytes: Some(1) },
        Act::Send { peer, bytes: Excerpt::of("Hola, señor!\n".as_bytes()) },
        Act::Receive { peer, got: Told::Bytes(observed.clone()), from: None },
    ];
    let step = |(number, act): (u64, Act)| Step { at: Duration::from_millis(12 * number), act };
    let blocked = Blocked {
        call: "recvfrom".to_owned(),
        values: [4, 0, 1024, 0, 0, 0],
        port: Some(3500),
        timed: false,
        place: Some(line(21)),
    };
    let output = Output { head: Bytes(b"listening\n\x1b[2J\xff\n".to_vec()), ..Output::default() };
    CheckReport {
        expected: Some(Told::Bytes(expected)),
        observed: Some(Told::Bytes(observed)),
        signature: Some(Signature::SingleReceive),
        steps: (0..).zip(acts).map(step).collect(),
        evidence: Evidence {
            timeline: vec!["+0.003 server recv(4, \"Hola, \", 1024, 0) = 6".to_owned()],
            lines_left_out: 1,
            counters: vec![("TcpExt.TCPAbortOnClose".to_owned(), 1)],
            blocked_in: vec![(role, blocked)],
            source: vec![SourceLine { role, call: "accept4".to_owned(), place: line(18) }],
            output: vec![(role, output)],
        },
        ..report("echoes", Severity::Required, State::Fail)
    }
}

fn line(line: u32) -> Place {
    Place { file: "server.py".to_owned(), line, function: "serve\u{1b}".to_owned() }
}

fn report(id: &str, severity: Severity, state: State) -> CheckReport {
    CheckReport {
        took: Duration::from_millis(125),
        isolation: Some(Isolation::Full),
        ..CheckReport::blank(Exercise::ShortReceive, id, severity, state)
    }
}
