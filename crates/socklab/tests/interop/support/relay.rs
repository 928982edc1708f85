//! What stands between a client and a server, and keeps what the client says.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

/// A relay of one connection.
pub(crate) struct Relay {
    pub(crate) port: u16,
    recording: JoinHandle<Vec<u8>>,
}

impl Relay {
    /// Passes the first connection on to a server.
    pub(crate) fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let recording = thread::spawn(move || {
            let (client, _) = listener.accept().unwrap();
            let server = TcpStream::connect(("127.0.0.1", server)).unwrap();
            let back = (server.try_clone().unwrap(), client.try_clone().unwrap());
            let answers = thread::spawn(move || pass(back.0, back.1));
            let said = pass(client, server);
            answers.join().unwrap();
            said
        });
        Self { port, recording }
    }

    /// Waits until the connection has ended, and returns all that the client said.
    pub(crate) fn said(self) -> Vec<u8> {
        self.recording.join().unwrap()
    }
}

/// Passes on everything, and then the end; returns what it was.
fn pass(mut from: TcpStream, mut to: TcpStream) -> Vec<u8> {
    let (mut passed, mut piece) = (Vec::new(), vec![0; 1 << 16]);
    while let Ok(taken @ 1..) = from.read(&mut piece) {
        passed.extend_from_slice(&piece[..taken]);
        if to.write_all(&piece[..taken]).is_err() {
            break;
        }
    }
    // ENOTCONN: it has ended already.
    let _ = to.shutdown(Shutdown::Write);
    passed
}

/// Says these bytes to a server, and returns what it answers until it ends the connection.
pub(crate) fn say(server: u16, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", server)).unwrap();
    // A server that has heard enough ends the connection before it has read everything.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    answer(&mut stream)
}

/// What a server says until it ends the connection.
pub(crate) fn answer(stream: &mut TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(error) if error.kind() != io::ErrorKind::ConnectionReset => panic!("{error}"),
        _ => answer,
    }
}
