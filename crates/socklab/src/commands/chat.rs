//! `socklab chat`: people who talk in raw lines, with anybody who reads and writes a socket.

use std::io::{self, IsTerminal};
use std::time::Duration;

use clap::ValueEnum;
use endpoints::chat::{Author, ChatConfig, LineEnd, Listening, Role, chat, mailbox};
use endpoints::listen::ListenAddress;
use endpoints::transport::Transport as Spoken;

use super::access::Access;
use super::family::Family;
use super::transport::Transport;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::prompt;
use crate::resolve::resolve;
use crate::signals::{self, Request};
use crate::typing::{self, Source};
use crate::usage;
use crate::value::{self, Local, Target, ValueError};
use crate::views::chat::{self as view, ChatView, Style};
use crate::words::Words;

/// The host of `:PORT`, and where a chat listens when nothing else is said.
const DEFAULT_HOST: &str = "localhost";
/// The practical's port.
const DEFAULT_PORT: u16 = 3500;

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each one is a flag of the command line")]
pub(crate) struct Args {
    pub(crate) transport: Transport,
    // Whom to talk with, or with `--listen` where to wait.
    target: Option<String>,
    #[arg(long, short)]
    pub(crate) listen: bool,
    #[arg(long, requires = "listen")]
    pub(crate) any: bool,
    #[arg(long, requires = "listen")]
    pub(crate) once: bool,
    #[arg(long, requires = "listen")]
    pub(crate) no_relay: bool,
    #[arg(long)]
    pub(crate) turns: bool,
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[arg(long, conflicts_with = "raw")]
    pub(crate) times: bool,
    #[arg(long)]
    pub(crate) raw: bool,
    #[arg(long)]
    pub(crate) line_end: Option<End>,
    #[arg(long, value_parser = value::datagram_size)]
    pub(crate) buffer: Option<usize>,
    #[arg(long, value_parser = value::time)]
    pub(crate) reply_timeout: Option<Duration>,
    #[arg(long, value_parser = value::time)]
    pub(crate) idle_timeout: Option<Duration>,
    #[command(flatten)]
    pub(crate) access: Access,
    #[command(flatten)]
    pub(crate) family: Family,
}

/// What stands at the end of a line that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum End {
    // A line feed.
    Lf,
    // A carriage return and a line feed.
    Crlf,
    // Nothing.
    None,
}

/// Talks until somebody ends it.
///
/// # Errors
///
/// A failure of usage: a name without an address, an address that cannot be had, a rule file that cannot be read.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    let config = args.config(words)?;
    let system = |call, error: &io::Error| Failure::system(words, Exit::Usage, call, "", error);
    let (typist, mailbox) = mailbox().map_err(|error| system("eventfd", &error))?;
    let signals = signals::listen(&[Request::Stop], {
        let typist = typist.clone();
        move |request| match request {
            Request::Stop => typist.stop(),
            Request::Reload | Request::Report => {}
        }
    })
    .map_err(|error| Failure::system(words, Exit::Usage, "sigaction", "SIGINT", &error))?;

    // Events in JSON are for a program, which a line that is edited would disturb.
    let edits = view::is_seen() && config.author == Author::Person && !context.json;
    let (source, above) = match edits.then(|| prompt::open(args.prompt())).flatten() {
        Some((prompt, above)) => (Source::Prompt(Box::new(prompt)), Some(above)),
        None => (Source::Stdin(config.author), None),
    };
    let style = args.style(&config);
    let mut view = ChatView::new(context, &config, style, above, typist.clone());
    typing::start(source, typist, words.chat_too_much_typed()).map_err(|error| system("clone", &error))?;
    let talked = chat(&config, mailbox, &mut view);
    let outcome = match talked {
        Ok(outcome) => outcome,
        Err(error) => {
            view.give_back();
            return Err(view::failure(&error, words));
        }
    };
    let exit = view.end(&outcome)?;
    signals.finish();
    Ok(exit)
}

