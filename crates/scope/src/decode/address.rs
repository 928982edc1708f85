//! `struct sockaddr` as an [`Address`].

use std::fmt::Write;
use std::net::SocketAddr;

use wire::names::Domain;

use crate::model::Address;

/// How long an address is at most: `struct sockaddr_storage` (`socket(7)`). The kernel refuses longer ones (`EINVAL`).
pub const ADDRESS_BYTES_MAX: u32 = 128;

const UNIX: Domain = Domain(1);
const INET: Domain = Domain(2);
const INET6: Domain = Domain(10);

/// Reads an address, whose length is that of `bytes`; `None` if not even its family is there.
///
/// An Internet address that is cut is one of which only the family is known. The name of a Unix socket (`unix(7)`) is text as
/// far as it is printable UTF-8; other bytes are written `\x00`, as are a backslash and an `@` at the beginning of a path,
/// so that two names never look the same. The flow label of IPv6 is left out.
pub fn address(bytes: &[u8]) -> Option<Address> {
    let (family, rest) = bytes.split_first_chunk()?;
    let family = u16::from_ne_bytes(*family);
    let read = match Domain(family.into()) {
        UNIX => Some(Address::Unix(name(rest))),
        INET | INET6 => inet(bytes),
        _ => None,
    };
    Some(read.unwrap_or(Address::Other(family)))
}

fn inet(bytes: &[u8]) -> Option<Address> {
    const SCOPE_BYTES: usize = 4;
    const V4_BYTES: usize = 8;
    if bytes.len() < V4_BYTES {
        return None;
    }
    // Programs that are older than the scopes of IPv6 give an address without one, which the kernel takes.
    let padded = || kernel::address::decode(&[bytes, &[0; SCOPE_BYTES]].concat());
    let mut address = kernel::address::decode(bytes).or_else(padded)?;
    if let SocketAddr::V6(v6) = &mut address {
        v6.set_flowinfo(0);
    }
    Some(Address::Inet(address))
}

/// The name of a Unix socket: a path ends at the first zero, an abstract name begins with one and has the length given.
fn name(rest: &[u8]) -> String {
    if let Some((0, name)) = rest.split_first() {
        return format!("@{}", printable(name));
    }
    let path = rest.split(|byte| *byte == 0).next().unwrap_or_default();
    match path.strip_prefix(b"@") {
        Some(path) => format!("\\x40{}", printable(path)),
        None => printable(path),
    }
}

fn printable(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            if letter.is_control() || letter == '\\' {
                escape(letter.encode_utf8(&mut [0; 4]).as_bytes(), &mut text);
            } else {
                text.push(letter);
            }
        }
        escape(chunk.invalid(), &mut text);
    }
    text
}

fn escape(bytes: &[u8], text: &mut String) {
    for byte in bytes {
        // Writing to a text cannot fail.
        let _ = write!(text, "\\x{byte:02x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sockaddr(family: u16, rest: &[u8]) -> Vec<u8> {
        [&family.to_ne_bytes()[..], rest].concat()
    }

    fn text(family: u16, rest: &[u8]) -> String {
        address(&sockaddr(family, rest)).unwrap().to_string()
    }

    #[test]
    fn an_address_of_the_internet_has_a_port_in_network_order() {
        assert_eq!(text(2, &[0x0d, 0xac, 127, 0, 0, 1, 0, 0]), "127.0.0.1:3500");
    }

    #[test]
    fn an_address_of_ipv6_has_its_scope() {
        let mut rest = vec![0x0d, 0xac, 9, 9, 9, 9, 0xfe, 0x80];
        rest.extend([0; 13]);
        rest.push(1);
        assert_eq!(text(10, &rest), "[fe80::1]:3500");

        rest.extend(2u32.to_ne_bytes());
        assert_eq!(text(10, &rest), "[fe80::1%2]:3500");
        assert_eq!(address(&sockaddr(10, &rest)), Some(text(10, &rest).parse().unwrap()));
    }

    #[test]
    fn an_address_that_is_cut_has_only_its_family() {
        assert_eq!(address(&[2]), None);
        assert_eq!(text(2, &[0x0d, 0xac, 127]), "family 2");
        assert_eq!(text(10, &[0; 20]), "family 10");
        assert_eq!(text(0, &[0; 14]), "family 0");
        assert_eq!(text(16, &[0; 10]), "family 16");
    }

    #[test]
    fn the_name_of_a_unix_socket_is_safe_to_show_and_unambiguous() {
        assert_eq!(text(1, b""), "unix:");
        assert_eq!(text(1, b"/run/x\0garbage"), "unix:/run/x");
        assert_eq!(text(1, b"\0name"), "unix:@name");
        assert_eq!(text(1, b"@name"), "unix:\\x40name");
        assert_eq!(text(1, b"\0a\0b\xff\n"), "unix:@a\\x00b\\xff\\x0a");
        assert_eq!(text(1, "/tmp/ñ\\".as_bytes()), "unix:/tmp/ñ\\x5c");
    }
}
