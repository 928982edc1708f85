//! Reads a manifest, and says what is wrong with it and where.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use thiserror::Error;
use toml::de::DeTable;

use super::file::{DelimiterFile, File, FramingFile, GradeFile, ProtocolFile, ReadyFile, SideFile};
use super::keys::{KNOWN, Places, Unknown, line};
use super::protocol::COMMAND;
use super::status::{GROUP, expression_of};
use super::{
    ENTRIES_MAX, Encoding, FILE_BYTES_MAX, First, Framing, GradePart, HINT_LEVEL_MAX, PLACEHOLDERS, Part,
    ProtocolPart, READY_DELAY_MAX, Ready, SidePart, StatusFormat, Stdin, TIMEOUT_SCALE_MAX, TextIn,
    WORDS_MAX,
};
use crate::check::points::Points;

/// The version of the form of a manifest.
const SCHEMA: i64 = 1;

/// Why a text is no manifest.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ManifestError {
    /// It is longer than [`FILE_BYTES_MAX`].
    #[error("longer than {FILE_BYTES_MAX} bytes")]
    TooLong,
    /// It is no TOML, or a value has the wrong type; `detail` is the parser's own sentence.
    #[error("line {line}: {detail}")]
    Toml {
        /// From 1.
        line: usize,
        /// What the parser says.
        detail: String,
    },
    /// A key that no manifest has.
    #[error("line {line}: unknown key {key}")]
    UnknownKey {
        /// From 1.
        line: usize,
        /// Its path: `protocol.shutdwon`.
        key: String,
        /// What was probably meant.
        suggestion: Option<&'static str>,
    },
    /// A value that means nothing.
    #[error("line {line}: {key}: {problem:?}")]
    Value {
        /// From 1.
        line: usize,
        /// The key's path.
        key: String,
        /// What is wrong.
        problem: Problem,
    },
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Another version of the form than the one that is known here.
    Schema,
    /// Not an exercise of the practical.
    Exercise,
    /// Not a number between these two.
    Range {
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// Not one of these.
    OneOf(Vec<&'static str>),
    /// No word, or more than [`WORDS_MAX`], or one with a NUL in it.
    Command,
    /// A word in braces that stands for nothing; those of [`PLACEHOLDERS`] do.
    Placeholder(String),
    /// Not an IP address.
    Address,
    /// More than [`ENTRIES_MAX`] of them.
    TooMany,
    /// The name of a file that would be in another directory.
    FileName,
    /// Bytes are given twice, as a text and in hexadecimal digits; or nothing is.
    OneForm,
    /// Not pairs of hexadecimal digits.
    Hex,
    /// No bytes.
    Empty,
    /// A letter that the encoding does not have.
    Encoding,
    /// No `{cmd}` in it.
    NoCommand,
    /// Not a regular expression; the parser's own sentence.
    Expression(String),
    /// An expression without the group `status`.
    NoGroup,
    /// Not a framing.
    Framing,
    /// Not points.
    Points,
}

/// A value that is wrong, by the path of its key.
pub(crate) type Wrong = (String, Problem);

/// Reads a manifest.
///
/// # Errors
///
/// [`ManifestError`], for the first mistake.
pub fn read(text: &str) -> Result<Part, ManifestError> {
    if text.len() > FILE_BYTES_MAX {
        return Err(ManifestError::TooLong);
    }
    let table = DeTable::parse(text).map_err(|error| in_toml(text, &error))?;
    let places = Places::of(table.get_ref(), KNOWN).map_err(|unknown| of_unknown(text, unknown))?;
    let file: File = toml::from_str(text).map_err(|error| in_toml(text, &error))?;
    part(file).map_err(|(key, problem)| ManifestError::Value {
        line: line(text, places.at(&key)),
        key,
        problem,
    })
}

/// Says where a text is no TOML.
pub(crate) fn in_toml(text: &str, error: &toml::de::Error) -> ManifestError {
    let at = error.span().map_or(0, |span| span.start);
    ManifestError::Toml { line: line(text, at), detail: error.message().to_owned() }
}

/// Says which key is not known.
pub(crate) fn of_unknown(text: &str, unknown: Unknown) -> ManifestError {
    let Unknown { key, at, suggestion } = unknown;
    ManifestError::UnknownKey { line: line(text, at), key, suggestion }
}

/// Finds what was written right.
pub(crate) fn part(file: File) -> Result<Part, Wrong> {
    if file.schema.is_some_and(|schema| schema != SCHEMA) {
        return Err(("schema".to_owned(), Problem::Schema));
    }
    let exercise = file.exercise.map(|number| number.parse());
    let exercise = exercise.transpose().map_err(|_| ("exercise".to_owned(), Problem::Exercise))?;
    let is_scale =
        |scale: &f64| (1.0..=f64::from(u32::try_from(TIMEOUT_SCALE_MAX).unwrap_or(1))).contains(scale);
    if file.timeout_scale.is_some_and(|scale| !is_scale(&scale)) {
        return Err(("timeout_scale".to_owned(), Problem::Range { min: 1, max: TIMEOUT_SCALE_MAX }));
    }
    Ok(Part {
        exercise,
        timeout_scale: file.timeout_scale,
        build: file.build.map(|words| command(words, "build")).transpose()?,
        server: side(file.server, "server")?,
        client: side(file.client, "client")?,
        protocol: protocol(file.protocol)?,
        grade: grade(file.grade)?,
    })
}

fn side(file: SideFile, path: &str) -> Result<SidePart, Wrong> {
    let key = |name: &str| format!("{path}.{name}");
    let host = file.host.map(|host| address(&host, key("host"))).transpose()?;
    let port = file.port.map(|port| ranged(port, 1, 65_535, key("port"))).transpose()?;
    let allowed = file.allowed.map(|all| addresses(&all, &key("allowed"))).transpose()?;
    Ok(SidePart {
        run: file.run.map(|words| command(words, &key("run"))).transpose()?,
        host,
        port: port.and_then(|port| u16::try_from(port).ok()),
        ready: file.ready.map(|value| ready(value, &key("ready"))).transpose()?,
        allowed,
        output: file.output.map(|name| file_name(name, key("output"))).transpose()?,
        text_in: file.text_in.map(|place| text_in(place, key("text_in"))).transpose()?,
        one_shot: file.one_shot,
        stdin: file.stdin.map(|name| one_of(&name, &STDIN, key("stdin"))).transpose()?,
        files: file.files.map(|all| files(all, &key("files"))).transpose()?,
    })
}

/// What a program can read from.
const STDIN: [(&str, Stdin); 3] =
    [("null", Stdin::Null), ("empty", Stdin::Empty), ("keyboard", Stdin::Keyboard)];

/// Reads a command line.
pub(crate) fn command(words: Vec<String>, key: &str) -> Result<Vec<String>, Wrong> {
    let is_command = !words.is_empty()
        && words.len() <= WORDS_MAX
        && words.iter().all(|word| !word.contains('\0'))
        && !words[0].is_empty();
    if !is_command {
        return Err((key.to_owned(), Problem::Command));
    }
    words.iter().try_for_each(|word| placeholders(word, key))?;
    Ok(words)
}

/// Sees to it that every word in braces stands for something. Braces around anything else are a program's own.
fn placeholders(text: &str, key: &str) -> Result<(), Wrong> {
    for inner in text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(inner, _)| inner) {
        let is_word = !inner.is_empty() && inner.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        if is_word && !PLACEHOLDERS.contains(&inner) {
            return Err((key.to_owned(), Problem::Placeholder(inner.to_owned())));
        }
    }
    Ok(())
}

