//! The texts of experiments and of requirements: Markdown beside the code that it is about, in a fixed structure.
//!
//! A text is read into [`Section`]s, of which [`Document`] makes what an experiment says. What the texts mean on a screen or on a
//! page, the views decide. `docs/howto/add-an-experiment.md` shows the structure.

mod document;
mod parse;

pub use self::document::{Document, Named, Piece, Prediction};
pub use self::parse::sections;

use std::fmt;

use crate::experiments::State;

/// A part of a text, under a heading that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// 1 is the title of the text.
    pub level: u8,
    /// The name of the heading: `{#question}`. The title needs none.
    pub id: Option<String>,
    /// The heading.
    pub title: Vec<Span>,
    /// What is under it, up to the next heading of any level.
    pub parts: Vec<Part>,
    /// The line of the heading, from 1.
    pub line: usize,
}

/// A paragraph, an item of a list, or a piece of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it begins with: `{#option}`, `{#claim:differs}`.
    pub marker: Option<Marker>,
    /// What it is.
    pub kind: Kind,
    /// What it says. Of code, the one [`Span::Code`].
    pub spans: Vec<Span>,
    /// Its first line, from 1.
    pub line: usize,
}

/// What a part is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A paragraph.
    Paragraph,
    /// An item of a list.
    Item,
    /// A block of code, with its language as the fence names it.
    Code(String),
}

/// The name that a part begins with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Marker {
    /// The name.
    pub id: String,
    /// What follows it, behind a colon.
    pub variant: Option<String>,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Words.
    Text(String),
    /// Words that matter.
    Strong(String),
    /// Words that are said with a stress.
    Emphasis(String),
    /// What a program or a person types.
    Code(String),
    /// A way to somewhere else.
    Link {
        /// What it says.
        text: String,
        /// To where.
        url: String,
    },
    /// A value of the claim that the part is about, by its name: `{port}`.
    Value(String),
}

/// Why a text cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct TextError {
    /// Which text: `echo_udp/en.md`.
    pub file: String,
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Something that the texts do not have: tables, images, HTML, lists in lists.
    #[error("{0} has no place here")]
    Unsupported(&'static str),
    /// Something stands before the title, or the text has none.
    #[error("the text must begin with a title: # …")]
    NoTitle,
    /// A heading of the second level has no name, or one that means nothing here.
    #[error("no such section: {0:?}")]
    NoSuchSection(String),
    /// A section is missing.
    #[error("the section {{#{0}}} is missing")]
    Missing(&'static str),
    /// A section, an option, a scene or a claim's part is there twice.
    #[error("{{#{0}}} is there twice")]
    Twice(String),
    /// A part of a list must begin with a name.
    #[error("this must begin with {{#…}}")]
    NoMarker,
    /// A name that nothing has.
    #[error("there is no {0}")]
    Unknown(Marker),
    /// A value stands where no claim could have one, or one that the claim does not have.
    #[error("there is no value {{{0}}} here")]
    NoValue(String),
    /// A number stands where only measured ones may.
    #[error("a figure that was not measured: {0}")]
    Figure(String),
    /// Something that exists has no part that says so.
    #[error("nothing says what {0} is")]
    Untold(Marker),
}

impl Marker {
    /// A name alone.
    pub fn named(id: &str) -> Self {
        Self { id: id.to_owned(), variant: None }
    }

    /// The part of a claim for one of its states.
    pub fn of_claim(id: &str, state: State) -> Self {
        let variant = match state {
            State::Holds => None,
            State::Differs => Some(DIFFERS),
            State::Unknown => Some(UNKNOWN),
        };
        Self { id: id.to_owned(), variant: variant.map(str::to_owned) }
    }

    /// The state of a claim for which its part is.
    pub fn state(&self) -> Option<State> {
        match self.variant.as_deref() {
            None => Some(State::Holds),
            Some(DIFFERS) => Some(State::Differs),
            Some(UNKNOWN) => Some(State::Unknown),
            Some(_) => None,
        }
    }
}

const DIFFERS: &str = "differs";
const UNKNOWN: &str = "unknown";

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.variant {
            Some(variant) => write!(f, "{{#{}:{variant}}}", self.id),
            None => write!(f, "{{#{}}}", self.id),
        }
    }
}
