//! Hosts and ports as people write them. A host stays a text here: resolving it is not reading it.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use super::{ValueError, port, taken_port};

/// Where to ask: `HOST:PORT`, `[IPV6]:PORT`, or `:PORT` on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// A name or an address, without brackets.
    pub(crate) host: String,
    /// Never 0.
    pub(crate) port: u16,
}

/// Where to listen: `HOST` or `HOST:PORT`, with an IPv6 address in brackets when a port follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Local {
    /// A name or an address, without brackets.
    pub(crate) host: String,
    /// The port, if one was given; 0 lets the kernel choose.
    pub(crate) port: Option<u16>,
}

/// Which local address to send from: `ADDRESS` or `ADDRESS:PORT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LocalAddress {
    /// The address.
    pub(crate) address: IpAddr,
    /// The port; 0, also when none was given, lets the kernel choose.
    pub(crate) port: u16,
}

/// The host of `:PORT`.
const DEFAULT_HOST: &str = "localhost";

impl Default for Target {
    /// Returns the server of the practical.
    fn default() -> Self {
        Self { host: DEFAULT_HOST.to_owned(), port: 3500 }
    }
}

impl FromStr for Target {
    type Err = ValueError;

    /// Reads a target.
    ///
    /// # Errors
    ///
    /// [`ValueError::Target`] when the text has not this form, so that it may be a message;
    /// [`ValueError::Whole`] when it has the form and the port is not one.
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let (host, port) = split(text).ok_or(ValueError::Target)?;
        let port = port.ok_or(ValueError::Target)?;
        if port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ValueError::Target);
        }
        Ok(Self {
            host: if host.is_empty() { DEFAULT_HOST } else { host }.to_owned(),
            port: taken_port(port)?,
        })
    }
}

impl FromStr for Local {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match split(text) {
            None | Some(("", _)) => Err(ValueError::Local),
            Some((host, port_text)) => {
                Ok(Self { host: host.to_owned(), port: port_text.map(port).transpose()? })
            }
        }
    }
}

impl LocalAddress {
    /// Puts address and port together.
    pub(crate) fn to_socket_address(self) -> SocketAddr {
        (self.address, self.port).into()
    }
}

impl FromStr for LocalAddress {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let (host, port_text) = split(text).ok_or(ValueError::Source)?;
        Ok(Self {
            address: host.parse().map_err(|_| ValueError::Source)?,
            port: port_text.map(port).transpose()?.unwrap_or_default(),
        })
    }
}

/// Splits a host, without its brackets, from the text after its colon, if there is one.
fn split(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        if !is_ipv6(host) {
            return None;
        }
        return match after.strip_prefix(':') {
            Some(port) => Some((host, Some(port))),
            None => after.is_empty().then_some((host, None)),
        };
    }
    if is_ipv6(text) {
        return Some((text, None));
    }
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (text, None),
    };
    is_name(host).then_some((host, port))
}

/// Says whether a text is an IPv6 address, with or without the zone of `fe80::1%eth0`.
fn is_ipv6(text: &str) -> bool {
    let address = match text.split_once('%') {
        Some((_, "")) => return false,
        Some((address, _)) => address,
        None => text,
    };
    address.parse::<Ipv6Addr>().is_ok()
}

/// Says whether a text without colons can name a host; an empty one does, it is this machine.
fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_host_and_a_port() {
        for (text, host, port) in [
            ("localhost:3500", "localhost", 3500),
            ("127.0.0.1:1", "127.0.0.1", 1),
            ("[::1]:65535", "::1", 65_535),
            ("[fe80::1%eth0]:7", "fe80::1%eth0", 7),
            (":3500", "localhost", 3500),
        ] {
            let host = host.to_owned();
            assert_eq!(text.parse(), Ok(Target { host, port }), "{text}");
        }
    }

    #[test]
    fn a_text_without_the_form_of_a_target_may_be_a_message() {
        for text in [
            "Hola Mundo!",
            "TyR: Echo sobre UDP",
            "a las 12:30",
            "",
            ":",
            "localhost",
            "::1",
            "[::1]",
            "[::1]3500",
            "[x]:1",
            "a:b:1",
            "http://a:80",
            "localhost:",
            "localhost:-1",
            "localhost:+1",
        ] {
            assert_eq!(text.parse::<Target>(), Err(ValueError::Target), "{text}");
        }
    }

    #[test]
    fn a_target_with_an_impossible_port_is_no_message() {
        for text in ["localhost:0", "localhost:65536", "[::1]:99999999999"] {
            let error = text.parse::<Target>();
            assert_eq!(error, Err(ValueError::Whole { min: 1, max: 65_535 }), "{text}");
        }
    }

    #[test]
    fn a_local_address_needs_no_port() {
        for (text, host, port) in [
            ("localhost", "localhost", None),
            ("0.0.0.0", "0.0.0.0", None),
            ("::", "::", None),
            ("[::1]", "::1", None),
            ("[::1]:0", "::1", Some(0)),
            ("127.0.0.1:7", "127.0.0.1", Some(7)),
        ] {
            let host = host.to_owned();
            assert_eq!(text.parse(), Ok(Local { host, port }), "{text}");
        }
        for text in ["", ":3500", "a b", "[::1", "10.0.0.0/8"] {
            assert_eq!(text.parse::<Local>(), Err(ValueError::Local), "{text}");
        }
    }

    #[test]
    fn a_source_is_an_address_and_never_a_name() {
        assert_eq!("127.0.0.2".parse(), Ok(LocalAddress { address: IpAddr::from([127, 0, 0, 2]), port: 0 }));
        assert_eq!(
            "[::1]:4000".parse(),
            Ok(LocalAddress { address: Ipv6Addr::LOCALHOST.into(), port: 4000 })
        );
        assert_eq!("localhost".parse::<LocalAddress>(), Err(ValueError::Source));
        assert_eq!(":4000".parse::<LocalAddress>(), Err(ValueError::Source));
    }
}
