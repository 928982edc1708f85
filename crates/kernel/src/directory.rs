//! Files by a directory that is open and a name in it (`openat(2)`), so that no path is walked a second time.
//!
//! No function here follows a symbolic link in the last part, and none waits for the other end of a FIFO. A name is one
//! component; whoever calls has seen to it that there is no `/` in it.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use rustix::fs::{AtFlags, Dir, FileType, FlockOperation, Mode, OFlags, RenameFlags, Stat};

/// What a name stands for (`inode(7)`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// A FIFO, a socket, a device, or what Linux may yet invent.
    Other,
}

/// What the kernel says of a file (`stat(2)`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// What it is.
    pub kind: Kind,
    /// How long it is.
    pub bytes: u64,
    /// The user id of its owner.
    pub owner: u32,
    /// Its permissions, the lowest twelve bits of `st_mode`.
    pub mode: u32,
    /// How many names it has.
    pub links: u64,
    /// When its content was last changed. A time before 1970 is 1970.
    pub modified: SystemTime,
}

impl From<Stat> for Status {
    fn from(stat: Stat) -> Self {
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Directory,
            FileType::Symlink => Kind::Link,
            _ => Kind::Other,
        };
        let modified = Duration::from_secs(u64::try_from(stat.st_mtime).unwrap_or_default());
        Self {
            kind,
            bytes: u64::try_from(stat.st_size).unwrap_or_default(),
            owner: stat.st_uid,
            mode: stat.st_mode & 0o7777,
            #[allow(clippy::useless_conversion, reason = "its width depends on the machine")]
            links: stat.st_nlink.into(),
            modified: SystemTime::UNIX_EPOCH + modified,
        }
    }
}

/// What a file is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// To read it.
    Read,
    /// To read and to write it.
    ReadWrite,
}

/// Opens a directory by a path, whose links are followed (`open(2)`, `O_DIRECTORY`).
///
/// # Errors
/// `ENOENT`: it does not exist; `ENOTDIR`: it is something else; `EACCES`: it may not be read.
pub fn open(path: &Path) -> io::Result<OwnedFd> {
    Ok(rustix::fs::open(path, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?)
}

/// Opens a directory in another one (`openat(2)`, `O_DIRECTORY | O_NOFOLLOW`).
///
/// # Errors
/// `ENOENT`: it does not exist; `ENOTDIR`: it is something else, a symbolic link among others.
pub fn open_directory(directory: impl AsFd, name: &str) -> io::Result<OwnedFd> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(directory, name, flags, Mode::empty())?)
}

/// Makes a directory that nobody but its owner may enter, mode 0700 (`mkdirat(2)`).
///
/// # Errors
/// `EEXIST`: the name is taken, if only by a symbolic link that leads nowhere; `ENOSPC`, `EDQUOT`, `EROFS`.
pub fn make(directory: impl AsFd, name: &str) -> io::Result<()> {
    Ok(rustix::fs::mkdirat(directory, name, Mode::RWXU)?)
}

/// Makes a regular file that did not exist, to read and to write, which nobody else may open, mode 0600 (`openat(2)`,
/// `O_CREAT | O_EXCL`). The umask can only take away from that.
///
/// # Errors
/// `EEXIST`: the name is taken, if only by a symbolic link that leads nowhere; `ENOSPC`, `EDQUOT`: no room.
pub fn create_file(directory: impl AsFd, name: &str) -> io::Result<OwnedFd> {
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(directory, name, flags, Mode::RUSR | Mode::WUSR)?)
}

/// Opens a file that exists (`openat(2)`, `O_NOFOLLOW | O_NONBLOCK | O_NOCTTY`), whatever it is: [`status`] tells.
///
/// # Errors
/// `ENOENT`; `ELOOP`: it is a symbolic link; `EACCES`; `EISDIR`: a directory cannot be written.
pub fn open_file(directory: impl AsFd, name: &str, access: Access) -> io::Result<OwnedFd> {
    let access = match access {
        Access::Read => OFlags::RDONLY,
        Access::ReadWrite => OFlags::RDWR,
    };
    let flags = access | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(directory, name, flags, Mode::empty())?)
}

/// Tells what an open file is (`fstat(2)`).
///
/// # Errors
/// Only what the device says (`EIO`).
pub fn status(file: impl AsFd) -> io::Result<Status> {
    Ok(rustix::fs::fstat(file)?.into())
}

/// Tells what stands under a name, without opening it (`fstatat(2)`, `AT_SYMLINK_NOFOLLOW`).
///
/// # Errors
/// `ENOENT`: nothing does.
pub fn status_at(directory: impl AsFd, name: &str) -> io::Result<Status> {
    Ok(rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)?.into())
}

/// Gives a file another name, and never takes that name from anything else (`renameat2(2)`, `RENAME_NOREPLACE`).
///
/// # Errors
/// `EEXIST`: the name is taken; `EINVAL`: this file system cannot promise it (NFS is one); `EXDEV`: another file system.
pub fn rename_new(from: impl AsFd, old: &str, to: impl AsFd, new: &str) -> io::Result<()> {
    Ok(rustix::fs::renameat_with(from, old, to, new, RenameFlags::NOREPLACE)?)
}

/// Gives a file one name more (`linkat(2)`).
///
/// # Errors
/// `EEXIST`: the name is taken; `EPERM`: this file system has no hard links; `EXDEV`: another file system.
pub fn link(from: impl AsFd, old: &str, to: impl AsFd, new: &str) -> io::Result<()> {
    Ok(rustix::fs::linkat(from, old, to, new, AtFlags::empty())?)
}

/// Takes a name away, of a symbolic link its own (`unlinkat(2)`).
///
/// # Errors
/// `ENOENT`: there is none; `EISDIR`: it is a directory.
pub fn remove(directory: impl AsFd, name: &str) -> io::Result<()> {
    Ok(rustix::fs::unlinkat(directory, name, AtFlags::empty())?)
}

/// Returns when the content of a file, or the names of a directory, are on the disk (`fsync(2)`).
///
/// # Errors
/// `EIO`; `ENOSPC`, `EDQUOT`: there was no room for what had been taken already.
pub fn sync(file: impl AsFd) -> io::Result<()> {
    Ok(rustix::fs::fsync(file)?)
}

/// Takes an open directory or file for this process alone, until it is closed (`flock(2)`, `LOCK_EX | LOCK_NB`).
///
/// # Errors
/// `EAGAIN`: another process has taken it.
pub fn lock(file: impl AsFd) -> io::Result<()> {
    Ok(rustix::fs::flock(file, FlockOperation::NonBlockingLockExclusive)?)
}

/// Lists the names in a directory, without `.` and `..`, in no order (`getdents64(2)`).
///
/// # Errors
/// Opening it anew: `EACCES`, `EMFILE`; then, for each name, `EIO`.
pub fn names(directory: impl AsFd) -> io::Result<impl Iterator<Item = io::Result<OsString>>> {
    let name = |entry: rustix::io::Result<rustix::fs::DirEntry>| match entry {
        Ok(entry) => match entry.file_name().to_bytes() {
            b"." | b".." => None,
            name => Some(Ok(OsString::from_vec(name.to_vec()))),
        },
        Err(error) => Some(Err(error.into())),
    };
    Ok(Dir::read_from(directory)?.filter_map(name))
}
