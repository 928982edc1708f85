//! What all parts of a trial share: the recording, the programs, the history, and how anybody waits.

use std::cell::{Cell, RefCell};
use std::net::{IpAddr, SocketAddr};
use std::os::fd::BorrowedFd;
use std::thread;
use std::time::{Duration, Instant};

use kernel::poll::{self, Interest};
use scope::model::{Args, Observation, Pid, Place, ProcessChange, What};
use scope::session::{Change, Session};
use wire::names::SocketOption;
use wire::sock_diag::{Entry, Protocol};

use super::contents::Contents;
use super::history::History;
use super::material::Material;
use super::network::Network;
use super::patience::{Left, Patience, Threads};
use super::processes::Processes;
use super::relay::Relay;
use super::rest::{Look, Rest};
use super::share::{Own, Share};
use super::terminal::Terminal;
use super::threads;
use crate::check::{Act, Blocked, Exit, Problem, Program, Reason, Role, TrialPlan};
use crate::exercise::Transport;

/// How many observations of a trial are kept; of more, the first.
pub(super) const OBSERVATIONS_MAX: usize = 400_000;

/// How much memory the processes of a program may hold together, in bytes; of one that holds more, all are ended.
pub(super) const MEMORY_BYTES_MAX: u64 = 2 << 30;

/// The first and the longest time between two looks.
const TICK_MIN: Duration = Duration::from_millis(1);
const TICK_MAX: Duration = Duration::from_millis(20);

/// How much later than was meant somebody may be back who waited by the clock.
const LATE_MAX: Duration = Duration::from_millis(500);

/// A trial.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) plan: TrialPlan,
    pub(super) session: RefCell<Session>,
    pub(super) guests: Vec<Seat>,
    pub(super) contents: RefCell<Contents>,
    /// The network of a client, and of a server that has no client; that of the recording.
    pub(super) own: Network,
    /// The network of the server of a pair.
    pub(super) other: Option<Network>,
    /// What stands between the programs of a pair, once the server waits for peers.
    pub(super) relay: RefCell<Option<Relay>>,
    pub(super) is_private: bool,
    /// Those that the loopback was given.
    addresses: RefCell<Vec<IpAddr>>,
    seen: RefCell<Seen>,
    history: RefCell<History>,
    began: Instant,
    spent: Cell<Duration>,
    peers: Cell<u32>,
}

/// One of the programs, with what it has here.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) program: Program,
    pub(super) terminal: Terminal,
    /// The first process of the last start.
    pub(super) first: Cell<Option<Pid>>,
    /// Where it waits for peers.
    pub(super) address: Cell<Option<SocketAddr>>,
    pub(super) is_end_told: Cell<bool>,
    /// Whether it has held more memory than it may.
    pub(super) is_overused: Cell<bool>,
    /// Whether it was talked with since its last start.
    pub(super) is_used: Cell<bool>,
    /// What it was last given to send.
    pub(super) material: RefCell<Option<Material>>,
}

#[derive(Debug, Default)]
struct Seen {
    observations: Vec<Observation>,
    /// Whether a socket has a time limit for what waits in it (`SO_RCVTIMEO`, `socket(7)`).
    has_time_limits: bool,
    processes: Processes,
}

/// Until when something is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// For as long as the limit says.
    Limit,
    /// Also no longer than until the programs have come to rest, since then nothing more happens.
    Rest,
}

/// What ends a moment early.
pub(super) type Wake<'fd> = Option<(BorrowedFd<'fd>, Interest)>;

impl Core {
    pub(super) fn new(plan: TrialPlan, session: Session, guests: Vec<Seat>, other: Option<Network>) -> Self {
        let is_private = session.limits().private.is_none();
        Self {
            contents: RefCell::new(Contents::new(plan.seed, &plan.requirement)),
            plan,
            session: RefCell::new(session),
            guests,
            own: Network::own(),
            other,
            relay: RefCell::default(),
            is_private,
            addresses: RefCell::default(),
            seen: RefCell::default(),
            history: RefCell::default(),
            began: Instant::now(),
            spent: Cell::new(Duration::ZERO),
            peers: Cell::new(0),
        }
    }

