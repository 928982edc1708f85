//! A directory that the programs of a scene have for themselves, as long as it runs.

use std::env;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// Only its owner may look into it: keys are made there.
const PRIVATE: u32 = 0o700;
/// How many names are tried, should others have left theirs.
const NAMES_MAX: u32 = 64;

/// How many names were tried so far.
static TRIED: AtomicU32 = AtomicU32::new(0);

/// A directory that was made, and is removed with all that is in it.
#[derive(Debug)]
pub(super) struct Directory(PathBuf);

impl Directory {
    /// Makes one where temporary files are (`TMPDIR`).
    ///
    /// # Errors
    ///
    /// What `mkdir(2)` says: there is no room, or no right to make one.
    pub(super) fn make() -> io::Result<Self> {
        let parent = env::temp_dir();
        for _ in 0..NAMES_MAX {
            let number = TRIED.fetch_add(1, Ordering::Relaxed);
            let path = parent.join(format!("socklab-{}-{number}", process::id()));
            // It fails if there is anything of that name, a link that leads elsewhere too.
            match DirBuilder::new().mode(PRIVATE).create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What is left in a directory for temporary files does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_directory_is_its_owners_alone_and_is_gone_afterwards() {
        let directory = Directory::make().unwrap();
        let path = directory.path().to_owned();

        fs::write(path.join("x.key"), "secret").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, PRIVATE);
        drop(directory);

        assert!(!path.exists());
    }
}
