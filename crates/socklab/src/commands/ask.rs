//! `socklab ask`: the clients of the practical. They send, wait, print the reply and say what happened.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use endpoints::ask::{AskConfig, AskError, Hold, ask};
use endpoints::shaping::{Pause, Pauses};
use endpoints::transport::Transport as Spoken;
use kernel::wake::Wake;

use super::family::Family;
use super::transport::Transport;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input;
use crate::resolve::resolve;
use crate::signals;
use crate::usage;
use crate::value::{self, LocalAddress, Target, ValueError};
use crate::views::ask::{self as view, AskView, Tally};
use crate::words::Words;

/// How often a datagram is sent while nobody answers.
const TRIES_MAX: u32 = 100;
/// How many exchanges a client makes, one after the other.
const COUNT_MAX: u32 = 1_000_000;
/// How many clients ask at once; each is a thread.
const PARALLEL_MAX: u32 = 1024;

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each one is a flag of the command line")]
pub(crate) struct Args {
    pub(crate) transport: Transport,
    // Or the message, when it stands alone; see `Args::addressed`.
    target: Option<OsString>,
    #[arg(conflicts_with_all = ["message", "file", "empty"])]
    text: Option<OsString>,
    #[arg(long, conflicts_with_all = ["file", "empty"])]
    message: Option<OsString>,
    #[arg(long, conflicts_with = "empty")]
    pub(crate) file: Option<PathBuf>,
    #[arg(long)]
    pub(crate) empty: bool,
    #[arg(long, value_parser = value::time, conflicts_with = "no_timeout")]
    pub(crate) timeout: Option<Duration>,
    #[arg(long)]
    pub(crate) no_timeout: bool,
    #[arg(long, default_value = "1", value_parser = value::whole(1, TRIES_MAX))]
    pub(crate) tries: u32,
    #[arg(long)]
    pub(crate) connect: bool,
    #[arg(long, value_parser = value::size)]
    pub(crate) send_size: Option<usize>,
    #[arg(long, value_parser = value::size)]
    pub(crate) recv_size: Option<usize>,
    #[arg(long, value_parser = value::datagram_size)]
    pub(crate) buffer: Option<usize>,
    #[arg(long)]
    pub(crate) no_loop: bool,
    #[arg(long)]
    pub(crate) no_shutdown: bool,
    #[arg(long, default_value = "1", value_parser = value::whole(1, COUNT_MAX))]
    pub(crate) count: u32,
    #[arg(long, default_value = "1", value_parser = value::whole(1, PARALLEL_MAX))]
    pub(crate) parallel: u32,
    #[arg(
        long,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = value::UNTIL_STOPPED,
        value_parser = value::hold
    )]
    pub(crate) hold: Option<Hold>,
    #[arg(long, short)]
    pub(crate) source: Option<LocalAddress>,
    #[arg(long, value_parser = value::size)]
    pub(crate) sndbuf: Option<usize>,
    #[arg(long, value_parser = value::size)]
    pub(crate) rcvbuf: Option<usize>,
    #[arg(long, value_parser = value::asking_pause)]
    pub(crate) pause: Vec<Pause>,
    #[arg(long)]
    pub(crate) as_taught: bool,
    #[command(flatten)]
    pub(crate) family: Family,
}

/// Whom to ask and what to say, told apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Addressed<'a> {
    pub(crate) target: Target,
    /// The message, when the command line carries one.
    pub(crate) message: Option<&'a OsStr>,
}

impl Args {
    /// Tells the target from the message: an argument that stands alone is the target when it has that form, and
    /// otherwise the message, unless a flag gives the message already.
    ///
    /// # Errors
    ///
    /// A failure of usage, for an argument that must be a target and is not.
    pub(crate) fn addressed(&self, words: &Words) -> Result<Addressed<'_>, Failure> {
        let Some(first) = &self.target else {
            return Ok(self.to_target(Target::default()));
        };
        let has_message = self.text.is_some() || self.message.is_some() || self.file.is_some() || self.empty;
        match first.to_string_lossy().parse() {
            Ok(target) => Ok(self.to_target(target)),
            Err(ValueError::Target) if !has_message => {
                Ok(Addressed { target: Target::default(), message: Some(first) })
            }
            Err(error) => {
                let argument = words.help("help-ask-target.value").unwrap_or_default();
                Err(usage::wrong_value(words, &argument, &first.to_string_lossy(), &error))
            }
        }
    }

    fn to_target(&self, target: Target) -> Addressed<'_> {
        let message = self.text.as_deref().or(self.message.as_deref());
        Addressed { target, message }
    }
}

/// Asks, as often and as many times at once as wanted, and says what came of it.
///
/// # Errors
///
/// A failure of usage: a message that cannot be read, a name without an address, a local address that cannot be had.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    let config = args.config(context)?;
    let (stop, signals) = signals::wake_on_stop(words)?;

    let exchanges = args.parallel.saturating_mul(args.count);
    let view = AskView::new(context, &config, args.shows_calls(), exchanges > 1);
    let tally = ask_all(args, &config, &stop, &view).map_err(|error| view::failure(&error, words))?;
    view.end(&tally)?;
    if tally.interrupted > 0 {
        signals.finish();
    }
    Ok(tally.exit())
}

