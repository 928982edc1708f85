//! 1.3: the echo over UDP.

use super::shared::{client, starts, udp};
use crate::check::trial::Trial;
use crate::check::{Problem, Requirement};

/// What a student reads of it.
pub(super) const TEXTS: [&str; 2] = [include_str!("en.md"), include_str!("es.md")];

/// What is asked of a server, and of a client.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    Requirement::of_server("starts", starts),
    Requirement::of_server("echoes", udp::echoes).after(&["starts"]),
    Requirement::of_server("sizes", udp::sizes).after(&["echoes"]),
    Requirement::of_server("stale-bytes", udp::stale_bytes).after(&["sizes"]),
    Requirement::of_server("utf-8", udp::utf_8).after(&["sizes"]),
    Requirement::of_server("reply-address", udp::reply_address).after(&["echoes"]),
    Requirement::of_server("two-clients", udp::two_clients).after(&["echoes"]),
    Requirement::of_server("many-clients", udp::many_clients).after(&["two-clients"]),
    Requirement::of_server("raw-bytes", udp::raw_bytes).after(&["two-clients"]).robust(),
    Requirement::of_server("empty", udp::empty).after(&["two-clients"]).robust(),
    Requirement::of_server("long", udp::long).after(&["sizes", "two-clients"]).robust(),
    Requirement::of_server("idle", udp::idle).after(&["echoes"]).robust(),
    Requirement::of_client("sends", sends),
    Requirement::of_client("prints-reply", prints_reply).after(&["sends"]),
    Requirement::of_client("ends-well", ends_well).after(&["prints-reply"]),
];

/// It sends something to the server.
fn sends(trial: &mut Trial) -> Result<(), Problem> {
    client::asked_udp(trial).map(drop)
}

/// What it is answered stands in what it prints.
fn prints_reply(trial: &mut Trial) -> Result<(), Problem> {
    let (server, asked) = client::asked_udp(trial)?;
    let reply = client::reply(trial);
    server.reply(&asked, &reply)?;
    client::prints(trial, &reply)
}

/// After the reply it ends.
fn ends_well(trial: &mut Trial) -> Result<(), Problem> {
    prints_reply(trial)?;
    client::ends_well(trial)
}
