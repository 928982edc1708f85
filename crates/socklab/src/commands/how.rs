//! The ways of exercise 2.5.4, as `send` and `serve` take them.

use clap::ValueEnum;
use endpoints::ways::{Delimiter, Way};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::value;
use crate::words::Words;

/// The value of `--how`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum How {
    // Each item ends at a delimiter.
    Delimiter,
    // Each item comes behind its length.
    Length,
    // Each item comes behind its type and its length.
    Tlv,
    // The texts and the files take a connection each.
    TwoConnections,
    // Only the end of the connection is marked.
    Close,
}

/// The flags that choose a way.
#[derive(Debug, clap::Args)]
pub(crate) struct Choice {
    #[arg(long)]
    pub(crate) how: Option<How>,
    #[arg(long, value_parser = value::delimiter, requires = "how")]
    pub(crate) delimiter: Option<Delimiter>,
}

impl Choice {
    /// The way that was chosen; none when a session is meant.
    ///
    /// # Errors
    ///
    /// A failure of usage: a delimiter, and another way than the one that has it.
    pub(crate) fn way(&self, words: &Words) -> Result<Option<Way>, Failure> {
        let Some(how) = self.how else { return Ok(None) };
        let way = match how {
            How::Delimiter => return Ok(Some(Way::Delimiter(self.delimiter.clone().unwrap_or_default()))),
            How::Length => Way::Length,
            How::Tlv => Way::Tlv,
            How::TwoConnections => Way::TwoConnections,
            How::Close => Way::Close,
        };
        if self.delimiter.is_some() {
            return Err(Failure::new(Exit::Usage, words.ways_delimiter_alone("--delimiter"))
                .hint(words.hint_delimiter_alone()));
        }
        Ok(Some(way))
    }
}
