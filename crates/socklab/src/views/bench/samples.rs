//! Results made by hand.

use endpoints::bench::Results;

/// A second of two connections, as a file has it.
const RESULTS: &str = include_str!("../../../tests/cli/bench/results.json");

/// Them.
pub(crate) fn results() -> Results {
    Results::from_json(RESULTS.as_bytes()).expect("it was written by this program")
}
