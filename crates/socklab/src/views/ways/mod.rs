//! The ways of exercise 2.5.4: what both sides show of an item.

pub(crate) mod send;
pub(crate) mod serve;

use endpoints::ways::{Fault, HEAD_BYTES_MAX, Item, Kind};

use crate::words::Words;

/// What an item is, how long, its hash, and as far as it is known its name and how its text begins.
fn item_line(words: &Words, item: &Item) -> String {
    let kind = match item.kind {
        None => words.ways_kind_unknown(),
        Some(Kind::Text) => words.ways_kind_text(),
        Some(Kind::File) => words.ways_kind_file(),
        Some(Kind::Other(number)) => words.ways_kind_other(number),
    };
    let name = item.name.as_ref().map(|name| format!(" {name}"));
    let line = words.ways_item(kind, item.bytes, item.sha256);
    [Some(line), name, head(item)].into_iter().flatten().collect()
}

/// How an item begins, if that is text that can be shown.
fn head(item: &Item) -> Option<String> {
    let text = match str::from_utf8(&item.head) {
        Ok(text) => text,
        // The last letter may have been cut.
        Err(error) if error.error_len().is_none() => {
            str::from_utf8(&item.head[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let is_shown = !text.is_empty() && !text.contains(|c: char| c.is_control() && !c.is_whitespace());
    let more = if item.bytes > HEAD_BYTES_MAX as u64 { "…" } else { "" };
    is_shown.then(|| format!(" {text:?}{more}"))
}

/// Why a connection does not carry what it should.
fn fault(words: &Words, fault: Fault) -> String {
    match fault {
        Fault::Cut => words.ways_fault_cut(),
        Fault::Reset => words.ways_fault_reset(),
        Fault::Idle => words.ways_fault_idle(),
        Fault::Slow => words.ways_fault_slow(),
        Fault::TooLong => words.ways_fault_too_long(),
        Fault::TooMany => words.ways_fault_too_many(),
        Fault::Name => words.ways_fault_name(),
        Fault::Unread => words.ways_fault_unread(),
        Fault::Stopped => words.ways_fault_stopped(),
    }
}

#[cfg(test)]
mod tests {
    use endpoints::ways::{Name, Payload};

    use super::*;
    use crate::lang::Lang;

    #[test]
    fn an_item_shows_its_name_and_the_beginning_of_its_text() {
        let words = Words::new(Lang::Spanish);
        let hash = "b221d9dbb083a7f33428d7c2a3c3198ae925614d70210e28716ccaa7cd4ddb79";

        let text = item_line(&words, &Payload::text("hola").item());
        let file = item_line(&words, &Payload::file(Name::new("a.txt"), b"hola".to_vec()).item());

        assert_eq!(text, format!("texto, 4 bytes, sha256 {hash} \"hola\""));
        assert_eq!(file, format!("archivo, 4 bytes, sha256 {hash} a.txt \"hola\""));
    }

    #[test]
    fn only_text_is_shown_and_a_letter_that_is_cut_is_left_out() {
        let head = |bytes: &[u8]| head(&Payload::file(None, bytes.to_vec()).item());

        assert_eq!(head(b"\x89PNG\r\n"), None);
        assert_eq!(head(b"\x1b[2J"), None);
        assert_eq!(head(b""), None);
        assert_eq!(head("a\nb".as_bytes()).as_deref(), Some(r#" "a\nb""#));
        let letters = "x".to_owned() + &"ñ".repeat(HEAD_BYTES_MAX);
        let shown = "x".to_owned() + &"ñ".repeat((HEAD_BYTES_MAX - 1) / 2);
        assert_eq!(head(letters.as_bytes()), Some(format!(" \"{shown}\"…")));
    }
}
