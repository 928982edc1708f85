//! What a program is asked so that a message of its own is found: no requirement, and nobody fails by it.

use super::manifest::{Framing, StatusFormat};
use super::trial::Trial;
use super::{Act, Excerpt, Exit, Problem, Reason, Requirement, Step, Told};
use crate::exercise::Exercise;

/// The name that all of them have.
pub(super) const ID: &str = "discovery";

/// Commands that do no harm, and the status that each has.
const COMMANDS: [(&str, i64); 2] = [("exit 41", 41), ("exit 42", 42)];

/// How much of what stands before a status says where it stands.
const BEFORE_BYTES: usize = 16;

const STOPS: Requirement = Requirement::of_server(ID, stops);
const RUNS: Requirement = Requirement::of_server(ID, runs);
const COMES_BACK: Requirement = Requirement::of_server(ID, comes_back);
const SERVES: Requirement = Requirement::of_server(ID, serves);

/// What the server of an exercise is asked; `None` of one that leaves nothing free.
pub(super) fn of(exercise: Exercise) -> Option<&'static Requirement> {
    match exercise {
        Exercise::RemoteStop => Some(&STOPS),
        Exercise::RemoteCommand => Some(&RUNS),
        Exercise::ShortReceive => Some(&COMES_BACK),
        Exercise::AddressFilter => Some(&SERVES),
        _ => None,
    }
}

/// Whether the message ends it, and another one does not.
fn stops(trial: &mut Trial) -> Result<(), Problem> {
    let word = trial.protocol().shutdown.clone().ok_or_else(|| undeclared("protocol.shutdown"))?;
    trial.start()?;
    trial.udp()?.send(&trial.nonce(11))?;
    trial.expect_alive()?;
    trial.udp()?.send(&word)?;
    let exit = trial.wait_exit()?;
    if exit.signal().is_none() {
        return Ok(());
    }
    Err(Problem::failed(Told::Ended(Exit::with_code(0)), Told::Ended(exit)))
}

/// Whether two commands are answered by two statuses.
fn runs(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let mut exchanges = Vec::new();
    for (command, _) in COMMANDS {
        let message = trial.protocol().command_message(command);
        let message = message.ok_or_else(|| undeclared("protocol.command"))?;
        let peer = trial.udp()?;
        peer.send(&message)?;
        let Some(reply) = peer.receive()? else {
            return Err(Problem::failed(Told::Something, Told::Nothing));
        };
        exchanges.push((message, reply.bytes));
    }
    let last = exchanges.last().map(|(_, reply)| Told::Bytes(Excerpt::of(reply)));
    let told = last.unwrap_or(Told::Nothing);
    status_format(&exchanges).map(drop).ok_or_else(|| Problem::failed(Told::Something, told))
}

/// Whether a message comes back, with its frame or without.
fn comes_back(trial: &mut Trial) -> Result<(), Problem> {
    let framing = trial.protocol().framing.clone().ok_or_else(|| undeclared("protocol.framing"))?;
    trial.start()?;
    let message = trial.nonce(11);
    let framed = framing.frame(&message).unwrap_or_default();
    let peer = trial.tcp()?;
    peer.send(&framed)?;
    if framing == Framing::Eof {
        peer.half_close()?;
    }
    trial.settle()?;
    let (came, _) = peer.look()?;
    if came == framed || came == message {
        return Ok(());
    }
    Err(Problem::failed(Told::Something, Told::Bytes(Excerpt::of(&came))))
}

/// Whether it answers somebody at the only address that its manifest says.
fn serves(trial: &mut Trial) -> Result<(), Problem> {
    let address = trial.manifest().server.allowed.first().copied();
    let address = address.ok_or_else(|| undeclared("server.allowed"))?;
    trial.start()?;
    let (peer, message) = (trial.udp_from(address)?, trial.nonce(11));
    peer.send(&message)?;
    match peer.receive()? {
        Some(_) => Ok(()),
        None => Err(Problem::failed(Told::Something, Told::Nothing)),
    }
}

fn undeclared(field: &str) -> Problem {
    Reason::Undeclared { field: field.to_owned() }.into()
}

/// Whether a program was there to be asked.
pub(super) fn is_ready(steps: &[Step]) -> bool {
    steps.iter().any(|step| matches!(step.act, Act::Ready { .. }))
}

