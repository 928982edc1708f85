//! What a program's source gives away of its protocol, for those who wrote no manifest.
//!
//! The literals of the source are read, and put in the order in which they are worth trying. Whether one of them does what it seems to is
//! for a trial to find out, with a fresh program for each, and the student is told what was taken.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use super::protocol::COMMAND;

/// How many candidates are tried.
pub const CANDIDATES_MAX: usize = 64;

/// How long a literal may be to be one.
pub const LITERAL_BYTES_MAX: usize = 64;

/// How many literals of a source are looked at.
const LITERALS_MAX: usize = 512;

/// Messages that end servers, as people write them.
const STOP_WORDS: [&str; 10] =
    ["salir", "exit", "quit", "fin", "chau", "bye", "shutdown", "terminar", "stop", "cerrar"];

/// Words before a command, likewise.
const COMMAND_WORDS: [&str; 9] =
    ["cmd", "exec", "run", "ejecutar", "comando", "command", "shell", "system", "exe"];

/// What stands behind a comparison, in any of the languages.
const COMPARISONS: [&str; 12] = [
    "==",
    "===",
    "!=",
    "in",
    "case",
    "startswith(",
    "startsWith(",
    "equals(",
    "equalsIgnoreCase(",
    "includes(",
    "removeprefix(",
    "match",
];

/// Functions of C that compare, with the literal as any argument of theirs.
const COMPARING_CALLS: [&str; 6] =
    ["strcmp(", "strncmp(", "strcasecmp(", "strncasecmp(", "memcmp(", "strstr("];

/// A language that literals can be found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceLanguage {
    /// Python 3.
    Python,
    /// C.
    C,
    /// JavaScript or TypeScript.
    JavaScript,
    /// Java.
    Java,
}

impl SourceLanguage {
    /// Returns the language of a file by the ending of its name.
    pub fn of_file(name: &str) -> Option<Self> {
        Some(match name.rsplit_once('.')?.1 {
            "py" => Self::Python,
            "c" | "h" => Self::C,
            "js" | "mjs" | "cjs" | "ts" => Self::JavaScript,
            "java" => Self::Java,
            _ => return None,
        })
    }

    /// Returns the name that fenced snippets have in texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::C => "c",
            Self::JavaScript => "js",
            Self::Java => "java",
        }
    }
}

/// A string in a source.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Literal {
    text: String,
    /// Whether something is compared with it.
    is_compared: bool,
}

/// Returns the strings of a source, in their order, each once, of at most [`LITERAL_BYTES_MAX`] bytes.
pub fn literals(source: &str, language: SourceLanguage) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let all = lex(source, language).into_iter().map(|literal| literal.text);
    all.filter(|text| seen.insert(text.clone())).collect()
}

/// Returns messages that may end a server, those of its source first: what it compares with, then single words; then what
/// people usually choose, in three cases. At most [`CANDIDATES_MAX`].
pub fn stop_candidates(sources: &[(&str, SourceLanguage)]) -> Vec<String> {
    let own = ranked(sources).into_iter().map(|literal| literal.text);
    let usual = STOP_WORDS.iter().flat_map(|word| in_three_cases(word));
    distinct(own.chain(usual))
}

/// Returns forms that may run a command (`CMD {cmd}`), likewise. At most [`CANDIDATES_MAX`].
pub fn command_candidates(sources: &[(&str, SourceLanguage)]) -> Vec<String> {
    let own = ranked(sources).into_iter().flat_map(|literal| forms(&literal.text));
    let usual =
        COMMAND_WORDS.iter().flat_map(|word| in_three_cases(word)).map(|word| format!("{word} {COMMAND}"));
    distinct(own.chain([COMMAND.to_owned()]).chain(usual))
}

/// Returns the IPv4 addresses that stand in a source as strings, after `127.0.0.1`, each once, at most [`CANDIDATES_MAX`].
pub fn addresses(sources: &[(&str, SourceLanguage)]) -> Vec<Ipv4Addr> {
    let all = sources.iter().flat_map(|(source, language)| lex(source, *language));
    let found = all.filter_map(|literal| literal.text.parse().ok());
    let is_hosts_own = |address: &Ipv4Addr| !address.is_unspecified() && !address.is_broadcast();
    let mut seen = BTreeSet::new();
    let all = [Ipv4Addr::LOCALHOST].into_iter().chain(found.filter(is_hosts_own));
    all.filter(|address| seen.insert(*address)).take(CANDIDATES_MAX).collect()
}

/// The literals that may be messages: those that something is compared with first, then single words, then the others.
fn ranked(sources: &[(&str, SourceLanguage)]) -> Vec<Literal> {
    let all = sources.iter().flat_map(|(source, language)| lex(source, *language));
    let mut literals: Vec<Literal> = all.filter(may_be_message).collect();
    literals.sort_by_key(|literal| (!literal.is_compared, literal.text.trim().contains(char::is_whitespace)));
    literals
}

