//! 1.5.6: a message that runs a command on the server.

use super::shared::starts;
use super::shared::udp::{self, comes_back};
use crate::check::manifest::StatusError;
use crate::check::signatures::Signature;
use crate::check::trial::Trial;
use crate::check::{Excerpt, Failure, Problem, Reason, Requirement, Told};

/// What a student reads of it.
pub(super) const TEXTS: [&str; 2] = [include_str!("en.md"), include_str!("es.md")];

/// What is asked of a server.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    Requirement::of_server("starts", starts),
    Requirement::of_server("zero-and-one", zero_and_one).after(&["starts"]),
    Requirement::of_server("any-status", any_status).after(&["zero-and-one"]),
    Requirement::of_server("missing-program", missing_program).after(&["any-status"]).hidden(),
    Requirement::of_server("standard-error", standard_error).after(&["any-status"]).hidden(),
    Requirement::of_server("slow-command", slow_command).after(&["any-status"]).hidden(),
    Requirement::of_server("really-runs", really_runs).after(&["any-status"]).hidden(),
    Requirement::of_server("survives", survives).after(&["any-status"]),
    Requirement::of_server("killed", killed).after(&["any-status"]).robust(),
    Requirement::of_server("echoes-others", echoes_others).after(&["zero-and-one"]).robust(),
    Requirement::of_server("standard-input", standard_input).after(&["any-status"]).robust(),
    Requirement::of_server("idle", udp::idle).after(&["echoes-others"]).robust(),
];

/// A file that no program makes by chance: its name is one word for those who keep the quotes.
const FILE: &str = "prueba de archivo.txt";

/// The exit status of a shell that does not find the command (`sh(1)`).
const NOT_FOUND: i64 = 127;

/// Status 0 of what succeeds, and 1 of what fails.
fn zero_and_one(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    expect(trial, "true", 0)?;
    expect(trial, "false", 1)
}

/// Any other status, to the largest.
fn any_status(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    expect(trial, "exit 3", 3)?;
    expect(trial, "exit 255", 255)
}

/// The status of a command that does not exist.
fn missing_program(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let name = String::from_utf8_lossy(&trial.nonce(6)).to_lowercase();
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    expect(trial, &format!("no-such-program-{name}"), NOT_FOUND)
}

/// What a command writes to standard error is not its status.
fn standard_error(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    expect(trial, "echo x >&2; exit 5", 5)
}

/// A command that takes a second is waited for.
fn slow_command(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    expect(trial, "sleep 1; exit 9", 9)
}

/// The command is really run, with its quotes.
fn really_runs(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    expect(trial, &format!("touch \"{FILE}\" && exit 7"), 7)?;
    let files = trial.files()?;
    if files.iter().any(|file| file.name == FILE) {
        return Ok(());
    }
    let observed = files.into_iter().next().map_or(Told::Nothing, Told::File);
    Err(Problem::failed(Told::Text(Excerpt::of(FILE.as_bytes())), observed))
}

/// It serves one command after the other.
fn survives(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    for (command, status) in
        [("true", 0), ("false", 1), ("exit 3", 3), ("exit 255", 255), ("true", 0), ("exit 4", 4)]
    {
        expect(trial, command, status)?;
    }
    trial.expect_alive()
}

/// A command that a signal ended did not succeed.
fn killed(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let (status, reply) = run(trial, "kill -9 $$")?;
    if status != 0 {
        return Ok(());
    }
    let failure = Failure::new(Told::Something, Told::Bytes(Excerpt::of(&reply)));
    Err(failure.signed(Signature::ShiftedStatus).into())
}

/// What is no command comes back, as ever.
fn echoes_others(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    comes_back(&trial.udp()?, &trial.nonce(11)).map(drop)
}

/// A command that reads its standard input does not wait for ever.
fn standard_input(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    expect(trial, "cat; exit 4", 4)
}

/// The reply to a command has this status.
fn expect(trial: &Trial, command: &str, status: i64) -> Result<(), Problem> {
    let (told, reply) = run(trial, command)?;
    if told == status {
        return Ok(());
    }
    let failure = Failure::new(Told::Count(status.unsigned_abs()), Told::Bytes(Excerpt::of(&reply)));
    Err(Failure { signature: signature(status, told), ..failure }.into())
}

fn signature(status: i64, told: i64) -> Option<Signature> {
    if told == NOT_FOUND {
        return Some(Signature::PrefixPassed);
    }
    (told == status << 8).then_some(Signature::WaitStatus)
}

/// Sends a command; tells the status of the reply, and the reply.
fn run(trial: &Trial, command: &str) -> Result<(i64, Vec<u8>), Problem> {
    let undeclared = |field: &str| Problem::from(Reason::Undeclared { field: field.to_owned() });
    let protocol = &trial.manifest().protocol;
    let message = protocol.command_message(command).ok_or_else(|| undeclared("protocol.command"))?;
    let peer = trial.udp()?;
    peer.send(&message)?;
    let Some(reply) = peer.receive()? else {
        return Err(Problem::failed(Told::Something, Told::Nothing));
    };
    match protocol.status.find(&reply.bytes) {
        Ok(status) => Ok((status, reply.bytes)),
        Err(StatusError::None) => {
            Err(Problem::failed(Told::Something, Told::Bytes(Excerpt::of(&reply.bytes))))
        }
        Err(_) => Err(undeclared("protocol.status")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_status_shows_its_cause() {
        assert_eq!(signature(1, 256), Some(Signature::WaitStatus));
        assert_eq!(signature(0, 127), Some(Signature::PrefixPassed));
        assert_eq!(signature(3, 1), None);
    }
}
