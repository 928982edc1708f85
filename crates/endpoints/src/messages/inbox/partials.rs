//! Files that have not arrived whole: a directory of their own in the inbox, on the same file system.
//!
//! All that is needed to find one again is in its name, which is a hash of who sends what; how much has come is
//! its length. So nothing beside it can be lost or disagree with it.

use std::ffi::OsStr;
use std::fmt;
use std::fs::{File, Permissions};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use kernel::directory::{self, Access, Kind, Status};
use kernel::user;
use sha2::{Digest, Sha256};
use wire::errno::EAGAIN;
use wire::message::TransferId;

use super::{InboxError, SafeName, SystemError};

/// The name of the directory. No name of a peer begins with a dot, so none can be meant by one.
const DIRECTORY: &str = ".socklab-partial";

/// Which file of whom: the first bytes of a SHA-256 of owner, transfer id, name and size, in hexadecimal its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PartialId([u8; 16]);

/// The directory, open and locked for this process.
#[derive(Debug)]
pub(super) struct Partials {
    directory: OwnedFd,
}

impl PartialId {
    pub(super) fn new(owner: &str, transfer: TransferId, size: u64, name: &SafeName) -> Self {
        // Only the owner and the name have no fixed length. An owner has no byte 0, so it ends at the first one.
        let hash = Sha256::new()
            .chain_update(owner)
            .chain_update([0])
            .chain_update(transfer.0)
            .chain_update(size.to_be_bytes())
            .chain_update(name.as_str())
            .finalize();
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        Self(id)
    }

    /// Reads the name of a partial file; none for any other name.
    fn of_name(name: &OsStr) -> Option<Self> {
        let id = Self(u128::from_str_radix(name.to_str()?, 16).ok()?.to_be_bytes());
        (id.to_string().as_str() == name).then_some(id)
    }
}

impl fmt::Display for PartialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for PartialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartialId({self})")
    }
}

impl Partials {
    /// Opens the directory in an inbox, or makes it.
    ///
    /// # Errors
    /// [`InboxError::System`], with `ENOTDIR` for a symbolic link; [`InboxError::NotOurs`]; [`InboxError::InUse`].
    pub(super) fn open(inbox: impl AsFd, path: &Path) -> Result<Self, InboxError> {
        let own_path = path.join(DIRECTORY);
        let object = || own_path.display().to_string();
        match directory::make(&inbox, DIRECTORY) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(SystemError::of("mkdirat", object())(error).into());
            }
            _ => {}
        }
        let opened =
            directory::open_directory(&inbox, DIRECTORY).map_err(SystemError::of("openat", object()))?;
        let status = directory::status(&opened).map_err(SystemError::of("fstat", object()))?;
        if status.owner != user::effective() {
            return Err(InboxError::NotOurs { path: own_path, owner: status.owner });
        }
        match directory::lock(&opened) {
            Err(error) if error.raw_os_error() == Some(EAGAIN) => {
                return Err(InboxError::InUse { path: path.to_path_buf() });
            }
            locked => locked.map_err(SystemError::of("flock", object()))?,
        }
        let opened = File::from(opened);
        opened.set_permissions(Permissions::from_mode(0o700)).map_err(SystemError::of("fchmod", object()))?;
        Ok(Self { directory: opened.into() })
    }

    /// Lists the partial files that are there.
    ///
    /// # Errors
    /// What the kernel said.
    pub(super) fn all(&self) -> Result<Vec<(PartialId, Status)>, SystemError> {
        let names = directory::names(&self.directory).map_err(SystemError::of("openat", DIRECTORY))?;
        let mut all = Vec::new();
        for name in names {
            let name = name.map_err(SystemError::of("getdents64", DIRECTORY))?;
            let Some(id) = PartialId::of_name(&name) else { continue };
            if let Some(status) = self.look(id)?.filter(is_safe) {
                all.push((id, status));
            }
        }
        Ok(all)
    }

    /// Opens a partial file to go on with it, and tells how long it is; none if there is none. What stands in its place and was not made here (a
    /// link, a FIFO, a file with a second name) is taken away, and never opened.
    ///
    /// # Errors
    /// What the kernel said.
    pub(super) fn find(&self, id: PartialId) -> Result<Option<(File, u64)>, SystemError> {
        let Some(status) = self.look(id)? else { return Ok(None) };
        if !is_safe(&status) {
            self.remove(id)?;
            return Ok(None);
        }
        let name = id.to_string();
        let file = directory::open_file(&self.directory, &name, Access::ReadWrite)
            .map_err(SystemError::of("openat", object(id)))?;
        let opened = directory::status(&file).map_err(SystemError::of("fstat", object(id)))?;
        Ok(is_safe(&opened).then(|| (file.into(), opened.bytes)))
    }

    /// Makes a partial file of no bytes.
    ///
    /// # Errors
    /// What the kernel said; `ENOSPC` and `EDQUOT` when there is no room.
    pub(super) fn create(&self, id: PartialId) -> Result<File, SystemError> {
        let created = directory::create_file(&self.directory, &id.to_string());
        Ok(created.map_err(SystemError::of("openat", object(id)))?.into())
    }

    /// Removes a partial file. One that is not there is removed already.
    ///
    /// # Errors
    /// What the kernel said.
    pub(super) fn remove(&self, id: PartialId) -> Result<(), SystemError> {
        match directory::remove(&self.directory, &id.to_string()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(SystemError::of("unlinkat", object(id))(error))
            }
            _ => Ok(()),
        }
    }

    /// Puts a partial file into the inbox under a name that nothing else has there.
    ///
    /// # Errors
    /// `EEXIST`: something has it.
    pub(super) fn put(&self, id: PartialId, inbox: impl AsFd, name: &SafeName) -> io::Result<()> {
        match directory::rename_new(&self.directory, &id.to_string(), &inbox, name.as_str()) {
            // NFS and some others cannot rename like that.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => self.put_by_link(id, inbox, name),
            put => put,
        }
    }

    /// The same by a second name, which is not taken from anything either, and taking away the first.
    fn put_by_link(&self, id: PartialId, inbox: impl AsFd, name: &SafeName) -> io::Result<()> {
        directory::link(&self.directory, &id.to_string(), inbox, name.as_str())?;
        // The file is in the inbox now, whatever becomes of its other name.
        let _ = directory::remove(&self.directory, &id.to_string());
        Ok(())
    }

    fn look(&self, id: PartialId) -> Result<Option<Status>, SystemError> {
        match directory::status_at(&self.directory, &id.to_string()) {
            Ok(status) => Ok(Some(status)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(SystemError::of("fstatat", object(id))(error)),
        }
    }
}

