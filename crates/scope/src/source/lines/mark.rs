//! What a Python program tells of its lines.

use wire::names::Syscall;

use crate::model::Place;

/// How long a mark is at most: the longest path, and what is before it. What is longer is cut.
pub const MARK_BYTES_MAX: usize = 4_608;

/// What every mark begins with.
const BEGINNING: &[u8] = b"\0SL";

/// Something that the hook tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `\0SLT140542788029408`: the thread's slot is at this address.
    Slot(u64),
    /// `\0SLP7 21 main\0/home/ana/client.py`: what a number in a slot means.
    Place {
        /// The number, from 1.
        number: u32,
        /// The place.
        place: Place,
    },
    /// `\0SLQ07 ask\0/tmp/x/sitecustomize.py\0/usr/lib/python3.11`: the thread is there; are its frames read, so that nothing has to be
    /// told? The `0` becomes a `1` if so.
    Question {
        /// Where the thread is.
        place: Place,
        /// The directory of Python's library.
        library: String,
    },
}

/// The answer to a question, and where in its bytes it stands.
pub const ANSWER: (u64, u8) = (4, b'1');

impl Mark {
    /// Whether a call may tell a mark: it writes to descriptor -1. What it writes is at its second argument, and as long as the
    /// third says.
    pub fn is_told_by(call: Syscall, values: [u64; 6]) -> bool {
        const NOWHERE: u64 = 0xffff_ffff;
        call.name() == "write" && values[0] & NOWHERE == NOWHERE && values[2] > BEGINNING.len() as u64
    }

    /// Reads a mark; `None` if it is none. What is no UTF-8 in a name is shown as such.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.get(..MARK_BYTES_MAX).unwrap_or(bytes);
        match bytes.strip_prefix(BEGINNING)?.split_first()? {
            (b'T', address) => Some(Self::Slot(number(address)?)),
            (b'P', rest) => told_place(rest),
            (b'Q', rest) => question(rest),
            _ => None,
        }
    }
}

/// Reads `NUMBER LINE FUNCTION\0FILE`.
fn told_place(rest: &[u8]) -> Option<Mark> {
    let (which, rest) = word(rest)?;
    Some(Mark::Place { number: u32::try_from(number(which)?).ok()?, place: place(rest)? })
}

/// Reads `0LINE FUNCTION\0FILE\0LIBRARY`.
fn question(rest: &[u8]) -> Option<Mark> {
    let rest = rest.strip_prefix(b"0")?;
    let end = rest.iter().rposition(|byte| *byte == 0)?;
    Some(Mark::Question { place: place(&rest[..end])?, library: text(&rest[end + 1..]) })
}

/// Reads `LINE FUNCTION\0FILE`.
fn place(rest: &[u8]) -> Option<Place> {
    let (line, names) = word(rest)?;
    let mut names = names.splitn(2, |byte| *byte == 0);
    let (function, file) = (text(names.next()?), text(names.next()?));
    Some(Place { file, line: u32::try_from(number(line)?).ok()?, function })
}

/// Splits at the first blank.
fn word(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b' ')?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

fn number(digits: &[u8]) -> Option<u64> {
    str::from_utf8(digits).ok()?.parse().ok()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(file: &str, line: u32, function: &str) -> Place {
        Place { file: file.to_owned(), line, function: function.to_owned() }
    }

    #[test]
    fn a_mark_tells_a_slot_or_a_place() {
        assert_eq!(Mark::parse(b"\0SLT140542788029408"), Some(Mark::Slot(140_542_788_029_408)));
        let expected = Mark::Place { number: 7, place: place("/home/my files/c.py", 21, "main") };
        assert_eq!(Mark::parse(b"\0SLP7 21 main\0/home/my files/c.py"), Some(expected));
    }

    #[test]
    fn a_mark_may_be_a_question() {
        let mark = Mark::parse(b"\0SLQ021 ask\0/tmp/h/sitecustomize.py\0/usr/lib/python3.11");
        let expected = Mark::Question {
            place: place("/tmp/h/sitecustomize.py", 21, "ask"),
            library: "/usr/lib/python3.11".to_owned(),
        };
        assert_eq!(mark, Some(expected));
    }

    #[test]
    fn names_are_whatever_they_are() {
        let expected = Mark::Place { number: 1, place: place("\u{fffd}", 0, "<module>") };
        assert_eq!(Mark::parse(b"\0SLP1 0 <module>\0\xff"), Some(expected));
    }

    #[test]
    fn what_is_no_mark_is_none() {
        let texts: [&[u8]; 12] = [
            b"",
            b"\0SL",
            b"\0SLX",
            b"\0SLT",
            b"\0SLT-1",
            b"SLT1",
            b"\0SLP1 1 no file",
            b"\0SLP1\0file",
            b"\0SLP4294967296 1 f\0g",
            b"\0SLQ11 f\0g\0h",
            b"\0SLQ01 f\0g",
            b"\0SLQ01 no file",
        ];
        for text in texts {
            assert_eq!(Mark::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_longer_mark_is_cut() {
        let at = |length: usize| {
            let mut mark = b"\0SLP1 1 f\0".to_vec();
            mark.resize(length, b'x');
            match Mark::parse(&mark) {
                Some(Mark::Place { place, .. }) => place.file.len(),
                other => panic!("{other:?}"),
            }
        };

        assert_eq!(at(MARK_BYTES_MAX) - at(MARK_BYTES_MAX - 1), 1);
        assert_eq!(at(MARK_BYTES_MAX + 1), at(MARK_BYTES_MAX));
    }

    #[test]
    fn only_a_write_to_nowhere_tells_a_mark() {
        let (write, read) = (Syscall::named("write"), Syscall::named("read"));

        assert!(Mark::is_told_by(write, [u64::MAX, 1, 9, 0, 0, 0]));
        assert!(Mark::is_told_by(write, [0xffff_ffff, 1, 9, 0, 0, 0]));
        assert!(!Mark::is_told_by(write, [u64::MAX, 1, 3, 0, 0, 0]));
        assert!(!Mark::is_told_by(write, [1, 1, 9, 0, 0, 0]));
        assert!(!Mark::is_told_by(read, [u64::MAX, 1, 9, 0, 0, 0]));
    }
}
