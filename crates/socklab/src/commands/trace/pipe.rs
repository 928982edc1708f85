//! Packets and calls as they happen, for a Wireshark that reads them from a pipe.

use std::io::{self, BufWriter, Write};

use scope::export::pcapng::{PcapngWriter, Remark};
use scope::model::Header;
use scope::timeline::{Entry, EntryKind, Processes, Sockets, Timeline};

use crate::views::finding::Said;

/// A pipe that a recording is written into while it is made.
pub(super) struct Pipe {
    /// Until the recording begins.
    out: Option<Box<dyn Write>>,
    writer: Option<PcapngWriter<BufWriter<Box<dyn Write>>>>,
}

impl Pipe {
    /// Will write into this.
    pub(super) fn new(out: Box<dyn Write>) -> Self {
        Self { out: Some(out), writer: None }
    }

    /// Writes what stands before everything else.
    ///
    /// # Errors
    ///
    /// What the pipe says: `EPIPE`, whoever read it has gone.
    pub(super) fn begin(&mut self, header: &Header) -> io::Result<()> {
        if let Some(out) = self.out.take() {
            let mut writer = PcapngWriter::new(BufWriter::new(out), header)?;
            writer.flush()?;
            self.writer = Some(writer);
        }
        Ok(())
    }

    /// Writes what has happened. A call that waits is written when it has returned.
    ///
    /// # Errors
    ///
    /// As [`Pipe::begin`].
    pub(super) fn add(
        &mut self,
        entries: &[Entry],
        processes: &Processes,
        sockets: &Sockets,
    ) -> io::Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        for entry in entries.iter().filter(|entry| !waits(entry)) {
            writer.entry(entry, processes, sockets)?;
        }
        writer.flush()
    }

    /// Writes the calls that never returned, and what was found.
    ///
    /// # Errors
    ///
    /// As [`Pipe::begin`].
    pub(super) fn end(mut self, timeline: &Timeline, findings: &[Said]) -> io::Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        for entry in timeline.entries.iter().filter(|entry| waits(entry)) {
            writer.entry(entry, &timeline.processes, &timeline.sockets)?;
        }
        for said in findings {
            writer.remark(&Remark { at: said.at, text: said.title.clone() })?;
        }
        writer.flush()
    }
}

fn waits(entry: &Entry) -> bool {
    matches!(&entry.kind, EntryKind::Call(call) if call.call.outcome.is_none())
}
