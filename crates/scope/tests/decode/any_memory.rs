//! Whatever is in registers and memory, a call is decoded to something.

use proptest::prelude::*;
use scope::decode::{self, DATA_BYTES_MAX, Interests, MESSAGES_MAX, Program, WATCHED_MAX};
use scope::model::{Args, Fd, Message, SocketId};
use wire::names::{Machine, Syscall};

/// Memory that repeats some bytes without an end, and holds what a small address asks for.
struct Noise {
    bytes: Vec<u8>,
    interests: Interests,
}

impl Program for Noise {
    fn read(&self, address: u64, buffer: &mut [u8]) -> usize {
        let from = usize::try_from(address % 61).expect("a small number");
        let mut endless = self.bytes.iter().cycle().skip(from);
        let holes = usize::from(address % 7 == 3);
        let count = buffer.len() >> holes;
        for byte in &mut buffer[..count] {
            let Some(noise) = endless.next() else { return 0 };
            *byte = *noise;
        }
        count
    }

    fn socket(&mut self, fd: Fd) -> Option<SocketId> {
        (fd.0 % 5 != 4).then_some(SocketId(1))
    }

    fn now_ns(&self, clock: i32) -> Option<u64> {
        (clock < 9).then_some(u64::MAX / 2)
    }

    fn interests(&mut self) -> Option<&mut Interests> {
        Some(&mut self.interests)
    }
}

fn register() -> impl Strategy<Value = u64> {
    prop_oneof![0u64..80, any::<u64>(), Just(u64::MAX), Just(1 << 31)]
}

fn result() -> impl Strategy<Value = Result<i64, i32>> {
    prop_oneof![(0i64..70_000).prop_map(Ok), any::<i64>().prop_map(Ok), any::<i32>().prop_map(Err)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_call_is_decoded(
        bytes in prop::collection::vec(any::<u8>(), 0..64),
        values in prop::array::uniform6(register()),
        result in result(),
        strings_bytes in prop_oneof![Just(256), Just(u32::MAX)],
    ) {
        let mut noise = Noise { bytes, interests: Interests::default() };
        for (call, _) in Syscall::all(Machine::X86_64) {
            let mut args = decode::at_entry(call, values, &mut noise, strings_bytes);
            check(&args, strings_bytes);
            decode::at_exit(&mut args, call, values, result, &mut noise, strings_bytes);
            check(&args, strings_bytes);
        }
    }
}

fn check(args: &Args, strings_bytes: u32) {
    match args {
        Args::Send { messages, .. } | Args::Receive { messages, .. } => {
            let kept: usize = messages.iter().map(|message| message.data.bytes.0.len()).sum();
            assert!(kept <= DATA_BYTES_MAX && messages.len() <= MESSAGES_MAX);
            for message in messages {
                check_message(message, strings_bytes);
            }
        }
        Args::Wait { watched, .. } => assert!(watched.len() <= 2 * WATCHED_MAX),
        _ => {}
    }
}

fn check_message(message: &Message, strings_bytes: u32) {
    let kept = message.data.bytes.0.len() as u64;
    assert!(kept <= u64::from(strings_bytes));
    assert!(kept <= message.data.moved_bytes.unwrap_or(message.data.asked_bytes));
}
