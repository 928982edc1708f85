//! A student's program in its box.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use kernel::process::{Handle, Order};
use scope::model::{Args, Call, Outcome, What};
use scope::session::Change;
use wire::sock_diag::{Entry, Protocol};

use super::core::{Core, Seat, Until};
use super::material::Material;
use super::{files, threads};
use crate::check::manifest::{Ready, Side, expression_of};
use crate::check::{
    Act, Blocked, Exit, File, Output, Problem, Reason, Role, SOURCE_LINES_MAX, SourceLine, Told,
};
use crate::exercise::Transport;

/// How long a program that was killed may take to be gone.
const GONE_MAX: Duration = Duration::from_secs(5);

/// A student's program in its box. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Guest {
    pub(super) core: Rc<Core>,
    pub(super) index: usize,
}

/// Its life.
impl Guest {
    /// What it is.
    pub fn role(&self) -> Role {
        self.seat().program.role
    }

    /// Starts it; waits for a server until it waits for peers.
    ///
    /// # Errors
    /// As [`Trial::start`](super::Trial::start) says.
    pub fn start(&self) -> Result<(), Problem> {
        self.start_changed(Change::default())
    }

    /// Starts it; `{text}` in its command line and in the files that its manifest gives it is this text, and `{image}` the path of
    /// a file with these bytes, or these bytes where it is a file's whole content.
    ///
    /// # Errors
    /// As [`Trial::start`](super::Trial::start) says.
    pub fn start_with(&self, text: &str, image: &[u8]) -> Result<(), Problem> {
        let program = &self.seat().program;
        let files = &self.core.plan.manifest.client.files;
        let material = Material::new(text, image, files, &program.directory)
            .map_err(|error| Problem::broken("write the image for the client", error))?;
        let change = material.change(&program.command);
        // What was there for the last start is gone with it.
        *self.seat().material.borrow_mut() = Some(material);
        self.start_changed(change)
    }

    fn start_changed(&self, change: Change) -> Result<(), Problem> {
        self.core.launch(self.index, change)?;
        if self.role() == Role::Server { self.wait_ready() } else { Ok(()) }
    }

