//! Addresses of sockets as the kernel writes them (`struct sockaddr`).

use crate::model::Address;

/// `AF_UNIX`.
const UNIX: u16 = 1;

/// Reads an address; nothing of a socket of the Internet that is not bound, and of no bytes.
pub(super) fn address(bytes: &[u8]) -> Option<Address> {
    if let Some(address) = kernel::address::decode(bytes) {
        return (address.port() != 0).then_some(Address::Inet(address));
    }
    let (family, name) = bytes.split_first_chunk()?;
    match u16::from_ne_bytes(*family) {
        UNIX => Some(Address::Unix(unix(name))),
        family => Some(Address::Other(family)),
    }
}

/// A path ends with its first zero; an abstract name begins with one and may hold more (`unix(7)`).
fn unix(name: &[u8]) -> String {
    let (before, name) = match name {
        [0, name @ ..] => ("@", name),
        path => ("", path.split(|&byte| byte == 0).next().unwrap_or_default()),
    };
    format!("{before}{}", name.escape_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_has_its_form() {
        let inet = [&[2, 0, 0x0d, 0xac, 127, 0, 0, 1][..], &[0; 8]].concat();
        for (bytes, expected) in [
            (&inet[..], Some("127.0.0.1:3500")),
            (b"\x01\0/run/x\0", Some("unix:/run/x")),
            (b"\x01\0\0name", Some("unix:@name")),
            (b"\x01\0", Some("unix:")),
            (b"\x10\0\0\0", Some("family 16")),
            (b"\x02", None),
        ] {
            let read = address(bytes).map(|address| address.to_string());
            assert_eq!(read.as_deref(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_socket_that_is_not_bound_has_no_address() {
        assert_eq!(address(&[&[2][..], &[0; 15]].concat()), None);
    }
}
