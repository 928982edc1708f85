//! A student's program, run once under one condition: what a requirement drives it by.
//!
//! Everything here waits for a condition and never for a time; time limits count only while neither the program nor we are kept
//! from a processor, and one that passes on a machine that is too busy is no failure of the program's
//! ([`Reason::Overloaded`]). What is done is written down as a [`Step`](super::Step).
//!
//! A wait for something that the programs are to do also ends when they have come to rest: when every thread waits for somebody
//! else, nothing lies in any socket, and nothing has changed for a while, nothing will happen any more.

mod contents;
mod core;
mod files;
mod guest;
mod history;
mod material;
mod network;
mod patience;
mod perform;
mod processes;
pub(crate) mod relay;
mod rest;
mod share;
mod tcp;
mod terminal;
mod threads;
mod udp;
mod watch;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use scope::model::Observation;
use scope::session::{self, Setting};
use wire::sock_diag::Entry;

use self::core::Core;
pub use self::files::FILES_MAX;
pub use self::guest::Guest;
pub use self::perform::put;
pub(crate) use self::perform::{blank, concluded, perform};
pub use self::relay::Manner;
pub use self::tcp::{Attempt, Listener, Pending, StreamEnd, TcpPeer};
pub(crate) use self::threads::waited_for_processor;
pub use self::udp::{Received, UdpPeer, UdpServer};
pub(crate) use self::watch::Watch;
use super::manifest::{Manifest, Protocol, Side};
use super::{Ability, Act, Blocked, Exit, File, Output, Problem, Reason, Role, Told};

/// How many bytes of what a program writes are kept: the first half and the last.
pub const OUTPUT_BYTES_MAX: usize = 64 * 1024;
/// How many bytes of a file that a program wrote are kept.
pub const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// How much of what is sent on a connection the kernel keeps, where it is to keep little.
pub const SEND_BUFFER_BYTES: u64 = 4096;

/// Where we wait for a client: whatever it takes `localhost` for.
const LOOPBACK: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];

/// A program, or a pair of them, under one condition.
#[derive(Debug)]
pub struct Trial {
    core: Rc<Core>,
}

/// The programs.
impl Trial {
    /// Starts the program of a plan that has one only.
    ///
    /// A server is waited for until it waits for peers, by the kernel's tables: the right transport, a port, both families. A
    /// client is just started; make what it is to talk to before ([`listen_udp`](Self::listen_udp),
    /// [`listen_tcp`](Self::listen_tcp)). Of a pair, start [`server`](Self::server) and [`client`](Self::client) by themselves.
    ///
    /// # Errors
    /// A server that ends, or does not wait for peers in time, has failed.
    pub fn start(&self) -> Result<(), Problem> {
        self.program()?.start()
    }

    /// The program that is a server; of a pair, it has a network of its own, and the client another one.
    ///
    /// # Errors
    /// [`Problem::Broken`] if the plan has none.
    pub fn server(&self) -> Result<Guest, Problem> {
        self.guest(Role::Server)
    }

    /// The program that is a client.
    ///
    /// # Errors
    /// [`Problem::Broken`] if the plan has none.
    pub fn client(&self) -> Result<Guest, Problem> {
        self.guest(Role::Client)
    }

    /// The program of a plan that has one only; what follows is its methods by shorter names.
    ///
    /// # Errors
    /// [`Problem::Broken`] if there are two.
    pub fn program(&self) -> Result<Guest, Problem> {
        match self.core.guests.as_slice() {
            [_] => Ok(Guest { core: Rc::clone(&self.core), index: 0 }),
            _ => Err(Problem::Broken("the trial has two programs".to_owned())),
        }
    }

    /// [`Guest::expect_itself`], of the server, if there is one.
    pub(in crate::check) fn expect_itself(&self) -> Result<(), Problem> {
        if self.has(Role::Server) { self.server()?.expect_itself() } else { Ok(()) }
    }

    fn guest(&self, role: Role) -> Result<Guest, Problem> {
        Ok(Guest { core: Rc::clone(&self.core), index: self.core.index(role)? })
    }

    /// What was said of the programs and of their messages.
    pub fn manifest(&self) -> &Manifest {
        &self.core.plan.manifest
    }

    /// What the practical leaves free.
    pub fn protocol(&self) -> &Protocol {
        &self.manifest().protocol
    }

    /// What was said of the program in this role.
    pub fn side(&self, role: Role) -> &Side {
        match role {
            Role::Server => &self.manifest().server,
            Role::Client => &self.manifest().client,
        }
    }