    /// Ends it with all that it made (`SIGKILL`), as closing its terminal would, and starts it again at once.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn restart(&self) -> Result<(), Problem> {
        self.end()?;
        self.start()
    }

    /// Ends it with all that it made (`SIGKILL`).
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn end(&self) -> Result<(), Problem> {
        self.core.note(Act::End { role: self.role() });
        self.core.session.borrow().end_guest(self.index);
        for pid in self.core.processes(self.index) {
            // One that has ended meanwhile is as good.
            let _ = Handle::open(pid.0).and_then(|process| process.order(Order::End));
        }
        let is_gone = || Ok(self.core.processes(self.index).is_empty().then_some(()));
        let gone = self.core.wait(GONE_MAX, Until::Limit, None, is_gone)?;
        // That it ended is our doing.
        self.seat().is_end_told.set(true);
        gone.ok_or_else(|| Problem::Broken("end a program: it goes on".to_owned()))
    }

    /// Waits until it ends by itself, as long as an exit may take.
    ///
    /// # Errors
    /// One that goes on has failed, with what it waits in.
    pub fn wait_exit(&self) -> Result<Exit, Problem> {
        self.wait_exit_until(self.core.plan.limits.exit, Until::Rest)
    }

    /// As [`wait_exit`](Self::wait_exit), for at most so long; also if it has come to rest, since nobody sees that an `alarm(2)` is
    /// to wake it.
    ///
    /// # Errors
    /// Those.
    pub fn wait_exit_within(&self, limit: Duration) -> Result<Exit, Problem> {
        self.wait_exit_until(limit, Until::Limit)
    }

    fn wait_exit_until(&self, limit: Duration, until: Until) -> Result<Exit, Problem> {
        // A server has ended when nothing of it serves any more.
        let look = || match self.exit()? {
            Some(exit) if !self.still_listens()? => Ok(Some(exit)),
            _ => Ok(None),
        };
        match self.core.wait(limit, until, None, look)? {
            Some(exit) => Ok(exit),
            None => Err(Problem::failed(Told::Ended(Exit::with_code(0)), self.doing()?)),
        }
    }

    /// How it has ended, if it has; does not wait.
    ///
    /// # Errors
    /// [`Reason::NotExecuted`].
    pub fn exit(&self) -> Result<Option<Exit>, Problem> {
        self.core.exit(self.index)
    }

    /// Whether it runs.
    ///
    /// # Errors
    /// [`Reason::NotExecuted`].
    pub fn is_alive(&self) -> Result<bool, Problem> {
        Ok(self.seat().first.get().is_some() && self.exit()?.is_none())
    }

    /// Sees that it runs, when it has come to rest. A server may go on as a daemon, whose first process ends well.
    ///
    /// # Errors
    /// One that has ended has failed.
    pub fn expect_alive(&self) -> Result<(), Problem> {
        self.core.settle()?;
        match self.exit()?.filter(|exit| !self.may_end(*exit)) {
            Some(exit) if !(exit.is_success() && self.still_listens()?) => {
                Err(Problem::failed(Told::Running, Told::Ended(exit)))
            }
            _ => Ok(()),
        }
    }

    /// Sees that nobody serves in its name: one whose first process ended with an error has failed, whatever it left behind.
    ///
    /// # Errors
    /// That is the failure.
    pub(in crate::check) fn expect_itself(&self) -> Result<(), Problem> {
        match self.exit()?.filter(|exit| !exit.is_success()) {
            Some(exit) if self.still_listens()? => Err(Problem::failed(Told::Running, Told::Ended(exit))),
            _ => Ok(()),
        }
    }

    /// Starts a server again that serves one client and ends, if it has ended so: before each exchange but the first one.
    pub(super) fn renew(&self) -> Result<(), Problem> {
        if !self.side().one_shot || !self.seat().is_used.replace(true) {
            return Ok(());
        }
        self.core.settle()?;
        if self.exit()?.is_some_and(|exit| self.may_end(exit)) {
            self.restart()?;
            self.seat().is_used.set(true);
        }
        Ok(())
    }

    /// Whether that is how it was to end, once it had served a client.
    pub(super) fn may_end(&self, exit: Exit) -> bool {
        self.side().one_shot && exit.is_success() && self.seat().is_used.get()
    }

    /// What its manifest says of it.
    fn side(&self) -> &Side {
        let manifest = &self.core.plan.manifest;
        if self.role() == Role::Server { &manifest.server } else { &manifest.client }
    }

    /// Stops it and lets it go on (`SIGSTOP`, `SIGCONT`): a send that waits for room returns then with less than it was asked.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn stop_and_continue(&self) -> Result<(), Problem> {
        let pids = self.core.processes(self.index);
        let stops = self.core.stops(&pids);
        let handles: Vec<_> = pids.iter().filter_map(|pid| Handle::open(pid.0).ok()).collect();
        for handle in &handles {
            // One that has ended meanwhile is as good.
            let _ = handle.order(Order::Stop);
        }
        let is_stopped =
            |tid: u32| threads::doing(tid).is_none_or(|(doing, _)| matches!(doing.state, b't' | b'T'));
        let are_stopped = || {
            // Whoever is woken up too early, never stops.
            let has_heard = self.core.stops(&pids) >= stops + handles.len();
            let mut threads = pids.iter().flat_map(|pid| threads::of(pid.0));
            Ok((has_heard && threads.all(is_stopped)).then_some(()))
        };
        let limit = self.core.plan.limits.exchange;
        let stopped = self.core.wait(limit, Until::Limit, None, are_stopped)?;
        for handle in &handles {
            let _ = handle.order(Order::Continue);
        }
        self.core.note(Act::StopAndContinue { role: self.role() });
        stopped.ok_or(Reason::Overloaded.into())
    }

    pub(super) fn seat(&self) -> &Seat {
        &self.core.guests[self.index]
    }

    /// What it does, where it was expected to have ended or to listen.
    fn state(&self) -> Result<Told, Problem> {
        self.exit()?.map_or_else(|| self.doing(), |exit| Ok(Told::Ended(exit)))
    }

    /// What the processes do that it has.
    fn doing(&self) -> Result<Told, Problem> {
        Ok(self.blocked_in()?.map_or(Told::Running, Told::Blocked))
    }
}

