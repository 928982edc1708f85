//! The trials: a program, what is done with it, and what is to come of it.

use std::time::Duration;

use lab::check::trial::{Attempt, Manner, StreamEnd, Trial};
use lab::check::{CheckReport, Problem, Role, Told};
use lab::exercise::Exercise;

use crate::Cast;

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) exercise: Exercise,
    pub(crate) programs: &'static [Cast],
    /// What the programs need beside Python.
    pub(crate) tool: Option<&'static str>,
    pub(crate) keyboard: bool,
    /// What was said of the programs.
    pub(crate) manifest: &'static str,
    pub(crate) judge: fn(&mut Trial) -> Result<(), Problem>,
    pub(crate) expected: Expected,
}

pub(crate) enum Expected {
    Pass,
    /// With this observed.
    Fail(fn(&Told) -> bool),
    /// With this in the report.
    Report(fn(&CheckReport) -> bool),
}

const fn udp(
    name: &'static str,
    programs: &'static [Cast],
    judge: fn(&mut Trial) -> Result<(), Problem>,
) -> Case {
    Case {
        name,
        exercise: Exercise::EchoUdp,
        programs,
        tool: None,
        keyboard: false,
        manifest: "",
        judge,
        expected: Expected::Pass,
    }
}

const fn tcp(
    name: &'static str,
    programs: &'static [Cast],
    judge: fn(&mut Trial) -> Result<(), Problem>,
) -> Case {
    Case { exercise: Exercise::EchoTcp, ..udp(name, programs, judge) }
}

const fn fails(case: &Case, observed: fn(&Told) -> bool) -> Case {
    let Case { name, exercise, programs, tool, keyboard, manifest, judge, .. } = *case;
    Case { name, exercise, programs, tool, keyboard, manifest, judge, expected: Expected::Fail(observed) }
}

const ECHO_UDP: &[Cast] = &[(Role::Server, &["python3", "echo_udp.py"])];
const ECHO_TCP: &[Cast] = &[(Role::Server, &["python3", "echo_tcp.py"])];
const FILTER: &[Cast] = &[(Role::Server, &["python3", "filter_udp.py"])];
const WILD_UDP: &[Cast] = &[(Role::Server, &["python3", "echo_udp.py", "--any"])];
const SEND_ONCE: &[Cast] = &[(Role::Client, &["python3", "client_tcp.py", "send"])];
const SEND_ALL: &[Cast] = &[(Role::Client, &["python3", "client_tcp.py", "sendall"])];
const PAIR: &[Cast] =
    &[(Role::Server, &["python3", "echo_tcp.py"]), (Role::Client, &["python3", "client_tcp.py", "sendall"])];
const LATE: &[Cast] = &[(Role::Server, &["python3", "late_udp.py"])];
const ONCE_UDP: &[Cast] = &[(Role::Server, &["python3", "once_udp.py"])];
const ONCE_TCP: &[Cast] = &[(Role::Server, &["python3", "once_tcp.py"])];

