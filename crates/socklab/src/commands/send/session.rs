//! `socklab send` through a session: any number of texts and files on one connection, each confirmed by its hash.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use endpoints::messages::client::Session;
use endpoints::messages::client::send::{Item, NotDelivered, send_file, send_text};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Stdin, stdin};
use wire::frame::PAYLOAD_BYTES_MAX;

use super::Args;
use crate::commands::remote::Working;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input;
use crate::views::send::{Bars, SendView};
use crate::words::Words;

/// Sends everything, and says of each item whether it has arrived.
///
/// # Errors
///
/// A failure of usage, of the network or of denial.
pub(super) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    let (texts, files) = items(args, words)?;
    let target = args.target.clone().unwrap_or_default();
    let exit = Working::new(context)?.run(async {
        let session = args.remote.open(&target, args.family, args.timeout, words).await?;
        let bars = Arc::new(Bars::new(context));
        let view = SendView::new(context, &bars, args.remote.has_key());
        // Texts do not wait for files: they pass them on the same connection.
        let (sent_texts, sent_files) =
            tokio::join!(send_texts(&session, &texts, &view), send_files(&session, &files, &bars, &view));
        sent_texts?;
        sent_files?;
        session.close().await;
        view.end()
    })?;
    Ok(exit.unwrap_or(Exit::Network))
}

/// What was asked to be sent, checked before anything is.
fn items(args: &Args, words: &Words) -> Result<(Vec<String>, Vec<Item>), Failure> {
    let help = || words.hint_see_help("socklab send --help");
    if args.text.is_empty() && args.file.is_empty() {
        let missing = words.usage_missing_argument("--text, --file");
        return Err(Failure::new(Exit::Usage, missing).hint(help()));
    }
    if args.text.iter().any(|text| text.len() > PAYLOAD_BYTES_MAX) {
        return Err(Failure::new(Exit::Usage, words.send_text_too_long(PAYLOAD_BYTES_MAX))
            .hint(words.hint_send_file()));
    }
    let files = args.file.iter().map(|path| file(path, words)).collect::<Result<_, _>>()?;
    Ok((args.text.clone(), files))
}

fn file(path: &Path, words: &Words) -> Result<Item, Failure> {
    let unfit = |message| Failure::new(Exit::Usage, message).hint(words.hint_see_help("socklab send --help"));
    let name = path.file_name().and_then(OsStr::to_str);
    let Some(name) = name else {
        return Err(unfit(words.send_no_name(path.display())));
    };
    let metadata = path.metadata();
    let metadata = metadata.map_err(|error| {
        Failure::system(words, Exit::Usage, "stat", path.display(), &error)
            .hint(words.hint_see_help("socklab send --help"))
    })?;
    if !metadata.is_file() {
        return Err(unfit(words.send_not_regular(path.display())));
    }
    Ok(Item { path: path.to_owned(), name: name.to_owned() })
}

/// Sends the texts, one after the other; `-` is each line of standard input as it comes.
async fn send_texts(session: &Session, texts: &[String], view: &SendView<'_>) -> Result<(), Failure> {
    for text in texts {
        if text != input::STDIN {
            view.text(text, send_text(session, text).await)?;
            continue;
        }
        let mut input = BufReader::new(stdin());
        while let Some(line) = next_line(&mut input, view).await? {
            view.text(&line, send_text(session, &line).await)?;
        }
    }
    Ok(())
}

/// Waits for a line of standard input; `None` at its end.
async fn next_line(input: &mut BufReader<Stdin>, view: &SendView<'_>) -> Result<Option<String>, Failure> {
    let mut line = String::new();
    // Room for the longest text, its line feed, and a byte that shows that it is longer.
    let room = PAYLOAD_BYTES_MAX as u64 + 2;
    let read = input.take(room).read_line(&mut line).await;
    read.map_err(|error| view.stdin_failed(&error))?;
    if line.is_empty() {
        return Ok(None);
    }
    let text = line.strip_suffix('\n').unwrap_or(&line);
    if text.len() > PAYLOAD_BYTES_MAX { Err(view.line_too_long()) } else { Ok(Some(text.to_owned())) }
}

/// Sends the files, one after the other: more at once would not be faster, and a cut would leave more of them in parts.
async fn send_files(
    session: &Session,
    files: &[Item],
    bars: &Arc<Bars>,
    view: &SendView<'_>,
) -> Result<(), Failure> {
    for item in files {
        let progress = Arc::clone(bars);
        let sent = send_file(session, &item.path, &item.name, progress).await;
        bars.clear();
        let is_over = matches!(sent, Err(NotDelivered::Broken(_)));
        view.file(item, sent)?;
        if is_over {
            return Ok(());
        }
    }
    Ok(())
}