/// Says whether a literal may be a message: not an address, an encoding, a line to be filled in, or a name of Python's own.
fn may_be_message(literal: &Literal) -> bool {
    let text = literal.text.trim();
    let is_taken =
        ["localhost", "utf-8", "utf8", "ascii", "latin-1", "latin1", "__main__", "0.0.0.0"].contains(&text);
    let is_form = text.contains(['%', '{', '\\', '\0']) && !literal.is_compared;
    !text.is_empty() && !is_taken && !is_form && text.parse::<Ipv4Addr>().is_err()
}

/// The forms that a literal may be the beginning of.
fn forms(text: &str) -> Vec<String> {
    let ends = text.ends_with(|c: char| c.is_whitespace() || ":=|;,/#-".contains(c));
    if ends {
        return vec![format!("{text}{COMMAND}")];
    }
    vec![format!("{text} {COMMAND}"), format!("{text}:{COMMAND}")]
}

fn in_three_cases(word: &str) -> [String; 3] {
    let mut letters = word.chars();
    let capital = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    [word.to_owned(), word.to_uppercase(), capital]
}

fn distinct(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    all.filter(|text| seen.insert(text.clone())).take(CANDIDATES_MAX).collect()
}

/// Finds the strings of a source. It knows comments, quotes and escapes, and no more of the language: what it takes for a string
/// by mistake is tried in vain.
fn lex(source: &str, language: SourceLanguage) -> Vec<Literal> {
    let mut literals = Vec::new();
    let mut rest = source;
    let mut line_begin = source;
    while let Some(c) = rest.chars().next() {
        if c == '\n' {
            line_begin = &rest[1..];
        }
        if let Some(comment) = comment(rest, language) {
            rest = &rest[comment..];
            continue;
        }
        let Some(quote) = quote(rest, language) else {
            rest = &rest[c.len_utf8()..];
            continue;
        };
        let before = &line_begin[..line_begin.len() - rest.len()];
        let (text, length) = body(&rest[quote.len()..], quote);
        if text.len() <= LITERAL_BYTES_MAX && literals.len() < LITERALS_MAX {
            let literal = Literal { is_compared: is_compared(before, &rest[quote.len() + length..]), text };
            literals.push(literal);
        }
        rest = &rest[quote.len() + length..];
        line_begin = if text_has_line(line_begin, rest) { rest } else { line_begin };
    }
    literals
}

/// Whether the line that began there has ended before `rest`.
fn text_has_line(line_begin: &str, rest: &str) -> bool {
    line_begin[..line_begin.len() - rest.len()].contains('\n')
}

/// The length of a comment that begins here, without the end of its line.
fn comment(rest: &str, language: SourceLanguage) -> Option<usize> {
    let to_line_end = |rest: &str| rest.find('\n').unwrap_or(rest.len());
    match language {
        SourceLanguage::Python => rest.starts_with('#').then(|| to_line_end(rest)),
        _ if rest.starts_with("//") => Some(to_line_end(rest)),
        _ if rest.starts_with("/*") => Some(rest.find("*/").map_or(rest.len(), |at| at + 2)),
        _ => None,
    }
}

/// The quote that begins here.
fn quote(rest: &str, language: SourceLanguage) -> Option<&'static str> {
    let quotes: &[&'static str] = match language {
        SourceLanguage::Python => &["\"\"\"", "'''", "\"", "'"],
        SourceLanguage::C => &["\"", "'"],
        SourceLanguage::Java => &["\"\"\"", "\"", "'"],
        SourceLanguage::JavaScript => &["\"", "'", "`"],
    };
    quotes.iter().find(|quote| rest.starts_with(**quote)).copied()
}

/// Reads what stands between quotes, and says how long it is there, with the closing quote. One that is not closed on its line
/// ends with it.
fn body(rest: &str, quote: &str) -> (String, usize) {
    let mut text = String::new();
    let mut at = 0;
    while let Some(c) = rest[at..].chars().next() {
        if rest[at..].starts_with(quote) {
            return (text, at + quote.len());
        }
        if c == '\n' && quote.len() == 1 && quote != "`" {
            return (text, at);
        }
        at += c.len_utf8();
        if c == '\\' {
            let (meant, length) = escape(&rest[at..]);
            text.push_str(&meant);
            at += length;
        } else {
            text.push(c);
        }
    }
    (text, at)
}

/// What a backslash and what follows it mean, and how long that is.
fn escape(rest: &str) -> (String, usize) {
    let Some(c) = rest.chars().next() else {
        return (String::new(), 0);
    };
    let meant = match c {
        'n' => "\n".to_owned(),
        't' => "\t".to_owned(),
        'r' => "\r".to_owned(),
        '0' => "\0".to_owned(),
        'x' if rest
            .get(1..3)
            .is_some_and(|digits| u8::from_str_radix(digits, 16).is_ok_and(|byte| byte < 128)) =>
        {
            let byte = u8::from_str_radix(&rest[1..3], 16).unwrap_or_default();
            return (char::from(byte).to_string(), 3);
        }
        '\n' => String::new(),
        other => other.to_string(),
    };
    (meant, c.len_utf8())
}