/// The same address of IPv4, if it is one that an IPv6 socket has for it.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// Whether a socket waits for whoever comes.
fn is_waiting(socket: &Entry) -> bool {
    socket.state.is_listening() && socket.local.port() != 0
}

/// What it waits for.
impl Guest {
    /// Waits until it waits for peers.
    fn wait_ready(&self) -> Result<(), Problem> {
        let port = self.seat().program.port;
        let transport = self.core.transport();
        let expected = Told::Ready { transport, address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)) };
        if !self.is_said_ready()? {
            return Err(Problem::failed(expected, self.state()?));
        }
        let look = || {
            if let Some(found) = self.listening(Some(port))? {
                return Ok(Some(Ok(found)));
            }
            Ok(self.core.exit(self.index)?.map(Err))
        };
        let found = match self.core.wait(self.core.plan.limits.start, Until::Rest, None, look)? {
            Some(Err(exit)) => return Err(Problem::failed(expected, Told::Ended(exit))),
            Some(Ok(found)) => Some(found),
            // Another port than it was to have is better than none.
            None => self.listening(None)?.or_else(|| self.said_address()),
        };
        let Some(address) = found else { return Err(Problem::failed(expected, self.state()?)) };
        self.seat().address.set(Some(address));
        self.core.note(Act::Ready { role: self.role(), transport, address });
        self.core.begin_relay(self.reached_at())
    }

    /// Waits until it is ready by what its manifest says of that, if it says anything; the kernel is asked in any case.
    fn is_said_ready(&self) -> Result<bool, Problem> {
        match &self.side().ready {
            Ready::Kernel => Ok(true),
            Ready::Delay(time) => self.core.pass(*time).map(|()| true),
            Ready::Stdout(expression) => {
                let expression = expression_of(expression)
                    .map_err(|_| Reason::Undeclared { field: "server.ready".to_owned() })?;
                let look = || {
                    if expression.is_match(&self.seat().terminal.output().bytes()) {
                        return Ok(Some(true));
                    }
                    Ok(if self.exit()?.is_some() { Some(false) } else { None })
                };
                let found = self.core.wait(self.core.plan.limits.start, Until::Rest, None, look)?;
                Ok(found == Some(true) || expression.is_match(&self.output()?.bytes()))
            }
        }
    }

    /// Where its manifest has it, if that also says when it is ready: then nobody has to find it.
    fn said_address(&self) -> Option<SocketAddr> {
        let side = self.side();
        (side.ready != Ready::Kernel).then_some(SocketAddr::new(side.host, side.port))
    }

    /// Where it waits for peers, as the kernel has it: at this port, or at the only one that there is.
    fn listening(&self, port: Option<u16>) -> Result<Option<SocketAddr>, Problem> {
        let protocol = match self.core.transport() {
            Transport::Udp => Protocol::Udp,
            Transport::Tcp => Protocol::Tcp,
        };
        let sockets = self.core.sockets(self.index)?;
        let waits = |entry: &&Entry| entry.protocol == protocol && is_waiting(entry);
        let mut found: Vec<SocketAddr> =
            sockets.iter().filter(waits).map(|entry| canonical(entry.local)).collect();
        if let Some(port) = port {
            found.retain(|address| address.port() == port);
        }
        // IPv4 first: that is what the practical speaks.
        found.sort_by_key(|address| (address.is_ipv6(), *address));
        let ports = found.iter().all(|address| Some(address.port()) == found.first().map(SocketAddr::port));
        Ok(found.first().copied().filter(|_| ports))
    }

    /// Whether it is a server, and a process of it waits for peers, whichever.
    fn still_listens(&self) -> Result<bool, Problem> {
        Ok(self.role() == Role::Server && self.core.sockets(self.index)?.iter().any(is_waiting))
    }

    /// Where peers reach it: where it is bound, and the loopback if that is any address.
    pub(super) fn reached_at(&self) -> SocketAddr {
        let program = &self.seat().program;
        let bound = self.seat().address.get();
        let bound = bound.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, program.port)));
        match bound.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, bound.port()).into(),
            // A socket of IPv6 for any address takes IPv4, too, unless it was told not to.
            IpAddr::V6(ip) if ip.is_unspecified() && self.takes_ipv4() => {
                (Ipv4Addr::LOCALHOST, bound.port()).into()
            }
            IpAddr::V6(ip) if ip.is_unspecified() => (Ipv6Addr::LOCALHOST, bound.port()).into(),
            _ => bound,
        }
    }

    fn takes_ipv4(&self) -> bool {
        let port = self.seat().address.get().map(|address| address.port());
        let sockets = self.core.sockets(self.index).unwrap_or_default();
        sockets.iter().any(|entry| Some(entry.local.port()) == port && entry.v6_only != Some(true))
    }

    /// Whether it is bound to an address, and not to any.
    pub(super) fn is_at_one_address(&self) -> bool {
        self.seat().address.get().is_some_and(|address| !address.ip().is_unspecified())
    }
}

