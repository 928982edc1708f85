//! A `format` file of a tracepoint, and a record behind a zero byte: any two are values or nothing.
#![no_main]

use wire::tracepoint::Format;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(2, |&byte| byte == 0);
    let (file, record) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if let Some(format) = Format::parse(&String::from_utf8_lossy(file)) {
        let _ = (format.name(record, "reason"), format.address(record, 's'));
    }
});
