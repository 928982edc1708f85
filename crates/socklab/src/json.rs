//! The envelope of `--json`: one object on each line, `{"v":1,"t":…,"event":"…",…}`.

use std::time::Duration;

use serde::Serialize;

/// The version of the schema; it grows when a consumer of the old one would be misled.
const VERSION: u8 = 1;

#[derive(Serialize)]
struct Line<'a, E> {
    v: u8,
    t: f64,
    #[serde(flatten)]
    event: &'a E,
}

/// Writes an event as one line of JSON, without the line feed.
///
/// `since_start` becomes `t`, in seconds with microseconds. The event gives its own name: it is an enum that
/// serialises with `#[serde(tag = "event", rename_all = "snake_case")]`.
///
/// # Panics
///
/// When the event does not serialise as an object with string keys, a mistake in its type.
pub(crate) fn line(since_start: Duration, event: &impl Serialize) -> String {
    let line = Line { v: VERSION, t: seconds(since_start), event };
    serde_json::to_string(&line).expect("an event is an object with string keys")
}

/// Seconds with microseconds, as the number whose shortest decimal has no further digits.
#[expect(clippy::cast_precision_loss, reason = "exact for the microseconds of 285 years")]
fn seconds(since_start: Duration) -> f64 {
    since_start.as_micros() as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    #[serde(tag = "event", rename_all = "snake_case")]
    enum Event {
        ReplyArrived { bytes: u64, from: &'static str },
    }

    #[test]
    fn an_event_goes_into_the_envelope_by_its_name() {
        let event = Event::ReplyArrived { bytes: 19, from: "127.0.0.1:3500" };

        assert_eq!(
            line(Duration::from_nanos(1_234_567), &event),
            r#"{"v":1,"t":0.001234,"event":"reply_arrived","bytes":19,"from":"127.0.0.1:3500"}"#
        );
    }

    #[test]
    fn a_time_has_no_more_digits_than_its_microseconds() {
        let event = Event::ReplyArrived { bytes: 0, from: "" };
        for (microseconds, t) in [(1_005_162, "1.005162"), (16_000_001, "16.000001"), (2_000_000, "2.0")] {
            let line = line(Duration::from_micros(microseconds), &event);

            assert!(line.contains(&format!(r#""t":{t},"#)), "{line}");
        }
    }
}
