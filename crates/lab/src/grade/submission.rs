//! The directories that students handed in, looked at with suspicion: nothing is followed, everything has an end.

use std::ffi::OsStr;
use std::fs::{self, DirEntry, File, Metadata};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::name::shown;

/// How many submissions a class has at the most.
pub const SUBMISSIONS_MAX: usize = 10_000;

/// How many files a submission has at the most, with its directories.
pub const FILES_MAX: usize = 10_000;

/// How deep its directories go.
pub const DEPTH_MAX: usize = 32;

/// How long a file may be to be taken along; a longer one is left out.
pub const FILE_BYTES_MAX: u64 = 64 << 20;

/// How long all files together are at the most.
pub const TOTAL_BYTES_MAX: u64 = 256 << 20;

/// Directories that tools make, and that nobody wrote.
const SKIPPED: [&str; 4] = ["node_modules", "__pycache__", "__MACOSX", "target"];

/// What a student handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Its directory's name, [as it is shown](shown).
    pub name: String,
    /// Its directory.
    pub path: PathBuf,
}

/// What is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The files that can be named, from its directory, with slashes, in their order.
    pub files: Vec<String>,
    /// The hash of the names and contents of everything, in hexadecimal (SHA-256).
    pub fingerprint: String,
    /// When the youngest file was changed, in seconds since 1970 (UTC).
    pub newest_unix_s: i64,
    /// What is taken along, as paths from its directory.
    taken: Vec<PathBuf>,
}

/// Why a submission cannot be graded.
#[derive(Debug, Error)]
pub enum SubmissionError {
    /// A call failed.
    #[error("{operation} {path}: {error}")]
    System {
        /// Which call.
        operation: &'static str,
        /// On what, as it is shown.
        path: String,
        /// What the kernel said.
        error: io::Error,
    },
    /// It has more than [`FILES_MAX`] files, or more than [`TOTAL_BYTES_MAX`] bytes, or directories deeper than [`DEPTH_MAX`].
    #[error("too large")]
    TooLarge,
    /// There are more than [`SUBMISSIONS_MAX`].
    #[error("too many submissions")]
    TooMany,
}

/// Returns the submissions of a directory: every directory in it whose name does not begin with a dot, in the order of their names.
/// Symbolic links are none.
///
/// # Errors
///
/// [`SubmissionError`]: what kept the directory from being read, or that there are too many.
pub fn submissions(directory: &Path) -> Result<Vec<Submission>, SubmissionError> {
    let mut found = Vec::new();
    for entry in entries(directory, SUBMISSIONS_MAX * 2)? {
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let name = entry.file_name();
        if is_directory && !name.as_bytes().starts_with(b".") {
            found.push(Submission { name: shown(&name), path: entry.path() });
        }
    }
    if found.len() > SUBMISSIONS_MAX {
        return Err(SubmissionError::TooMany);
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

impl Submission {
    /// Looks at everything in it.
    ///
    /// # Errors
    ///
    /// [`SubmissionError`]: it cannot be read, or is too large. A single file that cannot be read is left out.
    pub fn look(&self) -> Result<Contents, SubmissionError> {
        let mut walk = Walk { root: &self.path, entries: 0, bytes: 0, newest_unix_s: 0, files: Vec::new() };
        walk.directory(Path::new(""), 0)?;
        walk.files.sort();
        let mut all = Sha256::new();
        let mut taken = Vec::new();
        for (path, size) in &walk.files {
            let content = content_hash(&self.path.join(path), *size);
            let name = path.as_os_str().as_bytes();
            all.update((name.len() as u64).to_be_bytes());
            all.update(name);
            all.update(size.to_be_bytes());
            all.update(content.unwrap_or_default());
            taken.extend(content.is_some().then(|| path.clone()));
        }
        let nameable =
            taken.iter().filter_map(|path| path.to_str()).filter(|path| !path.contains(char::is_control));
        Ok(Contents {
            files: nameable.map(str::to_owned).collect(),
            fingerprint: hexadecimal(&all.finalize()),
            newest_unix_s: walk.newest_unix_s,
            taken,
        })
    }

    /// Copies what is taken along into a directory, which is made: programs run in the copy, and what was handed in stays as it is.
    ///
    /// # Errors
    ///
    /// [`SubmissionError::System`].
    pub fn copy(&self, contents: &Contents, to: &Path) -> Result<(), SubmissionError> {
        fs::create_dir_all(to).map_err(|error| failed("mkdir", to, error))?;
        for path in &contents.taken {
            let target = to.join(path);
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent).map_err(|error| failed("mkdir", parent, error))?;
            }
            // The content alone: no owner, no time, and of the permissions only what `copy(2)` gives a file of ours.
            fs::copy(self.path.join(path), &target).map_err(|error| failed("copy", path, error))?;
        }
        Ok(())
    }
}

