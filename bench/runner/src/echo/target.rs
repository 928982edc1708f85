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
    pub(super) verdict: Verdict,
    /// What cannot be beaten, where that was measured.
    pub(super) bound: Option<Bound>,
}

/// Whether a figure is what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is.
    Met,
    /// It is not.
    Missed,
    /// It is not; nor is that of the bound, nor that of any server.
    OutOfReach,
}

/// What the best possible server would have measured in the place of [`SUBJECT`].
pub(super) struct Bound {
    /// The median of its ratios to the one of the others that counts.
    pub(super) figure: String,
    /// How much of it was reached, 1 being all: of a rate, [`SUBJECT`]'s by the bound's; of a time, the bound's by [`SUBJECT`]'s.
    pub(super) reached: String,
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

    /// Compares with the one of the others that is best, by the medians of the ratios of each round; and the bound with the same one.
    fn compare(&self, field: &[&Series]) -> Option<Measured> {
        let subject = *field.iter().find(|series| series.peer.name == SUBJECT)?;
        if corruption(&subject.readings).is_some() {
            return None;
        }
        if self.quantity == Quantity::IdleBytes {
            let bytes = per_round(&subject.readings, idle_bytes);
            return self.measured(&bytes.into_iter().flatten().collect::<Vec<_>>(), None);
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
            let ratios = ratios(&own, &per_round(&series.readings, value));
            Some((median(ratios.iter().copied())?, ratios, *series))
        });
        let margin = |figure: f64| self.asked.margin(figure);
        let (_, ratios, other) = others.min_by(|one, two| margin(one.0).total_cmp(&margin(two.0)))?;
        self.measured(&ratios, Some(self.beside(other, &own, field)))
    }

    /// What a ratio to `other` is seen beside: the ratios of the bound and of everybody else to the same one.
    fn beside<'a>(&self, other: &'a Series, own: &[Option<f64>], field: &[&Series]) -> Beside<'a> {
        let values = |series: &Series| per_round(&series.readings, self.quantity.of_outcome());
        let figure = |series: &Series| median(ratios(&values(series), &values(other)));
        let is_met = |series: &Series| figure(series).is_some_and(|figure| self.asked.margin(figure) >= 0.0);
        let measured = field.iter().copied().filter(|series| median_rate(&series.readings).is_some());
        let (bounds, servers): (Vec<&Series>, Vec<&Series>) =
            measured.partition(|series| series.peer.is_bound());
        let bound = bounds.first().and_then(|bound| figure(bound).zip(self.reached(own, &values(bound))));
        Beside { other, bound, is_met_by_another: servers.into_iter().any(is_met) }
    }

    /// How much of the bound is reached.
    fn reached(&self, own: &[Option<f64>], bound: &[Option<f64>]) -> Option<f64> {
        median(match self.asked {
            Asked::AtLeast(_) => ratios(own, bound),
            Asked::AtMost(_) => ratios(bound, own),
        })
    }

    /// What a server did that nobody asked for anything.
    fn look_at(&self, rest: &Rest) -> Option<Measured> {
        let value = match self.quantity {
            Quantity::BaseMegabytes => as_f64(rest.memory.rss_bytes) / 1e6,
            _ => as_f64(rest.switches),
        };
        self.measured(&[value], None)
    }

    /// The figure of these values: absolute ones, or ratios to another.
    fn measured(&self, values: &[f64], beside: Option<Beside<'_>>) -> Option<Measured> {
        let figure = median(values.iter().copied())?;
        let text = |value| self.quantity.to_text(value);
        let extremes = range(values.iter().copied()).filter(|_| values.len() > 1);
        let in_rounds =
            extremes.map(|(low, high)| format!("{}–{}", text(low), text(high))).unwrap_or_default();
        let verdict = self.asked.verdict(figure, beside.as_ref());
        // A digit more than in what was asked, so that a miss is seen to be one.
        let precise = |ratio: f64| format!("{ratio:.3}");
        Some(Measured {
            figure: if self.quantity.is_ratio() { precise(figure) } else { text(figure) },
            in_rounds,
            verdict,
            against: beside.as_ref().map_or("", |beside| beside.other.peer.name),
            bound: beside
                .and_then(|beside| beside.bound)
                .map(|(bound, reached)| Bound { figure: precise(bound), reached: text(reached) }),
        })
    }
}

