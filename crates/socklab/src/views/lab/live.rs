//! An experiment while it runs: each scene's timeline, line by line, each line with a number that the answer can name.

use std::collections::HashMap;
use std::io;

use lab::experiments::{Evidence, Experiment, Output, Recorded, Run, Scene, Witness};
use lab::stage::{Failed, Limits};
use lab::text::Document;
use scope::model::{Observation, Time, What};
use scope::timeline::Builder;

use super::answer::{self, Outcome};
use super::event::Event;
use super::prose::Paper;
use super::tell::{event_line, title};
use crate::context::Context;
use crate::errno;
use crate::failure::Failure;
use crate::terminal;
use crate::views::finding::in_words;
use crate::views::printable::printable_bytes;
use crate::views::trace::{Events, Lines, PLAIN, QUIET, Row, Style, Text, moment};

/// The columns of a line's number, with the blank behind it.
const NUMBER_WIDTH: usize = 5;
/// How many bytes of what programs wrote are shown.
const WRITTEN_SHOWN_MAX: usize = 2048;

/// Shows an experiment on standard output.
pub(crate) struct Live<'d> {
    experiment: &'static Experiment,
    document: &'d Document,
    all: bool,
    context: &'d Context,
    scene: Option<OnStage<'d>>,
    /// The number of the last line.
    lines: usize,
    /// The line of each observation that has one, and when it was, counted as in the lines.
    places: HashMap<Evidence, (Option<usize>, String)>,
    /// The first failure to write, which ends all further writing.
    failed: Option<Failure>,
}

/// A scene that is being recorded.
struct OnStage<'d> {
    number: usize,
    builder: Builder,
    lines: Option<Lines<'d>>,
    events: Option<Events<io::Stdout>>,
    written: Vec<u8>,
}

impl<'d> Live<'d> {
    /// Begins with the title. With `all`, nothing of the recordings is left out.
    pub(crate) fn new(
        (experiment, document): (&'static Experiment, &'d Document),
        all: bool,
        context: &'d Context,
    ) -> Self {
        let (scene, places, failed) = Default::default();
        let mut live = Self { experiment, document, all, context, scene, lines: 0, places, failed };
        if live.has_text() {
            live.print(&title(experiment, document, Paper::of(context)));
        }
        live
    }

    /// Whether all was written.
    ///
    /// # Errors
    ///
    /// A failure to write to standard output; none to say when the reader has gone.
    pub(crate) fn written(&mut self) -> Result<(), Failure> {
        self.failed.take().map_or(Ok(()), Err)
    }

    /// Shows the answer.
    ///
    /// # Errors
    ///
    /// Those of [`Live::written`].
    pub(crate) fn answer(mut self, run: &Run, outcome: &Outcome<'_>) -> Result<(), Failure> {
        if self.context.quiet && !self.context.json {
            return self.written();
        }
        let paper = Paper::of(self.context);
        let lines = if self.context.json {
            answer::events(self.document, run, outcome, self.context)
        } else {
            answer::lines(self.document, run, outcome, &self.places, paper)
        };
        self.print(&lines);
        self.written()
    }

    fn has_text(&self) -> bool {
        !self.context.json && !self.context.quiet
    }

    fn print(&mut self, lines: &[String]) {
        if self.failed.is_none() {
            self.failed = terminal::print_lines(&self.context.words, lines).err();
        }
    }

    /// Numbers lines, and remembers what they are about.
    fn number(&mut self, scene: usize, base: Time, rows: Vec<Row>) {
        let width = terminal::size().map(|size| usize::from(size.columns));
        let mut lines = Vec::new();
        for row in rows {
            let mut line = Text::default();
            if let Some(event) = row.about {
                self.lines += 1;
                let evidence = Evidence { scene, event };
                self.places.entry(evidence).or_insert((Some(self.lines), moment(row.at, base)));
                line.push(QUIET, format!("{:>width$} ", self.lines, width = NUMBER_WIDTH - 1));
            } else {
                line.push(PLAIN, " ".repeat(NUMBER_WIDTH));
            }
            line.append(row.text);
            lines.push(line.line(width, self.context.color));
        }
        self.print(&lines);
    }

    fn begin_lines(&mut self, observation: &Observation) {
        let What::Recording(header) = &observation.what else { return };
        let width = terminal::size().map(|size| usize::from(size.columns).saturating_sub(NUMBER_WIDTH));
        let style = Style { width, color: self.context.color, all: self.all };
        let is_shown = self.has_text();
        if let Some(scene) = self.scene.as_mut().filter(|_| is_shown) {
            scene.lines = Some(Lines::new(header, style, &self.context.words));
        }
    }

