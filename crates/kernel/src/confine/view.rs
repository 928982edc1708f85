//! What a guest sees of the file system: a root of its own, in which little of the machine is shown (`mount_namespaces(7)`).
//!
//! The steps are laid down before there is a process to take them, so that it makes system calls only.

use std::ffi::{CStr, CString, OsStr};
use std::fs;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{CWD, Gid, Mode, OFlags, Uid, openat};
use rustix::mount::{MountFlags, MountPropagationFlags, UnmountFlags};

use super::{Config, HOME, Limits, User, WORK};
use crate::step::{Step, StepError, at};

/// How the guest gets the files of its directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Files {
    /// They are shown, and what it changes is laid over them (overlayfs).
    Layered,
    /// It has a copy, which is made when the view is there.
    Copied,
}

/// One step.
#[derive(Debug)]
enum Action {
    Private,
    Tmpfs {
        at: CString,
        data: CString,
    },
    Pivot,
    Directory {
        at: CString,
        mode: u32,
        owner: Option<User>,
    },
    Link {
        to: CString,
        at: CString,
    },
    File {
        at: CString,
        text: &'static [u8],
    },
    Bind {
        from: CString,
        at: CString,
    },
    ReadOnly {
        at: CString,
        flags: u64,
        recursive: bool,
    },
    Proc,
    Overlay {
        data: CString,
    },
    Unmount(CString),
    /// A step that may fail.
    Perhaps(Box<Action>),
}

/// The steps, in their order.
#[derive(Debug)]
pub(super) struct View(Vec<Action>);

/// What of the root of the machine is shown, if it is there; and everything that begins like the last one.
const SHOWN: [&str; 7] = ["usr", "bin", "sbin", "opt", "etc", "nix", "lib"];
/// The devices that programs expect, and that keep nothing.
const DEVICES: [&str; 5] = ["null", "zero", "full", "random", "urandom"];
const DEVICE_LINKS: [(&str, &str); 4] = [
    ("/proc/self/fd", "/dev/fd"),
    ("/proc/self/fd/0", "/dev/stdin"),
    ("/proc/self/fd/1", "/dev/stdout"),
    ("/proc/self/fd/2", "/dev/stderr"),
];
/// `localhost` is what every exercise connects to, and the machine's own file may say anything.
const HOSTS: &[u8] = b"127.0.0.1 localhost guest\n::1 localhost ip6-localhost ip6-loopback\n";

/// What is the guest's own, and what is not shown in any part: no path of the machine takes its place.
const OWN: [&str; 3] = [WORK, HOME, "/tmp"];
const OWN_TREES: [&str; 4] = ["/proc", "/dev", "/sys", WORK];

/// Where the new root is mounted first: a directory that every machine has. Nothing of it is seen afterwards.
const BASE: &CStr = c"/tmp";
const OLD_IN_BASE: &CStr = c"/tmp/old";
const OLD: &str = "/old";
const SCRATCH: &str = "/scratch";

/// `MOUNT_ATTR_RDONLY`, `…_NOSUID`, `…_NODEV` and `…_NOEXEC` (`mount_setattr(2)`).
const RDONLY: u64 = 1;
const NOSUID: u64 = 2;
const NODEV: u64 = 4;
const NOEXEC: u64 = 8;

impl View {
    /// Lays down the steps.
    ///
    /// # Errors
    /// The root of the machine cannot be listed, or a path has a zero byte in it.
    pub(super) fn new(config: &Config, files: Files) -> io::Result<Self> {
        let mut view = Self(vec![Action::Private]);
        view.root()?;
        view.push(Action::Directory { at: c_string("/proc")?, mode: 0o555, owner: None });
        view.push(Action::Proc);
        view.devices(&config.limits)?;
        view.scratch(config, files)?;
        for path in &config.read_only {
            view.extra(path)?;
        }
        for hidden in [SCRATCH, OLD] {
            view.push(Action::Unmount(c_string(hidden)?));
        }
        view.push(Action::ReadOnly { at: c_string("/")?, flags: RDONLY | NOSUID | NODEV, recursive: false });
        Ok(view)
    }

