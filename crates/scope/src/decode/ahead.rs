//! What a call will be read from, for whoever can read several places of a program's memory at once.

use wire::names::Syscall;

use super::ADDRESS_BYTES_MAX;
use super::at::{bounded, nearby, word};

/// Where something lies in a program's memory, and how many bytes of it are read.
pub type Piece = (u64, usize);

/// Returns what [`at_entry`](super::at_entry) will read of the calls that are made most; of others nothing. Places that are empty
/// have no bytes.
pub fn ahead_at_entry(call: Syscall, values: [u64; 6], strings_bytes: u32) -> [Piece; 2] {
    let data = (values[1], bounded(values[2], strings_bytes as usize));
    match call.name() {
        "sendto" => [data, (values[4], word(values[5]).min(ADDRESS_BYTES_MAX) as usize)],
        "write" => [data, NOTHING],
        _ => [NOTHING; 2],
    }
}

/// As [`ahead_at_entry`], of what [`at_exit`](super::at_exit) will read when the call has returned so many bytes.
pub fn ahead_at_exit(call: Syscall, values: [u64; 6], returned: u64, strings_bytes: u32) -> [Piece; 2] {
    if call.name() != "recvfrom" {
        return [NOTHING; 2];
    }
    let data = (values[1], bounded(returned.min(values[2]), strings_bytes as usize));
    [data, nearby(values[4], values[5]).map_or(NOTHING, |near| (near.begin, near.bytes))]
}

const NOTHING: Piece = (0, 0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_and_addresses_are_read_and_what_is_not_there_is_not() {
        let (send, receive) = (Syscall::named("sendto"), Syscall::named("recvfrom"));

        assert_eq!(ahead_at_entry(send, [3, 0x1000, 9, 0, 0x2000, 16], 256), [(0x1000, 9), (0x2000, 16)]);
        assert_eq!(ahead_at_entry(send, [3, 0x1000, 900, 0, 0, 0], 256), [(0x1000, 256), NOTHING]);
        assert_eq!(
            ahead_at_exit(receive, [3, 0x1000, 64, 0, 0x2000, 0x2080], 9, 256),
            [(0x1000, 9), (0x2000, 256)]
        );
        assert_eq!(ahead_at_exit(receive, [3, 0x1000, 64, 0, 0, 0], 99, 256), [(0x1000, 64), NOTHING]);
        assert_eq!(ahead_at_exit(send, [3, 0x1000, 9, 0, 0, 0], 9, 256), [NOTHING; 2]);
    }
}