fn ready(file: ReadyFile, path: &str) -> Result<Ready, Wrong> {
    let wrong = |problem| (path.to_owned(), problem);
    match (file.kernel, file.stdout, file.delay) {
        (Some(true), None, None) => Ok(Ready::Kernel),
        (None, Some(expression), None) => {
            expression_of(&expression).map_err(|error| wrong(Problem::Expression(error.to_string())))?;
            Ok(Ready::Stdout(expression))
        }
        (None, None, Some(seconds)) => {
            let delay = Duration::try_from_secs_f64(seconds).ok().filter(|delay| *delay <= READY_DELAY_MAX);
            let range = Problem::Range { min: 0, max: READY_DELAY_MAX.as_secs() };
            delay.map(Ready::Delay).ok_or_else(|| (format!("{path}.delay"), range))
        }
        _ => Err(wrong(Problem::OneForm)),
    }
}

fn text_in(place: String, key: String) -> Result<TextIn, Wrong> {
    if place == "stdout" { Ok(TextIn::Stdout) } else { file_name(place, key).map(TextIn::File) }
}

/// A name in the program's own directory.
fn file_name(name: String, key: String) -> Result<String, Wrong> {
    let is_name = !name.is_empty() && !name.contains(['/', '\0']) && name != "." && name != "..";
    if is_name { Ok(name) } else { Err((key, Problem::FileName)) }
}

