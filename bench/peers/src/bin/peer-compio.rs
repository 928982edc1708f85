//! A plain compio echo server on `io_uring(7)`: one task and one buffer per connection.
#![forbid(unsafe_code)]

use std::{io, net::Ipv4Addr};

use clap::Parser;
use compio::{
    BufResult,
    io::{AsyncRead, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::{self, Runtime},
};
use peers::{BUFFER_BYTES, announce};

/// Echo with compio, as its examples would
#[derive(Parser)]
struct Args {
    /// Port on 127.0.0.1; 0 lets the kernel choose
    port: u16,
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    Runtime::new()?.block_on(serve(args.port))
}

async fn serve(port: u16) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    announce(listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let task = async move {
            // A connection that fails ends alone; nobody else is concerned.
            let _ = echo(stream).await;
        };
        runtime::spawn(task).detach();
    }
}

async fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(BUFFER_BYTES);
    loop {
        let BufResult(count, received) = stream.read(buffer).await;
        if count? == 0 {
            return Ok(());
        }
        let BufResult(sent, emptied) = stream.write_all(received).await;
        sent?;
        // A receive writes from the start, and does not shorten what is longer.
        buffer = emptied;
        buffer.clear();
    }
}
