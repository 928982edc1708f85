//! 2.5.2: `send()` instead of `sendall()`.
//!
//! What `send(2)` returns, and when it is less than what was asked for: on a socket that blocks only when a signal interrupts its
//! wait (`signal(7)`), on one that does not whenever there is no room.

mod blocking;
mod nonblocking;
mod pieces;

use std::time::Duration;

use super::look::{Did, Look};
use super::{Cast, Claim, Experiment, Form, Knob, Recorded, Scene, Settings, State};
use crate::actor::Choice;
use crate::exercise::Exercise;

pub(super) const EXPERIMENT: Experiment = Experiment {
    exercise: Exercise::ShortSend,
    folder: "short_send",
    en: include_str!("en.md"),
    es: include_str!("es.md"),
    knobs: &[Knob::MessageSize, Knob::Buffer, Knob::Pause],
    scenes,
    forms: FORMS,
    claims,
    expected: &[],
    outcome,
};

/// What it says.
const FORMS: &[Form] = &[
    Form {
        id: "part",
        holds: &["offered", "message", "arrived"],
        differs: &["offered", "message", "arrived"],
    },
    Form { id: "loop", holds: &["sends", "arrived"], differs: &["sends", "arrived", "message"] },
    Form { id: "no-boundaries", holds: &["sends", "receives"], differs: &["sends", "receives"] },
    Form { id: "waits", holds: &["message", "taken", "took"], differs: &["message", "taken", "took"] },
    Form { id: "not-delivered", holds: &["read", "taken"], differs: &["read", "taken"] },
    Form { id: "short", holds: &["message", "taken"], differs: &["message", "taken"] },
    Form { id: "lost", holds: &["arrived", "message", "missing"], differs: &["arrived", "message"] },
    Form {
        id: "rest",
        holds: &["sends", "first", "arrived"],
        differs: &["sends", "first", "arrived", "message"],
    },
    Form { id: "twice", holds: &["first", "arrived", "message"], differs: &["first", "arrived", "message"] },
    Form { id: "at-once", holds: &["message", "taken"], differs: &["message", "taken"] },
    Form { id: "again", holds: &["errno"], differs: &[] },
    Form { id: "queue", holds: &["queue"], differs: &[] },
    Form {
        id: "poll",
        holds: &["sends", "waits", "arrived"],
        differs: &["sends", "waits", "arrived", "message"],
    },
];

/// How long the long message is, unless it is asked for: more than the buffers of both sides have room for.
const MESSAGE_BYTES: u32 = 100_000;

/// How long a long message is at most: each of its bytes goes through a network whose packets are recorded.
const MESSAGE_BYTES_MAX: u32 = 8 * 1024 * 1024;

/// What the buffers are asked to be, unless it is asked for: the kernel doubles it.
const BUFFER_BYTES: u32 = 4096;

/// How much the receiver takes at once.
const RECEIVE_BYTES: u32 = 65_536;

/// How long the receiver does not read.
const PAUSE: Duration = Duration::from_millis(300);

const LIMIT: Duration = Duration::from_secs(30);

/// So that the receiver is not alone, which would end it, before it has read what is left.
const IS_READ: &str = "everything is read";

const RECEIVER: &str = "server";
const SENDER: &str = "client";

fn scenes(settings: &Settings) -> Vec<Scene> {
    let mut scenes = vec![pieces::scene()];
    scenes.extend(blocking::scenes(settings));
    scenes.push(nonblocking::scene(settings));
    scenes
}

fn claims(_: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    [pieces::claims(recorded), blocking::claims(recorded), nonblocking::claims(recorded)].concat()
}

/// Whether one `send()` that blocks can return less than it was given.
fn outcome(claims: &[Claim]) -> Option<&'static str> {
    let state = |id| claims.iter().find(|claim| claim.id() == id).map(Claim::state);
    match (state("waits")?, state("short")?) {
        (State::Holds, State::Holds) => Some("interrupted"),
        (State::Holds, State::Differs) => Some("never"),
        _ => None,
    }
}

fn scene(id: &'static str, programs: Vec<Cast>) -> Scene {
    Scene { id, programs, settings: Vec::new(), limit: LIMIT }
}

fn message_bytes(settings: &Settings) -> u32 {
    settings.message_bytes.unwrap_or(MESSAGE_BYTES).clamp(1, MESSAGE_BYTES_MAX)
}

fn buffer_bytes(settings: &Settings) -> u32 {
    settings.buffer_bytes.unwrap_or(BUFFER_BYTES)
}

fn send_buffer(settings: &Settings) -> Choice {
    Choice::SendBuffer(buffer_bytes(settings))
}

fn receive_buffer(settings: &Settings) -> Choice {
    Choice::ReceiveBuffer(buffer_bytes(settings))
}

/// What the receiver got in all, and by which calls.
fn arrived(scene: Look<'_>) -> (u64, Vec<Did<'_>>) {
    let brought: Vec<_> = scene.receives(RECEIVER).filter(|did| did.moved_bytes() > 0).collect();
    (brought.iter().map(Did::moved_bytes).sum(), brought)
}

/// The first and the last of these: what shows a sum.
fn ends<'r>(calls: &[Did<'r>]) -> impl Iterator<Item = Did<'r>> + use<'r> {
    [calls.first().copied(), calls.last().copied()].into_iter().flatten()
}
