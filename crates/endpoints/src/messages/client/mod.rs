//! The clients of a message server.
//!
//! [`open()`] opens a session; [`send`], [`stop`], [`exec`] and [`room`] each do one thing with it, and tell a witness what they see.
//! `session` carries many streams at once, so that a text can overtake a file.

pub mod exec;
mod open;
pub mod room;
pub mod send;
mod session;
pub mod stop;

pub use open::{Destination, OpenError, open};
pub use session::{REPLIES_MAX, Session, StreamResult};
