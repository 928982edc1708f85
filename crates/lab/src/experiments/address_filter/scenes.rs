//! A server that serves one address, and those who ask it.

use std::net::SocketAddr;
use std::time::Duration;

use super::super::steps::{
    BUFFER_BYTES, MESSAGE, SERVER, SOCKET, ask, bind, close, connect, loopback, mark, need, pause, receive,
    receive_from, receive_limit, send, tcp, udp, wait_for,
};
use super::super::{Cast, Scene, Setting, Settings, When, forged};

use crate::actor::{Choice, Data, Receiving, Script, Sending, Service, Socket, Step, To, Transport, Until};

/// How many denied clients there are at most.
pub(super) const STRANGERS_MAX: u32 = 32;
/// How many there are unless the reader says otherwise.
const STRANGERS: u32 = 4;
/// The one that is served: 127.0.0.1.
pub(super) const SERVED: u8 = 1;
/// What an address can begin like, or contain, without being 127.0.0.1; further ones follow from [`OTHERS`] on.
const NEAR_MISSES: [u8; 4] = [10, 11, 100, 123];
const OTHERS: u8 = 130;
/// A stranger that takes another address.
pub(super) const STRANGER: u8 = 9;
/// Whose address is forged.
pub(super) const VICTIM: SocketAddr = loopback(2, 4000);
/// Whom the connected server is connected to, and somebody else there.
pub(super) const FRIEND: SocketAddr = loopback(SERVED, 4001);
pub(super) const NEIGHBOUR: SocketAddr = loopback(SERVED, 4002);

const PAUSE: Duration = Duration::from_millis(300);
const LIMIT: Duration = Duration::from_secs(20);
const BACKLOG: i32 = 5;
const CONNECTION: Socket = Socket(1);

pub(super) fn scenes(settings: &Settings) -> Vec<Scene> {
    let limit = settings.pause.unwrap_or(PAUSE);
    let strangers = settings.clients.unwrap_or(STRANGERS).clamp(1, STRANGERS_MAX);
    let forged = scene("forged", [("server", server(2)), ("victim", victim(limit)), ("forger", forger())]);
    vec![
        scene(
            "filter",
            [("server", server(SERVED)), ("friend", friend()), ("strangers", denied(strangers, limit))],
        ),
        scene("borrowed", [("server", server(SERVED)), ("stranger", borrower(limit))]),
        Scene { settings: vec![Setting::RawSockets], ..forged },
        scene(
            "connected",
            [("server", connected()), ("friend", friend_of_connected()), ("neighbour", neighbour())],
        ),
        scene("tcp", [("server", late_filter(limit)), ("stranger", connecting())]),
    ]
}

fn scene<const N: usize>(id: &'static str, programs: [(&str, Script); N]) -> Scene {
    let programs = programs.map(|(name, script)| Cast::actor(name, When::AtOnce, script)).to_vec();
    Scene { id, programs, settings: Vec::new(), limit: LIMIT }
}

/// The practical's server, which looks at the address before it answers.
fn server(served: u8) -> Script {
    let service = Service::Only(vec![loopback(served, 0).ip()]);
    Script::from([
        udp(),
        bind(SERVER),
        mark("bound"),
        Step::Serve { socket: SOCKET, bytes: BUFFER_BYTES, service },
    ])
}

/// Asks from the address that is served: before the others and after them, each time from another port.
fn friend() -> Script {
    let ask_once = [udp(), bind(loopback(SERVED, 0)), ask(MESSAGE), receive_from(), close()];
    let before = [wait_for("bound")].into_iter().chain(ask_once.clone()).chain([mark("served")]);
    Script(before.chain([wait_for("denied")]).chain(ask_once).collect())
}

/// The addresses of those that are denied: the near misses first.
pub(super) fn addresses(strangers: u32) -> Vec<SocketAddr> {
    let hosts = NEAR_MISSES.into_iter().chain(OTHERS..=u8::MAX);
    hosts.take(strangers as usize).map(|host| loopback(host, 0)).collect()
}

