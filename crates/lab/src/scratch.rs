//! A directory for what is needed for a while, which is gone afterwards, also if whoever made it was killed.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

/// How its name begins.
const PREFIX: &str = "socklab-scratch-";
/// How many names are tried.
const NAMES_MAX: u32 = 64;
/// Nobody else may list it: keys are made there, and copies of submissions are as private as they are. That one can go through it is
/// for guests that see the machine's files and are another user.
const MODE: u32 = 0o711;

/// The directory. It is removed when this is dropped, with all that is in it.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    /// Locked as long as its maker lives: by that others know that it is in use.
    _held: File,
}

impl Scratch {
    /// Makes one in this directory, and removes those of this user that were left behind there.
    ///
    /// # Errors
    ///
    /// The directory cannot be made, or has 64 of them that are in use by processes of this number (`EEXIST`).
    pub fn new(directory: &Path) -> io::Result<Self> {
        for number in 0..NAMES_MAX {
            let path = directory.join(format!("{PREFIX}{}-{number}", std::process::id()));
            match DirBuilder::new().mode(MODE).create(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                made => made?,
            }
            // Somebody who cleans up may have been between: then it is gone, or about to be.
            if let Some(held) = held(&path)? {
                remove_left(directory, held.metadata()?.uid());
                return Ok(Self { path, _held: held });
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing can be done about what a guest has closed to us.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Takes hold of a directory; `None` if somebody else has, or it is gone.
fn held(path: &Path) -> io::Result<Option<File>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    if file.try_lock().is_err() || file.metadata()?.nlink() == 0 {
        return Ok(None);
    }
    Ok(Some(file))
}

/// Removes what processes of this user left behind that were killed. What cannot be removed stays.
fn remove_left(directory: &Path, user: u32) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.filter_map(Result::ok) {
        let is_one = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        // Not through a link, whoever made that.
        let is_ours = |it: fs::Metadata| it.is_dir() && it.uid() == user;
        if is_one
            && fs::symlink_metadata(entry.path()).is_ok_and(is_ours)
            && let Ok(Some(_held)) = held(&entry.path())
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_behind_is_removed_and_what_is_in_use_stays() {
        let place = tempfile::tempdir().unwrap();
        let left = place.path().join(format!("{PREFIX}1-0"));
        fs::create_dir_all(left.join("0/1.3")).unwrap();
        let other = place.path().join("other");
        fs::create_dir(&other).unwrap();
        std::os::unix::fs::symlink(&other, place.path().join(format!("{PREFIX}2-0"))).unwrap();

        let first = Scratch::new(place.path()).unwrap();
        let second = Scratch::new(place.path()).unwrap();

        assert!(!left.exists());
        assert!(first.path().exists() && second.path().exists() && other.exists());
        let (first_path, second_path) = (first.path().to_owned(), second.path().to_owned());
        drop((first, second));
        assert!(!first_path.exists() && !second_path.exists());
    }
}
