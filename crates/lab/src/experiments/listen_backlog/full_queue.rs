//! More clients than the queue takes, and a server that accepts nobody for a while.

use std::time::Duration;

use scope::model::Time;
use wire::tcp_state::TcpState;

use super::super::look::{Did, Grew, Look, Stood, Went, look};
use super::super::stream_steps::{
    CONNECTION, FIRST, accept, after, close, connected, listening, mark, pause, receive, send,
};
use super::super::{Cast, Claim, Recorded, Scene, Settings, Unseen, Value, When};
use super::{
    BUFFER_BYTES, CLIENTS_MAX, LINEAR_TIMEOUTS, MANY_CLIENTS, MESSAGE, OVERFLOWS, SOMAXCONN, backlog, places,
};
use crate::actor::{Data, Script, Sending, Step, Until};

const ID: &str = "full-queue";
const SERVER: &str = "server";

/// How long the server accepts nobody: long enough for the third SYN of a client, whether its retries come at an even pace (one
/// each second) or double (after one second, and two more).
const PAUSE: Duration = Duration::from_millis(2500);

/// From this on a gap counts as longer than the one before it.
const GROWS_BY: f64 = 1.5;

pub(super) fn scene(settings: &Settings) -> Scene {
    let clients = clients(settings);
    let server = server(backlog(settings), clients, settings.pause.unwrap_or(PAUSE));
    let room = places(backlog(settings), settings);
    let mut programs = vec![Cast::actor(SERVER, When::AtOnce, server)];
    for number in 1..=clients {
        // They come one after the other, as far as there is room; the rest all come when it is full.
        let before = number.min(room + 1) - 1;
        let when = if number == 1 { When::Listening } else { When::AtOnce };
        programs.push(Cast::actor(&name(number), when, client(number, before)));
    }
    super::scene(ID, programs)
}

/// How many clients come: one more than the queue takes, unless that is very many.
fn clients(settings: &Settings) -> u32 {
    let enough = places(backlog(settings), settings).saturating_add(1).min(MANY_CLIENTS);
    settings.clients.unwrap_or(enough).clamp(1, CLIENTS_MAX)
}

fn name(client: u32) -> String {
    format!("client {client}")
}

fn is_connected(client: u32) -> String {
    format!("{client} is connected")
}

fn server(backlog: i32, clients: u32, hold: Duration) -> Script {
    let turn = vec![
        accept(),
        receive(CONNECTION, BUFFER_BYTES, Until::Once),
        send(CONNECTION, Data::Received, Sending::Once),
        close(CONNECTION),
    ];
    let turns = Step::Repeat { times: clients, steps: turn };
    Script(listening(backlog).into_iter().chain([pause(hold), turns]).collect())
}

/// A client that comes when the one with the number `before` is connected.
fn client(number: u32, before: u32) -> Script {
    let begin = (before > 0).then(|| after(&is_connected(before)));
    let exchange = [
        mark(&is_connected(number)),
        send(FIRST, Data::Text(MESSAGE.to_owned()), Sending::Once),
        receive(FIRST, BUFFER_BYTES, Until::Once),
        close(FIRST),
    ];
    Script(begin.into_iter().chain(connected(FIRST)).chain(exchange).collect())
}

/// What the recording shows.
struct Queue<'r> {
    scene: Look<'r>,
    /// The first `accept()`.
    accept: Did<'r>,
    /// The listener when it had the most connections waiting before that.
    fullest: Stood<'r>,
    /// The `connect()` of those that were connected before it.
    admitted: Vec<Did<'r>>,
    /// The others.
    left_out: Vec<LeftOut<'r>>,
}

/// A client that found no place at once.
struct LeftOut<'r> {
    connect: Did<'r>,
    /// Its SYNs, the repeated ones among them.
    syns: Vec<Went<'r>>,
    /// What it was sent before the server accepted anybody.
    answers: Vec<Went<'r>>,
}

