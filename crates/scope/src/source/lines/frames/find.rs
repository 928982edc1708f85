//! Where in a process `CPython` is.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use foldhash::HashMap;
use object::read::{ReadCache, elf::ElfFile64};
use object::{Object, ObjectSegment, ObjectSymbol};
use procfs::process::{MMapPath, Process};

use crate::model::Pid;

/// How many files are remembered that may be Python's; with one more, all are read again when they are met.
pub const FILES_MAX: usize = 64;

/// A file that is longer is not looked into.
pub const FILE_BYTES_MAX: u64 = 1 << 28;

/// How many symbols of a file are looked at.
pub const SYMBOLS_MAX: usize = 100_000;

/// What is looked for: all that `CPython` keeps, and its version, which it tells since 3.11.
const RUNTIME: &str = "_PyRuntime";
const VERSION: &str = "Py_Version";

/// Where `CPython` has what is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// `_PyRuntime`.
    pub(super) runtime: u64,
    /// `Py_Version`.
    pub(super) version: u64,
}

/// The files that were looked at, by their device and their number, and what is where in them.
#[derive(Debug, Default)]
pub(super) struct Files(HashMap<(u64, u64), Option<Found>>);

impl Files {
    /// Looks for `CPython` in a process: in its program, and in the libraries that are called so. The addresses are those of the process.
    pub(super) fn find(&mut self, pid: Pid) -> Option<Found> {
        let process = Process::new(i32::try_from(pid.0).ok()?).ok()?;
        let program = process.exe().ok()?;
        for map in process.maps().ok()? {
            let MMapPath::Path(path) = map.pathname else { continue };
            if map.offset != 0 || !(path == program || is_library(&path)) {
                continue;
            }
            if let Some(found) = self.in_file(&seen_by(pid, &path)) {
                let at = |offset: u64| map.address.0.checked_add(offset);
                return Some(Found { runtime: at(found.runtime)?, version: at(found.version)? });
            }
        }
        None
    }

    /// Returns what is where, from where the beginning of the file is mapped.
    fn in_file(&mut self, path: &Path) -> Option<Found> {
        // It may have been replaced by anything, a pipe included, which is opened without waiting for anybody.
        let file = File::from(kernel::file::open(path).ok()?);
        let metadata = file.metadata().ok().filter(|it| it.is_file() && it.len() <= FILE_BYTES_MAX)?;
        let key = (metadata.dev(), metadata.ino());
        if self.0.len() >= FILES_MAX && !self.0.contains_key(&key) {
            self.0.clear();
        }
        *self.0.entry(key).or_insert_with(|| symbols(file))
    }
}

/// A file as the process knows it, which may see others than we do.
fn seen_by(pid: Pid, path: &Path) -> PathBuf {
    Path::new(&format!("/proc/{pid}/root")).join(path.strip_prefix("/").unwrap_or(path))
}

fn is_library(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libpython"))
}

fn symbols(file: File) -> Option<Found> {
    let file = ReadCache::new(file);
    let elf: ElfFile64<'_, object::Endianness, _> = ElfFile64::parse(&file).ok()?;
    // Where the beginning of the file is to be, before it is known where that will be.
    let base = elf.segments().find(|segment| segment.file_range().0 == 0)?.address();
    let (mut runtime, mut version) = (None, None);
    for symbol in elf.dynamic_symbols().take(SYMBOLS_MAX) {
        match symbol.name() {
            Ok(RUNTIME) => runtime = symbol.address().checked_sub(base),
            Ok(VERSION) => version = symbol.address().checked_sub(base),
            _ => {}
        }
    }
    Some(Found { runtime: runtime?, version: version? })
}