impl Args {
    /// Decides what was left open, and finds the addresses.
    fn config(&self, words: &Words) -> Result<ChatConfig, Failure> {
        let transport = match self.transport {
            Transport::Udp => Spoken::Udp,
            Transport::Tcp => Spoken::Tcp,
        };
        let author = if io::stdin().is_terminal() { Author::Person } else { Author::Program };
        let config = if self.listen {
            let listening = Listening {
                addresses: self.addresses(words)?,
                access: self.access.sources(),
                once: self.once,
                relay: !self.no_relay,
            };
            ChatConfig { role: Role::Listen(listening), ..ChatConfig::listen(transport, Vec::new()) }
        } else {
            if !self.access.is_empty() {
                let message = words.usage_missing_argument("--listen");
                return Err(Failure::new(Exit::Usage, message).hint(words.hint_listen_only()));
            }
            let target = self.target(words)?;
            let peers = resolve(&target.host, target.port, self.family, words)?;
            ChatConfig::connect(transport, peers)
        };
        // In turns a message is what `input()` would give.
        let default_end = if self.turns { LineEnd::None } else { LineEnd::Lf };
        Ok(ChatConfig {
            turns: self.turns,
            author,
            line_end: self.line_end.map_or(default_end, LineEnd::from),
            name: self.name.clone(),
            buffer_bytes: self.buffer.unwrap_or(config.buffer_bytes),
            idle_timeout: self.idle_timeout,
            reply_timeout: self.reply_timeout,
            ..config
        })
    }

    fn target(&self, words: &Words) -> Result<Target, Failure> {
        match &self.target {
            None => Ok(Target::default()),
            Some(text) => text.parse().map_err(|error| wrong_target(text, &error, words)),
        }
    }

    /// Where to wait for peers.
    fn addresses(&self, words: &Words) -> Result<Vec<ListenAddress>, Failure> {
        let text = self.target.clone().unwrap_or_default();
        let named =
            if text.is_empty() || text.starts_with(':') { format!("{DEFAULT_HOST}{text}") } else { text };
        let local: Local = named.parse().map_err(|error| wrong_target(&named, &error, words))?;
        let port = local.port.unwrap_or(DEFAULT_PORT);
        let is_default = local.host.eq_ignore_ascii_case(DEFAULT_HOST);
        if self.any && !is_default {
            let message = words.usage_conflict("--any", named);
            return Err(Failure::new(Exit::Usage, message).hint(words.hint_any_port()));
        }
        let mut addresses = match (self.any, is_default) {
            (true, _) => ListenAddress::any(port),
            (false, true) => ListenAddress::localhost(port),
            (false, false) => {
                let found = resolve(&local.host, port, self.family, words)?;
                found.into_iter().map(|address| ListenAddress { address, optional: false }).collect()
            }
        };
        addresses.retain(|listen| self.family.admits(listen.address));
        for listen in &mut addresses {
            // The only family there is must work.
            listen.optional &= !self.family.ipv6;
        }
        Ok(addresses)
    }

    /// What stands before the line that is edited.
    fn prompt(&self) -> String {
        match &self.name {
            Some(name) => format!("{name}> "),
            None => "> ".to_owned(),
        }
    }

    /// How lines are written: for a person to read, or byte for byte for whatever reads them.
    fn style(&self, config: &ChatConfig) -> Style {
        let several = matches!(&config.role, Role::Listen(listening) if !listening.once);
        let is_seen = view::is_seen();
        Style {
            is_raw: self.raw || (!is_seen && !several && !self.times),
            is_escaped: is_seen,
            names_speaker: several,
            has_times: self.times,
        }
    }
}

impl From<End> for LineEnd {
    fn from(end: End) -> Self {
        match end {
            End::Lf => Self::Lf,
            End::Crlf => Self::CrLf,
            End::None => Self::None,
        }
    }
}

fn wrong_target(text: &str, error: &ValueError, words: &Words) -> Failure {
    let argument = words.help("help-chat-target.value").unwrap_or_default();
    usage::wrong_value(words, &argument, text, error)
}
