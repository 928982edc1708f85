//! What a server makes of the first message of a handshake, alike over both transports; and random bytes for it.

use std::io;
use std::sync::Arc;

use wire::handshake::{self, Keys, Over};
use wire::key::{Key, KeyId, Secret};

/// What opens a session: whose it is, Noise message 2, and its keys.
pub(super) type Responded = (Arc<Key>, Vec<u8>, Keys);

/// Answers Noise message 1; nothing, if there is no such key or the client does not have its secret.
///
/// Without such a key the same work is done with a secret that nobody has: the answer takes as long.
///
/// # Errors
/// `ENOSYS`: the system gives no random bytes.
pub(super) fn respond(
    over: Over,
    id: KeyId,
    key: Option<Arc<Key>>,
    noise: &[u8],
) -> io::Result<Option<Responded>> {
    let decoy = Secret::new(random()?);
    let secret = key.as_ref().map_or(&decoy, |key| &key.secret);
    let responded = handshake::respond(over, id, secret, random()?, noise);
    Ok(match (responded, key) {
        (Ok((answer, keys)), Some(key)) => Some((key, answer, keys)),
        _ => None,
    })
}

/// Draws random bytes.
///
/// # Errors
/// `ENOSYS`: the system gives none.
pub(super) fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    kernel::random::fill(&mut bytes)?;
    Ok(bytes)
}
