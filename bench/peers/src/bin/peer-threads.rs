//! The practical's concurrent TCP server in Rust: one thread per connection, blocking calls only.
#![forbid(unsafe_code)]

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    thread,
};

use clap::Parser;
use peers::{BUFFER_BYTES, announce};

/// Echo over TCP with one thread per connection
#[derive(Parser)]
struct Args {
    /// Port on 127.0.0.1; 0 lets the kernel choose
    port: u16,
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port))?;
    announce(listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept()?;
        // A connection that fails ends alone; nobody else is concerned.
        thread::spawn(move || {
            let _ = echo(stream);
        });
    }
}

fn echo(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..count])?;
    }
}
