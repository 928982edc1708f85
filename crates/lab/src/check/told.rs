//! What was expected of a program and what it did, as values; words are the binary's.

use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use scope::model::{Bytes, Place};
use serde::{Deserialize, Serialize};

use super::Ability;
use super::signatures::Signature;
use crate::exercise::Transport;

/// How many bytes of what was expected or observed are kept.
pub const EXCERPT_BYTES_MAX: usize = 4096;

/// How many bytes before the first difference are kept with it.
const BEFORE_BYTES: usize = 256;

/// Why a requirement was not seen to be met.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// The program does something else.
    Failed(Box<Failure>),
    /// It could not be found out, and that is not the program's fault.
    CannotTell(Reason),
    /// We are broken: the operation, the object and the cause.
    Broken(String),
}

/// What a program did in place of what was expected of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// What a right program does.
    pub expected: Told,
    /// What this one did.
    pub observed: Told,
    /// What shows the cause, where it is known.
    pub signature: Option<Signature>,
}

/// Why it could not be found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// The machine gave the program, or us, too little time.
    Overloaded,
    /// The machine does not let us.
    Lacks {
        /// What.
        ability: Ability,
    },
    /// The exercise leaves something free that the program's manifest does not say: the name of the field.
    Undeclared {
        /// Which one.
        field: String,
    },
    /// The program makes its calls through `io_uring(7)`, where nobody can see or shorten them.
    IoUring,
    /// It could not be executed: the error number (`execve(2)`).
    NotExecuted {
        /// The program, as it was given.
        file: String,
        /// The error number.
        errno: i32,
    },
}

/// What was expected or observed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Told {
    /// Nothing came, or nothing was to come.
    Nothing,
    /// These bytes, from a socket.
    Bytes(Excerpt),
    /// This text on the program's standard output or standard error.
    Text(Excerpt),
    /// A file with this content.
    File(File),
    /// A socket that waits for peers.
    Ready {
        /// Of which kind.
        transport: Transport,
        /// Where.
        address: SocketAddr,
    },
    /// An answer from this address.
    From(SocketAddr),
    /// It ended, so.
    Ended(Exit),
    /// It runs.
    Running,
    /// A connection was made.
    Connected,
    /// Nobody takes it: an RST or an ICMP message.
    Refused,
    /// The stream was ended (FIN).
    Closed,
    /// The connection was broken off (RST).
    Reset,
    /// It goes on waiting, in this call.
    Blocked(Blocked),
    /// So many.
    Count(u64),
    /// At least so many.
    AtLeast(u64),
    /// At most so many.
    AtMost(u64),
    /// So much of a processor, in percent.
    Percent(u64),
    /// Any bytes at all.
    Something,
}

/// A part of bytes that may be many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// Where the part begins.
    pub from: u64,
    /// The part, at most [`EXCERPT_BYTES_MAX`].
    pub bytes: Bytes,
    /// How many there are in all.
    pub total_bytes: u64,
    /// Where the first one stands that differs, counted from the beginning of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub differs_at: Option<u64>,
}

/// A file that a program wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its path in the program's directory.
    pub name: String,
    /// Its first bytes, at most [`FILE_BYTES_MAX`](super::trial::FILE_BYTES_MAX).
    pub bytes: Bytes,
    /// How long it is.
    pub total_bytes: u64,
    /// The hash of its content, in hexadecimal (SHA-256); of the first bytes only, if there are more than are kept.
    pub sha256: String,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Exit {
    /// The wait status (`wait(2)`).
    pub wait_status: u32,
}

/// A call that a thread waits in (`/proc/PID/syscall` of `proc(5)`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// Its name: `recvfrom`.
    pub call: String,
    /// Its arguments, as numbers.
    pub values: [u64; 6],
    /// The port of the socket that it is about, if it is about one that has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Whether it ends by itself some time.
    pub timed: bool,
    /// The program's own line that makes it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

impl Told {
    /// The same, with no more than a report has of a file.
    #[must_use]
    pub fn bounded(self) -> Self {
        match self {
            Self::File(mut file) => {
                file.bytes.0.truncate(EXCERPT_BYTES_MAX);
                Self::File(file)
            }
            other => other,
        }
    }
}

impl Excerpt {
    /// Takes the beginning of these.
    pub fn of(bytes: &[u8]) -> Self {
        Self::around(bytes, 0, None)
    }

    /// Takes, of each, what stands around their first difference.
    pub fn of_difference(expected: &[u8], observed: &[u8]) -> [Self; 2] {
        let at = expected.iter().zip(observed).position(|(one, other)| one != other);
        let at = at.unwrap_or(expected.len().min(observed.len()));
        let from = at.saturating_sub(BEFORE_BYTES);
        let from = if at < EXCERPT_BYTES_MAX { 0 } else { from };
        [expected, observed].map(|bytes| Self::around(bytes, from, Some(at)))
    }

