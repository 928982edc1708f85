//! What can go wrong with an inbox and with a file on its way there.

use std::io;
use std::path::PathBuf;

use thiserror::Error;
use wire::errno::{EDQUOT, ENOSPC};
use wire::message::Hash;

use crate::errno::Errno;

/// A call that failed, and on what.
#[derive(Debug, Error)]
#[error("{call} {object}: {}", Errno::from(source))]
pub struct SystemError {
    /// The name of the call.
    pub call: &'static str,
    /// The file, as a path or as a name in the inbox.
    pub object: String,
    /// What the kernel said.
    pub source: io::Error,
}

impl SystemError {
    /// Makes the error of a call on an object out of what the kernel said.
    pub(super) fn of(call: &'static str, object: impl ToString) -> impl FnOnce(io::Error) -> Self {
        move |source| Self { call, object: object.to_string(), source }
    }

    /// Whether there was no room (`ENOSPC`), or no more of it for this user (`EDQUOT`).
    pub(super) fn is_no_room(&self) -> bool {
        matches!(self.source.raw_os_error(), Some(ENOSPC | EDQUOT))
    }
}

/// Why an inbox cannot be opened.
#[derive(Debug, Error)]
pub enum InboxError {
    /// A call failed.
    #[error(transparent)]
    System(#[from] SystemError),
    /// The directory for what has not arrived whole belongs to another user, who could change what is in it.
    #[error("{} belongs to user {owner}", path.display())]
    NotOurs {
        /// That directory.
        path: PathBuf,
        /// The user id of its owner.
        owner: u32,
    },
    /// Another server has this inbox.
    #[error("{} is another server's inbox", path.display())]
    InUse {
        /// The inbox.
        path: PathBuf,
    },
}

/// Why a file does not arrive, or does not go on. In parentheses: the result of section 5 of the protocol.
#[derive(Debug, Error)]
pub enum TransferError {
    /// It is larger than a file may be, or than there is room for (`too large`).
    #[error("no room for more than {room} bytes")]
    TooLarge {
        /// The most bytes that a file may have at this moment.
        room: u64,
    },
    /// The same transfer is open, and what it is doing takes longer than [`super::TAKEOVER_MAX`] (`busy`).
    #[error("the same transfer is at work")]
    Busy,
    /// The same transfer has been begun again, and has taken this one's place (`superseded`).
    #[error("the same transfer came again")]
    Superseded,
    /// It would go on from beyond what is there (`malformed`).
    #[error("no more than {have} bytes are there to go on from")]
    Beyond {
        /// How many bytes there are.
        have: u64,
    },
    /// More bytes came than were announced (`malformed`).
    #[error("more than the {size} bytes that were announced")]
    TooMuch {
        /// How many were announced.
        size: u64,
    },
    /// It ended before all bytes had come; they can still be sent (`malformed`).
    #[error("{missing} bytes are missing")]
    TooLittle {
        /// How many have not come.
        missing: u64,
    },
    /// What arrived is not what was sent, and is gone (`mismatch`).
    #[error("what arrived has the hash {arrived}")]
    Mismatch {
        /// The hash of what arrived.
        arrived: Hash,
    },
    /// The name is taken, with every number up to [`super::NAMES_TRIED_MAX`] too (`name refused`).
    #[error("the name is taken, with every number too")]
    NamesTaken,
    /// A call failed (`failed`). When there was no room, what had come of the file is gone: a peer shall not keep a disk
    /// full.
    #[error(transparent)]
    System(#[from] SystemError),
}
