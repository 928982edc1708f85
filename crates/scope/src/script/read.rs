//! From text to a script.

use std::collections::BTreeSet;
use std::time::Duration;

use wire::names::Syscall;

use super::event;
use super::lexer::{self, Kind, Token};
use super::{LINE_BYTES_MAX, Line, Options, Part, SCRIPT_BYTES_MAX, Script, Until, When};

pub(super) const SHOW: &str = "--show=";
pub(super) const TOLERANCE: &str = "--tolerance=";

/// Where a script is wrong, and how.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct ScriptError {
    /// Which line, from 1.
    pub line: usize,
    /// Which letter of it, from 1.
    pub column: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What can be wrong in a script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The script is longer than [`SCRIPT_BYTES_MAX`].
    #[error("the script is longer than {SCRIPT_BYTES_MAX} bytes")]
    ScriptTooLong,
    /// The line is longer than [`LINE_BYTES_MAX`].
    #[error("the line is longer than {LINE_BYTES_MAX} bytes")]
    LineTooLong,
    /// No option is called so, or it has no such value.
    #[error("{0:?} is not an option, or has not such a value")]
    Option(String),
    /// A text has no quote at its end.
    #[error("the text that begins here has no end")]
    OpenText,
    /// The line does not begin with who does something.
    #[error("a line begins with the name of who does it")]
    NoLane,
    /// There is no time behind the name.
    #[error("a time belongs here: +0, +0.5, +0...0.2, +0... or *")]
    NoTime,
    /// Nothing is said to happen.
    #[error("the line does not say what happens")]
    Nothing,
    /// There is no such call.
    #[error("{0:?} is not a call that is recorded")]
    UnknownCall(String),
    /// The parentheses or braces are not in pairs.
    #[error("parentheses and braces go in pairs")]
    Unpaired,
    /// A call does not say what came of it.
    #[error("behind a call belongs what came of it: = 0, = -1 ECONNREFUSED, = ? or = *")]
    NoResult,
    /// A packet does not say to whom it goes, or what it is.
    #[error("a packet has a receiver behind its > and says what it is")]
    Packet,
    /// There is no such event.
    #[error("{0:?} is no event")]
    UnknownEvent(String),
}

/// Reads a script.
///
/// # Errors
///
/// [`ScriptError`], which names the line and the column.
pub fn read(text: &str) -> Result<Script, ScriptError> {
    if text.len() > SCRIPT_BYTES_MAX {
        return Err(ScriptError { line: 1, column: 1, problem: Problem::ScriptTooLong });
    }
    parse(text)
}

/// Reads a script of any length.
pub(super) fn parse(text: &str) -> Result<Script, ScriptError> {
    let mut script = Script { options: Options::default(), lines: Vec::new() };
    for (number, text) in (1..).zip(text.lines()) {
        let at = |(column, problem)| ScriptError { line: number, column, problem };
        if text.len() > LINE_BYTES_MAX {
            return Err(at((LINE_BYTES_MAX, Problem::LineTooLong)));
        }
        if text.trim_start().starts_with("--") {
            option(text.trim(), &mut script.options).map_err(at)?;
            continue;
        }
        let tokens = lexer::split(text).map_err(at)?;
        if !tokens.is_empty() {
            script.lines.push(line(number, text, tokens).map_err(at)?);
        }
    }
    Ok(script)
}

fn option(text: &str, options: &mut Options) -> Result<(), (usize, Problem)> {
    let unknown = || (1, Problem::Option(text.to_owned()));
    if let Some(names) = text.strip_prefix(SHOW) {
        let parts: Option<BTreeSet<_>> = names.split(',').map(Part::from_name).collect();
        options.show = parts.ok_or_else(unknown)?;
    } else if let Some(seconds) = text.strip_prefix(TOLERANCE) {
        options.tolerance = Duration::from_nanos(nanoseconds(seconds).ok_or_else(unknown)?);
    } else {
        return Err(unknown());
    }
    Ok(())
}

fn line(number: usize, text: &str, mut tokens: Vec<Token>) -> Result<Line, (usize, Problem)> {
    let end = text.chars().count() + 1;
    let Some(Token { kind: Kind::Word(_) | Kind::Text(_) | Kind::Any, .. }) = tokens.first() else {
        return Err((1, Problem::NoLane));
    };
    let time = tokens.get(1).ok_or((end, Problem::NoTime))?;
    let when_column = time.column;
    let when = match &time.kind {
        Kind::Any => Some(When::Any),
        Kind::Word(word) => when(word),
        _ => None,
    };
    let when = when.ok_or((when_column, Problem::NoTime))?;
    tokens.remove(1);
    check(&tokens[1..], end)?;
    Ok(Line { number, text: text.trim_end().to_owned(), when, when_column, tokens })
}

/// Reads a time: `+0`, `+0...0.2`, `+0...`.
fn when(word: &str) -> Option<When> {
    let word = word.strip_prefix('+')?;
    let Some((began, until)) = word.split_once("...") else {
        return Some(When::At { began: nanoseconds(word)?, until: Until::Once });
    };
    let began = nanoseconds(began)?;
    let until = if until.is_empty() { Until::Never } else { Until::At(nanoseconds(until)?) };
    Some(When::At { began, until })
}

/// Reads seconds, with up to nine digits behind the point.
pub(super) fn nanoseconds(text: &str) -> Option<u64> {
    const DIGITS: usize = 9;

    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) || fraction.len() > DIGITS {
        return None;
    }
    let fraction: u64 = format!("{fraction:0<DIGITS$}").parse().ok()?;
    whole.parse::<u64>().ok()?.checked_mul(1_000_000_000)?.checked_add(fraction)
}

/// Whether what happens is told as it should be.
fn check(tokens: &[Token], end: usize) -> Result<(), (usize, Problem)> {
    let first = tokens.first().ok_or((end, Problem::Nothing))?;
    paired(tokens)?;
    if let Some(passes) = tokens.iter().position(|token| token.is('>')).filter(|place| *place < 2) {
        let is_complete = tokens.len() > passes + 2;
        return if is_complete { Ok(()) } else { Err((end, Problem::Packet)) };
    }
    let word = first.word().ok_or((first.column, Problem::Nothing))?;
    if tokens.get(1).is_some_and(|token| token.is('(')) {
        word.parse::<Syscall>().map_err(|_| (first.column, Problem::UnknownCall(word.to_owned())))?;
        let result = tokens.iter().rposition(|token| token.is('='));
        let is_told = result.is_some_and(|place| place + 1 < tokens.len() && tokens[place - 1].is(')'));
        return if is_told { Ok(()) } else { Err((end, Problem::NoResult)) };
    }
    if event::WORDS.contains(&word) {
        return Ok(());
    }
    Err((first.column, Problem::UnknownEvent(word.to_owned())))
}

fn paired(tokens: &[Token]) -> Result<(), (usize, Problem)> {
    let mut open: Vec<&Token> = Vec::new();
    for token in tokens {
        let opener = match token.kind {
            Kind::Mark('(' | '{') => {
                open.push(token);
                continue;
            }
            Kind::Mark(')') => '(',
            Kind::Mark('}') => '{',
            _ => continue,
        };
        if !open.pop().is_some_and(|last| last.is(opener)) {
            return Err((token.column, Problem::Unpaired));
        }
    }
    open.last().map_or(Ok(()), |token| Err((token.column, Problem::Unpaired)))
}