/// Its terminal and its files.
impl Guest {
    /// Types a line, and the key that ends it.
    ///
    /// # Errors
    /// [`Problem::Broken`] if its plan gives it no keyboard, or the line is longer than a terminal takes.
    pub fn type_line(&self, line: &str) -> Result<(), Problem> {
        self.core.note(Act::Type { role: self.role(), line: line.to_owned() });
        self.seat().terminal.type_keys(format!("{line}\n").as_bytes())
    }

    /// Types the end of the input (Ctrl-D).
    ///
    /// # Errors
    /// [`Problem::Broken`] if its plan gives it no keyboard.
    pub fn end_of_input(&self) -> Result<(), Problem> {
        self.core.note(Act::EndOfInput { role: self.role() });
        self.seat().terminal.end_input()
    }

    /// What it has written so far, standard output and standard error in the order in which they came.
    ///
    /// # Errors
    /// None so far.
    pub fn output(&self) -> Result<Output, Problem> {
        self.seat().terminal.settle();
        Ok(self.seat().terminal.output())
    }

    /// Waits until what it has written so far is so, as long as an exchange may take, or until it has ended or come to rest; looks a
    /// last time then. Tells whether it is.
    ///
    /// # Errors
    /// [`Reason::Overloaded`].
    pub fn wait_output(&self, is_there: impl Fn(&str) -> bool) -> Result<bool, Problem> {
        let look = || {
            if is_there(&self.seat().terminal.output().text()) {
                return Ok(Some(true));
            }
            Ok(if self.exit()?.is_some() { Some(is_there(&self.output()?.text())) } else { None })
        };
        let found = self.core.wait(self.core.plan.limits.exchange, Until::Rest, None, look)?;
        let found = match found {
            Some(found) => found,
            None => is_there(&self.output()?.text()),
        };
        self.core.note(Act::Output { role: self.role(), found });
        Ok(found)
    }

    /// The files that it has made or changed in its directory, at most [`FILES_MAX`](super::FILES_MAX).
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn files(&self) -> Result<Vec<File>, Problem> {
        let work = self.core.session.borrow().guest_directory(self.index);
        let work = work.ok_or_else(|| Problem::Broken("the program is no guest".to_owned()))?;
        files::changed(&work, &self.seat().program.directory)
            .map_err(|error| Problem::broken("look at the program's files", error))
    }
}

