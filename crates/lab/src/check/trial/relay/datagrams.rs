//! Datagrams: one thread, and for each client a socket where the server is.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use kernel::datagram::{self, Outgoing, Receiver};
use kernel::poll::{self, Interest};
use kernel::socket::{self, Transport};

use super::{Manner, Shared, TICK};

/// Room for a datagram of any length.
const DATAGRAM_BYTES: usize = 65_536;

/// A client, and the socket by which the server knows it.
struct Client {
    address: SocketAddr,
    socket: OwnedFd,
}

/// Passes datagrams on until all is over.
pub(super) fn relay(listener: &OwnedFd, shared: &Arc<Shared>) {
    let mut clients: Vec<Client> = Vec::new();
    let mut receiver = Receiver::new(1, DATAGRAM_BYTES);
    while !shared.is_over() {
        let all: Vec<_> =
            std::iter::once(listener).chain(clients.iter().map(|client| &client.socket)).collect();
        let wanted: Vec<_> = all.iter().map(|socket| (socket.as_fd(), Interest::READ)).collect();
        if poll::wait_any(&wanted, Some(Instant::now() + TICK)).is_err() {
            return;
        }
        while let Some((bytes, from)) = take(listener, &mut receiver) {
            let Some(client) = client(&mut clients, from, shared) else { continue };
            shared.keep(0, &bytes);
            pass(shared, &clients[client].socket, &bytes, shared.server());
        }
        for client in &clients {
            while let Some((bytes, _)) = take(&client.socket, &mut receiver) {
                shared.keep(1, &bytes);
                pass(shared, listener, &bytes, client.address);
            }
        }
    }
}

fn take(socket: &OwnedFd, receiver: &mut Receiver) -> Option<(Vec<u8>, SocketAddr)> {
    // What an earlier datagram met with is nobody's business here.
    receiver.receive(socket).ok()?;
    receiver.get(0).map(|received| (received.payload.to_vec(), received.peer))
}

fn client(clients: &mut Vec<Client>, address: SocketAddr, shared: &Shared) -> Option<usize> {
    if let Some(known) = clients.iter().position(|client| client.address == address) {
        return Some(known);
    }
    if !shared.has_room() {
        return None;
    }
    let server = shared.server();
    let made = shared.door.run(move || -> io::Result<OwnedFd> {
        let socket = socket::open(Transport::Udp, server)?;
        socket::bind(&socket, SocketAddr::new(server.ip(), 0))?;
        Ok(socket)
    });
    clients.push(Client { address, socket: made.ok()?.ok()? });
    Some(clients.len() - 1)
}

fn pass(shared: &Shared, socket: &OwnedFd, bytes: &[u8], to: SocketAddr) {
    if let Manner::Delayed { by } = shared.manner() {
        shared.hold(bytes.len().max(1));
        thread::sleep(by);
        shared.let_go(bytes.len().max(1));
    }
    // Datagrams may be lost.
    let _ = datagram::send(socket, &Outgoing { payload: bytes, peer: Some(to), source: None });
}
