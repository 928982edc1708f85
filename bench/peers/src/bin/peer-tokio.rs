//! A plain tokio echo server: one task per connection, or one loop over one UDP socket.
#![forbid(unsafe_code)]

use std::{io, net::Ipv4Addr};

use clap::{Parser, ValueEnum};
use peers::{BUFFER_BYTES, Transport, announce};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
    runtime::{Builder, Runtime},
};

/// Echo with tokio, as its tutorial would
#[derive(Parser)]
struct Args {
    /// Transport to serve
    transport: Transport,
    /// Port on 127.0.0.1; 0 lets the kernel choose
    port: u16,
    /// Runtime: `ct` is `current_thread`, `mt` is `multi_thread`
    #[arg(long, default_value = "ct")]
    rt: Flavour,
}

#[derive(Clone, Copy, ValueEnum)]
enum Flavour {
    Ct,
    Mt,
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    runtime(args.rt)?.block_on(async {
        match args.transport {
            Transport::Tcp => serve_tcp(args.port).await,
            Transport::Udp => serve_udp(args.port).await,
        }
    })
}

fn runtime(flavour: Flavour) -> io::Result<Runtime> {
    match flavour {
        Flavour::Ct => Builder::new_current_thread().enable_io().build(),
        Flavour::Mt => Builder::new_multi_thread().enable_io().build(),
    }
}

async fn serve_tcp(port: u16) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    announce(listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(async move {
            // A connection that fails ends alone; nobody else is concerned.
            let _ = echo(stream).await;
        });
    }
}

async fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let count = stream.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..count]).await?;
    }
}

async fn serve_udp(port: u16) -> io::Result<()> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).await?;
    announce(socket.local_addr()?);
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let (count, source) = socket.recv_from(&mut buffer).await?;
        socket.send_to(&buffer[..count], source).await?;
    }
}
