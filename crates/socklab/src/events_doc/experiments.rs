//! The events of `socklab lab`, beside those of recordings.

use std::time::Duration;

use lab::exercise::Exercise;
use lab::experiments::{Claim, Evidence, Unseen, Value};
use scope::model::EventId;

use super::T;
use crate::json;
use crate::views::lab::{Choice, Event};

pub(super) fn events() -> Vec<String> {
    let exercise = Exercise::CaptureUdp;
    let listed = Event::Exercise {
        exercise,
        title: "The echo over UDP, captured".to_owned(),
        flags: vec!["--pause"],
        options: vec![Choice { id: "waits", text: "It waits.".to_owned() }],
        scenes: vec!["pauses", "gone"],
    };
    let scene = Event::Scene { exercise, scene: "pauses", number: 0, of: 2 };
    let answer = Event::Answer {
        exercise,
        holds: 5,
        differs: 0,
        unknown: 1,
        predicted: Some("waits"),
        outcome: Some("waits"),
    };
    let mut lines: Vec<_> = [listed, scene, answer].iter().map(|event| json::line(T, event)).collect();
    lines.extend(claims().iter().map(|claim| {
        let text = "The datagram waited.".to_owned();
        json::line(T, &Event::claim(exercise, claim, &["pauses"], text))
    }));
    lines
}

/// A claim with a value of each kind, one that is not so, and two that cannot be known.
fn claims() -> Vec<Claim> {
    let shown = |event| Evidence { scene: 0, event: EventId(event) };
    let whole = Claim::holds("waits-in-kernel", shown(19))
        .also([shown(23)])
        .value("count", Value::Count(2))
        .value("bytes", Value::Bytes(19))
        .value("time", Value::Time(Duration::from_millis(300)))
        .value("error", Value::Errno(111))
        .value("address", Value::Address(([127, 0, 0, 1], 3500).into()))
        .value("state", Value::Word("TIME-WAIT".to_owned()))
        .value("message", Value::Data(b"hola".to_vec()));
    let setting = Unseen::Setting { name: "net.ipv4.ip_forward".to_owned(), errno: 1 };
    vec![
        whole,
        Claim::differs("reply-refused", shown(31)),
        Claim::unknown("reply-refused", Unseen::Packets),
        Claim::unknown("reply-refused", Unseen::PrivateNetwork),
        Claim::unknown("reply-refused", Unseen::NotReached),
        Claim::unknown("reply-refused", setting),
    ]
}