    /// Whether there is a program in this role.
    pub fn has(&self, role: Role) -> bool {
        self.core.index(role).is_ok()
    }

    /// The port that the server listens on, or that the plan says while it does not listen.
    pub fn port(&self) -> u16 {
        self.address().port()
    }

    /// Where peers reach the server: the address that it is bound to, and 127.0.0.1 or `::1` if that is any.
    pub fn address(&self) -> SocketAddr {
        let nowhere = || SocketAddr::new(LOOPBACK[0], self.side(Role::Server).port);
        self.server().map_or_else(|_| nowhere(), |server| server.reached_at())
    }
}

/// The other side.
impl Trial {
    /// Makes a peer of a server over UDP, with a port of its own at the address that it is asked at.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn udp(&self) -> Result<UdpPeer, Problem> {
        UdpPeer::new(&self.server()?, None)
    }

    /// As [`udp`](Self::udp), from this address of 127.0.0.0/8, or from one that [`add_address`](Self::add_address) gave to this
    /// network; and asks at the same address as ever.
    ///
    /// # Errors
    /// [`Reason::Lacks`] for another one without a network of our own.
    pub fn udp_from(&self, ip: IpAddr) -> Result<UdpPeer, Problem> {
        self.udp_from_address(SocketAddr::new(ip, 0))
    }

    /// As [`udp_from`](Self::udp_from), from this port.
    ///
    /// # Errors
    /// Those, and [`Problem::Broken`] if the port is taken.
    pub fn udp_from_address(&self, from: SocketAddr) -> Result<UdpPeer, Problem> {
        UdpPeer::new(&self.server()?, Some(from))
    }

    /// Makes a peer of a server over TCP: connects to it.
    ///
    /// # Errors
    /// A server that refuses the connection, or lets it wait, has failed.
    pub fn tcp(&self) -> Result<TcpPeer, Problem> {
        self.tcp_with(None, None)
    }

    /// As [`tcp`](Self::tcp), from this address, and with so many bytes for what comes if a number is given (`SO_RCVBUF`, before
    /// the handshake, so that the window is small from the beginning).
    ///
    /// # Errors
    /// Those.
    pub fn tcp_with(&self, from: Option<IpAddr>, receive_bytes: Option<usize>) -> Result<TcpPeer, Problem> {
        let refused = |told| Problem::failed(Told::Connected, told);
        self.server()?.renew()?;
        match TcpPeer::attempt(&self.server()?, from, receive_bytes)? {
            Attempt::Connected(peer) => Ok(peer),
            Attempt::Refused => Err(refused(self.server()?.exit()?.map_or(Told::Refused, Told::Ended))),
            Attempt::Waiting(_) => Err(refused(Told::Nothing)),
        }
    }

    /// As [`tcp`](Self::tcp), where a connection that is refused, or waits, is no failure.
    ///
    /// # Errors
    /// [`Reason::Overloaded`].
    pub fn attempt_tcp(&self) -> Result<Attempt, Problem> {
        let server = self.server()?;
        server.renew()?;
        TcpPeer::attempt(&server, None, None)
    }

    /// Binds the port that a client sends datagrams to, at the loopback of both families. Before the client starts.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn listen_udp(&self) -> Result<UdpServer, Problem> {
        UdpServer::new(&self.client()?)
    }

    /// Listens where a client connects to, likewise.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn listen_tcp(&self, backlog: u32) -> Result<Listener, Problem> {
        Listener::new(&self.client()?, backlog, None)
    }

    /// As [`listen_tcp`](Self::listen_tcp), with so many bytes for what comes on each connection (`SO_RCVBUF`).
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn listen_tcp_with(&self, backlog: u32, receive_bytes: usize) -> Result<Listener, Problem> {
        Listener::new(&self.client()?, backlog, Some(receive_bytes))
    }

    /// Gives the loopback this address.
    ///
    /// # Errors
    /// [`Reason::Lacks`] without a network of our own.
    pub fn add_address(&self, ip: IpAddr) -> Result<(), Problem> {
        self.takes_networks()?;
        self.core.add_address(ip)
    }

    fn takes_networks(&self) -> Result<(), Problem> {
        if self.core.is_private { Ok(()) } else { Err(Reason::Lacks { ability: Ability::Networks }.into()) }
    }

    /// Sees that the programs answer nobody: waits until they have taken what was sent to them and every thread waits for something
    /// again, then looks once.
    ///
    /// # Errors
    /// What has come is the failure.
    pub fn expect_silence(&self, peer: &UdpPeer) -> Result<(), Problem> {
        peer.expect_silence()
    }

    /// Waits until the programs have taken what was sent to them and every thread waits for something again, or for as long as
    /// an exchange may take, if some go on for ever.
    ///
    /// # Errors
    /// [`Reason::Overloaded`].
    pub fn settle(&self) -> Result<(), Problem> {
        self.core.settle()
    }

    /// As [`settle`](Self::settle), as long as they take something of what was sent to them.
    ///
    /// # Errors
    /// [`Reason::Overloaded`].
    pub fn settle_taking(&self) -> Result<(), Problem> {
        self.core.settle_taking()
    }

    /// Sets how the relay between the two programs of a pair passes on what they say, from now on, for each connection from its
    /// beginning. There is one from the start of the server on, and it is faithful at first.
    ///
    /// # Errors
    /// [`Reason::Lacks`] without networks of our own; [`Problem::Broken`] if there is no pair.
    pub fn relay(&self, manner: Manner) -> Result<(), Problem> {
        self.takes_networks()?;
        self.core.note(Act::Relay { manner: manner.clone() });
        match self.core.relay.borrow().as_ref() {
            Some(relay) => {
                relay.set(manner);
                Ok(())
            }
            None => {
                Err(Problem::Broken("there is no relay: the server of a pair was not started".to_owned()))
            }
        }
    }

    /// The bytes that the client of the last connection through the relay has sent so far, and the server's, at most
    /// [`FILE_BYTES_MAX`] each.
    ///
    /// # Errors
    /// [`Problem::Broken`] if there is no pair.
    pub fn relayed(&self) -> Result<[Vec<u8>; 2], Problem> {
        let relay = self.core.relay.borrow();
        let relay = relay.as_ref().ok_or_else(|| Problem::Broken("there is no relay".to_owned()))?;
        Ok(relay.passed())
    }
}

