//! Where files land: a directory that outsiders write to, and that shows nothing but whole files.
//!
//! A file comes into a directory of partial files in the inbox, `.socklab-partial`, where nobody else can be. When all its
//! bytes are there, have the hash that the sender gave and are on the disk, it gets its name in the inbox, by a call that
//! takes the name from nothing else. A transfer that is cut leaves its partial file, and goes on from there.
//!
//! Everything is found from descriptors of the two directories, by names of one component, and no symbolic link is
//! followed. The calls here wait for the disk, and never for the network: a server makes them on a thread that may wait.
//!
//! Where to look: `name` what a file may be called; `incoming` one transfer; `partials` the files that are not whole;
//! `ledger` who has which of them, and the room.

mod error;
mod incoming;
mod ledger;
mod name;
mod partials;

use std::fs::DirBuilder;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use kernel::directory::{self, Access, Kind};
use wire::message::TransferId;

pub use error::{InboxError, SystemError, TransferError};
pub use incoming::{Incoming, Kept, NAMES_TRIED_MAX, Stored};
pub use ledger::TAKEOVER_MAX;
pub use name::{NameRefused, SafeName, safe_name};

use self::incoming::{Transfer, Whole};
use self::ledger::Ledger;
use self::partials::{PartialId, Partials};

/// The most bytes of a file, unless the server is told otherwise.
pub const FILE_BYTES_MAX: u64 = 16 << 30;

/// The most bytes that an inbox takes in one run, partial files included, unless the server is told otherwise.
pub const INBOX_BYTES_MAX: u64 = 64 << 30;

/// The most files that an inbox takes in one run, partial ones included, unless the server is told otherwise.
pub const FILES_MAX: u64 = 10_000;

/// How long a partial file is kept after it last grew, unless the server is told otherwise.
pub const PARTIAL_AGE_MAX: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How much an inbox takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// The most bytes of a file.
    pub file_bytes_max: u64,
    /// The most bytes of what is stored while the inbox is open, together with all partial files. Of a file that is on
    /// its way its whole size counts, so that several at once cannot pass this together.
    pub inbox_bytes_max: u64,
    /// The most files, counted likewise.
    pub files_max: u64,
    /// A partial file that has not grown for longer is removed: when the inbox is opened, and when there is no room.
    pub partial_age_max: Duration,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            file_bytes_max: FILE_BYTES_MAX,
            inbox_bytes_max: INBOX_BYTES_MAX,
            files_max: FILES_MAX,
            partial_age_max: PARTIAL_AGE_MAX,
        }
    }
}

/// A directory that takes files. Its clones are the same inbox.
#[derive(Debug, Clone)]
pub struct Inbox(Arc<Shared>);

/// What all transfers of an inbox have in common.
#[derive(Debug)]
struct Shared {
    directory: OwnedFd,
    partials: Partials,
    ledger: Arc<Ledger>,
    /// When partial files that are too old were last looked for.
    swept: Mutex<SystemTime>,
}

/// How a transfer begins.
#[derive(Debug)]
pub enum Begin {
    /// Nothing of it is there.
    Fresh(Incoming),
    /// A part of it is there, or all of it.
    Have {
        /// How many bytes.
        offset: u64,
        /// What goes on with it.
        kept: Kept,
    },
}

impl Inbox {
    /// Opens a directory as an inbox. If it does not exist it is made, for this user alone; what holds it must exist.
    ///
    /// Partial files that are too old are removed, the others are counted.
    ///
    /// # Errors
    /// [`InboxError::System`]: `ENOTDIR` when the name or that of the partial files is taken by something else, `EACCES`,
    /// `ENOSPC`, …; [`InboxError::NotOurs`]: another user made the place of the partial files; [`InboxError::InUse`].
    pub fn open(path: &Path, quotas: Quotas) -> Result<Self, InboxError> {
        let directory = open_or_make(path)?;
        let partials = Partials::open(&directory, path)?;
        let ledger = Arc::new(Ledger::new(quotas));
        for (id, status) in partials.all()? {
            ledger.found(id, status.bytes);
        }
        let shared = Shared { directory, partials, ledger, swept: Mutex::new(SystemTime::UNIX_EPOCH) };
        shared.sweep()?;
        Ok(Self(Arc::new(shared)))
    }

