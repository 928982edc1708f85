//! The loop of the tracer: one stop after the other, and who is there.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use foldhash::HashMap;
use kernel::affinity;
use kernel::clock;
use kernel::launch::Go;
use kernel::ptrace::{self, CallInfo, How, Stop, Waited};
use wire::errno::EINTR;
use wire::names::Machine;

use super::clamp::Shortened;
use super::interruption::Handler;
use super::launch::Manners;
use super::memories::Memories;
use super::open::Shared;
use super::processes::{Kin, State, Thread, Traced};
use super::starts::Starts;
use super::turns::Turns;
use super::{CallsError, Config, Ended, Start};
use crate::model::{Certainty, Note, Outcome, Pid, Process as Told, ProcessChange, Tid, Time, What};
use crate::source::Sink;
use crate::source::lines::Lines;
use crate::source::state::Eye;

/// The tracer, on its thread.
pub(super) struct Tracer {
    pub(super) machine: Machine,
    pub(super) strings_bytes: u32,
    pub(super) keeps_privileges: bool,
    pub(super) manners: Manners,
    /// What was changed of the calls that threads are in.
    pub(super) shortened: HashMap<Tid, Shortened>,
    pub(super) sink: Sink,
    pub(super) eye: Eye,
    pub(super) shared: Arc<Shared>,
    pub(super) traced: Traced,
    pub(super) memories: Memories,
    pub(super) lines: Lines,
    pub(super) starts: Starts,
    /// What starts each program; none if it was started, or waits for a time.
    pub(super) gos: Vec<Option<Go>>,
    /// The programs that wait for a time; those who wait for it give up when this goes.
    pub(super) timers: Vec<Sender<()>>,
    /// The programs that start when they are asked for.
    pub(super) asked: BTreeMap<usize, Start>,
    /// Whether tracing goes on without anybody to trace, as long as programs can be asked for.
    pub(super) takes_orders: bool,
    /// The first process of each program; the last one of a program that was started more than once.
    pub(super) roots: Vec<Pid>,
    /// The process whose end says that somebody wants something: a program, or that those who were attached to are let go.
    pub(super) bell: Option<Pid>,
    pub(super) is_releasing: bool,
    /// None where it does not share its processor with the programs.
    pub(super) turns: Option<Turns>,
    pub(super) ended: Ended,
}

/// `SIGTRAP`, the same number on every machine.
const TRAP: i32 = 5;

impl Tracer {
    /// Makes everything ready, and starts the programs that need not wait.
    pub(super) fn begin(
        config: &Config,
        sink: Sink,
        eye: Eye,
        shared: Arc<Shared>,
    ) -> Result<Self, CallsError> {
        let machine = Machine::HERE.ok_or(CallsError::Machine)?;
        let programs = config.programs.len();
        let mut tracer = Self {
            machine,
            strings_bytes: config.strings_bytes,
            keeps_privileges: config.keep_privileges,
            manners: Manners::of(config, machine),
            shortened: HashMap::default(),
            sink,
            eye,
            shared,
            traced: Traced::default(),
            memories: Memories::default(),
            lines: Lines::default(),
            starts: Starts::new(config.programs.iter().map(|start| start.when)),
            gos: Vec::new(),
            timers: Vec::new(),
            asked: BTreeMap::new(),
            takes_orders: config.takes_orders(),
            roots: Vec::new(),
            bell: None,
            is_releasing: false,
            turns: config.cpu.map(|_| Turns::new()),
            ended: Ended { wait_statuses: vec![None; programs + config.attach.len()], ..Ended::default() },
        };
        tracer.eye.set_keeps_copies(true);
        let ready = tracer.prepare(config).and_then(|()| tracer.attach(config));
        match ready.and_then(|()| tracer.begin_programs()) {
            Ok(()) => Ok(tracer),
            Err(error) => {
                tracer.abandon();
                Err(error)
            }
        }
    }

