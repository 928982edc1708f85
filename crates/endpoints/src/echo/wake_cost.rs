//! What a sleep is taken to cost.

use std::thread;
use std::time::Duration;

use crate::wake_cost::measured;

/// What is assumed where it cannot be measured, since this process may use one processor only.
const ASSUMED: Duration = Duration::from_micros(30);
/// The least and the most that is believed.
const MIN: Duration = Duration::from_micros(2);
const MAX: Duration = Duration::from_micros(100);

/// The time from the wake-up of a thread on another processor until it runs; none if there is no other processor.
pub(super) fn wake_cost() -> Option<Duration> {
    if thread::available_parallelism().is_ok_and(|cpus| cpus.get() == 1) && online() == 1 {
        return None;
    }
    Some(measured().unwrap_or(ASSUMED).clamp(MIN, MAX))
}

/// The processors of the machine, whether this process may use them or not.
fn online() -> usize {
    let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    text.lines().filter(|line| line.starts_with("cpu") && !line.starts_with("cpu ")).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_is_believable() {
        if let Some(cost) = wake_cost() {
            assert!((MIN..=MAX).contains(&cost), "{cost:?}");
        }
    }
}
