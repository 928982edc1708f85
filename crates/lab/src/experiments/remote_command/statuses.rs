//! The commands that end in different ways, and what their wait statuses say (`wait(2)`).

use wire::signal::Signal;
use wire::wait_status::{End, WaitStatus};

/// Ends with an exit status of its own.
pub(super) const EXIT: &str = "exit 3";
/// Is ended by a signal that nobody can catch.
pub(super) const KILLED: &str = "kill -KILL $$";

const SIGTERM: Signal = Signal(15);
const SIGKILL: Signal = Signal(9);

/// The claim about each command, the command, and how it ends.
const ROWS: &[(&str, &str, End)] = &[
    ("row-true", "true", End::Exited(0)),
    ("row-false", "false", End::Exited(1)),
    ("row-exit", EXIT, End::Exited(3)),
    ("row-largest", "exit 255", End::Exited(255)),
    ("row-wraps", "exit 256", End::Exited(0)),
    ("row-missing", "no-such-program", End::Exited(127)),
    ("row-forbidden", "/etc/passwd", End::Exited(126)),
    ("row-killed", KILLED, End::Signalled { signal: SIGKILL, core: false }),
    ("row-terminated", "kill -TERM $$", End::Signalled { signal: SIGTERM, core: false }),
];

/// The commands, in the order in which they are asked for.
pub(super) fn commands() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|(_, command, _)| *command)
}

/// The place of a claim's command, the command, and how it ends.
pub(super) fn row(id: &str) -> Option<(usize, &'static str, End)> {
    let place = ROWS.iter().position(|(row, ..)| *row == id)?;
    let (_, command, end) = ROWS[place];
    Some((place, command, end))
}

/// The bits of a wait status in its three parts: the exit status, whether a core dump was written, and the signal.
pub(super) fn bits(status: WaitStatus) -> String {
    let exit = (status.0 >> 8) & 0xff;
    let core = (status.0 >> 7) & 1;
    format!("{exit:08b} {core:b} {:07b}", status.0 & 0x7f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bits_of_a_wait_status_stand_apart() {
        assert_eq!(bits(WaitStatus::exited(3)), "00000011 0 0000000");
        assert_eq!(bits(WaitStatus(9)), "00000000 0 0001001");
        assert_eq!(bits(WaitStatus(0x8b)), "00000000 1 0001011");
    }
}
