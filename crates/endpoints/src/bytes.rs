//! Bytes as JSON can carry them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serializer;

/// Serialises bytes in base64 (RFC 4648 §4).
///
/// # Errors
/// Those of the serializer.
pub fn base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}
