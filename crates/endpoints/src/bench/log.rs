//! A log of `HdrHistogram`: a line for each interval, which its tools draw (`HistogramLogAnalyzer`, `HistogramLogProcessor`).

use std::io::{self, Write};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hdrhistogram::serialization::{Serializer, V2DeflateSerializer};

use super::recorder::Interval;

/// What the column of the longest time is divided by: nanoseconds become milliseconds.
const DIVISOR: f64 = 1e6;

/// Writes one interval after the other.
#[derive(Debug)]
pub struct Log<W> {
    to: W,
}

impl<W: Write> Log<W> {
    /// Begins a log of what is measured from this time on, since 1970.
    ///
    /// # Errors
    /// What writing said.
    pub fn begin(mut to: W, began: Duration) -> io::Result<Self> {
        let seconds = began.as_secs_f64();
        writeln!(to, "#[Histogram log format version 1.3]")?;
        writeln!(to, "#[StartTime: {seconds:.3} (seconds since epoch)]")?;
        writeln!(to, "#[BaseTime: {seconds:.3} (seconds since epoch)]")?;
        writeln!(to, "#[MaxValueDivisor: {DIVISOR:.1}]")?;
        writeln!(to, r#""StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram""#)?;
        Ok(Self { to })
    }

    /// Writes an interval of this length.
    ///
    /// # Errors
    /// What writing said.
    pub fn write(&mut self, interval: &Interval, length: Duration) -> io::Result<()> {
        let start_s = length.as_secs_f64() * u32::try_from(interval.index).map_or(f64::MAX, f64::from);
        let mut bytes = Vec::new();
        let packed = V2DeflateSerializer::new().serialize(&interval.latencies, &mut bytes);
        packed.map_err(|error| io::Error::other(error.to_string()))?;
        let max = longest_ms(interval);
        let text = BASE64_STANDARD.encode(bytes);
        writeln!(self.to, "{start_s:.3},{:.3},{max:.3},{text}", length.as_secs_f64())
    }

    /// Writes what is still in a buffer.
    ///
    /// # Errors
    /// What writing said.
    pub fn finish(mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[expect(clippy::cast_precision_loss, reason = "a column for people")]
fn longest_ms(interval: &Interval) -> f64 {
    interval.latencies.max() as f64 / DIVISOR
}

#[cfg(test)]
mod tests {
    use hdrhistogram::Histogram;
    use hdrhistogram::serialization::Deserializer;
    use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};

    use super::*;

    #[test]
    fn the_tools_of_hdrhistogram_read_it() {
        let mut text = Vec::new();
        let mut log = Log::begin(&mut text, Duration::from_secs(1_700_000_000)).unwrap();
        for index in 0..3 {
            let mut interval = Interval::empty(index);
            interval.latencies.saturating_record(31_000 * (index as u64 + 1));
            log.write(&interval, Duration::from_millis(250)).unwrap();
        }
        log.finish().unwrap();

        let entries: Vec<_> = IntervalLogIterator::new(&text).map(Result::unwrap).collect();
        let intervals: Vec<_> = entries
            .iter()
            .filter_map(|entry| match entry {
                LogEntry::Interval(interval) => Some(interval),
                _ => None,
            })
            .collect();

        assert_eq!((entries.len(), intervals.len()), (5, 3));
        let last = intervals[2];
        let bytes = BASE64_STANDARD.decode(last.encoded_histogram()).unwrap();
        let histogram: Histogram<u64> = Deserializer::new().deserialize(&mut bytes.as_slice()).unwrap();
        assert_eq!(
            (last.start_timestamp(), last.duration()),
            (Duration::from_millis(500), Duration::from_millis(250))
        );
        assert!(histogram.len() == 1 && histogram.max() >= 93_000, "{}", histogram.max());
    }
}
