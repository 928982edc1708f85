//! Who is let in: an address, a network, or a file that lists them.

use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use ipnet::IpNet;

use super::ValueError;

/// What `--allow` and `--deny` take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rule {
    /// A network; an address alone is the network of that one address.
    Network(IpNet),
    /// A file with one rule on each line.
    File(PathBuf),
}

impl FromStr for Rule {
    type Err = ValueError;

    /// Reads a rule. What looks like an address must be one; whatever else is the name of a file.
    ///
    /// # Errors
    ///
    /// [`ValueError::Address`] and [`ValueError::Prefix`], for a text that looks like an address or a network.
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = match address.parse() {
            Ok(address) => address,
            Err(_) if looks_like_an_address(address) => return Err(ValueError::Address),
            Err(_) => return Ok(Self::File(PathBuf::from(text))),
        };
        let network = match prefix {
            None => Some(IpNet::from(address)),
            Some(prefix) => prefix.parse().ok().and_then(|prefix| IpNet::new(address, prefix).ok()),
        };
        network.map(Self::Network).ok_or(ValueError::Prefix { max: if address.is_ipv4() { 32 } else { 128 } })
    }
}

/// Says whether nobody would give a file this name: digits and dots, or hexadecimal digits and two colons or more.
fn looks_like_an_address(text: &str) -> bool {
    let is_dotted = text.contains('.') && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let is_colons = text.matches(':').count() >= 2
        && text.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '.'));
    // `.` and `..` have dots and no digits.
    (is_dotted && text.contains(|c: char| c.is_ascii_digit())) || is_colons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_alone_is_a_network_of_one() {
        assert_eq!("127.0.0.1".parse(), Ok(network("127.0.0.1/32")));
        assert_eq!("::1".parse(), Ok(network("::1/128")));
    }

    #[test]
    fn a_network_has_a_prefix_of_its_family() {
        assert_eq!("10.0.0.0/8".parse(), Ok(network("10.0.0.0/8")));
        assert_eq!("fe80::/10".parse(), Ok(network("fe80::/10")));
        for (text, max) in [("10.0.0.0/33", 32), ("10.0.0.0/", 32), ("10.0.0.0/a", 32), ("::/129", 128)] {
            assert_eq!(text.parse::<Rule>(), Err(ValueError::Prefix { max }), "{text}");
        }
    }

    #[test]
    fn what_looks_like_an_address_and_is_none_is_no_file() {
        for text in ["10.0.0", "300.1.1.1", "10.0.0.256/8", "1::2::3", ":::"] {
            assert_eq!(text.parse::<Rule>(), Err(ValueError::Address), "{text}");
        }
    }

    #[test]
    fn any_other_text_names_a_file() {
        for text in ["allowed.txt", "./10.0.0.1", "/etc/hosts.allow", "..", "../rules", "cafe", "2026"] {
            assert_eq!(text.parse(), Ok(Rule::File(PathBuf::from(text))), "{text}");
        }
    }

    fn network(text: &str) -> Rule {
        Rule::Network(text.parse().unwrap())
    }
}
