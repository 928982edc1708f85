//! A recording that is being made: which sources observe, where the programs run, and when it is over.
//!
//! [`Session::start`] enters the network, starts the sources and then the programs; [`Session::take`] gives what was seen
//! since the last time; [`Session::finish`] ends the sources in the order in which nothing is missed. There is no thread here
//! but those of the sources: whoever has the session asks it from time to time.

mod config;
mod level;
mod rendezvous;
mod servers;
mod settings;

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kernel::step::StepError;
use kernel::{affinity, clock};

use self::level::Ground;
use self::rendezvous::Announcement;
use self::servers::Servers;
use crate::doctor::can_keep_privileges;
use crate::model::{Captured, Certainty, Cpus, Header, Observation, Pid, Program, Summary, Time, What};
use crate::source::calls::{self, Calls};
use crate::source::lines::Hook;
use crate::source::packets::Packets;
use crate::source::poller::{self, Poller};
use crate::source::sink::{self, Reader, Sink};
use crate::source::state::Eye;
use crate::source::tracepoints::{self, Tracepoints};

pub use self::config::{
    Config, LOOK_EVERY, MTU_BYTES, Network, ProgramConfig, SNAP_BYTES, STRINGS_BYTES, When,
};
pub use self::level::Limits;
pub use self::rendezvous::running;
pub use self::servers::REST;
pub use self::settings::{Refused, SETTINGS_MAX, Setting, apply};
pub use crate::source::calls::{
    CallsError, Change, Clamp, GuestConfig, GuestLimits, HOME, Isolation, Order, PROGRAMS_MAX, TRACER_THREAD,
    Usage, User, WORK,
};

/// What kept a recording from beginning.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The network of another recording could not be entered.
    #[error("join the network of process {pid}: {cause}")]
    Join {
        /// Whose.
        pid: Pid,
        /// What failed.
        cause: StepError,
    },
    /// A program could not be started, or a process not be attached to.
    #[error(transparent)]
    Calls(#[from] CallsError),
}

/// How long servers that were told to end may rest before they are ended with all that they made.
const GRACE: Duration = Duration::from_secs(1);

/// A recording that is being made.
#[derive(Debug)]
pub struct Session {
    header: Option<Header>,
    limits: Limits,
    reader: Reader,
    sink: Sink,
    calls: Calls,
    sources: Sources,
    servers: Servers,
    end: End,
    packets_seen: u64,
}

/// What observes beside the tracer.
#[derive(Debug)]
struct Sources {
    packets: Option<Packets>,
    poller: Option<Poller>,
    tracepoints: Option<Tracepoints>,
    /// The file by which Python tells its lines, kept until the programs have ended.
    _lines: Option<Hook>,
    /// The way in for others that want to join.
    _announcement: Option<Announcement>,
}

/// How a recording comes to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The programs end by themselves.
    Natural {
        /// Whether servers that are left alone are ended.
        of_servers: bool,
    },
    /// The servers that were left have been told to end.
    ServersTold,
    /// Somebody else told the programs to end, or let them go.
    Interrupted,
}

impl Session {
    /// Enters the network, starts the sources and the programs.
    ///
    /// This process must have one thread only, since it changes its namespaces; and it stays in them. With
    /// [`one_cpu`](Config::one_cpu), the calling thread leaves that processor to the programs.
    ///
    /// # Errors
    ///
    /// [`SessionError`]: a program that cannot be started, a process or a network that is not this user's. What only limits the
    /// view is no error: [`Session::limits`].
    pub fn start(config: Config) -> Result<Self, SessionError> {
        let mut ground =
            Ground::enter(config.network).map_err(|(pid, cause)| SessionError::Join { pid, cause })?;
        ground.set(&config.settings);
        let began_ns = clock::monotonic_ns();
        let (sink, reader) = sink::sink(began_ns);
        let cpu = config.one_cpu.then(affinity::current_cpu);
        // The sources, and whoever reads, have no business where the programs and their tracer take turns. Where there is no
        // other processor, they have to be there.
        let _ = cpu.map(affinity::avoid);
        let packets = ground.capture(config.snap_bytes, &sink);
        let header = header(&config, &ground, cpu, began_ns, packets.is_some());
        let eye = Eye::new(sink.clone());
        let known = eye.known();
        let watch =
            poller::Config { shared: !ground.is_private, period: config.look_every, known: known.clone() };
        let poller = poller::start(watch, sink.clone()).ok();
        let tracepoints = tracepoints::start(known, sink.clone()).ok();
        let lines = config.lines.then(Hook::write).and_then(Result::ok);
        let lines = lines.filter(|hook| !has_guests(&config) || hook.let_read().is_ok());
        let servers = Servers::new(config.programs.len() + config.attach.len());
        let of_servers = !config.keep_servers && config.programs.len() > 1;
        let calls = calls::start(of_calls(config, lines.as_ref(), cpu), sink.clone(), eye)?;
        let announcement = ground.is_private.then(Announcement::make).and_then(Result::ok);
        Ok(Self {
            header: Some(header),
            limits: ground.limits,
            reader,
            sink,
            calls,
            sources: Sources { packets, poller, tracepoints, _lines: lines, _announcement: announcement },
            servers,
            end: End::Natural { of_servers },
            packets_seen: 0,
        })
    }

