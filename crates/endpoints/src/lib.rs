//! Things that talk: the echo servers and the client that asks them, the chat, and the messages between two programs.
//!
//! Libraries return values and events; the words for people are chosen in the binary.
#![forbid(unsafe_code)]

pub mod access;
pub mod ask;
pub mod bench;
pub mod bytes;
pub mod chat;
pub mod echo;
pub mod errno;
pub mod events;
pub mod listen;
pub mod messages;
pub mod practical;
pub mod shaping;
pub mod transport;
pub mod wake_cost;
pub mod ways;
