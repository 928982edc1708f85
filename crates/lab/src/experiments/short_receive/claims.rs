//! What the recordings show.

use std::net::SocketAddr;
use std::time::Duration;

use scope::model::SocketId;
use wire::errno::{EAGAIN, ECONNRESET};

use super::super::look::{Did, Look, Went, look};
use super::super::{Claim, Recorded, Settings, Unseen, Value};
use super::{Arrival, CLIENT, SERVER, Strategy, buffer_bytes, message_bytes, no_break};

pub(super) fn claims(settings: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    let of = |strategy: Strategy| {
        let Some(scene) = look(recorded, strategy.scene()) else { return Vec::new() };
        match Visits::of(scene) {
            Some(visits) => visits.claims(strategy, settings),
            None => vec![Claim::unknown(main_claim(strategy, settings), Unseen::NotReached)],
        }
    };
    let wrong = Strategy::WRONG.into_iter().flat_map(of);
    let right = Strategy::RIGHT.into_iter().flat_map(of);
    wrong.chain(no_break::claims(recorded)).chain(right).collect()
}

/// The claim that says how a strategy fared: a buffer that has room for the message is a question of its own.
fn main_claim(strategy: Strategy, settings: &Settings) -> &'static str {
    let fits = message_bytes(settings) <= buffer_bytes(settings);
    if strategy == Strategy::OneCall && fits { "one-recv-fits" } else { strategy.scene() }
}

/// What became of the four clients of a scene, in the order of [`Arrival::ALL`].
struct Visits<'r> {
    scene: Look<'r>,
    all: [Visit<'r>; 4],
}

/// A client's connection.
struct Visit<'r> {
    connect: Did<'r>,
    /// What it offered, by which calls.
    sends: Vec<Did<'r>>,
    /// How it asked for the echo.
    receives: Vec<Did<'r>>,
    /// How the server took its bytes.
    served: Vec<Did<'r>>,
}

impl<'r> Visits<'r> {
    fn of(scene: Look<'r>) -> Option<Self> {
        let connects: Vec<_> = scene.named(CLIENT, "connect").collect();
        let accepted: Vec<_> = scene.named(SERVER, "accept4").filter_map(|did| did.accepted()).collect();
        let visit = |number: usize| {
            let (connect, served_by) = (*connects.get(number)?, *accepted.get(number)?);
            let mine = |did: &Did<'_>| did.socket() == connect.socket();
            Some(Visit {
                connect,
                sends: scene.sends(CLIENT).filter(mine).collect(),
                receives: scene.receives(CLIENT).filter(mine).collect(),
                served: scene.receives(SERVER).filter(|did| did.socket() == Some(served_by)).collect(),
            })
        };
        Some(Self { scene, all: [visit(0)?, visit(1)?, visit(2)?, visit(3)?] })
    }

