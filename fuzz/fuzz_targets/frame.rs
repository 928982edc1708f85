//! What a peer sends in a plain session: any bytes are frames or an error, any frame a message or malformed, and what was
//! read is written and read again as the same.
#![no_main]

use wire::frame::{Decoder, Frame};
use wire::message::{Message, ResultFrame};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut decoder = Decoder::new();
    // The first byte says how the others are cut on their way.
    let Some((cut, bytes)) = bytes.split_first() else { return };
    for read in bytes.chunks(usize::from(*cut) + 1) {
        decoder.push(read);
        while let Ok(Some(frame)) = decoder.next() {
            understand(&frame);
        }
    }
});

fn understand(frame: &Frame<'_>) {
    let Ok(message) = Message::decode(frame) else { return };
    if let Message::Result(result) = &message {
        read_body(result);
    }
    let mut written = Vec::new();
    message.encode(frame.stream, &mut written);
    let mut decoder = Decoder::new();
    decoder.push(&written);
    let again = decoder.next().expect("a frame").expect("the whole frame");
    assert_eq!(Message::decode(&again).as_ref(), Ok(&message));
    assert!(again.payload.len() <= frame.payload.len());
}

fn read_body(result: &ResultFrame<'_>) {
    let _ = (result.hash(), result.stored(), result.ended(), result.room(), result.errno());
}