fn files(all: BTreeMap<String, String>, key: &str) -> Result<BTreeMap<String, String>, Wrong> {
    bounded(all.len(), key)?;
    for (name, contents) in &all {
        file_name(name.clone(), format!("{key}.{name}"))?;
        placeholders(contents, &format!("{key}.{name}"))?;
    }
    Ok(all)
}

fn address(text: &str, key: String) -> Result<IpAddr, Wrong> {
    text.parse().map_err(|_| (key, Problem::Address))
}

fn addresses(all: &[String], key: &str) -> Result<Vec<IpAddr>, Wrong> {
    bounded(all.len(), key)?;
    all.iter().map(|text| address(text, key.to_owned())).collect()
}

fn protocol(file: ProtocolFile) -> Result<ProtocolPart, Wrong> {
    let key = |name: &str| format!("protocol.{name}");
    let encoding = file.encoding.map(|name| one_of(&name, &Encoding::NAMES, key("encoding"))).transpose()?;
    let letters = encoding.unwrap_or_default();
    let text = |text, hex, name: &str| bytes(text, hex, letters, key(name));
    let command = file.command.map(|form| command_form(form, letters, key("command"))).transpose()?;
    Ok(ProtocolPart {
        encoding,
        shutdown: text(file.shutdown, file.shutdown_hex, "shutdown")?,
        shutdown_reply: text(file.shutdown_reply, file.shutdown_reply_hex, "shutdown_reply")?,
        command,
        status: file.status.map(|expression| status(expression, key("status"))).transpose()?,
        framing: file.framing.map(|form| framing(form, letters, key("framing"))).transpose()?,
        message: text(file.message, file.message_hex, "message")?,
        first: file.first.map(|name| one_of(&name, &FIRST, key("first"))).transpose()?,
    })
}

/// Who can type first.
const FIRST: [(&str, First); 2] = [("client", First::Client), ("server", First::Server)];

/// Bytes, given as a text or in hexadecimal digits.
fn bytes(
    text: Option<String>,
    hex: Option<String>,
    encoding: Encoding,
    key: String,
) -> Result<Option<Vec<u8>>, Wrong> {
    let bytes = match (text, hex) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => return Err((key, Problem::OneForm)),
        (Some(text), None) => encoding.bytes(&text).ok_or((key.clone(), Problem::Encoding))?,
        (None, Some(digits)) => of_hex(&digits).ok_or((format!("{key}_hex"), Problem::Hex))?,
    };
    if bytes.is_empty() { Err((key, Problem::Empty)) } else { Ok(Some(bytes)) }
}

fn of_hex(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = digits.bytes().filter(|byte| *byte != b' ').collect();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?);
    digits.chunks(2).map(pair).collect()
}

fn command_form(form: String, encoding: Encoding, key: String) -> Result<String, Wrong> {
    if !form.contains(COMMAND) {
        return Err((key, Problem::NoCommand));
    }
    if encoding.bytes(&form).is_none() {
        return Err((key, Problem::Encoding));
    }
    Ok(form)
}

