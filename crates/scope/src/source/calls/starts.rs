//! When programs start: which of those that wait may go, now that something has happened.

use std::collections::HashSet;

use wire::names::{Domain, SocketType};

use super::When;
use crate::model::{Address, Args, Call, Outcome, SocketId};

/// `AF_INET` and `AF_INET6`.
const INTERNET: [Domain; 2] = [Domain(2), Domain(10)];

/// The programs that wait, and for what.
#[derive(Debug)]
pub(super) struct Starts {
    waiting: Vec<Option<When>>,
    /// Internet datagram sockets, as long as anybody waits for one to be bound.
    datagrams: HashSet<SocketId>,
}

impl Starts {
    pub(super) fn new(whens: impl Iterator<Item = When>) -> Self {
        // Who waits to be asked for waits for no program.
        let waiting = whens.map(|when| Some(when).filter(|when| *when != When::Asked)).collect();
        Self { waiting, datagrams: HashSet::new() }
    }

    /// Those that need not wait, and those that wait for a time, which is somebody else's business from now on.
    pub(super) fn begin(&mut self) -> Vec<(usize, When)> {
        let waiting = self.waiting.iter_mut().enumerate();
        waiting
            .filter_map(|(program, when)| {
                let when = when.take_if(|when| matches!(when, When::AtOnce | When::After(_)))?;
                Some((program, when))
            })
            .collect()
    }

    /// Whether a program still waits for another one.
    pub(super) fn waits(&self, program: usize) -> bool {
        self.waiting.get(program).is_some_and(Option::is_some)
    }

    /// A program's call has returned; tells who may go.
    pub(super) fn returned(&mut self, program: usize, call: &Call) -> Vec<usize> {
        if self.waits_for_nothing() {
            return Vec::new();
        }
        let Some(Outcome::Returned(_)) = call.outcome else { return Vec::new() };
        let socket = call.on.and_then(|on| on.socket);
        match (&call.args, socket) {
            (Args::Socket { domain, of_type, .. }, Some(socket))
                if INTERNET.contains(domain) && of_type.kind() == SocketType::DGRAM =>
            {
                self.datagrams.insert(socket);
                Vec::new()
            }
            (Args::Listen { .. }, _) => self.go(|when| when == When::Listening(program)),
            (Args::Address { address: Some(Address::Inet(_)) }, Some(socket))
                if call.call.name() == "bind" && self.datagrams.contains(&socket) =>
            {
                self.go(|when| when == When::Listening(program))
            }
            _ => Vec::new(),
        }
    }

    /// A program has ended; tells who may go.
    pub(super) fn ended(&mut self, program: usize) -> Vec<usize> {
        self.go(|when| when == When::Listening(program) || when == When::Ended(program))
    }

    /// Programs that wait for each other, when nobody else is left; they wait no longer.
    pub(super) fn give_up(&mut self) -> Vec<usize> {
        self.go(|_| true)
    }

    fn waits_for_nothing(&self) -> bool {
        self.waiting.iter().all(Option::is_none)
    }

    fn go(&mut self, may: impl Fn(When) -> bool) -> Vec<usize> {
        let waiting = self.waiting.iter_mut().enumerate();
        waiting.filter_map(|(program, when)| when.take_if(|when| may(*when)).map(|_| program)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use wire::names::Syscall;

    use super::*;
    use crate::model::{Fd, Pid, SocketRef, Tid};

    const SERVER: usize = 0;
    const SOCKET: SocketId = SocketId(7);

    #[test]
    fn a_program_that_waits_for_a_listener_starts_when_that_listens() {
        let mut starts = starts([When::AtOnce, When::Listening(SERVER), When::Ended(1)]);

        assert_eq!(starts.begin(), [(SERVER, When::AtOnce)]);
        assert_eq!(starts.returned(SERVER, &call("listen", Args::Listen { backlog: 5 }, -98)), [0; 0]);
        assert_eq!(starts.returned(2, &call("listen", Args::Listen { backlog: 5 }, 0)), [0; 0]);
        assert_eq!(starts.returned(SERVER, &call("listen", Args::Listen { backlog: 5 }, 0)), [1]);
        assert_eq!(starts.ended(SERVER), [0; 0]);
        assert_eq!(starts.ended(1), [2]);
    }

    #[test]
    fn a_datagram_socket_listens_when_it_is_bound_and_a_stream_does_not() {
        for (of_type, expected) in [(SocketType::DGRAM, vec![1]), (SocketType::STREAM, vec![])] {
            let mut starts = starts([When::AtOnce, When::Listening(SERVER)]);
            starts.begin();
            let socket = Args::Socket { domain: Domain(2), of_type, protocol: 0, pair: vec![] };
            let address = Args::Address { address: "127.0.0.1:3500".parse().ok() };

            assert_eq!(starts.returned(SERVER, &call("socket", socket, 3)), [0; 0]);
            assert_eq!(starts.returned(SERVER, &call("bind", address, 0)), expected);
        }
    }

    #[test]
    fn whoever_waits_for_a_listener_that_never_listened_starts_when_that_has_ended() {
        let mut starts = starts([When::AtOnce, When::Listening(SERVER)]);
        starts.begin();

        assert_eq!(starts.ended(SERVER), [1]);
    }

    #[test]
    fn whoever_waits_for_a_time_is_handed_out_with_it() {
        let later = When::After(Duration::from_secs(1));

        assert_eq!(starts([later]).begin(), [(0, later)]);
    }

    #[test]
    fn programs_that_wait_for_each_other_are_given_up() {
        let mut starts = starts([When::Ended(1), When::Ended(0)]);

        assert_eq!(starts.begin(), []);
        assert_eq!(starts.give_up(), [0, 1]);
        assert_eq!(starts.give_up(), [0; 0]);
    }

    fn starts<const N: usize>(whens: [When; N]) -> Starts {
        Starts::new(whens.into_iter())
    }

    fn call(name: &'static str, args: Args, result: i64) -> Call {
        let failed = i32::try_from(-result).unwrap();
        Call {
            pid: Pid(1),
            tid: Tid(1),
            call: Syscall::named(name),
            on: Some(SocketRef { fd: Fd(3), socket: Some(SOCKET) }),
            args,
            until: None,
            outcome: Some(if result < 0 { Outcome::Failed(failed) } else { Outcome::Returned(result) }),
            place: None,
        }
    }
}