pub(crate) const CASES: &[Case] = &[
    Case {
        expected: Expected::Report(|report| {
            let [source, .., last] = report.evidence.source.as_slice() else { return false };
            let waits = report.evidence.blocked_in.first().and_then(|(_, blocked)| blocked.place.clone());
            source.call == "socket"
                && last.call == "sendto"
                && last.place.file.ends_with("echo_udp.py")
                && last.place.line == 8
                && waits.is_some_and(|place| place.line == 7)
        }),
        ..udp("a report has the lines of the last calls, and the one that waits", ECHO_UDP, |trial| {
            echoes_udp(trial)?;
            trial.settle()
        })
    },
    fails(
        &udp("a server whose socket is there before it serves loses what comes", LATE, echoes_udp),
        |told| *told == Told::Nothing,
    ),
    Case {
        manifest: "[server]\nready = { stdout = \"lis[t]o\" }",
        ..udp("a server is ready when it says so", LATE, echoes_udp)
    },
    Case {
        manifest: "[server]\nready = { delay = 1.5 }",
        ..udp("a server is ready after the time that was said", LATE, echoes_udp)
    },
    fails(
        &Case {
            manifest: "[server]\nready = { stdout = \"never said\" }",
            ..udp("a server that never says that it is ready has failed", ECHO_UDP, echoes_udp)
        },
        |told| matches!(told, Told::Blocked(_)),
    ),
    Case {
        manifest: "[server]\nallowed = [\"127.0.0.9\", \"10.20.30.40\"]",
        ..udp("an address that is allowed is there before the server starts", FILTER, |trial| {
            trial.start()?;
            let peer = trial.udp_from("10.20.30.40".parse().unwrap())?;
            peer.send(b"hola")?;
            peer.expect(b"hola")
        })
    },
    fails(&udp("and is not otherwise", FILTER, echoes_udp), |told| matches!(told, Told::Ended(_))),
    fails(&udp("a server that serves one datagram does not serve two", ONCE_UDP, twice_udp), |told| {
        matches!(told, Told::Ended(_))
    }),
    Case {
        manifest: "[server]\none_shot = true",
        ..udp("unless it is known to, and started again", ONCE_UDP, twice_udp)
    },
    Case {
        manifest: "[server]\none_shot = true",
        ..tcp("a server that serves one connection is started again for the next", ONCE_TCP, |trial| {
            trial.start()?;
            for bytes in [1, 11, 1000] {
                let (peer, message) = (trial.tcp()?, trial.nonce(bytes));
                peer.send(&message)?;
                peer.expect(&message)?;
                peer.receive_until_end()?;
            }
            trial.expect_alive()
        })
    },
    udp("a server over UDP echoes", ECHO_UDP, echoes_udp),
    udp("a server at any address answers from another one", WILD_UDP, |trial| {
        trial.add_address("10.20.30.40".parse().unwrap())?;
        trial.start()?;
        let peer = trial.udp_from("10.20.30.40".parse().unwrap())?;
        peer.send(b"hola")?;
        peer.expect(b"hola")
    }),
    udp("two addresses are two clients", ECHO_UDP, |trial| {
        trial.start()?;
        let (one, other) = (trial.udp()?, trial.udp_from("127.0.0.2".parse().unwrap())?);
        one.send(b"uno")?;
        other.send(b"dos")?;
        other.expect(b"dos")?;
        one.expect(b"uno")?;
        one.expect_silence()
    }),
    fails(
        &udp("what is answered is seen when nothing was to come", ECHO_UDP, |trial| {
            trial.start()?;
            let peer = trial.udp()?;
            peer.send(b"hola")?;
            peer.expect_silence()
        }),
        |told| matches!(told, Told::Bytes(_)),
    ),
    udp("a server that polls with a timer answers nothing", POLLS, silent),
    udp("a server with threads answers nothing", THREADS, silent),
    Case { tool: Some("node"), ..udp("a server of Node echoes", NODE_UDP, echoes_udp) },
    fails(
        &udp(
            "a server that does not answer is not waited for",
            &[(Role::Server, &["python3", "mute_udp.py"])],
            echoes_udp,
        ),
        |told| *told == Told::Nothing,
    ),
    fails(
        &udp(
            "a server that ends at once has failed",
            &[(Role::Server, &["python3", "-c", "exit(3)"])],
            echoes_udp,
        ),
        |told| matches!(told, Told::Ended(exit) if exit.code() == Some(3)),
    ),
    fails(
        &udp(
            "a server that waits for something else has failed",
            &[(Role::Server, &["sleep", "100"])],
            |trial| {
                // Nobody waits for its sleep to end.
                trial.start()
            },
        ),
        |told| matches!(told, Told::Blocked(blocked) if blocked.timed),
    ),
    udp(
        "a client over UDP gets its reply and ends",
        &[(Role::Client, &["python3", "client_udp.py"])],
        |trial| {
            let server = trial.listen_udp()?;
            trial.start()?;
            let asked = server.expect_any()?;
            let reply = trial.nonce(12);
            server.reply(&asked, &reply)?;
            assert!(trial.wait_exit()?.is_success());
            let reply = String::from_utf8(reply).unwrap();
            if trial.output()?.text().contains(&reply) {
                Ok(())
            } else {
                Err(Problem::failed(Told::Something, Told::Nothing))
            }
        },
    ),
    tcp("a server over TCP echoes and ends its stream", ECHO_TCP, |trial| {
        trial.start()?;
        for bytes in [1, 11, 1000] {
            let (peer, message) = (trial.tcp()?, trial.nonce(bytes));
            peer.send(&message)?;
            peer.expect(&message)?;
            assert_eq!(peer.receive_until_end()?, (Vec::new(), StreamEnd::Closed));
        }
        trial.expect_alive()
    }),
    fails(
        &tcp("one receive gets the first piece only", ECHO_TCP, |trial| {
            trial.start()?;
            let (peer, message) = (trial.tcp()?, trial.nonce(11));
            peer.send_slowly(&message, &[4], Duration::from_millis(100)).1?;
            peer.expect(&message)
        }),
        |told| matches!(told, Told::Bytes(excerpt) if excerpt.total_bytes == 4) || *told == Told::Reset,
    ),
    fails(
        &tcp("nobody listens", &[(Role::Server, &["python3", "deaf_tcp.py"])], |trial| {
            trial.start()?;
            // It listens for a moment, in which somebody who is quick would be let in; the trial's own time bounds this.
            while trial.sockets()?.iter().any(|socket| socket.state.is_listening()) {}
            trial.tcp().map(drop)
        }),
        |told| *told == Told::Refused || matches!(told, Told::Ended(_)),
    ),
    tcp(
        "a full accept queue lets the next one wait",
        &[(Role::Server, &["python3", "backlog_tcp.py"])],
        |trial| {
            trial.start()?;
            let listener = trial.sockets()?.into_iter().find(|socket| socket.state.is_listening()).unwrap();
            assert_eq!(listener.send_queue, 1);
            let _queued = [trial.tcp()?, trial.tcp()?];
            assert!(matches!(trial.attempt_tcp()?, Attempt::Waiting(_)));
            let overflows = trial.counters()?.into_iter().find(|(name, _)| name == "TcpExt.ListenOverflows");
            assert!(overflows.is_some_and(|(_, by)| by >= 1));
            Ok(())
        },
    ),
    tcp("a server with the option starts again at once", ECHO_TCP, restart),
    fails(
        &tcp(
            "a server without the option does not",
            &[(Role::Server, &["python3", "echo_tcp.py", "--plain"])],
            restart,
        ),
        |told| matches!(told, Told::Ended(exit) if exit.code() == Some(1)),
    ),
    fails(
        &tcp("a send whose result is ignored is short", SEND_ONCE, clamped),
        |told| matches!(told, Told::Bytes(excerpt) if excerpt.total_bytes == 3),
    ),
    tcp("a loop of sends sends all", SEND_ALL, clamped),
    fails(
        &tcp(
            "a send that is stopped is short",
            &[(Role::Client, &["python3", "client_tcp.py", "send", "5000000"])],
            stopped,
        ),
        |told| matches!(told, Told::Count(bytes) if *bytes < 5_000_000),
    ),
    tcp(
        "a loop that is stopped sends all",
        &[(Role::Client, &["python3", "client_tcp.py", "sendall", "5000000"])],
        stopped,
    ),
    Case {
        keyboard: true,
        ..udp(
            "what is typed is read, and what is written comes back",
            &[(Role::Server, &["python3", "typist_udp.py"])],
            |trial| {
                trial.start()?;
                trial.type_line("año")?;
                assert!(trial.wait_output(|text| text.contains("leí: año"))?);
                trial.end_of_input()?;
                assert_eq!(trial.wait_exit()?.code(), Some(7));
                Ok(())
            },
        )
    },
    udp("files that a program writes are found", &[(Role::Server, &["python3", "writer_udp.py"])], |trial| {
        trial.start()?;
        let files = trial.files()?;
        let told: Vec<_> = files.iter().map(|file| (file.name.as_str(), file.bytes.0.as_slice())).collect();
        assert_eq!(told, [("salida.txt", &b"hola"[..])]);
        Ok(())
    }),
    udp(
        "a program that spins is busy, and one that waits is not",
        &[(Role::Server, &["python3", "spin_udp.py"])],
        |trial| {
            trial.start()?;
            assert_eq!(
                trial.blocked_in()?.map(|blocked| (blocked.call, blocked.port)),
                Some(("recvfrom".to_owned(), Some(3500)))
            );
            assert!(trial.busy_percent(Duration::from_millis(300), 100)? < 20);
            trial.udp()?.send(b"spin")?;
            trial.pause(Duration::from_millis(50))?;
            assert!(trial.busy_percent(Duration::from_millis(300), 100)? > 60);
            Ok(())
        },
    ),
    tcp("a pair talks through a relay that changes nothing", PAIR, |trial| pair(trial, Manner::Faithful)),
    fails(
        &tcp("a pair with one receive breaks when its bytes come one by one", PAIR, |trial| {
            pair(trial, PIECES)
        }),
        |told| matches!(told, Told::Bytes(_) | Told::Nothing),
    ),
    tcp("a pair survives that its bytes come late", PAIR, |trial| {
        pair(trial, Manner::Delayed { by: Duration::from_millis(400) })
    }),
];

