//! What may be left of a check, where everything that belongs to it has a mark.

use std::fs;
use std::path::{Path, PathBuf};

/// Processes with this mark, files in this directory for temporary ones, and mounts of anything around.
pub(crate) fn left(mark: &str, temporary: &Path, around: &Path) -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().map(|process| process.unwrap().path());
    let is_ours = |process: &PathBuf| {
        let has = |file: &str| {
            String::from_utf8_lossy(&fs::read(process.join(file)).unwrap_or_default()).contains(mark)
        };
        // Ours have the mark in their environment; a guest may have it in its command line.
        has("environ") || has("cmdline")
    };
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let is_around = |mount: &&str| mount.contains(&*around.to_string_lossy());
    let files = fs::read_dir(temporary).unwrap().map(|file| file.unwrap().path());
    let paths = processes.filter(is_ours).chain(files).map(|path| path.display().to_string());
    paths.chain(mounts.lines().filter(is_around).map(str::to_owned)).collect()
}
