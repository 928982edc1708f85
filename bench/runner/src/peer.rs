//! The servers that are compared, and how each is started.

use std::{
    env,
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use endpoints::{bench::Shape, transport::Transport};
use serde::{Serialize, Serializer};

use crate::{
    both_ends,
    scenario::{Field, Scenario},
    topology::Topology,
};

/// Stands for the port in the arguments of [`PEERS`].
const PORT: &str = "PORT";

/// An echo server of some make.
pub(crate) struct Peer {
    /// Name in tables and for `--server`.
    pub(crate) name: &'static str,
    program: Program,
    tcp: Option<&'static str>,
    udp: Option<&'static str>,
    role: Role,
    /// Most connections it is asked to serve at once under load.
    pub(crate) connections_max: usize,
}

/// Why a server is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It is written for speed.
    Engine,
    /// It is what anyone would take; where [`Field::Everyone`] is asked.
    Everyday,
    /// It shows what cannot be beaten at a ping-pong in one topology, and is no server to use.
    Bound(Topology),
    /// It shows what cannot be beaten by many connections where CPUs are given, and is its own client.
    BothEnds,
}

/// Where a program is found.
#[derive(Clone, Copy)]
pub(crate) enum Program {
    /// The one under test, named on the command line.
    Socklab,
    /// Built in this workspace, so beside this very program.
    Built(&'static str),
    /// Installed, or not.
    Installed(&'static str),
}

/// Every server, in the order of the tables. Arguments are separated by blanks.
///
/// All get the chance to do well: buffers of 64 KiB where there is a choice, `TCP_NODELAY` where there is an option.
pub(crate) const PEERS: [Peer; 16] = [
    Peer {
        tcp: Some("echo tcp --bind 127.0.0.1 --port PORT --quiet"),
        udp: Some("echo udp --bind 127.0.0.1 --port PORT --quiet"),
        ..engine("socklab", Program::Socklab)
    },
    Peer { tcp: Some("tcp PORT"), udp: Some("udp PORT"), ..engine("epoll", Program::Built("peer-epoll")) },
    Peer { tcp: Some("PORT"), ..engine("io_uring", Program::Built("peer-uring")) },
    Peer { tcp: Some("PORT"), ..engine("monoio", Program::Built("peer-monoio")) },
    Peer { tcp: Some("PORT"), ..engine("compio", Program::Built("peer-compio")) },
    Peer {
        tcp: Some("tcp PORT --rt ct"),
        udp: Some("udp PORT --rt ct"),
        ..engine("tokio-ct", Program::Built("peer-tokio"))
    },
    Peer {
        tcp: Some("tcp PORT --rt mt"),
        udp: Some("udp PORT --rt mt"),
        ..engine("tokio-mt", Program::Built("peer-tokio"))
    },
    Peer { udp: Some("PORT"), ..engine("quinn-udp", Program::Built("peer-quinn")) },
    Peer { tcp: Some("PORT"), ..everyday("rust-threads", Program::Built("peer-threads")) },
    Peer {
        tcp: Some("bench/peers/python/tcp_loop.py PORT"),
        udp: Some("bench/peers/python/udp.py PORT"),
        connections_max: 1,
        ..everyday("python-loop", Program::Installed("python3"))
    },
    Peer {
        tcp: Some("bench/peers/python/tcp_threads.py PORT"),
        ..everyday("python-threads", Program::Installed("python3"))
    },
    Peer {
        tcp: Some("TCP-LISTEN:PORT,bind=127.0.0.1,fork,reuseaddr,nodelay PIPE"),
        udp: Some("UDP-RECVFROM:PORT,bind=127.0.0.1,fork PIPE"),
        connections_max: 50,
        ..everyday("socat", Program::Installed("socat"))
    },
    Peer {
        tcp: Some("-l -k --max-conns 1000 -e /bin/cat 127.0.0.1 PORT"),
        connections_max: 50,
        ..everyday("ncat", Program::Installed("ncat"))
    },
    Peer {
        tcp: Some("tcp PORT --wait spin"),
        udp: Some("udp PORT --wait spin"),
        ..bound("bound: spin", Topology::Split)
    },
    Peer { tcp: Some("tcp PORT --wait beside"), ..bound("bound: beside", Topology::Duo) },
    Peer {
        tcp: Some("tcp"),
        udp: Some("udp"),
        role: Role::BothEnds,
        ..engine("bound: both ends", Program::Built("peer-bound"))
    },
];

/// A server that is written for speed.
const fn engine(name: &'static str, program: Program) -> Peer {
    Peer { name, program, tcp: None, udp: None, role: Role::Engine, connections_max: usize::MAX }
}

/// A server as anyone would write or start it.
const fn everyday(name: &'static str, program: Program) -> Peer {
    Peer { role: Role::Everyday, ..engine(name, program) }
}

/// What a ping-pong there cannot be quicker than.
const fn bound(name: &'static str, topology: Topology) -> Peer {
    Peer { role: Role::Bound(topology), ..engine(name, Program::Built("peer-limit")) }
}

impl Peer {
    /// Whether it takes part in a scenario, there.
    pub(crate) fn is_in(&self, scenario: &Scenario, topology: Topology, field: Field) -> bool {
        let is_there = match self.role {
            Role::Engine => true,
            Role::Everyday => field == Field::Everyone,
            Role::Bound(only) => only == topology && matches!(scenario.shape, Shape::PingPong | Shape::Spin),
            Role::BothEnds => topology != Topology::Free && both_ends::word(scenario.shape).is_some(),
        };
        is_there && self.arguments(scenario.transport).is_some()
    }

    /// Whether it is no server to use.
    pub(crate) fn is_bound(&self) -> bool {
        matches!(self.role, Role::Bound(_) | Role::BothEnds)
    }

    /// Whether it is its own client.
    pub(crate) fn is_both_ends(&self) -> bool {
        self.role == Role::BothEnds
    }

    /// The arguments for `transport`; `None` when this peer does not speak it.
    pub(crate) fn arguments(&self, transport: Transport) -> Option<&'static str> {
        match transport {
            Transport::Tcp => self.tcp,
            Transport::Udp => self.udp,
        }
    }

    /// The command that serves `transport` on `port`, or why there is none.
    ///
    /// # Errors
    /// A sentence for the table: the peer is not installed, not built, or does not speak `transport`.
    pub(crate) fn command(&self, transport: Transport, port: u16, socklab: &Path) -> Result<Command, String> {
        let arguments = self.arguments(transport).ok_or("does not serve this transport")?;
        let mut command = Command::new(self.program.locate(socklab)?);
        command.args(arguments.split(' ').map(|argument| argument.replace(PORT, &port.to_string())));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        Ok(command)
    }
}

/// A peer is written as its name.
impl Serialize for Peer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

impl Program {
    /// Its path; that of `socklab` is given.
    ///
    /// # Errors
    /// A sentence for the table: it is not installed or not built.
    pub(crate) fn locate(&self, socklab: &Path) -> Result<PathBuf, String> {
        match self {
            Self::Socklab => built(socklab.to_path_buf(), "socklab"),
            Self::Built(name) => {
                let this =
                    env::current_exe().map_err(|error| format!("this program cannot be found: {error}"))?;
                built(this.with_file_name(name), name)
            }
            Self::Installed(name) => {
                let path = env::var_os("PATH").unwrap_or_default();
                find_in(&path, name).ok_or_else(|| format!("{name} is not installed"))
            }
        }
    }
}

fn built(path: PathBuf, name: &str) -> Result<PathBuf, String> {
    if path.is_file() { Ok(path) } else { Err(format!("{name} is not built")) }
}

fn find_in(path: &OsStr, name: &str) -> Option<PathBuf> {
    env::split_paths(path).map(|directory| directory.join(name)).find(|candidate| candidate.is_file())
}

/// The peers called `names`, or all when there are none.
///
/// # Errors
/// When a name is unknown.
pub(crate) fn select(names: &[String]) -> io::Result<Vec<&'static Peer>> {
    let known: Vec<&str> = PEERS.iter().map(|peer| peer.name).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
        let message = format!("no server is called {unknown:?}; there are {}", known.join(", "));
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    Ok(PEERS.iter().filter(|peer| names.is_empty() || names.iter().any(|name| name == peer.name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::SCENARIOS;

    #[test]
    fn the_port_stands_where_the_arguments_want_it() {
        let command = by_name("socat").command(Transport::Udp, 4242, Path::new("socklab"));
        let Ok(command) = command else {
            return; // socat is not installed here, and the reason is tested below
        };
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(arguments, ["UDP-RECVFROM:4242,bind=127.0.0.1,fork", "PIPE"]);
    }

    #[test]
    fn a_peer_says_why_it_cannot_be_started() {
        let missing = by_name("socklab").command(Transport::Tcp, 1, Path::new("no/such/socklab"));
        assert_eq!(missing.err().as_deref(), Some("socklab is not built"));
        let mute = by_name("rust-threads").command(Transport::Udp, 1, Path::new("socklab"));
        assert_eq!(mute.err().as_deref(), Some("does not serve this transport"));
        assert_eq!(find_in(OsStr::new("/no/such/folder"), "socat"), None);
    }

    #[test]
    fn only_known_servers_can_be_selected() {
        assert_eq!(select(&[]).map(|peers| peers.len()).ok(), Some(PEERS.len()));
        assert_eq!(select(&["socat".into()]).map(|peers| peers[0].name).ok(), Some("socat"));
        assert!(select(&["netcat".into()]).is_err());
    }

    #[test]
    fn a_row_in_a_topology_has_one_bound_at_most() {
        for scenario in &SCENARIOS {
            for &(topology, field) in scenario.fields {
                let is_bound = |peer: &&Peer| peer.is_bound() && peer.is_in(scenario, topology, field);
                let most = usize::from(topology != Topology::Free);
                assert!(PEERS.iter().filter(is_bound).count() <= most, "{} {topology}", scenario.row);
            }
        }
    }

    #[test]
    fn bounds_are_only_where_they_are_bounds() {
        let [ping_pong, many] = ["ping-pong", "tcp-50"]
            .map(|row| SCENARIOS.iter().find(|scenario| scenario.row == row).expect("a row has this name"));
        let spin = by_name("bound: spin");
        assert!(spin.is_in(ping_pong, Topology::Split, Field::Engines));
        assert!(!spin.is_in(ping_pong, Topology::Duo, Field::Everyone));
        assert!(!spin.is_in(many, Topology::Split, Field::Everyone));
        let both_ends = by_name("bound: both ends");
        assert!(both_ends.is_in(many, Topology::Split, Field::Engines));
        assert!(both_ends.is_in(many, Topology::Duo, Field::Engines));
        assert!(!both_ends.is_in(many, Topology::Free, Field::Everyone));
        assert!(!both_ends.is_in(ping_pong, Topology::Duo, Field::Everyone));
        assert!(!by_name("socat").is_in(ping_pong, Topology::Free, Field::Engines));
        assert!(by_name("socat").is_in(ping_pong, Topology::Free, Field::Everyone));
        assert!(!by_name("quinn-udp").is_in(many, Topology::Free, Field::Everyone));
    }

    fn by_name(name: &str) -> &'static Peer {
        PEERS.iter().find(|peer| peer.name == name).expect("a peer has this name")
    }
}
