//! A file of `--allow` or `--deny`: any text is rules or an error.
#![no_main]

use std::path::Path;

use endpoints::access::parse_file;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = parse_file(Path::new("any"), text);
});
