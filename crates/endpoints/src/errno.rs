//! What the kernel said, by name.

use std::fmt;
use std::io;

use serde::{Serialize, Serializer};

/// An error number of Linux (`errno(3)`), shown and serialised by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Errno(pub i32);

impl From<&io::Error> for Errno {
    /// Takes the kernel's number; an error that comes from no system call counts as `EIO`.
    fn from(error: &io::Error) -> Self {
        Self(error.raw_os_error().unwrap_or(wire::errno::EIO))
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match wire::errno::name(self.0) {
            Some(name) => f.write_str(name),
            None => write!(f, "errno {}", self.0),
        }
    }
}

impl Serialize for Errno {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