    /// Writes a step down.
    pub(super) fn note(&self, act: Act) {
        self.history.borrow_mut().push(self.began.elapsed(), act);
    }

    pub(super) fn next_peer(&self) -> u32 {
        self.peers.set(self.peers.get() + 1);
        self.peers.get()
    }

    /// Takes what was seen, and ends nothing.
    pub(super) fn pump(&self) {
        let told = self.session.borrow_mut().take();
        self.see(told);
    }

    pub(super) fn see(&self, told: Vec<Observation>) {
        let mut seen = self.seen.borrow_mut();
        for observation in told {
            seen.processes.see(&observation);
            seen.has_time_limits |= sets_time_limit(&observation);
            if seen.observations.len() < OBSERVATIONS_MAX {
                seen.observations.push(observation);
            }
        }
    }

    pub(super) fn observations(&self) -> Vec<Observation> {
        self.pump();
        self.seen.borrow().observations.clone()
    }

    pub(super) fn end(self) -> (Vec<Observation>, History, Session, Vec<Seat>) {
        (
            self.seen.into_inner().observations,
            self.history.into_inner(),
            self.session.into_inner(),
            self.guests,
        )
    }

    /// Starts a program; tells nothing of what becomes of it.
    pub(super) fn launch(&self, index: usize, change: Change) -> Result<(), Problem> {
        let guest = &self.guests[index];
        let launched = {
            let network = self.network(guest.program.role).descriptor();
            self.session.borrow().launch_with(index, network, change)
        };
        let pid = launched.map_err(|error| super::perform::unstarted(&guest.program, &error))?;
        guest.first.set(Some(pid));
        guest.is_end_told.set(false);
        guest.is_overused.set(false);
        guest.is_used.set(false);
        self.seen.borrow_mut().processes.launched(pid, index);
        self.note(Act::Start { role: guest.program.role });
        Ok(())
    }

    /// Ends programs that hold more memory than they may. Asked between two looks, so that no wait lets one go on.
    fn bound_memory(&self) {
        for (index, guest) in self.guests.iter().enumerate() {
            let usage = if guest.is_overused.get() { None } else { self.session.borrow().usage(index) };
            let Some(usage) = usage.filter(|usage| usage.resident_bytes > MEMORY_BYTES_MAX) else { continue };
            self.session.borrow().end_guest(index);
            guest.is_overused.set(true);
            let (role, resident_bytes) = (guest.program.role, usage.resident_bytes);
            self.note(Act::Overuse { role, resident_bytes });
        }
    }

    /// The processes of a program that run.
    pub(super) fn processes(&self, index: usize) -> Vec<Pid> {
        self.pump();
        self.seen.borrow().processes.of(index)
    }

    /// The program's own line of the call of this name that a thread made last.
    pub(super) fn place(&self, tid: u32, name: &str) -> Option<Place> {
        self.pump();
        let seen = self.seen.borrow();
        let of = |observation: &Observation| match &observation.what {
            What::Call(call) | What::Waiting(call) if call.tid.0 == tid && call.call.name() == name => {
                Some(call.place.as_deref().cloned())
            }
            _ => None,
        };
        seen.observations.iter().rev().find_map(of)?
    }

    /// How many times these processes were stopped (`SIGSTOP`).
    pub(super) fn stops(&self, pids: &[Pid]) -> usize {
        const STOP: u32 = 19;
        self.pump();
        let is_stop = |observation: &&Observation| {
            matches!(&observation.what, What::Process(process)
                if pids.contains(&process.pid) && process.change == ProcessChange::Signalled { signal: STOP })
        };
        self.seen.borrow().observations.iter().filter(is_stop).count()
    }

