//! A program that never ran: memory that a test has written, sockets that it has named.

use std::collections::BTreeMap;

use scope::decode::{self, Interests, Program};
use scope::model::{Args, Fd, SocketId};
use wire::names::Syscall;

/// What a clock of the fake says.
pub(crate) const NOW_NS: u64 = 7_000_000_000;

/// How many bytes of data the tests keep.
pub(crate) const STRINGS_BYTES: u32 = 8;

#[derive(Default)]
pub(crate) struct Memory {
    mapped: BTreeMap<u64, Vec<u8>>,
    interests: Interests,
}

impl Memory {
    /// Puts bytes at an address of their own, and returns that.
    pub(crate) fn put(&mut self, bytes: impl Into<Vec<u8>>) -> u64 {
        let address = 0x1000 * (self.mapped.len() as u64 + 1);
        self.mapped.insert(address, bytes.into());
        address
    }

    /// Puts numbers of 64 bits one after another.
    pub(crate) fn longs(&mut self, longs: &[u64]) -> u64 {
        self.put(longs.iter().flat_map(|long| long.to_ne_bytes()).collect::<Vec<_>>())
    }

    /// Writes over what is at this address, as the kernel does.
    pub(crate) fn write(&mut self, address: u64, bytes: &[u8]) {
        let (base, mapped) = self.mapped.range_mut(..=address).next_back().expect("no such address");
        let offset = usize::try_from(address - base).expect("an offset");
        mapped[offset..offset + bytes.len()].copy_from_slice(bytes);
    }

    pub(crate) fn entry(&mut self, call: &str, values: &[u64]) -> Args {
        decode::at_entry(call.parse().expect("the name of a call"), six(values), self, STRINGS_BYTES)
    }

    pub(crate) fn exit(&mut self, args: &mut Args, call: &str, values: &[u64], result: Result<i64, i32>) {
        let call: Syscall = call.parse().expect("the name of a call");
        decode::at_exit(args, call, six(values), result, self, STRINGS_BYTES);
    }

    /// Makes a whole call, in which the kernel changes nothing.
    pub(crate) fn call(&mut self, call: &str, values: &[u64], result: Result<i64, i32>) -> Args {
        let mut args = self.entry(call, values);
        self.exit(&mut args, call, values, result);
        args
    }
}

fn six(values: &[u64]) -> [u64; 6] {
    let mut six = [0; 6];
    six[..values.len()].copy_from_slice(values);
    six
}

/// The socket that a descriptor is: every one from 3 to 99, with a cookie of 1000 and the number.
pub(crate) fn socket(fd: i32) -> Option<SocketId> {
    (3..100).contains(&fd).then(|| SocketId(1000 + u64::from(fd.unsigned_abs())))
}

impl Program for Memory {
    fn read(&self, address: u64, buffer: &mut [u8]) -> usize {
        let Some((base, mapped)) = self.mapped.range(..=address).next_back() else { return 0 };
        let offset = usize::try_from(address - base).expect("an offset");
        let bytes = mapped.get(offset..).unwrap_or_default();
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        count
    }

    fn socket(&mut self, fd: Fd) -> Option<SocketId> {
        socket(fd.0)
    }

    fn now_ns(&self, clock: i32) -> Option<u64> {
        (clock == 1).then_some(NOW_NS)
    }

    fn interests(&mut self) -> Option<&mut Interests> {
        Some(&mut self.interests)
    }
}
