//! What a peer calls a file: any text is refused or becomes a name that is safe, and stays as it is then.
#![no_main]

use endpoints::messages::inbox::safe_name;
use wire::message::FILE_NAME_BYTES_MAX;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(safe) = safe_name(text) {
        let name = safe.as_str();
        assert!((1..=FILE_NAME_BYTES_MAX).contains(&name.len()));
        assert!(!name.contains(['/', '\0']) && !name.starts_with(['.', '-']));
        assert_eq!(safe_name(name), Ok(safe.clone()));
    }
});
