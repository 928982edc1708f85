//! The bytes that are sent, and what came back.

/// How many bytes lie between the first message and the last that begins elsewhere: a prime, so that neighbours never begin at the same place.
const STARTS: u64 = 4093;

/// Messages that differ from one to the next, and so from one connection to the other, without being written each time: windows of
/// one stretch of bytes without a pattern.
pub(crate) struct Messages {
    bytes: Vec<u8>,
    size_bytes: usize,
}

/// What came back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Messages whose whole echo came.
    pub(crate) echoes: u64,
    /// Bytes that were compared.
    pub(crate) bytes: u64,
    /// Messages that did not come back as they were sent.
    pub(crate) wrong: u64,
}

impl Messages {
    /// Messages of so many bytes.
    pub(crate) fn new(size_bytes: usize) -> Self {
        // xorshift64: no byte tells the next.
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[7]
        };
        let length = size_bytes + usize::try_from(STARTS).unwrap_or_default();
        Self { bytes: (0..length).map(|_| next()).collect(), size_bytes }
    }

    /// The message with this number.
    pub(crate) fn number(&self, number: u64) -> &[u8] {
        let start = usize::try_from(number % STARTS).unwrap_or_default();
        &self.bytes[start..start + self.size_bytes]
    }
}

impl Tally {
    /// Compares what came back of one message with it.
    pub(crate) fn compare(&mut self, echo: &[u8], message: &[u8]) {
        self.count(echo == message, echo.len());
    }

    /// Counts a message of which so many bytes were compared.
    pub(crate) fn count(&mut self, is_right: bool, bytes: usize) {
        self.echoes += 1;
        self.bytes += bytes as u64;
        self.wrong += u64::from(!is_right);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_neighbours_differ() {
        let messages = Messages::new(64);
        let all: std::collections::BTreeSet<_> = (0..STARTS).map(|number| messages.number(number)).collect();
        assert_eq!(all.len() as u64, STARTS);
        assert_eq!(messages.number(7), messages.number(7 + STARTS));
    }

    #[test]
    fn a_byte_that_is_altered_or_missing_is_found() {
        let (messages, mut tally) = (Messages::new(4), Tally::default());
        let message = messages.number(3);
        let mut altered = message.to_vec();
        altered[2] ^= 1;
        for echo in [message, &altered[..], &message[..3]] {
            tally.compare(echo, message);
        }
        assert_eq!(tally, Tally { echoes: 3, bytes: 11, wrong: 2 });
    }
}