pub(super) fn claims(settings: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    let Some(scene) = look(recorded, ID) else { return Vec::new() };
    let Some(queue) = Queue::of(scene, clients(settings)) else {
        let ids = [limit_id(settings), "admitted"];
        return ids.map(|id| Claim::unknown(id, Unseen::NotReached)).to_vec();
    };
    let mut claims = vec![queue.limit(settings), queue.admitted(clients(settings))];
    if let Some(first) = queue.left_out.first() {
        claims.extend([queue.silence(first), queue.overflows(first)]);
        claims.extend([queue.pace(first, settings), queue.late(first)]);
    }
    claims
}

/// Which claim is made of the limit: the reader knows that it is clipped who has asked for it.
fn limit_id(settings: &Settings) -> &'static str {
    let clips = settings.sysctl(SOMAXCONN).is_some_and(|most| most < backlog(settings).cast_unsigned());
    if clips { "clipped" } else { "limit" }
}

impl<'r> Queue<'r> {
    fn of(scene: Look<'r>, clients: u32) -> Option<Self> {
        let accept = scene.call(SERVER, "accept4")?;
        let listener = scene.states(SERVER).filter(|stood| stood.tcp() == Some(TcpState::Listen));
        let before = listener.filter(|stood| stood.when() <= accept.began());
        let fullest = before.max_by_key(Stood::recv_queue)?;
        let (mut admitted, mut left_out) = (Vec::new(), Vec::new());
        for client in (1..=clients).map(name) {
            let connect = scene.call(&client, "connect")?;
            let is_in = connect.succeeded() && connect.until().is_some_and(|until| until < accept.began());
            if is_in {
                admitted.push(connect);
            } else {
                left_out.push(LeftOut::of(scene, &client, connect, accept.began()));
            }
        }
        Some(Self { scene, accept, fullest, admitted, left_out })
    }

    fn limit(&self, settings: &Settings) -> Claim {
        let id = limit_id(settings);
        let (asked, limit) = (backlog(settings), self.fullest.send_queue());
        let most = settings.sysctl(SOMAXCONN).filter(|_| id == "clipped");
        let expected = most.map_or_else(|| u64::try_from(asked).ok(), |most| Some(most.into()));
        // What is below zero is as long as the kernel allows, whatever that is.
        let so = expected.is_none_or(|expected| expected == limit);
        let claim = Claim::is(id, so, self.fullest)
            .also(self.scene.call(SERVER, "listen"))
            .value("backlog", Value::Word(asked.to_string()))
            .value("limit", Value::Count(limit));
        most.into_iter().fold(claim, |claim, most| claim.value("somaxconn", Value::Count(most.into())))
    }

    /// How many found a place: one more than the limit, or all.
    fn admitted(&self, clients: u32) -> Claim {
        let (connected, limit) = (self.admitted.len() as u64, self.fullest.send_queue());
        let room = limit + 1;
        let (id, expected) =
            if u64::from(clients) > room { ("admitted", room) } else { ("all-fit", clients.into()) };
        Claim::is(id, connected == expected, self.fullest)
            .also(self.admitted.iter().copied())
            .also(self.left_out.iter().map(|left_out| left_out.connect))
            .value("connected", Value::Count(connected))
            .value("clients", Value::Count(clients.into()))
            .value("waiting", Value::Count(self.fullest.recv_queue()))
            .value("limit", Value::Count(limit))
    }

    /// What the others were told.
    fn silence(&self, first: &LeftOut<'r>) -> Claim {
        if let Some(unseen) = self.scene.no_packets() {
            return Claim::unknown("silence", unseen);
        }
        let answers: usize = self.left_out.iter().map(|left_out| left_out.answers.len()).sum();
        let first_syns = self.left_out.iter().filter_map(|left_out| left_out.syns.first().copied());
        Claim::is("silence", answers == 0, first.connect)
            .also(first_syns)
            .also(self.left_out.iter().flat_map(|left_out| left_out.answers.iter().copied()))
            .value("dropped", Value::Count(self.left_out.len() as u64))
            .value("answers", Value::Count(answers as u64))
    }