/// What was sent and what came, of a probe with commands.
pub(super) fn exchanges(steps: &[Step]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut exchanges: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    for step in steps {
        match &step.act {
            Act::Send { bytes, .. } => exchanges.push((bytes.bytes.0.clone(), Vec::new())),
            Act::Receive { got: Told::Bytes(bytes), .. } => {
                if let Some((_, reply)) = exchanges.last_mut() {
                    reply.clone_from(&bytes.bytes.0);
                }
            }
            _ => {}
        }
    }
    exchanges
}

/// Where in replies to [`COMMANDS`] the statuses stand: as they are, or as a wait status, which the requirements complain of.
/// `None` if they stand nowhere but in what the replies repeat of the messages.
pub(super) fn status_format(exchanges: &[(Vec<u8>, Vec<u8>)]) -> Option<StatusFormat> {
    [0, 8].into_iter().find_map(|shift| shifted(exchanges, shift))
}

fn shifted(exchanges: &[(Vec<u8>, Vec<u8>)], shift: u32) -> Option<StatusFormat> {
    let mut before = None;
    for ((message, reply), (command, status)) in exchanges.iter().zip(COMMANDS) {
        let own = without(&without(reply, message), command.as_bytes());
        let head = head(&own, status << shift)?;
        if before.get_or_insert_with(|| head.clone()) != &head {
            before = Some(Vec::new());
        }
    }
    let before = String::from_utf8(before?).unwrap_or_default();
    let expression = format!("{}(?P<status>-?[0-9]+)", regex::escape(&before));
    let formats = [StatusFormat::OnlyNumber, StatusFormat::Expression(expression)];
    formats.into_iter().find(|format| {
        let mut all = exchanges.iter().zip(COMMANDS);
        exchanges.len() == COMMANDS.len()
            && all.all(|((_, reply), (_, status))| format.find(reply) == Ok(status << shift))
    })
}

/// What stands before a number, as far as it has no digits; `None` if the number is not there.
fn head(reply: &[u8], number: i64) -> Option<Vec<u8>> {
    let number = number.to_string();
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let mut starts = 0..reply.len();
    let at = starts.find(|at| {
        reply[*at..].starts_with(number.as_bytes())
            && !is_digit(at.checked_sub(1).and_then(|before| reply.get(before)))
            && !is_digit(reply.get(at + number.len()))
    })?;
    let bytes = reply[..at]
        .iter()
        .rev()
        .take(BEFORE_BYTES)
        .take_while(|byte| byte.is_ascii() && !byte.is_ascii_digit());
    let mut head: Vec<u8> = bytes.copied().collect();
    head.reverse();
    Some(head)
}

/// These bytes without the first place where those are in them, in whatever case.
fn without(bytes: &[u8], part: &[u8]) -> Vec<u8> {
    let same = |window: &[u8]| window.eq_ignore_ascii_case(part);
    match bytes.windows(part.len().max(1)).position(same) {
        Some(at) => [&bytes[..at], &bytes[at + part.len()..]].concat(),
        None => bytes.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_statuses_show_where_a_status_stands() {
        for (form, shift, found) in [
            ("{}", 0, "number"),
            ("exit {c}: {}", 0, "number"),
            ("{}", 8, "number"),
            ("12:30 exit={}", 0, " exit=(?P<status>-?[0-9]+)"),
            ("pid 17, status {}.", 8, ", status (?P<status>-?[0-9]+)"),
            ("CMD EXIT {c}", 0, "none"),
            ("127", 0, "none"),
            ("", 0, "none"),
        ] {
            let exchange = |(command, status): (&str, i64)| {
                let reply = form.replace("{}", &(status << shift).to_string());
                let reply = reply.replace("{c}", &status.to_string());
                (format!("CMD {command}").into_bytes(), reply.into_bytes())
            };
            let exchanges: Vec<_> = COMMANDS.into_iter().map(exchange).collect();
            let told = match status_format(&exchanges) {
                Some(StatusFormat::OnlyNumber) => "number".to_owned(),
                Some(StatusFormat::Expression(expression)) => expression,
                None => "none".to_owned(),
            };
            assert_eq!(told, found, "{form}");
        }
        assert_eq!(status_format(&[]), None);
    }
}
