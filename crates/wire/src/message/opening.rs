//! The opening of a session, as `OPEN` has it over both transports.

use super::Fault;
use crate::fields::Fields;
use crate::key::KeyId;

/// The bytes of each of the two messages of a handshake: a public key and the tag of an empty payload.
pub const NOISE_BYTES: usize = 48;

/// *mode*, plain and sealed.
const MODE_PLAIN: u8 = 0;
const MODE_SEALED: u8 = 1;

/// What kind of session a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening<'a> {
    /// One without a key.
    Plain,
    /// One by a key.
    Sealed {
        /// Which key.
        key: KeyId,
        /// Noise message 1.
        noise: &'a [u8; NOISE_BYTES],
    },
}

impl<'a> Opening<'a> {
    /// Reads *mode*, key id and Noise message 1; what follows is not looked at.
    ///
    /// # Errors
    ///
    /// [`Fault::Short`] and [`Fault::Mode`].
    pub fn decode(bytes: &'a [u8]) -> Result<Self, Fault> {
        let mut fields = Fields::new(bytes);
        match fields.u8()? {
            MODE_PLAIN => Ok(Self::Plain),
            MODE_SEALED => Ok(Self::Sealed { key: KeyId(fields.array()?), noise: fields.array_ref()? }),
            mode => Err(Fault::Mode(mode)),
        }
    }

    /// Appends what [`Opening::decode`] reads.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Plain => out.push(MODE_PLAIN),
            Self::Sealed { key, noise } => {
                out.push(MODE_SEALED);
                out.extend_from_slice(&key.0);
                out.extend_from_slice(*noise);
            }
        }
    }
}
