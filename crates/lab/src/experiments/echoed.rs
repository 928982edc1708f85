//! The claim of both pairs of the practical: that what a client sent came back.

use super::look::Look;
use super::{Claim, Unseen, Value};

/// What the client sent came back.
pub(super) fn echoed(pair: Look<'_>) -> Claim {
    const ID: &str = "echoed";
    let calls = (pair.sends("client").next(), pair.receives("client").next());
    let (Some(sent), Some(came)) = calls else { return Claim::unknown(ID, Unseen::NotReached) };
    let is_echo = came.succeeded() && came.bytes() == sent.bytes();
    let claim = Claim::is(ID, is_echo, sent).also([came]);
    let until = came.until().unwrap_or_else(|| pair.over());
    if is_echo {
        claim
            .value("message", Value::Data(sent.bytes().to_vec()))
            .value("reply", Value::Data(came.bytes().to_vec()))
            .value("time", Value::Time(until.since(sent.began())))
    } else {
        claim
            .value("call", Value::Word(came.name().to_owned()))
            .value("time", Value::Time(until.since(came.began())))
    }
}
