//! XML 1.0, as much of it as a report needs.

use std::fmt::{Display, Write as _};

/// What stands for a character that XML 1.0 does not have, not even escaped (XML 1.0 §2.2).
fn missing(c: char) -> String {
    format!("\\x{:02x}", u32::from(c))
}

/// An element that is being written.
#[derive(Debug)]
pub(crate) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    content: String,
    has_elements: bool,
}

impl Element {
    /// One without attributes and content.
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), content: String::new(), has_elements: false }
    }

    /// The same with an attribute.
    pub(crate) fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.attributes.push((name, value.to_string()));
        self
    }

    /// Adds text.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.content.push_str(&escaped(text, false));
        self
    }

    /// Adds an element.
    pub(crate) fn element(mut self, inner: &Self) -> Self {
        self.content.push('\n');
        self.content.push_str(&inner.write());
        self.has_elements = true;
        self
    }

    /// Adds elements.
    pub(crate) fn elements(self, inner: impl IntoIterator<Item = Self>) -> Self {
        inner.into_iter().fold(self, |outer, inner| outer.element(&inner))
    }

    /// Writes it as a document.
    pub(crate) fn document(&self) -> String {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", self.write())
    }

    fn write(&self) -> String {
        let attributes: Vec<String> = self
            .attributes
            .iter()
            .map(|(name, value)| format!(" {name}=\"{}\"", escaped(value, true)))
            .collect();
        let attributes = attributes.concat();
        let (name, content) = (self.name, &self.content);
        if content.is_empty() {
            return format!("<{name}{attributes}/>");
        }
        let end = if self.has_elements { "\n" } else { "" };
        format!("<{name}{attributes}>{content}{end}</{name}>")
    }
}

/// Escapes what has a meaning in XML, and what XML does not have. Line feeds in an attribute would become blanks.
fn escaped(text: &str, in_attribute: bool) -> String {
    let mut all = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => all.push_str("&amp;"),
            '<' => all.push_str("&lt;"),
            '>' => all.push_str("&gt;"),
            '"' => all.push_str("&quot;"),
            '\n' | '\t' if in_attribute => {
                let _ = write!(all, "&#{};", u32::from(c));
            }
            '\n' | '\t' => all.push(c),
            '\r' => all.push_str("&#13;"),
            '\u{fffe}' | '\u{ffff}' => all.push_str(&missing(c)),
            c if c < ' ' => all.push_str(&missing(c)),
            c => all.push(c),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_has_a_meaning_is_escaped_and_what_xml_does_not_have_is_written_out() {
        let element = Element::new("a").with("b", "\"<\n").text("x & y\u{1b}[2J\u{0}\u{ffff}]]>");

        assert_eq!(element.write(), "<a b=\"&quot;&lt;&#10;\">x &amp; y\\x1b[2J\\x00\\xffff]]&gt;</a>");
    }

    proptest! {
        #[test]
        fn no_text_has_a_character_that_xml_lacks(text: String) {
            let written = Element::new("a").with("b", &text).text(&text).document();
            let is_known = |c: char| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
            prop_assert!(written.chars().all(is_known));
            prop_assert_eq!(written.matches('<').count(), if text.is_empty() { 2 } else { 3 });
        }
    }
}
