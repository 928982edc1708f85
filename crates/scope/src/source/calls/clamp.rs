//! Sends that move less than they are asked to, as if the kernel had no more room: for programs whose loops are to be seen to work.
//!
//! At the entry of a send on a TCP socket the length that it asks for is lowered, in a register and, where the call takes a list of
//! pieces, in the list; when it comes out, all of that is as it was before. So the kernel itself returns the short count. Nothing of
//! it is told: a recording has what the program asked for and what it got.

use std::sync::atomic::{AtomicU64, Ordering};

use kernel::{memory, ptrace};
use wire::names::Syscall;

use super::tracer::Tracer;
use crate::decode::{PIECES_MAX, Program};
use crate::model::{Protocol, Tid};

/// How much a send on a TCP socket may move. It may be changed at any time, and holds for the sends that begin then.
#[derive(Debug, Default)]
pub struct Clamp(AtomicU64);

/// No send asks for more, so this is none.
const NO_LIMIT: u64 = 0;

impl Clamp {
    /// Sets how many bytes a send may move, at least one; `None` is as many as it asks for.
    pub fn set(&self, bytes: Option<u64>) {
        self.0.store(bytes.map_or(NO_LIMIT, |bytes| bytes.max(1)), Ordering::Relaxed);
    }

    /// How many bytes a send may move.
    pub fn bytes(&self) -> Option<u64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|bytes| *bytes != NO_LIMIT)
    }
}

/// What is changed of a call: each argument with its former value, each word of memory likewise.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shortened {
    arguments: [Option<Change>; 6],
    /// With where it stands.
    words: Vec<(u64, Change)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    before: u64,
    after: u64,
}

impl Tracer {
    /// Lowers what the call that a thread goes into asks for, if that is a send on a TCP socket.
    pub(super) fn shorten(&mut self, tid: Tid, call: Syscall, values: [u64; 6]) {
        let Some(limit) = self.shared.clamp.bytes() else { return };
        let socket = self.shared.sends_on(tid);
        if socket.and_then(|socket| self.eye.protocol(socket)) != Some(Protocol::Tcp) {
            return;
        }
        let Some((_, standing)) = self.standing(tid) else { return };
        let Some(shortened) = Shortened::of(call, values, limit, &standing) else { return };
        // What fails for a thread that was killed meanwhile does no harm to it.
        for (address, change) in &shortened.words {
            let _ = memory::write(tid.0, *address, &change.after.to_ne_bytes());
        }
        let _ = ptrace::set_arguments(tid.0, shortened.arguments.map(|change| change.map(|it| it.after)));
        self.shortened.insert(tid, shortened);
    }

    /// Changes back what was changed, when the thread comes out.
    pub(super) fn lengthen(&mut self, tid: Tid) {
        let Some(shortened) = self.shortened.remove(&tid) else { return };
        let _ = ptrace::set_arguments(tid.0, shortened.arguments.map(|change| change.map(|it| it.before)));
        for (address, change) in &shortened.words {
            let _ = memory::write(tid.0, *address, &change.before.to_ne_bytes());
        }
    }
}

/// Where a `struct msghdr` has its list of pieces, and the number of these.
const PIECES: u64 = 16;
const COUNT: u64 = 24;
/// The bytes of a `struct iovec`, and where it has its length.
const PIECE_BYTES: u64 = 16;
const LENGTH: u64 = 8;

impl Shortened {
    /// What has to change for a send to move no more than that; `None` if it asks for no more.
    fn of(call: Syscall, values: [u64; 6], limit: u64, program: &impl Program) -> Option<Self> {
        let mut shortened = Self::default();
        match call.name() {
            "sendto" | "write" => shortened.lower(2, values[2], limit),
            "sendfile" => shortened.lower(3, values[3], limit),
            "splice" => shortened.lower(4, values[4], limit),
            "writev" => {
                let count = shortened.pieces(values[1], values[2], limit, program);
                shortened.lower(2, values[2], count.unwrap_or(values[2]));
            }
            "sendmsg" => shortened.message(values[1], limit, program),
            "sendmmsg" => {
                shortened.message(values[1], limit, program);
                shortened.lower(2, values[2], 1);
            }
            _ => {}
        }
        Some(shortened).filter(|shortened| *shortened != Self::default())
    }

