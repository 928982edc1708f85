//! One copy, measured.

use std::{
    fs::{self, File},
    io,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use endpoints::transport::Transport;
use procfs::net::TcpState;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use serde::Serialize;

use super::{
    copier::{Copier, Socklabs},
    place::Place,
};
use crate::{
    interrupt,
    process_group::ProcessGroup,
    reading::{Reading, Unmeasured},
    server,
};

/// Longest wait for a receiver to listen.
const READY_MAX: Duration = Duration::from_secs(10);
/// Longest wait for a copy.
const COPY_MAX: Duration = Duration::from_secs(300);
/// Pause between two looks at whether something has ended: what a time may be wrong by.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// What one copy took.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Copied {
    /// From the start of the sender until it and, if it ends, the receiver have ended.
    pub(super) seconds: f64,
    /// CPU of the sender, user and system.
    pub(super) sender_cpu_s: f64,
    /// CPU of the receiver, user and system.
    pub(super) receiver_cpu_s: f64,
}

/// Has `copier` copy the source once, and compares the copy with it.
///
/// What its ends write to stderr goes into `logs`, a directory.
pub(super) fn measure(copier: &Copier, socklabs: &Socklabs, place: &Place, logs: &Path) -> Reading<Copied> {
    let result = copy(copier, socklabs, place, logs);
    let same = result.is_ok().then(|| place.is_same(copier.copy));
    place.clean();
    match same {
        Some(Ok(false)) => Err(Unmeasured::Corrupt("the copy is not the same".into())),
        Some(Err(error)) => Err(Unmeasured::Failed(format!("the copy cannot be read: {error}"))),
        Some(Ok(true)) | None => result,
    }
}

fn copy(copier: &Copier, socklabs: &Socklabs, place: &Place, logs: &Path) -> Reading<Copied> {
    let log = |end: &str| logs.join(format!("{}-{end}.log", copier.name.replace([',', ' '], "-")));
    let port = server::free_port(Transport::Tcp).map_err(failed("no free port"))?;
    let (receiver, sender) = copier.commands(socklabs, place.path(), port).map_err(Unmeasured::Skipped)?;
    let mut receiver = End::start(receiver, log("receiver"))?;
    receiver.wait_until_listening(port)?;
    let receiver_before = receiver.cpu_s();

    let began = Instant::now();
    let mut sender = End::start(sender, log("sender"))?;
    sender.wait_for_end(began)?;
    if copier.receiver_ends {
        receiver.wait_for_end(began)?;
    }
    let seconds = began.elapsed().as_secs_f64();
    let receiver_cpu_s = receiver.cpu_s() - receiver_before;
    let sender_cpu_s = sender.cpu_s();
    sender.check()?;
    if copier.receiver_ends {
        receiver.check()?;
    }
    Ok(Copied { seconds, sender_cpu_s, receiver_cpu_s })
}

fn failed(what: &str) -> impl Fn(io::Error) -> Unmeasured {
    move |error| Unmeasured::Failed(format!("{what}: {error}"))
}

/// One end of a copy, a process group of its own; dropping it kills what is left of it.
struct End {
    child: Child,
    group: ProcessGroup,
    log_path: PathBuf,
}

impl End {
    fn start(mut command: Command, log_path: PathBuf) -> Result<Self, Unmeasured> {
        let mut spawn = || command.process_group(0).stderr(File::create(&log_path)?).spawn();
        let child = spawn().map_err(failed("cannot be started"))?;
        let group = ProcessGroup::led_by(Pid::from_child(&child));
        Ok(Self { child, group, log_path })
    }

    /// Nobody connects to see: a receiver of one copy would take that for the copy.
    fn wait_until_listening(&mut self, port: u16) -> Result<(), Unmeasured> {
        let deadline = Instant::now() + READY_MAX;
        while !is_listening(port) {
            if self.has_ended() {
                return Err(Unmeasured::Failed(format!("ended at once: {}", self.first_line())));
            }
            if Instant::now() > deadline {
                return Err(Unmeasured::Failed(format!("not ready after {READY_MAX:?}")));
            }
            thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

    fn wait_for_end(&self, began: Instant) -> Result<(), Unmeasured> {
        while !self.has_ended() {
            if began.elapsed() > COPY_MAX || interrupt::is_requested() {
                return Err(Unmeasured::Failed(format!("not done after {:?}", began.elapsed())));
            }
            thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

    /// Leaves it to be waited for (`WNOWAIT`), so that what it used can still be read from `/proc`.
    fn has_ended(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        !matches!(waitid(WaitId::Pid(Pid::from_child(&self.child)), options), Ok(None))
    }

    fn cpu_s(&self) -> f64 {
        self.group.cpu_time().unwrap_or_default().as_secs_f64()
    }

    /// Waits for its end, and asks whether it was a good one.
    fn check(&mut self) -> Result<(), Unmeasured> {
        let status = self.child.wait().map_err(failed("wait"))?;
        if status.success() {
            return Ok(());
        }
        Err(Unmeasured::Failed(format!("{status}: {}", self.first_line())))
    }

    fn first_line(&self) -> String {
        let log = fs::read_to_string(&self.log_path).unwrap_or_default();
        log.lines().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing").to_owned()
    }
}

impl Drop for End {
    fn drop(&mut self) {
        // The group first: until the leader has been waited for, its number cannot belong to anybody else.
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            self.group.kill();
            let _ = self.child.wait();
        }
    }
}

fn is_listening(port: u16) -> bool {
    let sockets = procfs::net::tcp().into_iter().flatten();
    sockets.into_iter().any(|socket| socket.state == TcpState::Listen && socket.local_address.port() == port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::send::copier::COPIERS;

    #[test]
    fn netcat_copies_a_small_file() {
        let parent = std::env::temp_dir().join(format!("socklab-bench-copy-{}", std::process::id()));
        fs::create_dir_all(&parent).unwrap();
        let place = Place::new(&parent, 300_000).unwrap();
        let socklabs = Socklabs { new: "no/such".into(), other: None };
        let nc = COPIERS.iter().find(|copier| copier.name == "nc").unwrap();

        let reading = measure(nc, &socklabs, &place, &parent);

        match reading {
            Ok(copied) => assert!(copied.seconds > 0.0),
            Err(Unmeasured::Skipped(why)) => println!("SKIP: {why}"),
            Err(why) => panic!("{why}"),
        }
        drop(place);
        fs::remove_dir_all(&parent).unwrap();
    }
}
