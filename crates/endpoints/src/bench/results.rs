//! What was measured, and how the parts of a load become one. No socket and no clock.
//!
//! All of it is sums, sets and maxima, so it does not matter how a load is cut and in which order its parts are put together: the same
//! bytes come out.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::counts::Counts;
use super::load::{DURATION_MAX, Load, ns};
use super::recorder::{Interval, add_latencies, latencies};

/// The longest file of results that is read.
pub const RESULTS_BYTES_MAX: u64 = 64 << 20;
/// The most parts that are put together.
pub const PARTS_MAX: usize = 10_000;
/// The most intervals of a load.
pub const INTERVALS_MAX: usize = 100_000;
/// What a file of results begins with, and the version of what follows.
const FORMAT: &str = "socklab-bench/1";

/// The results of a load, or of some parts of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Results {
    format: String,
    /// What was done, all parts together.
    pub load: Load,
    /// By whom: each part by a number that nobody else has.
    pub parts: BTreeMap<String, Part>,
    /// How long was measured: less than the load says when it was interrupted; of several parts, the longest time.
    pub elapsed_ns: u64,
    /// What happened.
    pub counts: Counts,
    /// How long an interval is.
    pub interval_ns: u64,
    /// How many echoes came in each.
    pub intervals: Vec<u64>,
    /// The processor time of the clients, of all parts together; none if a part does not know its own.
    pub client_cpu_ns: Option<u64>,
    /// The processor time of the server; none if nobody who asked it was on its machine. It is one server, so of several parts the
    /// longest time counts.
    pub server_cpu_ns: Option<u64>,
    /// Memory of the server that an idle connection takes (`Idle` only), in bytes, likewise.
    pub server_bytes_per_connection: Option<u64>,
    /// How long each echo took, in nanoseconds.
    #[serde(with = "super::histogram_text")]
    pub latencies: Histogram<u64>,
}

/// Who did a part, and on which machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which part, from 0.
    pub index: u32,
    /// How many there are.
    pub count: u32,
    /// When it began to measure, since 1970.
    pub began_unix_ms: u64,
    /// How many threads it had.
    pub threads: usize,
    /// The processors that these were bound to; none where the scheduler chose.
    pub cpus: Vec<u32>,
    /// How many processors it might use.
    pub processors: usize,
    /// What it costs there to wake a thread on another processor, in nanoseconds; none if there is no other.
    pub wake_ns: Option<u64>,
}

/// Why results are not put together, or not read.
#[derive(Debug, Error)]
pub enum ResultsError {
    /// They are of another load.
    #[error("of another load")]
    OtherLoad,
    /// A part is in both.
    #[error("part {0} is there twice")]
    Twice(String),
    /// Parts beyond [`PARTS_MAX`].
    #[error("more than {PARTS_MAX} parts")]
    TooMany,
    /// No results, or of another version.
    #[error("no results: {0}")]
    Format(String),
}

impl Results {
    /// Results with nothing in them, of one part.
    pub(super) fn new(load: Load, id: String, part: Part, interval_ns: u64) -> Self {
        Self {
            format: FORMAT.to_owned(),
            load,
            parts: BTreeMap::from([(id, part)]),
            elapsed_ns: 0,
            counts: Counts::default(),
            interval_ns,
            intervals: Vec::new(),
            client_cpu_ns: None,
            server_cpu_ns: None,
            server_bytes_per_connection: None,
            latencies: latencies(),
        }
    }

    /// Adds an interval.
    pub(super) fn add(&mut self, interval: &Interval) {
        self.counts += interval.counts;
        add_latencies(&mut self.latencies, &interval.latencies);
        if self.intervals.len() <= interval.index {
            self.intervals.resize(interval.index + 1, 0);
        }
        self.intervals[interval.index] += interval.counts.echoes;
    }

