//! What a message server tells: texts and what was done on standard output, the rest of the conversation on standard error; or
//! JSON Lines. Nothing that came from outside is written to a terminal as it came.

use endpoints::events::EventReader;
use endpoints::messages::inbox::InboxError;
use endpoints::messages::serve::{CloseReason, Event, NotStored, RefusedWhy, ServeError, Summary, Who};

use super::exec::how_and_why;
use super::printable::printable;
use super::server::{Line, Teller};
use super::session::explain_code;
use super::{key, start};
use crate::context::Context;
use crate::errno;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::words::Words;

/// The view of one server.
pub(crate) struct ServeView<'a> {
    context: &'a Context,
}

impl<'a> ServeView<'a> {
    pub(crate) fn new(context: &'a Context) -> Self {
        Self { context }
    }

    /// Tells events as they come, up to the last one, the summary.
    ///
    /// # Errors
    ///
    /// A failure to write to standard output, which says nothing when the reader has gone.
    pub(crate) fn tell_all(&self, reader: &EventReader<Event>) -> Result<(), Failure> {
        let line = |event: &Event| self.line(event);
        Teller { context: self.context, line }.tell_all(reader, |event| matches!(event, Event::Summary(_)))
    }

    fn line(&self, event: &Event) -> Line {
        let words = &self.context.words;
        match event {
            Event::Listening { transport, local } => {
                Line::Data(words.echo_listening(format!("{local} ({transport})")))
            }
            Event::AddressSkipped { transport, local, errno } => Line::Attention(words.echo_address_skipped(
                local,
                transport,
                errno::explain_number(words, errno.0),
            )),
            Event::Serving { keys, plain, inbox } => {
                Line::Data(serving(words, *keys, *plain, inbox.as_deref()))
            }
            Event::StopAsked(who) => Line::Attention(words.serve_stop_asked(from(who))),
            Event::Stopping { sessions, streams } => {
                Line::Note(words.serve_stopping(*sessions as u64, *streams as u64))
            }
            Event::Reloaded { keys, rules } => Line::Note(words.serve_reloaded(*keys as u64, *rules as u64)),
            Event::ReloadFailed { error } => {
                Line::Attention(words.serve_reload_failed(failure(&error.0, words).message()))
            }
            Event::AcceptFailed { errno } => {
                Line::Attention(words.echo_accept_stalled(errno::explain_number(words, errno.0)))
            }
            Event::Lost { events } => Line::Attention(words.echo_lost(*events)),
            Event::Report(summary) => Line::Attention(summary_line(words, summary)),
            Event::Summary(summary) => Line::Note(summary_line(words, summary)),
            event => self.session_line(event),
        }
    }

    /// Who comes and goes, and who is not let in.
    fn session_line(&self, event: &Event) -> Line {
        let words = &self.context.words;
        match event {
            Event::Denied { who, what, result } => {
                Line::Attention(words.serve_denied(from(who), what, explain_code(*result, words)))
            }
            Event::Refused { peer, transport, why } => {
                Line::Attention(words.serve_refused(peer, transport, refused(words, why)))
            }
            Event::RefusedMore { refusals } => Line::Attention(words.serve_refused_more(*refusals)),
            Event::Opened(who) if self.context.verbose => {
                Line::Note(words.serve_opened(from(who), who.transport))
            }
            Event::Closed { who, reason, received_bytes, sent_bytes } => {
                let is_expected = matches!(reason, CloseReason::Done | CloseReason::ServerStopped);
                if is_expected && !self.context.verbose {
                    return Line::None;
                }
                Line::Note(words.serve_closed(
                    from(who),
                    closed(words, *reason),
                    *received_bytes,
                    *sent_bytes,
                ))
            }
            event => self.request_line(event),
        }
    }

