//! A process that was outside when the private network was made, and joins it.

use std::env;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio, id};

use kernel::namespace;

/// The argument that has this executable play the process.
pub(crate) const ROLE: &str = "--join";

/// What it sends to whoever it reaches.
const GREETING: &[u8] = b"joined";

/// The process, which waits.
pub(crate) struct Outsider(Child);

impl Outsider {
    pub(crate) fn start() -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        Self(command.arg(ROLE).stdin(Stdio::piped()).spawn().unwrap())
    }

    pub(crate) fn reaches_this_network_after_joining_it(mut self) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let task = format!("{} {}", id(), listener.local_addr().unwrap());
        self.0.stdin.take().unwrap().write_all(task.as_bytes()).unwrap();
        assert!(self.0.wait().unwrap().success());

        let mut said = Vec::new();
        listener.accept().unwrap().0.read_to_end(&mut said).unwrap();
        assert_eq!(said, GREETING);
    }
}

/// What the process does: joins the network of the one that it is told of, and connects to an address there.
pub(crate) fn run() {
    let mut task = String::new();
    std::io::stdin().read_to_string(&mut task).unwrap();
    let (pid, address) = task.split_once(' ').unwrap();
    let address: SocketAddr = address.parse().unwrap();
    TcpStream::connect(address).unwrap_err();
    namespace::join(pid.parse().unwrap()).unwrap();
    TcpStream::connect(address).unwrap().write_all(GREETING).unwrap();
}
