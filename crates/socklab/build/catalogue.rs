//! One language's messages: which there are, and which arguments each one takes.
//!
//! Two kinds of message share a file. An ordinary one becomes a method of `Words` with its arguments. One whose key
//! begins with `help-` describes a command or an argument, is looked up by that key when the command tree is built,
//! takes no arguments and may have attributes. References to other messages or to terms are refused: with them, the
//! arguments of a message would no longer stand where the message stands.
//!
//! A message has a number, its place in the order of the keys, and it is by that number that `Words` finds where in
//! the file it stands: so a run of the program parses the few messages that it says, and not the file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use fluent_syntax::ast::{
    Entry, Expression, InlineExpression, Message, Pattern, PatternElement, Resource, Variant, VariantKey,
};
use fluent_syntax::{parser, serializer};

/// The keys that begin so are texts of help.
const HELP: &str = "help-";

/// What a number may select, beside a literal: CLDR's plural categories.
const PLURALS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// The messages of one language by key.
#[derive(Debug)]
pub(crate) struct Catalogue(BTreeMap<String, Words>);

/// What the build knows of one message.
#[derive(Debug, Default)]
struct Words {
    /// The text as its translator wrote it.
    text: String,
    /// The bytes of the file from its key to the next one's, comments in between included.
    span: (u32, u32),
    /// The arguments in the order in which they appear.
    arguments: Vec<String>,
    /// Those among the arguments that choose a plural.
    numbers: BTreeSet<String>,
    attributes: BTreeSet<String>,
}

impl Catalogue {
    /// Reads a Fluent file.
    ///
    /// # Errors
    ///
    /// What does not follow the syntax, a key used twice, and whatever the module's documentation says is refused;
    /// the message names the key.
    pub(crate) fn parse(source: &str) -> Result<Self, String> {
        let resource = parser::parse(source).map_err(|(_, errors)| {
            let errors: Vec<String> = errors
                .iter()
                .map(|error| format!("line {}: {error}", line_of(source, error.pos.start)))
                .collect();
            errors.join("; ")
        })?;
        let mut catalogue = Self(BTreeMap::new());
        let mut end = position(source.len())?;
        // From the last one to the first, since each ends where the next one begins.
        for entry in resource.body.into_iter().rev() {
            let message = match entry {
                Entry::Message(message) => message,
                Entry::Term(term) => return Err(format!("-{}: a term", term.id.name)),
                _ => continue,
            };
            // The parser copies nothing, so a key is a part of the file.
            let start = position(message.id.name.as_ptr().addr() - source.as_ptr().addr())?;
            catalogue.insert(message, (start, end))?;
            end = start;
        }
        Ok(catalogue)
    }

    fn insert(&mut self, message: Message<&str>, span: (u32, u32)) -> Result<(), String> {
        let key = message.id.name.to_owned();
        let words = Words::read(message, span).map_err(|problem| format!("{key}: {problem}"))?;
        match self.0.insert(key.clone(), words) {
            Some(_) => Err(format!("{key}: stands twice")),
            None => Ok(()),
        }
    }

    /// Lists what this language, English, and Spanish do not share: keys, arguments and attributes.
    pub(crate) fn differences(&self, spanish: &Self) -> Vec<String> {
        let keys: BTreeSet<&String> = self.0.keys().chain(spanish.0.keys()).collect();
        keys.into_iter()
            .filter_map(|key| match (self.0.get(key), spanish.0.get(key)) {
                (Some(ours), Some(theirs)) => {
                    ours.difference(theirs).map(|difference| format!("{key}: {difference}"))
                }
                (Some(_), None) => Some(format!("{key}: missing in Spanish")),
                (None, _) => Some(format!("{key}: missing in English")),
            })
            .collect()
    }

    /// Writes the Rust source of the methods of `Words`, of the places of the messages and of the list of help keys.
    ///
    /// English gives the order of the arguments and the documentation. An argument is a number when either language
    /// chooses a plural by it. Both languages have the same keys, so a message has the same number in both.
    pub(crate) fn rust(&self, spanish: &Self) -> String {
        let mut methods = String::new();
        let mut help_keys = String::new();
        for (number, (key, words)) in self.0.iter().enumerate() {
            if key.starts_with(HELP) {
                let _ = writeln!(help_keys, "    {key:?},");
            } else {
                let spanish_numbers = spanish.0.get(key).map(|words| &words.numbers);
                methods.push_str(&words.method(key, number, spanish_numbers));
            }
        }
        format!(
            "impl Words {{\n{methods}}}\n\n\
             /// How many messages there are, in each language.\n\
             const MESSAGES: usize = {messages};\n\n\
             {english}{spanish}\
             /// Every key that describes a command or an argument.\n\
             #[cfg(test)]\n\
             pub(crate) const HELP_KEYS: &[&str] = &[\n{help_keys}];\n",
            messages = self.0.len(),
            english = self.spans("ENGLISH"),
            spanish = spanish.spans("SPANISH"),
        )
    }

