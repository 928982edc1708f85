//! `bench`: compares socklab's servers, and what it sends, with what anyone else would use.
//!
//! Run it by `bench/run`, which builds everything first; see `bench/README.md` for what the figures mean.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser;

mod args;
mod both_ends;
mod docs;
mod echo;
mod interrupt;
mod limits;
mod load;
mod machine;
mod neighbour;
mod output;
mod peer;
mod process_group;
mod quiet;
mod reading;
mod scenario;
mod send;
mod server;
mod statistics;
mod table;
mod topology;
mod trace;

use args::{Args, Command};
use reading::Verdict;

fn main() -> ExitCode {
    let args = Args::parse();
    let result = match &args.command {
        None => echo::run(&args.common, &args.echo),
        Some(Command::Send(send)) => send::run(&args.common, send),
        Some(Command::Trace(trace)) => trace::run(&args.common, trace),
    };
    match result {
        Ok(verdict) => exit_code(verdict),
        Err(error) => {
            eprintln!("bench: {error}");
            if interrupt::is_requested() { ExitCode::from(130) } else { ExitCode::from(2) }
        }
    }
}

/// A failing server is worth a failing command, a corrupt echo all the more; a peer that is not installed is not.
fn exit_code(verdict: Verdict) -> ExitCode {
    match verdict {
        Verdict::Good => ExitCode::SUCCESS,
        Verdict::Failed => ExitCode::from(1),
        Verdict::Corrupt => ExitCode::from(4),
    }
}
