//! An inbox in a directory that ends with the test, and a client for it.

use std::fs;
use std::path::{Path, PathBuf};

use endpoints::messages::inbox::{
    Begin, Inbox, Incoming, Quotas, SafeName, Stored, TransferError, safe_name,
};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use wire::message::{Hash, TransferId};

/// The directory of partial files.
pub(crate) const PARTIALS: &str = ".socklab-partial";

/// An inbox and its directory.
pub(crate) struct Place {
    pub(crate) inbox: Inbox,
    pub(crate) directory: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self::with(Quotas::default())
    }

    pub(crate) fn with(quotas: Quotas) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let inbox = Inbox::open(&directory.path().join("inbox"), quotas).unwrap();
        Self { inbox, directory }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("inbox")
    }

    /// What stands under a name in the inbox.
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).unwrap()
    }

    /// The names in the inbox.
    pub(crate) fn names(&self) -> Vec<String> {
        names(&self.path()).into_iter().filter(|name| name != PARTIALS).collect()
    }

    /// The partial files.
    pub(crate) fn partials(&self) -> Vec<PathBuf> {
        let directory = self.path().join(PARTIALS);
        names(&directory).iter().map(|name| directory.join(name)).collect()
    }
}

/// What a client sends.
#[derive(Clone, Copy)]
pub(crate) struct Sent<'a> {
    pub(crate) owner: &'a str,
    pub(crate) transfer: u8,
    pub(crate) name: &'a str,
    pub(crate) content: &'a [u8],
}

impl<'a> Sent<'a> {
    pub(crate) fn new(name: &'a str, content: &'a [u8]) -> Self {
        Self { owner: "ana", transfer: 1, name, content }
    }

    /// Announces it.
    pub(crate) fn begin(&self, inbox: &Inbox) -> Result<Begin, TransferError> {
        let transfer = TransferId([self.transfer; 16]);
        inbox.begin(self.owner, transfer, self.content.len() as u64, &safe(self.name))
    }

    /// Announces it, and goes on from wherever the inbox has it.
    pub(crate) fn go_on(&self, inbox: &Inbox) -> Result<Incoming, TransferError> {
        match self.begin(inbox)? {
            Begin::Fresh(incoming) => Ok(incoming),
            Begin::Have { offset, kept } => {
                let have = &self.content[..usize::try_from(offset).unwrap()];
                Ok(kept.resume_from(offset, hash(have))?.1)
            }
        }
    }

    /// Sends what is missing up to an offset.
    pub(crate) fn write(&self, incoming: &mut Incoming, end: usize) -> Result<(), TransferError> {
        let from = usize::try_from(incoming.written()).unwrap();
        self.content[from..end.max(from)].chunks(60 * 1024).try_for_each(|chunk| incoming.write(chunk))
    }

    /// Sends all of it.
    pub(crate) fn send(&self, inbox: &Inbox) -> Result<Stored, TransferError> {
        let mut incoming = self.go_on(inbox)?;
        self.write(&mut incoming, self.content.len())?;
        incoming.finish(hash(self.content))
    }

    /// Sends a part of it, and is cut.
    pub(crate) fn send_part(&self, inbox: &Inbox, end: usize) {
        let mut incoming = self.go_on(inbox).unwrap();
        self.write(&mut incoming, end).unwrap();
    }
}

pub(crate) fn safe(name: &str) -> SafeName {
    safe_name(name).unwrap()
}

pub(crate) fn hash(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

/// Bytes that differ from place to place and from one file to another.
pub(crate) fn pattern(file: usize, bytes: usize) -> Vec<u8> {
    (0..bytes).map(|place| u8::try_from((place * 31 + place / 251 + file * 7) % 256).unwrap()).collect()
}

/// The names in a directory, in order.
pub(crate) fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Whether the tests run as root, who may do what some of them need and others must not be stopped by.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