    /// Begins a transfer, of `size` bytes. `owner` is who sends, the name of a key or nothing: nobody goes on with
    /// what another one began.
    ///
    /// If the same transfer is open already it is superseded. What it is doing at this moment is waited for, at most
    /// [`TAKEOVER_MAX`].
    ///
    /// # Errors
    /// [`TransferError::TooLarge`], [`TransferError::Busy`], [`TransferError::Superseded`] (by one more that came while this
    /// one waited), [`TransferError::System`].
    pub fn begin(
        &self,
        owner: &str,
        transfer: TransferId,
        size: u64,
        name: &SafeName,
    ) -> Result<Begin, TransferError> {
        let Shared { ledger, partials, .. } = &*self.0;
        if size > ledger.quotas().file_bytes_max {
            return Err(TransferError::TooLarge { room: ledger.room() });
        }
        let claim = ledger.claim(PartialId::new(owner, transfer, size, name))?;
        let transfer = Transfer { inbox: Arc::clone(&self.0), claim, name: name.clone(), size };
        let mut work = transfer.claim.work()?;
        let partial = partials.find(transfer.claim.id())?;
        work.on_disk = partial.as_ref().map(|(_, bytes)| *bytes);
        if let Some((file, bytes)) = partial {
            self.0.reserve(&work, size)?;
            drop(work);
            return Kept::partial(transfer, file, bytes);
        }
        if let Some(whole) = self.0.find_whole(transfer.claim.id(), name, size)? {
            drop(work);
            return Ok(Begin::Have { offset: size, kept: Kept::whole(transfer, whole) });
        }
        drop(work);
        Ok(Begin::Fresh(Incoming::fresh(transfer)?))
    }
}

impl Shared {
    /// Sees to it that there is room, if need be by removing partial files that are too old.
    fn reserve(&self, work: &ledger::Work<'_>, bytes: u64) -> Result<(), TransferError> {
        match work.reserve(bytes) {
            Err(TransferError::TooLarge { .. }) => {
                self.sweep()?;
                work.reserve(bytes)
            }
            reserved => reserved,
        }
    }

    /// Removes the partial files that have not grown for too long. Each can be asked to make this happen, so it does nothing
    /// for an eighth of that time.
    fn sweep(&self) -> Result<(), SystemError> {
        let (now, age) = (SystemTime::now(), self.ledger.quotas().partial_age_max);
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(*swept).is_ok_and(|since| since < age / 8) {
            return Ok(());
        }
        *swept = now;
        let all = self.partials.all()?.into_iter();
        for (id, _) in all.filter(|(_, status)| partials::is_old(status, now, age)) {
            self.ledger.remove_idle(id, || self.partials.remove(id))?;
        }
        Ok(())
    }

    /// Opens the file that this transfer, or one like it, was stored as: a regular file of this size.
    fn find_whole(&self, id: PartialId, name: &SafeName, size: u64) -> Result<Option<Whole>, SystemError> {
        let name = self.ledger.stored_as(id).unwrap_or_else(|| name.clone());
        let fits = |status: directory::Status| status.kind == Kind::File && status.bytes == size;
        match directory::status_at(&self.directory, name.as_str()) {
            Ok(status) if fits(status) => {}
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(SystemError::of("fstatat", name)(error)),
        }
        let opened = directory::open_file(&self.directory, name.as_str(), Access::Read);
        let file = opened.map_err(SystemError::of("openat", &name))?;
        let status = directory::status(&file).map_err(SystemError::of("fstat", &name))?;
        Ok(fits(status).then(|| Whole { name, file: file.into() }))
    }
}

fn open_or_make(path: &Path) -> Result<OwnedFd, SystemError> {
    let object = || path.display();
    match directory::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            DirBuilder::new().mode(0o700).create(path).map_err(SystemError::of("mkdir", object()))?;
            directory::open(path).map_err(SystemError::of("open", object()))
        }
        opened => opened.map_err(SystemError::of("open", object())),
    }
}
