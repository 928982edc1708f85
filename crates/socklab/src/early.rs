//! Flags read before the command line is parsed: those that say how the parsing itself must speak.
//!
//! No attempt is made to understand the rest. The parser reads the same flags again and refuses what is wrong.

use std::ffi::OsString;

/// Returns the value of the last `--flag VALUE` or `--flag=VALUE`, looking no further than `--`.
pub(crate) fn value<'a>(arguments: &'a [OsString], flag: &str) -> Option<&'a str> {
    let mut found = None;
    let mut flags = flags(arguments);
    while let Some(argument) = flags.next() {
        match argument.strip_prefix(flag) {
            Some("") => found = flags.next(),
            Some(rest) => found = rest.strip_prefix('=').or(found),
            None => {}
        }
    }
    found
}

/// Says whether a flag without a value stands before `--`.
pub(crate) fn is_set(arguments: &[OsString], flag: &str) -> bool {
    flags(arguments).any(|argument| argument == flag)
}

/// Iterates over the arguments up to `--`; one that is not UTF-8 is no flag of ours and counts as empty.
fn flags(arguments: &[OsString]) -> impl Iterator<Item = &str> {
    arguments
        .iter()
        .map(|argument| argument.to_str().unwrap_or_default())
        .take_while(|argument| *argument != "--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stands_after_the_flag_or_after_its_equals_sign() {
        assert_eq!(value(&words("socklab --lang es echo"), "--lang"), Some("es"));
        assert_eq!(value(&words("socklab echo --lang=es"), "--lang"), Some("es"));
    }

    #[test]
    fn the_last_value_wins() {
        assert_eq!(value(&words("socklab --lang es --lang=en"), "--lang"), Some("en"));
    }

    #[test]
    fn a_longer_flag_is_another_flag() {
        assert_eq!(value(&words("socklab --language es"), "--lang"), None);
        assert!(!is_set(&words("socklab --json-lines"), "--json"));
    }

    #[test]
    fn what_follows_a_double_dash_is_not_a_flag() {
        assert_eq!(value(&words("socklab ask udp -- --lang es"), "--lang"), None);
        assert!(!is_set(&words("socklab ask udp -- --json"), "--json"));
    }

    #[test]
    fn a_flag_without_its_value_has_none() {
        assert_eq!(value(&words("socklab --lang"), "--lang"), None);
    }

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }
}