    fn around(bytes: &[u8], from: usize, differs_at: Option<usize>) -> Self {
        let until = from.saturating_add(EXCERPT_BYTES_MAX).min(bytes.len());
        let part = bytes.get(from..until).unwrap_or_default();
        Self {
            from: from as u64,
            bytes: Bytes(part.to_vec()),
            total_bytes: bytes.len() as u64,
            differs_at: differs_at.map(|at| at as u64),
        }
    }

    /// Whether there are more than these.
    pub fn is_cut(&self) -> bool {
        self.bytes.0.len() as u64 != self.total_bytes
    }
}

impl Exit {
    /// The code by which it ended; `None` if a signal ended it.
    pub fn code(self) -> Option<i32> {
        ExitStatus::from_raw(self.wait_status.cast_signed()).code()
    }

    /// The signal that ended it; `None` if it ended by itself.
    pub fn signal(self) -> Option<i32> {
        ExitStatus::from_raw(self.wait_status.cast_signed()).signal()
    }

    /// Of a program that ends with this code.
    pub fn with_code(code: u8) -> Self {
        Self { wait_status: u32::from(code) << 8 }
    }

    /// Whether it ended as a program does that has nothing to complain of.
    pub fn is_success(self) -> bool {
        self.wait_status == 0
    }
}

impl Failure {
    /// One of which no cause is known.
    pub fn new(expected: Told, observed: Told) -> Self {
        Self { expected, observed, signature: None }
    }

    /// Other bytes than these came from a socket.
    pub fn of_bytes(expected: &[u8], observed: &[u8]) -> Self {
        let [expected, observed] = Excerpt::of_difference(expected, observed);
        let observed = if observed.total_bytes == 0 { Told::Nothing } else { Told::Bytes(observed) };
        Self::new(Told::Bytes(expected), observed)
    }

    /// The same, with what shows the cause.
    #[must_use]
    pub fn signed(self, signature: Signature) -> Self {
        Self { signature: Some(signature), ..self }
    }
}

impl Problem {
    /// The program did something else.
    pub fn failed(expected: Told, observed: Told) -> Self {
        Failure::new(expected, observed).into()
    }

    /// We could not do this, for that cause.
    pub fn broken(operation: &str, cause: impl std::fmt::Display) -> Self {
        Self::Broken(format!("{operation}: {cause}"))
    }

    /// The same; if it is a failure without a known cause, with this one.
    #[must_use]
    pub fn signed(self, signature: Signature) -> Self {
        match self {
            Self::Failed(failure) if failure.signature.is_none() => failure.signed(signature).into(),
            other => other,
        }
    }

    /// The failure, if it is one.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            _ => None,
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Failed(Box::new(failure))
    }
}

impl From<Reason> for Problem {
    fn from(reason: Reason) -> Self {
        Self::CannotTell(reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_has_what_stands_around_the_first_difference() {
        let mut observed = vec![b'a'; 3 * EXCERPT_BYTES_MAX];
        let expected = observed.clone();
        let at = 2 * EXCERPT_BYTES_MAX;
        observed[at] = b'b';

        let [expected, observed] = Excerpt::of_difference(&expected, &observed);

        assert_eq!([expected.differs_at, observed.differs_at], [Some(at as u64); 2]);
        let offset = at - usize::try_from(observed.from).unwrap();
        assert_eq!((expected.bytes.0[offset], observed.bytes.0[offset]), (b'a', b'b'));
        assert_eq!(observed.bytes.0.len(), EXCERPT_BYTES_MAX);
        assert!(observed.is_cut());
    }

    #[test]
    fn what_is_too_short_differs_where_it_ends() {
        let [expected, observed] = Excerpt::of_difference(b"hola", b"ho");

        assert_eq!((expected.differs_at, observed.differs_at), (Some(2), Some(2)));
        assert_eq!((expected.bytes.0.as_slice(), observed.bytes.0.as_slice()), (&b"hola"[..], &b"ho"[..]));
        assert!(!expected.is_cut());
    }

    #[test]
    fn a_difference_behind_the_end_of_one_leaves_nothing_of_it() {
        let [_, observed] = Excerpt::of_difference(&[b'a'; 3 * EXCERPT_BYTES_MAX], b"");

        assert_eq!((observed.total_bytes, observed.bytes.0.len()), (0, 0));
    }

    #[test]
    fn an_exit_is_a_code_or_a_signal() {
        assert_eq!((Exit::with_code(3).code(), Exit::with_code(3).signal()), (Some(3), None));
        assert_eq!((Exit { wait_status: 9 }.code(), Exit { wait_status: 9 }.signal()), (None, Some(9)));
        assert!(Exit::with_code(0).is_success());
    }

    #[test]
    fn a_cause_that_is_known_stays() {
        let problem = Problem::failed(Told::Running, Told::Nothing).signed(Signature::SingleReceive);

        let signed = problem.signed(Signature::BrokenPipe);

        assert_eq!(signed.failure().unwrap().signature, Some(Signature::SingleReceive));
    }
}
