//! What ICMP says when a packet does not arrive (RFC 792, RFC 4443): types and codes by name and by meaning.

/// Which ICMP: the numbers differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// ICMP, for IPv4 (RFC 792, RFC 1812 §5.2.7).
    V4,
    /// ICMPv6 (RFC 4443).
    V6,
}

/// What an ICMP error means for whoever sent the packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The host is there, and no program has the port.
    PortUnreachable,
    /// The host, the network or the protocol cannot be reached.
    Unreachable,
    /// A filter forbids it.
    Prohibited,
    /// The packet is larger than a link on its way takes.
    TooBig,
    /// The packet went round until its time to live was over.
    TimeExceeded,
    /// Something else.
    Other,
}

/// What an error of this type and code means.
pub fn meaning(version: Version, kind: u8, code: u8) -> Meaning {
    use Meaning::{Other, PortUnreachable, Prohibited, TimeExceeded, TooBig, Unreachable};

    match (version, kind, code) {
        (Version::V4, 3, 3) | (Version::V6, 1, 4) => PortUnreachable,
        (Version::V4, 3, 9 | 10 | 13) | (Version::V6, 1, 1 | 5 | 6) => Prohibited,
        (Version::V4, 3, 4) | (Version::V6, 2, _) => TooBig,
        (Version::V4, 3, _) | (Version::V6, 1, _) => Unreachable,
        (Version::V4, 11, _) | (Version::V6, 3, _) => TimeExceeded,
        _ => Other,
    }
}

/// The name of a type and code, as the RFCs and packet analysers give it; `None` for one that has none here.
pub fn name(version: Version, kind: u8, code: u8) -> Option<&'static str> {
    Some(match (version, kind, code) {
        (Version::V4, 3, 0) => "network unreachable",
        (Version::V4, 3, 1) => "host unreachable",
        (Version::V4, 3, 2) => "protocol unreachable",
        (Version::V4, 3, 3) | (Version::V6, 1, 4) => "port unreachable",
        (Version::V4, 3, 4) => "fragmentation needed and DF set",
        (Version::V4, 3, 5) => "source route failed",
        (Version::V4, 3, 6) => "destination network unknown",
        (Version::V4, 3, 7) => "destination host unknown",
        (Version::V4, 3, 9) => "network administratively prohibited",
        (Version::V4, 3, 10) => "host administratively prohibited",
        (Version::V4, 3, 13) | (Version::V6, 1, 1) => "communication administratively prohibited",
        (Version::V4, 11, 0) => "time to live exceeded in transit",
        (Version::V4, 11, 1) | (Version::V6, 3, 1) => "fragment reassembly time exceeded",
        (Version::V4, 12, _) | (Version::V6, 4, _) => "parameter problem",
        (Version::V6, 1, 0) => "no route to destination",
        (Version::V6, 1, 2) => "beyond scope of source address",
        (Version::V6, 1, 3) => "address unreachable",
        (Version::V6, 1, 5) => "source address failed ingress/egress policy",
        (Version::V6, 1, 6) => "reject route to destination",
        (Version::V6, 2, _) => "packet too big",
        (Version::V6, 3, 0) => "hop limit exceeded in transit",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_that_means_something_has_a_name() {
        for version in [Version::V4, Version::V6] {
            for kind in 0..=u8::MAX {
                for code in 0..16 {
                    let specific = matches!(
                        meaning(version, kind, code),
                        Meaning::PortUnreachable | Meaning::Prohibited | Meaning::TooBig
                    );
                    assert!(!specific || name(version, kind, code).is_some(), "{version:?} {kind}/{code}");
                }
            }
        }
    }

    #[test]
    fn a_closed_port_says_the_same_in_both_families() {
        assert_eq!(meaning(Version::V4, 3, 3), Meaning::PortUnreachable);
        assert_eq!(meaning(Version::V6, 1, 4), Meaning::PortUnreachable);
        assert_eq!(name(Version::V4, 3, 3), name(Version::V6, 1, 4));
    }
}