    /// Writes where each message stands; numbers and no pointers, which the loader would have to correct at each start.
    fn spans(&self, language: &str) -> String {
        let spans: Vec<(u32, u32)> = self.0.values().map(|words| words.span).collect();
        format!(
            "/// From which byte of its file to which one each message stands, in the order of the keys.\n\
             #[expect(clippy::unreadable_literal, reason = \"nobody reads them\")]\n\
             static {language}_SPANS: [(u32, u32); MESSAGES] = {spans:?};\n\n"
        )
    }
}

impl Words {
    fn read(message: Message<&str>, span: (u32, u32)) -> Result<Self, String> {
        let is_help = message.id.name.starts_with(HELP);
        let mut words = Self { span, ..Self::default() };
        words.visit(message.value.as_ref().ok_or("no text")?)?;
        for attribute in &message.attributes {
            words.visit(&attribute.value)?;
            words.attributes.insert(attribute.id.name.to_owned());
        }
        if is_help && !words.arguments.is_empty() {
            return Err("help takes no arguments".to_owned());
        }
        if !is_help && !words.attributes.is_empty() {
            return Err("only help has attributes".to_owned());
        }
        words.text = source(message);
        Ok(words)
    }

    fn visit(&mut self, pattern: &Pattern<&str>) -> Result<(), String> {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { .. } => {}
                PatternElement::Placeable { expression } => self.visit_expression(expression)?,
            }
        }
        Ok(())
    }

    fn visit_expression(&mut self, expression: &Expression<&str>) -> Result<(), String> {
        match expression {
            Expression::Inline(inline) => self.visit_inline(inline),
            Expression::Select { selector, variants } => {
                self.visit_inline(selector)?;
                if let InlineExpression::VariableReference { id } = selector
                    && variants.iter().all(chooses_by_number)
                {
                    self.numbers.insert(id.name.to_owned());
                }
                variants.iter().try_for_each(|variant| self.visit(&variant.value))
            }
        }
    }

    fn visit_inline(&mut self, inline: &InlineExpression<&str>) -> Result<(), String> {
        match inline {
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => Ok(()),
            InlineExpression::VariableReference { id } => {
                if !self.arguments.iter().any(|argument| argument == id.name) {
                    self.arguments.push(id.name.to_owned());
                }
                Ok(())
            }
            InlineExpression::Placeable { expression } => self.visit_expression(expression),
            InlineExpression::FunctionReference { id, .. }
            | InlineExpression::MessageReference { id, .. }
            | InlineExpression::TermReference { id, .. } => Err(format!("a reference to {}", id.name)),
        }
    }

    fn difference(&self, spanish: &Self) -> Option<String> {
        let ours: BTreeSet<_> = self.arguments.iter().collect();
        let theirs: BTreeSet<_> = spanish.arguments.iter().collect();
        if ours != theirs {
            return Some(format!("arguments {ours:?} in English, {theirs:?} in Spanish"));
        }
        (self.attributes != spanish.attributes).then(|| {
            format!("attributes {:?} in English, {:?} in Spanish", self.attributes, spanish.attributes)
        })
    }

    /// Writes the method that says this message, by its number.
    fn method(&self, key: &str, number: usize, spanish_numbers: Option<&BTreeSet<String>>) -> String {
        let mut parameters = String::new();
        let mut values = String::new();
        for argument in &self.arguments {
            let is_number = self.numbers.contains(argument)
                || spanish_numbers.is_some_and(|numbers| numbers.contains(argument));
            let parameter = identifier(argument);
            let (kind, value) = if is_number {
                ("u64", parameter.clone())
            } else {
                ("impl std::fmt::Display", format!("{parameter}.to_string()"))
            };
            let _ = write!(parameters, ", {parameter}: {kind}");
            let _ = write!(values, "({argument:?}, {value}.into()), ");
        }
        let mut doc = String::new();
        for line in self.text.lines() {
            let _ = writeln!(doc, "    /// {line}");
        }
        format!(
            "    /// ```text\n{doc}    /// ```\n    \
             pub(crate) fn {name}(&self{parameters}) -> String {{\n        \
             self.say({number}, [{values}])\n    }}\n\n",
            name = identifier(key),
        )
    }
}

fn chooses_by_number(variant: &Variant<&str>) -> bool {
    match variant.key {
        VariantKey::NumberLiteral { .. } => true,
        VariantKey::Identifier { name } => PLURALS.contains(&name),
    }
}

fn identifier(key: &str) -> String {
    key.replace('-', "_")
}

/// Returns a message as Fluent source, without its comment.
fn source(message: Message<&str>) -> String {
    serializer::serialize(&Resource { body: vec![Entry::Message(Message { comment: None, ..message })] })
}

fn position(byte: usize) -> Result<u32, String> {
    u32::try_from(byte).map_err(|_| "a file of words beyond 4 GiB".to_owned())
}

/// Returns the number of the line that holds a position, counting from 1.
fn line_of(source: &str, position: usize) -> usize {
    let before = source.bytes().take(position);
    before.filter(|byte| *byte == b'\n').count() + 1
}
