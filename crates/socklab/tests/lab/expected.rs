//! What the scenes are expected to look like: `expected/SCENE.script` beside each experiment.
//!
//! Programs that run at the same time make their calls in some order, and the kernel acknowledges now or with the next data. So
//! what is compared is what each program calls and what each sends, one program after the other, without times and without
//! acknowledgements. Calls that only a build with debug assertions makes (`fcntl(2)`, before a descriptor is closed) are left out.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::{env, fs};

use scope::script::{Options, read, write};
use scope::timeline::{Entry, Timeline};

use crate::run::Run;

/// With this in the environment, the scripts are written instead. They are to be read before they are kept.
const UPDATE: &str = "SOCKLAB_UPDATE_EXPECTED";

/// The ports that Linux gives to whoever asks for any (`ip_local_port_range` of `ip(7)`).
const ANY_PORT: RangeInclusive<u16> = 32_768..=60_999;

/// Compares the scenes that have a script with it.
pub(crate) fn assert_expected(folder: &str, run: &Run) {
    let experiments = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../lab/src/experiments");
    let directory = experiments.join(folder).join("expected");
    let mut compared = 0;
    for (name, timeline) in &run.scenes {
        let path = directory.join(format!("{name}.script"));
        let Ok(script) = fs::read_to_string(&path) else { continue };
        compared += 1;
        if env::var_os(UPDATE).is_some() {
            fs::write(&path, comment(&script) + &write(timeline, &Options::default())).unwrap();
            continue;
        }
        compare_each(name, &script, timeline);
    }
    assert!(compared > 0, "no script in {}", directory.display());
}

/// Compares the calls, and then the packets, of each program.
fn compare_each(scene: &str, script: &str, timeline: &Timeline) {
    let problem = read(script).err();
    assert!(problem.is_none(), "{scene}: {problem:?}");
    let expected: Vec<Line> = script.lines().filter_map(Line::of).collect();
    let happened: Vec<_> = timeline.entries.iter().filter_map(|entry| written(timeline, entry)).collect();
    let names: BTreeSet<_> = expected.iter().chain(&happened).map(|line| line.who.clone()).collect();
    for who in names {
        for is_packet in [false, true] {
            let plain = |lines: &[Line]| {
                let meant = lines.iter().filter(|line| line.who == who && line.is_packet() == is_packet);
                plain(meant.filter(|line| !line.is_noise()))
            };
            assert_eq!(plain(&happened), plain(&expected), "{scene}, {who}: what happened, and the script");
        }
    }
}

/// Lines without what differs from run to run: ports that the kernel chose have numbers in the order in which they come, and
/// packets neither say what they acknowledge nor how far the other side is.
fn plain<'l>(lines: impl Iterator<Item = &'l Line>) -> Vec<String> {
    let mut ports = Vec::new();
    let mut plain = |line: &Line| {
        let what = if line.is_packet() { line.without_the_other_side() } else { line.what.clone() };
        let mut pieces = what.split(':');
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let digits = piece.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(piece.len());
            let (number, rest) = piece.split_at(digits);
            match number.parse::<u16>().ok().filter(|port| ANY_PORT.contains(port)) {
                None => text.extend([":", piece]),
                Some(port) => {
                    let place = ports.iter().position(|known| *known == port).unwrap_or_else(|| {
                        ports.push(port);
                        ports.len() - 1
                    });
                    text.extend([":any", &place.to_string(), rest]);
                }
            }
        }
        text
    };
    let mut lines: Vec<String> = lines.map(&mut plain).collect();
    // What belongs to one connection and to another one may come in any order.
    lines.sort_by_key(|line| {
        line.find(":any")
            .and_then(|at| line[at..].split(' ').next().map(str::to_owned))
            .filter(|_| line.starts_with(':'))
    });
    lines
}

/// A line of a script.
#[derive(Debug)]
struct Line {
    who: String,
    what: String,
}

impl Line {
    /// `None`: a comment, an option, or an empty line.
    fn of(line: &str) -> Option<Self> {
        if line.is_empty() || line.starts_with('#') || line.starts_with("--") {
            return None;
        }
        let end = match line.strip_prefix('"') {
            Some(quoted) => quoted.find('"')? + 2,
            None => line.find(' ')?,
        };
        let (who, rest) = line.split_at(end);
        let (_when, what) = rest.trim_start().split_once(' ')?;
        Some(Self { who: who.to_owned(), what: what.trim_start().to_owned() })
    }

    fn is_packet(&self) -> bool {
        self.what.starts_with([':', '>'])
    }

    /// What a packet says of its sender.
    fn without_the_other_side(&self) -> String {
        let text = self.what.replace("(closed)", "").replace("(listener)", "");
        match text.split_once(" ack ") {
            Some((before, after)) => {
                let rest = after.split_once(' ').map_or(String::new(), |(_, rest)| format!(" {rest}"));
                before.to_owned() + &rest
            }
            None => text,
        }
    }

    /// Whether it may be there or not.
    fn is_noise(&self) -> bool {
        let is_bare_ack = self.is_packet() && self.what.contains(" . ") && self.what.contains("(0) ack");
        is_bare_ack || self.what.starts_with("fcntl(")
    }
}

/// An entry as a line, if a script has it.
fn written(timeline: &Timeline, entry: &Entry) -> Option<Line> {
    let mut alone = timeline.clone();
    alone.entries = vec![entry.clone()];
    write(&alone, &Options::default()).lines().find_map(Line::of)
}

/// What stands above the first line of a script.
fn comment(script: &str) -> String {
    script.split_inclusive('\n').take_while(|line| line.starts_with('#')).collect()
}
