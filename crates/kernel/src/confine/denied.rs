//! What a guest may not ask the kernel for.
//!
//! A list of what is refused, and not of what is allowed: programs of any language run, and what would lead out of the confinement,
//! past the tracer, or into parts of the kernel that no exercise needs is not there. Without capabilities the kernel would refuse
//! most of it anyway; here it is refused before its code runs.

use libc::{ENOSYS, EPERM};

use crate::seccomp::{Filter, Refusal};
use Refusal::{Always, Among, AnyBit, Unless, UnlessPair};

/// `AUDIT_ARCH_X86_64` and `AUDIT_ARCH_AARCH64`: who makes calls for another machine than this is killed.
#[cfg(target_arch = "x86_64")]
const MACHINE: u32 = 0xC000_003E;
#[cfg(target_arch = "aarch64")]
const MACHINE: u32 = 0xC000_00B7;

/// Everything that makes a namespace (`CLONE_NEW…`), and what hides from the tracer (`CLONE_UNTRACED`).
const NEW_NAMESPACES: u32 = 0x7E02_0000 | 0x0080_0000;
/// Of `unshare(2)`, also `CLONE_NEWTIME`, which `clone(2)` has no room for.
const UNSHARED: u32 = NEW_NAMESPACES | 0x80;

/// The families of sockets, and their protocols: the kernel would load others on demand, which nobody has looked at for long.
const SOCKETS: &[(u32, &[u32])] = &[
    // AF_UNIX.
    (1, &[0, 1]),
    // AF_INET: the usual one, ICMP, TCP and UDP.
    (2, &[0, 1, 6, 17]),
    // AF_INET6: likewise.
    (10, &[0, 6, 17, 58]),
    // AF_NETLINK: NETLINK_ROUTE, by which programs ask for addresses.
    (16, &[0]),
];

/// The usual one, `ADDR_NO_RANDOMIZE`, and the question which one it is.
const PERSONALITIES: &[u32] = &[0, 0x0004_0000, 0xFFFF_FFFF];

/// What puts characters into a terminal as if they were typed: `TIOCSTI`, `TIOCLINUX`.
const TYPING: &[u32] = &[0x5412, 0x541C];

/// A filter of its own that would answer in our place (`PR_SET_SECCOMP`), and hiding from `/proc` (`PR_SET_DUMPABLE`).
const HIDING: &[u32] = &[22, 4];

type Rule = (libc::c_long, libc::c_int, Refusal);

const RULES: &[Rule] = &[
    // Namespaces. Programs take the older call when they are told that there is no `clone3(2)`, whose flags no filter can read.
    (libc::SYS_clone, EPERM, AnyBit(0, NEW_NAMESPACES)),
    (libc::SYS_clone3, ENOSYS, Always),
    (libc::SYS_unshare, EPERM, AnyBit(0, UNSHARED)),
    (libc::SYS_setns, EPERM, Always),
    // What is mounted, and where the root is.
    (libc::SYS_mount, EPERM, Always),
    (libc::SYS_umount2, EPERM, Always),
    (libc::SYS_pivot_root, EPERM, Always),
    (libc::SYS_chroot, EPERM, Always),
    (libc::SYS_move_mount, EPERM, Always),
    (libc::SYS_open_tree, EPERM, Always),
    (libc::SYS_fsopen, EPERM, Always),
    (libc::SYS_fsconfig, EPERM, Always),
    (libc::SYS_fsmount, EPERM, Always),
    (libc::SYS_fspick, EPERM, Always),
    (libc::SYS_mount_setattr, EPERM, Always),
    (libc::SYS_name_to_handle_at, EPERM, Always),
    (libc::SYS_open_by_handle_at, EPERM, Always),
    (libc::SYS_fanotify_init, EPERM, Always),
    (libc::SYS_quotactl, EPERM, Always),
    (libc::SYS_quotactl_fd, EPERM, Always),
    (libc::SYS_swapon, EPERM, Always),
    (libc::SYS_swapoff, EPERM, Always),
    // Other processes.
    (libc::SYS_ptrace, EPERM, Always),
    (libc::SYS_process_vm_readv, EPERM, Always),
    (libc::SYS_process_vm_writev, EPERM, Always),
    (libc::SYS_process_madvise, EPERM, Always),
    (libc::SYS_pidfd_getfd, EPERM, Always),
    (libc::SYS_kcmp, EPERM, Always),
    (libc::SYS_move_pages, EPERM, Always),
    (libc::SYS_migrate_pages, EPERM, Always),
    // What answers calls before the tracer hears of them.
    (libc::SYS_seccomp, EPERM, Always),
    (libc::SYS_prctl, EPERM, Among(0, HIDING)),
    // What works past the tracer, or holds memory that no process shows.
    (libc::SYS_io_uring_setup, ENOSYS, Always),
    (libc::SYS_io_uring_enter, ENOSYS, Always),
    (libc::SYS_io_uring_register, ENOSYS, Always),
    (libc::SYS_memfd_create, ENOSYS, Always),
    (libc::SYS_memfd_secret, ENOSYS, Always),
    (libc::SYS_shmget, ENOSYS, Always),
    (libc::SYS_userfaultfd, EPERM, Always),
    (libc::SYS_bpf, EPERM, Always),
    (libc::SYS_perf_event_open, EPERM, Always),
    (libc::SYS_lookup_dcookie, EPERM, Always),
    // Keys of whoever started us.
    (libc::SYS_add_key, EPERM, Always),
    (libc::SYS_request_key, EPERM, Always),
    (libc::SYS_keyctl, EPERM, Always),
    // The machine.
    (libc::SYS_init_module, EPERM, Always),
    (libc::SYS_finit_module, EPERM, Always),
    (libc::SYS_delete_module, EPERM, Always),
    (libc::SYS_kexec_load, EPERM, Always),
    (libc::SYS_kexec_file_load, EPERM, Always),
    (libc::SYS_reboot, EPERM, Always),
    (libc::SYS_acct, EPERM, Always),
    (libc::SYS_syslog, EPERM, Always),
    (libc::SYS_sethostname, EPERM, Always),
    (libc::SYS_setdomainname, EPERM, Always),
    (libc::SYS_settimeofday, EPERM, Always),
    (libc::SYS_clock_settime, EPERM, Always),
    (libc::SYS_adjtimex, EPERM, Always),
    (libc::SYS_clock_adjtime, EPERM, Always),
    (libc::SYS_vhangup, EPERM, Always),
    (libc::SYS_personality, EPERM, Unless(0, PERSONALITIES)),
    (libc::SYS_ioctl, EPERM, Among(1, TYPING)),
    (libc::SYS_socket, libc::EAFNOSUPPORT, UnlessPair([0, 2], SOCKETS, libc::EPROTONOSUPPORT)),
];

/// Those that only this kind of machine has.
#[cfg(target_arch = "x86_64")]
const OF_MACHINE: &[Rule] = &[
    (libc::SYS_iopl, EPERM, Always),
    (libc::SYS_ioperm, EPERM, Always),
    (libc::SYS_modify_ldt, EPERM, Always),
    (libc::SYS_uselib, EPERM, Always),
    (libc::SYS_ustat, EPERM, Always),
    (libc::SYS_sysfs, EPERM, Always),
];
#[cfg(not(target_arch = "x86_64"))]
const OF_MACHINE: &[Rule] = &[];

/// The filter that refuses all this, also further filters: so it is the last one that is set.
pub(super) fn filter() -> Filter {
    Filter::deny(MACHINE, &[RULES, OF_MACHINE].concat())
}
