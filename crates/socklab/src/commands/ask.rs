//! `socklab ask`: the clients of the practical. They send, wait, print the reply and say what happened.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::Duration;

use super::family::Family;
use super::transport::Transport;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::usage;
use crate::value::{self, Hold, Pause, Source, Target, ValueError};
use crate::words::Words;

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
    #[arg(long, default_value = "2s", value_parser = value::time, conflicts_with = "no_timeout")]
    pub(crate) timeout: Duration,
    #[arg(long)]
    pub(crate) no_timeout: bool,
    #[arg(long, default_value = "1", value_parser = value::whole(1, 100))]
    pub(crate) tries: u32,
    #[arg(long)]
    pub(crate) connect: bool,
    #[arg(long, value_parser = value::size)]
    pub(crate) send_size: Option<usize>,
    #[arg(long, value_parser = value::size)]
    pub(crate) recv_size: Option<usize>,
    #[arg(long, default_value = "65535", value_parser = value::datagram_size)]
    pub(crate) buffer: usize,
    #[arg(long)]
    pub(crate) no_loop: bool,
    #[arg(long)]
    pub(crate) no_shutdown: bool,
    #[arg(long, default_value = "1", value_parser = value::whole(1, 1_000_000))]
    pub(crate) count: u32,
    #[arg(long, default_value = "1", value_parser = value::whole(1, 10_000))]
    pub(crate) parallel: u32,
    #[arg(
        long,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = Hold::UNTIL_INTERRUPTED
    )]
    pub(crate) hold: Option<Hold>,
    #[arg(long, short)]
    pub(crate) source: Option<Source>,
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

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    args.addressed(&context.words)?;
    Err(Failure::internal(&context.words, "not built yet"))
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
