//! What nothing in user space beats at a ping-pong: a server that never sleeps, and one that sleeps on its client's processor.
#![forbid(unsafe_code)]

use std::{
    hint,
    io::{self, ErrorKind, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket},
    thread,
};

use clap::{Parser, ValueEnum};
use peers::{BUFFER_BYTES, Transport, announce};
use rustix::{
    net::sockopt::socket_incoming_cpu,
    thread::{CpuSet, sched_setaffinity},
};

/// Echo as fast as can be, whatever it costs
#[derive(Parser)]
struct Args {
    /// Transport to serve
    transport: Transport,
    /// Port on 127.0.0.1; 0 lets the kernel choose
    port: u16,
    /// How it waits for a client
    #[arg(long)]
    wait: Wait,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Wait {
    /// Asks again and again
    Spin,
    /// Sleeps, each thread on the processor that its client's packets come from (TCP only)
    Beside,
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    match args.transport {
        Transport::Tcp => serve_tcp(args.port, args.wait),
        Transport::Udp => serve_udp(args.port),
    }
}

fn serve_tcp(port: u16, wait: Wait) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    announce(listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept()?;
        // A connection that fails ends alone; nobody else is concerned.
        thread::spawn(move || {
            let _ = prepare(&stream, wait).and_then(|()| echo(stream));
        });
    }
}

fn prepare(stream: &TcpStream, wait: Wait) -> io::Result<()> {
    stream.set_nodelay(true)?;
    match wait {
        Wait::Spin => stream.set_nonblocking(true),
        Wait::Beside => {
            let mut cpus = CpuSet::new();
            cpus.set(usize::try_from(socket_incoming_cpu(stream)?).map_err(io::Error::other)?);
            Ok(sched_setaffinity(None, &cpus)?)
        }
    }
}

fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let count = until_done(|| stream.read(&mut buffer))?;
        if count == 0 {
            return Ok(());
        }
        let mut sent = 0;
        while sent < count {
            sent += until_done(|| stream.write(&buffer[sent..count]))?;
        }
    }
}

fn serve_udp(port: u16) -> io::Result<()> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port))?;
    socket.set_nonblocking(true)?;
    announce(socket.local_addr()?);
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let (count, source) = until_done(|| socket.recv_from(&mut buffer))?;
        until_done(|| socket.send_to(&buffer[..count], source))?;
    }
}

/// Does a call until it does not say that it would block.
fn until_done<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => hint::spin_loop(),
            result => return result,
        }
    }
}
