//! One file on its way.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use kernel::directory;
use sha2::{Digest, Sha256};
use wire::message::Hash;

use super::ledger::{Claim, Work};
use super::{Begin, SafeName, Shared, SystemError, TransferError};

/// How many names are tried for a file: its own, then the same with the numbers from 2.
pub const NAMES_TRIED_MAX: u32 = 1_000;

/// How much of a file is hashed between two looks at whether the transfer has been superseded.
const HASHED_AT_ONCE_BYTES: usize = 256 * 1024;

/// What a transfer is about.
#[derive(Debug)]
pub(super) struct Transfer {
    pub(super) inbox: Arc<Shared>,
    pub(super) claim: Claim,
    pub(super) name: SafeName,
    pub(super) size: u64,
}

/// A file of the inbox that may be what a transfer would bring.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) name: SafeName,
    pub(super) file: File,
}

/// A transfer of which something is there. Whether it goes on from there is the sender's to say.
#[derive(Debug)]
pub struct Kept {
    transfer: Transfer,
    found: Found,
}

#[derive(Debug)]
enum Found {
    Partial { file: File, bytes: u64 },
    Whole(Whole),
}

/// A transfer that takes bytes. When it is dropped before its end, what has come stays, and it can go on later.
#[derive(Debug)]
pub struct Incoming {
    transfer: Transfer,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// What has come. The bytes before `written` are those that were hashed.
    Partial { file: File, hasher: Sha256, written: u64 },
    /// Nothing has to come: the file is there, with this hash.
    Stored { name: SafeName, hash: Hash },
}

/// A file that has arrived, and is on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// What it is called in the inbox.
    pub name: SafeName,
    /// The hash of its content.
    pub hash: Hash,
    /// How long it is.
    pub bytes: u64,
    /// Whether it had arrived before.
    pub already: bool,
}

impl Kept {
    /// Goes on with a partial file; if it is empty, or longer than it can be, from the beginning.
    pub(super) fn partial(transfer: Transfer, file: File, bytes: u64) -> Result<Begin, TransferError> {
        if bytes > 0 && bytes <= transfer.size {
            return Ok(Begin::Have {
                offset: bytes,
                kept: Self { transfer, found: Found::Partial { file, bytes } },
            });
        }
        Ok(Begin::Fresh(Incoming::from(transfer, file, 0, Sha256::new())?))
    }

    pub(super) fn whole(transfer: Transfer, whole: Whole) -> Self {
        Self { transfer, found: Found::Whole(whole) }
    }

    /// Goes on from an offset, if the bytes before it have this hash, else from the beginning; returns from where.
    ///
    /// # Errors
    /// [`TransferError::Beyond`]: there are not so many bytes; [`TransferError::TooLarge`]: it would have to begin anew, and there
    /// is no room for that; [`TransferError::Superseded`]; [`TransferError::System`].
    pub fn resume_from(self, offset: u64, hash: Hash) -> Result<(u64, Incoming), TransferError> {
        let Self { transfer, found } = self;
        let (file, have) = match &found {
            Found::Partial { file, bytes } => (file, *bytes),
            Found::Whole(whole) => (&whole.file, transfer.size),
        };
        if offset > have {
            return Err(TransferError::Beyond { have });
        }
        let same = hash_prefix(&transfer.claim, file, offset)?.filter(|hasher| digest(hasher) == hash);
        match (found, same) {
            (Found::Partial { file, .. }, Some(hasher)) => {
                Ok((offset, Incoming::from(transfer, file, offset, hasher)?))
            }
            (Found::Partial { file, .. }, None) => Ok((0, Incoming::from(transfer, file, 0, Sha256::new())?)),
            (Found::Whole(whole), Some(_)) if offset == transfer.size => {
                let content = Content::Stored { name: whole.name, hash };
                Ok((offset, Incoming { transfer, content }))
            }
            (Found::Whole(_), _) => Ok((0, Incoming::fresh(transfer)?)),
        }
    }
}

impl Incoming {
    /// Takes the room for a file and begins it.
    pub(super) fn fresh(transfer: Transfer) -> Result<Self, TransferError> {
        let mut work = transfer.claim.work()?;
        transfer.inbox.reserve(&work, transfer.size)?;
        let file = transfer.inbox.partials.create(transfer.claim.id())?;
        work.on_disk = Some(0);
        drop(work);
        Ok(Self { transfer, content: Content::Partial { file, hasher: Sha256::new(), written: 0 } })
    }

    /// Goes on with a partial file whose first bytes have been hashed, and takes away what follows them.
    fn from(transfer: Transfer, file: File, written: u64, hasher: Sha256) -> Result<Self, TransferError> {
        let mut work = transfer.claim.work()?;
        file.set_len(written).map_err(SystemError::of("ftruncate", &transfer.name))?;
        work.on_disk = Some(written);
        drop(work);
        Ok(Self { transfer, content: Content::Partial { file, hasher, written } })
    }

