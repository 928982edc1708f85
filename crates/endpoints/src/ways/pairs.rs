//! Which connection belongs to which, for the way that takes two: all that the receiver can go by is the sender's address.
//!
//! The first connection from an address is taken for the text, the next one for the file. Two clients of one host, or
//! behind one NAT, have one address: their connections get mixed. A client that is gone after its first connection leaves
//! half a pair, which the next client of its host completes unless [`WAIT_MAX`] has passed.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::item::Kind;

/// How long the second connection of a pair is waited for.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// How many pairs wait for their second connection; then the one that has waited longest is given up.
const PAIRS_MAX: usize = 1024;

/// The pairs that are not complete.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    waiting: BTreeMap<IpAddr, Waiting>,
    begun: u64,
}

#[derive(Debug, Clone, Copy)]
struct Waiting {
    pair: u64,
    since: Instant,
}

/// What a connection is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The number of the pair, from 1.
    pub(super) pair: u64,
    /// What its item is taken for.
    pub(super) kind: Kind,
}

impl Pairs {
    /// Finds the place of a new connection.
    pub(super) fn place(&mut self, now: Instant, address: IpAddr) -> Place {
        self.waiting.retain(|_, waiting| now.saturating_duration_since(waiting.since) < WAIT_MAX);
        if let Some(Waiting { pair, .. }) = self.waiting.remove(&address) {
            return Place { pair, kind: Kind::File };
        }
        if self.waiting.len() == PAIRS_MAX {
            let longest = self.waiting.iter().min_by_key(|(_, waiting)| waiting.pair);
            if let Some(address) = longest.map(|(address, _)| *address) {
                self.waiting.remove(&address);
            }
        }
        self.begun += 1;
        self.waiting.insert(address, Waiting { pair: self.begun, since: now });
        Place { pair: self.begun, kind: Kind::Text }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn two_connections_of_one_address_are_a_pair_whoever_made_them() {
        let (mut pairs, now) = (Pairs::default(), Instant::now());
        let (here, there) = (address(1), address(2));

        assert_eq!(pairs.place(now, here), Place { pair: 1, kind: Kind::Text });
        assert_eq!(pairs.place(now, there), Place { pair: 2, kind: Kind::Text });
        assert_eq!(pairs.place(now, here), Place { pair: 1, kind: Kind::File });
        assert_eq!(pairs.place(now, here), Place { pair: 3, kind: Kind::Text });
        assert_eq!(pairs.place(now, there), Place { pair: 2, kind: Kind::File });
    }

    #[test]
    fn half_a_pair_is_forgotten_after_a_while() {
        let (mut pairs, now) = (Pairs::default(), Instant::now());
        pairs.place(now, address(1));

        assert_eq!(pairs.place(now + WAIT_MAX, address(1)), Place { pair: 2, kind: Kind::Text });
    }

    #[test]
    fn as_many_halves_wait_as_the_limit_and_the_oldest_makes_room() {
        let (mut pairs, now) = (Pairs::default(), Instant::now());
        for host in 0..=PAIRS_MAX {
            pairs.place(now, address(u32::try_from(host).unwrap()));
        }

        assert_eq!(pairs.waiting.len(), PAIRS_MAX);
        assert_eq!(pairs.place(now, address(1)).kind, Kind::File);
        assert_eq!(pairs.place(now, address(0)).kind, Kind::Text);
    }

    fn address(host: u32) -> IpAddr {
        Ipv4Addr::from(host).into()
    }
}
