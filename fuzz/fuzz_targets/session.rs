//! What somebody without the secret sends where a sealed session is: nothing of it opens, and nothing panics.
//!
//! The first byte says to whom the rest goes: a server that waits for message 1, a client that waits for message 2, or
//! an opener in an open session, which then has read a record of the true peer first or not.
#![no_main]

use std::sync::LazyLock;

use wire::handshake::{Initiator, Keys, Over, respond};
use wire::key::Secret;
use wire::record::{Opener, Sealer};

static SECRET: LazyLock<Secret> = LazyLock::new(|| Secret::new([1; 32]));

/// The keys of the client and of the server of one session.
static KEYS: LazyLock<(Keys, Keys)> = LazyLock::new(|| {
    let initiator = initiator();
    let (answer, server) =
        respond(Over::Tcp, SECRET.id(), &SECRET, [3; 32], initiator.message()).expect("message 1");
    (initiator.finish(&answer).expect("message 2"), server)
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((whom, bytes)) = bytes.split_first() else { return };
    match whom {
        0 => assert!(respond(Over::Tcp, SECRET.id(), &SECRET, [3; 32], bytes).is_err()),
        1 => assert!(initiator().finish(bytes).is_err()),
        2 => open(Opener::new(KEYS.1.clone()), bytes),
        3 => open(after_a_record(), bytes),
        number => assert!(KEYS.1.open(u64::from(*number), bytes, &mut Vec::new()).is_err()),
    }
});

fn initiator() -> Initiator {
    Initiator::new(Over::Tcp, &SECRET, [2; 32])
}

fn open(mut opener: Opener, bytes: &[u8]) {
    let mut plain = Vec::new();
    for read in bytes.chunks(100) {
        opener.push(read);
        while let Ok(true) = opener.next(&mut plain) {}
    }
    assert!(plain.is_empty());
}

fn after_a_record() -> Opener {
    let (mut sealed, mut plain) = (Vec::new(), Vec::new());
    Sealer::new(KEYS.0.clone()).seal(b"hello", &mut sealed);
    let mut opener = Opener::new(KEYS.1.clone());
    opener.push(&sealed);
    assert_eq!(opener.next(&mut plain), Ok(true));
    opener
}
