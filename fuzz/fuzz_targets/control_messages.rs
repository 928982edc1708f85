//! What the kernel writes beside a datagram: control messages, and the addresses in them.
#![no_main]

use kernel::{address, control};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    control::messages(bytes).for_each(|message| drop(address::decode(message.data)));
});
