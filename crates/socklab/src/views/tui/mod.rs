//! A recording on the whole screen of a terminal, while it is made or when it is read again.
//!
//! [`State`] holds what is shown and understands keys; it draws nothing. [`draw()`] shows a state; it decides nothing and
//! changes nothing. Whoever has both, and the terminal, is in `commands/screen/`. The lines are those of the
//! [text view](super::trace), the details those of the [page](super::page).

mod contents;
mod cursor;
mod draw;
mod filter;
mod hex;
mod keys;
mod layout;
mod output;
mod pane;
mod record;
mod rows;
mod sockets;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use self::draw::draw;
pub(crate) use self::keys::{Effect, Key};
pub(crate) use self::state::State;