    /// What limits the view.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Takes what was seen since the last time; the [header](What::Recording) first. Does not wait.
    ///
    /// Also ends the servers that nobody is left to ask ([`Config::keep_servers`]), and has calls told that wait.
    pub fn take(&mut self) -> Vec<Observation> {
        self.calls.tell_waiting();
        let seen = self.read();
        match self.end {
            End::Natural { of_servers: true } if self.servers.are_alone() && self.rests(REST) => {
                self.calls.signal(Order::Terminate);
                self.end = End::ServersTold;
            }
            // Processes that a server made may not have heard of it.
            End::ServersTold if self.rests(GRACE) => self.calls.signal(Order::End),
            _ => {}
        }
        seen
    }

    /// Whether every program has ended, or goes on without being watched.
    pub fn is_over(&self) -> bool {
        self.calls.is_over()
    }

    /// What keeps a program apart, counted from 0; none if it is no guest.
    pub fn isolation(&self, program: usize) -> Option<Isolation> {
        self.calls.isolation(program)
    }

    /// What the processes of a guest hold; none if the program is no guest, or this machine cannot tell.
    pub fn usage(&self, program: usize) -> Option<Usage> {
        self.calls.usage(program)
    }

    /// Where the directory of a guest is found from outside, as it has changed it; none if it is no guest. It stays there until the guest
    /// is started again.
    pub fn guest_directory(&self, program: usize) -> Option<PathBuf> {
        self.calls.guest_directory(program)
    }

    /// Ends all processes of a guest, soon. A program that is none goes on.
    pub fn end_guest(&self, program: usize) {
        self.calls.end_guest(program);
    }

    /// Starts a program that waits to be [asked](When::Asked) for, also one that was started before; tells its first process. A guest
    /// may be put into another network than it was to have.
    ///
    /// # Errors
    /// [`CallsError`], as for a program that starts with the recording; [`CallsError::Over`] after [`signal`](Self::signal).
    pub fn launch(&self, program: usize, network: Option<Arc<OwnedFd>>) -> Result<Pid, CallsError> {
        self.calls.launch(program, network)
    }

    /// The same, with something else about the program than it was to be.
    ///
    /// # Errors
    /// As [`launch`](Self::launch).
    pub fn launch_with(
        &self,
        program: usize,
        network: Option<Arc<OwnedFd>>,
        change: Change,
    ) -> Result<Pid, CallsError> {
        self.calls.launch_with(program, network, change)
    }

    /// The error number for which a program that was started has not become one (`execve(2)`), by its first process.
    pub fn not_executed(&self, pid: Pid) -> Option<i32> {
        self.calls.not_executed(pid)
    }

    /// How much a send of the programs may move.
    pub fn clamp(&self) -> &Clamp {
        self.calls.clamp()
    }

    /// When a program stopped last, in nanoseconds of `CLOCK_MONOTONIC`; 0 if none did.
    pub fn last_stop_ns(&self) -> u64 {
        self.calls.last_stop_ns()
    }

    /// Asks the programs that were started to end, or ends them; those that were attached to go on.
    pub fn signal(&mut self, order: Order) {
        self.end = End::Interrupted;
        self.calls.signal(order);
        self.calls.release();
    }

    /// Waits until every program has ended, ends the sources, and takes the rest; the [`Summary`] last.
    pub fn finish(mut self) -> Vec<Observation> {
        let mut seen = self.read();
        let ended = self.calls.join();
        if let Some(poller) = self.sources.poller.take() {
            poller.stop();
        }
        if let Some(tracepoints) = self.sources.tracepoints.take() {
            tracepoints.stop();
        }
        let packets_lost = self.sources.packets.take().map_or(0, |packets| packets.stop().packets);
        let rest = self.reader.take();
        let packets = self.packets_seen + count_packets(&rest);
        seen.extend(rest);
        let summary = Summary {
            calls: ended.calls,
            packets,
            packets_lost,
            processes: ended.processes,
            wait_statuses: ended.wait_statuses,
            interrupted: self.end == End::Interrupted,
        };
        let at = self.sink.time(clock::monotonic_ns());
        seen.push(self.reader.number(at, Certainty::Exact, What::Summary(summary)));
        seen
    }

