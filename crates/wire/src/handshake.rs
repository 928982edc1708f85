//! The handshake of a sealed session, and the keys that come out of it.
//!
//! It is `Noise_NNpsk0_25519_ChaChaPoly_SHA256` (the Noise Protocol Framework, revision 34), by the crate `snow`:
//! `docs/protocol.md` §3 is the standard. Randomness comes in as bytes. A handshake that succeeds shows that the peer
//! knows the secret; for the server only what is sealed with the new keys does, as a recorded first message can be sent again.

use std::fmt;
use std::sync::Arc;

use snow::params::{CipherChoice, DHChoice, HashChoice};
use snow::resolvers::{CryptoResolver, DefaultResolver};
use snow::types::{Cipher, Dh, Hash, Random};
use snow::{HandshakeState, StatelessTransportState};
use zeroize::Zeroizing;

use crate::key::{KeyId, Secret};
use crate::message::NOISE_BYTES;

/// The one protocol that is spoken.
const PROTOCOL: &str = "Noise_NNpsk0_25519_ChaChaPoly_SHA256";

/// *mode* of a sealed session, which the prologue repeats.
const MODE_SEALED: u8 = 1;

/// How many bytes sealing adds: the tag of ChaCha20-Poly1305 (RFC 8439 §2.8).
pub const TAG_BYTES: usize = 16;

/// The most bytes that are sealed as one: the longest Noise message has 65,535.
pub const PLAIN_BYTES_MAX: usize = 65_519;

/// What a session runs over. A handshake for one leads nowhere over the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// TCP.
    Tcp,
    /// UDP.
    Udp {
        /// What the client drew at random for this session.
        nonce: [u8; 8],
    },
}

impl Over {
    fn prologue(self, key: KeyId) -> Vec<u8> {
        match self {
            Self::Tcp => [&b"socklab/1 tcp"[..], &[MODE_SEALED], &key.0].concat(),
            Self::Udp { nonce } => [&b"socklab/1 udp"[..], &nonce, &[MODE_SEALED], &key.0].concat(),
        }
    }
}

/// The client's side of a handshake, whose first message is ready.
pub struct Initiator {
    noise: HandshakeState,
    message: [u8; NOISE_BYTES],
}

impl Initiator {
    /// Begins a handshake. `ephemeral` must be drawn at random for this one alone.
    pub fn new(over: Over, secret: &Secret, ephemeral: [u8; 32]) -> Self {
        let mut noise = begin(Side::Initiator, over, secret.id(), secret, ephemeral);
        let message = write(&mut noise);
        Self { noise, message }
    }

    /// Noise message 1.
    pub fn message(&self) -> &[u8; NOISE_BYTES] {
        &self.message
    }

    /// Reads Noise message 2.
    ///
    /// # Errors
    ///
    /// [`HandshakeError`] if it was not made for this handshake, by somebody who knows the secret.
    pub fn finish(mut self, message: &[u8]) -> Result<Keys, HandshakeError> {
        read(&mut self.noise, message)?;
        Ok(Keys::of(self.noise))
    }
}

impl fmt::Debug for Initiator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Initiator").finish_non_exhaustive()
    }
}

/// The server's side: reads Noise message 1 and gives Noise message 2. `ephemeral` must be drawn at random for this
/// handshake alone.
///
/// # Errors
///
/// [`HandshakeError`] if the first message was not made with this secret for this transport.
pub fn respond(
    over: Over,
    key: KeyId,
    secret: &Secret,
    ephemeral: [u8; 32],
    message: &[u8],
) -> Result<(Vec<u8>, Keys), HandshakeError> {
    let mut noise = begin(Side::Responder, over, key, secret, ephemeral);
    read(&mut noise, message)?;
    let answer = write(&mut noise);
    Ok((answer.to_vec(), Keys::of(noise)))
}

/// A message of a handshake that leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeError {
    /// It has not the length of such a message.
    #[error("handshake message of {bytes} bytes, not {NOISE_BYTES}")]
    Length {
        /// How many it has.
        bytes: usize,
    },
    /// It was made with another secret, for another transport or session, or was changed on its way.
    #[error("handshake message that is not of this secret and this session")]
    NotOpened,
}

/// The keys of a session, for both directions. Clones are the same keys, so that two tasks can each have them.
#[derive(Clone)]
pub struct Keys(Arc<StatelessTransportState>);

impl Keys {
    fn of(noise: HandshakeState) -> Self {
        let transport = noise.into_stateless_transport_mode();
        Self(Arc::new(transport.expect("both messages of the handshake have been read or written")))
    }

