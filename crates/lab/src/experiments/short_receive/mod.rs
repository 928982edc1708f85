//! 2.5.3: `recv()` of less than the message.
//!
//! Ways to find the end of a message, each against the same four clients; what an RST instead of a FIN says (RFC 1122 §4.2.2.13),
//! who waits for whom, and what a loop does that does not look at the end of a stream.

mod claims;
mod no_break;

use std::time::Duration;

use super::stream_steps::{
    CONNECTION, FIRST, accept, after, close, connected, end, listening, mark, option, pause, receive, send,
};
use super::{Cast, Claim, Experiment, Form, Knob, Scene, Settings, State, When};
use crate::actor::{Choice, Data, LENGTH_BYTES, Script, Sending, Step, Until};
use crate::exercise::Exercise;

pub(super) const EXPERIMENT: Experiment = Experiment {
    exercise: Exercise::ShortReceive,
    folder: "short_receive",
    en: include_str!("en.md"),
    es: include_str!("es.md"),
    knobs: &[Knob::Buffer, Knob::MessageSize, Knob::Pause],
    scenes,
    forms: FORMS,
    claims: claims::claims,
    expected: &[],
    outcome,
};

const FOUR: &[&str] = &["echoed", "message", "halves", "multiple", "longer"];

/// What it says.
const FORMS: &[Form] = &[
    Form {
        id: "one-recv",
        holds: &["buffer", "message", "echoed"],
        differs: &["buffer", "message", "echoed"],
    },
    Form {
        id: "one-recv-fits",
        holds: &["buffer", "message", "echoed", "halves"],
        differs: &["buffer", "message", "echoed", "halves"],
    },
    Form { id: "reset", holds: &["unread", "got", "errno"], differs: &["unread", "got"] },
    Form { id: "until-end", holds: &["ended", "message", "whole"], differs: &["ended", "message", "whole"] },
    Form { id: "deadlock", holds: &["time"], differs: &[] },
    Form { id: "short-is-end", holds: FOUR, differs: FOUR },
    Form { id: "no-break", holds: &["calls", "time"], differs: &["calls", "time"] },
    Form { id: "starved", holds: &["wait"], differs: &["wait"] },
    Form { id: "counted", holds: FOUR, differs: FOUR },
    Form { id: "delimiter", holds: FOUR, differs: FOUR },
    Form { id: "length", holds: FOUR, differs: FOUR },
];

/// What the client sends, again and again if more is asked for.
const MESSAGE: &str = "Hola Mundo!";

/// How long a message is at most: it stands in the script of an actor.
const MESSAGE_BYTES_MAX: u32 = 16 * 1024;

/// How many calls of `recv()` a message takes at most.
const CALLS_MAX: u32 = 256;

/// How much the server takes at once, unless it is asked for.
const BUFFER_BYTES: u32 = 4;

/// How much it takes at most: a message that is as long must still be sent.
const BUFFER_BYTES_MAX: u32 = 16 * 1024;

/// How long the client waits between two halves.
const PAUSE: Duration = Duration::from_millis(50);

/// When a client that gets nothing gives up.
const PATIENCE: Duration = Duration::from_millis(300);

const LIMIT: Duration = Duration::from_secs(20);
const BACKLOG: i32 = 5;

/// How much the client takes at once: more than it has sent.
const ECHO_BYTES: u32 = 65_536;

const IS_OVER: &str = "all are served";

const SERVER: &str = "server";
const CLIENT: &str = "client";

/// How a message is marked on a stream, where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    /// Not at all.
    Nothing,
    /// By a line feed behind it.
    LineFeed,
    /// By its length before it.
    Length,
}

/// How a server finds the end of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strategy {
    OneCall,
    UntilEnd,
    ShortIsEnd,
    Counted,
    Delimiter,
    Length,
}

/// How a client sends its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arrival {
    /// At once; then it waits for the echo, as the practical's does.
    Whole,
    /// At once, and then it ends its direction.
    Ended,
    /// In two halves with a pause between.
    Halves,
    /// At once, and so long that it ends just where a `recv()` does.
    Multiple,
}

