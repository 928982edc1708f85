//! What socklab is to reach beside others, and whether it does.

use endpoints::bench::Shape;

use super::{
    Report, Series,
    summary::{corruption, median_rate, per_round, rate_of},
};
use crate::{
    load::Outcome,
    quiet::{self, Rest},
    scenario::SCENARIOS,
    statistics::{median, range, ratios},
    topology::Topology::{self, Duo, Free, Split},
};

/// Whose targets they are.
pub(super) const SUBJECT: &str = "socklab";

/// Something that is to be reached.
pub(super) struct Target {
    row: &'static str,
    topology: Topology,
    quantity: Quantity,
    asked: Asked,
    /// The others, of whom the best counts; all that are servers when there are none here.
    against: &'static [&'static str],
}

/// What is compared: a ratio to others, or a figure as it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quantity {
    /// Ratio of rates.
    Rate,
    /// Ratio of CPU per echo.
    Cpu,
    /// Ratio of median latencies.
    Latency,
    /// Bytes of memory of an idle connection.
    IdleBytes,
    /// Megabytes of memory of a server with one connection.
    BaseMegabytes,
    /// How often threads left a processor in the time of the row `quiet`.
    Switches,
}

/// How far it is to go.
#[derive(Clone, Copy)]
enum Asked {
    AtLeast(f64),
    AtMost(f64),
}

/// What came of a target.
pub(super) struct Judged {
    /// What it is, for a heading.
    pub(super) what: String,
    /// Where.
    pub(super) topology: String,
    /// What was asked for.
    pub(super) asked: String,
    /// What was measured, if it was.
    pub(super) measured: Option<Measured>,
}

/// A figure that has been compared with what was asked for.
pub(super) struct Measured {
    /// The median.
    pub(super) figure: String,
    /// The smallest and the largest of a round; empty where there is one.
    pub(super) in_rounds: String,
    /// The one of the others that counts; empty when there is none.
    pub(super) against: &'static str,
    /// Whether it is enough.
    pub(super) is_met: bool,
}

const ONE_THREAD: &[&str] = &["epoll", "io_uring", "monoio", "tokio-ct"];

/// What is asked for beside single servers, or by itself.
const TARGETS: [Target; 19] = [
    target("tcp-50", Split, Quantity::Rate, Asked::AtLeast(0.98), ONE_THREAD),
    target("tcp-50", Split, Quantity::Cpu, Asked::AtMost(0.97), ONE_THREAD),
    target("tcp-50", Duo, Quantity::Rate, Asked::AtLeast(2.1), &["tokio-mt"]),
    target("tcp-500", Duo, Quantity::Rate, Asked::AtLeast(1.7), &["tokio-mt"]),
    target("tcp-5000", Split, Quantity::Cpu, Asked::AtMost(0.70), &["tokio-ct"]),
    target("tcp-64k", Duo, Quantity::Rate, Asked::AtLeast(1.6), &["tokio-mt"]),
    target("ping-pong", Split, Quantity::Latency, Asked::AtMost(0.26), &["tokio-ct"]),
    target("spin", Split, Quantity::Latency, Asked::AtMost(1.05), &["bound: spin"]),
    target("ping-pong", Duo, Quantity::Latency, Asked::AtMost(1.05), &["bound: beside"]),
    target("udp-spin", Split, Quantity::Latency, Asked::AtMost(1.08), &["bound: spin"]),
    target("udp-128", Split, Quantity::Rate, Asked::AtLeast(1.0), &["epoll"]),
    target("udp-50", Duo, Quantity::Rate, Asked::AtLeast(3.6), &["tokio-mt"]),
    target("burst", Split, Quantity::Cpu, Asked::AtMost(0.68), &["epoll"]),
    target("gso", Duo, Quantity::Rate, Asked::AtLeast(2.4), &["quinn-udp"]),
    target("connect", Duo, Quantity::Rate, Asked::AtLeast(1.9), &["tokio-mt"]),
    target("idle", Free, Quantity::IdleBytes, Asked::AtMost(64.0), &[]),
    target(quiet::ROW, Free, Quantity::BaseMegabytes, Asked::AtMost(4.0), &[]),
    target(quiet::ROW, Free, Quantity::Switches, Asked::AtMost(0.0), &[]),
    target("neighbour", Free, Quantity::Rate, Asked::AtLeast(0.95), &[]),
];

/// What is asked for where nothing is pinned, as most users have it: beside the best of all, in every other row.
const FREE_AT_LEAST: f64 = 0.95;

const fn target(
    row: &'static str,
    topology: Topology,
    quantity: Quantity,
    asked: Asked,
    against: &'static [&'static str],
) -> Target {
    Target { row, topology, quantity, asked, against }
}

