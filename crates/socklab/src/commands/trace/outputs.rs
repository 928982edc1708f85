//! Where a recording goes beside the screen. What cannot be written is told once, and the recording goes on without it.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use scope::model::{Observation, archive};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::words::Words;

/// How much is given to the system at once.
const BUFFER_BYTES: usize = 65_536;

/// The files of a recording.
#[derive(Debug)]
pub(super) struct Outputs {
    archive: Option<Output>,
    /// Whether one could not be written.
    has_failed: bool,
}

/// A file that grows.
#[derive(Debug)]
struct Output {
    path: PathBuf,
    writer: BufWriter<File>,
}

impl Outputs {
    /// Creates the files that were asked for.
    ///
    /// # Errors
    ///
    /// A failure of usage: a file that cannot be created.
    pub(super) fn create(archive: Option<&Path>, words: &Words) -> Result<Self, Failure> {
        let archive = archive.map(|path| Output::create(path, words)).transpose()?;
        Ok(Self { archive, has_failed: false })
    }

    /// Writes observations, and gives them to the system, so that a recording whose end is missing has all that came before.
    /// Returns the failure of a file that is given up.
    pub(super) fn write(&mut self, observations: &[Observation], words: &Words) -> Option<Failure> {
        let output = self.archive.as_mut()?;
        let error = output.write(observations).err()?;
        let failure = output.failure(&error, words);
        self.give_up();
        Some(failure)
    }

    /// Whether a file is not what it should be.
    pub(super) fn has_failed(&self) -> bool {
        self.has_failed
    }

    fn give_up(&mut self) {
        self.has_failed = true;
        // What is left in the buffer would be written, and fail, again.
        if let Some(output) = self.archive.take() {
            drop(output.writer.into_parts());
        }
    }
}

impl Output {
    fn create(path: &Path, words: &Words) -> Result<Self, Failure> {
        let file = File::create(path).map_err(|error| {
            Failure::system(words, Exit::Usage, "open", path.display(), &error)
                .hint(words.hint_trace_output())
        })?;
        Ok(Self { path: path.to_owned(), writer: BufWriter::with_capacity(BUFFER_BYTES, file) })
    }

    fn write(&mut self, observations: &[Observation]) -> io::Result<()> {
        for observation in observations {
            archive::write(&mut self.writer, observation)?;
        }
        self.writer.flush()
    }

    fn failure(&self, error: &io::Error, words: &Words) -> Failure {
        Failure::system(words, Exit::Usage, "write", self.path.display(), error)
            .hint(words.hint_trace_goes_on())
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use scope::testing::Story;

    use super::*;
    use crate::lang::Lang;

    #[test]
    fn a_full_disk_is_told_once_and_the_recording_goes_on() {
        let words = Words::new(Lang::English);
        let story = Story::new(&["server"]).finish();
        let mut outputs = Outputs::create(Some(Path::new("/dev/full")), &words).unwrap();

        let first = outputs.write(&story, &words).unwrap();
        let second = outputs.write(&story, &words);

        assert_eq!(first.message(), "write /dev/full: ENOSPC - there is no space left on the device");
        assert!(second.is_none() && outputs.has_failed());
    }

    #[test]
    fn what_was_written_is_read_again() {
        let words = Words::new(Lang::English);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.jsonl");
        let story = Story::new(&["server"]).finish();
        let mut outputs = Outputs::create(Some(&path), &words).unwrap();

        assert!(outputs.write(&story[..1], &words).is_none());
        assert!(outputs.write(&story[1..], &words).is_none());

        assert!(!outputs.has_failed());
        let read = archive::read(&mut BufReader::new(File::open(&path).unwrap())).unwrap();
        assert_eq!(read, story);
    }
}
