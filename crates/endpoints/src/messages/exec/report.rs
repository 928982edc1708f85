//! What a supervisor tells the server: short messages, a kind and numbers of four bytes in network byte order.

/// How long every message is.
pub(super) const BYTES: usize = 5;

/// How the processes of a command came to their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The command ended by itself; what it left behind was ended.
    Itself,
    /// The time limit passed.
    TimeLimit,
    /// The server asked for it, or is gone.
    Asked,
}

/// What could not be done before a command was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Preparation {
    /// Keeping its descriptors from the command: `close_range(2)`, for which Linux 5.11 is needed.
    Descriptors,
    /// Becoming a supervisor: `prctl(2)`, `signalfd(2)`.
    Process,
    /// Entering the command's directory: `chdir(2)`.
    Directory,
}

impl Preparation {
    /// The name of the call that failed, as far as it is known.
    pub(super) fn call(self) -> &'static str {
        match self {
            Self::Descriptors => "close_range",
            Self::Process => "prctl",
            Self::Directory => "chdir",
        }
    }
}

/// A message of a supervisor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Report {
    /// The command runs, as this process.
    Started(u32),
    /// The command could not be executed: an error number.
    NotStarted(u32),
    /// Something before it went wrong: an error number.
    Unprepared(Preparation, u32),
    /// The command ended with this wait status, and no process of it is left.
    Ended(Cause, u32),
    /// Processes are left that could not be ended: how many were seen last.
    Stuck(u32),
}

impl Report {
    /// Writes the message.
    pub(super) fn encode(self) -> [u8; BYTES] {
        let (kind, number) = match self {
            Self::Started(id) => (1, id),
            Self::NotStarted(errno) => (2, errno),
            Self::Unprepared(Preparation::Process, errno) => (3, errno),
            Self::Unprepared(Preparation::Directory, errno) => (4, errno),
            Self::Unprepared(Preparation::Descriptors, errno) => (5, errno),
            Self::Ended(Cause::Itself, status) => (6, status),
            Self::Ended(Cause::TimeLimit, status) => (7, status),
            Self::Ended(Cause::Asked, status) => (8, status),
            Self::Stuck(processes) => (9, processes),
        };
        let [a, b, c, d] = number.to_be_bytes();
        [kind, a, b, c, d]
    }

    /// Reads a message; `None` for what is none.
    pub(super) fn decode([kind, number @ ..]: [u8; BYTES]) -> Option<Self> {
        let number = u32::from_be_bytes(number);
        Some(match kind {
            1 => Self::Started(number),
            2 => Self::NotStarted(number),
            3 => Self::Unprepared(Preparation::Process, number),
            4 => Self::Unprepared(Preparation::Directory, number),
            5 => Self::Unprepared(Preparation::Descriptors, number),
            6 => Self::Ended(Cause::Itself, number),
            7 => Self::Ended(Cause::TimeLimit, number),
            8 => Self::Ended(Cause::Asked, number),
            9 => Self::Stuck(number),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_as_it_was_written_and_no_other_is_read() {
        for kind in 0..=u8::MAX {
            let message = [kind, 1, 2, 3, 4];
            match Report::decode(message) {
                Some(report) => assert_eq!(report.encode(), message),
                None => assert!(!(1..=9).contains(&kind), "{kind}"),
            }
        }
    }
}
