//! A recording with `--json`: the lines of the archive, then what was found, and the summary last.

use std::io::{self, Write};

use scope::findings::Finding;
use scope::model::archive::{self, VERSION};
use scope::model::{Observation, What};
use serde::Serialize;

/// Writes events to a writer.
pub(crate) struct Events<W> {
    writer: W,
    /// The last observation, which is held back for what was found to stand before it.
    summary: Option<Observation>,
}

/// The envelope of a finding, which brings its own time.
#[derive(Serialize)]
struct Line<'a> {
    v: u8,
    event: &'static str,
    #[serde(flatten)]
    finding: &'a Finding,
}

impl<W: Write> Events<W> {
    /// Writes to this writer.
    pub(crate) fn new(writer: W) -> Self {
        Self { writer, summary: None }
    }

    /// Writes observations, and lets whoever reads have them.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub(crate) fn write(&mut self, observations: &[Observation]) -> io::Result<()> {
        for observation in observations {
            if matches!(observation.what, What::Summary(_)) {
                self.summary = Some(observation.clone());
            } else {
                archive::write(&mut self.writer, observation)?;
            }
        }
        self.writer.flush()
    }

    /// Writes what was found, and the summary.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub(crate) fn end(&mut self, findings: &[Finding]) -> io::Result<()> {
        for finding in findings {
            writeln!(self.writer, "{}", line(finding))?;
        }
        if let Some(summary) = self.summary.take() {
            archive::write(&mut self.writer, &summary)?;
        }
        self.writer.flush()
    }
}

/// A finding as a line of JSON, without the line feed.
///
/// # Panics
///
/// Never: a finding is an object with string keys.
pub(crate) fn line(finding: &Finding) -> String {
    let line = Line { v: VERSION, event: "finding", finding };
    serde_json::to_string(&line).expect("a finding is an object with string keys")
}

#[cfg(test)]
mod tests {
    use scope::findings::find;
    use scope::model::Protocol;
    use scope::testing::Story;
    use scope::timeline::Timeline;

    use super::*;

    #[test]
    fn the_summary_is_the_last_line_and_findings_stand_before_it() {
        let mut story = Story::new(&["client"]);
        let socket = story.socket(story.pid(0), 3, Protocol::Tcp);
        story.failing(wire::errno::ECONNREFUSED).connect(socket, "127.0.0.1:3500");
        let story = story.finish();
        let findings = find(&Timeline::build(story.clone()).unwrap());
        let mut written = Vec::new();
        let mut events = Events::new(&mut written);

        events.write(&story).unwrap();
        events.end(&findings).unwrap();

        let written = String::from_utf8(written).unwrap();
        let name = |line| serde_json::from_str::<serde_json::Value>(line).unwrap()["event"].clone();
        let names: Vec<_> = written.lines().map(name).collect();
        assert_eq!(names, ["recording", "process", "process", "call", "call", "finding", "summary"]);
    }
}
