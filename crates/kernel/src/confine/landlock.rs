//! Which files a process can reach, whatever is mounted (`landlock(7)`).
//!
//! By the system calls themselves: the rules name files of the guest's own view, so they are made between `fork(2)` and
//! `execve(2)`, where nothing may take memory.

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr;

use rustix::fs::{CWD, Mode, OFlags, openat};

use crate::step::{Step, StepError, at};

/// What may be done below a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Read, list and execute.
    Read,
    /// Read, and write to what is there: devices, `/proc/self`.
    Use,
    /// Anything.
    All,
}

/// A path and what may be done below it.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) path: CString,
    pub(super) access: Access,
}

/// `LANDLOCK_ACCESS_FS_…` of `linux/landlock.h`.
const EXECUTE: u64 = 1 << 0;
const WRITE_FILE: u64 = 1 << 1;
const READ_FILE: u64 = 1 << 2;
const READ_DIRECTORY: u64 = 1 << 3;
const TRUNCATE: u64 = 1 << 14;
const DEVICE_IOCTL: u64 = 1 << 15;
const READ: u64 = EXECUTE | READ_FILE | READ_DIRECTORY;
/// The rights that mean something for what is no directory; the kernel refuses others there.
const OF_FILES: u64 = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | DEVICE_IOCTL;
/// `LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET` and `LANDLOCK_SCOPE_SIGNAL`.
const SCOPES: u64 = 3;

/// How many rights of files each version of the interface knows, from the first one.
const RIGHTS: [u32; 5] = [13, 14, 15, 15, 16];
/// The version that knows scopes.
const SCOPED: usize = 6;

/// `struct landlock_ruleset_attr`.
#[repr(C)]
struct Ruleset {
    handled_access_fs: u64,
    handled_access_net: u64,
    scoped: u64,
}

/// `struct landlock_path_beneath_attr`.
#[repr(C, packed)]
struct PathBeneath {
    allowed_access: u64,
    parent_fd: i32,
}

const VERSION: libc::c_uint = 1;
const RULE_PATH_BENEATH: libc::c_int = 1;

/// The version of the interface (`LANDLOCK_CREATE_RULESET_VERSION`); 0 where the kernel has none or it is switched off.
pub(super) fn version() -> usize {
    // SAFETY: with this flag the call takes no pointer and returns a number.
    let version = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, ptr::null::<u8>(), 0, VERSION) };
    usize::try_from(version).unwrap_or(0)
}

/// Restricts this thread, and all that it makes and executes, to these paths, for ever; those that are not there are left out.
///
/// Runs between `fork(2)` and `execve(2)`. Where the kernel has no Landlock (version 0) nothing is restricted.
pub(super) fn restrict(rules: &[Rule], version: usize) -> Result<(), StepError> {
    let Some(rights) = RIGHTS.get(version.min(RIGHTS.len()).wrapping_sub(1)) else { return Ok(()) };
    let handled = (1 << rights) - 1;
    let set = create(handled, if version >= SCOPED { SCOPES } else { 0 })?;
    for rule in rules {
        let allowed = handled
            & match rule.access {
                Access::Read => READ,
                Access::Use => READ | WRITE_FILE | TRUNCATE | DEVICE_IOCTL,
                Access::All => u64::MAX,
            };
        allow(&set, &rule.path, allowed)?;
    }
    // SAFETY: the call takes a descriptor, which is open, and no flags.
    check(unsafe { libc::syscall(libc::SYS_landlock_restrict_self, set.as_raw_fd(), 0) }).map(drop)
}

fn create(handled_access_fs: u64, scoped: u64) -> Result<OwnedFd, StepError> {
    let attributes = Ruleset { handled_access_fs, handled_access_net: 0, scoped };
    // SAFETY: the kernel reads the structure, whose size it is told and which lives through the call. An older one takes the longer
    // structure as long as the rest is zero.
    let set = check(unsafe {
        let size = size_of::<Ruleset>();
        libc::syscall(libc::SYS_landlock_create_ruleset, &raw const attributes, size, 0)
    })?;
    // SAFETY: the kernel has just made the descriptor, and nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(i32::try_from(set).unwrap_or(-1)) })
}

fn allow(set: &OwnedFd, path: &CStr, mut allowed: u64) -> Result<(), StepError> {
    let Ok(file) = openat(CWD, path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()) else { return Ok(()) };
    let status = at(Step::Landlock, rustix::fs::fstat(&file))?;
    if !rustix::fs::FileType::from_raw_mode(status.st_mode).is_dir() {
        allowed &= OF_FILES;
    }
    let beneath = PathBeneath { allowed_access: allowed, parent_fd: file.as_raw_fd() };
    // SAFETY: the kernel reads the structure, which lives through the call and is of the kind that it is told.
    check(unsafe {
        let (set, kind) = (set.as_raw_fd(), RULE_PATH_BENEATH);
        libc::syscall(libc::SYS_landlock_add_rule, set, kind, &raw const beneath, 0)
    })
    .map(drop)
}

fn check(returned: libc::c_long) -> Result<libc::c_long, StepError> {
    if returned >= 0 {
        return Ok(returned);
    }
    let errno = io::Error::last_os_error().raw_os_error().unwrap_or_default();
    Err(StepError { step: Step::Landlock, errno })
}
