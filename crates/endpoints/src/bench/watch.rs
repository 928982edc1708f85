//! What every thread of a load has in hand: the clock, the recorder, who is told, and whether to go on.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender};

use kernel::clock::monotonic_ns;

use super::counts::Counts;
use super::error::BenchError;
use super::load::{Load, ns};
use super::pattern::Pattern;
use super::recorder::{Interval, Recorder, Window};
use super::schedule::{Schedule, Turns};

/// What a thread tells of its work.
#[derive(Debug)]
pub(super) enum Told {
    /// All of its connections are open.
    Ready,
    /// An interval is over.
    Interval(Box<Interval>),
    /// It has ended; when that was, by the monotonic clock.
    Ended(Result<u64, BenchError>),
}

/// The measurement as one thread sees it, from the start on.
pub(super) struct Watch<'a> {
    pub(super) load: &'a Load,
    pub(super) pattern: &'a Pattern,
    pub(super) now_ns: u64,
    warmup_ns: u64,
    window: Window,
    recorder: Recorder,
    tell: SyncSender<Told>,
    stop: &'a AtomicBool,
    is_over: bool,
}

/// What a thread knows before the start.
pub(super) struct Task<'a> {
    pub(super) load: &'a Load,
    pub(super) pattern: &'a Pattern,
    /// Numbers of its connections among those of all parts, ascending.
    pub(super) numbers: Vec<usize>,
    pub(super) tell: SyncSender<Told>,
    /// Says when the warm-up begins, and what is measured.
    pub(super) start: Receiver<(u64, Window)>,
    pub(super) stop: &'a AtomicBool,
}

impl<'a> Task<'a> {
    /// Tells that all is open, and waits for the start; none if there is no start, since somebody else has failed.
    pub(super) fn ready(&self) -> Option<Watch<'a>> {
        self.tell.send(Told::Ready).ok()?;
        let (warmup_ns, window) = self.start.recv().ok()?;
        Some(Watch::new(self, warmup_ns, window))
    }
}

impl<'a> Watch<'a> {
    /// Begins, with a warm-up from now on until the window.
    fn new(task: &Task<'a>, warmup_ns: u64, window: Window) -> Self {
        Self {
            load: task.load,
            pattern: task.pattern,
            now_ns: monotonic_ns(),
            warmup_ns,
            window,
            recorder: Recorder::new(window, task.load.rate.is_some()),
            tell: task.tell.clone(),
            stop: task.stop,
            is_over: false,
        }
    }

    /// Looks at the clock, tells what is over, and says whether the measurement is.
    pub(super) fn tick(&mut self) -> bool {
        self.now_ns = monotonic_ns();
        self.roll();
        self.is_over = self.is_over || self.now_ns >= self.window.end_ns() || self.stop.load(Relaxed);
        self.is_over
    }

    /// Whether nothing more is to begin.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Whether somebody wants no results any more.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Relaxed)
    }

    /// Counts an echo that has come now.
    pub(super) fn echo(&mut self, began_ns: u64) {
        self.recorder.echo(began_ns, self.now_ns);
    }

    /// Counts something else that has happened now.
    pub(super) fn count(&mut self, count: impl FnOnce(&mut Counts)) {
        self.recorder.count(self.now_ns, count);
    }

    /// The turns of these connections, in an open loop: from the warm-up on.
    pub(super) fn turns(&self, numbers: &[usize]) -> Option<Turns> {
        Some(Turns::new(self.schedule()?, numbers.to_vec()))
    }

    /// The times of all messages of an open loop.
    pub(super) fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::new(self.warmup_ns, self.load.rate?, self.load.connections))
    }

    /// Counts the messages of a connection, from the one with this number on, that could not begin.
    pub(super) fn unsent(&mut self, number: usize, message: u64) {
        if let (Some(schedule), false) = (self.schedule(), self.is_stopped()) {
            self.recorder.unsent(message, |message| schedule.at(number, message));
        }
    }

    /// After how long without an echo there is none to come.
    pub(super) fn timeout_ns(&self) -> u64 {
        ns(self.load.timeout)
    }

    /// Tells the last interval; returns when that was.
    pub(super) fn finish(mut self) -> u64 {
        let now_ns = monotonic_ns();
        self.now_ns = now_ns;
        self.roll();
        // Nobody listens any more only when somebody else has failed.
        let _ = self.tell.send(Told::Interval(Box::new(self.recorder.finish())));
        now_ns
    }

    fn roll(&mut self) {
        while let Some(interval) = self.recorder.roll(self.now_ns) {
            let _ = self.tell.send(Told::Interval(Box::new(interval)));
        }
    }
}
