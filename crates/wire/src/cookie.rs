//! Cookies: proof that a client receives at the address it sends from, which cost the server no memory.
//!
//! A server that kept something for every HELLO could be filled up by whoever forges source addresses. It sends a cookie
//! there instead and forgets it; only who receives at that address can bring it back (`docs/protocol.md`, section 3.2;
//! the idea is that of [RFC 6347 §4.2.1](https://www.rfc-editor.org/rfc/rfc6347#section-4.2.1)).

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::datagram::{COOKIE_BYTES, Nonce};

/// How many seconds a cookie is good for.
pub const AGE_S_MAX: u32 = 10;

/// The bytes of the time at the beginning of a cookie.
const TIME_BYTES: usize = 4;

/// Makes cookies and knows its own again.
pub struct Jar {
    /// With the secret in it, and nothing else yet.
    keyed: Hmac<Sha256>,
}

impl Jar {
    /// Makes a jar; `secret` is to be random, and drawn anew at each start.
    pub fn new(secret: [u8; 32]) -> Self {
        // HMAC pads a key that is shorter than a block with zeros; done here, there is no length that could be wrong.
        let mut block = [0; 64];
        block[..secret.len()].copy_from_slice(&secret);
        Self { keyed: Hmac::new(&block.into()) }
    }

    /// Makes the cookie for who says `nonce` at `address`.
    ///
    /// `now_s` is seconds since any moment that stays the same as long as the jar is used.
    pub fn make(&self, now_s: u32, nonce: Nonce, address: SocketAddr) -> [u8; COOKIE_BYTES] {
        let time = now_s.to_be_bytes();
        let proof = self.proof(time, nonce, address).finalize().into_bytes();
        let mut cookie = [0; COOKIE_BYTES];
        let (head, tail) = cookie.split_at_mut(TIME_BYTES);
        head.copy_from_slice(&time);
        tail.copy_from_slice(&proof[..COOKIE_BYTES - TIME_BYTES]);
        cookie
    }

    /// Says whether this jar made the cookie, for this nonce and address, at most [`AGE_S_MAX`] seconds ago.
    ///
    /// How long it takes does not depend on how much of a wrong cookie is right.
    pub fn check(&self, now_s: u32, nonce: Nonce, address: SocketAddr, cookie: &[u8; COOKIE_BYTES]) -> bool {
        let [a, b, c, d, proof @ ..] = cookie;
        let time = [*a, *b, *c, *d];
        let is_ours = self.proof(time, nonce, address).verify_truncated_left(proof).is_ok();
        let age_s = now_s.checked_sub(u32::from_be_bytes(time));
        is_ours && age_s.is_some_and(|age_s| age_s <= AGE_S_MAX)
    }

    fn proof(&self, time: [u8; TIME_BYTES], nonce: Nonce, address: SocketAddr) -> Hmac<Sha256> {
        // Every field has a fixed length, so that no two lists of fields are the same bytes.
        let ip = match address.ip() {
            IpAddr::V4(ip) => ip.to_ipv6_mapped(),
            IpAddr::V6(ip) => ip,
        };
        let mut proof = self.keyed.clone();
        proof.update(&time);
        proof.update(&nonce.0);
        proof.update(&ip.octets());
        proof.update(&address.port().to_be_bytes());
        proof
    }
}

impl fmt::Debug for Jar {
    /// Shows nothing of the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jar").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONCE: Nonce = Nonce([1; 8]);
    const NOW_S: u32 = 1_000;

    #[test]
    fn a_cookie_is_good_for_its_nonce_and_address_and_for_no_other() {
        let (jar, here) = (Jar::new([5; 32]), address("192.0.2.1:5000"));
        let cookie = jar.make(NOW_S, NONCE, here);

        assert!(jar.check(NOW_S, NONCE, here, &cookie));
        assert!(!jar.check(NOW_S, Nonce([2; 8]), here, &cookie), "another nonce");
        for elsewhere in ["192.0.2.1:5001", "192.0.2.2:5000", "[2001:db8::1]:5000"] {
            assert!(!jar.check(NOW_S, NONCE, address(elsewhere), &cookie), "{elsewhere}");
        }
        assert!(!Jar::new([6; 32]).check(NOW_S, NONCE, here, &cookie), "another server");
    }

    #[test]
    fn a_cookie_is_good_for_ten_seconds_and_not_before_it_was_made() {
        let (jar, here) = (Jar::new([5; 32]), address("[2001:db8::1]:5000"));
        let cookie = jar.make(NOW_S, NONCE, here);

        assert!(jar.check(NOW_S + AGE_S_MAX, NONCE, here, &cookie));
        assert!(!jar.check(NOW_S + AGE_S_MAX + 1, NONCE, here, &cookie));
        assert!(!jar.check(NOW_S - 1, NONCE, here, &cookie));
    }

    #[test]
    fn a_cookie_with_any_bit_changed_is_none() {
        let (jar, here) = (Jar::new([5; 32]), address("192.0.2.1:5000"));
        let cookie = jar.make(NOW_S, NONCE, here);

        for bit in 0..COOKIE_BYTES * 8 {
            let mut changed = cookie;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!jar.check(NOW_S, NONCE, here, &changed), "bit {bit}");
        }
    }

    #[test]
    fn the_proof_is_hmac_of_time_nonce_address_and_port() {
        let jar = Jar::new([0x0b; 32]);
        let cookie = jar.make(1, Nonce(*b"nonce..8"), address("127.0.0.1:3500"));

        // python3: hmac.new(b"\x0b"*32, (1).to_bytes(4) + b"nonce..8" + b"\0"*10 + b"\xff\xff\x7f\0\0\1" +
        //          (3500).to_bytes(2), "sha256").digest()[:16]
        assert_eq!(cookie[..4], [0, 0, 0, 1]);
        assert_eq!(
            cookie[4..],
            [0x6e, 0x14, 0x0c, 0xbf, 0x92, 0x52, 0x38, 0xea, 0xc8, 0x1e, 0xc6, 0xdd, 0x07, 0x1c, 0x0c, 0xc9]
        );
    }

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }
}