    /// Whether the counter counted each SYN that found no place. It counts each ACK that found none, too: of several clients that
    /// try again at the same moment, some get a SYN-ACK and come too late with what follows.
    fn overflows(&self, first: &LeftOut<'r>) -> Claim {
        const ID: &str = "overflows";
        if let Some(unseen) = self.scene.no_packets().or(self.scene.no_counters()) {
            return Claim::unknown(ID, unseen);
        }
        let in_vain: usize = self.left_out.iter().map(LeftOut::in_vain).sum();
        let grew = self.scene.counter(OVERFLOWS);
        let by = grew.as_ref().map_or(0, Grew::by);
        Claim::is(ID, by >= in_vain as u64 && by > 0, first.connect)
            .also(grew.iter().flat_map(|grew| grew.all().map(|(_, _, shown)| shown)))
            .value("overflows", Value::Count(by))
            .value("syns", Value::Count(in_vain as u64))
    }

    /// How the client's kernel tries again: at an even pace first, or with gaps that grow from the beginning.
    fn pace(&self, first: &LeftOut<'r>, settings: &Settings) -> Claim {
        let doubles = settings.sysctl(LINEAR_TIMEOUTS) == Some(0);
        let id = if doubles { "doubling" } else { "retry" };
        if let Some(unseen) = self.scene.no_packets() {
            return Claim::unknown(id, unseen);
        }
        let gaps: Vec<_> = first.syns.windows(2).map(|two| two[1].when().since(two[0].when())).collect();
        let [one, two, ..] = gaps[..] else { return Claim::unknown(id, Unseen::NotReached) };
        let grows = two > one.mul_f64(GROWS_BY);
        Claim::is(id, grows == doubles, first.syns[0])
            .also(first.syns.iter().copied())
            .value("tries", Value::Count((first.in_vain() as u64).saturating_sub(1)))
            .value("gap", Value::Time(one))
            .value("first", Value::Time(one))
            .value("second", Value::Time(two))
    }

    /// When the first of those got in, and by what.
    fn late(&self, first: &LeftOut<'r>) -> Claim {
        const ID: &str = "late";
        if let Some(unseen) = self.scene.no_packets() {
            return Claim::unknown(ID, unseen);
        }
        let free = self.accept.until().unwrap_or(self.accept.began());
        let connected = first.connect.until().filter(|until| first.connect.succeeded() && *until > free);
        let (Some(connected), Some(last)) = (connected, first.syns.last()) else {
            return Claim::unknown(ID, Unseen::NotReached);
        };
        let is_by_retry = last.is_retransmission() && last.when() > free;
        Claim::is(ID, is_by_retry, *last)
            .also([self.accept, first.connect])
            .value("wait", Value::Time(connected.since(free)))
            .value("took", Value::Time(connected.since(first.connect.began())))
    }
}

impl<'r> LeftOut<'r> {
    fn of(scene: Look<'r>, client: &str, connect: Did<'r>, accepting: Time) -> Self {
        let syns: Vec<_> = scene.packets_of(client).filter(Went::is_syn).collect();
        let address = syns.first().and_then(Went::from);
        let is_answer =
            |went: &Went<'_>| went.to().is_some() && went.to() == address && went.when() < accepting;
        Self { connect, syns, answers: scene.packets().filter(is_answer).collect() }
    }

    /// How many of its SYNs found no place: all, but for the one that led to a connection.
    fn in_vain(&self) -> usize {
        self.syns.len() - usize::from(self.connect.succeeded() && !self.syns.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(backlog: i32, clients: Option<u32>) -> Settings {
        Settings { backlog: Some(backlog), clients, ..Settings::default() }
    }

    #[test]
    fn one_client_more_comes_than_the_queue_takes_unless_it_is_long() {
        assert_eq!([0, 1, 5].map(|backlog| clients(&with(backlog, None))), [2, 3, 7]);
        assert_eq!((clients(&with(100, None)), clients(&with(-1, None))), (MANY_CLIENTS, MANY_CLIENTS));
    }

    #[test]
    fn no_more_clients_come_than_a_scene_has_programs_for() {
        assert_eq!(clients(&with(1, Some(CLIENTS_MAX))), CLIENTS_MAX);
        assert_eq!(clients(&with(1, Some(CLIENTS_MAX + 1))), CLIENTS_MAX);
        assert_eq!(clients(&with(1, Some(0))), 1);
    }
}
