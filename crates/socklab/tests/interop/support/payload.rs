//! What is sent.

/// A line as a person writes it, in UTF-8.
pub(crate) const TEXT: &[u8] = "¡Qué tal, señor! 你好\n".as_bytes();
/// The largest payload of a UDP datagram over IPv4.
pub(crate) const DATAGRAM_BYTES_MAX: usize = 65_507;
/// Far more than all buffers on the way hold.
pub(crate) const LARGE_BYTES: usize = 3_000_000;

/// Every value that a byte has, in order.
pub(crate) fn every_byte() -> Vec<u8> {
    (0..=u8::MAX).collect()
}

/// Bytes without a pattern, the same ones each time.
pub(crate) fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    (0..bytes).map(|_| next()).collect()
}

/// Fails, with the place where they differ, unless two payloads are equal.
pub(crate) fn assert_equal(received: &[u8], sent: &[u8], what: &str) {
    let differs = received.iter().zip(sent).position(|(a, b)| a != b);
    assert!(
        received == sent,
        "{what}: {} bytes sent, {} came back; the first difference is at {differs:?}",
        sent.len(),
        received.len()
    );
}
