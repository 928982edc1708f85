//! Holds `docs/events.md` to what is really written: every event is shown there, field by field, and nothing else is.

mod bench;
mod chat;
mod classes;
mod doctor;
mod experiments;
mod messages;
mod recordings;
mod ways;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use endpoints::access::parse_file;
use endpoints::ask::{self, Cut, Outcome, Refusal, Stage, Verdict};
use endpoints::echo::{
    CloseReason, Engine, Event, RefusalRule, ReloadError, Spinning, Steering, Summary, WorkerState,
};
use endpoints::errno::Errno;
use endpoints::messages::keys::{KeyFile, Made, NewKey};
use endpoints::shaping::Call;
use endpoints::transport::Transport;
use scope::sockets::{Aspect, Change, Compared, Hidden, NoProcess, Snapshot};
use wire::errno::{EADDRNOTAVAIL, ECONNREFUSED, ECONNRESET, EMFILE, ENETUNREACH};
use wire::key::{ClientKey, Commands, Grant, Grants, KeyList, Named, Secret};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::json;
use crate::views::ask::{Final, Numbered, Tally};
use crate::views::key::{self, Known};
use crate::views::sockets::event;
use crate::views::sockets::samples::{connection, flooded_udp, listener, without_process};

/// The time that every example in the document has.
const T: Duration = Duration::from_micros(1234);

#[test]
fn the_document_shows_every_event_as_it_is_written() {
    let document = include_str!("../../../docs/events.md");
    let shown: BTreeSet<&str> = document.lines().filter(|line| line.starts_with('{')).collect();
    let written: Vec<String> = [
        echo_events(),
        ask_events(),
        chat::events(),
        chat::room_events(),
        ways::send_events(),
        ways::serve_events(),
        messages::serve_events(),
        messages::send_events(),
        messages::stop_events(),
        messages::exec_events(),
        sockets_events(),
        recordings::events(),
        key_events(),
        doctor::events(),
        experiments::events(),
        classes::events(),
        bench::events(),
        other_events(),
    ]
    .concat();
    let written: BTreeSet<&str> = written.iter().map(String::as_str).collect();

    let missing: Vec<_> = written.difference(&shown).collect();
    let invented: Vec<_> = shown.difference(&written).collect();

    assert!(missing.is_empty(), "not in docs/events.md:\n{missing:#?}");
    assert!(invented.is_empty(), "in docs/events.md, and never written:\n{invented:#?}");
}

fn echo_events() -> Vec<String> {
    let (peer, local) = (address("127.0.0.1:40000"), address("127.0.0.1:3500"));
    let (tcp, udp) = (Transport::Tcp, Transport::Udp);
    let summary = Summary {
        connections: 2,
        open_connections: 1,
        tcp_received_bytes: 22,
        tcp_sent_bytes: 22,
        datagrams: 3,
        replies: 3,
        truncated: 1,
        ..Summary::default()
    };
    let mistake = parse_file(Path::new("allow.txt"), "127.0.0.1\nme\n").expect_err("a name is no address");
    let closed = |reason| Event::Closed { connection: 1, peer, echoed_bytes: 11, reason };
    let refused = |transport, rule| Event::Refused { transport, peer, rule };
    let events = [
        Event::Listening { transport: udp, local },
        Event::AddressSkipped { transport: tcp, local: address("[::1]:3500"), errno: Errno(EADDRNOTAVAIL) },
        Event::OptionSet { transport: tcp, option: "SO_RCVBUF", asked_bytes: 4096, kernel_bytes: 8192 },
        Event::Waiting,
        Event::Connected { connection: 1, peer },
        Event::Datagram { peer, bytes: 4, true_bytes: 10 },
        Event::Call { call: Call::Send, connection: Some(1), asked_bytes: 4096, took_bytes: 2560 },
        Event::Call { call: Call::Recv, connection: None, asked_bytes: 1024, took_bytes: 19 },
        closed(CloseReason::PeerClosed),
        refused(udp, RefusalRule::Denied { rule: "10.0.0.0/8 (deny.txt:3)".to_owned() }),
        refused(tcp, RefusalRule::NotAllowed),
        refused(tcp, RefusalRule::ConnectionsMax { max: 100 }),
        Event::AcceptStalled { errno: Errno(EMFILE), open_files_max: 1024 },
        Event::AcceptResumed,
        Event::SendFailed { peer, bytes: 19, errno: Errno(ENETUNREACH) },
        Event::StormStopped { peer },
        Event::AccessReloaded { rules: 2 },
        Event::AccessReloadFailed { error: ReloadError(Arc::new(mistake)) },
        Event::Stopping { connections: 1 },
        Event::Lost { events: 12 },
        Event::Engine(engine()),
        Event::Report(summary),
        Event::Summary(summary),
    ];
    for event in &events {
        // A new event does not compile until it is listed here, and so asked for above.
        match event {
            Event::Listening { .. }
            | Event::AddressSkipped { .. }
            | Event::OptionSet { .. }
            | Event::Waiting
            | Event::Connected { .. }
            | Event::Datagram { .. }
            | Event::Call { .. }
            | Event::Closed { .. }
            | Event::Refused { .. }
            | Event::AcceptStalled { .. }
            | Event::AcceptResumed
            | Event::SendFailed { .. }
            | Event::StormStopped { .. }
            | Event::AccessReloaded { .. }
            | Event::AccessReloadFailed { .. }
            | Event::Stopping { .. }
            | Event::Lost { .. }
            | Event::Engine(_)
            | Event::Report(_)
            | Event::Summary(_) => {}
        }
    }
    events.iter().map(|event| json::line(T, event)).collect()
}

