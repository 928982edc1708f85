//! The load generator as a command: one load against one server, one JSON object on stdout.

use std::{net::SocketAddr, process::ExitCode, time::Duration};

use clap::{Parser, ValueEnum};
use generator::{Load, LoadError, Shape, Transport, Waiting};

/// Measure an echo server and verify every byte it returns
///
/// Ends with 0 when all echoes were right, 1 when the server could not be measured, 2 when the load is outside the limits,
/// 4 when a wrong byte came back.
#[derive(Parser)]
struct Args {
    /// Transport of the messages
    transport: TransportArg,
    /// Address of the server
    target: SocketAddr,
    /// TCP connections, or UDP sources, in a closed loop
    #[arg(long, default_value_t = 50)]
    peers: usize,
    /// Measure one peer that sends and waits, instead of a closed loop
    #[arg(long, value_name = "WAITING", conflicts_with = "peers")]
    ping_pong: Option<WaitingArg>,
    /// Bytes of each message
    #[arg(long, value_name = "BYTES", default_value_t = 64)]
    size: usize,
    /// Milliseconds before the measured window
    #[arg(long, value_name = "MS", default_value_t = 200)]
    warmup_ms: u64,
    /// Milliseconds of the measured window
    #[arg(long, value_name = "MS", default_value_t = 1000)]
    duration_ms: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum TransportArg {
    Tcp,
    Udp,
}

#[derive(Clone, Copy, ValueEnum)]
enum WaitingArg {
    Block,
    Spin,
}

fn main() -> ExitCode {
    let args = Args::parse();
    // Only the server's owner knows its processes; this command measures what it can see from outside.
    match generator::run(&args.load(), args.target, &|| None) {
        Ok(outcome) => {
            let outcome = serde_json::to_string(&outcome).expect("an outcome is plain numbers");
            println!("{outcome}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("generator: {error}");
            exit_code(&error)
        }
    }
}

impl Args {
    fn load(&self) -> Load {
        Load {
            transport: match self.transport {
                TransportArg::Tcp => Transport::Tcp,
                TransportArg::Udp => Transport::Udp,
            },
            shape: match self.ping_pong {
                None => Shape::ClosedLoop { peers: self.peers },
                Some(WaitingArg::Block) => Shape::PingPong { waiting: Waiting::Block },
                Some(WaitingArg::Spin) => Shape::PingPong { waiting: Waiting::Spin },
            },
            size_bytes: self.size,
            warmup: Duration::from_millis(self.warmup_ms),
            duration: Duration::from_millis(self.duration_ms),
        }
    }
}

fn exit_code(error: &LoadError) -> ExitCode {
    match error {
        LoadError::Invalid(_) => ExitCode::from(2),
        LoadError::Corrupt { .. } => ExitCode::from(4),
        _ => ExitCode::from(1),
    }
}