    fn lower(&mut self, argument: usize, before: u64, after: u64) {
        if after < before {
            self.arguments[argument] = Some(Change { before, after });
        }
    }

    fn message(&mut self, header: u64, limit: u64, program: &impl Program) {
        let place = header.wrapping_add(COUNT);
        let pieces = word(program, header.wrapping_add(PIECES));
        let (Some(pieces), Some(before)) = (pieces, word(program, place)) else { return };
        if let Some(after) = self.pieces(pieces, before, limit, program) {
            self.words.push((place, Change { before, after }));
        }
    }

    /// Cuts a list of pieces off; returns how many are left of it, if it is too long.
    fn pieces(&mut self, first: u64, count: u64, limit: u64, program: &impl Program) -> Option<u64> {
        let mut left = limit;
        for index in 0..count.min(PIECES_MAX as u64) {
            let place = first.wrapping_add(index * PIECE_BYTES + LENGTH);
            let before = word(program, place)?;
            if before > left {
                self.words.push((place, Change { before, after: left }));
                return Some(index + 1);
            }
            left -= before;
        }
        None
    }
}

fn word(program: &impl Program, address: u64) -> Option<u64> {
    let mut bytes = [0; size_of::<u64>()];
    (program.read(address, &mut bytes) == bytes.len()).then(|| u64::from_ne_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fd, SocketId};

    /// A `struct msghdr` at 0, two pieces behind it, of 5 and 7 bytes.
    const MEMORY: [u64; 12] = [0, 0, 64, 2, 0, 0, 0, 0, 1000, 5, 2000, 7];

    #[test]
    fn a_length_in_a_register_is_lowered_and_a_shorter_one_stays() {
        let lowered = |name, values, limit| {
            let shortened = Shortened::of(Syscall::named(name), values, limit, &Memory)?;
            shortened.arguments.iter().position(Option::is_some)
        };

        assert_eq!(lowered("write", [3, 0, 11, 0, 0, 0], 3), Some(2));
        assert_eq!(lowered("sendto", [3, 0, 11, 0, 0, 0], 11), None);
        assert_eq!(lowered("sendfile", [3, 4, 0, 11, 0, 0], 3), Some(3));
        assert_eq!(lowered("splice", [3, 0, 4, 0, 11, 0], 3), Some(4));
        assert_eq!(lowered("recvfrom", [3, 0, 11, 0, 0, 0], 3), None);
    }

    #[test]
    fn a_list_is_cut_off_in_the_piece_that_is_too_long() {
        let shortened = Shortened::of(Syscall::named("writev"), [3, 64, 2, 0, 0, 0], 8, &Memory).unwrap();

        assert_eq!(shortened.words, [(88, Change { before: 7, after: 3 })]);
        assert_eq!(shortened.arguments[2], None);
    }

    #[test]
    fn pieces_behind_the_last_one_are_left_out() {
        let shortened = Shortened::of(Syscall::named("sendmsg"), [3, 0, 0, 0, 0, 0], 3, &Memory).unwrap();

        let first = (72, Change { before: 5, after: 3 });
        assert_eq!(shortened.words, [first, (24, Change { before: 2, after: 1 })]);
    }

    #[test]
    fn of_several_messages_one_is_sent() {
        let shortened = Shortened::of(Syscall::named("sendmmsg"), [3, 0, 4, 0, 0, 0], 100, &Memory).unwrap();

        assert_eq!(shortened.arguments[2], Some(Change { before: 4, after: 1 }));
        assert_eq!(shortened.words, []);
    }

    struct Memory;

    impl Program for Memory {
        fn read(&self, address: u64, buffer: &mut [u8]) -> usize {
            let bytes: Vec<_> = MEMORY.iter().flat_map(|word| word.to_ne_bytes()).collect();
            let from = usize::try_from(address).unwrap();
            let Some(bytes) = bytes.get(from..from + buffer.len()) else { return 0 };
            buffer.copy_from_slice(bytes);
            buffer.len()
        }

        fn socket(&mut self, _: Fd) -> Option<SocketId> {
            None
        }

        fn now_ns(&self, _: i32) -> Option<u64> {
            None
        }
    }
}
