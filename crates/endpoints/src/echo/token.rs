//! What an epoll event is about, in the 64 bits that come back with it.

/// A socket of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// The worker's own wake.
    Wake,
    /// A listener.
    Listener(usize),
    /// A UDP socket.
    Datagrams(usize),
    /// The probe socket of a UDP socket.
    Probe(usize),
    /// A connection, by its place.
    Connection(usize),
}

/// The kind stands in the upper half, the index in the lower.
const KIND_SHIFT: u32 = 32;

impl Token {
    pub(super) fn pack(self) -> u64 {
        let (kind, index) = match self {
            Self::Wake => (0_u64, 0),
            Self::Listener(index) => (1, index),
            Self::Datagrams(index) => (2, index),
            Self::Probe(index) => (3, index),
            Self::Connection(place) => (4, place),
        };
        (kind << KIND_SHIFT) | index as u64
    }

    pub(super) fn unpack(packed: u64) -> Self {
        let index = usize::try_from(packed & u64::from(u32::MAX)).unwrap_or(usize::MAX);
        match packed >> KIND_SHIFT {
            0 => Self::Wake,
            1 => Self::Listener(index),
            2 => Self::Datagrams(index),
            3 => Self::Probe(index),
            _ => Self::Connection(index),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_as_it_was() {
        let largest = u32::MAX as usize;
        for token in [
            Token::Wake,
            Token::Listener(3),
            Token::Datagrams(0),
            Token::Probe(largest),
            Token::Connection(largest),
        ] {
            assert_eq!(Token::unpack(token.pack()), token);
        }
    }
}
