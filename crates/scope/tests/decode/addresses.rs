//! Calls that make sockets and name them.

use scope::decode::{descriptor, is_decoded_on_sockets_only, other_descriptor};
use scope::model::{Address, Args, Fd, SocketRef};
use wire::names::{Domain, Machine, Shutdown, SocketType, Syscall};

use crate::memory::{Memory, socket};

/// 127.0.0.1:3500 as a `struct sockaddr_in`.
pub(crate) fn sockaddr() -> Vec<u8> {
    [&2u16.to_ne_bytes()[..], &[0x0d, 0xac, 127, 0, 0, 1], &[0; 8]].concat()
}

pub(crate) fn address() -> Address {
    "127.0.0.1:3500".parse().unwrap()
}

#[test]
fn a_socket_has_its_kind() {
    let args = Memory::default().call("socket", &[2, 0o2_000_001, 6], Ok(3));

    let of_type = SocketType(0o2_000_001);
    assert_eq!(args, Args::Socket { domain: Domain(2), of_type, protocol: 6, pair: Vec::new() });
}

#[test]
fn a_pair_of_sockets_is_read_when_it_is_made() {
    let mut memory = Memory::default();
    let numbers = memory.put([4i32.to_ne_bytes(), 5i32.to_ne_bytes()].concat());

    let Args::Socket { pair, .. } = memory.call("socketpair", &[1, 1, 0, numbers], Ok(0)) else { panic!() };

    let reference = |fd| SocketRef { fd: Fd(fd), socket: socket(fd) };
    assert_eq!(pair, [reference(4), reference(5)]);
}

#[test]
fn an_address_is_read_where_it_is_given() {
    for call in ["bind", "connect"] {
        let mut memory = Memory::default();
        let at = memory.put(sockaddr());

        assert_eq!(memory.entry(call, &[3, at, 16]), Args::Address { address: Some(address()) });
        assert_eq!(memory.entry(call, &[3, 0, 16]), Args::Address { address: None });
        assert_eq!(memory.entry(call, &[3, at, 0]), Args::Address { address: None });
    }
}

#[test]
fn an_address_is_read_where_it_was_filled_in() {
    for call in ["getsockname", "getpeername"] {
        let mut memory = Memory::default();
        let (at, length) = (memory.put(sockaddr()), memory.put(16u32.to_ne_bytes()));

        let asked = memory.entry(call, &[3, at, length]);
        assert_eq!(asked, Args::Address { address: None });
        let answered = memory.call(call, &[3, at, length], Ok(0));
        assert_eq!(answered, Args::Address { address: Some(address()) });
        let failed = memory.call(call, &[3, at, length], Err(107));
        assert_eq!(failed, Args::Address { address: None });
    }
}

#[test]
fn an_accepted_connection_has_its_peer_and_its_socket() {
    let mut memory = Memory::default();
    let (at, length) = (memory.put(sockaddr()), memory.put(16u32.to_ne_bytes()));

    let with_flags = memory.call("accept4", &[3, at, length, 0o4000], Ok(7));
    let without = memory.call("accept", &[3, 0, 0, 0o4000], Ok(7));
    let failed = memory.call("accept", &[3, at, length], Err(11));

    let flags = SocketType(0o4000);
    let accepted = socket(7);
    assert_eq!(with_flags, Args::Accept { address: Some(address()), accepted, flags });
    assert_eq!(without, Args::Accept { address: None, accepted, flags: SocketType(0) });
    assert_eq!(failed, Args::Accept { address: None, accepted: None, flags: SocketType(0) });
}

#[test]
fn numbers_are_taken_from_the_lower_half_of_a_register() {
    let mut memory = Memory::default();

    assert_eq!(memory.call("listen", &[3, 0xdead_0000_0005], Ok(0)), Args::Listen { backlog: 5 });
    assert_eq!(memory.call("listen", &[3, u64::MAX], Ok(0)), Args::Listen { backlog: -1 });
    assert_eq!(memory.call("shutdown", &[3, 1], Ok(0)), Args::Shutdown { how: Shutdown(1) });
    assert_eq!(descriptor(Syscall::named("close"), [0xffff_ffff, 0, 0, 0, 0, 0]), Some(Fd(-1)));
}

#[test]
fn a_descriptor_is_duplicated_by_four_calls() {
    let mut memory = Memory::default();

    for (call, values) in [("dup", [3, 0]), ("dup2", [3, 9]), ("dup3", [3, 9]), ("fcntl", [3, 1030])] {
        assert_eq!(memory.call(call, &values, Ok(9)), Args::Duplicate {}, "{call}");
    }
    assert_eq!(memory.call("fcntl", &[3, 4, 2048], Ok(0)), Args::Other { values: [3, 4, 2048, 0, 0, 0] });
    assert_eq!(memory.call("close_range", &[3, 9], Ok(0)), Args::Other { values: [3, 9, 0, 0, 0, 0] });
    assert_eq!(memory.call("close", &[3], Ok(0)), Args::Close {});
}

/// Calls that are about no descriptor, or about many.
const WITHOUT: [&str; 13] = [
    "socket",
    "socketpair",
    "close_range",
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "nanosleep",
    "clock_nanosleep",
    "restart_syscall",
    "io_uring_setup",
    "epoll_create",
    "epoll_create1",
];

#[test]
fn every_call_knows_which_descriptor_it_is_about() {
    let values = [3, 4, 5, 6, 7, 8];
    for (call, _) in Syscall::all(Machine::X86_64) {
        let expected = match call.name() {
            "epoll_ctl" => Some(Fd(5)),
            name if WITHOUT.contains(&name) => None,
            _ => Some(Fd(3)),
        };
        assert_eq!(descriptor(call, values), expected, "{call}");
        assert_eq!(other_descriptor(call, values), (call.name() == "splice").then_some(Fd(5)), "{call}");
    }
}

#[test]
fn calls_that_are_always_about_sockets_are_decoded_on_anything() {
    let is_picky = |name: &str| is_decoded_on_sockets_only(name.parse().unwrap());

    assert!(["read", "write", "close", "fcntl", "splice", "epoll_ctl"].into_iter().all(is_picky));
    assert!(!["connect", "sendto", "close_range", "poll", "nanosleep"].into_iter().any(is_picky));
}
