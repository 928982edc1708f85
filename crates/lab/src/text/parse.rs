//! From Markdown to sections.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, TextMergeWithOffset};

use super::{Kind, Marker, Part, Problem, Section, Span, TextError};

/// Reads a text. `file` is its name in errors.
///
/// # Errors
///
/// [`TextError`], which names the line: what the texts do not have, or something before the title.
pub fn sections(file: &str, text: &str) -> Result<Vec<Section>, TextError> {
    let mut reader = Reader::default();
    let parser = Parser::new_ext(text, Options::ENABLE_HEADING_ATTRIBUTES);
    for (event, range) in TextMergeWithOffset::new(parser.into_offset_iter()) {
        let line = 1 + text[..range.start].matches('\n').count();
        reader.event(event, line).map_err(|problem| TextError { file: file.to_owned(), line, problem })?;
    }
    if reader.sections.first().is_none_or(|section| section.level != 1) {
        return Err(TextError { file: file.to_owned(), line: 1, problem: Problem::NoTitle });
    }
    Ok(reader.sections)
}

/// What has been read so far.
#[derive(Default)]
struct Reader {
    sections: Vec<Section>,
    /// The heading or the part that is being read.
    open: Option<Open>,
    /// Whether an item of a list is being read, which may have a paragraph in it.
    in_item: bool,
    /// The words that are being read, if they are not just text.
    style: Option<Style>,
}

enum Open {
    Heading(Section),
    Part(Part),
}

enum Style {
    Strong,
    Emphasis,
    Link(String),
}

impl Reader {
    fn event(&mut self, event: Event<'_>, line: usize) -> Result<(), Problem> {
        match event {
            Event::Start(tag) => self.begin(tag, line),
            Event::End(tag) => {
                self.end(tag);
                Ok(())
            }
            Event::Text(text) => {
                self.text(&text);
                Ok(())
            }
            Event::Code(code) => {
                self.push(split(&code, Span::Code));
                Ok(())
            }
            Event::SoftBreak | Event::HardBreak => {
                self.text(" ");
                Ok(())
            }
            Event::Html(_) | Event::InlineHtml(_) => Err(Problem::Unsupported("HTML")),
            Event::Rule => Err(Problem::Unsupported("a rule")),
            _ => Err(Problem::Unsupported("this")),
        }
    }

    fn begin(&mut self, tag: Tag<'_>, line: usize) -> Result<(), Problem> {
        match tag {
            Tag::Heading { level, id, .. } => {
                let id = id.map(|id| id.to_string());
                let level = number(level);
                self.open =
                    Some(Open::Heading(Section { level, id, title: Vec::new(), parts: Vec::new(), line }));
                Ok(())
            }
            Tag::Paragraph if self.in_item => Ok(()),
            Tag::Paragraph => self.part(Kind::Paragraph, line),
            Tag::List(_) if self.in_item => Err(Problem::Unsupported("a list in a list")),
            Tag::List(_) => Ok(()),
            Tag::Item => {
                self.in_item = true;
                self.part(Kind::Item, line)
            }
            Tag::CodeBlock(_) if self.in_item => Err(Problem::Unsupported("a block of code in a list")),
            Tag::CodeBlock(CodeBlockKind::Fenced(language)) => {
                self.part(Kind::Code(language.to_string()), line)
            }
            Tag::CodeBlock(CodeBlockKind::Indented) => Err(Problem::Unsupported("code without a fence")),
            Tag::Strong => self.styled(Style::Strong),
            Tag::Emphasis => self.styled(Style::Emphasis),
            Tag::Link { dest_url, .. } => self.styled(Style::Link(dest_url.to_string())),
            Tag::HtmlBlock => Err(Problem::Unsupported("HTML")),
            Tag::BlockQuote(_) => Err(Problem::Unsupported("a quotation")),
            Tag::Image { .. } => Err(Problem::Unsupported("an image")),
            _ => Err(Problem::Unsupported("this")),
        }
    }

    fn part(&mut self, kind: Kind, line: usize) -> Result<(), Problem> {
        if self.sections.is_empty() {
            return Err(Problem::NoTitle);
        }
        self.open = Some(Open::Part(Part { marker: None, kind, spans: Vec::new(), line }));
        Ok(())
    }

