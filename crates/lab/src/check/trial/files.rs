//! What a program has written into its directory.

use std::fs::{self, File as Opened};
use std::io::{self, Read};
use std::path::Path;

use kernel::directory::{self, Access, Kind};
use scope::model::Bytes;
use sha2::{Digest, Sha256};

use super::FILE_BYTES_MAX;
use crate::check::File;

/// How many files of a program are looked at.
pub const FILES_MAX: usize = 256;

/// The files in `work` that are not in `before`, or not so, in the order of their names; those in directories of it are not looked at.
///
/// A program may have put anything there: what is no regular file is passed over, and no link is followed.
pub(super) fn changed(work: &Path, before: &Path) -> io::Result<Vec<File>> {
    let directory = directory::open(work)?;
    let mut names: Vec<String> = fs::read_dir(work)?
        .take(FILES_MAX)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    let mut files = Vec::new();
    for name in names {
        let Some((bytes, total_bytes)) = content(&directory, &name) else { continue };
        let former = directory::open(before).ok().and_then(|before| content(&before, &name));
        if former.is_none_or(|former| former != (bytes.clone(), total_bytes)) {
            let sha256 = format!("{:x}", Sha256::digest(&bytes));
            files.push(File { name, bytes: Bytes(bytes), total_bytes, sha256 });
        }
    }
    Ok(files)
}

/// The first bytes of a regular file, and how many it has.
fn content(directory: &impl std::os::fd::AsFd, name: &str) -> Option<(Vec<u8>, u64)> {
    let opened = directory::open_file(directory, name, Access::Read).ok()?;
    let status = directory::status(&opened).ok()?;
    if status.kind != Kind::File {
        return None;
    }
    let mut bytes = Vec::new();
    Opened::from(opened).take(FILE_BYTES_MAX as u64).read_to_end(&mut bytes).ok()?;
    Some((bytes, status.bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_new_or_not_the_same_are_told() {
        let (work, before) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (directory, name, text) in
            [(&work, "new", "hola"), (&work, "same", "1"), (&before, "same", "1"), (&work, "other", "2")]
        {
            fs::write(directory.path().join(name), text).unwrap();
        }
        fs::write(before.path().join("other"), "1").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", work.path().join("link")).unwrap();
        fs::create_dir(work.path().join("directory")).unwrap();

        let files = changed(work.path(), before.path()).unwrap();

        let told: Vec<_> = files.iter().map(|file| (file.name.as_str(), file.bytes.0.as_slice())).collect();
        assert_eq!(told, [("new", &b"hola"[..]), ("other", b"2")]);
        assert!(files[0].sha256.starts_with("b221d9dbb083a7f3"));
    }
}
