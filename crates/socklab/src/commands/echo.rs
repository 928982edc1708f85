//! `socklab echo`: the servers of the practical, over UDP, TCP or both.

use std::path::PathBuf;
use std::time::Duration;

use super::family::Family;
use super::transport::Transport;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::value::{self, Local, Pause, Rule};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    pub(crate) transport: Option<Transport>,
    #[arg(long, conflicts_with = "any")]
    pub(crate) bind: Vec<Local>,
    #[arg(long, default_value = "3500", value_parser = value::port)]
    pub(crate) port: u16,
    #[arg(long)]
    pub(crate) any: bool,
    #[command(flatten)]
    pub(crate) family: Family,
    #[arg(long)]
    pub(crate) allow: Vec<Rule>,
    #[arg(long)]
    pub(crate) deny: Vec<Rule>,
    #[arg(long, alias = "allowfile")]
    pub(crate) allow_file: Vec<PathBuf>,
    #[arg(long, alias = "denyfile")]
    pub(crate) deny_file: Vec<PathBuf>,
    #[arg(long, value_parser = value::whole(1, 1_000_000))]
    pub(crate) max_conns: Option<u32>,
    #[arg(long, value_parser = value::time)]
    pub(crate) idle_timeout: Option<Duration>,
    #[arg(long, default_value = "5", value_parser = value::whole(0, 65_535))]
    pub(crate) backlog: u32,
    #[arg(long, default_value = "65535", value_parser = value::datagram_size)]
    pub(crate) buffer: usize,
    #[arg(long, value_parser = value::size)]
    pub(crate) recv_size: Option<usize>,
    #[arg(long, value_parser = value::size)]
    pub(crate) send_size: Option<usize>,
    #[arg(long, value_parser = value::size)]
    pub(crate) sndbuf: Option<usize>,
    #[arg(long, value_parser = value::size)]
    pub(crate) rcvbuf: Option<usize>,
    #[arg(long, value_parser = value::answering_pause)]
    pub(crate) pause: Vec<Pause>,
    #[arg(long)]
    pub(crate) as_taught: bool,
    #[arg(long, value_parser = value::whole(1, 1024))]
    pub(crate) workers: Option<u32>,
}

pub(crate) fn run(_args: &Args, context: &Context) -> Result<Exit, Failure> {
    Err(Failure::internal(&context.words, "not built yet"))
}
