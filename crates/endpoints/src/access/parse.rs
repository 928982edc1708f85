//! Rules from text: one on the command line, many in a file.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ipnet::IpNet;
use thiserror::Error;

use super::{Origin, Rule};

/// The largest rule file that is read.
pub const FILE_BYTES_MAX: u64 = 4 << 20;
/// The most rules that a file may hold.
pub const RULES_MAX: usize = 65_536;

/// Why a rule could not be taken.
#[derive(Debug, Error)]
pub enum AccessError {
    /// Neither an address nor a network in CIDR form (`RFC 4632`).
    #[error("{text:?} is no address and no network")]
    Network {
        /// What was written.
        text: String,
    },
    /// The prefix is longer than the addresses of its family are.
    #[error("{text:?}: the prefix is longer than {bits_max} bits")]
    Prefix {
        /// What was written.
        text: String,
        /// 32 or 128.
        bits_max: u8,
    },
    /// A line of a file is no rule.
    #[error("{}:{line}: {cause}", file.display())]
    Line {
        /// The file as it was named.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        cause: Box<AccessError>,
    },
    /// The file could not be read.
    #[error("read {}: {source}", file.display())]
    File {
        /// The file as it was named.
        file: PathBuf,
        /// What the kernel said.
        source: std::io::Error,
    },
    /// The file has more than [`FILE_BYTES_MAX`] bytes or [`RULES_MAX`] rules.
    #[error("{}: too many rules", file.display())]
    TooMany {
        /// The file as it was named.
        file: PathBuf,
    },
}

/// Reads `127.0.0.1`, `10.0.0.0/8`, `2001:db8::/32`; bits beyond the prefix are ignored.
///
/// # Errors
/// [`AccessError::Network`] and [`AccessError::Prefix`].
pub fn parse_network(text: &str) -> Result<IpNet, AccessError> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(address.to_canonical().into());
    }
    let wrong = || AccessError::Network { text: text.to_owned() };
    let (address, prefix) = text.split_once('/').ok_or_else(wrong)?;
    let address: IpAddr = address.parse().map_err(|_| wrong())?;
    let all_digits = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits {
        return Err(wrong());
    }
    let bits_max = if address.is_ipv4() { 32 } else { 128 };
    let too_long = || AccessError::Prefix { text: text.to_owned(), bits_max };
    let prefix = prefix.parse().map_err(|_| too_long())?;
    let network = IpNet::new(address, prefix).map_err(|_| too_long())?;
    Ok(network.trunc())
}

/// Reads a rule file: one rule a line; blank lines, and what follows a `#`, do not count.
///
/// # Errors
/// [`AccessError::Line`] for the first line that is no rule; [`AccessError::TooMany`].
pub fn parse_file(file: &Path, text: &str) -> Result<Vec<Rule>, AccessError> {
    let name = Arc::new(file.to_path_buf());
    let mut rules = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let rule = line.split('#').next().unwrap_or_default().trim();
        if rule.is_empty() {
            continue;
        }
        if rules.len() == RULES_MAX {
            return Err(AccessError::TooMany { file: file.to_path_buf() });
        }
        let line = index + 1;
        let network = parse_network(rule).map_err(|cause| AccessError::Line {
            file: file.to_path_buf(),
            line,
            cause: Box::new(cause),
        })?;
        rules.push(Rule { network, origin: Origin::File { file: Arc::clone(&name), line } });
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_and_networks_of_both_families_are_read() {
        for (text, expected) in [
            ("127.0.0.1", "127.0.0.1/32"),
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("::1", "::1/128"),
            ("2001:db8::5/32", "2001:db8::/32"),
        ] {
            assert_eq!(parse_network(text).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn a_prefix_that_is_too_long_is_told_apart_from_what_is_no_network() {
        for (text, bits) in [("10.0.0.0/33", 32), ("::/129", 128), ("10.0.0.0/99999999999", 32)] {
            let error = parse_network(text).unwrap_err();
            assert!(matches!(error, AccessError::Prefix { bits_max, .. } if bits_max == bits), "{text}");
        }
        for text in ["", "/", "10.0.0/8", "10.0.0.0/", "10.0.0.0/+8", "localhost", "10.0.0.0/8 "] {
            assert!(matches!(parse_network(text), Err(AccessError::Network { .. })), "{text:?}");
        }
    }

    #[test]
    fn a_file_has_comments_and_blank_lines_and_its_errors_have_a_line() {
        let file = Path::new("allow.txt");

        let rules = parse_file(file, "# who may\n\n127.0.0.1 # me\n10.0.0.0/8\n").unwrap();
        assert_eq!(rules.len(), 2);
        assert_eq!(rules[1].to_string(), "10.0.0.0/8 (allow.txt:4)");

        let error = parse_file(file, "127.0.0.1\nnonsense\n").unwrap_err();
        assert!(matches!(error, AccessError::Line { line: 2, .. }));
    }

    #[test]
    fn a_file_may_hold_the_most_rules_and_not_one_more() {
        let file = Path::new("many");
        let most = "127.0.0.1\n".repeat(RULES_MAX);

        assert_eq!(parse_file(file, &most).unwrap().len(), RULES_MAX);
        let error = parse_file(file, &format!("{most}::1\n")).unwrap_err();
        assert!(matches!(error, AccessError::TooMany { .. }));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _ = parse_file(Path::new("any"), &text);
        }

        #[test]
        fn what_is_shown_is_read_again(address in any::<IpAddr>(), prefix in 0_u8..=32) {
            let network = IpNet::new(address.to_canonical(), prefix).unwrap().trunc();
            prop_assert_eq!(parse_network(&network.to_string()).unwrap(), network);
        }
    }
}
