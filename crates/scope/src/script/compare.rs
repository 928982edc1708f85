//! Whether what happened is what a script says.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::net::SocketAddr;
use std::ops::RangeInclusive;

use super::lexer::{Kind, Token};
use super::read::{nanoseconds, parse};
use super::{Line, Script, Until, When, write};
use crate::timeline::Timeline;

/// The ports that Linux gives to whoever asks for any (`ip_local_port_range` of `ip(7)`): other ones in each run.
const ANY_PORT: RangeInclusive<u16> = 32_768..=60_999;

/// The first line that is not as the script says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Difference {
    /// The line of the script, from 1; behind the last one if more happened than it says.
    pub line: usize,
    /// Where in it, from 1.
    pub column: usize,
    /// What the script says; nothing if it is at its end.
    pub expected: Option<String>,
    /// What happened; nothing if no more did.
    pub found: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "(nothing more)".to_owned());
        writeln!(f, "line {}, column {}", self.line, self.column)?;
        writeln!(f, "expected: {}", text(&self.expected))?;
        writeln!(f, "          {:>1$}", "^", self.column)?;
        write!(f, "found:    {}", text(&self.found))
    }
}

/// Compares a timeline with a script, line by line. Numbers of processes and ports that the kernel chose may be others, as long
/// as each stands for one everywhere; times may differ by the tolerance. `*` is anything.
///
/// # Errors
///
/// The first [`Difference`].
pub fn compare(script: &Script, timeline: &Timeline) -> Result<(), Difference> {
    let written = write(timeline, &script.options);
    let happened = parse(&written).map_err(|error| {
        let found = written.lines().nth(error.line - 1).map(str::to_owned);
        Difference { line: error.line, column: error.column, expected: None, found }
    })?;
    let tolerance = u64::try_from(script.options.tolerance.as_nanos()).unwrap_or(u64::MAX);
    let mut same = Same { tolerance, ports: Pairs::default(), pids: Pairs::default() };
    let mut found = happened.lines.iter();
    for expected in &script.lines {
        let Some(found) = found.next() else {
            return Err(difference(expected.number, 1, Some(expected), None));
        };
        if let Err(column) = same.line(expected, found) {
            return Err(difference(expected.number, column, Some(expected), Some(found)));
        }
    }
    let last = script.lines.last().map_or(0, |line| line.number);
    found.next().map_or(Ok(()), |found| Err(difference(last + 1, 1, None, Some(found))))
}

fn difference(line: usize, column: usize, expected: Option<&Line>, found: Option<&Line>) -> Difference {
    let text = |line: Option<&Line>| line.map(|line| line.text.clone());
    Difference { line, column, expected: text(expected), found: text(found) }
}

impl Line {
    /// Whether it ends here with `= *`, which stands for whatever came of a call.
    fn takes_any_result(&self, place: usize) -> bool {
        let is_last = place > 0 && place + 1 == self.tokens.len();
        is_last && self.tokens[place].kind == Kind::Any && self.tokens[place - 1].is('=')
    }
}

/// What counts as the same.
struct Same {
    tolerance: u64,
    ports: Pairs<u16>,
    pids: Pairs<u32>,
}

impl Same {
    /// Compares a line; the error is the column where it differs.
    fn line(&mut self, expected: &Line, found: &Line) -> Result<(), usize> {
        let mut others = found.tokens.iter();
        for (place, token) in expected.tokens.iter().enumerate() {
            if expected.takes_any_result(place) {
                return Ok(());
            }
            let is_same = others.next().is_some_and(|other| {
                if place == 0 { self.lane(token, other) } else { self.token(token, other) }
            });
            if !is_same {
                return Err(token.column);
            }
            if place == 0 && !self.when(expected.when, found.when) {
                return Err(expected.when_column);
            }
        }
        match others.next() {
            Some(_) => Err(expected.text.chars().count() + 1),
            None => Ok(()),
        }
    }

    fn when(&self, expected: When, found: When) -> bool {
        let (When::At { began, until }, When::At { began: other, until: end }) = (expected, found) else {
            return true;
        };
        let until_is_same = match (until, end) {
            (Until::Never, Until::Never) => true,
            (Until::Never, _) | (_, Until::Never) => false,
            (until, end) => self.is_near(ended(until, began), ended(end, other)),
        };
        self.is_near(began, other) && until_is_same
    }

    fn is_near(&self, one: u64, other: u64) -> bool {
        one.abs_diff(other) <= self.tolerance
    }

    /// Compares whose lines two are; a process without a name has its number.
    fn lane(&mut self, expected: &Token, found: &Token) -> bool {
        match (number(expected), number(found)) {
            (Some(one), Some(other)) => self.pids.are(one, other),
            _ => self.token(expected, found),
        }
    }

    fn token(&mut self, expected: &Token, found: &Token) -> bool {
        if expected.kind == Kind::Any || found.kind == Kind::Any {
            return true;
        }
        let (Some(one), Some(other)) = (expected.word(), found.word()) else {
            return expected.kind == found.kind;
        };
        match (port(one), port(other), time(one), time(other)) {
            (Some((host, one)), Some((other_host, other)), ..) => host == other_host && self.port(one, other),
            (.., Some(one), Some(other)) => self.is_near(one, other),
            _ => one == other,
        }
    }

    fn port(&mut self, one: u16, other: u16) -> bool {
        match (ANY_PORT.contains(&one), ANY_PORT.contains(&other)) {
            (true, true) => self.ports.are(one, other),
            _ => one == other,
        }
    }
}

fn ended(until: Until, began: u64) -> u64 {
    match until {
        Until::At(end) => end,
        Until::Once | Until::Never => began,
    }
}

fn number(token: &Token) -> Option<u32> {
    token.word()?.parse().ok()
}

/// The host, if there is one, and the port of `127.0.0.1:3500` and of `:3500`.
fn port(word: &str) -> Option<(Option<std::net::IpAddr>, u16)> {
    if let Some(port) = word.strip_prefix(':').and_then(|port| port.parse().ok()) {
        return Some((None, port));
    }
    let address: SocketAddr = word.parse().ok()?;
    Some((Some(address.ip()), address.port()))
}

/// A time among arguments: `0.3s`.
fn time(word: &str) -> Option<u64> {
    nanoseconds(word.strip_suffix('s')?)
}

/// Which number of the script stands for which one of the timeline.
#[derive(Default)]
struct Pairs<T> {
    there: HashMap<T, T>,
    back: HashMap<T, T>,
}

impl<T: Copy + Eq + Hash> Pairs<T> {
    /// Whether one stands for the other, also from now on.
    fn are(&mut self, one: T, other: T) -> bool {
        *self.there.entry(one).or_insert(other) == other && *self.back.entry(other).or_insert(one) == one
    }
}
