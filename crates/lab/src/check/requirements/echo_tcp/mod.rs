//! 2.3: the echo over TCP.

use std::time::Duration;

use super::shared::{client, starts, tcp};
use crate::check::signatures::Signature;
use crate::check::trial::Trial;
use crate::check::{Ability, Problem, Requirement};

/// What a student reads of it.
pub(super) const TEXTS: [&str; 2] = [include_str!("en.md"), include_str!("es.md")];

/// What is asked of a server, and of a client.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    Requirement::of_server("starts", starts),
    Requirement::of_server("echoes", tcp::echoes).after(&["starts"]),
    Requirement::of_server("sizes", tcp::sizes).after(&["echoes"]),
    Requirement::of_server("stale-bytes", tcp::stale_bytes).after(&["sizes"]),
    Requirement::of_server("utf-8", tcp::utf_8).after(&["sizes"]),
    Requirement::of_server("two-clients", tcp::two_clients).after(&["echoes"]),
    Requirement::of_server("many-clients", tcp::many_clients).after(&["two-clients"]),
    Requirement::of_server("raw-bytes", tcp::raw_bytes).after(&["echoes"]).robust(),
    Requirement::of_server("long", tcp::long).after(&["sizes"]).robust(),
    Requirement::of_server("connect-and-close", tcp::connect_and_close).after(&["two-clients"]).robust(),
    Requirement::of_server("reset-before-receive", tcp::reset_before_receive)
        .after(&["two-clients"])
        .robust(),
    Requirement::of_server("reset-in-reply", tcp::reset_in_reply)
        .after(&["two-clients", "long"])
        .robust()
        .taking(&[Ability::Networks]),
    Requirement::of_server("restarts", tcp::restarts).after(&["echoes"]).robust(),
    Requirement::of_server("idle", tcp::idle).after(&["echoes"]).robust(),
    Requirement::of_client("sends", sends),
    Requirement::of_client("prints-reply", prints_reply).after(&["sends"]),
    Requirement::of_client("ends-well", ends_well).after(&["prints-reply"]),
    Requirement::of_client("reply-in-pieces", reply_in_pieces).after(&["prints-reply"]).robust(),
];

/// How much time passes between two pieces of a reply.
const BETWEEN: Duration = Duration::from_millis(100);

/// It connects, and sends something.
fn sends(trial: &mut Trial) -> Result<(), Problem> {
    client::asked_tcp(trial).map(drop)
}

/// What it is answered stands in what it prints.
fn prints_reply(trial: &mut Trial) -> Result<(), Problem> {
    let peer = client::asked_tcp(trial)?;
    let reply = client::reply(trial);
    peer.send(&reply)?;
    peer.half_close()?;
    client::prints(trial, &reply)?;
    // What stays unread would make our close a reset.
    peer.look().map(drop)
}

/// After the reply it ends.
fn ends_well(trial: &mut Trial) -> Result<(), Problem> {
    prints_reply(trial)?;
    client::ends_well(trial)
}

/// A reply that comes in several segments is printed as well.
fn reply_in_pieces(trial: &mut Trial) -> Result<(), Problem> {
    let peer = client::asked_tcp(trial)?;
    let reply = client::reply(trial);
    // Who has ended after the first piece says so by what was printed, and not by what could not be sent any more.
    match peer.send_slowly(&reply, &[4, 2], BETWEEN).1 {
        Ok(()) => peer.half_close()?,
        Err(Problem::Failed(_)) => {}
        Err(other) => return Err(other),
    }
    client::prints(trial, &reply).map_err(|problem| problem.signed(Signature::SingleReceive))
}
