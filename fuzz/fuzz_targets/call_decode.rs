//! A call of a program that is traced: its registers and its memory are whatever that program pleases.
//!
//! The first byte says which call, the next 56 are the registers and the result, and the rest is memory, over and over.
#![no_main]

use scope::decode::{self, Interests, Program};
use scope::model::{Fd, SocketId};
use wire::names::{Machine, Syscall};

const STRINGS_BYTES: u32 = 256;

struct Noise<'a> {
    bytes: &'a [u8],
    interests: Interests,
}

impl Program for Noise<'_> {
    fn read(&self, address: u64, buffer: &mut [u8]) -> usize {
        let from = usize::try_from(address % 4096).expect("a small number");
        let memory = self.bytes.iter().cycle().skip(from).take(4096);
        buffer.iter_mut().zip(memory).map(|(byte, noise)| *byte = *noise).count()
    }

    fn socket(&mut self, fd: Fd) -> Option<SocketId> {
        (fd.0 & 1 == 0).then_some(SocketId(1))
    }

    fn now_ns(&self, clock: i32) -> Option<u64> {
        (clock < 9).then_some(1 << 60)
    }

    fn interests(&mut self) -> Option<&mut Interests> {
        Some(&mut self.interests)
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((which, bytes)) = bytes.split_first() else { return };
    let Some((registers, bytes)) = bytes.split_first_chunk::<56>() else { return };
    let number = |at: usize| u64::from_ne_bytes(std::array::from_fn(|byte| registers[at * 8 + byte]));
    let values = std::array::from_fn(number);
    let returned = number(6).cast_signed();
    let result = if returned < 0 { Err(returned as i32) } else { Ok(returned) };
    let calls: Vec<(Syscall, u16)> = Syscall::all(Machine::X86_64).collect();
    let (call, _) = calls[usize::from(*which) % calls.len()];

    let mut program = Noise { bytes, interests: Interests::default() };
    let mut args = decode::at_entry(call, values, &mut program, STRINGS_BYTES);
    decode::at_exit(&mut args, call, values, result, &mut program, STRINGS_BYTES);
    serde_json::to_string(&args).expect("what was decoded can be written");
});