    /// Takes the steps. Runs in a process of its own mount namespace.
    pub(super) fn make(&self) -> Result<(), StepError> {
        rustix::process::umask(Mode::empty());
        self.0.iter().try_for_each(Action::take)
    }

    fn push(&mut self, action: Action) {
        self.0.push(action);
    }

    /// The root, and what of the machine's is shown in it.
    fn root(&mut self) -> io::Result<()> {
        self.push(Action::Tmpfs { at: BASE.into(), data: c_string("mode=0755,size=1m,nr_inodes=4096")? });
        self.push(Action::Directory { at: OLD_IN_BASE.into(), mode: 0o700, owner: None });
        self.push(Action::Pivot);
        for entry in fs::read_dir("/")? {
            let entry = entry?;
            if !is_shown(&entry.file_name()) {
                continue;
            }
            let at = entry.path();
            if entry.file_type()?.is_symlink() {
                self.push(Action::Link { to: c_string(fs::read_link(&at)?)?, at: c_string(&at)? });
            } else {
                self.show(&at, &at, RDONLY | NOSUID | NODEV)?;
            }
        }
        Ok(())
    }

    /// Shows a directory, or a file, of the machine.
    fn show(&mut self, path: &Path, at: &Path, flags: u64) -> io::Result<()> {
        let at = c_string(at)?;
        if fs::metadata(path)?.is_dir() {
            self.push(Action::Directory { at: at.clone(), mode: 0o755, owner: None });
        } else {
            self.push(Action::File { at: at.clone(), text: b"" });
        }
        // Links are followed out here: in there they would lead through the new root.
        self.push(Action::Bind { from: c_string(old(&fs::canonicalize(path)?))?, at: at.clone() });
        self.push(Action::ReadOnly { at, flags, recursive: true });
        Ok(())
    }

    fn devices(&mut self, limits: &Limits) -> io::Result<()> {
        self.push(Action::Directory { at: c_string("/dev")?, mode: 0o755, owner: None });
        self.push(Action::Tmpfs {
            at: c_string("/dev")?,
            data: c_string("mode=0755,size=64k,nr_inodes=64")?,
        });
        for path in devices().filter(|path| path.exists()) {
            self.show(&path, &path, RDONLY | NOSUID | NOEXEC)?;
        }
        for (to, at) in DEVICE_LINKS {
            self.push(Action::Link { to: c_string(to)?, at: c_string(at)? });
        }
        self.push(Action::Directory { at: c_string("/dev/shm")?, mode: 0o1777, owner: None });
        self.push(Action::ReadOnly {
            at: c_string("/dev")?,
            flags: RDONLY | NOSUID | NOEXEC,
            recursive: false,
        });
        let data = format!("mode=1777,{}", room(limits));
        self.push(Action::Tmpfs { at: c_string("/dev/shm")?, data: c_string(data)? });
        Ok(())
    }

    /// Where the guest may write: one file system, so that one limit holds for all of it.
    fn scratch(&mut self, config: &Config, files: Files) -> io::Result<()> {
        self.push(Action::Directory { at: c_string(SCRATCH)?, mode: 0o755, owner: None });
        let data = format!("mode=0755,{}", room(&config.limits));
        self.push(Action::Tmpfs { at: c_string(SCRATCH)?, data: c_string(data)? });
        let owner = Some(config.user);
        for (name, mode) in [("tmp", 0o1777), ("home", 0o755), ("upper", 0o755), ("layer", 0o755)] {
            self.push(Action::Directory { at: c_string(format!("{SCRATCH}/{name}"))?, mode, owner });
        }
        self.push(Action::File { at: c_string(format!("{SCRATCH}/hosts"))?, text: HOSTS });
        self.bind_scratch("tmp", "/tmp")?;
        self.push(Action::Directory { at: c_string("/home")?, mode: 0o755, owner: None });
        self.bind_scratch("home", HOME)?;
        // Where `/etc/hosts` is a link to what is not shown, names are not the guest's.
        let hosts = c_string("/etc/hosts")?;
        let from = c_string(format!("{SCRATCH}/hosts"))?;
        self.push(Action::Perhaps(Box::new(Action::Bind { from, at: hosts.clone() })));
        let flags = RDONLY | NOSUID | NODEV;
        self.push(Action::Perhaps(Box::new(Action::ReadOnly { at: hosts, flags, recursive: false })));
        match files {
            Files::Copied => self.bind_scratch("upper", WORK),
            Files::Layered => self.overlay(config),
        }
    }

