//! The files of `--report`: a page for all experiments, and for each scene the archive of its recording and its packets for
//! Wireshark.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use lab::experiments::{Recorded, Run};
use lab::text::Document;
use scope::export::pcapng::{self, Remark};
use scope::model::archive;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::views::finding::in_words;
use crate::views::page::report::{self, Chapter};
use crate::words::Words;

/// The page's name in the directory.
const PAGE: &str = "index.html";

/// The directory of a report.
#[derive(Debug)]
pub(super) struct Report {
    directory: PathBuf,
    /// What was run so far, for the page.
    runs: Vec<Told>,
}

/// An experiment that was run.
#[derive(Debug)]
struct Told {
    document: Document,
    run: Run,
    predicted: Option<String>,
}

impl Told {
    fn chapter(&self) -> Chapter<'_> {
        Chapter { document: &self.document, run: &self.run, predicted: self.predicted.as_deref() }
    }
}

impl Report {
    /// Makes the directory, if it is not there.
    ///
    /// # Errors
    ///
    /// A failure of usage: it cannot be made.
    pub(super) fn create(directory: &Path, words: &Words) -> Result<Self, Failure> {
        fs::create_dir_all(directory).map_err(|error| {
            Failure::system(words, Exit::Usage, "mkdir", directory.display(), &error)
                .hint(words.hint_lab_report())
        })?;
        Ok(Self { directory: directory.to_owned(), runs: Vec::new() })
    }

    /// Writes the files of an experiment: `1.4-pauses.pcapng`, `1.4-pauses.jsonl`; and the page, with all that have run so far.
    ///
    /// # Errors
    ///
    /// A failure of usage: a file cannot be written.
    pub(super) fn add(
        &mut self,
        document: &Document,
        mut run: Run,
        predicted: Option<String>,
        words: &Words,
    ) -> Result<(), Failure> {
        self.scenes(&run, words)?;
        for recorded in &mut run.scenes {
            // They are in their file; the page is made of the timeline.
            recorded.observations = Vec::new();
        }
        self.runs.push(Told { document: document.clone(), run, predicted });
        let chapters: Vec<_> = self.runs.iter().map(Told::chapter).collect();
        self.file(PAGE, words, |out| report::write(&chapters, words, out))
    }

    /// The page.
    pub(super) fn page(&self) -> PathBuf {
        self.directory.join(PAGE)
    }

    fn scenes(&self, run: &Run, words: &Words) -> Result<(), Failure> {
        for recorded in &run.scenes {
            let name = format!("{}-{}", run.exercise, recorded.scene.id);
            self.file(&format!("{name}.pcapng"), words, |out| {
                pcapng::write(&recorded.timeline, &remarks(recorded, words), out)
            })?;
            self.file(&format!("{name}.jsonl"), words, |mut out| {
                recorded.observations.iter().try_for_each(|it| archive::write(&mut out, it))
            })?;
        }
        Ok(())
    }

    fn file(
        &self,
        name: &str,
        words: &Words,
        write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let path = self.directory.join(name);
        let written = File::create(&path).map(BufWriter::new).and_then(|mut out| {
            write(&mut out)?;
            out.flush()
        });
        written.map_err(|error| Failure::system(words, Exit::Usage, "write", path.display(), &error))
    }
}

fn remarks(recorded: &Recorded, words: &Words) -> Vec<Remark> {
    let said = in_words(&recorded.findings, words);
    said.into_iter().map(|said| Remark { at: said.at, text: said.title }).collect()
}