/// Conditions.
impl Trial {
    /// From now on, every send of the programs on a socket moves at most so many bytes, as if the kernel had no more room: `write`,
    /// `send`, `writev`, `sendmsg`, `sendmmsg`, `sendfile`, `splice`. `None` takes that back.
    ///
    /// # Errors
    /// [`Reason::Lacks`] without `ptrace(2)`; [`Reason::IoUring`].
    pub fn clamp(&self, bytes: Option<u64>) -> Result<(), Problem> {
        self.core.note(Act::Clamp { bytes });
        self.core.session.borrow().clamp().set(bytes);
        Ok(())
    }

    /// From now on, the kernel keeps no more than [`SEND_BUFFER_BYTES`] of what is sent on a connection that is made then, by whoever
    /// (`tcp_wmem` of `tcp(7)`): a short message is enough to find no room. A server has to be started behind this.
    ///
    /// # Errors
    /// [`Reason::Lacks`] without a network of our own.
    pub fn small_buffers(&self) -> Result<(), Problem> {
        self.takes_networks()?;
        self.core.note(Act::SmallBuffers { bytes: SEND_BUFFER_BYTES });
        let value = format!("{SEND_BUFFER_BYTES} {SEND_BUFFER_BYTES} {SEND_BUFFER_BYTES}");
        for network in [Some(&self.core.own), self.core.other.as_ref()].into_iter().flatten() {
            let setting = Setting::Sysctl { name: "net.ipv4.tcp_wmem".to_owned(), value: value.clone() };
            if let Some(refused) = network.run(move || session::apply(&[setting]))?.first() {
                let errno = std::io::Error::from_raw_os_error(refused.errno);
                return Err(Problem::broken(&format!("set {}", refused.setting), errno));
            }
        }
        Ok(())
    }

    /// Lets the programs come to rest, with all that they still do by themselves; as long as an exchange may take.
    ///
    /// # Errors
    /// [`Reason::Overloaded`].
    pub fn rest(&self) -> Result<(), Problem> {
        self.core.rest()
    }

    /// Lets time pass on purpose: for what the exercise itself is about, never to wait for something.
    ///
    /// # Errors
    /// The time of the trial is over.
    pub fn pause(&self, time: Duration) -> Result<(), Problem> {
        self.core.note(Act::Pause { time });
        self.core.pass(time)
    }

