//! `socklab sockets`: what `netstat` and `ps` show together, who listens and who is connected.

mod wait;
mod watch;

use std::collections::BTreeSet;
use std::time::Duration;

use clap::ValueEnum;
use scope::sockets::{Family as AddressFamily, State as SocketState};
use scope::sockets::{Filter, Protocol, Snapshot, TcpState, UdpState};

use super::family::Family;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::value;
use crate::views::sockets as view;
use crate::words::Words;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(long, value_parser = value::taken_port)]
    pub(crate) port: Option<u16>,
    #[arg(long, value_parser = value::whole(1, 1 << 22))]
    pub(crate) pid: Option<u32>,
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[arg(long, ignore_case = true)]
    pub(crate) state: Vec<State>,
    #[arg(long)]
    pub(crate) tcp: bool,
    #[arg(long)]
    pub(crate) udp: bool,
    #[arg(long, conflicts_with = "state")]
    pub(crate) listening: bool,
    #[arg(
        long,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "1s",
        value_parser = value::time
    )]
    pub(crate) watch: Option<Duration>,
    #[command(flatten)]
    pub(crate) family: Family,
}

/// A state of a socket, named as `ss(8)` does; the names that `netstat(8)` and the table write are taken too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum State {
    // Open, or a UDP socket with a peer.
    #[value(aliases = ["estab", "connected"])]
    Established,
    #[value(alias = "syn_sent")]
    SynSent,
    #[value(aliases = ["syn_recv", "syn-received"])]
    SynRecv,
    #[value(name = "fin-wait-1", alias = "fin_wait1")]
    FinWait1,
    #[value(name = "fin-wait-2", alias = "fin_wait2")]
    FinWait2,
    #[value(alias = "time_wait")]
    TimeWait,
    // Closed, or a UDP socket without a peer.
    #[value(aliases = ["unconnected", "close", "closed"])]
    Unconn,
    #[value(alias = "close_wait")]
    CloseWait,
    #[value(alias = "last_ack")]
    LastAck,
    #[value(alias = "listening")]
    Listen,
    Closing,
}

impl Args {
    /// Tells which sockets are meant.
    ///
    /// # Errors
    ///
    /// A failure of usage, when the states that were asked for are of the protocol that was not.
    fn filter(&self, words: &Words) -> Result<Filter, Failure> {
        let states: BTreeSet<_> = self.states().collect();
        let protocol = self.protocol();
        if let Some(protocol) = protocol
            && !states.is_empty()
            && !states.iter().any(|state| state.protocol() == protocol)
        {
            let failure = Failure::new(Exit::Usage, words.sockets_no_such_state(protocol));
            return Err(failure.hint(words.hint_possible_values(names(protocol))));
        }
        Ok(Filter {
            protocol,
            family: self.address_family(),
            states,
            ports: self.port.into_iter().collect(),
            pids: self.pid.into_iter().collect(),
            names: self.name.iter().cloned().collect(),
        })
    }

    fn states(&self) -> impl Iterator<Item = SocketState> {
        let listening = if self.listening { &SocketState::LISTENING[..] } else { &[] };
        self.state.iter().flat_map(|state| state.meant()).chain(listening).copied()
    }

    fn protocol(&self) -> Option<Protocol> {
        match (self.tcp, self.udp) {
            (true, false) => Some(Protocol::Tcp),
            (false, true) => Some(Protocol::Udp),
            // Both flags are what no flag is, as for `netstat -tu`.
            (false, false) | (true, true) => None,
        }
    }

    fn address_family(&self) -> Option<AddressFamily> {
        match (self.family.ipv4, self.family.ipv6) {
            (true, _) => Some(AddressFamily::Ipv4),
            (_, true) => Some(AddressFamily::Ipv6),
            (false, false) => None,
        }
    }
}

