//! Lines out of a stream of bytes, whose `recv()`s know nothing of lines. Bytes in, pieces out: no socket and no clock.

use serde::Serialize;

use super::config::LINE_BYTES_MAX;

/// How a piece of what was said ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// With a line feed.
    Lf,
    /// With a carriage return and a line feed.
    #[serde(rename = "crlf")]
    CrLf,
    /// With nothing: so far nothing more has come, or the message or the stream ends here.
    None,
    /// In the middle of a line that is longer than [`LINE_BYTES_MAX`]; the next piece goes on with it.
    Continues,
}

impl Ending {
    /// The bytes that stood there, which no piece contains.
    pub const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
            Self::None | Self::Continues => b"",
        }
    }
}

/// A line, or a part of a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) line: &'a [u8],
    pub(super) ending: Ending,
    /// Whether it goes on with the line of the piece before.
    pub(super) continued: bool,
}

/// Cuts a stream into lines, and holds what has come of the last one.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Never longer than a piece, and never with a line feed.
    begun: Vec<u8>,
    /// Whether the piece before ended in the middle of a line.
    continued: bool,
}

impl Lines {
    /// Takes what has come, and gives each piece that is complete.
    pub(super) fn push(&mut self, mut bytes: &[u8], mut give: impl FnMut(Piece<'_>)) {
        while let Some(&next) = bytes.first() {
            if self.begun.len() == LINE_BYTES_MAX && next != b'\n' {
                self.give(Ending::Continues, &mut give);
            }
            let room = LINE_BYTES_MAX - self.begun.len();
            // A line feed may stand right behind the longest piece.
            let window = &bytes[..bytes.len().min(room + 1)];
            if let Some(end) = window.iter().position(|&byte| byte == b'\n') {
                self.begun.extend_from_slice(&bytes[..end]);
                bytes = &bytes[end + 1..];
                let ending = if self.begun.ends_with(b"\r") { Ending::CrLf } else { Ending::Lf };
                self.begun.truncate(self.begun.len() + 1 - ending.bytes().len());
                self.give(ending, &mut give);
            } else {
                let taken = bytes.len().min(room);
                self.begun.extend_from_slice(&bytes[..taken]);
                bytes = &bytes[taken..];
            }
        }
    }

    /// Gives what has come of a line that has no end yet, if anything has.
    pub(super) fn flush(&mut self, mut give: impl FnMut(Piece<'_>)) {
        if self.has_begun() {
            self.give(Ending::None, &mut give);
        }
    }

    /// Whether a line has begun and not ended.
    pub(super) fn has_begun(&self) -> bool {
        !self.begun.is_empty() || self.continued
    }

    fn give(&mut self, ending: Ending, give: &mut impl FnMut(Piece<'_>)) {
        give(Piece { line: &self.begun, ending, continued: self.continued });
        self.begun.clear();
        self.continued = ending == Ending::Continues;
    }
}

/// Gives the lines of a datagram, which is one message whatever is in it: an empty one is an empty line without an end.
/// What the buffer has cut off, `lost_bytes`, is missing at the last one.
pub(super) fn of_datagram(bytes: &[u8], lost_bytes: usize, mut give: impl FnMut(Piece<'_>, usize)) {
    let mut rest = bytes;
    loop {
        let end = rest.iter().position(|&byte| byte == b'\n');
        let (line, after) = end.map_or((rest, &b""[..]), |end| (&rest[..end], &rest[end + 1..]));
        let (line, ending) = match (end, line.strip_suffix(b"\r")) {
            (None, _) => (line, Ending::None),
            (Some(_), Some(line)) => (line, Ending::CrLf),
            (Some(_), None) => (line, Ending::Lf),
        };
        let is_last = after.is_empty();
        give(Piece { line, ending, continued: false }, if is_last { lost_bytes } else { 0 });
        if is_last {
            return;
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_found_wherever_the_bytes_are_cut() {
        let text = b"hola\nque tal\r\n\n\rfin";
        for size in 1..=text.len() {
            let mut lines = Lines::default();
            let mut found = Vec::new();
            for part in text.chunks(size) {
                lines.push(part, |piece| found.push((piece.line.to_vec(), piece.ending)));
            }
            lines.flush(|piece| found.push((piece.line.to_vec(), piece.ending)));

            let expected: [(&[u8], Ending); 4] = [
                (b"hola", Ending::Lf),
                (b"que tal", Ending::CrLf),
                (b"", Ending::Lf),
                (b"\rfin", Ending::None),
            ];
            assert_eq!(found, expected.map(|(line, ending)| (line.to_vec(), ending)), "{size}");
        }
    }

    #[test]
    fn the_longest_line_is_one_piece_and_one_byte_more_makes_two() {
        for (bytes, expected) in [
            (LINE_BYTES_MAX, vec![(LINE_BYTES_MAX, Ending::Lf, false)]),
            (LINE_BYTES_MAX + 1, vec![(LINE_BYTES_MAX, Ending::Continues, false), (1, Ending::Lf, true)]),
        ] {
            let mut found = Vec::new();
            let line = [vec![b'x'; bytes], b"\n".to_vec()].concat();

            Lines::default()
                .push(&line, |piece| found.push((piece.line.len(), piece.ending, piece.continued)));

            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_line_that_has_not_ended_is_held_and_given_once() {
        let mut lines = Lines::default();
        lines.push(b"ho", |_| panic!("no line yet"));
        assert!(lines.has_begun());

        let mut found = Vec::new();
        lines.flush(|piece| found.push((piece.line.to_vec(), piece.ending)));

        assert_eq!(found, [(b"ho".to_vec(), Ending::None)]);
        assert!(!lines.has_begun());
        lines.flush(|_| panic!("it has been given"));
    }

    #[test]
    fn a_datagram_has_its_lines_and_an_empty_one_has_one() {
        for (bytes, expected) in [
            (&b""[..], vec![("", Ending::None, 3)]),
            (b"\n", vec![("", Ending::Lf, 3)]),
            (b"hola", vec![("hola", Ending::None, 3)]),
            (b"a\r\nb\n", vec![("a", Ending::CrLf, 0), ("b", Ending::Lf, 3)]),
            (b"a\n\nb", vec![("a", Ending::Lf, 0), ("", Ending::Lf, 0), ("b", Ending::None, 3)]),
        ] {
            let mut found = Vec::new();

            of_datagram(bytes, 3, |piece, lost| {
                found.push((str::from_utf8(piece.line).unwrap().to_owned(), piece.ending, lost));
            });

            let expected: Vec<_> =
                expected.into_iter().map(|(line, end, lost)| (line.to_owned(), end, lost)).collect();
            assert_eq!(found, expected);
        }
    }

    proptest! {
        #[test]
        fn no_byte_is_lost_or_made_up(parts in proptest::collection::vec("[a\r\n]{0,40}", 0..20)) {
            let mut lines = Lines::default();
            let mut back = Vec::new();
            let mut keep = |piece: Piece<'_>| back.extend([piece.line, piece.ending.bytes()].concat());
            for part in &parts {
                lines.push(part.as_bytes(), &mut keep);
            }
            lines.flush(&mut keep);

            prop_assert_eq!(back, parts.concat().into_bytes());
        }
    }
}
