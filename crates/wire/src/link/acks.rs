//! When to acknowledge: soon, and with what is sent anyway if that comes sooner
//! ([RFC 1122 §4.2.3.2](https://www.rfc-editor.org/rfc/rfc1122#section-4.2.3.2), RFC 5681 §4.2).

use std::time::Duration;

/// How long an acknowledgement waits for something that it can go with.
pub const ACK_DELAY_MAX: Duration = Duration::from_millis(20);

/// So many segments in order are acknowledged at once.
const SEGMENTS: u32 = 2;

/// The acknowledgement that is owed.
#[derive(Debug, Default)]
pub(super) struct Acks {
    is_urgent: bool,
    due_at: Option<Duration>,
    /// How many segments have come since the last acknowledgement.
    segments: u32,
}

impl Acks {
    /// A segment came in its turn.
    pub(super) fn owe(&mut self, now: Duration) {
        self.segments += 1;
        self.is_urgent |= self.segments >= SEGMENTS;
        self.due_at = self.due_at.or(Some(now.saturating_add(ACK_DELAY_MAX)));
    }

    /// The peer should know at once.
    pub(super) fn urge(&mut self) {
        self.is_urgent = true;
    }

    /// Whether one is to be sent, even with nothing else.
    pub(super) fn is_due(&self, now: Duration) -> bool {
        self.is_urgent || self.due_at.is_some_and(|due_at| due_at <= now)
    }

    /// When one is to be sent that is not due now.
    pub(super) fn due_at(&self) -> Option<Duration> {
        self.due_at
    }

    /// One has been sent.
    pub(super) fn sent(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_segment_waits_and_two_do_not() {
        let (mut acks, now) = (Acks::default(), Duration::from_secs(1));
        assert!(!acks.is_due(now + ACK_DELAY_MAX));

        acks.owe(now);
        assert!(!acks.is_due(now) && acks.is_due(now + ACK_DELAY_MAX));
        assert_eq!(acks.due_at(), Some(now + ACK_DELAY_MAX));
        acks.owe(now);
        assert!(acks.is_due(now));

        acks.sent();
        assert_eq!((acks.is_due(now + ACK_DELAY_MAX), acks.due_at()), (false, None));
    }
}
