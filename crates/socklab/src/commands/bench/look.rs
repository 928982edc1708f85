//! Who looks on while a load goes on: progress for people or events, the log, and what both ends use.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::Duration;

use endpoints::bench::{Interval, Log, Witness};
use kernel::clock::realtime_ns;

use super::processes::Server;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::views::bench::Progress;

/// Whoever looks on.
pub(super) struct Look<'a> {
    context: &'a Context,
    progress: Progress<'a>,
    server: Server,
    log: Writing,
    /// What could not be written; the measurement goes on without it.
    failed: Option<Failure>,
}

/// The log, if one is wanted.
enum Writing {
    None,
    Ready(PathBuf, File),
    Begun(PathBuf, Log<BufWriter<File>>),
}

impl<'a> Look<'a> {
    /// Begins to look on.
    ///
    /// # Errors
    ///
    /// A failure of usage: a log that cannot be made.
    pub(super) fn new(context: &'a Context, server: Server, log: Option<&Path>) -> Result<Self, Failure> {
        let log = match log {
            None => Writing::None,
            Some(path) => {
                let failed =
                    |error| Failure::system(&context.words, Exit::Usage, "open", path.display(), &error);
                Writing::Ready(path.to_owned(), File::create(path).map_err(failed)?)
            }
        };
        Ok(Self { context, progress: Progress::new(context), server, log, failed: None })
    }

    /// Ends the log and the line of progress.
    ///
    /// # Errors
    ///
    /// A failure of usage: what could not be written.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        self.progress.end();
        if let Writing::Begun(path, log) = self.log {
            log.finish().map_err(|error| {
                Failure::system(&self.context.words, Exit::Usage, "write", path.display(), &error)
            })?;
        }
        self.failed.map_or(Ok(()), Err)
    }

    fn write(&mut self, interval: &Interval, length: Duration) -> Result<(), Failure> {
        let words = &self.context.words;
        self.log = match std::mem::replace(&mut self.log, Writing::None) {
            Writing::None => Writing::None,
            Writing::Ready(path, file) => {
                let began = Duration::from_nanos(realtime_ns()).saturating_sub(length);
                let log = Log::begin(BufWriter::new(file), began);
                let failed = |error| Failure::system(words, Exit::Usage, "write", path.display(), &error);
                Writing::Begun(path.clone(), log.map_err(failed)?)
            }
            begun @ Writing::Begun(..) => begun,
        };
        if let Writing::Begun(path, log) = &mut self.log {
            let failed = |error| Failure::system(words, Exit::Usage, "write", path.display(), &error);
            log.write(interval, length).map_err(failed)?;
        }
        Ok(())
    }
}

impl Witness for Look<'_> {
    fn interval(&mut self, interval: &Interval, of: usize, length: Duration) {
        let written =
            self.progress.interval(interval, of, length).and_then(|()| self.write(interval, length));
        if let Err(failure) = written
            && self.failed.is_none()
        {
            self.log = Writing::None;
            self.failed = Some(failure);
        }
    }

    fn client_cpu_ns(&mut self) -> Option<u64> {
        scope::usage::cpu_ns_of(std::process::id())
    }

    fn server_cpu_ns(&mut self) -> Option<u64> {
        self.server.usage().map(|usage| usage.cpu_ns)
    }

    fn server_bytes(&mut self) -> Option<u64> {
        self.server.usage().map(|usage| usage.resident_bytes)
    }
}
