//! A frame of a capture: any bytes are a packet or an error, of whatever length they are said to be.
#![no_main]

use wire::packet::decode;

libfuzzer_sys::fuzz_target!(|input: (u32, &[u8])| {
    let (length_bytes, bytes) = input;
    let Ok(packet) = decode(bytes, length_bytes) else { return };
    // The payload is a part of what was captured.
    let _ = &bytes[packet.payload.clone()];
    assert_eq!(packet.from().is_some(), packet.tcp().is_some() || packet.udp().is_some());
});