/// Asks from each of these addresses. The last one waits for a reply as long as it may; by then there was time for all of them.
fn denied(strangers: u32, limit: Duration) -> Script {
    let all: Vec<_> = (0..).map(Socket).zip(addresses(strangers)).collect();
    let mut steps = vec![wait_for("served")];
    for (socket, address) in &all {
        steps.push(Step::Socket { socket: *socket, transport: Transport::Udp, v6: false });
        steps.push(Step::Bind { socket: *socket, address: *address });
        let data = Data::Text(MESSAGE.to_owned());
        steps.push(Step::Send { socket: *socket, data, to: Some(To::Address(SERVER)), how: Sending::Once });
    }
    for (number, (socket, _)) in all.iter().rev().enumerate() {
        let how = if number == 0 { Receiving::From } else { Receiving::NoWait };
        if number == 0 {
            steps.push(Step::Option { socket: *socket, choice: Choice::ReceiveLimit(limit) });
        }
        steps.push(Step::Receive { socket: *socket, bytes: BUFFER_BYTES, how, until: Until::Once });
    }
    steps.extend(all.iter().map(|(socket, _)| Step::Close { socket: *socket }));
    steps.push(mark("denied"));
    Script(steps)
}

/// Asks as itself and then from the address that is served.
fn borrower(limit: Duration) -> Script {
    let ask_as =
        |host| [udp(), bind(loopback(host, 0)), receive_limit(limit), ask(MESSAGE), receive_from(), close()];
    let steps = [wait_for("bound")].into_iter().chain(ask_as(STRANGER)).chain(ask_as(SERVED));
    Script(steps.collect())
}

fn victim(limit: Duration) -> Script {
    Script::from([
        wait_for("bound"),
        udp(),
        bind(VICTIM),
        mark("there"),
        receive_limit(limit),
        receive_from(),
        close(),
    ])
}

/// Writes a whole packet that says that it comes from the victim.
fn forger() -> Script {
    let packet = forged::datagram(VICTIM, SERVER, MESSAGE.as_bytes());
    Script::from([
        wait_for("there"),
        need(Step::Socket { socket: SOCKET, transport: Transport::Raw, v6: false }),
        send(Data::Bytes(packet), Some(SERVER)),
        close(),
    ])
}

fn connected() -> Script {
    Script::from([
        udp(),
        bind(SERVER),
        connect(FRIEND),
        mark("connected"),
        wait_for("friend-sent"),
        receive(BUFFER_BYTES, Receiving::From),
        receive(BUFFER_BYTES, Receiving::NoWait),
        close(),
        mark("over"),
    ])
}

fn neighbour() -> Script {
    Script::from([
        wait_for("connected"),
        udp(),
        bind(NEIGHBOUR),
        ask(MESSAGE),
        close(),
        mark("neighbour-sent"),
    ])
}

fn friend_of_connected() -> Script {
    Script::from([
        wait_for("neighbour-sent"),
        udp(),
        bind(FRIEND),
        ask(MESSAGE),
        mark("friend-sent"),
        wait_for("over"),
        close(),
    ])
}

/// A TCP server that is busy when a client comes, accepts it, and closes at once because of its address.
fn late_filter(busy: Duration) -> Script {
    Script::from([
        tcp(SOCKET),
        bind(SERVER),
        Step::Listen { socket: SOCKET, backlog: BACKLOG },
        mark("bound"),
        pause(busy),
        Step::Accept { socket: SOCKET, accepted: CONNECTION },
        Step::Close { socket: CONNECTION },
        close(),
    ])
}

fn connecting() -> Script {
    Script::from([
        wait_for("bound"),
        tcp(SOCKET),
        bind(loopback(STRANGER, 0)),
        connect(SERVER),
        send(Data::Text(MESSAGE.to_owned()), None),
        receive(BUFFER_BYTES, Receiving::Plain),
        close(),
    ])
}
