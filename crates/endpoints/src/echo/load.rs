//! How idle processors were (`proc_stat(5)`).

use std::fs;

/// What a processor has done since the machine started, in ticks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Ticks {
    idle: u64,
    all: u64,
}

/// What was seen of some processors the last time.
#[derive(Debug)]
pub(super) struct Load {
    cpus: Vec<u32>,
    before: Vec<Ticks>,
}

impl Load {
    /// Looks at these processors for the first time.
    pub(super) fn new(cpus: &[u32]) -> Self {
        Self { cpus: cpus.to_vec(), before: now(cpus) }
    }

    /// How much of the time since the last look each of them was idle, in percent. A processor of which nothing is known was not.
    pub(super) fn idle_percent(&mut self) -> Vec<u8> {
        let now = now(&self.cpus);
        let idle = self.before.iter().zip(&now).map(|(before, now)| percent(*before, *now)).collect();
        self.before = now;
        idle
    }
}

fn now(cpus: &[u32]) -> Vec<Ticks> {
    parse(&fs::read_to_string("/proc/stat").unwrap_or_default(), cpus)
}

/// A line of a processor: its name, then ticks as user, nice, system, idle, waiting for the disk, and others.
fn parse(text: &str, cpus: &[u32]) -> Vec<Ticks> {
    let line = |cpu: &u32| {
        let mut words = text.lines().map(str::split_ascii_whitespace);
        let name = format!("cpu{cpu}");
        let Some(words) = words.find_map(|mut line| (line.next() == Some(&name)).then_some(line)) else {
            return Ticks::default();
        };
        let ticks: Vec<u64> = words.map_while(|word| word.parse().ok()).collect();
        // Time as a guest is counted as user's, too.
        let all = ticks.iter().take(8).sum();
        Ticks { idle: ticks.iter().skip(3).take(2).sum(), all }
    };
    cpus.iter().map(line).collect()
}

fn percent(before: Ticks, now: Ticks) -> u8 {
    let (idle, all) = (now.idle.saturating_sub(before.idle), now.all.saturating_sub(before.all));
    let percent = (idle * 100).checked_div(all).unwrap_or_default();
    u8::try_from(percent).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "cpu  100 0 0 300 0 0 0 0 0 0\ncpu0 50 0 10 30 10 0 0 0 5 0\ncpu1 1 2 3 4 5 6 7 8 9 9\nintr 5\n";

    #[test]
    fn a_processor_has_its_line() {
        let ticks = parse(TEXT, &[1, 0, 7]);

        let expected = [Ticks { idle: 9, all: 36 }, Ticks { idle: 40, all: 100 }, Ticks::default()];
        assert_eq!(ticks, expected);
    }

    #[test]
    fn what_is_told_is_the_time_between_two_looks() {
        let before = Ticks { idle: 40, all: 100 };

        assert_eq!(percent(before, Ticks { idle: 55, all: 120 }), 75);
        assert_eq!(percent(before, before), 0);
    }

    #[test]
    fn this_machine_has_a_line_for_each_processor() {
        let cpus = kernel::affinity::allowed().unwrap();

        assert!(now(&cpus).iter().all(|ticks| ticks.all > 0));
    }
}