    /// Adds the results of other parts.
    ///
    /// # Errors
    /// [`ResultsError::OtherLoad`], [`ResultsError::Twice`], [`ResultsError::TooMany`]; nothing is added then.
    pub fn merge(&mut self, other: &Self) -> Result<(), ResultsError> {
        if self.load != other.load || self.interval_ns != other.interval_ns {
            return Err(ResultsError::OtherLoad);
        }
        if let Some(id) = other.parts.keys().find(|id| self.parts.contains_key(*id)) {
            return Err(ResultsError::Twice(id.clone()));
        }
        if self.parts.len() + other.parts.len() > PARTS_MAX {
            return Err(ResultsError::TooMany);
        }
        for (id, part) in &other.parts {
            if let Entry::Vacant(place) = self.parts.entry(id.clone()) {
                place.insert(part.clone());
            }
        }
        self.elapsed_ns = self.elapsed_ns.max(other.elapsed_ns);
        self.counts += other.counts;
        if self.intervals.len() < other.intervals.len() {
            self.intervals.resize(other.intervals.len(), 0);
        }
        self.intervals.iter_mut().zip(&other.intervals).for_each(|(sum, echoes)| *sum += echoes);
        self.client_cpu_ns = self.client_cpu_ns.zip(other.client_cpu_ns).map(|(one, two)| one + two);
        self.server_cpu_ns = self.server_cpu_ns.max(other.server_cpu_ns);
        self.server_bytes_per_connection =
            self.server_bytes_per_connection.max(other.server_bytes_per_connection);
        add_latencies(&mut self.latencies, &other.latencies);
        Ok(())
    }

