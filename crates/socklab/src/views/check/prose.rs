//! The texts of requirements and causes, as plain lines.

use lab::text::{Kind, Part, Span};

use crate::views::trace::folded;

/// Returns what spans say, without styles: code stands between backquotes.
pub(crate) fn plain(spans: &[Span]) -> String {
    spans.iter().map(one).collect()
}

fn one(span: &Span) -> String {
    match span {
        Span::Text(text) | Span::Strong(text) | Span::Emphasis(text) => text.clone(),
        Span::Code(code) => format!("`{code}`"),
        Span::Link { text, url } => format!("{text} ({url})"),
        Span::Value(name) => format!("{{{name}}}"),
    }
}

/// Lays out parts in lines of a width; code stays as it is.
pub(super) fn lines(parts: &[&Part], width: usize) -> Vec<String> {
    parts.iter().flat_map(|part| lines_of(part, width)).collect()
}

fn lines_of(part: &Part, width: usize) -> Vec<String> {
    match &part.kind {
        Kind::Code(_) => {
            let code = part.spans.iter().map(|span| if let Span::Code(code) = span { code } else { "" });
            code.flat_map(str::lines).map(|line| format!("    {line}")).collect()
        }
        Kind::Paragraph => folded(&plain(&part.spans), width),
        Kind::Item => {
            let lines = folded(&plain(&part.spans), width.saturating_sub(2)).into_iter().enumerate();
            lines.map(|(number, line)| format!("{}{line}", if number == 0 { "- " } else { "  " })).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_folded_at_blanks() {
        assert_eq!(folded("uno dos tres cuatro", 8), ["uno dos", "tres", "cuatro"]);
        assert_eq!(folded("desproporcionado si", 4), ["desproporcionado", "si"]);
    }
}
