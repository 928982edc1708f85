//! The names of the numbers that socket calls take, as `<sys/socket.h>`, `<netinet/in.h>` and `<poll.h>` define them.
//!
//! Each type is a number that writes itself as its name and is read from it. A number that no name is known for survives both
//! ways, written as `strace(1)` does: `AF_??? 0x63`.

mod flags;
mod options;
mod syscall;
mod values;

pub use self::flags::{MessageFlags, Poll};
pub use self::options::SocketOption;
pub use self::syscall::{Group, Machine, Syscall};
pub use self::values::{Domain, Shutdown, SocketType};

use serde_with::{DeserializeFromStr, SerializeDisplay};

/// A word that is no name of these numbers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the name of such a number")]
pub struct UnknownName(pub String);

/// A number and its name.
type Row = (u32, &'static str);

fn name_of(table: &[Row], number: u32) -> Option<&'static str> {
    table.iter().find(|row| row.0 == number).map(|row| row.1)
}

fn number_of(table: &[Row], name: &str) -> Option<u32> {
    table.iter().find(|row| row.1 == name).map(|row| row.0)
}

/// Reads a number without a name, as it is written here: in hexadecimal.
fn unnamed(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}
