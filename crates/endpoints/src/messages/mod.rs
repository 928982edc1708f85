//! Texts, files, rooms, a remote stop and remote commands: what `docs/protocol.md` describes.

pub mod inbox;
pub mod keys;