    /// How a program has ended, if it has.
    pub(super) fn exit(&self, index: usize) -> Result<Option<Exit>, Problem> {
        self.pump();
        let guest = &self.guests[index];
        let Some(pid) = guest.first.get() else { return Ok(None) };
        if let Some(errno) = self.session.borrow().not_executed(pid) {
            self.seen.borrow_mut().processes.not_executed(pid);
            let file = guest.program.command.first().cloned().unwrap_or_default();
            return Err(Reason::NotExecuted { file, errno }.into());
        }
        let wait_status = self.seen.borrow().processes.wait_status(pid);
        let exit = wait_status.map(|wait_status| Exit { wait_status });
        if let Some(exit) = exit.filter(|_| !guest.is_end_told.replace(true)) {
            self.note(Act::Ended { role: guest.program.role, exit });
        } else if exit.is_none() {
            guest.is_end_told.set(false);
        }
        Ok(exit)
    }

    /// The one in this role.
    pub(super) fn index(&self, role: Role) -> Result<usize, Problem> {
        let found = self.guests.iter().position(|guest| guest.program.role == role);
        found.ok_or_else(|| Problem::Broken(format!("the trial has no {role:?}")))
    }

    /// The network of a program.
    pub(super) fn network(&self, role: Role) -> &Network {
        self.other.as_ref().filter(|_| role == Role::Server).unwrap_or(&self.own)
    }

    /// The sockets of a program, and connections that wait for it in accept queues.
    pub(super) fn sockets(&self, index: usize) -> Result<Vec<Entry>, Problem> {
        let entries = self.network(self.guests[index].program.role).sockets()?;
        let processes = self.processes(index);
        let held: Vec<u32> = processes.iter().flat_map(|pid| threads::descriptors(pid.0).0).collect();
        let is_listener = |entry: &Entry| entry.state.is_listening() && held.contains(&entry.inode);
        let ports: Vec<u16> = entries.iter().filter(|it| is_listener(it)).map(|it| it.local.port()).collect();
        let is_theirs = |entry: &Entry| {
            held.contains(&entry.inode)
                || entry.inode == 0 && entry.protocol == Protocol::Tcp && ports.contains(&entry.local.port())
        };
        Ok(entries.into_iter().filter(is_theirs).collect())
    }

    /// Bytes that lie in sockets, and connections in accept queues: of the programs, and where a relay stands between them of all.
    fn queues(&self) -> Result<[u64; 2], Problem> {
        let entries = match &self.other {
            None => (0..self.guests.len()).map(|index| self.sockets(index)).collect::<Result<Vec<_>, _>>()?,
            Some(other) => vec![self.own.sockets()?, other.sockets()?],
        };
        let held = self.relay.borrow().as_ref().map_or(0, Relay::held_bytes);
        let mut queues = [held, 0];
        for entry in entries.iter().flatten() {
            if entry.protocol == Protocol::Tcp && entry.state.is_listening() {
                queues[1] += u64::from(entry.recv_queue);
            } else {
                queues[0] += u64::from(entry.recv_queue) + u64::from(entry.send_queue);
            }
        }
        Ok(queues)
    }

    /// What all programs do now.
    pub(super) fn look(&self) -> Result<Look, Problem> {
        let mut look = Look::default();
        let has_time_limits = self.seen.borrow().has_time_limits;
        for index in 0..self.guests.len() {
            for pid in self.processes(index) {
                let (_, has_timer) = threads::descriptors(pid.0);
                let may_go_on = has_timer || has_time_limits;
                for tid in threads::of(pid.0) {
                    let Some((doing, turns)) = threads::doing(tid) else { continue };
                    let blocked = if doing.state == b'S' { threads::blocked(tid) } else { None };
                    let blocked = blocked.map(|it| Blocked { timed: it.timed || may_go_on, ..it });
                    look.threads.push((tid, blocked));
                    look.turns.push(turns);
                }
            }
        }
        [look.waiting_bytes, look.waiting_connections] = self.queues()?;
        Ok(look)
    }

