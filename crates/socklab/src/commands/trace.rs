//! `socklab trace`: runs programs, and shows their calls, their packets and their sockets on one timeline.

mod live;
mod outputs;
mod programs;
mod run;
mod show;

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::ValueEnum;
use scope::session::{MTU_BYTES, SNAP_BYTES, STRINGS_BYTES};

use self::live::{Console, Live};
use self::programs::{Mistake, PROGRAMS_MAX, Program};
use super::exports::Exports;
use super::screen;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::usage;
use crate::value::{self, After, ValueError};
use crate::words::Words;

/// The least that IPv4 may have (RFC 791), and the most that the kernel's loopback takes.
const MTU_MIN: u32 = 68;
const MTU_MAX: u32 = 65_536;
/// The highest number that a process can have on a 64-bit machine (`proc(5)`, `pid_max`).
const PID_MAX: u32 = 1 << 22;

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each one is a flag of the command line")]
pub(crate) struct Args {
    #[arg(id = "as", long = "as", value_parser = value::program_name)]
    name: Option<String>,
    #[arg(long)]
    after: Option<After>,
    #[arg(long, short)]
    output: Option<PathBuf>,
    #[command(flatten)]
    exports: Exports,
    #[arg(long, short, value_parser = value::whole(1, PID_MAX))]
    pid: Vec<u32>,
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "only")]
    join: Option<Join>,
    #[arg(long, default_value = "private")]
    net: Net,
    #[arg(long, value_parser = value::whole(MTU_MIN, MTU_MAX))]
    mtu: Option<u32>,
    #[arg(long, short, value_parser = value::size_or_none)]
    snap: Option<u32>,
    #[arg(long, value_parser = value::size_or_none)]
    strings: Option<u32>,
    #[arg(long, default_value = "one")]
    cpus: Cpus,
    #[arg(long)]
    tui: bool,
    #[arg(long)]
    no_lines: bool,
    #[arg(long)]
    no_io_uring: bool,
    #[arg(long)]
    all: bool,
    #[arg(id = "for", long = "for", value_parser = value::time)]
    limit: Option<Duration>,
    #[arg(long)]
    keep: bool,
    #[arg(last = true)]
    command: Vec<OsString>,
}

/// The recording whose network the programs get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    /// The only one that there is.
    Only,
    /// That of this process.
    Of(u32),
}

impl FromStr for Join {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if text == "only" { Ok(Self::Only) } else { value::whole(1, PID_MAX)(text).map(Self::Of) }
    }
}

/// The network that the programs have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Net {
    // One of their own, where nobody else is.
    Private,
    // That of this machine.
    Machine,
}

/// The processors that the programs run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Cpus {
    // On one, with whoever watches.
    One,
    // On all.
    All,
}

/// What is to be done, as it was meant.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each one is a flag of the command line")]
struct Plan {
    programs: Vec<Program>,
    pids: Vec<u32>,
    join: Option<Join>,
    net: Net,
    mtu_bytes: u32,
    snap_bytes: u32,
    strings_bytes: u32,
    cpus: Cpus,
    lines: bool,
    refuse_io_uring: bool,
    limit: Option<Duration>,
    keep: bool,
    /// Whether the programs' standard output goes to standard error, since ours has the events.
    stdout_is_ours: bool,
}

/// Runs the programs, shows what they do, and ends as the last one of the command line did.
///
/// # Errors
///
/// A failure of usage: the command line, a program that cannot be started, a file that cannot be written.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let plan = plan(args, context)?;
    if args.tui {
        screen::check(args.exports.take_stdout(), context)?;
    }
    let files = args.exports.open(context.json, &context.words)?;
    let outputs = outputs::Outputs::create(args.output.as_deref(), &context.words)?;
    let mut console = args.tui.then(|| Console::new(&context.words)).transpose()?;
    let terminal = console.as_mut().and_then(Console::for_programs);
    let live = console.map(|console| Live::new(console, args.all, context));
    run::run(&plan, terminal, show::Show::new(args.all, (outputs, files), live, context), context)
}

fn plan(args: &Args, context: &Context) -> Result<Plan, Failure> {
    let words = &context.words;
    let attaches_only = args.command.is_empty() && !args.pid.is_empty();
    let programs = if attaches_only {
        Vec::new()
    } else {
        programs::programs(args.name.as_deref(), args.after, &args.command)
            .map_err(|mistake| failure(mistake, words))?
    };
    Ok(Plan {
        programs,
        pids: args.pid.clone(),
        join: args.join,
        net: args.net,
        mtu_bytes: args.mtu.unwrap_or(MTU_BYTES),
        snap_bytes: args.snap.unwrap_or(SNAP_BYTES),
        strings_bytes: args.strings.unwrap_or(STRINGS_BYTES),
        cpus: args.cpus,
        lines: !args.no_lines,
        refuse_io_uring: args.no_io_uring,
        limit: args.limit,
        keep: args.keep,
        stdout_is_ours: context.json || args.exports.take_stdout(),
    })
}

fn failure(mistake: Mistake, words: &Words) -> Failure {
    let told = |message| Failure::new(Exit::Usage, message);
    match mistake {
        Mistake::NoCommand { name: None } => told(words.trace_no_command()).hint(words.hint_trace_programs()),
        Mistake::NoCommand { name: Some(name) } => {
            told(words.trace_no_command_of(name)).hint(words.hint_trace_programs())
        }
        Mistake::Value { flag, value, error } => usage::wrong_value(words, flag, &value, &error),
        Mistake::AfterWithoutAs => told(words.trace_after_without_as()).hint(words.hint_trace_programs()),
        Mistake::Order => told(words.trace_order()).hint(words.hint_trace_programs()),
        Mistake::FirstWaits => told(words.trace_first_waits()).hint(words.hint_trace_first_after()),
        Mistake::NameTwice(name) => told(words.trace_name_twice(name)).hint(words.hint_trace_names()),
        Mistake::TooMany => {
            told(words.trace_too_many(PROGRAMS_MAX)).hint(words.hint_see_help("socklab trace --help"))
        }
    }
}
