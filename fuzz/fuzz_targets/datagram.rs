//! A datagram of a session over UDP: any bytes are one or an error, and one is written as it was read.
#![no_main]

use wire::datagram::Datagram;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(datagram) = Datagram::parse(bytes) else { return };
    let mut written = Vec::new();
    datagram.encode(&mut written);
    assert_eq!(Datagram::parse(&written), Ok(datagram));
});