const POLLS: &[Cast] = &[(Role::Server, &["python3", "mute_udp.py", "poll"])];
const THREADS: &[Cast] = &[(Role::Server, &["python3", "mute_udp.py", "threads"])];
const NODE_UDP: &[Cast] = &[(Role::Server, &["node", "echo_udp.js"])];
const PIECES: Manner = Manner::Fragmented { bytes: 100, piece_bytes: 1, pause: Duration::from_millis(20) };

fn twice_udp(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peers = [trial.udp()?, trial.udp()?];
    for (peer, message) in peers.iter().zip([b"uno", b"dos"]) {
        peer.send(message)?;
        trial.settle()?;
    }
    for (peer, message) in peers.iter().zip([b"uno", b"dos"]) {
        peer.expect(message)?;
    }
    trial.expect_alive()
}

fn echoes_udp(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peer = trial.udp()?;
    for bytes in [11, 1, 1024] {
        let message = trial.nonce(bytes);
        peer.send(&message)?;
        peer.expect(&message)?;
    }
    Ok(())
}

fn silent(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peer = trial.udp()?;
    for _ in 0..3 {
        peer.send(b"hola")?;
        peer.expect_silence()?;
    }
    trial.expect_alive()
}

fn restart(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peer = trial.tcp()?;
    peer.send(b"hola")?;
    peer.expect(b"hola")?;
    // The server closes first: its end stays in TIME-WAIT.
    assert_eq!(peer.receive_until_end()?.1, StreamEnd::Closed);
    peer.close()?;
    trial.settle()?;
    trial.restart()
}

