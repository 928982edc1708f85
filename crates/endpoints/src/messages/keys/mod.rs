//! Keys on disk: the file of a client and the list of a server, whose text is [`wire::key`]'s.
//!
//! A file with secrets is read only if nobody else can read or change it, which the open file is asked, not its path; and
//! it is made so from the beginning. No error shows what stands in a file.
//!
//! Where to look: `read` what is loaded; `make` a new key.

mod make;
mod read;

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;
use wire::key::{ClientKeyError, KeyListError, KeyName};

pub use make::{Made, NewKey, make};
pub use read::{KeyFile, load, load_client, load_list};

use crate::errno::Errno;

/// Why keys cannot be read or made.
#[derive(Debug, Error)]
pub enum KeysError {
    /// A call on a file failed.
    #[error("{call} {}: {}", path.display(), Errno::from(source))]
    System {
        /// The name of the call.
        call: &'static str,
        /// The file.
        path: PathBuf,
        /// What the kernel said; `EEXIST` for a client's file that would be written over, `EAGAIN` for a list that somebody
        /// else is adding to.
        source: io::Error,
    },
    /// It is a directory, a device, a FIFO or a socket.
    #[error("{} is no regular file", path.display())]
    NotAFile {
        /// The file.
        path: PathBuf,
    },
    /// It belongs to somebody who is neither this user nor root, and who could change it.
    #[error("{} belongs to user {owner}", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// The user id of its owner.
        owner: u32,
    },
    /// Its group or everybody may read or write it.
    #[error("{} has mode {mode:04o}", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It has more bytes than such a file can have.
    #[error("{} has more than {bytes_max} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most that it may have.
        bytes_max: usize,
    },
    /// It is not text in UTF-8.
    #[error("{} is not UTF-8", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// It is not the file of a client.
    #[error("{}: {cause}", path.display())]
    Client {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: ClientKeyError,
    },
    /// The list has a key of this name already.
    #[error("{} has a key {name} already", path.display())]
    NameTaken {
        /// The list.
        path: PathBuf,
        /// The name.
        name: KeyName,
    },
    /// It is not the list of a server, or would not be one with the new key.
    #[error("{}: {cause}", path.display())]
    List {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: KeyListError,
    },
    /// The system gave no random bytes.
    #[error("getrandom: {}", Errno::from(.0))]
    Random(io::Error),
}

impl KeysError {
    /// Makes the error of a call on a file out of what the kernel said.
    fn system(call: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { call, path: path.to_path_buf(), source }
    }
}
