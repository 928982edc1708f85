//! Datagrams of a UDP source: a sequence number, then the pattern.
//!
//! UDP may lose a datagram and may deliver its echo long after it was given up. The number tells these apart from an
//! echo that is wrong.

use crate::pattern::{Mismatch, Pattern};

/// Bytes of the sequence number at the start of every datagram.
const SEQUENCE_BYTES: usize = size_of::<u64>();

/// The datagrams that one source sends and expects back, one under way at a time.
pub(crate) struct DatagramStream {
    source: usize,
    size_bytes: usize,
    /// Number of the datagram under way; the first one is 1.
    sequence: u64,
}

/// What an intact echo is an echo of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Echo {
    /// The datagram under way.
    Current,
    /// One that had been given up as lost, or a duplicate.
    Late,
}

impl DatagramStream {
    /// A stream of datagrams of `size_bytes`, with nothing sent yet.
    pub(crate) fn new(source: usize, size_bytes: usize) -> Self {
        Self { source, size_bytes, sequence: 0 }
    }

    /// Writes the next datagram into `datagram` and makes it the one under way.
    pub(crate) fn next(&mut self, pattern: &Pattern, datagram: &mut Vec<u8>) {
        self.sequence += 1;
        datagram.clear();
        datagram.extend_from_slice(&self.sequence.to_be_bytes());
        datagram.extend_from_slice(pattern.slice(
            self.source,
            self.offset_of(self.sequence),
            self.body_bytes(),
        ));
    }

    /// Judges what came back.
    pub(crate) fn judge(&self, pattern: &Pattern, received: &[u8]) -> Result<Echo, Mismatch> {
        let length = Mismatch::Length { expected: self.size_bytes, actual: received.len() };
        let (number, body) = received.split_first_chunk::<SEQUENCE_BYTES>().ok_or(length)?;
        if received.len() != self.size_bytes {
            return Err(length);
        }
        let number = u64::from_be_bytes(*number);
        if number > self.sequence || number == 0 {
            return Err(Mismatch::Sequence { sent: self.sequence, actual: number });
        }
        pattern.check(self.source, self.offset_of(number), body)?;
        Ok(if number == self.sequence { Echo::Current } else { Echo::Late })
    }

    fn offset_of(&self, sequence: u64) -> u64 {
        sequence * self.size_bytes as u64
    }

    fn body_bytes(&self) -> usize {
        self.size_bytes - SEQUENCE_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE_BYTES: usize = 64;

    #[test]
    fn an_echo_of_the_datagram_under_way_is_current() {
        let (pattern, mut stream) = stream();
        let sent = next(&mut stream, &pattern);
        assert_eq!(stream.judge(&pattern, &sent), Ok(Echo::Current));
    }

    #[test]
    fn an_echo_of_an_earlier_datagram_is_late() {
        let (pattern, mut stream) = stream();
        let first = next(&mut stream, &pattern);
        next(&mut stream, &pattern);
        assert_eq!(stream.judge(&pattern, &first), Ok(Echo::Late));
    }

    #[test]
    fn a_truncated_echo_is_corrupt() {
        let (pattern, mut stream) = stream();
        let sent = next(&mut stream, &pattern);
        for count in 0..SIZE_BYTES {
            let verdict = stream.judge(&pattern, &sent[..count]);
            assert_eq!(verdict, Err(Mismatch::Length { expected: SIZE_BYTES, actual: count }));
        }
    }

    #[test]
    fn a_number_never_sent_is_corrupt() {
        let (pattern, mut stream) = stream();
        let mut sent = next(&mut stream, &pattern);
        sent[7] = 2;
        assert_eq!(stream.judge(&pattern, &sent), Err(Mismatch::Sequence { sent: 1, actual: 2 }));
    }

    #[test]
    fn a_body_under_another_number_is_corrupt() {
        let (pattern, mut stream) = stream();
        next(&mut stream, &pattern);
        let mut second = next(&mut stream, &pattern);
        second[7] = 1;
        assert!(matches!(stream.judge(&pattern, &second), Err(Mismatch::Byte { .. })));
    }

    fn stream() -> (Pattern, DatagramStream) {
        (Pattern::for_messages_of(SIZE_BYTES), DatagramStream::new(5, SIZE_BYTES))
    }

    fn next(stream: &mut DatagramStream, pattern: &Pattern) -> Vec<u8> {
        let mut datagram = Vec::new();
        stream.next(pattern, &mut datagram);
        datagram
    }
}