/// Runs the clients side by side, each with its exchanges one after the other.
fn ask_all(args: &Args, config: &AskConfig, stop: &Wake, view: &AskView<'_>) -> Result<Tally, AskError> {
    let client = |client: u32| {
        let mut tally = Tally::default();
        for count in 0..args.count {
            let mut witness = view.witness(count * args.parallel + client + 1);
            tally.add(&ask(config, stop, &mut witness)?.verdict);
            if tally.interrupted > 0 || view.has_failed() {
                break;
            }
        }
        Ok(tally)
    };
    if args.parallel == 1 {
        return client(0);
    }
    thread::scope(|scope| {
        let threads: Vec<_> = (0..args.parallel).map(|number| scope.spawn(move || client(number))).collect();
        threads.into_iter().try_fold(Tally::default(), |tally, thread| {
            let ended = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Ok(tally.merge(ended?))
        })
    })
}

impl Args {
    /// Decides what was left open, reads the message, and finds the addresses.
    fn config(&self, context: &Context) -> Result<AskConfig, Failure> {
        let words = &context.words;
        let Addressed { target, message } = self.addressed(words)?;
        let transport = match self.transport {
            Transport::Udp => Spoken::Udp,
            Transport::Tcp => Spoken::Tcp,
        };
        self.check_flags(transport, words)?;
        let mut peers = resolve(&target.host, target.port, self.family, words)?;
        let source = self.source.map(LocalAddress::to_socket_address);
        if let Some(source) = source {
            // An address of one family reaches no peer of the other.
            peers.retain(|peer| peer.is_ipv4() == source.is_ipv4());
        }
        let mut config = AskConfig::new(transport, peers);
        if let Some(message) = self.read_message(message, context)? {
            config.message = message;
        }
        let default_timeout = if self.as_taught { None } else { config.timeout };
        Ok(AskConfig {
            timeout: if self.no_timeout { None } else { self.timeout.or(default_timeout) },
            tries: self.tries,
            connect: self.connect,
            send_bytes: self.send_size,
            recv_bytes: self.recv_size,
            buffer_bytes: self.buffer,
            no_loop: self.no_loop,
            shut_write: !self.no_shutdown,
            hold: self.hold,
            source,
            sndbuf_bytes: self.sndbuf,
            rcvbuf_bytes: self.rcvbuf,
            pauses: Pauses::new(self.pause.clone()),
            as_taught: self.as_taught,
            ..config
        })
    }

    /// Refuses flags that the transport gives no meaning.
    fn check_flags(&self, transport: Spoken, words: &Words) -> Result<(), Failure> {
        let given = [("--tries", self.tries > 1), ("--connect", self.connect)];
        match given.into_iter().find(|(_, is_given)| *is_given) {
            Some((flag, _)) if transport == Spoken::Tcp => {
                Err(Failure::new(Exit::Usage, words.usage_udp_only(flag)).hint(words.hint_udp_only()))
            }
            _ => Ok(()),
        }
    }

    /// Reads the message from wherever it is given; none when the practical's own is to be sent.
    ///
    /// Standard input that nobody names and that has nothing is no message: many a program starts others so.
    fn read_message(&self, argument: Option<&OsStr>, context: &Context) -> Result<Option<Vec<u8>>, Failure> {
        match (argument, &self.file) {
            _ if self.empty => Ok(Some(Vec::new())),
            (Some(text), _) => Ok(Some(text.as_encoded_bytes().to_vec())),
            (None, Some(file)) => input::read(file, context).map(Some),
            (None, None) if input::stdin_carries_data() => {
                let message = input::read_stdin(context)?;
                Ok((!message.is_empty()).then_some(message))
            }
            (None, None) => Ok(None),
        }
    }

    /// Whether a flag asks to see what each call was asked for and what the kernel did.
    fn shows_calls(&self) -> bool {
        let sizes = [self.send_size, self.recv_size, self.sndbuf, self.rcvbuf];
        self.no_loop || sizes.iter().any(Option::is_some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli;
    use crate::commands::Verb;
    use crate::lang::Lang;

    #[test]
    fn without_arguments_the_target_is_the_one_of_the_practical() {
        assert_eq!(addressed(&["ask", "udp"]), Ok(("localhost:3500".into(), None)));
    }

    #[test]
    fn an_argument_alone_is_the_target_when_it_has_its_form() {
        assert_eq!(addressed(&["ask", "udp", ":7"]), Ok(("localhost:7".into(), None)));
        assert_eq!(
            addressed(&["ask", "udp", "Hola Mundo!"]),
            Ok(("localhost:3500".into(), Some("Hola Mundo!".into())))
        );
    }

    #[test]
    fn two_arguments_are_the_target_and_the_message() {
        assert_eq!(
            addressed(&["ask", "tcp", "example:7", "a:1"]),
            Ok(("example:7".into(), Some("a:1".into())))
        );
    }

    #[test]
    fn a_message_by_flag_leaves_the_argument_to_the_target() {
        assert_eq!(
            addressed(&["ask", "tcp", ":7", "--message", "hi"]),
            Ok(("localhost:7".into(), Some("hi".into())))
        );
        for line in [
            &["ask", "tcp", "hi", "--empty"][..],
            &["ask", "tcp", "hi", "--file", "-"],
            &["ask", "tcp", "hi", "--message", "hi"],
            &["ask", "tcp", "hi", "hi"],
            &["ask", "tcp", "localhost:0"],
        ] {
            assert!(addressed(line).is_err(), "{line:?}");
        }
    }

    fn addressed(line: &[&str]) -> Result<(String, Option<OsString>), ()> {
        let words = Words::new(Lang::English);
        let arguments: Vec<OsString> = [&["socklab"], line].concat().iter().map(OsString::from).collect();
        let Verb::Ask(args) = cli::parse(&arguments, &words).unwrap().verb else {
            panic!("{line:?} is not an ask");
        };
        let addressed = args.addressed(&words).map_err(|_| ())?;
        let target = format!("{}:{}", addressed.target.host, addressed.target.port);
        Ok((target, addressed.message.map(OsStr::to_owned)))
    }
}
