//! A pause as a boundary, with a receiver that is ready and with one that is not.

use std::time::Duration;

use super::super::look::{Did, look};
use super::super::stream_steps::{
    CONNECTION, FIRST, accept, after, close, connected, listening, mark, pause, receive, send,
};
use super::super::{Cast, Claim, Recorded, Scene, Settings, Unseen, Value, When};
use super::{CLIENT, COMMENT, PAUSE, SERVER, TEXT, image};
use crate::actor::{Data, Script, Sending, Until};

const PROMPT: &str = "pause";
const LATE: &str = "pause-late";

/// What the practical's server takes at once.
const BUFFER_BYTES: u32 = 1024;

/// For how many pauses the late receiver has something else to do.
const BUSY_PAUSES: u32 = 3;

const IS_OVER: &str = "both are received";

pub(super) fn scenes(settings: &Settings) -> [Scene; 2] {
    let of = |id, busy| {
        let programs = vec![
            Cast::actor(SERVER, When::AtOnce, receiver(busy)),
            Cast::actor(CLIENT, When::Listening, sender(settings)),
        ];
        super::scene(id, programs)
    };
    [of(PROMPT, None), of(LATE, Some(length(settings) * BUSY_PAUSES))]
}

fn length(settings: &Settings) -> Duration {
    settings.pause.unwrap_or(PAUSE)
}

/// One `recv()` for the text, one for the image.
fn receiver(busy: Option<Duration>) -> Script {
    let one = receive(CONNECTION, BUFFER_BYTES, Until::Once);
    let begin = listening(1).into_iter().chain([accept()]).chain(busy.map(pause));
    Script(begin.chain([one.clone(), one, close(CONNECTION), mark(IS_OVER)]).collect())
}

fn sender(settings: &Settings) -> Script {
    let items = [
        send(FIRST, Data::Text(TEXT.to_owned()), Sending::Once),
        pause(length(settings)),
        send(FIRST, Data::Bytes(image(settings, COMMENT)), Sending::Once),
        close(FIRST),
        after(IS_OVER),
    ];
    Script(connected(FIRST).into_iter().chain(items).collect())
}

pub(super) fn claims(settings: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    let of = |id, make: fn(&Settings, &[Did<'_>], &[Did<'_>]) -> Claim| {
        let scene = look(recorded, id)?;
        let (sent, got): (Vec<_>, Vec<_>) = (scene.sends(CLIENT).collect(), scene.receives(SERVER).collect());
        let is_complete = sent.len() >= 2 && got.len() >= 2;
        Some(if is_complete { make(settings, &sent, &got) } else { Claim::unknown(id, Unseen::NotReached) })
    };
    [of(PROMPT, prompt), of(LATE, late)].into_iter().flatten().collect()
}

fn prompt(settings: &Settings, sent: &[Did<'_>], got: &[Did<'_>]) -> Claim {
    let so = sent.iter().zip(got).all(|(sent, got)| sent.asked_bytes() == got.moved_bytes());
    Claim::is(PROMPT, so, got[0])
        .also([got[1], sent[0], sent[1]])
        .value("pause", Value::Time(length(settings)))
        .value("first", Value::Bytes(got[0].moved_bytes()))
        .value("second", Value::Bytes(got[1].moved_bytes()))
}

fn late(settings: &Settings, sent: &[Did<'_>], got: &[Did<'_>]) -> Claim {
    let (text, first) = (sent[0].asked_bytes(), got[0].moved_bytes());
    Claim::is(LATE, first > text, got[0])
        .also([got[1], sent[0], sent[1]])
        .value("busy", Value::Time(length(settings) * BUSY_PAUSES))
        .value("first", Value::Bytes(first))
        .value("text", Value::Bytes(text))
}