/// Says whether something is compared with the string between these two pieces of its line.
fn is_compared(before: &str, after: &str) -> bool {
    // The prefixes of Python's strings: b"x".
    let before =
        before.trim_end_matches(['b', 'B', 'r', 'R', 'u', 'f', 'F']).trim_end_matches(['(', '[', '{']);
    let opened = |word: &&str| before.trim_end().ends_with(word.trim_end_matches('('));
    let is_word = |word: &&str| {
        let rest = before.trim_end().strip_suffix(word.trim_end_matches('(')).unwrap_or_default();
        !word.starts_with(char::is_alphabetic) || !rest.ends_with(|c: char| c.is_alphanumeric() || c == '_')
    };
    let behind = COMPARISONS.iter().any(|word| opened(word) && is_word(word));
    let called = COMPARING_CALLS.iter().any(|call| before.contains(call));
    let after = after.trim_start();
    behind || called || ["==", "!=", "in ", ".equals"].iter().any(|word| after.starts_with(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PYTHON: &str = r#"
HOST = 'localhost'  # 'no'
print('Esperando clientes...')
while True:
    data, address = s.recvfrom(1024)
    if data == b'APAGAR':
        break
    if address[0] not in ["10.0.0.7", "127.0.0.9"]:
        continue
    print("Conexion desde: %s" % address[0])
    """ several
    lines """
"#;

    #[test]
    fn what_is_compared_is_tried_first_then_single_words_then_what_people_choose() {
        let candidates = stop_candidates(&[(PYTHON, SourceLanguage::Python)]);

        assert_eq!(candidates[0], "APAGAR");
        assert!(candidates.contains(&"Esperando clientes...".to_owned()));
        assert!(!candidates.contains(&"localhost".to_owned()));
        let salir = candidates.iter().position(|text| text == "salir").unwrap();
        assert_eq!(candidates[salir..salir + 3], ["salir", "SALIR", "Salir"]);
        assert!(candidates.len() <= CANDIDATES_MAX);
    }

    #[test]
    fn literals_are_found_in_every_language() {
        for (source, language, first) in [
            ("if data.decode().strip() == 'chau\\n':", SourceLanguage::Python, "chau\n"),
            ("if (strcmp(buf, \"SALIR\") == 0) // \"no\"", SourceLanguage::C, "SALIR"),
            ("/* 'no' */ if (msg.toString() === `adiós`) {", SourceLanguage::JavaScript, "adiós"),
            ("String x = \"z\"; if (\"FIN\".equals(text)) {", SourceLanguage::Java, "FIN"),
            ("case 'x\\x41':", SourceLanguage::JavaScript, "xA"),
        ] {
            assert_eq!(stop_candidates(&[(source, language)])[0], first, "{source}");
            assert!(!literals(source, language).contains(&"no".to_owned()));
        }
    }

    #[test]
    fn a_prefix_becomes_the_forms_of_a_command() {
        let source = "if mensaje.startswith('ORDEN:'):\n    os.system(mensaje[6:])\nelif x == 'haz':";
        let candidates = command_candidates(&[(source, SourceLanguage::Python)]);

        assert_eq!(candidates[..3], ["ORDEN:{cmd}", "haz {cmd}", "haz:{cmd}"]);
        assert!(candidates.contains(&"CMD {cmd}".to_owned()));
    }

    #[test]
    fn addresses_of_a_filter_are_found_after_the_loopback() {
        let found: Vec<_> =
            addresses(&[(PYTHON, SourceLanguage::Python)]).iter().map(ToString::to_string).collect();

        assert_eq!(found, ["127.0.0.1", "10.0.0.7", "127.0.0.9"]);
    }

    #[test]
    fn long_literals_and_long_sources_are_bounded() {
        let long =
            format!("x = '{}'; y = '{}'", "a".repeat(LITERAL_BYTES_MAX), "b".repeat(LITERAL_BYTES_MAX + 1));
        assert_eq!(literals(&long, SourceLanguage::Python), ["a".repeat(LITERAL_BYTES_MAX)]);
        let many: Vec<_> = (0..10_000).map(|n| format!("x == '{n}'")).collect();
        let many = many.join("\n");
        assert_eq!(stop_candidates(&[(&many, SourceLanguage::Python)]).len(), CANDIDATES_MAX);
    }

    proptest! {
        #[test]
        fn no_source_makes_the_search_panic(source in "\\PC*|[\"'`\\\\/*#\\nñab x0-9]{0,80}") {
            for language in [SourceLanguage::Python, SourceLanguage::C, SourceLanguage::JavaScript, SourceLanguage::Java] {
                let sources = [(source.as_str(), language)];
                let _ = (stop_candidates(&sources), command_candidates(&sources), addresses(&sources));
            }
        }
    }
}
