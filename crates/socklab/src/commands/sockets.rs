//! `socklab sockets`: what `netstat` and `ps` show together, who listens and who is connected.

use std::time::Duration;

use clap::ValueEnum;

use super::family::Family;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::value;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(long, value_parser = value::port)]
    pub(crate) port: Option<u16>,
    #[arg(long, value_parser = value::whole(1, 1 << 22))]
    pub(crate) pid: Option<u32>,
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[arg(long, ignore_case = true)]
    pub(crate) state: Vec<State>,
    #[arg(long)]
    pub(crate) tcp: bool,
    #[arg(long)]
    pub(crate) udp: bool,
    #[arg(long, conflicts_with = "state")]
    pub(crate) listening: bool,
    #[arg(
        long,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "1s",
        value_parser = value::time
    )]
    pub(crate) watch: Option<Duration>,
    #[command(flatten)]
    pub(crate) family: Family,
}

/// A state of a socket, named as `ss(8)` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum State {
    Established,
    SynSent,
    SynRecv,
    #[value(name = "fin-wait-1")]
    FinWait1,
    #[value(name = "fin-wait-2")]
    FinWait2,
    TimeWait,
    // Closed, or a UDP socket without a peer.
    #[value(alias = "close")]
    Unconn,
    CloseWait,
    LastAck,
    Listen,
    Closing,
}

pub(crate) fn run(_args: &Args, context: &Context) -> Result<Exit, Failure> {
    Err(Failure::internal(&context.words, "not built yet"))
}