    /// Shows what has been added.
    fn show_lines(&mut self) {
        let Some(OnStage { number, lines: Some(lines), .. }) = &mut self.scene else { return };
        let (number, base, rows) = (*number, lines.base(), lines.take_rows());
        self.number(number, base, rows);
    }

    fn what_was_written(&self, written: &[u8]) -> Vec<String> {
        if written.is_empty() {
            return Vec::new();
        }
        let paper = Paper::of(self.context);
        let mut lines = vec![String::new()];
        lines.extend(paper.quiet(0, &self.context.words.lab_wrote()));
        let shown = &written[..written.len().min(WRITTEN_SHOWN_MAX)];
        for line in shown.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            lines.push(paper.line(&Text::plain("  | ").with(PLAIN, printable_bytes(line))));
        }
        lines
    }
}

impl Witness for Live<'_> {
    fn begins(&mut self, scene: &Scene, number: usize, of: usize) {
        let events = self.context.json.then(|| Events::new(io::stdout()));
        let builder = Builder::new();
        self.scene = Some(OnStage { number, builder, lines: None, events, written: Vec::new() });
        let paper = Paper::of(self.context);
        let lines = if self.context.json {
            let exercise = self.experiment.exercise;
            vec![event_line(&Event::Scene { exercise, scene: scene.id, number, of }, self.context)]
        } else if self.has_text() {
            let spans = self.document.scenes.iter().find(|named| named.id == scene.id);
            let mark = if of > 1 {
                format!("{} ", self.context.words.lab_scene_of(number + 1, of))
            } else {
                String::new()
            };
            let mut lines = vec![String::new()];
            lines.extend(spans.map(|named| paper.folded(&mark, &named.spans, &[])).unwrap_or_default());
            lines.push(String::new());
            lines
        } else {
            return;
        };
        self.print(&lines);
    }

    fn limited(&mut self, limits: &Limits) {
        if self.context.json {
            return;
        }
        let words = &self.context.words;
        let cause =
            |failed: &Failed| words.lab_step(&failed.operation, errno::explain_number(words, failed.errno));
        let private = limits.private.as_ref().map(|failed| words.trace_no_private_network(cause(failed)));
        let packets = limits.packets.as_ref().map(|failed| words.trace_no_packets(cause(failed)));
        let refused = limits.refused.iter().map(|refused| {
            words.lab_setting_refused(&refused.setting, errno::explain_number(words, refused.errno))
        });
        for line in private.into_iter().chain(packets).chain(refused) {
            terminal::tell(&line);
        }
    }

    fn observed(&mut self, observation: &Observation) {
        self.begin_lines(observation);
        let Some(scene) = &mut self.scene else { return };
        if let Some(events) = scene.events.as_mut().filter(|_| self.failed.is_none()) {
            let written = events.write(std::slice::from_ref(observation));
            self.failed = written.err().map(|error| Failure::stdout(&self.context.words, &error));
        }
        scene.builder.push(observation.clone());
    }

    fn settled(&mut self, until: Time) {
        let Some(OnStage { builder, lines: Some(lines), .. }) = &mut self.scene else { return };
        let entries = builder.settle(until);
        let (processes, sockets) = (builder.processes(), builder.sockets());
        lines.add(&entries, processes, sockets);
        lines.idle(until, processes, sockets);
        self.show_lines();
    }

    fn wrote(&mut self, output: &Output) {
        let Some(scene) = &mut self.scene else { return };
        if scene.written.len() < WRITTEN_SHOWN_MAX {
            scene.written.extend_from_slice(&output.bytes.0);
        }
    }

    fn ended(&mut self, recorded: &Recorded) {
        self.settled(Time(u64::MAX));
        if let Some(lines) = self.scene.as_mut().and_then(|scene| scene.lines.as_mut()) {
            let findings = in_words(&recorded.findings, &self.context.words);
            lines.finish(&findings, &recorded.timeline);
        }
        self.show_lines();
        let Some(mut scene) = self.scene.take() else { return };
        if let Some(events) = scene.events.as_mut().filter(|_| self.failed.is_none()) {
            let written = events.end(&recorded.findings);
            self.failed = written.err().map(|error| Failure::stdout(&self.context.words, &error));
        }
        if self.has_text() {
            let lines = self.what_was_written(&scene.written);
            self.print(&lines);
        }
        let base = scene.lines.as_ref().map(Lines::base).unwrap_or_default();
        for entry in &recorded.timeline.entries {
            let evidence = Evidence { scene: scene.number, event: entry.id };
            self.places.entry(evidence).or_insert((None, moment(entry.time, base)));
        }
    }
}
