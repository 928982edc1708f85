//! A call at its entry or its exit, and bounded looks into the memory of its program.

use wire::names::Syscall;

use super::{ADDRESS_BYTES_MAX, PIECES_MAX, Program, address};
use crate::model::{Address, Bytes, Fd};

/// How many bytes of data are kept of one call, however many messages it has and whatever was asked for: a line of the archive
/// has to hold them.
pub const DATA_BYTES_MAX: usize = 262_144;

/// How far from each other an address and its length may be to be read at once.
const NEARBY_BYTES: usize = 256;

/// The call that is being read.
pub(super) struct At<'a> {
    pub(super) call: Syscall,
    pub(super) values: [u64; 6],
    pub(super) program: &'a mut dyn Program,
    /// How many bytes of one message are kept.
    message_bytes: usize,
    /// How many bytes may still be kept of this call.
    data_left: usize,
    /// How many entries of scatter lists may still be read.
    pub(super) pieces_left: usize,
}

impl<'a> At<'a> {
    pub(super) fn new(
        call: Syscall,
        values: [u64; 6],
        program: &'a mut dyn Program,
        strings_bytes: u32,
    ) -> Self {
        let message_bytes = usize::try_from(strings_bytes).unwrap_or(usize::MAX);
        Self { call, values, program, message_bytes, data_left: DATA_BYTES_MAX, pieces_left: PIECES_MAX }
    }

    /// Fills a buffer, as far as there is anything before memory ends; says how far. At the address 0 there is nothing.
    fn read(&self, address: u64, buffer: &mut [u8]) -> usize {
        if address == 0 { 0 } else { self.program.read(address, buffer) }
    }

    /// Reads so many bytes, or as many as there are before memory ends. The caller bounds `length`.
    pub(super) fn bytes(&self, address: u64, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        let read = self.read(address, &mut bytes);
        bytes.truncate(read);
        bytes
    }

    /// Reads exactly so many bytes.
    pub(super) fn array<const N: usize>(&self, address: u64) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        (self.read(address, &mut bytes) >= N).then_some(bytes)
    }

    /// Reads an `int` or a `socklen_t`.
    pub(super) fn u32(&self, address: u64) -> Option<u32> {
        self.array(address).map(u32::from_ne_bytes)
    }

    /// Reads an address of `length` bytes that the program gives.
    pub(super) fn address(&self, at: u64, length: u64) -> Option<Address> {
        let mut bytes = [0; ADDRESS_BYTES_MAX as usize];
        let length = word(length).min(ADDRESS_BYTES_MAX) as usize;
        let read = self.read(at, &mut bytes[..length]);
        address(&bytes[..read])
    }

    /// Reads an address that the kernel filled in, and whose length it wrote to `length_at`.
    pub(super) fn returned_address(&self, at: u64, length_at: u64) -> Option<Address> {
        match self.address_nearby(at, length_at) {
            Some((bytes, length)) => address(&bytes[..length]),
            None => self.address(at, self.u32(length_at)?.into()),
        }
    }

    /// Reads an address and its length at once, since both are mostly variables of one function: a look into a program's memory
    /// costs more than some bytes too many. `None` where they are not close to each other, or memory ends.
    fn address_nearby(&self, at: u64, length_at: u64) -> Option<([u8; ADDRESS_BYTES_MAX as usize], usize)> {
        let Nearby { begin, name, length, bytes: room } = nearby(at, length_at)?;
        let mut bytes = [0; NEARBY_BYTES + ADDRESS_BYTES_MAX as usize];
        let read = self.program.read(begin, bytes.get_mut(..room)?);
        let bytes = &bytes[..read];
        let length = u32::from_ne_bytes(*bytes.get(length..)?.first_chunk()?).min(ADDRESS_BYTES_MAX) as usize;
        let mut found = [0; ADDRESS_BYTES_MAX as usize];
        found[..length].copy_from_slice(bytes.get(name..name + length)?);
        Some((found, length))
    }

    /// Reads the first bytes of a message that lies in these pieces and is `length` bytes long.
    pub(super) fn data(&mut self, pieces: impl Iterator<Item = (u64, u64)>, length: u64) -> Bytes {
        let wanted = usize::try_from(length).unwrap_or(usize::MAX);
        let mut left = wanted.min(self.message_bytes).min(self.data_left);
        let mut data = Vec::new();
        for (address, piece) in pieces {
            let take = usize::try_from(piece).unwrap_or(usize::MAX).min(left);
            let begin = data.len();
            data.resize(begin + take, 0);
            let read = self.read(address, &mut data[begin..]);
            data.truncate(begin + read);
            left -= take;
            if left == 0 || read < take {
                break;
            }
        }
        self.data_left -= data.len();
        Bytes(data)
    }
}

/// An address and its length that lie close to each other.
pub(super) struct Nearby {
    pub(super) begin: u64,
    /// Where the address is from there.
    name: usize,
    /// Where its length is.
    length: usize,
    /// How many bytes from there both have at most.
    pub(super) bytes: usize,
}

/// Where an address and its length lie; `None` if one of them is not there, or far from the other.
pub(super) fn nearby(at: u64, length_at: u64) -> Option<Nearby> {
    let begin = at.min(length_at);
    let name = usize::try_from(at - begin).ok()?;
    let length = usize::try_from(length_at - begin).ok()?;
    let is_near = begin != 0 && name.max(length) <= NEARBY_BYTES;
    is_near.then(|| Nearby { begin, name, length, bytes: name.max(length) + ADDRESS_BYTES_MAX as usize })
}

/// The descriptor in a register.
pub(super) fn fd(value: u64) -> Fd {
    Fd(int(value))
}

/// The `int` in a register: its lower half.
#[expect(clippy::cast_possible_truncation, reason = "the upper half of the register says nothing")]
pub(super) fn int(value: u64) -> i32 {
    value as i32
}

/// The `unsigned int` in a register: its lower half.
#[expect(clippy::cast_possible_truncation, reason = "the upper half of the register says nothing")]
pub(super) fn word(value: u64) -> u32 {
    value as u32
}

/// A number of things that a program gives, if it is no more than `most`, else that.
pub(super) fn bounded(count: u64, most: usize) -> usize {
    usize::try_from(count).map_or(most, |count| count.min(most))
}
