//! Pieces of HTML, in which whatever stands is text.

use lab::experiments::Value;
use lab::text::{Kind, Part, Span};

pub(super) use super::super::assets::escaped;
use super::super::assets::hash;
use crate::views::lab::in_words;
use crate::words::Words;

/// An element with text in it.
pub(super) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escaped(text))
}

/// An element of a class, with text in it.
pub(super) fn classed(name: &str, class: &str, text: &str) -> String {
    format!("<{name} class=\"{class}\">{}</{name}>", escaped(text))
}

/// What a page without a script may load: nothing, and its own style by its hash (CSP 3).
pub(super) fn style_policy(style: &str) -> String {
    format!("default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'", hash(style))
}

/// What spans say, with the values of a claim in their places.
pub(super) fn spans(spans: &[Span], values: &[(&'static str, Value)], words: &Words) -> String {
    let span = |span: &Span| match span {
        Span::Text(text) => escaped(text),
        Span::Strong(text) => element("strong", text),
        Span::Emphasis(text) => element("em", text),
        Span::Code(text) => element("code", text),
        // The page leads nowhere by itself: an address is to be read.
        Span::Link { text, url } if text == url => element("cite", url),
        Span::Link { text, url } => format!("{} ({})", escaped(text), element("cite", url)),
        Span::Value(name) => {
            let value = values.iter().find(|(its, _)| its == name);
            classed("b", "value", &value.map_or_else(|| "—".to_owned(), |(_, value)| in_words(value, words)))
        }
    };
    spans.iter().map(span).collect()
}

/// Paragraphs, lists and code.
pub(super) fn parts(parts: &[Part], words: &Words) -> String {
    let mut html = String::new();
    let mut is_in_list = false;
    for part in parts {
        let is_item = part.kind == Kind::Item;
        if is_item != is_in_list {
            html.push_str(if is_item { "<ul>\n" } else { "</ul>\n" });
            is_in_list = is_item;
        }
        let said = spans(&part.spans, &[], words);
        let told = match part.kind {
            Kind::Item => format!("<li>{said}</li>\n"),
            Kind::Paragraph => format!("<p>{said}</p>\n"),
            Kind::Code(_) => format!("<pre>{said}</pre>\n"),
        };
        html.push_str(&told);
    }
    if is_in_list {
        html.push_str("</ul>\n");
    }
    html
}
