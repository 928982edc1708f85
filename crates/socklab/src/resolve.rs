//! From a name to addresses, as the system's resolver knows them.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

use crate::commands::Family;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::words::Words;

/// Finds the addresses of a host, in the order in which they should be tried, at least one.
///
/// `localhost` is the loopback addresses themselves (RFC 6761 §6.3), whatever `/etc/hosts` makes of it.
///
/// # Errors
///
/// A failure of usage when the name has no address, or none of the family.
pub(crate) fn resolve(
    host: &str,
    port: u16,
    family: Family,
    words: &Words,
) -> Result<Vec<SocketAddr>, Failure> {
    let addresses = if host.eq_ignore_ascii_case("localhost") {
        vec![(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()]
    } else {
        let found = (host, port).to_socket_addrs();
        found.map_err(|_| unknown(host, words))?.collect::<Vec<_>>()
    };
    let mut chosen: Vec<SocketAddr> = Vec::new();
    for address in addresses {
        if family.admits(address) && !chosen.contains(&address) {
            chosen.push(address);
        }
    }
    if chosen.is_empty() { Err(none_of(family, host, words)) } else { Ok(chosen) }
}

/// The failure of a host that has addresses, and none of the family that was chosen.
fn none_of(family: Family, host: &str, words: &Words) -> Failure {
    match family.flag_and_name() {
        Some((flag, name)) => Failure::new(Exit::Usage, words.resolve_family(flag, name, host))
            .hint(words.hint_resolve_family(flag, name)),
        None => unknown(host, words),
    }
}

fn unknown(host: &str, words: &Words) -> Failure {
    Failure::new(Exit::Usage, words.resolve_unknown(host)).hint(words.hint_resolve())
}
