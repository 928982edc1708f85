//! The directory with the hook of Python programs.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process;

/// How many names are tried for the directory: somebody else's may have the first ones.
pub const NAMES_TRIED_MAX: u32 = 1_000;

const FILES: [(&str, &str); 2] = [
    ("sitecustomize.py", include_str!("sitecustomize.py")),
    ("_socklab_lines.py", include_str!("_socklab_lines.py")),
];
/// What the names of the directories begin with; the number of the process follows.
const PREFIX: &str = "socklab-lines-";
const PYTHONPATH: &str = "PYTHONPATH";
/// Nobody else may look into it or put anything there: Python runs what it finds.
const MODE: u32 = 0o700;
const READABLE_MODE: u32 = 0o755;
const READABLE_FILE_MODE: u32 = 0o644;

/// A private directory that Python takes its hook from. It is removed when this is dropped.
#[derive(Debug)]
pub struct Hook {
    directory: PathBuf,
}

impl Hook {
    /// Writes the hook into a new directory in the one for temporary files.
    ///
    /// # Errors
    ///
    /// What the file system says: the disk is full (`ENOSPC`), the directory for temporary files is not there (`ENOENT`) or not
    /// writable (`EACCES`, `EROFS`).
    pub fn write() -> io::Result<Self> {
        remove_stale(&env::temp_dir());
        let hook = Self { directory: private_directory(&env::temp_dir())? };
        for (name, text) in FILES {
            fs::write(hook.directory.join(name), text)?;
        }
        Ok(hook)
    }

    /// The directory, which is among those where Python looks for modules.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Lets other users read it, for programs that run as another one; they still cannot put anything there.
    ///
    /// # Errors
    ///
    /// What the file system says (`EPERM`).
    pub fn let_read(&self) -> io::Result<()> {
        fs::set_permissions(&self.directory, fs::Permissions::from_mode(READABLE_MODE))?;
        FILES.iter().try_for_each(|(name, _)| {
            fs::set_permissions(self.directory.join(name), fs::Permissions::from_mode(READABLE_FILE_MODE))
        })
    }

    /// Returns the variable to add to a program's environment, in which `PYTHONPATH` was this.
    pub fn environment(&self, inherited: Option<&OsStr>) -> (OsString, OsString) {
        let mut path = self.directory.clone().into_os_string();
        if let Some(inherited) = inherited.filter(|path| !path.is_empty()) {
            path.push(":");
            path.push(inherited);
        }
        (PYTHONPATH.into(), path)
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        // It is left behind at worst, and nobody can be told here.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Removes what processes left that were killed. What is somebody else's stays: it cannot be removed.
fn remove_stale(temporary: &Path) {
    let Ok(entries) = fs::read_dir(temporary) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path.file_name().and_then(OsStr::to_str).and_then(|name| name.strip_prefix(PREFIX));
        let Some(pid) = name.and_then(|name| name.split('-').next()?.parse::<u32>().ok()) else { continue };
        if !Path::new("/proc").join(pid.to_string()).exists() {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

/// Makes a directory that was not there, so that it is nobody else's.
fn private_directory(parent: &Path) -> io::Result<PathBuf> {
    let mut result = Err(io::ErrorKind::AlreadyExists.into());
    for number in 0..NAMES_TRIED_MAX {
        let directory = parent.join(format!("{PREFIX}{}-{number}", process::id()));
        result = DirBuilder::new().mode(MODE).create(&directory).map(|()| directory);
        match &result {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            _ => break,
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_is_private_and_goes_with_the_hook() {
        let hook = Hook::write().unwrap();
        let directory = hook.directory.clone();

        assert_eq!(fs::metadata(&directory).unwrap().permissions().mode() & 0o777, MODE);
        assert!(FILES.iter().all(|(name, _)| directory.join(name).is_file()));
        drop(hook);
        assert!(!directory.exists());
    }

    #[test]
    fn two_hooks_do_not_meet() {
        let (one, two) = (Hook::write().unwrap(), Hook::write().unwrap());

        assert_ne!(one.directory, two.directory);
    }

    #[test]
    fn the_path_that_was_there_comes_after_it() {
        let hook = Hook::write().unwrap();
        let own = hook.directory.to_str().unwrap();

        let path = |inherited: Option<&str>| hook.environment(inherited.map(OsStr::new)).1;

        assert_eq!(path(None), own);
        assert_eq!(path(Some("")), own);
        assert_eq!(path(Some("a:b")), format!("{own}:a:b").as_str());
    }

    #[test]
    fn the_parts_agree_on_their_limit() {
        let limit = format!("PLACES_MAX = {}\n", super::super::PLACES_MAX);

        assert!(FILES[1].1.contains(&limit));
    }
}