fn clamped(trial: &mut Trial) -> Result<(), Problem> {
    trial.clamp(Some(3))?;
    let server = trial.listen_tcp(5)?;
    trial.start()?;
    let peer = server.expect_connection()?;
    peer.expect(b"Hola Mundo!")?;
    peer.send(b"ECO")?;
    assert!(trial.wait_exit()?.is_success());
    assert_eq!(trial.program()?.send_sizes()?, [3, 3, 3, 2]);
    Ok(())
}

/// Stops a program while it waits for room to send.
fn stopped(trial: &mut Trial) -> Result<(), Problem> {
    let server = trial.listen_tcp(5)?;
    trial.start()?;
    let peer = server.expect_connection()?;
    trial.settle()?;
    trial.stop_and_continue()?;
    let (received, _) = peer.receive(5_000_000)?;
    if received.len() == 5_000_000 {
        return Ok(());
    }
    Err(Problem::failed(Told::Count(5_000_000), Told::Count(received.len() as u64)))
}

fn pair(trial: &mut Trial, manner: Manner) -> Result<(), Problem> {
    trial.server()?.start()?;
    trial.relay(manner)?;
    trial.client()?.start()?;
    let exit = trial.client()?.wait_exit()?;
    let [said, answered] = trial.relayed()?;
    assert_eq!(said, b"Hola Mundo!");
    if answered == said && exit.is_success() {
        Ok(())
    } else {
        Err(Problem::failed(
            Told::Bytes(lab::check::Excerpt::of(&said)),
            Told::Bytes(lab::check::Excerpt::of(&answered)),
        ))
    }
}