    /// What the threads of the programs and ours do, for the time that counts.
    fn threads(&self) -> Threads {
        let programs = (0..self.guests.len()).flat_map(|index| self.threads_of(index));
        programs.chain(threads::all([std::process::id()])).collect()
    }

    fn threads_of(&self, index: usize) -> Threads {
        threads::all(self.seen.borrow().processes.of(index).into_iter().map(|pid| pid.0))
    }

    /// Lets a program have so much time for itself, or until it has run for `most` of it; tells what it had. A tenth of it tells as much, if
    /// more is not to be had.
    pub(super) fn share(&self, index: usize, time: Duration, most: Duration) -> Result<Own, Problem> {
        let mut share = Share::begin(self.threads_of(index), threads::tracer());
        let mut last = Instant::now();
        let mut own = || {
            let passed = last.elapsed();
            last += passed;
            share.see(passed, self.threads_of(index), threads::tracer())
        };
        let look = || Ok(Some(own()).filter(|own| own.used >= most || own.time() >= time));
        let found = self.wait(self.plan.limits.exchange, Until::Limit, None, look)?;
        found.or(Some(own()).filter(|own| own.time() >= time / 10)).ok_or(Reason::Overloaded.into())
    }

    /// Waits until a look finds something, as long as the limit says; `None` if it found nothing. Looks a last time when the wait is
    /// over.
    pub(super) fn wait<T>(
        &self,
        limit: Duration,
        until: Until,
        wake: Wake<'_>,
        mut look: impl FnMut() -> Result<Option<T>, Problem>,
    ) -> Result<Option<T>, Problem> {
        let mut waiting = Waiting::new(self, limit);
        loop {
            self.pump();
            if let Some(found) = look()? {
                return Ok(Some(found));
            }
            if waiting.is_over(until)? {
                self.fence()?;
                return look();
            }
            waiting.pass(until, wake)?;
        }
    }

    /// Lets so much time pass that counts.
    pub(super) fn pass(&self, time: Duration) -> Result<(), Problem> {
        self.wait::<()>(time, Until::Limit, None, || Ok(None)).map(drop)
    }

