//! Where recordings that run now are found by those that want to join their network.
//!
//! Each has a file, named by its process, in a directory that only its user may enter. The process itself says whether it still
//! runs, by the namespaces that it has in `/proc`.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::model::Pid;

/// Says that this process has a private network; taken back when it is dropped.
#[derive(Debug)]
pub(super) struct Announcement {
    file: PathBuf,
}

impl Announcement {
    /// Announces this process.
    pub(super) fn make() -> io::Result<Self> {
        let directory = directory();
        match DirBuilder::new().mode(0o700).create(&directory) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        check(&directory)?;
        let file = directory.join(std::process::id().to_string());
        fs::write(&file, [])?;
        Ok(Self { file })
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        // Left behind it does no harm: the process of its name has another network, or is gone.
        let _ = fs::remove_file(&self.file);
    }
}

/// Returns the recordings of this user that run now in a network other than this process's, the latest first.
///
/// # Errors
///
/// The directory is there and cannot be read, or is not this user's own.
pub fn running() -> io::Result<Vec<Pid>> {
    let directory = directory();
    if !directory.exists() {
        return Ok(Vec::new());
    }
    check(&directory)?;
    let mut running: Vec<(SystemTime, Pid)> = Vec::new();
    for file in fs::read_dir(&directory)? {
        let file = file?;
        let pid = file.file_name().to_str().and_then(|name| name.parse().ok()).map(Pid);
        if let Some(pid) = pid.filter(|pid| has_other_network(*pid)) {
            running.push((file.metadata()?.modified()?, pid));
        }
    }
    running.sort();
    Ok(running.into_iter().rev().map(|(_, pid)| pid).collect())
}

fn has_other_network(pid: Pid) -> bool {
    let network = |process: &str| fs::read_link(format!("/proc/{process}/ns/net"));
    match (network(&pid.to_string()), network("self")) {
        (Ok(its), Ok(own)) => its != own,
        _ => false,
    }
}

/// The directory: the user's own of the session (`XDG_RUNTIME_DIR`), else one in `/tmp` with the user's number.
fn directory() -> PathBuf {
    std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute()).map_or_else(
        || PathBuf::from(format!("/tmp/socklab-{}", kernel::process::effective_user())),
        |path| path.join("socklab"),
    )
}

/// Somebody else's directory could lead this user into somebody else's network.
fn check(directory: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(directory)?;
    let is_own = metadata.is_dir() && metadata.uid() == kernel::process::effective_user();
    if is_own && metadata.mode().trailing_zeros() >= 6 {
        Ok(())
    } else {
        Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("{} is not private", directory.display()),
        ))
    }
}