impl State {
    /// Returns the states that have this name: one of TCP, and one of UDP where `ss(8)` gives it the same.
    fn meant(self) -> &'static [SocketState] {
        match self {
            Self::Established => {
                &[SocketState::Tcp(TcpState::Established), SocketState::Udp(UdpState::Connected)]
            }
            Self::SynSent => &[SocketState::Tcp(TcpState::SynSent)],
            Self::SynRecv => &[SocketState::Tcp(TcpState::SynReceived)],
            Self::FinWait1 => &[SocketState::Tcp(TcpState::FinWait1)],
            Self::FinWait2 => &[SocketState::Tcp(TcpState::FinWait2)],
            Self::TimeWait => &[SocketState::Tcp(TcpState::TimeWait)],
            Self::Unconn => &[SocketState::Tcp(TcpState::Closed), SocketState::Udp(UdpState::Unconnected)],
            Self::CloseWait => &[SocketState::Tcp(TcpState::CloseWait)],
            Self::LastAck => &[SocketState::Tcp(TcpState::LastAck)],
            Self::Listen => &[SocketState::Tcp(TcpState::Listen)],
            Self::Closing => &[SocketState::Tcp(TcpState::Closing)],
        }
    }
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let filter = args.filter(&context.words)?;
    if let Some(pace) = args.watch {
        return watch::watch(&filter, pace, context);
    }
    view::show(&take(&filter, &context.words)?, &filter, context)?;
    Ok(Exit::Done)
}

/// Takes a snapshot.
fn take(filter: &Filter, words: &Words) -> Result<Snapshot, Failure> {
    scope::sockets::snapshot(filter).map_err(|error| view::failure(&error, words))
}

/// Lists the names of the states that a protocol has.
fn names(protocol: Protocol) -> String {
    let has_one = |state: &&State| state.meant().iter().any(|state| state.protocol() == protocol);
    let values = State::value_variants().iter().filter(has_one).filter_map(State::to_possible_value);
    values.map(|value| value.get_name().to_owned()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::cli;
    use crate::commands::Verb;
    use crate::lang::Lang;

    #[test]
    fn without_flags_every_socket_is_meant() {
        assert_eq!(filter(&[]), Some(Filter::default()));
        assert_eq!(filter(&["--tcp", "--udp"]), Some(Filter::default()));
    }

    #[test]
    fn each_flag_is_a_part_of_the_filter() {
        let meant = filter(&["--udp", "-6", "--port", "3500", "--pid", "7", "--name", "python"]);

        let expected = Filter {
            protocol: Some(Protocol::Udp),
            family: Some(AddressFamily::Ipv6),
            states: BTreeSet::new(),
            ports: vec![3500],
            pids: vec![7],
            names: vec!["python".to_owned()],
        };
        assert_eq!(meant, Some(expected));
    }

    #[test]
    fn listening_means_the_sockets_of_both_protocols_that_wait() {
        let meant = filter(&["--listening"]).unwrap();

        assert_eq!(meant.states, BTreeSet::from(SocketState::LISTENING));
    }

    #[test]
    fn a_state_that_the_protocol_does_not_have_is_refused() {
        assert_eq!(filter(&["--udp", "--state", "listen"]), None);
        assert_eq!(names(Protocol::Udp), "established, unconn");
        assert!(filter(&["--udp", "--state", "listen", "--state", "unconn"]).is_some());
    }

    #[test]
    fn what_the_table_and_the_other_tools_write_is_a_state() {
        for state in State::value_variants() {
            for meant in state.meant() {
                assert_eq!(State::from_str(&meant.to_string(), true).as_ref(), Ok(state));
            }
        }
        let netstat = ["SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE", "LAST_ACK"];
        let ss = ["ESTAB", "SYN-RECV", "FIN-WAIT-1", "TIME-WAIT", "UNCONN", "CLOSE-WAIT", "LISTEN"];
        for name in netstat.into_iter().chain(ss) {
            assert!(State::from_str(name, true).is_ok(), "{name}");
        }
    }

    fn filter(flags: &[&str]) -> Option<Filter> {
        let words = Words::new(Lang::English);
        let line = [&["socklab", "sockets"], flags].concat();
        let arguments: Vec<OsString> = line.iter().map(OsString::from).collect();
        let Verb::Sockets(args) = cli::parse(&arguments, &words).unwrap().verb else {
            panic!("{flags:?} are not flags of sockets");
        };
        args.filter(&words).ok()
    }
}