    fn bind_scratch(&mut self, name: &str, at: &str) -> io::Result<()> {
        let at = c_string(at)?;
        self.push(Action::Directory { at: at.clone(), mode: 0o755, owner: None });
        self.push(Action::Bind { from: c_string(format!("{SCRATCH}/{name}"))?, at });
        Ok(())
    }

    fn overlay(&mut self, config: &Config) -> io::Result<()> {
        let lower = "/lower";
        self.push(Action::Directory { at: c_string(lower)?, mode: 0o755, owner: None });
        self.push(Action::Bind {
            from: c_string(old(&fs::canonicalize(&config.directory)?))?,
            at: c_string(lower)?,
        });
        self.push(Action::ReadOnly { at: c_string(lower)?, flags: RDONLY | NOSUID | NODEV, recursive: true });
        self.push(Action::Directory { at: c_string(WORK)?, mode: 0o755, owner: None });
        // What overlayfs has to note it notes where an ordinary user may.
        let by = if config.user.is_another() { "" } else { ",userxattr" };
        let data = format!("lowerdir={lower},upperdir={SCRATCH}/upper,workdir={SCRATCH}/layer{by}");
        self.push(Action::Overlay { data: c_string(data)? });
        self.push(Action::Unmount(c_string(lower)?));
        Ok(())
    }

    /// Shows one more path, where it is; one below what is shown is seen already.
    fn extra(&mut self, path: &Path) -> io::Result<()> {
        let is_plain =
            path.components().all(|part| matches!(part, Component::RootDir | Component::Normal(_)));
        let is_own = OWN.iter().any(|own| Path::new(own).starts_with(path))
            || OWN_TREES.iter().any(|own| path.starts_with(own));
        if !path.is_absolute() || !is_plain || is_own {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        if has(path) {
            return Ok(());
        }
        let mut parents: Vec<_> =
            path.ancestors().skip(1).filter(|parent| *parent != Path::new("/")).collect();
        parents.reverse();
        for parent in parents {
            self.push(Action::Directory { at: c_string(parent)?, mode: 0o755, owner: None });
        }
        self.show(path, path, RDONLY | NOSUID | NODEV)
    }
}

/// What is shown of the machine whatever the guest is, for the layer that goes by paths.
pub(super) fn shown() -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir("/").into_iter().flatten().filter_map(Result::ok);
    entries.filter(|entry| is_shown(&entry.file_name())).map(|entry| entry.path())
}

/// The devices that programs expect.
pub(super) fn devices() -> impl Iterator<Item = PathBuf> {
    DEVICES.iter().map(|name| Path::new("/dev").join(name))
}

/// Whether this absolute path is below what is shown of the machine.
pub(super) fn has(path: &Path) -> bool {
    path.components().nth(1).is_some_and(|first| is_shown(first.as_os_str()))
}

fn is_shown(name: &OsStr) -> bool {
    SHOWN.iter().any(|shown| name == *shown) || name.as_bytes().starts_with(b"lib")
}

fn old(path: &Path) -> PathBuf {
    Path::new(OLD).join(path.strip_prefix("/").unwrap_or(path))
}

fn room(limits: &Limits) -> String {
    format!("size={},nr_inodes={}", limits.disk_bytes, limits.disk_files)
}

pub(super) fn c_string(path: impl AsRef<OsStr>) -> io::Result<CString> {
    Ok(CString::new(path.as_ref().as_bytes())?)
}

