//! Whose affair a socket or a call is.

use wire::names::{Domain, Group};

use crate::model::{Address, Args, Call};

use super::{Class, Sockets};

/// The local services that answer for names of hosts and of users: `nscd(8)`, `nss-resolve(8)`, `nss-systemd(8)`, and those of
/// Avahi and SSSD.
const NAME_SERVICES: [&str; 6] = [
    "/var/run/nscd/",
    "/run/nscd/",
    "/run/systemd/resolve/",
    "/run/systemd/userdb/",
    "/run/avahi-daemon/",
    "/var/lib/sss/pipes/",
];
/// The port of the domain name system.
const DNS_PORT: u16 = 53;
const AF_UNIX: Domain = Domain(1);
const AF_NETLINK: Domain = Domain(16);

/// Whose a new socket is, as far as that is known by its family. The ends of a `socketpair(2)` are taken for an event loop's own
/// until data goes through them.
pub(super) fn of_new(domain: Domain, is_pair: bool) -> Class {
    match domain {
        AF_NETLINK => Class::Resolver,
        AF_UNIX if is_pair => Class::Runtime,
        _ => Class::Program,
    }
}

/// Whether this is where names are looked up.
pub(super) fn is_name_service(address: &Address) -> bool {
    match address {
        Address::Inet(address) => address.port() == DNS_PORT,
        Address::Unix(path) => NAME_SERVICES.iter().any(|service| path.starts_with(service)),
        Address::Other(family) => u32::from(*family) == AF_NETLINK.0,
        Address::Unknown(_) => false,
    }
}

/// Whose affair a call is: that of its socket. One that waits for several is a program's own if one of them is.
pub(super) fn of_call(call: &Call, sockets: &Sockets) -> Class {
    if call.call.group() == Group::Ring {
        return Class::Runtime;
    }
    let of_socket = |socket| sockets.get(socket).map(|life| life.class);
    if let Some(class) = call.on.and_then(|on| on.socket).and_then(of_socket) {
        return class;
    }
    match &call.args {
        Args::Socket { domain, pair, .. } => of_new(*domain, !pair.is_empty()),
        Args::Address { address: Some(address) } if is_name_service(address) => Class::Resolver,
        // A look at descriptors that are no sockets: how the runtime of Rust begins.
        Args::Wait { watched, limit_ns: Some(0) } if watched.is_empty() => Class::Runtime,
        Args::Wait { watched, .. } => {
            watched.iter().filter_map(|it| it.on.socket).filter_map(of_socket).min().unwrap_or_default()
        }
        // A new `epoll(7)` descriptor watches nothing; a socket in it is a program's own.
        Args::Other { .. } if call.call.name().starts_with("epoll_create") => Class::Runtime,
        _ => Class::Program,
    }
}
