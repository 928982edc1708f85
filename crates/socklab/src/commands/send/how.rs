//! `socklab send --how`: the raw ways of exercise 2.5.4, without a session and without a key.

use std::path::Path;

use endpoints::ways::{ITEM_BYTES_MAX, ITEMS_MAX, Name, Payload, SendConfig, TIMEOUT, Verdict, Way, send};

use super::Args;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input;
use crate::resolve::resolve;
use crate::signals;
use crate::views::ways::send::{self as view, SendView};
use crate::words::Words;

/// Sends the items, says what arrived and whether the way held.
///
/// # Errors
///
/// A failure of usage: nothing to send, a file that cannot be read, a name without an address.
pub(super) fn run(way: Way, args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    let config = args.config(way, context)?;
    let (stop, signals) = signals::wake_on_stop(words)?;

    let mut view = SendView::new(context, &config);
    let outcome = send(&config, &stop, &mut |event| view.tell(event));
    let outcome = outcome.map_err(|error| view::failure(&error, words))?;
    view.end()?;
    if outcome.verdict == Verdict::Interrupted {
        signals.finish();
    }
    Ok(view::exit(&outcome.verdict))
}

impl Args {
    /// Decides what was left open, reads the files, and finds the addresses.
    fn config(&self, way: Way, context: &Context) -> Result<SendConfig, Failure> {
        let words = &context.words;
        self.check_items(&way, words)?;
        let target = self.target.clone().unwrap_or_default();
        let peers = resolve(&target.host, target.port, self.family, words)?;
        let texts = self.text.iter().map(|text| Ok(Payload::text(text)));
        let files = self.file.iter().map(|file| read(file, context));
        Ok(SendConfig {
            way,
            peers,
            payloads: texts.chain(files).collect::<Result<_, Failure>>()?,
            timeout: self.timeout.unwrap_or(TIMEOUT),
            between: self.between,
        })
    }

    /// Refuses what cannot be sent in this way.
    fn check_items(&self, way: &Way, words: &Words) -> Result<(), Failure> {
        let (texts, files) = (self.text.len(), self.file.len());
        let help = || words.hint_see_help("socklab send --help");
        if texts + files == 0 {
            let missing = words.usage_missing_argument("--text, --file");
            return Err(Failure::new(Exit::Usage, missing).hint(help()));
        }
        if texts + files > ITEMS_MAX {
            return Err(Failure::new(Exit::Usage, words.ways_too_many(ITEMS_MAX)).hint(help()));
        }
        let longest = self.text.iter().map(String::len).max().unwrap_or(0);
        if longest as u64 > ITEM_BYTES_MAX {
            return Err(too_long("--text", words));
        }
        if *way == Way::TwoConnections && (texts == 0 || files == 0) {
            return Err(Failure::new(Exit::Usage, words.ways_needs_both(way.name())).hint(help()));
        }
        Ok(())
    }
}

/// Reads a file. A name that none may have here is left out, as that of standard input is.
fn read(file: &Path, context: &Context) -> Result<Payload, Failure> {
    let bytes = input::read(file, context)?;
    if bytes.len() as u64 > ITEM_BYTES_MAX {
        return Err(too_long(file.display(), &context.words));
    }
    let name = if file == Path::new(input::STDIN) { None } else { file.file_name() };
    Ok(Payload::file(name.and_then(|name| Name::new(name.to_str()?)), bytes))
}

fn too_long(what: impl std::fmt::Display, words: &Words) -> Failure {
    let help = words.hint_see_help("socklab send --help");
    Failure::new(Exit::Usage, words.ways_too_long(what, ITEM_BYTES_MAX)).hint(help)
}
