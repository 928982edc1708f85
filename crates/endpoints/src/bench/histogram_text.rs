//! A histogram as text: the form `V2` of `HdrHistogram`, in base64.

use std::io::Read;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Deserializer as Reader, Serializer as _, V2Serializer};
use serde::{Deserialize, Deserializer, Serializer, de, ser};

use super::recorder::latencies;

/// The longest text of a histogram that is read; all that we make are far shorter.
const TEXT_BYTES_MAX: usize = 4 << 20;

pub(super) fn serialize<S: Serializer>(histogram: &Histogram<u64>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut bytes = Vec::new();
    V2Serializer::new().serialize(histogram, &mut bytes).map_err(ser::Error::custom)?;
    serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Histogram<u64>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.len() > TEXT_BYTES_MAX {
        return Err(de::Error::custom("the histogram is too long"));
    }
    let bytes = BASE64_STANDARD.decode(text).map_err(de::Error::custom)?;
    let read = Reader::new().deserialize::<u64, _>(&mut bytes.as_slice().take(TEXT_BYTES_MAX as u64));
    let read = read.map_err(de::Error::custom)?;
    let mut histogram = latencies();
    // The bounds are ours: what is read is added to an empty one, so that adding more can never fail.
    if (read.low(), read.high(), read.sigfig()) != (histogram.low(), histogram.high(), histogram.sigfig()) {
        return Err(de::Error::custom("the histogram has other bounds"));
    }
    histogram.add(&read).map_err(de::Error::custom)?;
    Ok(histogram)
}