    /// Appends `plain`, sealed for the peer, to `out`: [`TAG_BYTES`] more than it has.
    ///
    /// No number may be used twice by the same side, and the last one, `u64::MAX`, not at all. More than
    /// [`PLAIN_BYTES_MAX`] cannot be sealed as one. That is up to the caller; what cannot be sealed is left out.
    pub fn seal(&self, number: u64, plain: &[u8], out: &mut Vec<u8>) {
        let start = out.len();
        out.resize(start + plain.len() + TAG_BYTES, 0);
        let sealed = self.0.write_message(number, plain, &mut out[start..]);
        debug_assert!(sealed.is_ok(), "{} bytes with number {number}: {sealed:?}", plain.len());
        if sealed.is_err() {
            out.truncate(start);
        }
    }

    /// Appends to `out` what the peer sealed with this number.
    ///
    /// # Errors
    ///
    /// [`NotOpened`] if the peer did not; then `out` is as it was.
    pub fn open(&self, number: u64, sealed: &[u8], out: &mut Vec<u8>) -> Result<(), NotOpened> {
        let start = out.len();
        let plain_bytes = sealed.len().checked_sub(TAG_BYTES).ok_or(NotOpened)?;
        out.resize(start + plain_bytes, 0);
        self.0.read_message(number, sealed, &mut out[start..]).map_err(|_| {
            out.truncate(start);
            NotOpened
        })?;
        Ok(())
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

/// Bytes that the peer did not seal in this session, or not with this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not sealed by the peer of this session under this number")]
pub struct NotOpened;

#[derive(Clone, Copy)]
enum Side {
    Initiator,
    Responder,
}

/// Puts a handshake together. What `snow` could find wrong with it does not depend on any value from outside.
fn begin(side: Side, over: Over, key: KeyId, secret: &Secret, ephemeral: [u8; 32]) -> HandshakeState {
    let protocol = PROTOCOL.parse().expect("the name of a protocol that `snow` knows");
    let resolver = Box::new(Resolver(Zeroizing::new(ephemeral)));
    let prologue = over.prologue(key);
    let build = || {
        let builder = snow::Builder::with_resolver(protocol, resolver);
        let builder = builder.psk(0, secret.bytes())?.prologue(&prologue)?;
        match side {
            Side::Initiator => builder.build_initiator(),
            Side::Responder => builder.build_responder(),
        }
    };
    build().expect("all that the protocol needs, each once")
}

fn write(noise: &mut HandshakeState) -> [u8; NOISE_BYTES] {
    let mut message = [0; NOISE_BYTES];
    let written = noise.write_message(&[], &mut message);
    debug_assert_eq!(written, Ok(NOISE_BYTES));
    message
}

fn read(noise: &mut HandshakeState, message: &[u8]) -> Result<(), HandshakeError> {
    if message.len() != NOISE_BYTES {
        return Err(HandshakeError::Length { bytes: message.len() });
    }
    noise.read_message(message, &mut []).map_err(|_| HandshakeError::NotOpened)?;
    Ok(())
}

/// Gives `snow` what it computes with, and the ephemeral key as all the randomness there is.
struct Resolver(Zeroizing<[u8; 32]>);

impl CryptoResolver for Resolver {
    fn resolve_rng(&self) -> Option<Box<dyn Random>> {
        Some(Box::new(Ephemeral(Some(self.0.clone()))))
    }

    fn resolve_dh(&self, choice: &DHChoice) -> Option<Box<dyn Dh>> {
        DefaultResolver.resolve_dh(choice)
    }

    fn resolve_hash(&self, choice: &HashChoice) -> Option<Box<dyn Hash>> {
        DefaultResolver.resolve_hash(choice)
    }

    fn resolve_cipher(&self, choice: &CipherChoice) -> Option<Box<dyn Cipher>> {
        DefaultResolver.resolve_cipher(choice)
    }
}

/// Gives its bytes out once, whole, and then fails: nothing is ever drawn twice from the same bytes.
struct Ephemeral(Option<Zeroizing<[u8; 32]>>);

impl Random for Ephemeral {
    fn try_fill_bytes(&mut self, place: &mut [u8]) -> Result<(), snow::Error> {
        match self.0.take() {
            Some(bytes) if bytes.len() == place.len() => place.copy_from_slice(bytes.as_slice()),
            _ => return Err(snow::Error::Rng),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UDP: Over = Over::Udp { nonce: [7; 8] };

    #[test]
    fn both_sides_of_a_handshake_have_the_same_keys() {
        for over in [Over::Tcp, UDP] {
            let (client, server) = agreed(over);

            for (from, to) in [(&client, &server), (&server, &client)] {
                assert_eq!(to.opened(3, &from.sealed(3, b"hello")), Ok(b"hello".to_vec()), "{over:?}");
            }
        }
    }

    /// The expected bytes were computed from the page and the specification of Noise alone, by another program.
    #[test]
    fn the_bytes_are_those_of_the_first_version() {
        let initiator = Initiator::new(Over::Tcp, &secret(1), [0x11; 32]);
        let (answer, server) =
            respond(Over::Tcp, secret(1).id(), &secret(1), [0x22; 32], initiator.message()).unwrap();
        let first = *initiator.message();
        let client = initiator.finish(&answer).unwrap();

        assert_eq!(secret(1).id().to_string(), "cad82271a701b096");
        assert_eq!(
            hex(&first),
            "7b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f13e85897b172eadd34fb11dba04cf2705c"
        );
        assert_eq!(
            hex(&answer),
            "0faa684ed28867b97f4a6a2dee5df8ce974e76b7018e3f22a1c4cf2678570f20dfc8199ad19db47e3d56110eb73a4f71"
        );
        assert_eq!(hex(&client.sealed(0, b"hello")), "46c263cc3d0e8d72658723cd4c94dbbfd5089b89ac");
        assert_eq!(hex(&server.sealed(0, b"hello")), "16279cc24a2d4209296aaec5d76f0e5872c120bed3");
    }

    #[test]
    fn over_udp_the_nonce_belongs_to_the_handshake() {
        let message = *Initiator::new(UDP, &secret(1), [0x11; 32]).message();

        assert_eq!(
            hex(&message),
            "7b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f13c5d50cca05ac358722123e9309332f52"
        );
        let other = Over::Udp { nonce: [8; 8] };
        assert_eq!(outcome(other, secret(1).id(), &secret(1), &message), Err(HandshakeError::NotOpened));
    }

    #[test]
    fn another_secret_key_id_or_transport_is_refused_by_the_server() {
        let message = *Initiator::new(Over::Tcp, &secret(1), [0x11; 32]).message();
        let refused = Err(HandshakeError::NotOpened);

        assert_eq!(outcome(Over::Tcp, secret(1).id(), &secret(1), &message), Ok(()));
        assert_eq!(outcome(Over::Tcp, secret(1).id(), &secret(2), &message), refused);
        assert_eq!(outcome(Over::Tcp, secret(2).id(), &secret(2), &message), refused);
        assert_eq!(outcome(Over::Tcp, secret(2).id(), &secret(1), &message), refused);
        assert_eq!(outcome(UDP, secret(1).id(), &secret(1), &message), refused);
    }

    #[test]
    fn an_answer_to_another_handshake_is_refused_by_the_client() {
        let first = Initiator::new(Over::Tcp, &secret(1), [0x11; 32]);
        let second = Initiator::new(Over::Tcp, &secret(1), [0x12; 32]);
        let (answer, _) =
            respond(Over::Tcp, secret(1).id(), &secret(1), [0x22; 32], first.message()).unwrap();

        assert_eq!(second.finish(&answer).err(), Some(HandshakeError::NotOpened));
    }

    #[test]
    fn a_message_of_another_length_or_with_a_changed_byte_is_refused() {
        let initiator = || Initiator::new(Over::Tcp, &secret(1), [0x11; 32]);
        let message = *initiator().message();
        let (answer, _) = respond(Over::Tcp, secret(1).id(), &secret(1), [0x22; 32], &message).unwrap();

        for bytes in [0, 1, 31, 32, 47, 49, 96] {
            let length = Err(HandshakeError::Length { bytes });
            let cut = |message: &[u8]| message.iter().copied().cycle().take(bytes).collect::<Vec<_>>();
            assert_eq!(outcome(Over::Tcp, secret(1).id(), &secret(1), &cut(&message)), length);
            assert_eq!(initiator().finish(&cut(&answer)).map(drop), length);
        }
        for place in 0..NOISE_BYTES {
            let mut message = message;
            message[place] ^= 1 << (place % 8);
            let refused = outcome(Over::Tcp, secret(1).id(), &secret(1), &message);
            assert_eq!(refused, Err(HandshakeError::NotOpened), "byte {place}");
        }
        for place in (0..NOISE_BYTES).step_by(5) {
            let mut answer = answer.clone();
            answer[place] ^= 1 << (place % 8);
            let refused = initiator().finish(&answer).map(drop);
            assert_eq!(refused, Err(HandshakeError::NotOpened), "byte {place}");
        }
    }

    #[test]
    fn a_first_message_sent_again_does_not_lead_to_the_keys_of_the_recorded_session() {
        let initiator = Initiator::new(Over::Tcp, &secret(1), [0x11; 32]);
        let recorded = *initiator.message();
        let (answer, _) = respond(Over::Tcp, secret(1).id(), &secret(1), [0x22; 32], &recorded).unwrap();
        let sealed = initiator.finish(&answer).unwrap().sealed(0, b"run this");

        let (_, later) = respond(Over::Tcp, secret(1).id(), &secret(1), [0x23; 32], &recorded).unwrap();

        assert_eq!(later.opened(0, &sealed), Err(NotOpened));
    }

    #[test]
    fn what_is_sealed_opens_only_for_the_peer_whole_and_under_its_number() {
        let (client, server) = agreed(UDP);
        let sealed = client.sealed(5, b"hello");

        assert_eq!(server.opened(5, &sealed), Ok(b"hello".to_vec()));
        assert_eq!(server.opened(6, &sealed), Err(NotOpened));
        assert_eq!(server.opened(u64::MAX, &sealed), Err(NotOpened));
        assert_eq!(client.opened(5, &sealed), Err(NotOpened));
        for cut in 0..sealed.len() {
            assert_eq!(server.opened(5, &sealed[..cut]), Err(NotOpened));
        }
        for bit in 0..sealed.len() * 8 {
            let mut sealed = sealed.clone();
            sealed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(server.opened(5, &sealed), Err(NotOpened), "bit {bit}");
        }
    }

    #[test]
    fn what_does_not_open_leaves_nothing_behind() {
        let (client, server) = agreed(Over::Tcp);
        let mut out = b"before".to_vec();
        let mut sealed = client.sealed(0, b"hello");

        server.open(0, &sealed, &mut out).unwrap();
        sealed[0] ^= 1;
        assert_eq!(server.open(0, &sealed, &mut out), Err(NotOpened));

        assert_eq!(out, b"beforehello");
    }

    #[test]
    fn the_longest_and_the_shortest_are_sealed_as_one() {
        let (client, server) = agreed(Over::Tcp);
        for bytes in [0, 1, PLAIN_BYTES_MAX] {
            let plain = vec![0x5a; bytes];
            let sealed = client.sealed(0, &plain);
            assert_eq!(sealed.len(), bytes + TAG_BYTES);
            assert_eq!(server.opened(0, &sealed), Ok(plain));
        }
        assert_eq!(server.opened(0, &vec![0; PLAIN_BYTES_MAX + TAG_BYTES + 1]), Err(NotOpened));
    }

    #[test]
    fn the_ephemeral_bytes_are_given_out_once() {
        let mut random = Resolver(Zeroizing::new([9; 32])).resolve_rng().unwrap();
        let mut place = [0; 32];

        assert_eq!(random.try_fill_bytes(&mut place), Ok(()));
        assert_eq!(place, [9; 32]);
        assert_eq!(random.try_fill_bytes(&mut place), Err(snow::Error::Rng));
        let mut random = Resolver(Zeroizing::new([9; 32])).resolve_rng().unwrap();
        assert_eq!(random.try_fill_bytes(&mut [0; 31]), Err(snow::Error::Rng));
    }

    #[test]
    fn keys_can_be_used_by_two_tasks_and_show_nothing() {
        fn is_shared<T: Send + Sync + Clone>(_: &T) {}
        let (client, _) = agreed(Over::Tcp);

        is_shared(&client);
        assert_eq!(format!("{client:?}"), "Keys(…)");
        let initiator = Initiator::new(Over::Tcp, &secret(1), [0x11; 32]);
        assert_eq!(format!("{initiator:?}"), "Initiator { .. }");
    }

    fn secret(byte: u8) -> Secret {
        Secret::new([byte; 32])
    }

    fn agreed(over: Over) -> (Keys, Keys) {
        let initiator = Initiator::new(over, &secret(1), [0x11; 32]);
        let (answer, server) =
            respond(over, secret(1).id(), &secret(1), [0x22; 32], initiator.message()).unwrap();
        (initiator.finish(&answer).unwrap(), server)
    }

    fn outcome(over: Over, key: KeyId, secret: &Secret, message: &[u8]) -> Result<(), HandshakeError> {
        respond(over, key, secret, [0x22; 32], message).map(drop)
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
    }

    impl Keys {
        fn sealed(&self, number: u64, plain: &[u8]) -> Vec<u8> {
            let mut out = Vec::new();
            self.seal(number, plain, &mut out);
            out
        }

        fn opened(&self, number: u64, sealed: &[u8]) -> Result<Vec<u8>, NotOpened> {
            let mut out = Vec::new();
            self.open(number, sealed, &mut out).map(|()| out)
        }
    }
}
