//! The `socklab` binary: the only part of socklab that speaks to a person.
#![forbid(unsafe_code)]

mod cli;
mod commands;
mod context;
mod early;
mod errno;
#[cfg(test)]
mod events_doc;
mod exit;
mod failure;
mod help;
mod input;
mod json;
mod lang;
mod prompt;
mod resolve;
mod signals;
mod terminal;
mod typing;
mod usage;
mod value;
mod views;
mod words;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Instant;

use context::Context;

fn main() -> ExitCode {
    let started = Instant::now();
    let arguments: Vec<OsString> = commands::bench::own::unwrapped(env::args_os().collect());
    if commands::supervise::is_asked(&arguments) {
        return commands::supervise::run(&arguments, started).into();
    }
    if commands::stage::is_asked(&arguments) {
        return commands::stage::run().into();
    }
    if let Some(script) = commands::act::is_asked(&arguments) {
        return commands::act::run(script).into();
    }
    let mut context = Context::before_parsing(&arguments, started);
    let outcome = match cli::parse(&arguments, &context.words) {
        Ok(cli) => {
            context = context.with(&cli.global);
            commands::run(&cli.verb, &context)
        }
        Err(error) => usage::explain(&error, &arguments, &context),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report(&context).into(),
    }
}