impl Arrival {
    /// In the order in which they come.
    const ALL: [Self; 4] = [Self::Whole, Self::Ended, Self::Halves, Self::Multiple];
}

impl Strategy {
    /// Those that have a scene of the four clients, in the order of the answer, before and behind the loop without an end.
    const WRONG: [Self; 3] = [Self::OneCall, Self::UntilEnd, Self::ShortIsEnd];
    const RIGHT: [Self; 3] = [Self::Counted, Self::Delimiter, Self::Length];

    /// Its scene.
    const fn scene(self) -> &'static str {
        match self {
            Self::OneCall => "one-recv",
            Self::UntilEnd => "until-end",
            Self::ShortIsEnd => "short-is-end",
            Self::Counted => "counted",
            Self::Delimiter => "delimiter",
            Self::Length => "length",
        }
    }

    const fn framing(self) -> Framing {
        match self {
            Self::Delimiter => Framing::LineFeed,
            Self::Length => Framing::Length,
            _ => Framing::Nothing,
        }
    }

    /// When it stops to call `recv()` for a message of so many bytes.
    fn until(self, message: usize) -> Until {
        match self {
            Self::OneCall => Until::Once,
            Self::UntilEnd => Until::End,
            Self::ShortIsEnd => Until::Short,
            Self::Counted => Until::Bytes(message as u64),
            Self::Delimiter => Until::Byte(b'\n'),
            Self::Length => Until::Prefixed,
        }
    }
}

fn scenes(settings: &Settings) -> Vec<Scene> {
    let of = |strategy| scene_of(strategy, settings);
    let wrong = Strategy::WRONG.map(of).into_iter();
    wrong.chain([no_break::scene(settings)]).chain(Strategy::RIGHT.map(of)).collect()
}

/// Four clients, one after the other, and a server with one strategy.
fn scene_of(strategy: Strategy, settings: &Settings) -> Scene {
    let messages = Arrival::ALL.map(|arrival| (arrival, framed(strategy, arrival, settings)));
    let mut server = listening(BACKLOG).to_vec();
    let mut client = Vec::new();
    for (arrival, message) in messages {
        // The server's first look is at what has come by then, and not at a race.
        let has_come = format!("{arrival:?} has come");
        server.extend([
            accept(),
            after(&has_come),
            receive(CONNECTION, buffer_bytes(settings), strategy.until(message.len())),
            send(CONNECTION, Data::Received, Sending::Once),
            close(CONNECTION),
        ]);
        client.extend(visit(arrival, message, &has_come, settings));
    }
    // A server that is alone would be ended.
    server.push(mark(IS_OVER));
    client.push(after(IS_OVER));
    let programs = vec![
        Cast::actor(SERVER, When::AtOnce, Script(server)),
        Cast::actor(CLIENT, When::Listening, Script(client)),
    ];
    scene(strategy.scene(), programs)
}

fn scene(id: &'static str, programs: Vec<Cast>) -> Scene {
    Scene { id, programs, settings: Vec::new(), limit: LIMIT }
}

/// What a client does, from its socket to the end; a mark is made when its message has come, or the first half of it.
fn visit(arrival: Arrival, message: Vec<u8>, has_come: &str, settings: &Settings) -> Vec<Step> {
    let [socket, connect] = connected(FIRST);
    let mut steps = vec![socket, option(FIRST, Choice::ReceiveLimit(PATIENCE)), connect];
    let whole = |bytes| send(FIRST, Data::Bytes(bytes), Sending::Once);
    match arrival {
        Arrival::Whole | Arrival::Multiple => steps.extend([whole(message), mark(has_come)]),
        Arrival::Ended => steps.extend([whole(message), end(FIRST), mark(has_come)]),
        Arrival::Halves => {
            let (first, second) = message.split_at(message.len() / 2);
            let wait = pause(settings.pause.unwrap_or(PAUSE));
            steps.extend([whole(first.to_vec()), mark(has_come), wait, whole(second.to_vec())]);
        }
    }
    steps.extend([receive(FIRST, ECHO_BYTES, Until::End), close(FIRST)]);
    steps
}