fn engine() -> Engine {
    let worker = |cpu| WorkerState {
        cpu: Some(cpu),
        open_connections: 1,
        sleeps: 12,
        wakes: 11,
        naps: 0,
        found: 97,
        missed: 4,
        gave_up_in_vain: 1,
        gave_up_disturbed: 0,
    };
    Engine {
        steering: Steering::Steered,
        spinning: Spinning::Adaptive,
        spin_us: 62,
        wake_cost_us: Some(31),
        workers: [0, 1].map(worker).into(),
    }
}

fn ask_events() -> Vec<String> {
    let (peer, local) = (address("127.0.0.1:3500"), address("127.0.0.1:40000"));
    let verdict = |transport, verdict, sent_bytes, received_bytes| {
        ask::Event::Verdict(Outcome {
            transport,
            peer,
            verdict,
            message_bytes: 19,
            sent_bytes,
            received_bytes,
            took_us: 317,
        })
    };
    let icmp = |kind, code, name, errno| Refusal::Icmp {
        offender: Some(address("127.0.0.1:0").ip()),
        kind,
        code,
        name,
        errno: Errno(errno),
        quoted_bytes: 19,
        destination: Some(peer),
    };
    let kernel = || Refusal::Kernel { errno: Errno(ECONNREFUSED) };
    let (tcp, udp) = (Transport::Tcp, Transport::Udp);
    let reset = Verdict::Reset { during: Stage::Reply, errno: Errno(ECONNRESET) };
    let cut = Verdict::Truncated { at: Cut::Recv, bytes: 4, true_bytes: 19 };
    let prohibited = icmp(3, 13, "communication administratively prohibited", wire::errno::EHOSTUNREACH);
    let events = [
        ask::Event::OptionSet { option: "SO_SNDBUF", asked_bytes: 2048, kernel_bytes: 4608 },
        ask::Event::Connected { local, peer, took_us: 92 },
        ask::Event::Call { call: Call::Send, asked_bytes: 19, took_bytes: 19 },
        ask::Event::Retry { number: 2 },
        ask::Event::Reply { peer, bytes: b"Hola Mundo!", true_bytes: 11 },
        ask::Event::Stray { peer: address("127.0.0.1:9"), bytes: 5 },
        ask::Event::NextAddress {
            failed: peer,
            verdict: Verdict::Refused { by: kernel() },
            next: address("[::1]:3500"),
        },
        ask::Event::Holding,
        verdict(udp, Verdict::Replied { echo: true }, 19, 19),
        verdict(tcp, Verdict::Silent { waiting_for: Stage::Handshake }, 0, 0),
        verdict(udp, Verdict::Refused { by: icmp(3, 3, "port unreachable", ECONNREFUSED) }, 19, 0),
        verdict(tcp, Verdict::Refused { by: kernel() }, 0, 0),
        verdict(udp, Verdict::Denied { by: prohibited }, 19, 0),
        verdict(tcp, reset, 19, 4),
        verdict(tcp, Verdict::ClosedEarly, 19, 0),
        verdict(udp, cut, 19, 4),
        verdict(udp, Verdict::Interrupted { waiting_for: Stage::Reply }, 19, 0),
    ];
    for event in &events {
        match event {
            ask::Event::OptionSet { .. }
            | ask::Event::Connected { .. }
            | ask::Event::Call { .. }
            | ask::Event::Retry { .. }
            | ask::Event::Reply { .. }
            | ask::Event::Stray { .. }
            | ask::Event::NextAddress { .. }
            | ask::Event::Holding => {}
            ask::Event::Verdict(outcome) => match outcome.verdict {
                Verdict::Replied { .. }
                | Verdict::Silent { .. }
                | Verdict::Refused { .. }
                | Verdict::Denied { .. }
                | Verdict::Reset { .. }
                | Verdict::ClosedEarly
                | Verdict::Truncated { .. }
                | Verdict::Interrupted { .. } => {}
            },
        }
    }
    let numbered = events.iter().map(|event| json::line(T, &Numbered { exchange: 1, event }));
    let mut tally = Tally::default();
    for event in &events {
        if let ask::Event::Verdict(outcome) = event {
            tally.add(&outcome.verdict);
        }
    }
    numbered.chain([json::line(T, &Final::Summary(tally))]).collect()
}

