//! Rules and rule files as they were named, to be read now and again when the server is told to.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{AccessError, AccessList, FILE_BYTES_MAX, Origin, Rule, parse_file, parse_network};

/// A rule, or a file of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A rule of the command line.
    Rule(Rule),
    /// A file, read at each [`AccessSources::load`].
    File(PathBuf),
}

impl Source {
    /// Takes a value that may be an address, a network, or the name of a file.
    ///
    /// What looks like an address is meant as one, so a mistyped network is not taken for a file.
    ///
    /// # Errors
    /// [`AccessError::Network`] and [`AccessError::Prefix`] for a mistyped network.
    pub fn rule_or_file(text: &str) -> Result<Self, AccessError> {
        let address = text.split('/').next().unwrap_or_default();
        if text.is_empty() || looks_like_an_address(address) {
            let network = parse_network(text)?;
            return Ok(Self::Rule(Rule { network, origin: Origin::CommandLine }));
        }
        Ok(Self::File(text.into()))
    }

    fn load(&self) -> Result<Vec<Rule>, AccessError> {
        match self {
            Self::Rule(rule) => Ok(vec![rule.clone()]),
            Self::File(file) => parse_file(file, &read(file)?),
        }
    }
}

/// All that was named to allow and to deny.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessSources {
    /// Who may talk; empty means everybody.
    pub allow: Vec<Source>,
    /// Who may not.
    pub deny: Vec<Source>,
}

impl AccessSources {
    /// Reads the files and makes the list.
    ///
    /// # Errors
    /// Any [`AccessError`]: a file that cannot be read, or a line that is no rule.
    pub fn load(&self) -> Result<AccessList, AccessError> {
        Ok(AccessList::new(load_all(&self.allow)?, load_all(&self.deny)?, !self.allow.is_empty()))
    }
}

/// Whether nobody would give a file this name: digits and dots, or hexadecimal digits and two colons or more.
fn looks_like_an_address(text: &str) -> bool {
    let is_dotted = text.contains('.') && text.chars().all(|char| char.is_ascii_digit() || char == '.');
    let is_colons = text.matches(':').count() >= 2
        && text.chars().all(|char| char.is_ascii_hexdigit() || matches!(char, ':' | '.'));
    // `.` and `..` have dots and no digits.
    (is_dotted && text.contains(|char: char| char.is_ascii_digit())) || is_colons
}

fn load_all(sources: &[Source]) -> Result<Vec<Rule>, AccessError> {
    let loaded: Vec<_> = sources.iter().map(Source::load).collect::<Result<_, _>>()?;
    Ok(loaded.concat())
}

fn read(file: &Path) -> Result<String, AccessError> {
    let failed = |source| AccessError::File { file: file.to_path_buf(), source };
    let mut text = String::new();
    let taken = File::open(file)
        .and_then(|open| open.take(FILE_BYTES_MAX + 1).read_to_string(&mut text))
        .map_err(failed)?;
    if taken as u64 > FILE_BYTES_MAX {
        return Err(AccessError::TooMany { file: file.to_path_buf() });
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::super::Ruling;
    use super::*;

    #[test]
    fn a_value_is_a_network_when_it_looks_like_one_and_else_a_file() {
        for text in ["127.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32"] {
            assert!(matches!(Source::rule_or_file(text), Ok(Source::Rule(_))), "{text}");
        }
        for text in ["allow.txt", "/etc/allow", "./10.0.0.1", "..", "../rules", "cafe", "2026", "lista"] {
            assert!(matches!(Source::rule_or_file(text), Ok(Source::File(_))), "{text}");
        }
        for text in ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/a", "10.0.0", "10.0.0.256/8", "1::2::3", ":::"]
        {
            assert!(Source::rule_or_file(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_list_is_read_again_from_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("allow");
        std::fs::write(&file, "127.0.0.1\n").unwrap();
        let sources = AccessSources { allow: vec![Source::File(file.clone())], deny: vec![] };
        let before = sources.load().unwrap();

        std::fs::write(&file, "127.0.0.2\n").unwrap();
        let after = sources.load().unwrap();

        let one = "127.0.0.1".parse().unwrap();
        assert_eq!(before.judge(one), Ruling::Allowed);
        assert_eq!(after.judge(one), Ruling::NotAllowed);
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let sources = AccessSources { allow: vec![], deny: vec![Source::File("/no/such/file".into())] };

        let error = sources.load().unwrap_err();

        assert!(matches!(error, AccessError::File { file, .. } if file == Path::new("/no/such/file")));
    }

    #[test]
    fn a_file_over_the_limit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("large");
        let limit = usize::try_from(FILE_BYTES_MAX).unwrap();
        std::fs::write(&file, "#".repeat(limit)).unwrap();
        assert_eq!(read(&file).unwrap().len(), limit);

        std::fs::write(&file, "#".repeat(limit + 1)).unwrap();

        assert!(matches!(read(&file), Err(AccessError::TooMany { .. })));
    }
}