/// What was seen of it.
impl Guest {
    /// The call that its main thread waits in, or the first of its threads that waits for a socket; `None` if it runs or has ended.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn blocked_in(&self) -> Result<Option<Blocked>, Problem> {
        Ok(self
            .waits_in()?
            .map(|(tid, blocked)| Blocked { place: self.core.place(tid, &blocked.call), ..blocked }))
    }

    /// That call, with the thread.
    fn waits_in(&self) -> Result<Option<(u32, Blocked)>, Problem> {
        let sockets = self.core.sockets(self.index)?;
        let mut first = None;
        for pid in self.core.processes(self.index) {
            for tid in threads::of(pid.0) {
                let Some(blocked) = threads::blocked(tid) else { continue };
                let inode = threads::inode(pid.0, blocked.values[0]);
                let socket = inode.and_then(|inode| sockets.iter().find(|entry| entry.inode == inode));
                if let Some(socket) = socket {
                    return Ok(Some((tid, Blocked { port: Some(socket.local.port()), ..blocked })));
                }
                first = first.or(Some((tid, blocked)));
            }
        }
        Ok(first)
    }

    /// Its sockets as the kernel has them (`sock_diag(7)`), and connections that wait for it.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn sockets(&self) -> Result<Vec<Entry>, Problem> {
        self.core.sockets(self.index)
    }

    /// Its calls so far, in order.
    ///
    /// # Errors
    /// None so far.
    pub fn calls(&self) -> Result<Vec<Call>, Problem> {
        let observations = self.core.observations();
        let mut program = super::processes::Processes::default();
        let is_first = |change: &scope::model::ProcessChange| {
            *change == scope::model::ProcessChange::Started { program: self.index }
        };
        let mut calls = Vec::new();
        for observation in observations {
            match &observation.what {
                What::Process(process) if is_first(&process.change) => {
                    program.launched(process.pid, self.index);
                }
                What::Process(_) => program.see(&observation),
                What::Call(call) if program.of(self.index).contains(&call.pid) => calls.push(call.clone()),
                _ => {}
            }
        }
        Ok(calls)
    }

    /// Where its last calls on sockets stand in its own source.
    pub(super) fn source(&self) -> Result<Vec<SourceLine>, Problem> {
        let mut lines: Vec<SourceLine> = Vec::new();
        for call in self.calls()?.into_iter().rev() {
            let is_on_socket = call.on.is_some_and(|on| on.socket.is_some());
            let Some(place) = call.place.as_deref().filter(|_| is_on_socket).cloned() else {
                continue;
            };
            if lines.iter().all(|line| line.place != place) {
                lines.push(SourceLine { role: self.role(), call: call.call.name().to_owned(), place });
            }
            if lines.len() == SOURCE_LINES_MAX {
                break;
            }
        }
        lines.reverse();
        Ok(lines)
    }

    /// How many bytes each of its sends on sockets has moved, in order.
    ///
    /// # Errors
    /// None so far.
    pub fn send_sizes(&self) -> Result<Vec<u64>, Problem> {
        let size = |call: Call| match (call.args, call.outcome) {
            (Args::Send { .. }, Some(Outcome::Returned(bytes))) => u64::try_from(bytes).ok(),
            _ => None,
        };
        Ok(self.calls()?.into_iter().filter_map(size).collect())
    }

    /// Looks at it until it has had so much time for itself, or has used `most` percent of that; tells how much of what it had it has
    /// used a processor, in percent.
    ///
    /// # Errors
    /// [`Reason::Overloaded`] if it hardly got any time.
    pub fn busy_percent(&self, time: Duration, most: u32) -> Result<u64, Problem> {
        self.core.note(Act::Pause { time });
        Ok(self.core.share(self.index, time, time * most / 100)?.percent())
    }
}
