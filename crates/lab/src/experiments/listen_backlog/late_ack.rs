//! What completes a handshake comes when the queue is full.
//!
//! A listener can have the kernel keep connections out of the queue until their first bytes come (`TCP_DEFER_ACCEPT` of `tcp(7)`):
//! its ACK alone does not complete a handshake then. So a client is connected, others fill the queue, and then it sends. A filter
//! that drops the ACK would show the same, but takes `CAP_NET_ADMIN` here.

use std::net::SocketAddr;
use std::time::Duration;

use super::super::look::{Did, Grew, Look, Went, look};
use super::super::stream_steps::{
    CONNECTION, FIRST, accept, after, close, connected, listening, mark, option, pause, receive, send,
};
use super::super::{Cast, Claim, Recorded, Scene, Settings, Unseen, Value, When};
use super::{ABORT_ON_OVERFLOW, BUFFER_BYTES, MESSAGE, OVERFLOWS, backlog, places};
use crate::actor::{Choice, Data, Script, Sending, Socket, Step, Until};

const ID: &str = "late-ack";
const SERVER: &str = "server";
const HELD: &str = "held";
const OTHERS: &str = "others";

/// How long the queue of this scene is at most: it has to be filled.
const BACKLOG_MAX: i32 = 16;

/// For how long the kernel waits for the first bytes, in seconds: longer than the scene lasts.
const DEFER_SECONDS: u32 = 10;

/// How long the server accepts nobody after the queue is full: longer than the client waits before it sends again.
const PAUSE: Duration = Duration::from_millis(500);

const IS_DEFERRED: &str = "the listener waits for bytes";
const IS_HELD: &str = "one is held";
const IS_FULL: &str = "the queue is full";
const HAS_TRIED: &str = "the one has sent";
const IS_ACCEPTING: &str = "the server accepts";
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
        Cast::actor(OTHERS, When::AtOnce, others(fillers)),
    ];
    super::scene(ID, programs)
}

fn server(backlog: i32, fillers: u8) -> Script {
    let begin = [
        option(FIRST, Choice::DeferAccept(DEFER_SECONDS)),
        mark(IS_DEFERRED),
        after(HAS_TRIED),
        pause(PAUSE),
        mark(IS_ACCEPTING),
    ];
    let others = Step::Repeat { times: fillers.into(), steps: vec![accept(), close(CONNECTION)] };
    let serve = [
        accept(),
        receive(CONNECTION, BUFFER_BYTES, Until::Once),
        send(CONNECTION, Data::Received, Sending::Once),
        close(CONNECTION),
    ];
    Script(listening(backlog).into_iter().chain(begin).chain([others]).chain(serve).collect())
}

fn held() -> Script {
    let exchange = [
        mark(IS_HELD),
        after(IS_FULL),
        send(FIRST, Data::Text(MESSAGE.to_owned()), Sending::Once),
        mark(HAS_TRIED),
        receive(FIRST, BUFFER_BYTES, Until::Once),
        close(FIRST),
        // A server that is alone would be ended before.
        after(IS_ACCEPTING),
        mark(IS_OVER),
    ];
    Script([after(IS_DEFERRED)].into_iter().chain(connected(FIRST)).chain(exchange).collect())
}

/// Those that fill the queue. They do not wait for a connection, so that a queue that is shorter than it seems holds up nobody.
fn others(count: u8) -> Script {
    let come = |number| {
        let socket = Socket(number);
        let [open, connect] = connected(socket);
        let message = send(socket, Data::Text(MESSAGE.to_owned()), Sending::Once);
        [open, option(socket, Choice::NonBlocking(true)), connect, message]
    };
    let fill = (0..count).flat_map(come);
    Script([after(IS_HELD)].into_iter().chain(fill).chain([mark(IS_FULL), after(IS_OVER)]).collect())
}

/// What the recording shows.
struct Held<'r> {
    scene: Look<'r>,
    connect: Did<'r>,
    /// The first `accept()`.
    accept: Did<'r>,
    /// The client's bytes on their way, as often as they were sent before that.
    sent: Vec<Went<'r>>,
    /// What the client was sent after its bytes and before the first `accept()`.
    answer: Option<Went<'r>>,
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
        let address = scene.packets_of(HELD).find(Went::is_syn).and_then(|syn| syn.from());
        let is_its = move |other: Option<SocketAddr>| address.is_some() && other == address;
        let sent: Vec<_> = early().filter(|went| is_its(went.from()) && went.payload_bytes() > 0).collect();
        let first = sent.first().map(Went::when);
        let is_later = move |went: &Went<'_>| first.is_some_and(|first| went.when() >= first);
        let answer = early().find(|went| is_later(went) && is_its(went.to()));
        Some(Self { scene, connect, accept, sent, answer })
    }

    /// Whether the client was connected, and the first one, and still not in the queue.
    fn believes(&self) -> Claim {
        let others = self.scene.call(OTHERS, "connect");
        let is_first = others.is_some_and(|others| self.connect.until() < Some(others.began()));
        let is_passed_over = self.accept.address().is_some_and(|address| Some(address) != self.address());
        Claim::is("held", self.connect.succeeded() && is_first && is_passed_over, self.connect)
            .also(others)
            .also([self.accept])
            .value("took", Value::Time(self.connect.took().unwrap_or_default()))
    }

    fn address(&self) -> Option<SocketAddr> {
        self.sent.first().and_then(Went::from)
    }

    /// What was answered to bytes that found the queue full.
    fn answered(&self, id: &'static str, aborts: bool) -> Claim {
        if let Some(unseen) = self.scene.no_packets() {
            return Claim::unknown(id, unseen);
        }
        let Some(first) = self.sent.first() else { return Claim::unknown(id, Unseen::NotReached) };
        let reset = self.answer.filter(Went::is_rst);
        let again = self.sent.get(1);
        let so = if aborts { reset.is_some() } else { self.answer.is_none() && again.is_some() };
        let grew = self.scene.counter(OVERFLOWS);
        let counted = grew.iter().flat_map(Grew::all).filter(|(time, ..)| *time >= first.when());
        let gap = |other: Option<&Went<'_>>| other.map_or(Duration::ZERO, |it| it.when().since(first.when()));
        Claim::is(id, so, *first)
            .also(self.answer)
            .also(again.copied())
            .also(counted.map(|(_, _, shown)| shown))
            .also([self.accept])
            .value("after", Value::Time(gap(reset.as_ref())))
            .value("again", Value::Time(gap(again)))
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
