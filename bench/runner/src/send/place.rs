//! The directory that a file is copied in, and what has to be there.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
};

/// The key that is used here: 32 bytes as base64url. It protects nothing.
const SECRET: &str = "c29ja2xhYiBiZW5jaDogYSBrZXkgZm9yIG5vYm9keSE";
/// How much is compared at once.
const COMPARED_BYTES: usize = 1 << 20;

/// A directory of this run; dropping it removes it.
pub(super) struct Place {
    path: PathBuf,
    file_system: String,
}

impl Place {
    /// Makes a directory in `parent`, with a file of so many bytes that do not compress, keys and a certificate.
    ///
    /// # Errors
    /// When one of them cannot be made. Without openssl there is no certificate, and nobody who would need it.
    pub(super) fn new(parent: &Path, bytes: u64) -> io::Result<Self> {
        let path = std::path::absolute(parent)?.join(format!("socklab-bench-{}", process::id()));
        fs::create_dir(&path)?;
        let place = Self { file_system: file_system_of(&path), path };
        write_source(&place.path.join("source"), bytes)?;
        write_private(&place.path.join("key"), &format!("socklab-key-1 bench {SECRET}\n"))?;
        write_private(&place.path.join("keys"), &format!("bench {SECRET} may=file\n"))?;
        let _ = certificate_command(&place.path).status();
        Ok(place)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The type of its file system, as `tmpfs`.
    pub(super) fn file_system(&self) -> &str {
        &self.file_system
    }

    /// Whether the file called `copy` has every byte of the source, and no other.
    ///
    /// # Errors
    /// When one of the two cannot be read.
    pub(super) fn is_same(&self, copy: &str) -> io::Result<bool> {
        let [mut source, mut copy] =
            [File::open(self.path.join("source"))?, File::open(self.path.join(copy))?];
        let [mut expected, mut found] = [vec![0; COMPARED_BYTES], vec![0; COMPARED_BYTES]];
        loop {
            let count = read_full(&mut source, &mut expected)?;
            if read_full(&mut copy, &mut found)? != count || expected[..count] != found[..count] {
                return Ok(false);
            }
            if count == 0 {
                return Ok(true);
            }
        }
    }

    /// Removes what a copy left; what is not there was not left.
    pub(super) fn clean(&self) {
        let _ = fs::remove_dir_all(self.path.join("inbox"));
        for name in ["copy", "sum", "sum-there"] {
            let _ = fs::remove_file(self.path.join(name));
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn write_source(path: &Path, bytes: u64) -> io::Result<()> {
    let mut file = BufWriter::with_capacity(COMPARED_BYTES, File::create_new(path)?);
    let mut state = 0_u64;
    let mut left = bytes;
    while left > 0 {
        let word = split_mix(&mut state).to_ne_bytes();
        let count = left.min(8);
        file.write_all(&word[..usize::try_from(count).unwrap_or(word.len())])?;
        left -= count;
    }
    // What is written back later would disturb the first who copies.
    file.into_inner()?.sync_all()
}

/// The next number of the generator `SplitMix64`.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// socklab takes no key from a file that others can read.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

fn certificate_command(directory: &Path) -> Command {
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
    command.args(["-keyout", "cert-key.pem", "-out", "cert.pem", "-subj", "/CN=bench", "-days", "2"]);
    command.current_dir(directory).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The type of the file system that `path` is in: of the longest mount point that it begins with (`proc_pid_mountinfo(5)`).
fn file_system_of(path: &Path) -> String {
    let mounts = procfs::process::Process::myself().and_then(|this| this.mountinfo());
    let containing = mounts.into_iter().flatten().filter(|mount| path.starts_with(&mount.mount_point));
    let innermost = containing.max_by_key(|mount| mount.mount_point.as_os_str().len());
    innermost.map_or_else(|| "unknown".into(), |mount| mount.fs_type)
}

/// Reads until the buffer is full or the file ends.
fn read_full(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_and_equal_copy_is_the_same() {
        let parent = std::env::temp_dir().join(format!("socklab-bench-place-{}", process::id()));
        fs::create_dir(&parent).unwrap();
        let bytes = COMPARED_BYTES + 3;
        let place = Place::new(&parent, bytes as u64).unwrap();
        let source = fs::read(place.path().join("source")).unwrap();
        let is_same = |content: &[u8]| {
            fs::write(place.path().join("copy"), content).unwrap();
            place.is_same("copy").unwrap()
        };

        assert_eq!(source.len(), bytes);
        assert!(is_same(&source));
        assert!(!is_same(&source[..bytes - 1]));
        assert!(!is_same(&[&source[..], b"x"].concat()));
        assert!(!is_same(&[&source[..bytes - 1], b"x"].concat()) || source[bytes - 1] == b'x');
        place.clean();
        assert!(place.is_same("copy").is_err());
        drop(place);
        fs::remove_dir(&parent).unwrap();
    }

    #[test]
    fn proc_is_a_file_system_of_its_own() {
        assert_eq!(file_system_of(Path::new("/proc/self")), "proc");
    }
}