impl Action {
    fn take(&self) -> Result<(), StepError> {
        let quiet = MountFlags::NOSUID | MountFlags::NODEV;
        match self {
            Self::Private => {
                let flags = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
                at(Step::Private, rustix::mount::mount_change(c"/", flags))
            }
            Self::Tmpfs { at: place, data } => {
                let mounted =
                    rustix::mount::mount(c"tmpfs", place.as_c_str(), c"tmpfs", quiet, data.as_c_str());
                at(Step::Tmpfs, mounted)
            }
            Self::Pivot => {
                at(Step::Pivot, rustix::process::pivot_root(BASE, OLD_IN_BASE))?;
                at(Step::WorkingDirectory, rustix::process::chdir(c"/"))
            }
            Self::Directory { at, mode, owner } => make_directory(at, *mode, *owner),
            Self::Link { to, at: place } => {
                at(Step::MakeFile, rustix::fs::symlink(to.as_c_str(), place.as_c_str()))
            }
            Self::File { at, text } => make_file(at, text),
            Self::Bind { from, at: place } => {
                at(Step::BindMount, rustix::mount::mount_bind_recursive(from.as_c_str(), place.as_c_str()))
            }
            Self::ReadOnly { at, flags, recursive } => set_attributes(at, *flags, *recursive),
            Self::Proc => {
                let flags = quiet | MountFlags::NOEXEC;
                // Whose processes it may not look at, it does not see: ours.
                at(Step::Proc, rustix::mount::mount(c"proc", c"/proc", c"proc", flags, c"hidepid=2"))
            }
            Self::Overlay { data } => at(
                Step::Overlay,
                rustix::mount::mount(c"overlay", c"/work", c"overlay", quiet, data.as_c_str()),
            ),
            Self::Unmount(place) => unmount(place),
            Self::Perhaps(action) => {
                let _ = action.take();
                Ok(())
            }
        }
    }
}

fn unmount(place: &CStr) -> Result<(), StepError> {
    at(Step::Unmount, rustix::mount::unmount(place, UnmountFlags::DETACH))?;
    at(Step::Unmount, rustix::fs::rmdir(place))
}

fn make_directory(place: &CStr, mode: u32, owner: Option<User>) -> Result<(), StepError> {
    match rustix::fs::mkdir(place, Mode::from_raw_mode(mode)) {
        Ok(()) => {}
        // A parent of two things that are shown.
        Err(rustix::io::Errno::EXIST) => return Ok(()),
        other => return at(Step::MakeFile, other),
    }
    let Some(User { id, group }) = owner else { return Ok(()) };
    at(Step::MakeFile, rustix::fs::chown(place, Some(Uid::from_raw(id)), Some(Gid::from_raw(group))))
}

fn make_file(place: &CStr, text: &[u8]) -> Result<(), StepError> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let file = at(Step::MakeFile, openat(CWD, place, flags, Mode::from_raw_mode(0o644)))?;
    at(Step::MakeFile, rustix::io::write(file, text)).map(drop)
}

/// `struct mount_attr` of `mount_setattr(2)`.
#[repr(C)]
struct MountAttributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

/// `AT_RECURSIVE`.
const RECURSIVE: libc::c_int = 0x8000;

fn set_attributes(place: &CStr, set: u64, is_recursive: bool) -> Result<(), StepError> {
    let attributes = MountAttributes { set, clear: 0, propagation: 0, user_namespace: 0 };
    // SAFETY: the kernel reads the path and the structure, whose size it is told; both live through the call.
    let result = unsafe {
        let flags = if is_recursive { RECURSIVE } else { 0 };
        let (directory, size) = (CWD.as_raw_fd(), size_of::<MountAttributes>());
        libc::syscall(libc::SYS_mount_setattr, directory, place.as_ptr(), flags, &raw const attributes, size)
    };
    if result == 0 {
        return Ok(());
    }
    let errno = io::Error::last_os_error().raw_os_error().unwrap_or_default();
    Err(StepError { step: Step::ReadOnly, errno })
}