    /// Reads the queue, and takes notice of what is in it.
    fn read(&mut self) -> Vec<Observation> {
        let header = self.header.take();
        let mut seen: Vec<_> = header
            .map(|header| self.reader.number(Time(0), Certainty::Exact, What::Recording(header)))
            .into_iter()
            .collect();
        let taken = self.reader.take();
        for observation in &taken {
            self.servers.see(observation);
        }
        self.packets_seen += count_packets(&taken);
        seen.extend(taken);
        seen
    }

    /// Whether no program has stopped for so long.
    fn rests(&self, time: Duration) -> bool {
        let since = clock::monotonic_ns().saturating_sub(self.calls.last_stop_ns());
        Duration::from_nanos(since) >= time
    }
}

fn count_packets(observations: &[Observation]) -> u64 {
    observations.iter().filter(|observation| matches!(observation.what, What::Packet(_))).count() as u64
}

fn has_guests(config: &Config) -> bool {
    config.programs.iter().any(|program| program.guest.is_some())
}

fn header(config: &Config, ground: &Ground, cpu: Option<u32>, began_ns: u64, captures: bool) -> Header {
    let started = config.programs.iter().map(|program| {
        let words = program.command.iter().map(|word| word.to_string_lossy().into_owned());
        (program.name.clone(), words.collect())
    });
    let attached = config.attach.iter().map(|pid| process_of(*pid));
    let mtu_bytes = match config.network {
        Network::Private { mtu_bytes } if ground.is_private => Some(mtu_bytes),
        _ => None,
    };
    Header {
        socklab: env!("CARGO_PKG_VERSION").to_owned(),
        began_unix_ns: clock::offset().realtime_of(began_ns),
        level: ground.level(),
        kernel: read("/proc/sys/kernel/osrelease"),
        programs: started.chain(attached).map(|(name, command)| Program { name, command }).collect(),
        cpus: cpu.map_or(Cpus::All, Cpus::One),
        mtu_bytes,
        snap_bytes: config.snap_bytes,
        strings_bytes: config.strings_bytes,
        interfaces: if captures { interfaces() } else { Vec::new() },
    }
}

/// The name and the command of a process that was not started here.
fn process_of(pid: Pid) -> (String, Vec<String>) {
    let command = read(&format!("/proc/{pid}/cmdline"));
    let command = command.split_terminator('\0').map(str::to_owned).collect();
    (read(&format!("/proc/{pid}/comm")), command)
}

/// Reads a small file of `/proc`; nothing where there is none.
fn read(path: &str) -> String {
    let bytes = std::fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&bytes).trim_end().to_owned()
}

fn interfaces() -> Vec<Captured> {
    let all = kernel::interface::all().unwrap_or_default();
    all.into_iter().map(|it| Captured { index: it.index, name: it.name }).collect()
}

/// Where a program looks for modules of Python.
fn python_path_of(guest: Option<&GuestConfig>) -> Option<OsString> {
    match guest {
        None => std::env::var_os("PYTHONPATH"),
        Some(guest) => {
            let variable = guest.environment.iter().find(|(name, _)| name == "PYTHONPATH");
            variable.map(|(_, value)| value.clone())
        }
    }
}

/// Lets a guest read the hook of Python programs.
fn with_hook(mut guest: GuestConfig, lines: Option<&Hook>) -> GuestConfig {
    guest.read_only.extend(lines.map(|hook| hook.directory().to_owned()));
    guest
}

fn of_calls(config: Config, lines: Option<&Hook>, cpu: Option<u32>) -> calls::Config {
    let programs = config.programs.into_iter().enumerate().map(|(program, start)| calls::Start {
        command: start.command,
        environment: lines
            .map(|hook| hook.environment(python_path_of(start.guest.as_ref()).as_deref()))
            .into_iter()
            .collect(),
        guest: start.guest.map(|guest| with_hook(guest, lines)),
        when: match (start.when, program.checked_sub(1)) {
            (When::Listening, Some(before)) => calls::When::Listening(before),
            (When::Ended, Some(before)) => calls::When::Ended(before),
            (When::After(time), _) => calls::When::After(time),
            (When::Asked, _) => calls::When::Asked,
            _ => calls::When::AtOnce,
        },
    });
    calls::Config {
        programs: programs.collect(),
        attach: config.attach,
        strings_bytes: config.strings_bytes,
        terminal: config.terminal,
        refuse_io_uring: config.refuse_io_uring,
        keep_privileges: can_keep_privileges(),
        output_to_error: config.output_to_error,
        cpu,
    }
}
