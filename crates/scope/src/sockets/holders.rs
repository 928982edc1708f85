//! The second source: which process has which socket open, by `/proc/PID/fd` (`proc(5)`).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read;
use std::os::fd::RawFd;

use procfs::process::{FDTarget, Process as ProcDir, all_processes};
use procfs::{ProcError, ProcResult};

use super::error::SnapshotError;
use super::row::Process;
use super::users::Users;

/// How much of a command line is read.
const COMMAND_LINE_BYTES_MAX: u64 = 4096;

/// The processes that have sockets open.
#[derive(Debug, Default)]
pub(super) struct Holders {
    /// The processes by the inode of the socket; a socket that was inherited or passed on has several.
    pub(super) by_inode: HashMap<u32, Vec<Process>>,
    /// How many processes did not let this user see what they have open.
    pub(super) unreadable: usize,
}

impl Holders {
    /// Looks through all processes for sockets with one of these inodes.
    ///
    /// A process that ends meanwhile has nothing open any more and is passed over.
    pub(super) fn read(inodes: &HashSet<u32>, users: &Users) -> Result<Self, SnapshotError> {
        let mut holders = Self::default();
        for process in all_processes().map_err(SnapshotError::Processes)?.flatten() {
            match open_sockets(&process, inodes) {
                Ok(sockets) if sockets.is_empty() => {}
                Ok(sockets) => {
                    if let Ok(process) = describe(&process, users) {
                        holders.add(&process, sockets);
                    }
                }
                Err(ProcError::PermissionDenied(_)) if is_program(&process) => {
                    holders.unreadable += 1;
                }
                Err(_) => {}
            }
        }
        Ok(holders)
    }

    fn add(&mut self, process: &Process, sockets: BTreeMap<u32, Vec<RawFd>>) {
        for (inode, fds) in sockets {
            let process = Process { fds, ..process.clone() };
            self.by_inode.entry(inode).or_default().push(process);
        }
    }
}

/// Lists the descriptors of `process` for each of the sockets in `inodes` that it has open.
fn open_sockets(process: &ProcDir, inodes: &HashSet<u32>) -> ProcResult<BTreeMap<u32, Vec<RawFd>>> {
    let mut sockets: BTreeMap<u32, Vec<RawFd>> = BTreeMap::new();
    for descriptor in process.fd()?.flatten() {
        let FDTarget::Socket(inode) = descriptor.target else {
            continue;
        };
        if let Some(inode) = u32::try_from(inode).ok().filter(|it| inodes.contains(it)) {
            sockets.entry(inode).or_default().push(descriptor.fd);
        }
    }
    Ok(sockets)
}

/// Tells what is to be shown of `process`, but for its descriptors, which are another matter for each socket.
fn describe(process: &ProcDir, users: &Users) -> ProcResult<Process> {
    Ok(Process {
        pid: process.pid.cast_unsigned(),
        name: read(process, "comm")?.trim_end().to_owned(),
        command_line: command_line(process)?,
        // `/proc/PID` belongs to the effective user of the process.
        user: users.user(process.uid()?),
        fds: Vec::new(),
    })
}

/// Tells a program from a thread of the kernel and from a zombie: the latter two have no command line, and no sockets.
fn is_program(process: &ProcDir) -> bool {
    command_line(process).is_ok_and(|words| !words.is_empty())
}

/// Reads the words of the command line, which a NUL ends each.
fn command_line(process: &ProcDir) -> ProcResult<Vec<String>> {
    let text = read(process, "cmdline")?;
    Ok(text.split_terminator('\0').map(str::to_owned).collect())
}

/// Reads a file of the process; what is not UTF-8 in it becomes `U+FFFD`.
fn read(process: &ProcDir, file: &str) -> ProcResult<String> {
    let mut bytes = Vec::new();
    process.open_relative(file)?.take(COMMAND_LINE_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