fn sockets_events() -> Vec<String> {
    let rows = vec![listener(2, 1), flooded_udp(), without_process(connection(), NoProcess::NotAccepted)];
    let row = connection();
    let compared = [
        Change::Same,
        Change::Appeared,
        Change::Changed(vec![Aspect::State, Aspect::Queues, Aspect::Drops, Aspect::Owner]),
        Change::Gone,
    ]
    .map(|change| Compared { row: &row, change });
    let snapshot = Snapshot { rows, hidden: Hidden { sockets: 2, processes: 5 } };

    let sockets = snapshot.rows.iter().map(event::Event::socket);
    let changes = compared.iter().map(event::Event::change);
    let events = sockets.chain(changes).chain([event::Event::summary(&snapshot)]);
    events.map(|event| json::line(T, &event)).collect()
}

fn key_events() -> Vec<String> {
    let commands =
        Commands { named: Named::List(vec!["uptime".to_owned(), "/bin/date".to_owned()]), shell: false };
    let grants = Grants::PLAIN.with(Grant::Exec);
    let new = NewKey { name: "ana".parse().expect("a name"), grants, commands };
    let secret = Secret::new([7; 32]);
    let made = Made { id: secret.id(), keys: 1 };
    let client = KeyFile::Client(ClientKey { name: new.name.clone(), secret });
    let line = "eva AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA may=text,stop,exec commands=* shell";
    let list = KeyFile::List(KeyList::parse(line).expect("a list"));

    let (file, list_file) = ("ana.key".to_owned(), "socklab.keys".to_owned());
    let shown = |file: &str, keys| {
        let event = |key| key::Event::Key { file: file.to_owned(), key };
        Known::all(keys).into_iter().map(event).collect::<Vec<_>>()
    };
    let events = [
        vec![key::Event::KeyMade { file, list: list_file, key: Known::new(&new, made) }],
        shown("socklab.keys", &list),
        shown("ana.key", &client),
        vec![key::Event::Summary { keys: 1 }],
    ];
    events.iter().flatten().map(|event| json::line(T, event)).collect()
}

fn other_events() -> Vec<String> {
    let failure = Failure::new(Exit::Usage, "the name 'nowhere' has no address here".to_owned())
        .hint("check the spelling, or give the address itself, as in 127.0.0.1:3500".to_owned());
    vec![json::line(T, &failure.event())]
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}
