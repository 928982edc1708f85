//! What has been told of each socket, which whoever looks at sockets shares.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::{HashMap, HashSet};

use crate::model::{Address, Certainty, Pid, Protocol, SocketId, SocketState, TcpFigures, Time, What};
use crate::source::Sink;

/// Of how many sockets is remembered what was told; when there are more, all are told again.
pub const SOCKETS_MAX: usize = 65_536;

/// How many addresses of sockets, and how many processes, are remembered; when there are more, they are learnt again.
pub const CONCERNS_MAX: usize = 65_536;

/// What has been told of each socket, so that only changes are told, whoever looks. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Known {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    told: HashMap<SocketId, (Time, SocketState)>,
    concerns: Concerns,
}

/// Which processes and addresses are those of the recording.
#[derive(Debug, Default)]
struct Concerns {
    processes: HashSet<Pid>,
    addresses: HashSet<SocketAddr>,
}

/// What telling a state came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// It is as it was told last, or was told by somebody who looked later.
    Same,
    /// Only figures differed: queues, windows, drops.
    Figures,
    /// The socket is new, or in another state, or has other addresses.
    Socket,
}

impl Known {
    /// Tells what a socket is like, unless that is known. `time` is when somebody looked.
    pub(crate) fn tell(&self, state: SocketState, time: Time, certainty: Certainty, sink: &Sink) -> Told {
        let told = self.lock().learn(&state, time);
        if told != Told::Same {
            sink.tell(time, certainty, What::Socket(state));
        }
        told
    }

    /// What was told of a socket last.
    pub(crate) fn last(&self, socket: SocketId) -> Option<SocketState> {
        self.lock().told.get(&socket).map(|(_, state)| state.clone())
    }

    /// Whether something waited to be received by a socket, as was told last.
    pub(crate) fn has_received(&self, socket: SocketId) -> bool {
        self.lock().told.get(&socket).is_some_and(|(_, state)| state.recv_queue > 0)
    }

    /// Takes a process for one of the recording's.
    pub(crate) fn add_process(&self, pid: Pid) {
        insert(&mut self.lock().concerns.processes, pid);
    }

    /// Whether something that the kernel told concerns the recording: it happened in one of its processes, or with an address of
    /// one of its sockets.
    pub fn concerns(&self, pid: Pid, addresses: [Option<SocketAddr>; 2]) -> bool {
        let shared = self.lock();
        let mut addresses = addresses.iter().flatten();
        shared.concerns.processes.contains(&pid)
            || addresses.any(|address| shared.concerns.addresses.contains(&canonical(*address)))
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn learn(&mut self, state: &SocketState, time: Time) -> Told {
        let told = match self.told.get(&state.socket) {
            Some((then, _)) if *then > time => Told::Same,
            Some((_, before)) => compare(before, state),
            None => Told::Socket,
        };
        if told == Told::Socket {
            self.concerns.add(state);
        }
        if told != Told::Same {
            if self.told.len() >= SOCKETS_MAX {
                self.told.clear();
            }
            self.told.insert(state.socket, (time, state.clone()));
        }
        told
    }
}

impl Concerns {
    fn add(&mut self, state: &SocketState) {
        let internet = matches!(state.protocol, Protocol::Tcp | Protocol::Udp);
        let local = state.local.as_ref().and_then(Address::inet);
        if let Some(local) = local.filter(|local| internet && local.port() != 0) {
            insert(&mut self.addresses, canonical(local));
        }
    }
}

fn insert<T: std::hash::Hash + Eq>(set: &mut HashSet<T>, value: T) {
    if set.len() >= CONCERNS_MAX {
        set.clear();
    }
    set.insert(value);
}

/// The address with IPv4 written as such, also where a socket of IPv6 speaks it.
pub(crate) fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// Compares two looks at a socket. That a round trip is estimated anew with every acknowledgement is no change.
fn compare(before: &SocketState, now: &SocketState) -> Told {
    let same_socket = before.state == now.state
        && before.local == now.local
        && before.peer == now.peer
        && before.holder == now.holder;
    let same_figures = before.recv_queue == now.recv_queue
        && before.send_queue == now.send_queue
        && before.drops == now.drops
        && before.recv_buffer_bytes == now.recv_buffer_bytes
        && before.send_buffer_bytes == now.send_buffer_bytes
        && before.tcp.map(without_times) == now.tcp.map(without_times);
    match (same_socket, same_figures) {
        (false, _) => Told::Socket,
        (true, false) => Told::Figures,
        (true, true) => Told::Same,
    }
}

fn without_times(figures: TcpFigures) -> TcpFigures {
    TcpFigures { rtt_us: 0, rtt_var_us: 0, rto_us: 0, ..figures }
}

#[cfg(test)]
mod tests {
    use wire::tcp_state::TcpState;

    use super::*;
    use crate::source::sink::sink;

    #[test]
    fn only_changes_are_told_and_a_new_round_trip_is_none() {
        let known = Known::default();
        let (sink, mut reader) = sink(0);
        let figures = |rtt_us, cwnd| Some(TcpFigures { cwnd, rtt_us, ..TcpFigures::default() });

        let told = [
            SocketState { tcp: figures(20, 10), ..state(TcpState::Established) },
            SocketState { tcp: figures(31, 10), ..state(TcpState::Established) },
            SocketState { tcp: figures(31, 11), ..state(TcpState::Established) },
            SocketState { tcp: figures(31, 11), ..state(TcpState::CloseWait) },
        ]
        .map(|state| known.tell(state, Time(1), Certainty::Exact, &sink));

        assert_eq!(told, [Told::Socket, Told::Same, Told::Figures, Told::Socket]);
        assert_eq!(reader.take().len(), 3);
    }

    #[test]
    fn who_looked_earlier_and_tells_later_is_not_listened_to() {
        let known = Known::default();
        let (sink, _reader) = sink(0);
        let now = SocketState { recv_queue: 1, ..state(TcpState::Listen) };

        known.tell(now, Time(7), Certainty::Exact, &sink);
        let late = known.tell(state(TcpState::Listen), Time(6), Certainty::Exact, &sink);

        assert_eq!(late, Told::Same);
        assert_eq!(known.last(SocketId(1)).map(|state| state.recv_queue), Some(1));
    }

    #[test]
    fn what_happens_in_a_process_or_with_an_address_of_the_recording_concerns_it() {
        let known = Known::default();
        let (sink, _reader) = sink(0);
        known.add_process(Pid(7));
        known.tell(state(TcpState::Listen), Time(1), Certainty::Exact, &sink);
        let ours = "[::ffff:127.0.0.1]:3500".parse().ok();
        let other = "127.0.0.1:3501".parse().ok();

        assert!(known.concerns(Pid(7), [None, None]));
        assert!(known.concerns(Pid(0), [other, ours]));
        assert!(!known.concerns(Pid(8), [other, None]));
    }

    fn state(state: TcpState) -> SocketState {
        SocketState {
            socket: SocketId(1),
            holder: None,
            protocol: Protocol::Tcp,
            state: Some(state),
            local: Some(SocketAddr::from(([127, 0, 0, 1], 3500)).into()),
            peer: None,
            recv_queue: 0,
            send_queue: 0,
            drops: 0,
            recv_buffer_bytes: 0,
            send_buffer_bytes: 0,
            tcp: None,
        }
    }
}
