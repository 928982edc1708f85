//! What a chat shows: what others say on standard output, everything else on standard error.
//!
//! Where somebody edits a line, both are shown above it. Text from outside reaches a terminal only when it cannot speak to
//! it; into a file or a pipe it goes byte for byte.

mod lines;
mod notes;

use std::io::{self, IsTerminal, Write};

use endpoints::ask::{Refusal, Verdict};
use endpoints::chat::{Author, ChatConfig, End, Event, Outcome, Role, Typist, Witness};
use endpoints::listen::StartError;
use endpoints::practical;
use endpoints::transport::Transport;
use wire::errno::ECONNREFUSED;

use self::lines::Heard;
pub(crate) use self::lines::Style;
use self::notes::Note;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json;
use crate::prompt::Above;
use crate::terminal;
use crate::views::start;
use crate::words::Words;

/// The view of one chat.
pub(crate) struct ChatView<'a> {
    context: &'a Context,
    config: &'a ChatConfig,
    heard: Heard,
    above: Option<Above>,
    /// Who is told to stop when nobody reads what is shown.
    typist: Typist,
    failed: Option<io::Error>,
}

impl<'a> ChatView<'a> {
    /// Makes the view of a chat in which lines are shown above one that is edited, if `above` says how.
    pub(crate) fn new(
        context: &'a Context,
        config: &'a ChatConfig,
        style: Style,
        above: Option<Above>,
        typist: Typist,
    ) -> Self {
        Self { context, config, heard: Heard::new(style), above, typist, failed: None }
    }

    /// Gives the terminal back as it was.
    pub(crate) fn give_back(&mut self) {
        if let Some(above) = self.above.take() {
            above.leave();
        }
    }

    /// Gives the terminal back, and says how the talk ended.
    ///
    /// # Errors
    ///
    /// A failure to write to standard output, which says nothing when the reader has gone.
    pub(crate) fn end(mut self, outcome: &Outcome) -> Result<Exit, Failure> {
        self.give_back();
        if let Some(error) = self.failed {
            return Err(Failure::stdout(&self.context.words, &error));
        }
        let exit = exit(outcome, self.config.author);
        if !self.context.json {
            self.say_end(outcome);
        }
        Ok(exit)
    }

    fn say_end(&self, outcome: &Outcome) {
        let words = &self.context.words;
        let Some(line) = notes::end(words, outcome) else { return };
        terminal::tell(&line);
        if !self.context.quiet
            && let Some(hint) = hint(words, self.config, outcome)
        {
            terminal::tell(&words.hint(hint));
        }
    }

    fn write(&mut self, text: &[u8]) {
        if text.is_empty() || self.failed.is_some() {
            return;
        }
        let written = if let Some(above) = &mut self.above {
            above.show(&String::from_utf8_lossy(text))
        } else {
            let mut stdout = io::stdout().lock();
            stdout.write_all(text).and_then(|()| stdout.flush())
        };
        if let Err(error) = written {
            self.failed = Some(error);
            self.typist.stop();
        }
    }

    fn tell_note(&mut self, line: &str) {
        match &mut self.above {
            Some(above) if above.shows_errors() => self.write(format!("{line}\n").as_bytes()),
            _ => terminal::tell(line),
        }
    }
}

impl Witness for ChatView<'_> {
    fn tell(&mut self, event: &Event<'_>) {
        if self.context.json {
            let line = json::line(self.context.started.elapsed(), event);
            return self.write(format!("{line}\n").as_bytes());
        }
        let (shown, aside) = self.heard.show(event, &self.context.words);
        self.write(&shown);
        let aside = aside.map(Note::Attention);
        for note in [aside, notes::note(&self.context.words, self.config, event)].into_iter().flatten() {
            match note {
                Note::Conversation(_) if self.context.quiet => {}
                Note::Conversation(line) | Note::Attention(line) => self.tell_note(&line),
            }
        }
    }
}

/// How a chat exits.
fn exit(outcome: &Outcome, author: Author) -> Exit {
    match &outcome.end {
        End::Network(Verdict::Silent { .. }) => Exit::Silence,
        End::Network(Verdict::Denied { .. }) => Exit::Denied,
        End::Network(_) => Exit::Network,
        // What a program gave to be said was not all said.
        _ if outcome.not_sent > 0 && author == Author::Program => Exit::Integrity,
        End::Quit | End::PeerLeft | End::InputEnded | End::Stopped => Exit::Done,
    }
}

/// What to try when a talk could not be.
fn hint(words: &Words, config: &ChatConfig, outcome: &Outcome) -> Option<String> {
    let Role::Connect(peers) = &config.role else { return None };
    let peer = peers.last()?;
    match &outcome.end {
        End::Network(Verdict::Refused { by }) => {
            let errno = match by {
                Refusal::Icmp { errno, .. } | Refusal::Kernel { errno } => errno.0,
            };
            match errno {
                ECONNREFUSED => Some(words.hint_start_chat(config.transport, peer.port())),
                _ => Some(words.hint_no_route(peer.ip())),
            }
        }
        End::Network(Verdict::Silent { .. }) if config.transport == Transport::Tcp && outcome.peers == 0 => {
            Some(words.hint_silent_handshake(peer.port()))
        }
        _ => None,
    }
}

/// Says why a chat could not begin.
pub(crate) fn failure(error: &StartError, words: &Words) -> Failure {
    if let StartError::Socket { call, transport, address, source } = error
        && source.kind() == io::ErrorKind::AddrInUse
    {
        let object = format!("{address} ({transport})");
        let other = if address.port() == practical::PORT { practical::PORT + 1 } else { practical::PORT };
        return Failure::system(words, Exit::Usage, call, object, source)
            .hint(words.hint_chat_port(address.port(), other));
    }
    start::failure(error, words)
}

/// Whether standard output is seen by a person.
pub(crate) fn is_seen() -> bool {
    io::stdout().is_terminal()
}