    /// Lets so much time pass by the clock, by which programs measure theirs; one who cannot be back in time cannot tell anything.
    pub(super) fn pass_by_clock(&self, time: Duration) -> Result<(), Problem> {
        let began = Instant::now();
        while let Some(left) = time.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) {
            thread::sleep(left.min(TICK_MAX));
            self.pump();
        }
        if began.elapsed() > time + LATE_MAX { Err(Reason::Overloaded.into()) } else { Ok(()) }
    }

    /// Waits until the programs have come to rest, or for as long as an exchange may take.
    pub(super) fn settle(&self) -> Result<(), Problem> {
        self.settle_unless::<()>(None, || Ok(None)).map(drop)
    }

    /// The same, or until a look finds something.
    pub(super) fn settle_unless<T>(
        &self,
        wake: Wake<'_>,
        mut look: impl FnMut() -> Result<Option<T>, Problem>,
    ) -> Result<Option<T>, Problem> {
        let mut waiting = Waiting::new(self, self.plan.limits.exchange);
        loop {
            if let Some(found) = look()? {
                return Ok(Some(found));
            }
            self.fence()?;
            waiting.pass(Until::Rest, wake)?;
            if waiting.rest.is_seen() || waiting.rest.is_long() || waiting.is_over(Until::Limit)? {
                self.fence()?;
                return look();
            }
        }
    }

    /// Waits until the programs have come to rest, as long as they take something of what was sent to them: much takes long.
    pub(super) fn settle_taking(&self) -> Result<(), Problem> {
        loop {
            let [before, _] = self.queues()?;
            self.settle()?;
            let [left, _] = self.queues()?;
            if left == 0 || left == before {
                return Ok(());
            }
        }
    }

    /// Waits until nothing more is to be expected of the programs, or for as long as an exchange may take.
    pub(super) fn rest(&self) -> Result<(), Problem> {
        self.wait::<()>(self.plan.limits.exchange, Until::Rest, None, || Ok(None)).map(drop)
    }

    pub(super) fn fence(&self) -> Result<(), Problem> {
        self.own.fence()?;
        self.other.as_ref().map_or(Ok(()), Network::fence)
    }

    /// Gives the loopback of the server's network this address, unless it has it.
    pub(super) fn add_address(&self, ip: IpAddr) -> Result<(), Problem> {
        let mut addresses = self.addresses.borrow_mut();
        if addresses.contains(&ip) {
            return Ok(());
        }
        let number = addresses.len() + 1;
        let network = self.network(Role::Server);
        let added = network.run(move || kernel::namespace::add_loopback_address(ip, number))?;
        added.map_err(|error| Problem::broken(&format!("add the address {ip}"), error))?;
        addresses.push(ip);
        Ok(())
    }

    /// Puts a relay between the programs of a pair, now that the server waits there.
    pub(super) fn begin_relay(&self, server: SocketAddr) -> Result<(), Problem> {
        let Some(other) = &self.other else { return Ok(()) };
        let client = &self.guests[self.index(Role::Client)?];
        let place = (&self.own, client.program.port);
        if let Some(relay) = self.relay.borrow().as_ref() {
            relay.set_server(server);
            return Ok(());
        }
        let relay = Relay::start(self.transport(), place, (other, server))?;
        *self.relay.borrow_mut() = Some(relay);
        Ok(())
    }

    /// The transport of the exercise.
    pub(super) fn transport(&self) -> Transport {
        self.plan.exercise.transport()
    }
}

fn sets_time_limit(observation: &Observation) -> bool {
    let What::Call(call) = &observation.what else { return false };
    let is_limit =
        |option: SocketOption| matches!(option, SocketOption::RCVTIMEO | SocketOption::RCVTIMEO_NEW);
    matches!(call.args, Args::Option { option, value } if is_limit(option) && value != Some(0))
}

/// Somebody waits.
struct Waiting<'core> {
    core: &'core Core,
    patience: Patience,
    rest: Rest,
    last: Instant,
    tick: Duration,
}

impl<'core> Waiting<'core> {
    fn new(core: &'core Core, limit: Duration) -> Self {
        let patience = Patience::new(limit, core.threads());
        Self { core, patience, rest: Rest::default(), last: Instant::now(), tick: TICK_MIN }
    }

    fn is_over(&self, until: Until) -> Result<bool, Problem> {
        if until == Until::Rest && self.rest.is_final() {
            return Ok(true);
        }
        let is_spent = self.core.spent.get() >= self.core.plan.limits.trial;
        match self.patience.left() {
            Left::Some if is_spent => Err(Reason::Overloaded.into()),
            Left::Some => Ok(false),
            Left::Nothing => Ok(true),
            Left::Overloaded => Err(Reason::Overloaded.into()),
        }
    }

    /// Lets a moment pass.
    fn pass(&mut self, until: Until, wake: Wake<'_>) -> Result<(), Problem> {
        match wake {
            Some((descriptor, interest)) => {
                poll::wait(descriptor, interest, Some(Instant::now() + self.tick))
                    .map_err(|error| Problem::broken("poll", error))?;
            }
            None => thread::sleep(self.tick),
        }
        self.tick = (self.tick * 2).min(TICK_MAX);
        self.core.bound_memory();
        self.core.pump();
        let now = Instant::now();
        let counts = self.patience.pass(now.duration_since(self.last), self.core.threads());
        self.last = now;
        self.core.spent.set(self.core.spent.get() + counts);
        if until == Until::Rest {
            self.rest.see(self.core.look()?, counts);
        }
        Ok(())
    }
}
