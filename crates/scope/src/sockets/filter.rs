//! Which sockets are wanted.

use std::collections::BTreeSet;

use wire::sock_diag::{Entry, Extensions, Family, Protocol, Request, State, StateSet};

use super::row::{Owner, Process};

/// Which sockets a snapshot is to show.
///
/// Each empty part admits everything; of a part with several values, one must fit; all parts must admit a socket. For
/// listeners only, let `states` be [`State::LISTENING`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The protocol.
    pub protocol: Option<Protocol>,
    /// The family of the addresses.
    pub family: Option<Family>,
    /// The states, of either protocol.
    pub states: BTreeSet<State>,
    /// The ports, local or of the peer.
    pub ports: Vec<u16>,
    /// The processes by number.
    pub pids: Vec<u32>,
    /// The processes by a part of their name or of one of the words of their command line: `server.py` finds the
    /// program that `python3` runs.
    pub names: Vec<String>,
}

impl Filter {
    /// Returns the requests that bring all sockets that can pass; the kernel looks at protocol, family and state.
    pub(crate) fn requests(&self) -> Vec<Request> {
        let kinds = Protocol::ALL
            .into_iter()
            .flat_map(|protocol| Family::ALL.map(|family| (protocol, family)))
            .filter(|&(protocol, family)| self.admits_kind(protocol, family));
        (1..)
            .zip(kinds)
            .map(|(sequence, (protocol, family))| Request {
                sequence,
                protocol,
                family,
                states: self.states_of(protocol),
                extensions: Extensions::SOCKET_MEMORY,
            })
            .filter(|request| !request.states.is_empty())
            .collect()
    }

    /// Tells whether what the kernel says of a socket passes.
    pub(super) fn admits_socket(&self, entry: &Entry) -> bool {
        let ports = [entry.local.port(), entry.peer.port()];
        self.admits_kind(entry.protocol, entry.family)
            && (self.states.is_empty() || self.states.contains(&entry.state))
            && (self.ports.is_empty() || self.ports.iter().any(|port| ports.contains(port)))
    }

    /// Tells whether one of the processes that have a socket passes.
    pub(super) fn admits_owner(&self, owner: &Owner) -> bool {
        let admits_any = self.pids.is_empty() && self.names.is_empty();
        admits_any || owner.processes().iter().any(|it| self.admits_process(it))
    }

    fn admits_kind(&self, protocol: Protocol, family: Family) -> bool {
        self.protocol.is_none_or(|wanted| wanted == protocol)
            && self.family.is_none_or(|wanted| wanted == family)
    }

    fn states_of(&self, protocol: Protocol) -> StateSet {
        if self.states.is_empty() {
            return StateSet::ALL;
        }
        self.states.iter().copied().filter(|state| state.protocol() == protocol).collect()
    }

    fn admits_process(&self, process: &Process) -> bool {
        let is_called = |name: &String| {
            process.name.contains(name) || process.command_line.iter().any(|it| it.contains(name))
        };
        (self.pids.is_empty() || self.pids.contains(&process.pid))
            && (self.names.is_empty() || self.names.iter().any(is_called))
    }
}

#[cfg(test)]
mod tests {
    use wire::sock_diag::UdpState;
    use wire::tcp_state::TcpState;

    use super::super::row::NoProcess;
    use super::super::samples::{connection, listener, process, udp};
    use super::*;

    #[test]
    fn an_empty_filter_asks_for_everything() {
        let requests = Filter::default().requests();

        let kinds: Vec<_> =
            requests.iter().map(|request| (request.protocol, request.family, request.states)).collect();
        let expected = [
            (Protocol::Tcp, Family::Ipv4, StateSet::ALL),
            (Protocol::Tcp, Family::Ipv6, StateSet::ALL),
            (Protocol::Udp, Family::Ipv4, StateSet::ALL),
            (Protocol::Udp, Family::Ipv6, StateSet::ALL),
        ];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn requests_are_told_apart_by_their_numbers() {
        let sequences: BTreeSet<_> =
            Filter::default().requests().iter().map(|request| request.sequence).collect();

        assert_eq!(sequences.len(), 4);
    }

    #[test]
    fn each_protocol_is_asked_for_its_own_states() {
        let filter = Filter {
            family: Some(Family::Ipv4),
            states: BTreeSet::from(State::LISTENING),
            ..Filter::default()
        };

        let masks: Vec<_> =
            filter.requests().iter().map(|request| (request.protocol, request.states.bits())).collect();

        assert_eq!(masks, [(Protocol::Tcp, 1 << 10), (Protocol::Udp, 1 << 7)]);
    }

    #[test]
    fn a_protocol_without_a_wanted_state_is_not_asked_for() {
        let filter =
            Filter { states: BTreeSet::from([State::Udp(UdpState::Connected)]), ..Filter::default() };

        let requests = filter.requests();

        assert!(requests.iter().all(|it| it.protocol == Protocol::Udp));
    }

    #[test]
    fn a_port_is_looked_for_on_both_sides() {
        let filter = Filter { ports: vec![3500], ..Filter::default() };

        assert!(filter.admits_socket(&connection(3500, 50000)));
        assert!(filter.admits_socket(&connection(50000, 3500)));
        assert!(!filter.admits_socket(&listener(3501)));
    }

    #[test]
    fn states_protocol_and_family_must_all_fit() {
        let filter = Filter {
            protocol: Some(Protocol::Tcp),
            family: Some(Family::Ipv4),
            states: BTreeSet::from([State::Tcp(TcpState::Listen)]),
            ..Filter::default()
        };

        assert!(filter.admits_socket(&listener(3500)));
        assert!(!filter.admits_socket(&connection(3500, 50000)));
        assert!(!filter.admits_socket(&udp(3500)));
    }

    #[test]
    fn a_name_is_looked_for_in_the_command_line_too() {
        let server = Owner::Processes(vec![process(7, "python3", &["python3", "server.py"])]);

        assert!(named("python").admits_owner(&server));
        assert!(named("server").admits_owner(&server));
        assert!(!named("client").admits_owner(&server));
    }

    #[test]
    fn one_of_several_processes_is_enough() {
        let shared = Owner::Processes(vec![process(7, "parent", &[]), process(8, "child", &[])]);
        let filter = Filter { pids: vec![8], ..Filter::default() };

        assert!(filter.admits_owner(&shared));
    }

    #[test]
    fn what_has_no_process_passes_only_if_none_is_asked_for() {
        let nobody = Owner::NoProcess(NoProcess::TimeWait);

        assert!(Filter::default().admits_owner(&nobody));
        assert!(!named("python").admits_owner(&nobody));
    }

    fn named(name: &str) -> Filter {
        Filter { names: vec![name.to_owned()], ..Filter::default() }
    }
}