    /// What clients ask for: texts, rooms, files and commands.
    fn request_line(&self, event: &Event) -> Line {
        let words = &self.context.words;
        match event {
            Event::Text { who, text, .. } => Line::Data(words.serve_text(from(who), printable(text))),
            Event::Joined { who, room, name } => {
                Line::Data(words.serve_joined(from(who), printable(name), printable(room)))
            }
            Event::Left { who, room, name } => {
                Line::Data(words.serve_left(from(who), printable(name), printable(room)))
            }
            Event::Said { who, room, name, bytes } => {
                Line::Data(words.serve_said(from(who), printable(name), *bytes as u64, printable(room)))
            }
            Event::FileStarted { who, name, bytes, from_bytes } if *from_bytes > 0 => {
                Line::Note(words.serve_file_resumed(from(who), printable(name), *bytes, *from_bytes))
            }
            Event::FileStored { who, name, stored, bytes, already, .. } => {
                let line = words.serve_file_stored(from(who), printable(name), *bytes, printable(stored));
                Line::Data(if *already { format!("{line} {}", words.serve_file_already()) } else { line })
            }
            Event::FileFailed { who, name, result } => {
                let why = match result {
                    NotStored::Cut => words.serve_closed_cut(),
                    NotStored::Result(code) => explain_code(*code, words),
                };
                Line::Attention(words.serve_file_failed(from(who), printable(name), why))
            }
            Event::ExecStarted { who, command, pid, .. } => {
                Line::Data(words.serve_exec_started(from(who), printable(&command.join(" ")), pid))
            }
            Event::ExecEnded { who, command, ended } => Line::Data(words.serve_exec_ended(
                from(who),
                printable(&command.join(" ")),
                how_and_why(ended, words),
            )),
            _ => Line::None,
        }
    }
}

/// Who it was: the name of the key, and from where.
fn from(who: &Who) -> String {
    match &who.key {
        Some(key) => format!("{key} ({})", who.peer),
        None => who.peer.to_string(),
    }
}

fn serving(words: &Words, keys: usize, plain: bool, inbox: Option<&str>) -> String {
    let inbox = match inbox {
        Some(inbox) => words.serve_inbox(inbox),
        None => words.serve_no_inbox(),
    };
    let plain = if plain { words.serve_plain() } else { words.serve_sealed() };
    words.serve_ready(keys as u64, plain, inbox)
}

fn refused(words: &Words, why: &RefusedWhy) -> String {
    match why {
        RefusedWhy::Key { key_id } => words.serve_refused_key(key_id),
        RefusedWhy::Plain => words.serve_refused_plain(),
        RefusedWhy::Busy => words.serve_refused_busy(),
        RefusedWhy::Stopping => words.serve_refused_stopping(),
        RefusedWhy::Malformed => words.refused_malformed(),
        RefusedWhy::Access { rule: Some(rule) } => words.echo_rule_denied(rule),
        RefusedWhy::Access { rule: None } => words.echo_rule_not_allowed(),
    }
}

fn closed(words: &Words, reason: CloseReason) -> String {
    match reason {
        CloseReason::Done => words.serve_closed_done(),
        CloseReason::Cut => words.serve_closed_cut(),
        CloseReason::Silent => words.serve_closed_silent(),
        CloseReason::Protocol => words.serve_closed_protocol(),
        CloseReason::ServerStopped => words.echo_closed_stopped(),
    }
}

fn summary_line(words: &Words, summary: &Summary) -> String {
    let Summary { sessions, refused, texts, files, file_bytes, commands, denied, .. } = *summary;
    let mut parts = vec![words.serve_summary(sessions, texts, files, file_bytes, commands)];
    for (count, text) in
        [(refused, words.echo_summary_refused(refused)), (denied, words.serve_summary_denied(denied))]
    {
        if count > 0 {
            parts.push(text);
        }
    }
    parts.join("; ")
}

/// Why the server could not start.
pub(crate) fn failure(error: &ServeError, words: &Words) -> Failure {
    match error {
        ServeError::Start(error) => start::failure(error, words),
        ServeError::Keys(error) => key::failure(error, words),
        ServeError::Inbox(InboxError::System(error)) => {
            Failure::system(words, Exit::Usage, error.call, &error.object, &error.source)
                .hint(words.hint_inbox())
        }
        ServeError::Inbox(InboxError::InUse { path }) => {
            Failure::new(Exit::Usage, words.serve_inbox_in_use(path.display())).hint(words.hint_inbox())
        }
        ServeError::Inbox(InboxError::NotOurs { path, owner }) => {
            Failure::new(Exit::Usage, words.serve_inbox_not_ours(path.display(), owner))
                .hint(words.hint_inbox())
        }
    }
}
