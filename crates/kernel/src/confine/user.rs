//! Who a guest is (`credentials(7)`, `capabilities(7)`).

use std::io;

use rustix::process::{DumpableBehavior, Gid, Uid};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities, set_no_new_privs};

use crate::step::{Step, StepError, at};
use crate::user::ROOT;

/// Who a guest is, outside as well as in its own user namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct User {
    /// The number of the user.
    pub id: u32,
    /// The number of the group, which is the only one.
    pub group: u32,
}

/// `nobody` and `nogroup`: they own no files.
const NOBODY: u32 = 65_534;

impl User {
    /// The user who runs this; in place of root, nobody.
    pub fn usual() -> Self {
        let id = rustix::process::geteuid().as_raw();
        if id == ROOT {
            return Self { id: NOBODY, group: NOBODY };
        }
        Self { id, group: rustix::process::getegid().as_raw() }
    }

    /// Whether this process is somebody else.
    pub(super) fn is_another(self) -> bool {
        rustix::process::geteuid().as_raw() != self.id
    }
}

/// What a process does to be a guest's user. It is decided before: in a user namespace that has no number for it, a process is told
/// that it is nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing: it is that user.
    None,
    /// It leaves what it is.
    To(User),
}

impl Change {
    /// What this process would have to do.
    pub(super) fn to(user: User) -> Self {
        if user.is_another() { Self::To(user) } else { Self::None }
    }

    /// Leaves all groups. An ordinary user, who stays what it is, cannot.
    pub(super) fn leave_groups(self) -> Result<(), StepError> {
        match self {
            Self::None => Ok(()),
            Self::To(_) => at(Step::Identity, rustix::thread::set_thread_groups(&[])),
        }
    }

    /// Becomes the user, for ever.
    pub(super) fn become_it(self) -> Result<(), StepError> {
        let Self::To(User { id, group }) = self else { return Ok(()) };
        let (user, group) = (Uid::from_raw(id), Gid::from_raw(group));
        at(Step::Identity, rustix::thread::set_thread_res_gid(group, group, group))?;
        at(Step::Identity, rustix::thread::set_thread_res_uid(user, user, user))
    }
}

/// No kernel has more capabilities than its sets have bits.
const CAPABILITIES: libc::c_ulong = 64;

/// Gives up all capabilities, and to gain any. Without any, it cannot lessen what programs could gain; but then they gain nothing.
pub(super) fn give_up_capabilities() -> Result<(), StepError> {
    for capability in 0..CAPABILITIES {
        // SAFETY: the call takes a number and no pointer.
        if unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) } == 0 {
            continue;
        }
        match io::Error::last_os_error().raw_os_error() {
            // There are no more of them; or there is none that this process could lose, or gain by a program.
            Some(libc::EINVAL | libc::EPERM) => break,
            errno => return Err(StepError { step: Step::Capabilities, errno: errno.unwrap_or_default() }),
        }
    }
    at(Step::Capabilities, rustix::thread::clear_ambient_capability_set())?;
    let empty = CapabilitySet::empty();
    let none = CapabilitySets { effective: empty, permitted: empty, inheritable: empty };
    at(Step::Capabilities, set_capabilities(None, none))?;
    at(Step::NoNewPrivileges, set_no_new_privs(true))
}

/// Whether whoever may trace this process by its user may look at its memory and descriptors.
pub(super) fn set_traceable(is_traceable: bool) -> Result<(), StepError> {
    let behaviour = if is_traceable { DumpableBehavior::Dumpable } else { DumpableBehavior::NotDumpable };
    at(Step::Traceable, rustix::process::set_dumpable_behavior(behaviour))
}
