//! The names of processes, each in its column and style.

use std::collections::HashMap;

use clap::builder::styling::Style;
use scope::model::{Header, Pid};
use scope::timeline::Processes;
use unicode_width::UnicodeWidthStr;

use super::text::{self, PLAIN};

/// The widest column of names; a longer name is cut.
const WIDTH_MAX: usize = 12;
/// The narrowest: the kernel has a lane, too.
const WIDTH_MIN: usize = 6;
/// The name of the interface on which what leaves arrives.
const LOOPBACK: &str = "lo";

/// The processes that were named so far, in the order of appearance.
#[derive(Debug)]
pub(super) struct Lanes {
    named: HashMap<Pid, (String, usize)>,
    width: usize,
    loopback: Option<u32>,
}

impl Lanes {
    /// Knows the names that the recording begins with.
    pub(super) fn new(header: &Header) -> Self {
        let widths = header.programs.iter().map(|program| program.name.width());
        let loopback = header.interfaces.iter().find(|interface| interface.name == LOOPBACK);
        Self {
            named: HashMap::new(),
            width: widths.max().unwrap_or_default().clamp(WIDTH_MIN, WIDTH_MAX),
            loopback: loopback.map(|interface| interface.index),
        }
    }

    /// Learns who is there by now.
    pub(super) fn learn(&mut self, processes: &Processes) {
        for lane in processes.lanes.values() {
            if self.named.get(&lane.pid).is_none_or(|(name, _)| *name != lane.name) {
                let place = self.named.get(&lane.pid).map_or(self.named.len(), |(_, place)| *place);
                self.named.insert(lane.pid, (lane.name.clone(), place));
                if lane.has_sockets {
                    self.width = self.width.max(lane.name.width()).min(WIDTH_MAX);
                }
            }
        }
    }

    /// The name of a process, and its place among them.
    pub(super) fn named(&self, pid: Pid) -> (String, Option<usize>) {
        match self.named.get(&pid) {
            Some((name, place)) => (name.clone(), Some(*place)),
            None => (pid.to_string(), None),
        }
    }

    /// The style of the lane at this place.
    #[expect(clippy::unused_self, reason = "who asks for a style has the lane from here")]
    pub(super) fn style(&self, place: Option<usize>) -> Style {
        place.map_or(PLAIN, text::of_lane)
    }

    /// The columns that names take.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Whether what leaves by this interface arrives on this machine.
    pub(super) fn is_loopback(&self, interface: u32) -> bool {
        self.loopback == Some(interface)
    }
}
