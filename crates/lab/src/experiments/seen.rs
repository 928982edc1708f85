//! Claims by a table: which scene shows each, and what makes it of that.

use std::time::Duration;

use super::look::{Did, Ended, Look, Went, look};
use super::{Claim, Recorded, Unseen, Value};

/// A claim, or why it cannot be known.
pub(super) type Seen = Result<Claim, Unseen>;

/// A claim's name, the scene that shows it, and what looks.
pub(super) type Row = (&'static str, &'static str, fn(&'static str, Look<'_>) -> Seen);

/// Makes the claims of a table; one whose scene was not run, or did not get so far, is unknown.
pub(super) fn claims(rows: &[Row], recorded: &[Recorded]) -> Vec<Claim> {
    let claim = |(id, scene, make): &Row| {
        let seen = look(recorded, scene).ok_or(Unseen::NotReached).and_then(|look| make(id, look));
        seen.unwrap_or_else(|unseen| Claim::unknown(id, unseen))
    };
    rows.iter().map(claim).collect()
}

/// What a recording has as far as the program got there.
pub(super) fn reached<T>(found: Option<T>) -> Result<T, Unseen> {
    found.ok_or(Unseen::NotReached)
}

/// Goes on where packets can be seen.
pub(super) fn with_packets(look: Look<'_>) -> Result<(), Unseen> {
    look.no_packets().map_or(Ok(()), Err)
}

/// Goes on where counters are the programs' own.
pub(super) fn with_counters(look: Look<'_>) -> Result<(), Unseen> {
    look.no_counters().map_or(Ok(()), Err)
}

/// How many there are.
pub(super) fn count(number: usize) -> Value {
    Value::Count(number as u64)
}

/// How long a call took, or stood still until the recording ended.
pub(super) fn lasted(look: Look<'_>, did: Did<'_>) -> Duration {
    did.took().unwrap_or_else(|| look.over().since(did.began()))
}

/// What came of a call, as a script says it: what it returned, the name of its error, or `?` if it had not returned.
pub(super) fn result(did: Did<'_>) -> Value {
    let error = |errno| wire::errno::name(errno).map_or_else(|| errno.to_string(), str::to_owned);
    let returned = did.returned().map(|value| value.to_string());
    Value::Word(returned.or(did.errno().map(error)).unwrap_or_else(|| "?".to_owned()))
}

/// The error of a call; none is 0.
pub(super) fn errno(did: Did<'_>) -> Value {
    Value::Errno(did.errno().unwrap_or_default())
}

/// How long a message lay in a queue: from its arrival, or where that cannot be seen from the call that sent it, to the end of the
/// call that received it.
pub(super) fn lay(look: Look<'_>, sent: Did<'_>, received: Did<'_>) -> Duration {
    let is_it = |went: &Went<'_>| went.when() >= sent.began() && went.data().starts_with(sent.bytes());
    let arrived = look.packets().find(is_it).and_then(|went| went.raw().arrived);
    received.until().unwrap_or(received.began()).since(arrived.unwrap_or(sent.began()))
}

/// The exit status of a program; of one that a signal ended it is what a shell says: 128 and the signal.
pub(super) fn exit_status(ended: Option<Ended<'_>>) -> Value {
    const SIGNALLED: u64 = 128;
    let signal = |ended: &Ended<'_>| ended.signal().map(|signal| SIGNALLED + u64::from(signal));
    let exit = |ended: &Ended<'_>| ended.exit_status().map(u64::from);
    Value::Count(ended.and_then(|ended| exit(&ended).or(signal(&ended))).unwrap_or_default())
}

/// Whether bytes have these others in them.
pub(super) fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len().max(1)).any(|window| window == wanted)
}