    /// Traces until nobody is left.
    pub(super) fn run(mut self) -> Ended {
        while !self.traced.threads.is_empty() || self.takes_orders && self.bell.is_some() {
            // No error is known; without anybody to wait for there is nothing left to do.
            let Ok(waited) = self.wait() else { break };
            let now_ns = clock::monotonic_ns();
            self.shared.stopped(now_ns);
            match waited {
                Waited::Stopped(tid, stop) => {
                    if let Some(turns) = &mut self.turns {
                        turns.stopped(Tid(tid), now_ns);
                    }
                    self.stopped(Tid(tid), stop, self.sink.time(now_ns));
                }
                Waited::Ended(id, status) => self.thread_ended(Tid(id), status, self.sink.time(now_ns)),
                Waited::Running => {}
                Waited::NoChild => break,
            }
        }
        self.abandon();
        self.ended
    }

    /// Waits for somebody to stop or to end.
    fn wait(&mut self) -> io::Result<Waited> {
        if self.turns.as_mut().is_some_and(Turns::give_way) {
            affinity::give_way();
            match ptrace::wait_any(false)? {
                Waited::Running => {}
                waited => return Ok(waited),
            }
        }
        ptrace::wait_any(true)
    }

    fn stopped(&mut self, tid: Tid, stop: Stop, now: Time) {
        self.memories.forget_ahead();
        if !self.traced.threads.contains_key(&tid) {
            self.appeared(tid, now);
        }
        let signal = match stop {
            Stop::Filtered => return self.entered(tid, now),
            Stop::Call => return self.at_call(tid, now),
            Stop::Cloned(child) | Stop::Forked(child) => {
                self.made(tid, Tid(child), now);
                0
            }
            Stop::Executed(former) => {
                self.executed(tid, Tid(former), now);
                0
            }
            Stop::Exiting => {
                self.exits(tid);
                0
            }
            Stop::Group(_) if !self.is_let_go(tid) => return listen(tid),
            Stop::Signal(signal) => return self.signalled(tid, signal, now),
            Stop::Group(_) | Stop::Own | Stop::Other => 0,
        };
        self.resume(tid, signal, now);
    }

    /// A stop at a call of a thread that stops at all of them, or at the return from one.
    fn at_call(&mut self, tid: Tid, now: Time) {
        match ptrace::call_info(tid.0) {
            Ok(CallInfo::Entry { .. }) => self.entered(tid, now),
            Ok(CallInfo::Exit { result }) => {
                self.returned(tid, result, now);
                self.resume(tid, 0, now);
            }
            // It was killed, which it will tell, or stands at nothing.
            Ok(CallInfo::None) | Err(_) => self.resume(tid, 0, now),
        }
    }

    /// A signal is about to be delivered. If a call was interrupted for it, its handler decides how that ends.
    fn signalled(&mut self, tid: Tid, signal: i32, now: Time) {
        let Some((thread, _)) = self.traced.of(tid) else { return };
        let pid = thread.pid;
        if thread.state == State::Signalled && signal == TRAP {
            let handler = match ptrace::interrupted_result(tid.0) {
                Ok(result) if result == -i64::from(EINTR) => Handler::Interrupts,
                _ => Handler::Restarts,
            };
            self.handled(tid, handler);
            return self.resume(tid, 0, now);
        }
        let is_interrupted = matches!(thread.state, State::Interrupted | State::Signalled);
        self.tell_process(now, pid, ProcessChange::Signalled { signal: signal.unsigned_abs() });
        if is_interrupted && !self.is_let_go(tid) {
            self.set_state(tid, State::Signalled);
            // If it was killed meanwhile, that will be told.
            let _ = ptrace::resume(tid.0, How::Step, signal);
        } else {
            self.resume(tid, signal, now);
        }
    }

    /// Lets a thread go on, to the return from its call if it is in one; or for good.
    pub(super) fn resume(&mut self, tid: Tid, signal: i32, now: Time) {
        if self.is_let_go(tid) {
            return self.let_go(tid, signal, now);
        }
        let Some((thread, process)) = self.traced.of(tid) else { return };
        let how =
            if thread.state == State::InCall || !process.is_filtered { How::UntilCall } else { How::Run };
        // It fails for a thread that was killed meanwhile, which will be told.
        let _ = ptrace::resume(tid.0, how, signal);
    }

    pub(super) fn set_state(&mut self, tid: Tid, state: State) {
        if let Some(thread) = self.traced.threads.get_mut(&tid) {
            thread.state = state;
        }
    }

