//! The bound of loads of many connections: a program that is client and server in one, and so runs by itself.

use std::{
    io,
    process::{Command, Output, Stdio},
    time::Duration,
};

use endpoints::bench::{Load, Shape};
use serde::Deserialize;

use crate::{
    load::Outcome,
    reading::{Reading, Unmeasured},
};

/// What it prints.
#[derive(Deserialize)]
struct Told {
    count: u64,
    seconds: f64,
    wrong: u64,
    server_cpu_s: f64,
}

/// The word for a shape that has such a bound: one where something is always under way.
pub(crate) fn word(shape: Shape) -> Option<&'static str> {
    match shape {
        Shape::Loop => Some("loop"),
        Shape::Connect => Some("connect"),
        Shape::Burst => Some("burst"),
        Shape::PingPong | Shape::Spin | Shape::Idle => None,
    }
}

/// Runs it with this load, with a thread on each of `cpus`.
///
/// # Errors
/// What it said before it failed, or that a byte was wrong.
pub(crate) fn run(mut command: Command, load: &Load, cpus: &[u32]) -> Reading<Outcome> {
    let shape = word(load.shape).ok_or_else(|| Unmeasured::Skipped("no bound of this shape".into()))?;
    command.arg(shape);
    for (option, count) in [
        ("--connections", load.connections as u64),
        ("--size", load.size_bytes as u64),
        ("--depth", load.depth as u64),
        ("--warmup-ms", milliseconds(load.warmup)),
        ("--duration-ms", milliseconds(load.duration)),
    ] {
        command.args([option, &count.to_string()]);
    }
    for cpu in cpus {
        command.args(["--cpu", &cpu.to_string()]);
    }
    outcome(command.stdout(Stdio::piped()).stderr(Stdio::piped()).output())
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn outcome(output: io::Result<Output>) -> Reading<Outcome> {
    let Output { status, stdout, stderr } =
        output.map_err(|error| Unmeasured::Failed(format!("cannot be started: {error}")))?;
    if !status.success() {
        let said = String::from_utf8_lossy(&stderr);
        let first_line = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        return Err(Unmeasured::Failed(format!("{status}: {first_line}")));
    }
    let told: Told = serde_json::from_slice(&stdout)
        .map_err(|error| Unmeasured::Failed(format!("its figures cannot be read: {error}")))?;
    told.into_outcome()
}

impl Told {
    fn into_outcome(self) -> Reading<Outcome> {
        let Self { count, seconds, wrong, server_cpu_s } = self;
        if wrong > 0 {
            return Err(Unmeasured::Corrupt(format!("{wrong} of {count} messages came back altered")));
        }
        Ok(Outcome {
            echoes: count,
            lost: 0,
            late: 0,
            elapsed_s: seconds,
            // Nobody waits for an echo: how long it takes depends on how many are done at once.
            latency: None,
            server_cpu_s: Some(server_cpu_s),
            idle: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::ExitStatusExt, process::ExitStatus};

    use super::*;

    #[test]
    fn figures_are_those_that_it_prints() {
        let outcome = outcome(Ok(ended(0, told(0), ""))).unwrap();
        assert_eq!((outcome.echoes, outcome.lost), (40, 0));
        assert!((outcome.rate() - 80.0).abs() < 1e-9);
        assert_eq!(outcome.server_cpu_us(), Some(5000.0));
    }

    #[test]
    fn a_wrong_message_is_found() {
        let corrupt = Unmeasured::Corrupt("3 of 40 messages came back altered".into());
        assert_eq!(outcome(Ok(ended(0, told(3), ""))).err(), Some(corrupt));
    }

    #[test]
    fn a_failure_says_what_it_said() {
        let failed = outcome(Ok(ended(1 << 8, String::new(), "\nError: too many open files\n"))).err();
        assert_eq!(failed, Some(Unmeasured::Failed("exit status: 1: Error: too many open files".into())));
        assert!(matches!(outcome(Ok(ended(0, "?".into(), ""))), Err(Unmeasured::Failed(_))));
        assert!(matches!(outcome(Err(io::ErrorKind::NotFound.into())), Err(Unmeasured::Failed(_))));
    }

    fn told(wrong: u64) -> String {
        format!(r#"{{"count":40,"seconds":0.5,"bytes":2560,"wrong":{wrong},"cpu_s":0.4,"server_cpu_s":0.2}}"#)
    }

    fn ended(status: i32, stdout: String, stderr: &str) -> Output {
        Output { status: ExitStatus::from_raw(status), stdout: stdout.into(), stderr: stderr.into() }
    }
}
