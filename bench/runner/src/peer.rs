//! The servers that are compared, and how each is started.

use std::{
    env,
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use endpoints::transport::Transport;
use serde::{Serialize, Serializer};

/// Stands for the port in the arguments of [`PEERS`].
const PORT: &str = "PORT";

/// An echo server of some make.
pub(crate) struct Peer {
    /// Name in tables and for `--server`.
    pub(crate) name: &'static str,
    program: Program,
    tcp: Option<&'static str>,
    udp: Option<&'static str>,
    /// Most connections it is asked to serve at once under load.
    pub(crate) connections_max: usize,
    /// Most idle connections it is asked to hold; `None` leaves it out of that benchmark.
    pub(crate) idle_max: Option<usize>,
}

/// Where a program is found.
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
pub(crate) const PEERS: [Peer; 8] = [
    Peer {
        name: "socklab",
        program: Program::Socklab,
        tcp: Some("echo tcp --bind 127.0.0.1 --port PORT --quiet"),
        udp: Some("echo udp --bind 127.0.0.1 --port PORT --quiet"),
        connections_max: usize::MAX,
        idle_max: Some(usize::MAX),
    },
    Peer {
        name: "tokio-ct",
        program: Program::Built("peer-tokio"),
        tcp: Some("tcp PORT --rt ct"),
        udp: Some("udp PORT --rt ct"),
        connections_max: usize::MAX,
        idle_max: Some(usize::MAX),
    },
    Peer {
        name: "tokio-mt",
        program: Program::Built("peer-tokio"),
        tcp: Some("tcp PORT --rt mt"),
        udp: Some("udp PORT --rt mt"),
        connections_max: usize::MAX,
        idle_max: None,
    },
    Peer {
        name: "rust-threads",
        program: Program::Built("peer-threads"),
        tcp: Some("PORT"),
        udp: None,
        connections_max: usize::MAX,
        idle_max: Some(usize::MAX),
    },
    Peer {
        name: "python-loop",
        program: Program::Installed("python3"),
        tcp: Some("bench/peers/python/tcp_loop.py PORT"),
        udp: Some("bench/peers/python/udp.py PORT"),
        connections_max: 1,
        idle_max: None,
    },
    Peer {
        name: "python-threads",
        program: Program::Installed("python3"),
        tcp: Some("bench/peers/python/tcp_threads.py PORT"),
        udp: None,
        connections_max: usize::MAX,
        idle_max: Some(usize::MAX),
    },
    Peer {
        name: "socat",
        program: Program::Installed("socat"),
        tcp: Some("TCP-LISTEN:PORT,bind=127.0.0.1,fork,reuseaddr,nodelay PIPE"),
        udp: Some("UDP-RECVFROM:PORT,bind=127.0.0.1,fork PIPE"),
        connections_max: 50,
        idle_max: Some(500),
    },
    Peer {
        name: "ncat",
        program: Program::Installed("ncat"),
        tcp: Some("-l -k --max-conns 1000 -e /bin/cat 127.0.0.1 PORT"),
        udp: None,
        connections_max: 50,
        idle_max: None,
    },
];

impl Peer {
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

    #[test]
    fn the_port_stands_where_the_arguments_want_it() {
        let command = PEERS[6].command(Transport::Udp, 4242, Path::new("socklab"));
        let Ok(command) = command else {
            return; // socat is not installed here, and the reason is tested below
        };
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(arguments, ["UDP-RECVFROM:4242,bind=127.0.0.1,fork", "PIPE"]);
    }

    #[test]
    fn a_peer_says_why_it_cannot_be_started() {
        let missing = PEERS[0].command(Transport::Tcp, 1, Path::new("no/such/socklab"));
        assert_eq!(missing.err().as_deref(), Some("socklab is not built"));
        let mute = PEERS[3].command(Transport::Udp, 1, Path::new("socklab"));
        assert_eq!(mute.err().as_deref(), Some("does not serve this transport"));
        assert_eq!(find_in(OsStr::new("/no/such/folder"), "socat"), None);
    }

    #[test]
    fn only_known_servers_can_be_selected() {
        assert_eq!(select(&[]).map(|peers| peers.len()).ok(), Some(PEERS.len()));
        assert_eq!(select(&["socat".into()]).map(|peers| peers[0].name).ok(), Some("socat"));
        assert!(select(&["netcat".into()]).is_err());
    }
}
