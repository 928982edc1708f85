//! Files that are always whole: whoever reads them meanwhile sees the one before or the next.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::words::Words;

/// What stands for standard output.
pub(super) const STDOUT: &str = "-";

/// Writes a file beside its place, and moves it there when it is on the disk.
///
/// # Errors
///
/// A failure of usage, which names the call.
pub(crate) fn write_whole(path: &Path, text: &str, words: &Words) -> Result<(), Failure> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = written(&part, text).and_then(|()| fs::rename(&part, path));
    written.map_err(|error| {
        // There is nothing more to do about it.
        let _ = fs::remove_file(&part);
        Failure::system(words, Exit::Usage, "write", path.display(), &error)
    })
}

fn written(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_data()
}

/// Writes a file that is not there yet.
///
/// # Errors
///
/// A failure of usage: it is there (`EEXIST`), or the call that failed.
pub(super) fn write_new(path: &Path, text: &str, words: &Words) -> Result<(), Failure> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::new(Exit::Usage, words.check_file_exists(path.display()))
            .hint(words.hint_check_file_exists()),
        _ => Failure::system(words, Exit::Usage, "open", path.display(), &error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("results.json");
        let words = Words::new(Lang::English);
        for text in ["one", "two"] {
            write_whole(&path, text, &words).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
        assert!(write_whole(&place.path().join("none/x"), "", &words).is_err());
    }
}