    fn visit(&self, arrival: Arrival) -> &Visit<'r> {
        let place = Arrival::ALL.iter().position(|other| *other == arrival);
        &self.all[place.unwrap_or_default()]
    }

    fn claims(&self, strategy: Strategy, settings: &Settings) -> Vec<Claim> {
        let id = main_claim(strategy, settings);
        match strategy {
            Strategy::OneCall if id == "one-recv-fits" => vec![self.fits(settings)],
            Strategy::OneCall => vec![self.one_call(settings), self.reset()],
            Strategy::UntilEnd => vec![self.until_end(), self.deadlock()],
            Strategy::ShortIsEnd => {
                let breaks = |arrival| !self.visit(arrival).is_complete();
                vec![self.four(id, breaks(Arrival::Halves) && breaks(Arrival::Multiple))]
            }
            _ => vec![self.four(id, self.all.iter().all(Visit::is_complete))],
        }
    }

    /// One call with less room than the message has bytes.
    fn one_call(&self, settings: &Settings) -> Claim {
        let whole = self.visit(Arrival::Whole);
        let so = 0 < whole.echoed() && whole.echoed() < whole.sent();
        whole.shows(Claim::is("one-recv", so, whole.connect)).value("buffer", buffer(settings))
    }

    /// One call with room for all.
    fn fits(&self, settings: &Settings) -> Claim {
        let (whole, halves) = (self.visit(Arrival::Whole), self.visit(Arrival::Halves));
        let so = whole.is_complete() && !halves.is_complete();
        whole
            .shows(Claim::is("one-recv-fits", so, whole.connect))
            .also(halves.evidence())
            .value("buffer", buffer(settings))
            .value("halves", Value::Bytes(halves.echoed()))
    }

    /// How the connection ended of which the server had not read everything.
    fn reset(&self) -> Claim {
        let whole = self.visit(Arrival::Whole);
        let taken: u64 = whole.served.iter().map(Did::moved_bytes).sum();
        let broken = whole.receives.iter().find(|did| did.errno() == Some(ECONNRESET));
        let close = self
            .scene
            .named(SERVER, "close")
            .find(|did| did.socket().is_some() && did.socket() == whole.server());
        let address = whole.address(self.scene);
        let reset =
            self.scene.packets().find(|went| went.is_rst() && went.to().is_some() && went.to() == address);
        Claim::is("reset", broken.is_some(), *broken.unwrap_or(&whole.connect))
            .also(close)
            .also(reset)
            .also(whole.receives.iter().copied())
            .value("unread", Value::Bytes(whole.sent().saturating_sub(taken)))
            .value("got", Value::Bytes(whole.echoed()))
            .value("errno", Value::Errno(ECONNRESET))
    }

    /// The end of the stream as the end of the message.
    fn until_end(&self) -> Claim {
        let (whole, ended) = (self.visit(Arrival::Whole), self.visit(Arrival::Ended));
        let so = ended.is_complete() && whole.echoed() == 0;
        Claim::is("until-end", so, ended.connect)
            .also(ended.evidence())
            .also(whole.evidence())
            .value("ended", Value::Bytes(ended.echoed()))
            .value("whole", Value::Bytes(whole.echoed()))
            .value("message", Value::Bytes(whole.sent()))
    }

    /// The time for which the server and the client that had not ended its direction both stood in `recv()`.
    fn deadlock(&self) -> Claim {
        let whole = self.visit(Arrival::Whole);
        let waiting = whole.receives.iter().find(|did| did.errno() == Some(EAGAIN));
        let both = waiting.and_then(|client| {
            let overlaps = whole.served.iter().map(|server| (server, overlap(client, server)));
            overlaps.max_by_key(|(_, time)| *time).map(|(server, time)| (client, server, time))
        });
        match both.filter(|(.., time)| !time.is_zero()) {
            Some((client, server, time)) => {
                Claim::holds("deadlock", *client).also([*server]).value("time", Value::Time(time))
            }
            None => Claim::differs("deadlock", whole.connect).also(whole.evidence()),
        }
    }

    /// How a strategy fared with all four.
    fn four(&self, id: &'static str, so: bool) -> Claim {
        let [whole, halves, multiple] =
            [Arrival::Whole, Arrival::Halves, Arrival::Multiple].map(|arrival| self.visit(arrival));
        whole
            .shows(Claim::is(id, so, whole.connect))
            .also(halves.evidence())
            .also(multiple.evidence())
            .value("halves", Value::Bytes(halves.echoed()))
            .value("multiple", Value::Bytes(multiple.echoed()))
            .value("longer", Value::Bytes(multiple.sent()))
    }
}

impl<'r> Visit<'r> {
    fn sent(&self) -> u64 {
        self.sends.iter().map(Did::asked_bytes).sum()
    }

    fn echoed(&self) -> u64 {
        self.receives.iter().map(Did::moved_bytes).sum()
    }

    fn is_complete(&self) -> bool {
        self.echoed() == self.sent()
    }

    /// What was sent, how it was first taken, and what came back.
    fn evidence(&self) -> impl Iterator<Item = Did<'r>> + use<'r> {
        let echo = self.receives.first().copied();
        self.sends.first().copied().into_iter().chain(self.served.first().copied()).chain(echo)
    }

    /// A claim about it, with its evidence and its values.
    fn shows(&self, claim: Claim) -> Claim {
        claim
            .also(self.evidence())
            .value("message", Value::Bytes(self.sent()))
            .value("echoed", Value::Bytes(self.echoed()))
    }

    /// The server's socket.
    fn server(&self) -> Option<SocketId> {
        self.served.first()?.socket()
    }

    /// The client's address.
    fn address(&self, scene: Look<'r>) -> Option<SocketAddr> {
        let socket = self.connect.socket();
        let syn = scene.packets().find(|went: &Went<'_>| went.is_syn() && went.sockets()[0] == socket);
        syn.and_then(|syn| syn.from())
    }
}

fn buffer(settings: &Settings) -> Value {
    Value::Count(buffer_bytes(settings).into())
}

/// For how long two calls lasted at the same time.
fn overlap(one: &Did<'_>, other: &Did<'_>) -> Duration {
    let (Some(end), Some(other_end)) = (one.until(), other.until()) else { return Duration::ZERO };
    end.min(other_end).since(one.began().max(other.began()))
}