/// Judges every target of what was to be measured.
pub(super) fn judge(report: &Report) -> Vec<Judged> {
    let is_free = |row: &&'static str| {
        !TARGETS.iter().any(|target| target.row == *row && target.against.is_empty())
            && report.results.iter().any(|series| series.scenario.row == *row && series.topology == Free)
    };
    let rows = SCENARIOS.iter().filter(|scenario| scenario.shape != Shape::Idle).map(|scenario| scenario.row);
    let free =
        rows.filter(is_free).map(|row| target(row, Free, Quantity::Rate, Asked::AtLeast(FREE_AT_LEAST), &[]));
    TARGETS.into_iter().chain(free).filter_map(|target| target.judge(report)).collect()
}

impl Target {
    /// Nothing when it was not to be measured.
    fn judge(&self, report: &Report) -> Option<Judged> {
        let (name, measured) = if self.row == quiet::ROW {
            let row = report.quiet.iter().find(|row| row.peer.name == SUBJECT)?;
            ("Idle server", row.reading.as_ref().ok().and_then(|rest| self.look_at(rest)))
        } else {
            let is_here = |it: &&Series| it.scenario.row == self.row && it.topology == self.topology;
            let field: Vec<&Series> = report.results.iter().filter(is_here).collect();
            (field.first()?.scenario.name, self.compare(&field))
        };
        let (what, topology) = (format!("{name}: {}", self.quantity.name()), self.topology.to_string());
        Some(Judged { what, topology, asked: self.asked.to_text(self.quantity), measured })
    }

    /// Compares with the one of the others that is best, by the medians of the ratios of each round.
    fn compare(&self, field: &[&Series]) -> Option<Measured> {
        let subject = *field.iter().find(|series| series.peer.name == SUBJECT)?;
        if corruption(&subject.readings).is_some() {
            return None;
        }
        if self.quantity == Quantity::IdleBytes {
            let bytes = per_round(&subject.readings, idle_bytes);
            return self.measured(&bytes.into_iter().flatten().collect::<Vec<_>>(), "");
        }
        let is_other = |series: &&&Series| {
            let name = series.peer.name;
            let is_named = self.against.is_empty() || self.against.contains(&name);
            let is_server = !series.peer.is_bound() || self.against.contains(&name);
            name != SUBJECT && is_named && is_server && median_rate(&series.readings).is_some()
        };
        let value = self.quantity.of_outcome();
        let own = per_round(&subject.readings, value);
        let others = field.iter().filter(is_other).filter_map(|series| {
            self.measured_with(&ratios(&own, &per_round(&series.readings, value)), series.peer.name)
        });
        let worst = |one: &(f64, Measured), two: &(f64, Measured)| {
            self.asked.margin(one.0).total_cmp(&self.asked.margin(two.0))
        };
        others.min_by(worst).map(|(_, measured)| measured)
    }

    /// What a server did that nobody asked for anything.
    fn look_at(&self, rest: &Rest) -> Option<Measured> {
        let value = match self.quantity {
            Quantity::BaseMegabytes => as_f64(rest.memory.rss_bytes) / 1e6,
            _ => as_f64(rest.switches),
        };
        self.measured(&[value], "")
    }

    fn measured(&self, values: &[f64], against: &'static str) -> Option<Measured> {
        self.measured_with(values, against).map(|(_, measured)| measured)
    }

    fn measured_with(&self, values: &[f64], against: &'static str) -> Option<(f64, Measured)> {
        let figure = median(values.iter().copied())?;
        let text = |value| self.quantity.to_text(value);
        let extremes = range(values.iter().copied()).filter(|_| values.len() > 1);
        let in_rounds =
            extremes.map(|(low, high)| format!("{}–{}", text(low), text(high))).unwrap_or_default();
        let is_met = self.asked.margin(figure) >= 0.0;
        // A digit more than in what was asked, so that a miss is seen to be one.
        let figure_text = if self.quantity.is_ratio() { format!("{figure:.3}") } else { text(figure) };
        Some((figure, Measured { figure: figure_text, in_rounds, against, is_met }))
    }
}

impl Quantity {
    fn name(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Cpu => "CPU of the server for each echo",
            Self::Latency => "p50",
            Self::IdleBytes => "bytes for each",
            Self::BaseMegabytes => "memory (RSS), MB",
            Self::Switches => "wake-ups",
        }
    }

    fn is_ratio(self) -> bool {
        matches!(self, Self::Rate | Self::Cpu | Self::Latency)
    }

    fn of_outcome(self) -> fn(&Outcome) -> Option<f64> {
        match self {
            Self::Cpu => Outcome::server_cpu_us,
            Self::Latency => |outcome| Some(outcome.latency.p50_us),
            _ => rate_of,
        }
    }

    fn to_text(self, value: f64) -> String {
        match self {
            Self::IdleBytes | Self::Switches => format!("{value:.0}"),
            Self::BaseMegabytes => format!("{value:.1}"),
            _ => format!("{value:.2}"),
        }
    }
}

