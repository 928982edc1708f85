//! What the kernel tells of a connection: any bytes are figures.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = wire::tcp_info::TcpInfo::decode(bytes);
});