fn status(expression: String, key: String) -> Result<StatusFormat, Wrong> {
    let made = expression_of(&expression);
    let made = made.map_err(|error| (key.clone(), Problem::Expression(error.to_string())))?;
    let has_group = made.capture_names().flatten().any(|name| name == GROUP);
    if has_group { Ok(StatusFormat::Expression(expression)) } else { Err((key, Problem::NoGroup)) }
}

fn framing(form: FramingFile, encoding: Encoding, key: String) -> Result<Framing, Wrong> {
    match form {
        FramingFile::Name(name) => Framing::of_name(&name).ok_or((key, Problem::Framing)),
        FramingFile::Delimiter(DelimiterFile { delimiter, delimiter_hex }) => {
            let found = bytes(delimiter, delimiter_hex, encoding, format!("{key}.delimiter"))?;
            found.map(Framing::Delimiter).ok_or((key, Problem::Framing))
        }
    }
}

fn grade(file: GradeFile) -> Result<GradePart, Wrong> {
    let most = i64::from(HINT_LEVEL_MAX);
    let hint = file.max_hint.map(|level| ranged(level, 0, most, "grade.max_hint".to_owned())).transpose()?;
    if let Some(hide) = &file.hide {
        bounded(hide.len(), "grade.hide")?;
    }
    Ok(GradePart {
        strict: file.strict,
        hint_level_max: hint.and_then(|level| u8::try_from(level).ok()),
        points: file.points.map(|all| points(&all, "grade.points")).transpose()?,
        hide: file.hide,
    })
}

/// Reads what requirements are worth.
pub(crate) fn points(all: &BTreeMap<String, f64>, key: &str) -> Result<BTreeMap<String, Points>, Wrong> {
    bounded(all.len(), key)?;
    let one = |(name, number): (&String, &f64)| {
        let points = Points::of_number(*number);
        points.map(|points| (name.clone(), points)).ok_or_else(|| (format!("{key}.{name}"), Problem::Points))
    };
    all.iter().map(one).collect()
}

fn ranged(number: i64, min: i64, max: i64, key: String) -> Result<i64, Wrong> {
    if (min..=max).contains(&number) {
        return Ok(number);
    }
    Err((key, Problem::Range { min: min.unsigned_abs(), max: max.unsigned_abs() }))
}

