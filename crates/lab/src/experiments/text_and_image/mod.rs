//! 2.5.4: a text and an image on one connection.
//!
//! The senders are actors that make the calls of the ways of `docs/ways.md`; the receiver is `socklab serve --how`, which says
//! what arrived. What a pause does as a boundary needs no way at all.

mod pauses;
mod picture;
mod ways;

use std::time::Duration;

use super::{Claim, Experiment, Form, Knob, Recorded, Scene, Settings, State};
use crate::exercise::Exercise;

use self::picture::picture;

pub(super) const EXPERIMENT: Experiment = Experiment {
    exercise: Exercise::TextAndImage,
    folder: "text_and_image",
    en: include_str!("en.md"),
    es: include_str!("es.md"),
    knobs: &[Knob::MessageSize, Knob::Pause],
    scenes,
    forms: FORMS,
    claims,
    expected: &[],
    outcome,
};

/// What it says.
const FORMS: &[Form] = &[
    Form { id: "pause", holds: &["pause", "first", "second"], differs: &["pause", "first", "second"] },
    Form { id: "pause-late", holds: &["busy", "first", "text"], differs: &["busy", "first"] },
    Form { id: "close", holds: &["items", "bytes", "text"], differs: &["items"] },
    Form { id: "delimiter", holds: &["image", "sha256"], differs: &["items"] },
    Form { id: "delimiter-inside", holds: &["image", "at_byte", "items"], differs: &["at_byte", "items"] },
    Form { id: "length", holds: &["image", "sha256", "overhead"], differs: &["items"] },
    Form { id: "tlv", holds: &["name", "overhead"], differs: &["items"] },
    Form { id: "two-connections", holds: &["image"], differs: &["items"] },
    Form { id: "two-clients", holds: &["bytes"], differs: &[] },
];

/// The text, and what the image is called.
const TEXT: &str = "Hola Mundo!";
const NAME: &str = "foto.png";

/// How long the image is, unless it is asked for: it fits into one `recv()` of the practical's.
const IMAGE_BYTES: u32 = 700;

/// How long it is at most: it stands in the script of an actor.
const IMAGE_BYTES_MAX: u32 = 16 * 1024;

const PAUSE: Duration = Duration::from_millis(100);
const LIMIT: Duration = Duration::from_secs(20);

const SERVER: &str = "server";
const CLIENT: &str = "client";

fn scenes(settings: &Settings) -> Vec<Scene> {
    pauses::scenes(settings).into_iter().chain(ways::scenes(settings)).collect()
}

fn claims(settings: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    [pauses::claims(settings, recorded), ways::claims(settings, recorded)].concat()
}

/// What two calls of `recv()` bring of two `send()` with a pause between.
fn outcome(claims: &[Claim]) -> Option<&'static str> {
    let state = |id| claims.iter().find(|claim| claim.id() == id).map(Claim::state);
    match (state("pause")?, state("pause-late")?) {
        (State::Holds, State::Holds) => Some("depends"),
        (State::Holds, State::Differs) => Some("apart"),
        (State::Differs, State::Holds) => Some("together"),
        _ => None,
    }
}

fn scene(id: &'static str, programs: Vec<super::Cast>) -> Scene {
    Scene { id, programs, settings: Vec::new(), limit: LIMIT }
}

/// The image, with a comment.
fn image(settings: &Settings, comment: &[u8]) -> Vec<u8> {
    let bytes = settings.message_bytes.unwrap_or(IMAGE_BYTES).min(IMAGE_BYTES_MAX);
    picture(bytes as usize, comment)
}

/// What somebody might write into an image.
const COMMENT: &[u8] = b"Vista desde la facultad";