fn buffer_bytes(settings: &Settings) -> u32 {
    settings.buffer_bytes.unwrap_or(BUFFER_BYTES).clamp(1, BUFFER_BYTES_MAX)
}

/// How long the message is: not so long that a scene has more calls than anybody reads, and of two bytes at least, for two halves.
fn message_bytes(settings: &Settings) -> u32 {
    let most = buffer_bytes(settings).saturating_mul(CALLS_MAX).min(MESSAGE_BYTES_MAX);
    settings.message_bytes.unwrap_or(MESSAGE.len().try_into().unwrap_or(u32::MAX)).clamp(2, most)
}

/// The bytes of a message on the stream.
fn framed(strategy: Strategy, arrival: Arrival, settings: &Settings) -> Vec<u8> {
    let (length, buffer) = (message_bytes(settings) as usize, buffer_bytes(settings) as usize);
    let framing = strategy.framing();
    let around = match framing {
        Framing::Nothing => 0,
        Framing::LineFeed => 1,
        Framing::Length => LENGTH_BYTES,
    };
    let whole = if arrival == Arrival::Multiple {
        (length + around).next_multiple_of(buffer)
    } else {
        length + around
    };
    let mut message: Vec<u8> = MESSAGE.bytes().cycle().take(whole - around).collect();
    match framing {
        Framing::Nothing => {}
        Framing::LineFeed => message.push(b'\n'),
        Framing::Length => {
            let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
            message.splice(0..0, length.to_be_bytes());
        }
    }
    message
}

/// What the client of a server with one `recv()` sees.
fn outcome(claims: &[Claim]) -> Option<&'static str> {
    let state = |id| claims.iter().find(|claim| claim.id() == id).map(Claim::state);
    match (state("one-recv"), state("reset")) {
        (Some(State::Holds), Some(State::Holds)) => Some("part-and-reset"),
        (Some(State::Holds), Some(State::Differs)) => Some("part-and-end"),
        (Some(State::Differs), _) => Some("whole"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(strategy: Strategy, settings: &Settings) -> [usize; 4] {
        Arrival::ALL.map(|arrival| framed(strategy, arrival, settings).len())
    }

    #[test]
    fn the_fourth_message_ends_where_a_call_does() {
        let practical = Settings::default();
        assert_eq!(lengths(Strategy::OneCall, &practical), [11, 11, 11, 12]);
        assert_eq!(lengths(Strategy::Delimiter, &practical), [12, 12, 12, 12]);
        assert_eq!(lengths(Strategy::Length, &practical), [15, 15, 15, 16]);
        let large = Settings { buffer_bytes: Some(1024), ..practical };
        assert_eq!(lengths(Strategy::ShortIsEnd, &large), [11, 11, 11, 1024]);
    }

    #[test]
    fn a_message_says_where_it_ends() {
        let of = |strategy| framed(strategy, Arrival::Whole, &Settings::default());

        assert_eq!(of(Strategy::Counted), b"Hola Mundo!");
        assert_eq!(of(Strategy::Delimiter), b"Hola Mundo!\n");
        assert_eq!(of(Strategy::Length), b"\0\0\0\x0bHola Mundo!");
    }

    #[test]
    fn sizes_are_kept_within_what_a_scene_can_show() {
        let with = |message_bytes, buffer_bytes| Settings {
            message_bytes: Some(message_bytes),
            buffer_bytes: Some(buffer_bytes),
            ..Settings::default()
        };
        assert_eq!(message_bytes(&with(1_000_000, 4)), 4 * CALLS_MAX);
        assert_eq!(message_bytes(&with(1_000_000, 4096)), MESSAGE_BYTES_MAX);
        assert_eq!((message_bytes(&with(0, 1)), buffer_bytes(&with(0, 0))), (2, 1));
        assert_eq!(buffer_bytes(&with(0, BUFFER_BYTES_MAX + 1)), BUFFER_BYTES_MAX);
    }
}
