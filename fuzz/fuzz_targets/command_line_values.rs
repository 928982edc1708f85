//! What people type after a flag. The readers live in the binary, so they come by path and not by crate.
#![no_main]

#[path = "../../crates/socklab/src/value/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the binary uses the parts that a reader of text does not")]
mod value;

use value::{Local, LocalAddress, Target};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = (value::time(text), value::size(text), value::datagram_size(text), value::hold(text));
    let _ = (value::port(text), value::whole(0, 1)(text), value::rule(text));
    let _ = (value::answering_pause(text), value::asking_pause(text));
    let _ = (value::key_name(text), value::grants(text), value::commands(text));
    let _ = (text.parse::<Target>(), text.parse::<Local>(), text.parse::<LocalAddress>());
});