fn one_of<T: Copy>(name: &str, all: &[(&'static str, T)], key: String) -> Result<T, Wrong> {
    let found = all.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
    found.ok_or_else(|| (key, Problem::OneOf(all.iter().map(|(name, _)| *name).collect())))
}

fn bounded(entries: usize, key: &str) -> Result<(), Wrong> {
    if entries <= ENTRIES_MAX { Ok(()) } else { Err((key.to_owned(), Problem::TooMany)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_key_is_read() {
        let part = read(include_str!("samples/whole.toml")).unwrap();

        assert_eq!(part.exercise.map(|it| it.to_string()).as_deref(), Some("1.5.6"));
        assert_eq!(part.build.as_deref().map(<[String]>::len), Some(5));
        assert_eq!(part.server.ready, Some(Ready::Delay(Duration::from_secs(2))));
        assert_eq!(part.server.text_in, Some(TextIn::File("text.txt".to_owned())));
        assert_eq!(part.client.stdin, Some(Stdin::Keyboard));
        assert_eq!(part.protocol.shutdown, Some(b"\xff\x00".to_vec()));
        assert_eq!(part.protocol.framing, Some(Framing::Delimiter(b"\xf1".to_vec())));
        assert_eq!(part.grade.hint_level_max, Some(2));
        assert_eq!(part.grade.points.unwrap()["1.5.2/near-miss"], Points::of_number(2.5).unwrap());
    }

    #[test]
    fn a_wrong_value_is_told_with_its_line_and_what_is_wrong() {
        for (text, line, key, problem) in [
            ("schema = 2", 1, "schema", Problem::Schema),
            ("exercise = \"9.9\"", 1, "exercise", Problem::Exercise),
            ("\ntimeout_scale = 21", 2, "timeout_scale", Problem::Range { min: 1, max: 20 }),
            ("timeout_scale = 0.5", 1, "timeout_scale", Problem::Range { min: 1, max: 20 }),
            ("timeout_scale = nan", 1, "timeout_scale", Problem::Range { min: 1, max: 20 }),
            ("build = []", 1, "build", Problem::Command),
            (
                "[server]\nrun = [\"x\", \"{puerto}\"]",
                2,
                "server.run",
                Problem::Placeholder("puerto".to_owned()),
            ),
            ("[server]\nport = 0", 2, "server.port", Problem::Range { min: 1, max: 65_535 }),
            ("[server]\nhost = \"here\"", 2, "server.host", Problem::Address),
            ("[server]\nallowed = [\"1.2.3\"]", 2, "server.allowed", Problem::Address),
            ("[server]\noutput = \"../x\"", 2, "server.output", Problem::FileName),
            ("[server]\nready = {}", 2, "server.ready", Problem::OneForm),
            ("[server]\nready = { delay = 11 }", 2, "server.ready.delay", Problem::Range { min: 0, max: 10 }),
            ("[client.files]\n\"a/b\" = \"x\"", 2, "client.files.a/b", Problem::FileName),
            ("[protocol]\nshutdown = \"\"", 2, "protocol.shutdown", Problem::Empty),
            ("[protocol]\nshutdown_hex = \"f\"", 2, "protocol.shutdown_hex", Problem::Hex),
            ("[protocol]\ncommand = \"CMD\"", 2, "protocol.command", Problem::NoCommand),
            ("[protocol]\nstatus = \"[0-9]+\"", 2, "protocol.status", Problem::NoGroup),
            ("[protocol]\nframing = \"lines\"", 2, "protocol.framing", Problem::Framing),
            ("[grade]\nmax_hint = 4", 2, "grade.max_hint", Problem::Range { min: 0, max: 3 }),
            ("[grade]\npoints = { \"x\" = -1 }", 2, "grade.points.x", Problem::Points),
        ] {
            let expected = ManifestError::Value { line, key: key.to_owned(), problem };
            assert_eq!(read(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn letters_that_the_encoding_lacks_are_a_mistake() {
        let text = "[protocol]\nencoding = \"ascii\"\nshutdown = \"adiós\"";
        let expected =
            ManifestError::Value { line: 3, key: "protocol.shutdown".to_owned(), problem: Problem::Encoding };

        assert_eq!(read(text), Err(expected));
    }

    #[test]
    fn what_is_no_toml_is_told_with_its_line() {
        assert!(matches!(read("schema = 1\n[server"), Err(ManifestError::Toml { line: 2, .. })));
        assert!(matches!(read("schema = 1\nbuild = \"make\""), Err(ManifestError::Toml { line: 2, .. })));
        assert!(matches!(read("a = 1"), Err(ManifestError::UnknownKey { line: 1, .. })));
    }

    #[test]
    fn a_manifest_is_read_up_to_its_longest() {
        let filled = |bytes: usize| "#".repeat(bytes);

        assert_eq!(read(&filled(FILE_BYTES_MAX)), Ok(Part::default()));
        assert_eq!(read(&filled(FILE_BYTES_MAX + 1)), Err(ManifestError::TooLong));
    }

    #[test]
    fn commands_and_lists_are_read_up_to_their_longest() {
        let list = |entries: usize| vec!["\"127.0.0.1\""; entries].join(",");
        for (form, most) in [("build = [LIST]", WORDS_MAX), ("[server]\nallowed = [LIST]", ENTRIES_MAX)] {
            assert!(read(&form.replace("LIST", &list(most))).is_ok(), "{form}");
            assert!(read(&form.replace("LIST", &list(most + 1))).is_err(), "{form}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC*|[a-z_=\\[\\]{}\"\\n .0-9]{0,200}") {
            let _ = read(&text);
        }
    }
}
