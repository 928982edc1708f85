//! Who may talk to a server: addresses and networks, allowed or denied.
//!
//! The same rules hold for UDP and TCP. A filter on addresses is no authentication: the source of a datagram can be
//! forged, and a TCP client that is refused has completed its handshake before any program could say no.

mod parse;
mod source;

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use ipnet::IpNet;
use prefix_trie::joint::JointPrefixMap;

pub use parse::{AccessError, FILE_BYTES_MAX, RULES_MAX, parse_file, parse_network};
pub use source::{AccessSources, Source};

/// Where a rule was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// On the command line.
    CommandLine,
    /// In a file, on a line counted from 1.
    File {
        /// The file as it was named.
        file: Arc<PathBuf>,
        /// The line.
        line: usize,
    },
}

/// A network and where it was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The addresses it covers.
    pub network: IpNet,
    /// Where it was written.
    pub origin: Origin,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.network)?;
        match &self.origin {
            Origin::CommandLine => Ok(()),
            Origin::File { file, line } => write!(f, " ({}:{line})", file.display()),
        }
    }
}

/// What the rules say of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling<'a> {
    /// It may talk.
    Allowed,
    /// A deny rule covers it.
    Denied(&'a Rule),
    /// There are allow rules, and none covers it.
    NotAllowed,
}

/// Allow and deny rules. A deny rule wins over an allow rule; without any allow rule everybody else is allowed.
#[derive(Debug, Clone, Default)]
pub struct AccessList {
    allow: JointPrefixMap<IpNet, Rule>,
    deny: JointPrefixMap<IpNet, Rule>,
    only_allowed: bool,
}

impl AccessList {
    /// Makes a list. `only_allowed` refuses whoever no allow rule covers: an empty allow file allows nobody.
    pub fn new(
        allow: impl IntoIterator<Item = Rule>,
        deny: impl IntoIterator<Item = Rule>,
        only_allowed: bool,
    ) -> Self {
        let keyed = |rule: Rule| (rule.network.trunc(), rule);
        Self {
            allow: allow.into_iter().map(keyed).collect(),
            deny: deny.into_iter().map(keyed).collect(),
            only_allowed,
        }
    }

    /// Whether it lets everybody in.
    pub fn is_open(&self) -> bool {
        !self.only_allowed && self.deny.is_empty()
    }

    /// How many rules it has.
    pub fn len(&self) -> usize {
        self.allow.len() + self.deny.len()
    }

    /// Whether it has no rule at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Judges an address. The most specific deny rule is named.
    pub fn judge(&self, address: IpAddr) -> Ruling<'_> {
        let host = IpNet::from(address.to_canonical());
        if let Some((_, rule)) = self.deny.get_lpm(&host) {
            return Ruling::Denied(rule);
        }
        if self.only_allowed && self.allow.get_lpm(&host).is_none() {
            return Ruling::NotAllowed;
        }
        Ruling::Allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_rules_everybody_may_talk() {
        let list = AccessList::default();

        assert!(list.is_open());
        assert_eq!(list.judge(ip("192.0.2.1")), Ruling::Allowed);
    }

    #[test]
    fn near_misses_of_an_allowed_address_are_refused() {
        let list = AccessList::new(rules(&["127.0.0.1"]), [], true);

        assert_eq!(list.judge(ip("127.0.0.1")), Ruling::Allowed);
        for near in ["127.0.0.10", "127.0.0.11", "127.0.0.123", "127.0.0.2", "::1"] {
            assert_eq!(list.judge(ip(near)), Ruling::NotAllowed, "{near}");
        }
    }

    #[test]
    fn a_deny_rule_wins_and_the_most_specific_is_named() {
        let list = AccessList::new(rules(&["10.0.0.0/8"]), rules(&["10.0.0.0/16", "10.0.7.0/24"]), true);

        assert_eq!(list.judge(ip("10.1.0.1")), Ruling::Allowed);
        assert!(
            matches!(list.judge(ip("10.0.7.9")), Ruling::Denied(rule) if rule.to_string() == "10.0.7.0/24")
        );
        assert!(
            matches!(list.judge(ip("10.0.1.9")), Ruling::Denied(rule) if rule.to_string() == "10.0.0.0/16")
        );
    }

    #[test]
    fn the_mapped_form_of_an_address_is_the_address() {
        let list = AccessList::new(rules(&["127.0.0.0/8", "2001:db8::/32"]), [], true);

        assert_eq!(list.judge(ip("::ffff:127.0.0.1")), Ruling::Allowed);
        assert_eq!(list.judge(ip("2001:db8::7")), Ruling::Allowed);
        assert_eq!(list.judge(ip("2001:db9::7")), Ruling::NotAllowed);
    }

    #[test]
    fn an_empty_allow_file_allows_nobody() {
        let list = AccessList::new([], [], true);

        assert_eq!(list.judge(ip("127.0.0.1")), Ruling::NotAllowed);
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn rules(networks: &[&str]) -> Vec<Rule> {
        let rule = |text: &&str| Rule { network: parse_network(text).unwrap(), origin: Origin::CommandLine };
        networks.iter().map(rule).collect()
    }
}