    /// A thread stands still that nobody has announced: it was faster than the one that made it.
    fn appeared(&mut self, tid: Tid, now: Time) {
        match Kin::of(tid) {
            Some(kin) if self.traced.processes.contains_key(&kin.pid) => {
                self.traced.threads.insert(tid, Thread::new(kin.pid));
            }
            Some(kin) => self.forked(kin.parent, kin.pid, now),
            // It was killed; its end will be told.
            None => {}
        }
    }

    /// A thread has made another one, or a process.
    fn made(&mut self, by: Tid, child: Tid, now: Time) {
        let Some((thread, _)) = self.traced.of(by) else { return };
        let parent = thread.pid;
        if child.0 != 0 && !self.traced.threads.contains_key(&child) {
            match Kin::of(child) {
                Some(kin) if kin.pid == parent => {
                    self.traced.threads.insert(child, Thread::new(parent));
                }
                Some(kin) => self.forked(parent, kin.pid, now),
                None => {}
            }
        }
        let pid = Pid(child.0);
        if self.traced.processes.contains_key(&pid) {
            self.lines.forked((parent, by), pid);
        }
    }

    fn forked(&mut self, parent: Pid, child: Pid, now: Time) {
        // With CLONE_PARENT it may be nobody's child that is known: then it belongs to the first program.
        let Some(of) = self.traced.processes.get(&parent).or_else(|| self.traced.processes.values().next())
        else {
            return;
        };
        let process = of.child();
        if process.is_filtered {
            self.shared.started(child);
        }
        self.traced.processes.insert(child, process);
        self.traced.threads.insert(Tid(child.0), Thread::new(child));
        self.ended.processes += 1;
        self.eye.forked(parent, child);
        self.tell_process(now, parent, ProcessChange::Forked { child });
    }

    /// A thread is about to end. With the last one of a process its sockets go.
    fn exits(&mut self, tid: Tid) {
        let Some((thread, _)) = self.traced.of(tid) else { return };
        thread.is_exiting = true;
        let pid = thread.pid;
        if self.traced.is_exiting(pid) {
            self.eye.exits(pid);
        }
    }

    fn thread_ended(&mut self, tid: Tid, wait_status: u32, now: Time) {
        if self.bell == Some(Pid(tid.0)) {
            return self.rung(now);
        }
        self.cut_off(tid, now);
        self.lines.ended(tid);
        let Some(thread) = self.traced.threads.remove(&tid) else { return };
        if thread.pid.0 != tid.0 {
            return;
        }
        for other in self.traced.threads_of(thread.pid) {
            self.cut_off(other, now);
            self.lines.ended(other);
            self.traced.threads.remove(&other);
        }
        if let Some(process) = self.traced.processes.remove(&thread.pid) {
            self.eye.ended(thread.pid);
            self.memories.forget(thread.pid);
            self.shared.ended(thread.pid);
            if process.is_running {
                self.tell_process(now, thread.pid, ProcessChange::Ended { wait_status });
            }
            self.program_ended(thread.pid, process.is_running, wait_status);
        }
    }

    /// A call ends because its thread does.
    pub(super) fn cut_off(&mut self, tid: Tid, now: Time) {
        self.shortened.remove(&tid);
        if let Some(mut open) = self.shared.closed(tid) {
            open.call.until = Some(now);
            open.call.outcome = Some(Outcome::Ended);
            self.tell_call(open.entered, open.call);
        }
    }

    pub(super) fn tell_process(&self, now: Time, pid: Pid, change: ProcessChange) {
        self.sink.tell(now, Certainty::Exact, What::Process(Told { pid, change }));
    }

    pub(super) fn tell_note(&self, now: Time, note: Note) {
        self.sink.tell(now, Certainty::Exact, What::Note(note));
    }

    pub(super) fn now(&self) -> Time {
        self.sink.time(clock::monotonic_ns())
    }
}

/// A thread whose process was stopped stays so, and tells when it goes on.
fn listen(tid: Tid) {
    // It fails for one that was killed meanwhile, which will be told.
    let _ = ptrace::resume(tid.0, How::Listen, 0);
}
