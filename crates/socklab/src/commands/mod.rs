//! One file for each verb: what it takes and what it does with it. The work itself is done in the libraries.

mod access;
pub(crate) mod act;
pub(crate) mod ask;
pub(crate) mod bench;
pub(crate) mod chat;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod dissector;
pub(crate) mod doctor;
pub(crate) mod echo;
pub(crate) mod exec;
mod exports;
pub(crate) mod extcap;
mod family;
pub(crate) mod grade;
pub(crate) mod help;
mod how;
pub(crate) mod key;
pub(crate) mod lab;
mod listen;
pub(crate) mod man;
mod remote;
pub(crate) mod replay;
mod screen;
pub(crate) mod send;
pub(crate) mod serve;
mod shard;
pub(crate) mod sockets;
pub(crate) mod stage;
pub(crate) mod stop;
pub(crate) mod supervise;
pub(crate) mod trace;
mod transport;

pub(crate) use family::Family;

use clap::{Args as _, Command};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

// A run uses one verb, and only that one's arguments are made: `defer`.
#[derive(Debug, clap::Subcommand)]
#[command(defer = true)]
pub(crate) enum Verb {
    Echo(Box<echo::Args>),
    Ask(Box<ask::Args>),
    Chat(Box<chat::Args>),
    Serve(Box<serve::Args>),
    Send(Box<send::Args>),
    Stop(Box<stop::Args>),
    Exec(Box<exec::Args>),
    Key(key::Args),
    Sockets(sockets::Args),
    Trace(Box<trace::Args>),
    Replay(replay::Args),
    Lab(lab::Args),
    Check(Box<check::Args>),
    Grade(grade::Args),
    Bench(Box<bench::Args>),
    Doctor(doctor::Args),
    Dissector(dissector::Args),
    Extcap(Box<extcap::Args>),
    Completions(completions::Args),
    Man(man::Args),
    Help(help::Args),
}

impl Verb {
    /// Makes the command of a verb again, in its place, with its arguments from the start: they can be listed and described.
    pub(crate) fn with_arguments(verb: &Command) -> Command {
        let command = Command::new(verb.get_name().to_owned()).display_order(verb.get_display_order());
        match verb.get_name() {
            "echo" => echo::Args::augment_args(command),
            "ask" => ask::Args::augment_args(command),
            "chat" => chat::Args::augment_args(command),
            "serve" => serve::Args::augment_args(command),
            "send" => send::Args::augment_args(command),
            "stop" => stop::Args::augment_args(command),
            "exec" => exec::Args::augment_args(command),
            "key" => key::Args::augment_args(command),
            "sockets" => sockets::Args::augment_args(command),
            "trace" => trace::Args::augment_args(command),
            "replay" => replay::Args::augment_args(command),
            "lab" => lab::Args::augment_args(command),
            "check" => check::Args::augment_args(command),
            "grade" => grade::Args::augment_args(command),
            "bench" => bench::Args::augment_args(command),
            "doctor" => doctor::Args::augment_args(command),
            "dissector" => dissector::Args::augment_args(command),
            "extcap" => extcap::Args::augment_args(command),
            "completions" => completions::Args::augment_args(command),
            "man" => man::Args::augment_args(command),
            "help" => help::Args::augment_args(command),
            _ => command,
        }
    }
}

/// Runs a verb.
///
/// # Errors
///
/// Whatever kept the verb from doing what was asked.
pub(crate) fn run(verb: &Verb, context: &Context) -> Result<Exit, Failure> {
    match verb {
        Verb::Echo(args) => echo::run(args, context),
        Verb::Ask(args) => ask::run(args, context),
        Verb::Chat(args) => chat::run(args, context),
        Verb::Serve(args) => serve::run(args, context),
        Verb::Send(args) => send::run(args, context),
        Verb::Stop(args) => stop::run(args, context),
        Verb::Exec(args) => exec::run(args, context),
        Verb::Key(args) => key::run(args, context),
        Verb::Sockets(args) => sockets::run(args, context),
        Verb::Trace(args) => trace::run(args, context),
        Verb::Replay(args) => replay::run(args, context),
        Verb::Lab(args) => lab::run(args, context),
        Verb::Check(args) => check::run(args, context),
        Verb::Grade(args) => grade::run(args, context),
        Verb::Bench(args) => bench::run(args, context),
        Verb::Doctor(args) => doctor::run(args, context),
        Verb::Dissector(args) => dissector::run(args, context),
        Verb::Extcap(args) => extcap::run(args, context),
        Verb::Completions(args) => completions::run(args, context),
        Verb::Man(args) => man::run(args, context),
        Verb::Help(args) => help::run(args, context),
    }
}
