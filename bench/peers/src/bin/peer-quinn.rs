//! UDP as QUIC has it: quinn-udp on tokio, which takes what the kernel joined (`UDP_GRO`) and has it cut again (`UDP_SEGMENT`).
#![forbid(unsafe_code)]

use std::{
    io::{self, IoSliceMut},
    net::Ipv4Addr,
};

use clap::Parser;
use peers::{BUFFER_BYTES, announce};
use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSocketState};
use tokio::{io::Interest, net::UdpSocket, runtime::Builder};

/// Echo over UDP with quinn-udp on one thread of tokio
#[derive(Parser)]
struct Args {
    /// Port on 127.0.0.1; 0 lets the kernel choose
    port: u16,
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    Builder::new_current_thread().enable_io().build()?.block_on(serve(args.port))
}

async fn serve(port: u16) -> io::Result<()> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let state = UdpSocketState::new((&socket).into())?;
    announce(socket.local_addr()?);
    let mut memory = vec![0; BATCH_SIZE * BUFFER_BYTES];
    let mut metas = [RecvMeta::default(); BATCH_SIZE];
    loop {
        let receive = || {
            let mut slots: Vec<_> = memory.chunks_mut(BUFFER_BYTES).map(IoSliceMut::new).collect();
            state.recv((&socket).into(), &mut slots, &mut metas)
        };
        let count = socket.async_io(Interest::READABLE, receive).await?;
        for (meta, slot) in metas.iter().zip(memory.chunks(BUFFER_BYTES)).take(count) {
            reply(&socket, &state, meta, &slot[..meta.len]).await?;
        }
    }
}

/// Sends back what came as one, in as few pieces as the kernel takes.
async fn reply(
    socket: &UdpSocket,
    state: &UdpSocketState,
    meta: &RecvMeta,
    received: &[u8],
) -> io::Result<()> {
    let piece_bytes = meta.stride.max(1) * state.max_gso_segments();
    for contents in received.chunks(piece_bytes) {
        let transmit = Transmit {
            destination: meta.addr,
            ecn: None,
            contents,
            segment_size: Some(meta.stride).filter(|stride| *stride < contents.len()),
            src_ip: None,
        };
        let send = || state.try_send(socket.into(), &transmit);
        socket.async_io(Interest::WRITABLE, send).await?;
    }
    Ok(())
}
