//! What is counted while a load goes on.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// How often what happened, within the time that is measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Messages that came back, every byte as it was sent.
    pub echoes: u64,
    /// Datagrams whose echo did not come in time.
    pub lost: u64,
    /// Echoes that came after their datagram had been given up, or twice.
    pub late: u64,
    /// Connections that were refused (`Connect` only).
    pub refused: u64,
    /// Connections that were broken off, or were silent, before their echo was complete (`Connect` only).
    pub broken: u64,
    /// Messages of an open loop that were to begin and could not, because too many earlier ones were under way. Their time until
    /// the end counts as latency.
    pub unsent: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.echoes += other.echoes;
        self.lost += other.lost;
        self.late += other.late;
        self.refused += other.refused;
        self.broken += other.broken;
        self.unsent += other.unsent;
    }
}
