//! `socklab chat --room`: a place in a room of a message server, through a session.

use std::io::{self, BufRead, IsTerminal, Read};
use std::thread;

use endpoints::messages::client::room::{Heard, JoinError, Room, join};
use tokio::sync::mpsc;
use wire::message::{LINE_BYTES_MAX, NAME_BYTES_MAX, ResultCode, is_name};

use super::Args;
use crate::commands::remote::{Remote, Working};
use crate::commands::transport::Transport;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::prompt::{self, Edited, Prompt};
use crate::signals;
use crate::views::chat::is_seen;
use crate::views::chat::room::RoomView;
use crate::views::session as view;

/// What ends a talk when it is typed on a line of its own.
const QUIT: &str = "/quit";
/// How many typed lines wait to be said; with more, typing waits.
const TYPED_LINES_MAX: usize = 16;

/// Talks in the room until somebody ends it.
///
/// # Errors
///
/// A failure of usage, of the network or of denial.
pub(super) fn run(room: &str, args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    let who = args.name.clone().ok_or_else(|| {
        Failure::new(Exit::Usage, words.usage_missing_argument("--name")).hint(words.hint_room_name())
    })?;
    for name in [room, &who] {
        if !is_name(name) {
            return Err(Failure::new(Exit::Usage, words.room_wrong_name(NAME_BYTES_MAX)));
        }
    }
    let target = args.target(words)?;
    let remote = Remote { key: args.key.clone(), udp: matches!(args.transport, Transport::Udp) };
    let edits = is_seen() && io::stdin().is_terminal() && !context.json;
    let exit = Working::new(context)?.run(async {
        let session = remote.open(&target, args.family, None, words).await?;
        let joined = join(&session, room, &who).await;
        let joined = joined.map_err(|error| not_joined(&error, remote.has_key(), context))?;
        let (prompt, above) = match edits.then(|| prompt::open(args.prompt())).flatten() {
            Some((prompt, above)) => (Some(prompt), Some(above)),
            None => (None, None),
        };
        let mut view = RoomView::new(context, args.times, above);
        let (typed, lines) = mpsc::channel(TYPED_LINES_MAX);
        start_typing(prompt, typed)
            .map_err(|error| Failure::system(words, Exit::Usage, "clone", "", &error))?;
        view.joined(room, &who, &joined.there)?;
        let code = talk(joined, lines, &mut view, context).await;
        view.give_back();
        let code = code?;
        session.close().await;
        view.end(code)
    })?;
    Ok(exit.unwrap_or(Exit::Network))
}

fn not_joined(error: &JoinError, has_key: bool, context: &Context) -> Failure {
    let words = &context.words;
    match error {
        JoinError::Broken(error) => view::broken(error, words),
        JoinError::Refused(result) => {
            let message = words.room_refused(view::explain(result, words));
            view::hinted(Failure::new(view::exit(result.code), message), result.code, has_key, words)
        }
    }
}

/// Says what is typed and shows what is heard, until the place is given up or lost.
async fn talk(
    mut room: Room,
    mut lines: mpsc::Receiver<String>,
    view: &mut RoomView<'_>,
    context: &Context,
) -> Result<ResultCode, Failure> {
    let broken = |error: std::sync::Arc<_>| view::broken(&error, &context.words);
    let mut is_leaving = false;
    loop {
        tokio::select! {
            heard = room.hear() => match heard.map_err(broken)? {
                Heard::Over(code) => return Ok(code),
                heard => view.heard(&heard)?,
            },
            line = lines.recv(), if !is_leaving => {
                let said = if let Some(line) = &line { room.say(line).await } else { room.leave().await };
                said.map_err(broken)?;
                is_leaving = line.is_none();
            }
        }
    }
}

/// Reads lines on a thread of its own. It may wait for one for ever; the end of the program ends it.
fn start_typing(mut prompt: Option<Prompt>, typed: mpsc::Sender<String>) -> io::Result<()> {
    let read = move || {
        while let Some(line) = next_line(prompt.as_mut()) {
            if line == QUIT || typed.blocking_send(line).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("typing".to_owned()).spawn(read).map(drop)
}

/// Reads a line, or as much of it as can be said at once; none at the end.
fn next_line(prompt: Option<&mut Prompt>) -> Option<String> {
    if let Some(prompt) = prompt {
        return match prompt.edit() {
            Edited::Line(mut line) => {
                line.truncate(line.floor_char_boundary(LINE_BYTES_MAX));
                Some(line)
            }
            Edited::End => None,
            Edited::Interrupted => {
                signals::interrupt();
                None
            }
        };
    }
    let mut line = Vec::new();
    let read = io::stdin().lock().take(LINE_BYTES_MAX as u64).read_until(b'\n', &mut line);
    if read.is_err() || line.is_empty() {
        return None;
    }
    let text = String::from_utf8_lossy(&line);
    Some(text.trim_end_matches(['\r', '\n']).to_owned())
}