impl Asked {
    /// By how much a figure is better than it has to be.
    fn margin(self, figure: f64) -> f64 {
        match self {
            Self::AtLeast(least) => figure - least,
            Self::AtMost(most) => most - figure,
        }
    }

    fn to_text(self, quantity: Quantity) -> String {
        match self {
            Self::AtLeast(least) => format!("≥ {}", quantity.to_text(least)),
            Self::AtMost(most) => format!("≤ {}", quantity.to_text(most)),
        }
    }
}

fn idle_bytes(outcome: &Outcome) -> Option<f64> {
    outcome.idle.map(|idle| as_f64(idle.bytes_per_connection()))
}

#[expect(clippy::cast_precision_loss, reason = "bytes and counts of a server are far below 2^53")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{load::Latency, machine::Machine, peer, reading::Unmeasured};

    #[test]
    fn the_best_of_the_others_counts_and_a_bound_does_not() {
        let all = [
            series("ping-pong", Free, "socklab", &[100, 100]),
            series("ping-pong", Free, "epoll", &[50, 110]),
            series("ping-pong", Free, "tokio-ct", &[104, 106]),
            series("ping-pong", Free, "bound: spin", &[900, 900]),
        ];

        let judged = judge(&report(all.into()));

        let [free] = &judged[..] else { panic!("{} targets", judged.len()) };
        let measured = free.measured.as_ref().expect("three of them were measured");
        assert_eq!((free.asked.as_str(), measured.against), ("≥ 0.95", "tokio-ct"));
        assert_eq!((measured.figure.as_str(), measured.in_rounds.as_str()), ("0.952", "0.94–0.96"));
        assert!(measured.is_met);
    }

    #[test]
    fn what_is_to_be_small_is_met_when_it_is() {
        let all = [series("burst", Split, "socklab", &[1, 1]), series("burst", Split, "epoll", &[2, 1])];
        let judged = judge(&report(all.into()));
        let measured = judged[0].measured.as_ref().expect("both were measured");
        // Half of the echoes for the same CPU: twice and once as much for each.
        assert_eq!((measured.figure.as_str(), measured.is_met), ("1.500", false));
    }

    #[test]
    fn a_wrong_byte_is_never_a_target_met() {
        let mut subject = series("tcp-50", Duo, "socklab", &[900, 900]);
        subject.readings.push(Err(Unmeasured::Corrupt("byte 7".into())));
        let judged = judge(&report(vec![subject, series("tcp-50", Duo, "tokio-mt", &[1, 1])]));
        assert!(judged.iter().all(|target| target.measured.is_none()));
    }

    #[test]
    fn every_target_is_of_a_row_and_of_others_that_are_there() {
        for Target { row, topology, against, .. } in TARGETS.iter().filter(|target| target.row != quiet::ROW)
        {
            let scenario = SCENARIOS.iter().find(|scenario| scenario.row == *row).expect("a row");
            let field = scenario.fields.iter().find(|(place, _)| place == topology).expect("a topology");
            for name in *against {
                let peer = peer::PEERS.iter().find(|peer| peer.name == *name).expect("a peer");
                assert!(peer.is_in(scenario, *topology, field.1), "{row} {topology} {name}");
            }
        }
    }

    fn report(results: Vec<Series>) -> Report {
        Report { machine: Machine::describe(), rounds: 2, duration_ms: 1, results, quiet: Vec::new() }
    }

    fn series(row: &str, topology: Topology, server: &str, rounds: &[u64]) -> Series {
        Series {
            topology,
            scenario: SCENARIOS.iter().find(|scenario| scenario.row == row).expect("a row"),
            peer: peer::PEERS.iter().find(|peer| peer.name == server).expect("a peer"),
            arguments: "",
            readings: rounds.iter().map(|&echoes| Ok(outcome(echoes))).collect(),
        }
    }

    fn outcome(echoes: u64) -> Outcome {
        let latency = Latency { p50_us: 1.0, p90_us: 2.0, p99_us: 3.0, p999_us: 4.0, max_us: 5.0 };
        let (lost, late, elapsed_s) = (0, 0, 1.0);
        Outcome { echoes, lost, late, elapsed_s, latency, server_cpu_s: Some(0.5), idle: None }
    }
}