    fn styled(&mut self, style: Style) -> Result<(), Problem> {
        if self.style.is_some() {
            return Err(Problem::Unsupported("a style in a style"));
        }
        self.style = Some(style);
        Ok(())
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link => self.style = None,
            TagEnd::Paragraph if self.in_item => {}
            TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::Item | TagEnd::CodeBlock => self.close(),
            _ => {}
        }
    }

    fn close(&mut self) {
        self.in_item = false;
        match (self.open.take(), self.sections.last_mut()) {
            (Some(Open::Heading(section)), _) => self.sections.push(section),
            (Some(Open::Part(mut part)), Some(section)) => {
                take_marker(&mut part);
                section.parts.push(part);
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let is_code = matches!(&self.open, Some(Open::Part(part)) if matches!(part.kind, Kind::Code(_)));
        let spans = match &self.style {
            _ if is_code => vec![Span::Code(text.to_owned())],
            None => split(text, Span::Text),
            Some(Style::Strong) => split(text, Span::Strong),
            Some(Style::Emphasis) => split(text, Span::Emphasis),
            Some(Style::Link(url)) => split(text, |text| Span::Link { text, url: url.clone() }),
        };
        self.push(spans);
    }

    fn push(&mut self, spans: Vec<Span>) {
        let into = match &mut self.open {
            Some(Open::Heading(section)) => &mut section.title,
            Some(Open::Part(part)) => &mut part.spans,
            None => return,
        };
        for span in spans {
            match (into.last_mut(), span) {
                (Some(Span::Text(before)), Span::Text(text))
                | (Some(Span::Code(before)), Span::Code(text)) => {
                    before.push_str(&text);
                }
                (_, span) => into.push(span),
            }
        }
    }
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// Takes the name that a part begins with.
fn take_marker(part: &mut Part) {
    let Some(Span::Text(text)) = part.spans.first_mut() else { return };
    let Some((inside, rest)) = text.strip_prefix("{#").and_then(|text| text.split_once('}')) else { return };
    let (id, variant) = inside.split_once(':').map_or((inside, None), |(id, it)| (id, Some(it.to_owned())));
    part.marker = Some(Marker { id: id.to_owned(), variant });
    *text = rest.trim_start().to_owned();
    if text.is_empty() {
        part.spans.remove(0);
    }
}

/// Takes the names of values out of words: `{port}`.
fn split(text: &str, mut span: impl FnMut(String) -> Span) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        plain.push_str(before);
        if let Some((name, behind)) = after.split_once('}').filter(|(name, _)| is_name(name)) {
            if !plain.is_empty() {
                spans.push(span(std::mem::take(&mut plain)));
            }
            spans.push(Span::Value(name.to_owned()));
            rest = behind;
        } else {
            plain.push('{');
            rest = after;
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        spans.push(span(plain));
    }
    spans
}

fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_lowercase())
        && letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Span {
        Span::Text(text.to_owned())
    }

    #[test]
    fn headings_parts_markers_and_values_are_told_apart() {
        let read = sections(
            "x",
            "# A title\n\n## A part {#part}\n\n- {#one} The `port` is\n  {port}, **really**.\n- {#two_x:differs} No.\n\n\
             A [way](https://x).\n\n```python\nx = {y}\n```\n",
        )
        .unwrap();

        assert_eq!(read[0].title, [text("A title")]);
        let part = &read[1];
        assert_eq!((part.level, part.id.as_deref(), part.line), (2, Some("part"), 3));
        let [one, two, way, code] = &part.parts[..] else { panic!("{part:?}") };
        assert_eq!((one.marker.clone(), &one.kind, one.line), (Some(Marker::named("one")), &Kind::Item, 5));
        let measured = Span::Value("port".to_owned());
        let really = Span::Strong("really".to_owned());
        let code_of = |code: &str| Span::Code(code.to_owned());
        assert_eq!(
            one.spans,
            [text("The "), code_of("port"), text(" is "), measured, text(", "), really, text(".")]
        );
        assert_eq!(two.marker.as_ref().unwrap().to_string(), "{#two_x:differs}");
        let url = "https://x".to_owned();
        assert_eq!(way.spans, [text("A "), Span::Link { text: "way".to_owned(), url }, text(".")]);
        assert_eq!(
            (&code.kind, &code.spans[..]),
            (&Kind::Code("python".to_owned()), &[code_of("x = {y}\n")][..])
        );
    }

    #[test]
    fn what_the_texts_do_not_have_is_named_with_its_line() {
        for (text, problem) in [
            ("# A\n\n<b>x</b>\n", Problem::Unsupported("HTML")),
            ("# A\n\n- x\n  - y\n", Problem::Unsupported("a list in a list")),
            ("# A\n\n![x](y)\n", Problem::Unsupported("an image")),
            ("# A\n\n> x\n", Problem::Unsupported("a quotation")),
            ("\n\nx\n", Problem::NoTitle),
        ] {
            let error = sections("x", text).unwrap_err();

            assert_eq!(error.problem, problem, "{text}");
            assert!(error.line >= 3, "{error}");
        }
        assert_eq!(sections("x", "## A\n").unwrap_err().problem, Problem::NoTitle);
    }
}