/// Whether it has not been changed for so long that nobody will go on with it.
pub(super) fn is_old(status: &Status, now: SystemTime, age: Duration) -> bool {
    now.duration_since(status.modified).is_ok_and(|unchanged| unchanged > age)
}

/// Whether a file is as those made here: its bytes are under no other name, and nobody else may write them.
fn is_safe(status: &Status) -> bool {
    status.kind == Kind::File && status.links == 1 && status.owner == user::effective()
}

fn object(id: PartialId) -> String {
    format!("{DIRECTORY}/{id}")
}

#[cfg(test)]
mod tests {
    use super::super::safe_name;
    use super::*;

    #[test]
    fn whoever_sends_another_thing_has_another_partial_file() {
        let name = |name| safe_name(name).unwrap();
        let ids = [
            PartialId::new("ana", TransferId([1; 16]), 5, &name("a")),
            PartialId::new("eva", TransferId([1; 16]), 5, &name("a")),
            PartialId::new("ana", TransferId([2; 16]), 5, &name("a")),
            PartialId::new("ana", TransferId([1; 16]), 6, &name("a")),
            PartialId::new("ana", TransferId([1; 16]), 5, &name("b")),
        ];

        for (index, id) in ids.iter().enumerate() {
            assert_eq!(ids.iter().position(|other| other == id), Some(index));
            assert_eq!(PartialId::of_name(OsStr::new(&id.to_string())), Some(*id));
        }
    }

    #[test]
    fn where_files_cannot_be_renamed_without_taking_a_name_a_link_does_it() {
        let inbox = tempfile::tempdir().unwrap();
        let opened = directory::open(inbox.path()).unwrap();
        let partials = Partials::open(&opened, inbox.path()).unwrap();
        let name = safe_name("a").unwrap();
        let [one, two] = [1, 2].map(|id| PartialId::new("ana", TransferId([id; 16]), 0, &name));
        partials.create(one).unwrap();
        partials.create(two).unwrap();

        partials.put_by_link(one, &opened, &name).unwrap();
        let taken = partials.put_by_link(two, &opened, &name).unwrap_err();

        assert_eq!(taken.kind(), io::ErrorKind::AlreadyExists);
        assert!(inbox.path().join("a").exists());
        assert!(partials.find(one).unwrap().is_none() && partials.find(two).unwrap().is_some());
    }

    #[test]
    fn other_names_are_no_partial_files() {
        for name in ["", "0", "+0000000000000000000000000000000", "000000000000000000000000000000AB", "x"] {
            assert_eq!(PartialId::of_name(OsStr::new(name)), None, "{name}");
        }
    }
}
