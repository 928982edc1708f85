//! `socklab bench`: a load for an echo server, or for one of its own, that checks every byte.

mod load;
mod look;
mod merge;
pub(crate) mod own;
mod processes;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use endpoints::bench::{self, Crew, Load, Results};
use kernel::limits;
use lab::grade::Shard;

use self::look::Look;
use self::own::OwnServer;
use self::processes::Server;
use super::check::write_whole;
use super::family::Family;
use super::shard;
use super::transport::Transport;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input;
use crate::resolve::resolve;
use crate::signals;
use crate::value::{self, Target};
use crate::views::bench::{self as view, Begun, Whose};
use crate::words::Words;

/// The most that `--connections`, `--depth` and `--threads` take.
const CONNECTIONS_MAX: u32 = 1_000_000;
const DEPTH_MAX: u32 = 4096;
const THREADS_MAX: u32 = 256;
/// The highest number of a processor.
const CPU_MAX: u32 = 1023;

/// How connections are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Manner {
    Loop,
    PingPong,
    Spin,
    Connect,
    Idle,
    Burst,
}

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    merge: Option<Verb>,
    #[arg(required = true)]
    transport: Option<Transport>,
    target: Option<Target>,
    #[arg(long, default_value = "loop")]
    shape: Manner,
    #[arg(long, short, value_parser = value::whole(1, CONNECTIONS_MAX))]
    connections: Option<u32>,
    #[arg(long, value_parser = value::whole(1, DEPTH_MAX))]
    depth: Option<u32>,
    #[arg(long, default_value = "64", value_parser = value::size)]
    size: usize,
    #[arg(long, value_parser = value::whole(1, bench::RATE_MAX))]
    rate: Option<u32>,
    #[arg(long, short, default_value = "5s", value_parser = value::time)]
    duration: Duration,
    #[arg(long, default_value = "500ms", value_parser = value::delay)]
    warmup: Duration,
    #[arg(long, value_parser = value::time)]
    timeout: Option<Duration>,
    #[arg(long, default_value = "1", value_parser = value::whole(1, THREADS_MAX))]
    threads: u32,
    #[arg(long, value_parser = value::whole(0, CPU_MAX))]
    cpu: Vec<u32>,
    #[arg(long, value_parser = value::shard)]
    shard: Option<Shard>,
    #[arg(long, short)]
    output: Option<PathBuf>,
    #[arg(long)]
    log: Option<PathBuf>,
    #[command(flatten)]
    family: Family,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Merge(merge::Args),
}

/// Measures, or puts together what others have measured.
///
/// # Errors
///
/// Whatever makes figures worthless: of the network, of silence, of integrity; or a failure of usage.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    if let Some(Verb::Merge(args)) = &args.merge {
        return merge::run(args, context);
    }
    let words = &context.words;
    let shard = shard::chosen(args.shard, words)?;
    let own = args.target.is_none().then(|| OwnServer::start(args.transport(), words)).transpose()?;
    let target = match (&own, &args.target) {
        (Some(own), _) => own.address,
        (None, target) => args.address(target.as_ref(), words)?,
    };
    let load = args.load(target);
    load.validate().map_err(|error| view::invalid(&error, words))?;
    // What cannot be raised stays as it is; if it does not suffice, a connection tells.
    let _ = limits::raise_open_files();
    let crew = args.crew(&load, shard);
    let (server, whose) = match &own {
        Some(own) => (Server::of_processes(vec![own.id()]), Whose::Own),
        None => Server::find(&load),
    };
    view::begun(&Begun { load: &load, whose, crew: &crew }, context)?;

    let stop = Arc::new(AtomicBool::new(false));
    let signals = signals::on_stop(words, {
        let stop = Arc::clone(&stop);
        move || stop.store(true, Relaxed)
    })?;
    let mut look = Look::new(context, server, args.log.as_deref())?;
    let measured = bench::run(&load, &crew, &stop, &mut look);
    look.finish()?;
    let results = measured.map_err(|error| view::failure(&error, &load, words))?;
    if let Some(path) = &args.output {
        write_whole(path, &results.to_json(), words)?;
    }
    view::results(&results, context)?;
    signals.finish();
    Ok(Exit::Done)
}

impl Args {
    fn transport(&self) -> Transport {
        self.transport.unwrap_or(Transport::Tcp)
    }

    fn address(&self, target: Option<&Target>, words: &Words) -> Result<SocketAddr, Failure> {
        let target = target.cloned().unwrap_or_default();
        let addresses = resolve(&target.host, target.port, self.family, words)?;
        // There is at least one; a load has one target, so that its parts are of the same load.
        Ok(addresses.first().copied().unwrap_or_else(|| ([127, 0, 0, 1], target.port).into()))
    }

    /// The connections of this part, and who has them.
    fn crew(&self, load: &Load, shard: Shard) -> Crew {
        let numbers: Vec<usize> = if load.shape.is_single() && shard != Shard::WHOLE {
            // Each part has the only one that there is of such a load.
            vec![0]
        } else {
            (0..load.connections).filter(|number| shard.has(*number)).collect()
        };
        Crew {
            numbers,
            part: (shard.index, shard.count),
            threads: self.threads as usize,
            cpus: self.cpu.clone(),
        }
    }
}

/// Reads a file of results.
///
/// # Errors
///
/// A failure of usage: a file that cannot be read, that is too long, or that has no results.
fn read(path: &Path, words: &Words) -> Result<Results, Failure> {
    let shown = path.display();
    let failed = |error: &io::Error| {
        Failure::system(words, Exit::Usage, "read", &shown, error).hint(words.hint_bench_merge())
    };
    let text = input::read_at_most(path, bench::RESULTS_BYTES_MAX).map_err(|error| failed(&error))?;
    let text = text.ok_or_else(|| {
        Failure::new(Exit::Usage, words.bench_results_too_long(&shown, bench::RESULTS_BYTES_MAX))
            .hint(words.hint_bench_merge())
    })?;
    Results::from_json(&text).map_err(|error| view::unreadable(&error, path, words))
}
