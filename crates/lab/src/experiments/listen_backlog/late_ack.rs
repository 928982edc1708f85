//! The last segment of a handshake comes when the queue is full.
//!
//! On a loopback that does not happen by itself. So a filter on the listener drops what comes from one client's port but its SYN,
//! others fill the queue, and the filter is taken away: the kernel sends its SYN-ACK again after a second, and the ACK that
//! answers it finds no place.

use std::time::Duration;

use wire::packet::TcpFlags;

use super::super::look::{Did, Grew, Look, Went, look};
use super::super::steps::{
    CONNECTION, FIRST, accept, after, close, connected, listening, mark, option, pause, receive, send, tcp,
};
use super::super::{Cast, Claim, Recorded, Scene, Settings, Unseen, Value, When};
use super::{ABORT_ON_OVERFLOW, BUFFER_BYTES, MESSAGE, OVERFLOWS, backlog, places};
use crate::actor::{Choice, Data, Script, Sending, Socket, Step, Until};

const ID: &str = "late-ack";
const SERVER: &str = "server";
const HELD: &str = "held";
const FILLERS: &str = "others";

/// The port of the client that is held back.
const HELD_PORT: u16 = 3600;

/// How long the queue of this scene is at most: it has to be filled.
const BACKLOG_MAX: i32 = 16;

/// How long the server accepts nobody after the filter is gone: the SYN-ACK is sent again after a second.
const PAUSE: Duration = Duration::from_millis(1400);

const IS_FILTERED: &str = "the filter is there";
const IS_HELD: &str = "one is held";
const IS_FULL: &str = "the queue is full";
const HAS_ROOM: &str = "the queue has room";
const IS_OVER: &str = "it is over";

pub(super) fn scene(settings: &Settings) -> Scene {
    let backlog = match backlog(settings) {
        short @ 0..=BACKLOG_MAX => short,
        _ => BACKLOG_MAX,
    };
    let fillers = u8::try_from(places(backlog, settings)).unwrap_or(u8::MAX);
    let programs = vec![
        Cast::actor(SERVER, When::AtOnce, server(backlog, fillers)),
        Cast::actor(HELD, When::AtOnce, held()),
        Cast::actor(FILLERS, When::AtOnce, others(fillers)),
    ];
    super::scene(ID, programs)
}

fn server(backlog: i32, fillers: u8) -> Script {
    let hold = [
        Step::HoldHandshake { socket: FIRST, port: HELD_PORT },
        mark(IS_FILTERED),
        after(IS_FULL),
        Step::ReleaseHandshake { socket: FIRST },
        pause(PAUSE),
        accept(),
        mark(HAS_ROOM),
        close(CONNECTION),
    ];
    let rest = Step::Repeat { times: (fillers - 1).into(), steps: vec![accept(), close(CONNECTION)] };
    let serve = [
        accept(),
        receive(CONNECTION, BUFFER_BYTES, Until::Once),
        send(CONNECTION, Data::Received, Sending::Once),
        close(CONNECTION),
    ];
    Script(listening(backlog).into_iter().chain(hold).chain([rest]).chain(serve).collect())
}

fn held() -> Script {
    let address = ([127, 0, 0, 1], HELD_PORT).into();
    let [_, connect] = connected(FIRST);
    Script::from([
        after(IS_FILTERED),
        tcp(FIRST),
        Step::Bind { socket: FIRST, address },
        connect,
        mark(IS_HELD),
        after(HAS_ROOM),
        send(FIRST, Data::Text(MESSAGE.to_owned()), Sending::Once),
        receive(FIRST, BUFFER_BYTES, Until::Once),
        close(FIRST),
        mark(IS_OVER),
    ])
}

/// Those that fill the queue. They do not wait for a connection, so that a queue that is shorter than it seems holds up nobody.
fn others(count: u8) -> Script {
    let connect = |number| {
        let [socket, connect] = connected(Socket(number));
        [socket, option(Socket(number), Choice::NonBlocking(true)), connect]
    };
    let fill = (0..count).flat_map(connect);
    Script([after(IS_HELD)].into_iter().chain(fill).chain([mark(IS_FULL), after(IS_OVER)]).collect())
}

/// What the recording shows.
struct Held<'r> {
    scene: Look<'r>,
    connect: Did<'r>,
    /// The first `accept()`.
    accept: Did<'r>,
    /// The SYN-ACKs to the client, before the first `accept()`.
    syn_acks: Vec<Went<'r>>,
    /// What the client answered to the second one.
    ack: Option<Went<'r>>,
    /// The RST that it got for that.
    reset: Option<Went<'r>>,
}

pub(super) fn claims(settings: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    let Some(scene) = look(recorded, ID) else { return Vec::new() };
    let aborts = settings.sysctl(ABORT_ON_OVERFLOW).is_some_and(|value| value != 0);
    let (answer, next) = if aborts { ("aborted", "broken") } else { ("ignored", "completed") };
    let Some(held) = Held::of(scene) else {
        return ["held", answer, next].map(|id| Claim::unknown(id, Unseen::NotReached)).to_vec();
    };
    let next = if aborts { held.broken() } else { held.completed() };
    vec![held.believes(), held.answered(answer, aborts), next]
}

