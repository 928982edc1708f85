//! When the programs that never end by themselves are to be ended.
//!
//! A server of the practical serves for ever. When every program that does not listen has ended and those that do have come to
//! rest, there is nothing more to see.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use wire::names::{SocketType, Syscall};

use crate::model::{Args, Call, Observation, Outcome, Pid, ProcessChange, What};

/// How long the servers must have made no call before they are ended.
pub const REST: Duration = Duration::from_millis(200);

/// Follows which programs listen and which have ended.
#[derive(Debug)]
pub(super) struct Servers {
    programs: Vec<State>,
    datagram_sockets: BTreeSet<(Pid, i32)>,
    /// The program of each process.
    processes: BTreeMap<Pid, usize>,
}

#[derive(Debug, Clone, Copy, Default)]
struct State {
    listens: bool,
    is_over: bool,
}

const SOCKET: Syscall = Syscall::named("socket");
const BIND: Syscall = Syscall::named("bind");
const LISTEN: Syscall = Syscall::named("listen");

impl Servers {
    pub(super) fn new(programs: usize) -> Self {
        Self {
            programs: vec![State::default(); programs],
            datagram_sockets: BTreeSet::new(),
            processes: BTreeMap::new(),
        }
    }

    /// Takes notice of an observation.
    pub(super) fn see(&mut self, observation: &Observation) {
        match &observation.what {
            What::Process(process) => self.see_process(process.pid, &process.change),
            What::Call(call) => self.see_call(call),
            _ => {}
        }
    }

    /// Whether only servers are left, and something else was there.
    pub(super) fn are_alone(&self) -> bool {
        let mut left = self.programs.iter().filter(|program| !program.is_over).peekable();
        left.peek().is_some()
            && left.all(|program| program.listens)
            && self.programs.iter().any(|program| program.is_over)
    }

    fn see_process(&mut self, pid: Pid, change: &ProcessChange) {
        match *change {
            ProcessChange::Started { program } => {
                self.processes.insert(pid, program);
            }
            ProcessChange::Forked { child } => {
                if let Some(&program) = self.processes.get(&pid) {
                    self.processes.insert(child, program);
                }
            }
            ProcessChange::Ended { .. } => {
                let Some(program) = self.processes.remove(&pid) else { return };
                let has_others = self.processes.values().any(|other| *other == program);
                if let Some(state) = self.programs.get_mut(program) {
                    state.is_over = !has_others;
                }
            }
            _ => {}
        }
    }

    fn see_call(&mut self, call: &Call) {
        let Some(Outcome::Returned(result)) = call.outcome else { return };
        let Some(on) = call.on else { return };
        if call.call == SOCKET {
            self.see_socket(call, result);
        } else if call.call == LISTEN
            || call.call == BIND && self.datagram_sockets.contains(&(call.pid, on.fd.0))
        {
            let program = self.processes.get(&call.pid).and_then(|program| self.programs.get_mut(*program));
            if let Some(program) = program {
                program.listens = true;
            }
        }
    }

    fn see_socket(&mut self, call: &Call, fd: i64) {
        let Args::Socket { domain, of_type, .. } = &call.args else { return };
        let Ok(fd) = i32::try_from(fd) else { return };
        let is_internet = matches!(domain.0, 2 | 10);
        if is_internet && of_type.kind() == SocketType::DGRAM {
            self.datagram_sockets.insert((call.pid, fd));
        } else {
            self.datagram_sockets.remove(&(call.pid, fd));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Protocol;
    use crate::testing::Story;

    #[test]
    fn a_server_is_alone_when_its_client_has_ended() {
        for protocol in [Protocol::Udp, Protocol::Tcp] {
            let mut story = Story::new(&["server", "client"]);
            let socket = story.socket(story.pid(0), 3, protocol);
            story.bind(socket, "127.0.0.1:3500");
            if protocol == Protocol::Tcp {
                story.listen(socket, 5);
            }
            assert!(!servers(story).are_alone());
        }
        let mut story = Story::new(&["server", "client"]);
        let socket = story.socket(story.pid(0), 3, Protocol::Udp);
        story.bind(socket, "127.0.0.1:3500");
        story.process(story.pid(1), ProcessChange::Ended { wait_status: 0 });

        assert!(servers(story).are_alone());
    }

    #[test]
    fn who_does_not_listen_is_waited_for() {
        let mut story = Story::new(&["server", "client", "other"]);
        let socket = story.socket(story.pid(0), 3, Protocol::Tcp);
        story.listen(socket, 5);
        story.process(story.pid(1), ProcessChange::Ended { wait_status: 0 });

        assert!(!servers(story).are_alone());
    }

    #[test]
    fn one_server_by_itself_is_left_alone() {
        let mut story = Story::new(&["server"]);
        let socket = story.socket(story.pid(0), 3, Protocol::Tcp);
        story.listen(socket, 5);

        assert!(!servers(story).are_alone());
    }

    #[test]
    fn a_program_is_over_when_its_last_process_is() {
        let mut story = Story::new(&["server", "client"]);
        let socket = story.socket(story.pid(0), 3, Protocol::Tcp);
        story.listen(socket, 5);
        let (client, child) = (story.pid(1), Pid(7));
        story.process(client, ProcessChange::Forked { child });
        story.process(client, ProcessChange::Ended { wait_status: 0 });
        let mut servers = servers_of(&story.finish());
        assert!(!servers.are_alone());

        servers.see_process(child, &ProcessChange::Ended { wait_status: 0 });

        assert!(servers.are_alone());
    }

    fn servers(story: Story) -> Servers {
        servers_of(&story.finish())
    }

    fn servers_of(observations: &[Observation]) -> Servers {
        let programs = observations.iter().find_map(|observation| match &observation.what {
            What::Recording(header) => Some(header.programs.len()),
            _ => None,
        });
        let mut servers = Servers::new(programs.unwrap());
        for observation in observations {
            servers.see(observation);
        }
        servers
    }
}