/// A walk through a submission's directories.
struct Walk<'a> {
    root: &'a Path,
    entries: usize,
    bytes: u64,
    newest_unix_s: i64,
    /// Regular files with their sizes.
    files: Vec<(PathBuf, u64)>,
}

impl Walk<'_> {
    fn directory(&mut self, path: &Path, depth: usize) -> Result<(), SubmissionError> {
        if depth > DEPTH_MAX {
            return Err(SubmissionError::TooLarge);
        }
        let all = match entries(&self.root.join(path), FILES_MAX) {
            Ok(all) => all,
            // One that its student closed to everybody has nothing to grade in it, and the others may.
            Err(SubmissionError::System { .. }) if depth > 0 => return Ok(()),
            Err(error) => return Err(error),
        };
        for entry in all {
            self.entries += 1;
            if self.entries > FILES_MAX {
                return Err(SubmissionError::TooLarge);
            }
            let inner = path.join(entry.file_name());
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            if metadata.is_dir() && !is_skipped(&entry.file_name()) {
                self.directory(&inner, depth + 1)?;
            } else if metadata.is_file() {
                self.file(inner, &metadata)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, path: PathBuf, metadata: &Metadata) -> Result<(), SubmissionError> {
        self.newest_unix_s = self.newest_unix_s.max(metadata.mtime());
        if metadata.len() <= FILE_BYTES_MAX {
            self.bytes += metadata.len();
        }
        if self.bytes > TOTAL_BYTES_MAX {
            return Err(SubmissionError::TooLarge);
        }
        self.files.push((path, metadata.len()));
        Ok(())
    }
}

fn is_skipped(name: &OsStr) -> bool {
    name.as_bytes().starts_with(b".") || SKIPPED.iter().any(|skipped| name == *skipped)
}

fn entries(directory: &Path, most: usize) -> Result<Vec<DirEntry>, SubmissionError> {
    let read = fs::read_dir(directory).map_err(|error| failed("opendir", directory, error))?;
    let all: Result<Vec<_>, _> = read.take(most + 1).collect();
    let all = all.map_err(|error| failed("readdir", directory, error))?;
    if all.len() > most { Err(SubmissionError::TooLarge) } else { Ok(all) }
}

/// The hash of a file's content; `None` if it cannot be read, or is too long to be taken along.
fn content_hash(path: &Path, size: u64) -> Option<[u8; 32]> {
    if size > FILE_BYTES_MAX {
        return None;
    }
    let mut file = File::open(path).ok()?.take(FILE_BYTES_MAX);
    let mut hash = Sha256::new();
    let mut buffer = [0; 8192];
    loop {
        match file.read(&mut buffer).ok()? {
            0 => return Some(hash.finalize().into()),
            length => hash.update(&buffer[..length]),
        }
    }
}

/// Writes bytes in hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn failed(operation: &'static str, path: &Path, error: io::Error) -> SubmissionError {
    SubmissionError::System { operation, path: shown(path.as_os_str()), error }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn submissions_are_directories_and_nothing_else() {
        let class = tempfile::tempdir().unwrap();
        for name in ["b", "a", ".git"] {
            fs::create_dir(class.path().join(name)).unwrap();
        }
        fs::create_dir(class.path().join(OsStr::from_bytes(b"\xff\n"))).unwrap();
        fs::write(class.path().join("class.toml"), "").unwrap();
        symlink("/", class.path().join("link")).unwrap();

        let names: Vec<_> = submissions(class.path()).unwrap().into_iter().map(|it| it.name).collect();
        assert_eq!(names, ["\\xff\\n", "a", "b"]);
    }

    #[test]
    fn nothing_that_is_handed_in_leads_elsewhere_or_has_no_end() {
        let (class, submission) = one();
        let path = |name: &str| submission.path.join(name);
        fs::write(path("server.py"), "x").unwrap();
        symlink("/etc/passwd", path("passwd.py")).unwrap();
        symlink(".", path("loop")).unwrap();
        File::create(path("huge.py")).unwrap().set_len(FILE_BYTES_MAX + 1).unwrap();
        fs::create_dir(path("node_modules")).unwrap();
        fs::write(path("node_modules/x.js"), "x").unwrap();
        fs::write(submission.path.join(OsStr::from_bytes(b"odd\xff.py")), "x").unwrap();
        fs::write(path("-rf *\n.py"), "x").unwrap();

        let contents = submission.look().unwrap();
        assert_eq!(contents.files, ["server.py"]);
        let copy = class.path().join("copy");
        submission.copy(&contents, &copy).unwrap();
        let mut copied: Vec<_> =
            fs::read_dir(&copy).unwrap().map(|it| shown(&it.unwrap().file_name())).collect();
        copied.sort();
        assert_eq!(copied, ["-rf *\\n.py", "odd\\xff.py", "server.py"]);
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let (_class, submission) = one();
        fs::write(submission.path.join("server.py"), "x").unwrap();
        let closed = submission.path.join("closed");
        fs::create_dir(&closed).unwrap();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();

        let contents = submission.look();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(contents.unwrap().files, ["server.py"]);
        let gone = Submission { name: "x".to_owned(), path: submission.path.join("none") };
        assert!(matches!(gone.look(), Err(SubmissionError::System { operation: "opendir", .. })));
    }

    #[test]
    fn thousands_of_files_are_an_end_and_no_fault_of_others() {
        let (_class, submission) = one();
        for number in 0..FILES_MAX {
            File::create(submission.path.join(format!("{number}.py"))).unwrap();
        }
        assert_eq!(submission.look().unwrap().files.len(), FILES_MAX);
        File::create(submission.path.join("one-more.py")).unwrap();
        assert!(matches!(submission.look(), Err(SubmissionError::TooLarge)));
    }

    #[test]
    fn many_large_files_are_too_large_together() {
        let (_class, submission) = one();
        for number in 0..4 {
            let file = File::create(submission.path.join(format!("{number}"))).unwrap();
            file.set_len(if number == 0 { FILE_BYTES_MAX } else { FILE_BYTES_MAX - 1 }).unwrap();
        }
        // Sparse, but the sum is what counts: at it, and one byte beyond.
        let mut walk =
            Walk { root: &submission.path, entries: 0, bytes: 0, newest_unix_s: 0, files: Vec::new() };
        walk.directory(Path::new(""), 0).unwrap();
        fs::write(submission.path.join("rest"), [0; 4]).unwrap();
        let mut walk =
            Walk { root: &submission.path, entries: 0, bytes: 0, newest_unix_s: 0, files: Vec::new() };
        assert!(matches!(walk.directory(Path::new(""), 0), Err(SubmissionError::TooLarge)));
    }

    #[test]
    fn deep_directories_have_an_end() {
        let (_class, submission) = one();
        let mut path = submission.path.clone();
        (0..DEPTH_MAX).for_each(|_| path.push("d"));
        fs::create_dir_all(&path).unwrap();
        assert!(submission.look().is_ok());
        fs::create_dir(path.join("d")).unwrap();
        assert!(matches!(submission.look(), Err(SubmissionError::TooLarge)));
    }

    #[test]
    fn the_fingerprint_is_that_of_names_and_contents() {
        let (_class, submission) = one();
        let file = submission.path.join("a.py");
        let look = || submission.look().unwrap().fingerprint;
        fs::write(&file, "one").unwrap();
        let first = look();
        fs::write(&file, "two").unwrap();
        let second = look();
        fs::rename(&file, submission.path.join("b.py")).unwrap();

        assert_ne!(first, second);
        assert_ne!(second, look());
        fs::rename(submission.path.join("b.py"), &file).unwrap();
        fs::write(&file, "one").unwrap();
        assert_eq!(first, look());
    }

    fn one() -> (tempfile::TempDir, Submission) {
        let class = tempfile::tempdir().unwrap();
        let path = class.path().join("ana");
        fs::create_dir(&path).unwrap();
        (class, Submission { name: "ana".to_owned(), path })
    }
}
