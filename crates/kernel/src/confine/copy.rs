//! The copy of a guest's directory, where its changes cannot be laid over it.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{PermissionsExt, lchown, symlink};
use std::path::{Path, PathBuf};

use super::{Limits, User};

/// How deep directories are copied.
pub const DEPTH_MAX: usize = 32;

/// Copies what is in a directory: files, directories and links as links; nothing else, as what else there is (sockets, FIFOs) would
/// not be the same there. At most half of what the guest may write, in bytes and in files, so that it can write still.
///
/// # Errors
/// `EFBIG`: there is more, or it is deeper than [`DEPTH_MAX`]; whatever the file system says (`EACCES`).
pub(super) fn copy(from: &Path, to: &Path, owner: User, limits: &Limits) -> io::Result<()> {
    let mut copying = Copying { owner, bytes: limits.disk_bytes / 2, files: limits.disk_files / 2 };
    let mut waiting = vec![(from.to_owned(), to.to_owned(), DEPTH_MAX)];
    while let Some((from, to, depth)) = waiting.pop() {
        let depth = depth.checked_sub(1).ok_or_else(too_large)?;
        for entry in fs::read_dir(&from)? {
            let entry = entry?;
            let target = to.join(entry.file_name());
            if copying.entry(&entry.path(), &target)? {
                waiting.push((entry.path(), target, depth));
            }
        }
    }
    Ok(())
}

/// What may still be copied.
struct Copying {
    owner: User,
    bytes: u64,
    files: u64,
}

impl Copying {
    /// Copies one name; tells whether it is a directory, whose names are to be copied, too.
    fn entry(&mut self, from: &Path, to: &Path) -> io::Result<bool> {
        let metadata = fs::symlink_metadata(from)?;
        self.files = self.files.checked_sub(1).ok_or_else(too_large)?;
        if metadata.is_symlink() {
            symlink(fs::read_link(from)?, to)?;
        } else if metadata.is_dir() {
            fs::create_dir(to)?;
        } else if metadata.is_file() {
            self.file(from, to)?;
        } else {
            return Ok(false);
        }
        self.dress(&metadata, &to.to_owned())?;
        Ok(metadata.is_dir())
    }

    fn file(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let mut source = File::open(from)?.take(self.bytes.saturating_add(1));
        let copied = io::copy(&mut source, &mut File::create_new(to)?)?;
        self.bytes = self.bytes.checked_sub(copied).ok_or_else(too_large)?;
        Ok(())
    }

    /// Gives the copy to the guest, with the permissions of the original and the owner's to write and to enter.
    fn dress(&self, metadata: &Metadata, to: &PathBuf) -> io::Result<()> {
        if self.owner.is_another() {
            lchown(to, Some(self.owner.id), Some(self.owner.group))?;
        }
        if metadata.is_symlink() {
            return Ok(());
        }
        let own = if metadata.is_dir() { 0o700 } else { 0o600 };
        fs::set_permissions(to, fs::Permissions::from_mode(metadata.permissions().mode() & 0o777 | own))
    }
}

fn too_large() -> io::Error {
    io::Error::from_raw_os_error(libc::EFBIG)
}
