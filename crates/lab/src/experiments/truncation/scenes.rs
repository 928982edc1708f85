//! Messages, and buffers that they do not fit into.

use std::time::Duration;

use scope::session::MTU_BYTES;

use super::super::steps::{
    BUFFER_BYTES, MESSAGE, SERVER, SOCKET, ask, bind, close, echo, loopback, mark, message, need, option,
    receive, receive_from, receive_limit, send, udp, wait_for,
};
use super::super::{Cast, Scene, Setting, Settings, When, forged};
use crate::actor::{Choice, Data, Receiving, Script, Step, Transport, Until};

/// The server's buffer, unless the reader says otherwise: about half of the practical's message.
const SMALL_BYTES: u32 = 10;
/// A datagram that is longer than a packet of Ethernet, unless the reader says otherwise.
const LONG_BYTES: u32 = 5000;
/// The longest payload of UDP over IPv4: a packet has 65,535 bytes at most, with 28 of headers (RFC 791, RFC 768).
const LONGEST_BYTES: u64 = 65_507;
/// Room for any datagram.
const ROOM_BYTES: u32 = 65_535;
/// How many datagrams come while nobody reads.
const MANY: u32 = 40;
/// IP's header without options.
const IP_BYTES: u32 = 20;
/// What is sent behind a message, to be told from its rest.
pub(super) const SECOND: &str = "el segundo mensaje";
const FIRST: &str = "uno";
const NEXT: &str = "dos";

const PAUSE: Duration = Duration::from_millis(300);
const LIMIT: Duration = Duration::from_secs(20);

pub(super) fn scenes(settings: &Settings) -> Vec<Scene> {
    let buffer = settings.buffer_bytes.unwrap_or(SMALL_BYTES);
    let long = Data::Long(settings.message_bytes.unwrap_or(LONG_BYTES).into());
    let incomplete = scene("incomplete", limited(settings), fragments(settings));
    vec![
        scene("small", small_server(buffer), small_client(settings)),
        scene("both", answers_once(buffer), asks_once(settings, buffer)),
        scene("empty", empty_server(), empty_client()),
        scene("longest", once(settings), longest_client()),
        scene("fragments", once(settings), after_bind([udp(), send(long, Some(SERVER))])),
        Scene { settings: vec![Setting::RawSockets], ..incomplete },
        scene("overflow", slow_server(), busy_client()),
    ]
}

fn scene(id: &'static str, server: Script, client: Script) -> Scene {
    let server = Cast::actor("server", When::AtOnce, server);
    let client = Cast::actor("client", When::AtOnce, client);
    Scene { id, programs: vec![server, client], settings: Vec::new(), limit: LIMIT }
}

/// A server that is bound before the client does anything.
fn bound<const N: usize>(steps: [Step; N]) -> Script {
    let steps = [udp(), bind(SERVER), mark("bound")].into_iter().chain(steps);
    Script(steps.chain([close(), mark("over")]).collect())
}

/// A client, which ends after the server: one that is left alone would be ended.
fn after_bind(steps: impl IntoIterator<Item = Step>) -> Script {
    let steps = [wait_for("bound")].into_iter().chain(steps);
    Script(steps.chain([wait_for("over"), close()]).collect())
}

/// Receives once, whatever comes, but does not wait for ever.
fn once(settings: &Settings) -> Script {
    bound([receive_limit(settings.pause.unwrap_or(PAUSE)), receive(ROOM_BYTES, Receiving::From)])
}

fn small_server(buffer: u32) -> Script {
    bound([
        wait_for("two-sent"),
        receive(buffer, Receiving::From),
        receive(buffer, Receiving::From),
        mark("two-received"),
        wait_for("third-sent"),
        receive(buffer, Receiving::Message),
        mark("third-received"),
        wait_for("fourth-sent"),
        receive(buffer, Receiving::TrueLength),
    ])
}

fn small_client(settings: &Settings) -> Script {
    let send = || need(send(message(settings.message_bytes), Some(SERVER)));
    after_bind([
        udp(),
        send(),
        ask(SECOND),
        mark("two-sent"),
        wait_for("two-received"),
        send(),
        mark("third-sent"),
        wait_for("third-received"),
        send(),
        mark("fourth-sent"),
    ])
}

fn answers_once(buffer: u32) -> Script {
    bound([receive(buffer, Receiving::From), echo()])
}

/// Its buffer is half of the server's, so that it cuts what the server has cut.
fn asks_once(settings: &Settings, buffer: u32) -> Script {
    let half = (buffer / 2).max(1);
    let send = need(send(message(settings.message_bytes), Some(SERVER)));
    after_bind([udp(), send, receive(half, Receiving::From)])
}

fn empty_server() -> Script {
    let nothing = receive(0, Receiving::From);
    bound([wait_for("sent"), receive_from(), receive_from(), nothing, receive_from()])
}

fn empty_client() -> Script {
    after_bind([udp(), ask(""), ask(SECOND), ask(FIRST), ask(NEXT), mark("sent")])
}

fn longest_client() -> Script {
    let send = |bytes| send(Data::Long(bytes), Some(SERVER));
    after_bind([udp(), send(LONGEST_BYTES), send(LONGEST_BYTES + 1)])
}

/// Receives what comes whole, and then waits for what does not.
fn limited(settings: &Settings) -> Script {
    let limit = receive_limit(settings.pause.unwrap_or(PAUSE));
    let receive = || receive(ROOM_BYTES, Receiving::From);
    bound([limit, receive(), mark("received"), receive()])
}

/// Writes the fragments of a datagram: first all of them, then those of another one without the last.
fn fragments(settings: &Settings) -> Script {
    let mtu_bytes = settings.mtu_bytes.unwrap_or(MTU_BYTES).min(MTU_BYTES);
    let data_bytes = mtu_bytes.saturating_sub(IP_BYTES) as usize;
    let data = vec![b'a'; data_bytes * 2];
    let of =
        |number| forged::fragments(&forged::datagram(loopback(1, 4000), SERVER, &data), data_bytes, number);
    let send_packet = |packet| send(Data::Bytes(packet), Some(SERVER));
    let socket = Step::Socket { socket: SOCKET, transport: Transport::Raw, v6: false };
    let mut steps = vec![need(socket)];
    steps.extend(of(1).into_iter().map(send_packet));
    steps.push(wait_for("received"));
    let mut second = of(2);
    second.pop();
    steps.extend(second.into_iter().map(send_packet));
    after_bind(steps)
}

/// Asks for the smallest receive buffer, and reads when all has been sent.
fn slow_server() -> Script {
    let smallest = option(Choice::ReceiveBuffer(1));
    let drain =
        Step::Receive { socket: SOCKET, bytes: BUFFER_BYTES, how: Receiving::NoWait, until: Until::End };
    Script::from([
        udp(),
        smallest,
        bind(SERVER),
        mark("bound"),
        wait_for("sent"),
        drain,
        close(),
        mark("over"),
    ])
}

fn busy_client() -> Script {
    after_bind([udp(), Step::Repeat { times: MANY, steps: vec![ask(MESSAGE)] }, mark("sent")])
}
