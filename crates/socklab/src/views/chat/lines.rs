//! How what others say is written.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use endpoints::chat::{Ending, Event};
use kernel::clock;

use crate::views::printable::printable_bytes;
use crate::words::Words;

/// How a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is so or not, whatever the others are")]
pub(crate) struct Style {
    /// Byte for byte, and nothing else; the rest does not count then.
    pub(crate) is_raw: bool,
    /// So that it cannot speak to a terminal.
    pub(crate) is_escaped: bool,
    /// With who said it.
    pub(crate) names_speaker: bool,
    /// With the time of day.
    pub(crate) has_times: bool,
}

/// What has been heard so far.
#[derive(Debug)]
pub(super) struct Heard {
    style: Style,
    /// How much of a peer's line is not shown, while that goes on.
    hidden_bytes: BTreeMap<u32, usize>,
}

impl Heard {
    pub(super) fn new(style: Style) -> Self {
        Self { style, hidden_bytes: BTreeMap::new() }
    }

    /// What is written of an event, and what is to be said aside.
    pub(super) fn show(&mut self, event: &Event<'_>, words: &Words) -> (Vec<u8>, Option<String>) {
        let Event::Heard { peer, address, line, ending, continued, lost_bytes, .. } = event else {
            if let Event::Left { peer, .. } = event {
                self.hidden_bytes.remove(peer);
            }
            return (Vec::new(), None);
        };
        let lost = (*lost_bytes > 0).then(|| words.chat_lost(*lost_bytes as u64));
        let is_empty_datagram =
            line.0.is_empty() && *ending == Ending::None && !continued && *lost_bytes == 0;
        if self.style.is_raw {
            let aside = lost.or_else(|| is_empty_datagram.then(|| words.chat_empty_datagram(address)));
            return ([line.0, ending.bytes()].concat(), aside);
        }
        if *continued {
            return (Vec::new(), self.hide(*peer, line.0.len(), *ending, words));
        }
        if *ending == Ending::Continues {
            self.hidden_bytes.insert(*peer, 0);
        }
        if is_empty_datagram {
            return (Vec::new(), Some(words.chat_empty_datagram(address)));
        }
        (self.line(address, line.0), lost)
    }

    /// Takes note of a piece of a line that is not shown; at its end, says how much that was.
    fn hide(&mut self, peer: u32, bytes: usize, ending: Ending, words: &Words) -> Option<String> {
        let hidden = self.hidden_bytes.entry(peer).or_default();
        *hidden += bytes;
        if ending == Ending::Continues {
            return None;
        }
        let hidden = self.hidden_bytes.remove(&peer)?;
        (hidden > 0).then(|| words.chat_line_cut(hidden as u64))
    }

    fn line(&self, address: &SocketAddr, line: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        if self.style.has_times {
            let clock::TimeOfDay { hour, minute, second } = clock::time_of_day();
            text.extend_from_slice(format!("[{hour:02}:{minute:02}:{second:02}] ").as_bytes());
        }
        if self.style.names_speaker {
            text.extend_from_slice(format!("{address}: ").as_bytes());
        }
        if self.style.is_escaped {
            text.extend_from_slice(printable_bytes(line).as_bytes());
        } else {
            text.extend_from_slice(line);
        }
        text.push(b'\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use endpoints::chat::Line;

    use super::*;
    use crate::lang::Lang;

    const SCREEN: Style = Style { is_raw: false, is_escaped: true, names_speaker: true, has_times: false };

    #[test]
    fn a_line_cannot_speak_to_the_terminal_and_says_who_said_it() {
        let mut heard = Heard::new(SCREEN);

        let shown = show(&mut heard, &said("\x1b[2J¡hola!\r\x07".as_bytes(), Ending::Lf));

        assert_eq!(shown, ("127.0.0.1:4000: \\u{1b}[2J¡hola!\\r\\u{7}\n".to_owned(), None));
    }

    #[test]
    fn raw_bytes_stay_as_they_are() {
        let mut heard = Heard::new(Style { is_raw: true, ..SCREEN });
        let words = Words::new(Lang::English);

        let (shown, _) = heard.show(&said(b"\xff\x1b\0", Ending::CrLf), &words);

        assert_eq!(shown, b"\xff\x1b\0\r\n");
    }

    #[test]
    fn a_long_line_is_shown_in_part_with_how_much_is_not() {
        let mut heard = Heard::new(Style { names_speaker: false, ..SCREEN });
        let more = |line, ending| Event::Heard {
            peer: 1,
            address: address(),
            line: Line(line),
            ending,
            continued: true,
            lost_bytes: 0,
            relayed: 0,
        };

        assert_eq!(show(&mut heard, &said(b"uno", Ending::Continues)), ("uno\n".to_owned(), None));
        assert_eq!(show(&mut heard, &more(b"dos", Ending::Continues)), (String::new(), None));
        let (nothing, aside) = show(&mut heard, &more(b"tres", Ending::Lf));

        assert_eq!(nothing, "");
        assert_eq!(aside.unwrap(), "(7 bytes more of that line are not shown)");
        assert_eq!(show(&mut heard, &said(b"fin", Ending::Lf)), ("fin\n".to_owned(), None));
    }

    #[test]
    fn an_empty_datagram_is_not_an_empty_line() {
        let mut heard = Heard::new(Style { names_speaker: false, ..SCREEN });

        assert_eq!(show(&mut heard, &said(b"", Ending::Lf)), ("\n".to_owned(), None));
        let (nothing, aside) = show(&mut heard, &said(b"", Ending::None));
        assert_eq!((nothing.as_str(), aside.is_some()), ("", true));
    }

    fn show(heard: &mut Heard, event: &Event<'_>) -> (String, Option<String>) {
        let (shown, aside) = heard.show(event, &Words::new(Lang::English));
        (String::from_utf8(shown).unwrap(), aside)
    }

    fn said(line: &[u8], ending: Ending) -> Event<'_> {
        let line = Line(line);
        Event::Heard {
            peer: 1,
            address: address(),
            line,
            ending,
            continued: false,
            lost_bytes: 0,
            relayed: 0,
        }
    }

    fn address() -> SocketAddr {
        ([127, 0, 0, 1], 4000).into()
    }
}