impl<'r> Held<'r> {
    fn of(scene: Look<'r>) -> Option<Self> {
        let (connect, accept) = (scene.call(HELD, "connect")?, scene.call(SERVER, "accept4")?);
        let early = move || scene.packets().take_while(move |went| went.when() < accept.began());
        let of_port =
            |address: Option<std::net::SocketAddr>| address.is_some_and(|it| it.port() == HELD_PORT);
        let syn_acks: Vec<_> = early().filter(|went| went.is_syn_ack() && of_port(went.to())).collect();
        let again = syn_acks.get(1).map(Went::when);
        let late = move |went: &Went<'_>| again.is_some_and(|again| went.when() >= again);
        let is_ack = |went: &Went<'_>| went.has_flags(TcpFlags { ack: true, ..TcpFlags::default() });
        let ack = early().find(|went| late(went) && of_port(went.from()) && is_ack(went));
        let reset = early().find(|went| late(went) && of_port(went.to()) && went.is_rst());
        Some(Self { scene, connect, accept, syn_acks, ack, reset })
    }

    /// Whether the client was connected while the server's kernel was not.
    fn believes(&self) -> Claim {
        if let Some(unseen) = self.scene.no_packets() {
            return Claim::unknown("held", unseen);
        }
        let took = self.connect.took().unwrap_or_default();
        let claim = match self.syn_acks[..] {
            [first, second, ..] if self.connect.succeeded() => Claim::holds("held", self.connect)
                .also([first, second])
                .value("again", Value::Time(second.when().since(first.when()))),
            _ => Claim::differs("held", self.connect).also(self.syn_acks.iter().copied()).also([self.accept]),
        };
        claim.value("took", Value::Time(took))
    }

    /// What the late ACK was answered with.
    fn answered(&self, id: &'static str, aborts: bool) -> Claim {
        if let Some(unseen) = self.scene.no_packets() {
            return Claim::unknown(id, unseen);
        }
        let Some(ack) = self.ack else { return Claim::unknown(id, Unseen::NotReached) };
        let grew = self.scene.counter(OVERFLOWS);
        let since = grew.iter().flat_map(Grew::all).filter(|(time, ..)| *time >= ack.when());
        let claim = Claim::is(id, self.reset.is_some() == aborts, ack)
            .also(self.reset)
            .also(since.map(|(_, _, shown)| shown))
            .also([self.accept]);
        let after = self.reset.map(|reset| reset.when().since(ack.when()));
        after.into_iter().fold(claim, |claim, after| claim.value("after", Value::Time(after)))
    }

    /// Whether the client was served when there was room.
    fn completed(&self) -> Claim {
        match (self.reply(), self.failure()) {
            (Some(reply), _) => Claim::holds("completed", reply)
                .also(self.scene.sends(HELD))
                .value("bytes", Value::Bytes(reply.moved_bytes())),
            (None, Some((failed, errno))) => failure(Claim::differs("completed", failed), failed, errno),
            (None, None) => Claim::unknown("completed", Unseen::NotReached),
        }
    }

    /// Whether the client learnt that it was not connected any more.
    fn broken(&self) -> Claim {
        match (self.failure(), self.reply()) {
            (Some((failed, errno)), _) => failure(Claim::holds("broken", failed), failed, errno),
            (None, Some(reply)) => {
                Claim::differs("broken", reply).value("bytes", Value::Bytes(reply.moved_bytes()))
            }
            (None, None) => Claim::unknown("broken", Unseen::NotReached),
        }
    }

    fn reply(&self) -> Option<Did<'r>> {
        self.scene.receives(HELD).find(|did| did.moved_bytes() > 0)
    }

    /// The first call after `connect()` that failed.
    fn failure(&self) -> Option<(Did<'r>, i32)> {
        let mut moves = self.scene.calls(HELD).filter(|did| did.is_send() || did.is_receive());
        moves.find_map(|did| Some((did, did.errno()?)))
    }
}

fn failure(claim: Claim, failed: Did<'_>, errno: i32) -> Claim {
    claim.value("call", Value::Word(failed.name().to_owned())).value("errno", Value::Errno(errno))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fillers(settings: &Settings) -> usize {
        let scene = scene(settings);
        let crate::experiments::Act::Actor(script) = &scene.programs[2].act else { panic!() };
        script.0.iter().filter(|step| matches!(step, Step::Connect { .. })).count()
    }

    #[test]
    fn as_many_others_come_as_the_queue_takes() {
        let with = |backlog| Settings { backlog: Some(backlog), ..Settings::default() };

        assert_eq!([0, 1, BACKLOG_MAX].map(|backlog| fillers(&with(backlog))), [1, 2, 17]);
        assert_eq!((fillers(&with(BACKLOG_MAX + 1)), fillers(&with(-1))), (17, 17));
        let clipped =
            Settings { sysctls: vec![(super::super::SOMAXCONN.to_owned(), "2".to_owned())], ..with(5) };
        assert_eq!(fillers(&clipped), 3);
    }
}
