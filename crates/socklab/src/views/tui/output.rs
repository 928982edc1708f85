//! What the programs have written to their terminal, as lines.

use crate::views::printable::printable_bytes;

/// How many lines of what programs write are shown; when there are more, the first ones are left out.
pub(super) const LINES_MAX: usize = 10_000;
/// How many bytes a line may have; what is longer is folded.
const LINE_BYTES_MAX: usize = 4096;

/// What the programs have written.
#[derive(Debug, Default)]
pub(super) struct Output {
    lines: Vec<Vec<u8>>,
    /// Whether the last line has not ended.
    is_open: bool,
}

impl Output {
    /// Adds bytes as they were written.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let has_room = self.lines.last().is_some_and(|line| line.len() < LINE_BYTES_MAX);
            if !self.is_open || !has_room {
                self.lines.push(Vec::new());
            }
            if let Some(line) = self.lines.last_mut() {
                edit(line, piece);
            }
            self.is_open = !piece.ends_with(b"\n");
        }
        let surplus = self.lines.len().saturating_sub(LINES_MAX);
        self.lines.drain(..surplus);
    }

    /// The lines, printable.
    pub(super) fn lines(&self) -> impl ExactSizeIterator<Item = String> {
        self.lines.iter().map(|line| printable_bytes(line))
    }
}

/// Adds to a line what a terminal would: a backspace takes a character back, and ends of lines are not shown.
fn edit(line: &mut Vec<u8>, piece: &[u8]) {
    for byte in piece {
        match byte {
            b'\n' | b'\r' => {}
            0x08 => {
                line.pop();
            }
            _ => line.push(*byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_in_pieces() {
        let mut output = Output::default();
        for piece in ["uno\r\nd", "os", "\r\n", "\x1b[2J", "abc\x08 "] {
            output.write(piece.as_bytes());
        }

        assert_eq!(output.lines().collect::<Vec<_>>(), ["uno", "dos", "\\u{1b}[2Jab "]);
    }

    #[test]
    fn only_the_last_lines_are_kept() {
        let mut output = Output::default();
        output.write("x\n".repeat(LINES_MAX + 1).as_bytes());
        output.write(b"last\n");

        assert_eq!(output.lines().len(), LINES_MAX);
        assert_eq!(output.lines().last().as_deref(), Some("last"));
    }
}
