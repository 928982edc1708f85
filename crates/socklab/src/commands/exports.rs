//! The files that a recording can be written into for other programs and people, when it is whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use scope::export::pcapng::{self, Remark};
use scope::export::perfetto;
use scope::script;
use scope::timeline::Timeline;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::STDIN as STDOUT;
use crate::views::finding::Said;
use crate::views::page;
use crate::words::Words;

/// What is asked for; `-` is standard output.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Exports {
    #[arg(long, short = 'w')]
    pcapng: Option<PathBuf>,
    #[arg(long)]
    html: Option<PathBuf>,
    #[arg(long)]
    perfetto: Option<PathBuf>,
    #[arg(long)]
    script: Option<PathBuf>,
}

/// The files, open.
pub(crate) struct Files {
    files: Vec<(Format, PathBuf, Box<dyn Write>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Pcapng,
    Html,
    Perfetto,
    Script,
}

impl Exports {
    /// Whether one of them takes standard output.
    pub(crate) fn take_stdout(&self) -> bool {
        self.all().any(|(_, path)| path == Path::new(STDOUT))
    }

    /// Creates the files, before there is anything to write into them.
    ///
    /// # Errors
    ///
    /// A failure of usage: a file that cannot be created, or two that take standard output.
    pub(crate) fn open(&self, stdout_is_taken: bool, words: &Words) -> Result<Files, Failure> {
        let takers = self.all().filter(|(_, path)| *path == Path::new(STDOUT)).count();
        if takers + usize::from(stdout_is_taken) > 1 {
            return Err(
                Failure::new(Exit::Usage, words.export_stdout_twice()).hint(words.hint_export_stdout())
            );
        }
        let open = |(format, path): (Format, &Path)| {
            let writer: Box<dyn Write> = if path == Path::new(STDOUT) {
                Box::new(io::stdout())
            } else {
                Box::new(create(path, words)?)
            };
            Ok((format, path.to_owned(), writer))
        };
        Ok(Files { files: self.all().map(open).collect::<Result<_, Failure>>()? })
    }

    fn all(&self) -> impl Iterator<Item = (Format, &Path)> {
        let all = [
            (Format::Pcapng, &self.pcapng),
            (Format::Html, &self.html),
            (Format::Perfetto, &self.perfetto),
            (Format::Script, &self.script),
        ];
        all.into_iter().filter_map(|(format, path)| Some((format, path.as_deref()?)))
    }
}

impl Files {
    /// Takes out the packets that go into a pipe, if they do: whoever reads them there wants them as they happen.
    pub(crate) fn take_pipe(&mut self) -> Option<Box<dyn Write>> {
        let is_pipe = |(format, path, _): &(Format, PathBuf, _)| {
            let is_fifo = || fs::metadata(path).is_ok_and(|it| it.file_type().is_fifo());
            *format == Format::Pcapng && (path == Path::new(STDOUT) || is_fifo())
        };
        let at = self.files.iter().position(is_pipe)?;
        Some(self.files.remove(at).2)
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Writes a recording into each of them, and returns what failed. Who reads standard output may go: that is no failure.
    pub(crate) fn write(self, timeline: &Timeline, findings: &[Said], words: &Words) -> Vec<Failure> {
        let failed = self.files.into_iter().filter_map(|(format, path, writer)| {
            let error = write(format, timeline, findings, words, writer).err()?;
            let is_stdout = path == Path::new(STDOUT);
            let object = if is_stdout { words.object_stdout() } else { path.display().to_string() };
            let is_gone = is_stdout && error.kind() == io::ErrorKind::BrokenPipe;
            (!is_gone).then(|| {
                Failure::system(words, Exit::Usage, "write", object, &error).hint(words.hint_export_cut())
            })
        });
        failed.collect()
    }
}

fn create(path: &Path, words: &Words) -> Result<File, Failure> {
    File::create(path).map_err(|error| {
        Failure::system(words, Exit::Usage, "open", path.display(), &error).hint(words.hint_trace_output())
    })
}

fn write(
    format: Format,
    timeline: &Timeline,
    findings: &[Said],
    words: &Words,
    writer: impl Write,
) -> io::Result<()> {
    let remarks =
        || findings.iter().map(|said| Remark { at: said.at, text: said.title.clone() }).collect::<Vec<_>>();
    let mut writer = BufWriter::new(writer);
    match format {
        Format::Pcapng => pcapng::write(timeline, &remarks(), &mut writer)?,
        Format::Html => page::write(timeline, findings, words, &mut writer)?,
        Format::Perfetto => perfetto::write(timeline, &remarks(), &mut writer)?,
        Format::Script => {
            writer.write_all(script::write(timeline, &script::Options::default()).as_bytes())?;
        }
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    use scope::testing::Story;

    use super::*;
    use crate::lang::Lang;

    #[test]
    fn a_full_disk_is_told_of_each_file() {
        let words = Words::new(Lang::English);
        let full = || Some(PathBuf::from("/dev/full"));
        let exports = Exports { pcapng: full(), html: full(), perfetto: full(), script: full() };
        let timeline = Timeline::build(Story::new(&["server"]).finish()).unwrap();

        let failures = exports.open(false, &words).unwrap().write(&timeline, &[], &words);

        // A script of nothing has no line, so nothing of it fails.
        assert_eq!(failures.len(), 3);
        for failure in failures {
            assert_eq!(failure.message(), "write /dev/full: ENOSPC - there is no space left on the device");
        }
    }

    #[test]
    fn standard_output_is_taken_once() {
        let words = Words::new(Lang::English);
        let stdout = || Some(PathBuf::from("-"));
        let exports = Exports { pcapng: stdout(), ..Exports::default() };

        assert!(exports.open(true, &words).is_err());
        assert!(exports.open(false, &words).is_ok());
        assert!(Exports { html: stdout(), ..exports }.open(false, &words).is_err());
    }
}
