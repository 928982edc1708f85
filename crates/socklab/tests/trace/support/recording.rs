//! A recording that was read again.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use scope::model::{
    Call, Direction, Frame, Header, Note, Observation, Pid, ProcessChange, Summary, Time, What, archive,
};
use wire::names::Group;

/// A recording that was read again.
#[derive(Debug)]
pub(crate) struct Recording(pub(crate) Vec<Observation>);

/// How often each call was made.
pub(crate) type Counts = BTreeMap<String, usize>;

impl Recording {
    pub(crate) fn read(path: &Path) -> Self {
        Self(archive::read(&mut BufReader::new(File::open(path).unwrap())).unwrap())
    }

    pub(crate) fn header(&self) -> &Header {
        let What::Recording(header) = &self.0[0].what else { panic!("{:?}", self.0[0]) };
        header
    }

    pub(crate) fn summary(&self) -> &Summary {
        let last = self.0.last().unwrap();
        let What::Summary(summary) = &last.what else { panic!("{last:?}") };
        summary
    }

    /// The calls, with the times when they began.
    pub(crate) fn calls(&self) -> impl Iterator<Item = (Time, &Call)> {
        self.0.iter().filter_map(|told| match &told.what {
            What::Call(call) => Some((told.time, call)),
            _ => None,
        })
    }

    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = (Time, &Call)> {
        self.calls().filter(move |(_, call)| call.call.name() == name)
    }

    pub(crate) fn packets(&self, direction: Direction) -> impl Iterator<Item = (Time, &Frame)> {
        self.0.iter().filter_map(move |told| match &told.what {
            What::Packet(frame) if frame.direction == direction => Some((told.time, frame)),
            _ => None,
        })
    }

    pub(crate) fn changes(&self) -> impl Iterator<Item = (Pid, &ProcessChange)> {
        self.0.iter().filter_map(|told| match &told.what {
            What::Process(process) => Some((process.pid, &process.change)),
            _ => None,
        })
    }

    pub(crate) fn notes(&self) -> Vec<&Note> {
        let notes = self.0.iter().filter_map(|told| match &told.what {
            What::Note(note) => Some(note),
            _ => None,
        });
        notes.collect()
    }

    /// The calls of the family that `strace -e trace=network` shows, of each program.
    pub(crate) fn network_calls(&self) -> Vec<Counts> {
        let mut programs = BTreeMap::new();
        let mut counts = vec![Counts::new(); self.header().programs.len()];
        for told in &self.0 {
            match &told.what {
                What::Process(process) => match process.change {
                    ProcessChange::Started { program } => drop(programs.insert(process.pid, program)),
                    ProcessChange::Forked { child } => drop(programs.insert(child, programs[&process.pid])),
                    _ => {}
                },
                What::Call(call) if call.call.group() == Group::Network => {
                    *counts[programs[&call.pid]].entry(call.call.name().to_owned()).or_default() += 1;
                }
                _ => {}
            }
        }
        counts
    }
}