    /// How many bytes of the file are there.
    pub fn written(&self) -> u64 {
        match &self.content {
            Content::Partial { written, .. } => *written,
            Content::Stored { .. } => self.transfer.size,
        }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`TransferError::TooMuch`]: they are more than were announced, and none of them was taken; [`TransferError::Superseded`];
    /// [`TransferError::System`], with `ENOSPC` or `EDQUOT` when there is no room.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), TransferError> {
        let mut work = self.transfer.claim.work()?;
        let size = self.transfer.size;
        let (file, hasher, written) = match &mut self.content {
            Content::Partial { file, hasher, written } if bytes.len() as u64 <= size - *written => {
                (file, hasher, written)
            }
            Content::Stored { .. } if bytes.is_empty() => return Ok(()),
            _ => return Err(TransferError::TooMuch { size }),
        };
        // By its place and not after what is there: what a failed call left is written over by the next one.
        if let Err(error) = file.write_all_at(bytes, *written) {
            let error = SystemError::of("pwrite", &self.transfer.name)(error);
            if error.is_no_room() {
                remove(&self.transfer, &mut work)?;
            }
            return Err(error.into());
        }
        hasher.update(bytes);
        *written += bytes.len() as u64;
        work.on_disk = Some(*written);
        Ok(())
    }

    /// Ends the transfer: compares what has come with the hash that the sender gives, brings it to the disk and puts it
    /// into the inbox, under its name or, if that is taken, with a number.
    ///
    /// # Errors
    /// [`TransferError::TooLittle`]: the transfer can go on later; [`TransferError::Superseded`]: it is another's. Else nothing is
    /// left of it: [`TransferError::Mismatch`], [`TransferError::NamesTaken`], [`TransferError::System`]. Only when the name is
    /// all that may not be on the disk yet (`fsync` of the directory) the file is there.
    pub fn finish(self, hash: Hash) -> Result<Stored, TransferError> {
        let Self { transfer, content } = self;
        let mut work = transfer.claim.work()?;
        let (bytes, size) = (transfer.size, transfer.size);
        let (file, arrived) = match content {
            Content::Stored { name, hash: there } if there == hash => {
                return Ok(Stored { name, hash, bytes, already: true });
            }
            Content::Stored { hash: arrived, .. } => return Err(TransferError::Mismatch { arrived }),
            Content::Partial { written, .. } if written < size => {
                return Err(TransferError::TooLittle { missing: size - written });
            }
            Content::Partial { file, hasher, .. } => (file, digest(&hasher)),
        };
        let put =
            if arrived == hash { put(&transfer, &file) } else { Err(TransferError::Mismatch { arrived }) };
        match put {
            Ok(name) => {
                work.stored(name.clone());
                directory::sync(&transfer.inbox.directory).map_err(SystemError::of("fsync", &name))?;
                Ok(Stored { name, hash, bytes, already: false })
            }
            Err(error) => {
                remove(&transfer, &mut work)?;
                Err(error)
            }
        }
    }

    /// Ends the transfer and leaves nothing of it.
    ///
    /// # Errors
    /// [`TransferError::Superseded`]: it is another's; [`TransferError::System`].
    pub fn discard(self) -> Result<(), TransferError> {
        let mut work = self.transfer.claim.work()?;
        remove(&self.transfer, &mut work)
    }
}

/// Brings a partial file to the disk and puts it into the inbox under the first name that is free.
fn put(transfer: &Transfer, file: &File) -> Result<SafeName, TransferError> {
    let Transfer { inbox, claim, name, .. } = transfer;
    // A disk that failed once may say that all is well when it is asked again: there is no second try.
    directory::sync(file).map_err(SystemError::of("fsync", name))?;
    let numbered = (2..=NAMES_TRIED_MAX).map(|number| name.numbered(number));
    for name in std::iter::once(name.clone()).chain(numbered) {
        match inbox.partials.put(claim.id(), &inbox.directory, &name) {
            Ok(()) => return Ok(name),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(SystemError::of("renameat2", name)(error).into()),
        }
    }
    Err(TransferError::NamesTaken)
}

fn remove(transfer: &Transfer, work: &mut Work<'_>) -> Result<(), TransferError> {
    if work.on_disk.is_some() {
        transfer.inbox.partials.remove(transfer.claim.id())?;
        work.on_disk = None;
    }
    Ok(())
}

/// Hashes the first bytes of a file; none when there are not so many.
fn hash_prefix(claim: &Claim, file: &File, bytes: u64) -> Result<Option<Sha256>, TransferError> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; HASHED_AT_ONCE_BYTES];
    let mut place = 0;
    while place < bytes {
        let _work = claim.work()?;
        let wanted = usize::try_from(bytes - place).unwrap_or(usize::MAX).min(buffer.len());
        match file.read_at(&mut buffer[..wanted], place) {
            Ok(0) => return Ok(None),
            Ok(taken) => {
                hasher.update(&buffer[..taken]);
                place += taken as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(SystemError::of("pread", "the file so far")(error).into()),
        }
    }
    Ok(Some(hasher))
}

fn digest(hasher: &Sha256) -> Hash {
    Hash(hasher.clone().finalize().into())
}
