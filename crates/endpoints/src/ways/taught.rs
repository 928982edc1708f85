//! A receiver as beginners write it: one `recv(1024)` for the text, one for the image, and what the call brings is the item.
//!
//! The agreement of the way is honoured within what one call brought, and nothing is kept from one call to the next: of two
//! items that came together the second is lost, and of a long one there are 1024 bytes.

use super::Way;
use super::collector::Collector;
use super::decoder::{Fault, Part};
use crate::practical;

/// What each `recv()` asks for.
pub const TAUGHT_BYTES: usize = practical::BUFFER_BYTES;
/// How many times it is called: for the text and for the image.
pub const TAUGHT_ITEMS: usize = 2;

/// What is left of the two calls.
#[derive(Debug)]
pub(super) struct Taught<'a> {
    way: &'a Way,
    calls_left: usize,
}

impl<'a> Taught<'a> {
    pub(super) fn new(way: &'a Way) -> Self {
        // Each of two connections carries one item.
        let calls_left = if *way == Way::TwoConnections { 1 } else { TAUGHT_ITEMS };
        Self { way, calls_left }
    }

    /// Takes what one `recv()` brought for one item.
    pub(super) fn feed(&mut self, bytes: &[u8], collector: &mut Collector) -> Result<(), Fault> {
        if self.calls_left == 0 {
            return Err(Fault::Unread);
        }
        self.calls_left -= 1;
        let mut ended = false;
        let mut take = |part: Part<'_>| {
            if ended {
                return Ok(());
            }
            ended = part == Part::End;
            collector.take(part)
        };
        let mut decoder = self.way.decoder();
        decoder.feed(bytes, &mut take)?;
        // Where the way does not see an end, the call's end is taken for it.
        match decoder.finish(&mut take) {
            Ok(()) | Err(Fault::Cut) => {}
            Err(fault) => return Err(fault),
        }
        take(Part::End)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ways::Payload;

    #[test]
    fn items_that_come_apart_are_told_apart_and_items_that_come_together_are_not() {
        for way in [Way::Delimiter(crate::ways::Delimiter::default()), Way::Length, Way::Tlv] {
            let items = [Payload::text("hola"), Payload::file(None, vec![0, 1, 2, 3, 4])];
            let mut wire = [Vec::new(), Vec::new()];
            for (payload, wire) in items.iter().zip(&mut wire) {
                way.encode(payload, wire);
            }

            let [text, file] = &wire;
            assert_eq!(sizes(&way, &[text, file]), (vec![4, 5], Ok(())), "{}", way.name());
            assert_eq!(sizes(&way, &[&wire.concat()]), (vec![4], Ok(())), "{}", way.name());
        }
    }

    #[test]
    fn what_one_call_did_not_bring_is_not_a_part_of_the_item() {
        let mut wire = Vec::new();
        Way::Length.encode(&Payload::file(None, vec![9; 3000]), &mut wire);
        let calls: Vec<&[u8]> = wire.chunks(TAUGHT_BYTES).collect();

        let (sizes, ended) = sizes(&Way::Length, &calls);

        assert_eq!(sizes[0], 1020);
        assert!(ended.is_err());
    }

    #[test]
    fn a_third_call_is_not_made() {
        assert_eq!(sizes(&Way::Close, &[b"a", b"b", b"c"]), (vec![1, 1], Err(Fault::Unread)));
        assert_eq!(sizes(&Way::TwoConnections, &[b"a", b"b"]), (vec![1], Err(Fault::Unread)));
    }

    fn sizes(way: &Way, calls: &[&[u8]]) -> (Vec<u64>, Result<(), Fault>) {
        let (mut taught, mut collector) = (Taught::new(way), Collector::new());
        let ended = calls.iter().try_for_each(|bytes| taught.feed(bytes, &mut collector));
        (collector.items().iter().map(|item| item.bytes).collect(), ended)
    }
}