    /// The same by the clock: before a reply for which the program waits by the clock, too.
    ///
    /// # Errors
    /// [`Reason::Overloaded`] if it became much longer.
    pub fn pause_by_clock(&self, time: Duration) -> Result<(), Problem> {
        self.core.note(Act::Pause { time });
        self.core.pass_by_clock(time)
    }

    /// Bytes that nobody can foresee, in printable ASCII without spaces: the same for the same seed and the same order of calls.
    pub fn nonce(&self, bytes: usize) -> Vec<u8> {
        self.core.contents.borrow_mut().nonce(bytes)
    }

    /// A text that nobody can foresee of so many characters, in which there are letters of two, three and four bytes in UTF-8 (of
    /// one character: one of two bytes).
    pub fn text(&self, characters: usize) -> String {
        self.core.contents.borrow_mut().text(characters)
    }

    /// Bytes of every value that nobody can foresee, line ends among them.
    pub fn binary(&self, bytes: usize) -> Vec<u8> {
        self.core.contents.borrow_mut().binary(bytes)
    }
}

/// What was seen.
impl Trial {
    /// The counters of the network that grew since the trial began, by name: `TcpExt.ListenOverflows`.
    ///
    /// # Errors
    /// [`Reason::Lacks`] without a network of our own.
    pub fn counters(&self) -> Result<Vec<(String, u64)>, Problem> {
        self.takes_networks()?;
        Ok(perform::counters(&self.core.observations()))
    }

    /// The programs' sockets as the kernel has them (`sock_diag(7)`): states, queues, backlogs.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn sockets(&self) -> Result<Vec<Entry>, Problem> {
        let mut all = Vec::new();
        for index in 0..self.core.guests.len() {
            all.extend(self.core.sockets(index)?);
        }
        Ok(all)
    }

    /// What was observed so far: calls with their arguments and outcomes, packets, states.
    pub fn observations(&self) -> Vec<Observation> {
        self.core.observations()
    }
}

/// The methods of [`Guest`], of the only program.
impl Trial {
    /// [`Guest::output`].
    ///
    /// # Errors
    /// Those.
    pub fn output(&self) -> Result<Output, Problem> {
        self.program()?.output()
    }

    /// [`Guest::wait_output`].
    ///
    /// # Errors
    /// Those.
    pub fn wait_output(&self, is_there: impl Fn(&str) -> bool) -> Result<bool, Problem> {
        self.program()?.wait_output(is_there)
    }

    /// [`Guest::type_line`].
    ///
    /// # Errors
    /// Those.
    pub fn type_line(&self, line: &str) -> Result<(), Problem> {
        self.program()?.type_line(line)
    }

    /// [`Guest::end_of_input`].
    ///
    /// # Errors
    /// Those.
    pub fn end_of_input(&self) -> Result<(), Problem> {
        self.program()?.end_of_input()
    }

    /// [`Guest::wait_exit`].
    ///
    /// # Errors
    /// Those.
    pub fn wait_exit(&self) -> Result<Exit, Problem> {
        self.program()?.wait_exit()
    }

    /// [`Guest::is_alive`].
    ///
    /// # Errors
    /// Those.
    pub fn is_alive(&self) -> Result<bool, Problem> {
        self.program()?.is_alive()
    }

    /// [`Guest::expect_alive`].
    ///
    /// # Errors
    /// Those.
    pub fn expect_alive(&self) -> Result<(), Problem> {
        self.program()?.expect_alive()
    }

    /// [`Guest::restart`].
    ///
    /// # Errors
    /// Those.
    pub fn restart(&self) -> Result<(), Problem> {
        self.program()?.restart()
    }

    /// [`Guest::stop_and_continue`].
    ///
    /// # Errors
    /// Those.
    pub fn stop_and_continue(&self) -> Result<(), Problem> {
        self.program()?.stop_and_continue()
    }

    /// [`Guest::files`].
    ///
    /// # Errors
    /// Those.
    pub fn files(&self) -> Result<Vec<File>, Problem> {
        self.program()?.files()
    }

    /// [`Guest::blocked_in`].
    ///
    /// # Errors
    /// Those.
    pub fn blocked_in(&self) -> Result<Option<Blocked>, Problem> {
        self.program()?.blocked_in()
    }

    /// [`Guest::busy_percent`].
    ///
    /// # Errors
    /// Those.
    pub fn busy_percent(&self, time: Duration, most: u32) -> Result<u64, Problem> {
        self.program()?.busy_percent(time, most)
    }
}