    /// The results as they stand in a file: the same bytes for the same results.
    pub fn to_json(&self) -> String {
        // It cannot fail: all keys are texts.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }

    /// Reads what [`Self::to_json`] wrote.
    ///
    /// # Errors
    /// [`ResultsError::Format`].
    pub fn from_json(text: &[u8]) -> Result<Self, ResultsError> {
        let results: Self =
            serde_json::from_slice(text).map_err(|error| ResultsError::Format(error.to_string()))?;
        let refuse = |what: &str| Err(ResultsError::Format(what.to_owned()));
        if results.format != FORMAT {
            return refuse(&results.format);
        }
        if results.load.validate().is_err() || results.elapsed_ns > ns(DURATION_MAX) {
            return refuse("load");
        }
        if results.intervals.len() > INTERVALS_MAX || results.parts.is_empty() {
            return refuse("intervals");
        }
        if results.parts.len() > PARTS_MAX {
            return Err(ResultsError::TooMany);
        }
        Ok(results)
    }

    /// How many echoes came in a second.
    pub fn rate(&self) -> f64 {
        per(self.counts.echoes, self.elapsed_ns) * 1e9
    }

    /// How much of a processor's time an echo took, in nanoseconds: of the clients and of the server.
    pub fn cpu_ns_per_echo(&self) -> (Option<f64>, Option<f64>) {
        let each =
            |ns: Option<u64>| ns.filter(|_| self.counts.echoes > 0).map(|ns| per(ns, self.counts.echoes));
        (each(self.client_cpu_ns), each(self.server_cpu_ns))
    }

    /// How much the rate changed between intervals: four of five intervals differ by less than this part of the median; none with
    /// fewer than five intervals.
    pub fn noise(&self) -> Option<f64> {
        let mut rates = self.intervals.clone();
        rates.sort_unstable();
        let (count, tenth) = (rates.len(), rates.len() / 10);
        let median = rates.get(count / 2).copied().unwrap_or_default();
        (count >= 5 && median > 0).then(|| per(rates[count - 1 - tenth] - rates[tenth], median))
    }

    /// How much of the longest time that was measured all parts measured at once, from 0 to 1.
    pub fn overlap(&self) -> f64 {
        let began = || self.parts.values().map(|part| part.began_unix_ms);
        let apart_ms = began().max().unwrap_or_default() - began().min().unwrap_or_default();
        (1.0 - per(apart_ms.saturating_mul(1_000_000), self.elapsed_ns)).max(0.0)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people; both are far below 2^53")]
fn per(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::load::tests::load;
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn any_split_of_a_load_merges_to_the_same_bytes(
            pieces in vec((0..6_usize, vec(1..4_000_000_000_000_u64, 0..20), 0..9_u64, any::<Option<u32>>()), 1..12),
            order in any::<prop::sample::Index>(),
        ) {
            let parts: Vec<_> = pieces.iter().enumerate().map(|(id, piece)| part(id, piece)).collect();
            let merged = |parts: &[Results]| {
                let (first, rest) = parts.split_first().unwrap();
                rest.iter().fold(first.clone(), |mut all, next| {
                    all.merge(next).unwrap();
                    all
                })
            };
            let whole = merged(&parts);
            let cut = order.index(parts.len());
            let mut turned = parts.clone();
            turned.rotate_left(cut);
            turned.reverse();
            let mut grouped: Vec<_> = turned.chunks(3).map(merged).collect();
            grouped.reverse();

            prop_assert_eq!(merged(&turned).to_json(), whole.to_json());
            prop_assert_eq!(merged(&grouped).to_json(), whole.to_json());
            prop_assert_eq!(Results::from_json(whole.to_json().as_bytes()).unwrap().to_json(), whole.to_json());
        }

        #[test]
        fn broken_results_are_an_error_and_no_panic(place: prop::sample::Index, byte: u8) {
            let mut text = part(0, &(2, vec![5, 7, 9], 1, Some(3))).to_json().into_bytes();
            let place = place.index(text.len());
            text[place] = byte;
            let _ = Results::from_json(&text);
            prop_assert!(Results::from_json(&text[..place]).is_err());
        }
    }

    #[test]
    fn a_part_counts_once_and_another_load_not_at_all() {
        let mut all = part(0, &(0, vec![5], 0, None));
        let mut other = part(1, &(0, vec![5], 0, None));
        other.load.depth = 2;

        assert!(matches!(all.merge(&all.clone()), Err(ResultsError::Twice(id)) if id == "0"));
        assert!(matches!(all.merge(&other), Err(ResultsError::OtherLoad)));
        assert_eq!(all.counts.echoes, 1);
    }

    #[test]
    fn noise_is_what_four_of_five_intervals_differ_by() {
        let mut results = part(0, &(0, vec![], 0, None));
        results.intervals = vec![100, 90, 110, 100];
        assert_eq!(results.noise(), None);
        results.intervals = vec![100, 100, 1, 100, 100, 100, 95, 105, 100, 900];
        assert!((results.noise().unwrap() - 0.10).abs() < 0.01, "{:?}", results.noise());
    }

    #[test]
    fn parts_that_did_not_measure_at_once_overlap_less() {
        let mut all = part(0, &(0, vec![5], 0, None));
        let mut later = part(1, &(0, vec![5], 0, None));
        later.parts.get_mut("1").unwrap().began_unix_ms += 250;
        (all.elapsed_ns, later.elapsed_ns) = (1_000_000_000, 1_000_000_000);
        all.merge(&later).unwrap();
        assert!((all.overlap() - 0.75).abs() < 1e-9);
    }

    /// The results of a part: an interval, latencies in it, losses, and the processor time of both ends.
    fn part(id: usize, (index, times, lost, cpu): &(usize, Vec<u64>, u64, Option<u32>)) -> Results {
        let part = Part {
            index: 0,
            count: 1,
            began_unix_ms: 1000,
            threads: 1,
            cpus: vec![],
            processors: 2,
            wake_ns: Some(31_000),
        };
        let mut results = Results::new(load(), id.to_string(), part, 1000);
        let mut interval = Interval::empty(*index);
        interval.counts = Counts { echoes: times.len() as u64, lost: *lost, ..Counts::default() };
        for time in times {
            interval.latencies.saturating_record(*time);
        }
        results.add(&interval);
        results.elapsed_ns = 1000 * (*lost + 1);
        (results.client_cpu_ns, results.server_cpu_ns) = (cpu.map(u64::from), cpu.map(u64::from));
        results
    }
}