/// What a ratio is seen beside.
struct Beside<'a> {
    /// To whom it is.
    other: &'a Series,
    /// The ratio of the bound to the same one, and how much of the bound was reached; each the median over rounds.
    bound: Option<(f64, f64)>,
    /// Whether some server does what is asked for.
    is_met_by_another: bool,
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
            Self::Latency => Outcome::p50_us,
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

    /// What some server does is in reach, whatever a bound says.
    fn verdict(self, figure: f64, beside: Option<&Beside<'_>>) -> Verdict {
        let is_out_of_reach = |beside: &Beside<'_>| {
            !beside.is_met_by_another && beside.bound.is_some_and(|(bound, _)| self.margin(bound) < 0.0)
        };
        if self.margin(figure) >= 0.0 {
            Verdict::Met
        } else if beside.is_some_and(is_out_of_reach) {
            Verdict::OutOfReach
        } else {
            Verdict::Missed
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
        assert_eq!(measured.verdict, Verdict::Met);
    }

    #[test]
    fn what_is_to_be_small_is_met_when_it_is() {
        let all = [series("burst", Split, "socklab", &[1, 1]), series("burst", Split, "epoll", &[2, 1])];
        let judged = judge(&report(all.into()));
        let measured = judged[0].measured.as_ref().expect("both were measured");
        // Half of the echoes for the same CPU: twice and once as much for each.
        assert_eq!((measured.figure.as_str(), measured.verdict), ("1.500", Verdict::Missed));
    }

    #[test]
    fn what_the_bound_misses_is_out_of_reach() {
        // Asked is 2.1 times the rate of the other.
        let verdict_of = |subject: u64, bound: u64| {
            let measured = beside_bound("tcp-50", Duo, "tokio-mt", (subject, 1000, bound));
            (measured.verdict, measured.bound.map(|bound| (bound.figure, bound.reached)))
        };
        let bound = |figure: &str, reached: &str| Some((figure.to_owned(), reached.to_owned()));
        assert_eq!(verdict_of(1200, 1600), (Verdict::OutOfReach, bound("1.600", "0.75")));
        // Not a rounded figure counts: here the bound looks like 2.10.
        assert_eq!(verdict_of(1200, 2099), (Verdict::OutOfReach, bound("2.099", "0.57")));
        assert_eq!(verdict_of(1200, 2100), (Verdict::Missed, bound("2.100", "0.57")));
        // Whoever beats the bound has shown that it is none.
        assert_eq!(verdict_of(2100, 1600), (Verdict::Met, bound("1.600", "1.31")));
    }

    #[test]
    fn of_what_is_to_be_small_the_bound_is_a_share_of_the_measured() {
        // The same CPU for 1000, 800 and 2000 echoes; asked is 0.68 of what the other takes.
        let measured = beside_bound("burst", Split, "epoll", (1000, 800, 2000));
        let bound = measured.bound.expect("a bound");
        assert_eq!((measured.figure.as_str(), bound.figure.as_str()), ("0.800", "0.400"));
        assert_eq!((bound.reached.as_str(), measured.verdict), ("0.50", Verdict::Missed));
    }

    #[test]
    fn how_much_was_reached_is_a_median_over_rounds_too() {
        let all = [
            ("socklab", [150, 150, 150]),
            ("tokio-mt", [100, 140, 80]),
            ("bound: both ends", [100, 200, 160]),
        ];
        let all = all.map(|(name, rates)| series("tcp-50", Duo, name, &rates));
        let judged = judge(&report(all.into()));
        let bound = judged[0].measured.as_ref().and_then(|measured| measured.bound.as_ref());
        let bound = bound.map(|bound| (bound.figure.as_str(), bound.reached.as_str()));
        // Of 1.0, 1.43 and 2.0; and of 1.5, 0.75 and 0.94.
        assert_eq!(bound, Some(("1.429", "0.94")));
    }

    #[test]
    fn a_bound_that_is_the_other_reaches_itself() {
        let all = [series("spin", Split, "socklab", &[1, 1]), series("spin", Split, "bound: spin", &[1, 1])];
        let judged = judge(&report(all.into()));
        let bound = judged[0].measured.as_ref().and_then(|measured| measured.bound.as_ref());
        assert_eq!(bound.map(|bound| bound.figure.as_str()), Some("1.000"));
    }

    #[test]
    fn what_another_server_does_is_in_reach() {
        let all = [("socklab", 1200), ("tokio-mt", 1000), ("monoio", 2100), ("bound: both ends", 1600)];
        let all = all.map(|(name, rate)| series("tcp-50", Duo, name, &[rate, rate]));
        let judged = judge(&report(all.into()));
        assert_eq!(judged[0].measured.as_ref().map(|measured| measured.verdict), Some(Verdict::Missed));
    }

    #[test]
    fn a_corrupt_bound_bounds_nothing() {
        let mut bound = series("tcp-50", Duo, "bound: both ends", &[1600, 1600]);
        bound.readings.push(Err(Unmeasured::Corrupt("3 messages".into())));
        let servers = [("socklab", 1200), ("tokio-mt", 1000)];
        let servers = servers.map(|(name, rate)| series("tcp-50", Duo, name, &[rate, rate]));
        let judged = judge(&report(servers.into_iter().chain([bound]).collect()));
        let measured = judged[0].measured.as_ref().expect("both servers were measured");
        assert!(measured.bound.is_none() && measured.verdict == Verdict::Missed);
    }

    #[test]
    fn a_wrong_byte_is_never_a_target_met() {
        let mut subject = series("tcp-50", Duo, "socklab", &[900, 900]);
        subject.readings.push(Err(Unmeasured::Corrupt("byte 7".into())));
        let judged = judge(&report(vec![subject, series("tcp-50", Duo, "tokio-mt", &[1, 1])]));
        assert!(judged.iter().all(|target| target.measured.is_none()));
    }

    #[test]
    fn every_ratio_that_is_asked_for_where_cpus_are_given_has_a_bound() {
        for Target { row, topology, .. } in TARGETS.iter().filter(|target| target.topology != Free) {
            let scenario = SCENARIOS.iter().find(|scenario| scenario.row == *row).expect("a row");
            let field = scenario.fields.iter().find(|(place, _)| place == topology).expect("a topology");
            let is_bound = |peer: &&peer::Peer| peer.is_bound() && peer.is_in(scenario, *topology, field.1);
            assert_eq!(peer::PEERS.iter().filter(is_bound).count(), 1, "{row} {topology}");
        }
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

    /// What comes of the first target there, of rates of the subject, of the other and of the bound.
    fn beside_bound(row: &str, topology: Topology, other: &str, rates: (u64, u64, u64)) -> Measured {
        let all = [("socklab", rates.0), (other, rates.1), ("bound: both ends", rates.2)];
        let all = all.map(|(name, rate)| series(row, topology, name, &[rate, rate]));
        let first = judge(&report(all.into())).into_iter().next();
        first.and_then(|target| target.measured).expect("both were measured")
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
        let latency = Some(Latency { p50_us: 1.0, p90_us: 2.0, p99_us: 3.0, p999_us: 4.0, max_us: 5.0 });
        let (lost, late, elapsed_s) = (0, 0, 1.0);
        Outcome { echoes, lost, late, elapsed_s, latency, server_cpu_s: Some(0.5), idle: None }
    }
}
