//! A file of words of which each message is parsed when it is said for the first time.
//!
//! A run says a few of some 1,500 messages. Parsed whole at each start, the files took most of the time of a short
//! run, and memory that an idle server kept. The build has parsed them, so nothing here can fail.

use std::sync::OnceLock;

use fluent_syntax::ast::{Entry, Message};
use fluent_syntax::parser;

/// The messages of one language, by their numbers: their places in the order of the keys.
pub(super) struct Texts<const N: usize> {
    source: &'static str,
    spans: &'static [(u32, u32); N],
    /// One that was said once is found without a lock, and without a look for its key.
    parsed: [OnceLock<Box<Message<&'static str>>>; N],
}

impl<const N: usize> Texts<N> {
    /// Takes a file, and from which byte to which one each of its messages stands; parses nothing.
    pub(super) const fn new(source: &'static str, spans: &'static [(u32, u32); N]) -> Self {
        Self { source, spans, parsed: [const { OnceLock::new() }; N] }
    }

    /// Returns the message with this number.
    ///
    /// # Panics
    ///
    /// When there is none, which is a number that the build has not written.
    pub(super) fn message(&self, number: usize) -> &Message<&'static str> {
        self.parsed[number].get_or_init(|| Box::new(parsed(self.span(self.spans[number]))))
    }

    /// Returns the number of the message with this key.
    pub(super) fn number(&self, key: &str) -> Option<usize> {
        self.spans.binary_search_by(|span| key_of(self.span(*span)).cmp(key)).ok()
    }

    fn span(&self, (start, end): (u32, u32)) -> &'static str {
        &self.source[start as usize..end as usize]
    }
}

/// Parses what stands from one key to the next: a message, and perhaps comments behind it.
fn parsed(text: &'static str) -> Message<&'static str> {
    let entries = parser::parse_runtime(text).into_iter().flat_map(|resource| resource.body);
    let mut messages = entries.filter_map(|entry| match entry {
        Entry::Message(message) => Some(message),
        _ => None,
    });
    messages.next().expect("the build has read a message in these bytes")
}

/// Returns the key that a message begins with.
fn key_of(text: &str) -> &str {
    text.split([' ', '=']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::{ENGLISH, HELP_KEYS, MESSAGES, SPANISH};
    use super::*;

    #[test]
    fn each_span_of_both_files_is_the_message_of_its_key() {
        for texts in [&ENGLISH, &SPANISH] {
            let whole = whole(texts.source);

            assert_eq!(whole.len(), MESSAGES);
            for (number, message) in whole.iter().enumerate() {
                assert_eq!(texts.message(number), message);
                assert_eq!(texts.number(message.id.name), Some(number), "{}", message.id.name);
            }
        }
    }

    #[test]
    fn each_key_of_help_is_found_and_no_other_one() {
        for texts in [&ENGLISH, &SPANISH] {
            for key in HELP_KEYS {
                assert!(texts.number(key).is_some(), "{key}");
            }
            for key in ["", "a", "help-", "help-ech", "help-echo-", "help-echo ", "zzz"] {
                assert_eq!(texts.number(key), None, "{key:?}");
            }
        }
    }

    /// The messages of a file, parsed at once, in the order of their keys.
    fn whole(source: &'static str) -> Vec<Message<&'static str>> {
        let resource = parser::parse_runtime(source).expect("the build has parsed the same file");
        let messages = resource.body.into_iter().filter_map(|entry| match entry {
            Entry::Message(message) => Some(message),
            _ => None,
        });
        let mut messages: Vec<_> = messages.collect();
        messages.sort_by_key(|message| message.id.name);
        messages
    }
}
