//! A guest: a program that nobody trusts, in a box.
//!
//! It has an own user, without any capability, over nothing but itself; an own root, in which it sees the system's programs, its own
//! directory as [`WORK`], and nothing else of this machine's files; own processes, under a first one of ours whose end is the end of
//! all; and no means to get another. What it may use has limits ([`Limits`]). The network is that of whoever starts it, or another
//! one; it has no power over that either.
//!
//! The layers hold by themselves: what is not mounted is not there; what is there Landlock restricts; what the kernel is asked for
//! beyond files a filter refuses (`seccomp(2)`). [`Isolation`] tells which of them there are on this machine.
//!
//! It is made by a thread that has power over its user namespace (`CAP_SYS_ADMIN`): root, or whoever has entered a namespace
//! ([`enter_private`](crate::namespace::enter_private)). That thread is the parent of the guest's process
//! ([`prepare_guest`](crate::launch::prepare_guest)), so that it can trace it, and stays as it was: a process between the two joins
//! the namespace and passes its child on (`CLONE_PARENT`). When the thread ends, so does the guest.

mod copy;
mod denied;
mod enter;
mod init;
mod landlock;
mod limits;
mod probe;
mod usage;
mod user;
mod view;

use std::fs;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use crate::process::Handle;
use crate::seccomp::Filter;
use crate::step::{Step, StepError};

pub use self::copy::DEPTH_MAX;
pub use self::init::END_MAX;
pub use self::limits::Limits;
pub use self::probe::probe;
pub use self::usage::Usage;
pub use self::user::User;

use self::enter::Entry;
use self::init::{Init, Namespaces, Plan};
use self::landlock::{Access, Rule};
use self::user::Change;
use self::view::{Files, View, c_string};

/// Where a guest finds its directory, which it may change; what is outside stays as it is.
pub const WORK: &str = "/work";
/// The home of a guest, which is empty.
pub const HOME: &str = "/home/guest";

/// What a guest gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The directory that it finds as [`WORK`].
    pub directory: PathBuf,
    /// Further files and directories that it may read, at the same place: absolute, without `..`, and nothing that the guest has of
    /// its own (`/`, `/tmp`, `/home`, what is in `/proc`). The system's own are there anyway.
    pub read_only: Vec<PathBuf>,
    /// Who it is.
    pub user: User,
    /// How much it may use.
    pub limits: Limits,
}

impl Config {
    /// Where outside a file lies that the guest finds at this path, its directory being the current one; none if it finds nothing
    /// there, or what is only its own.
    pub fn outside(&self, path: &Path) -> Option<PathBuf> {
        if path.is_relative() {
            return Some(self.directory.join(path));
        }
        if let Ok(inner) = path.strip_prefix(WORK) {
            return Some(self.directory.join(inner));
        }
        let is_shown = view::has(path) || self.read_only.iter().any(|shown| path.starts_with(shown));
        is_shown.then(|| path.to_owned())
    }
}

/// What keeps a guest apart on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// Everything.
    Full,
    /// All but a root of its own, because this was refused: it finds its directory where that is, and changes it; so it is to be given
    /// a copy. It sees which processes there are, and has no home. Landlock keeps it from other files.
    NoMounts(StepError),
    /// No namespaces, because this was refused: it sees the processes of this machine, and what it leaves behind is not ended with it.
    /// Landlock, the refused calls and the limits hold.
    None(StepError),
}

/// The walls around one guest. When this is dropped, all processes of the guest are ended.
#[derive(Debug)]
pub struct Confinement {
    isolation: Isolation,
    init: Option<Init>,
    entry: Entry,
    filter: Filter,
}

impl Confinement {
    /// Raises as many walls as this machine allows.
    ///
    /// # Errors
    /// What is wrong with the configuration: the directory is not there ([`Step::WorkingDirectory`], `ENOENT`, `EACCES`), or one of the
    /// paths is not ([`Step::MakeFile`]), or is none that can be shown (`EINVAL`).
    pub fn raise(config: &Config) -> Result<Self, StepError> {
        fs::metadata(&config.directory).map_err(|error| of_io(Step::WorkingDirectory, &error))?;
        let refused = match full(config, views(config)?) {
            Ok(init) => return Self::with(config, Some(init), Isolation::Full),
            Err(error) => error,
        };
        match Plan::new(config.user, None).start() {
            Ok(init) => Self::with(config, Some(init), Isolation::NoMounts(refused)),
            Err(refused) => Self::with(config, None, Isolation::None(refused)),
        }
    }

    fn with(config: &Config, init: Option<Init>, isolation: Isolation) -> Result<Self, StepError> {
        let entry = entry(config, isolation).map_err(|error| of_io(Step::WorkingDirectory, &error))?;
        Ok(Self { isolation, init, entry, filter: denied::filter() })
    }

    /// Which walls there are.
    pub fn isolation(&self) -> Isolation {
        self.isolation
    }

    /// Where the guest finds its directory.
    pub fn directory(&self) -> &Path {
        use std::os::unix::ffi::OsStrExt;
        Path::new(std::ffi::OsStr::from_bytes(self.entry.directory.as_bytes()))
    }

    /// Where the guest's directory is found from outside, as it has changed it; only as long as this is there.
    ///
    /// What is in it is the guest's: a link leads wherever it wants.
    pub fn directory_from_outside(&self) -> PathBuf {
        match self.init.as_ref().and_then(|init| init.root.as_ref()) {
            Some(root) => PathBuf::from(format!("/proc/self/fd/{}{WORK}", root.as_raw_fd())),
            None => self.directory().to_owned(),
        }
    }

    /// What the guest's processes hold.
    ///
    /// # Errors
    /// [`Unsupported`](io::ErrorKind::Unsupported): they have no `/proc` of their own; `EMFILE`.
    pub fn usage(&self) -> io::Result<Usage> {
        let proc = self.init.as_ref().and_then(|init| init.proc.as_ref());
        usage::of(proc.ok_or(io::ErrorKind::Unsupported)?)
    }

    /// A handle of the guest's first process, which is ours: whoever ends it ends the guest. None if there are no namespaces.
    ///
    /// # Errors
    /// `EMFILE`.
    pub fn handle(&self) -> io::Result<Option<Handle>> {
        self.init.as_ref().map(Init::handle).transpose()
    }

    /// Ends all processes of the guest, soon. A tracer has to take note of their ends.
    pub fn order_end(&self) {
        if let Some(init) = &self.init {
            init.order_end();
        }
    }

    /// Ends all processes of the guest and waits until none is left; tells whether that is so after [`END_MAX`].
    ///
    /// A tracer that is to take note of their ends has to do that meanwhile, or before.
    pub fn end(mut self) -> bool {
        self.init.as_mut().is_none_or(Init::end)
    }

    /// Makes this process the guest's, but for the calls that it may not make.
    pub(crate) fn enter(
        &self,
        network: Option<BorrowedFd<'_>>,
        streams: &[OwnedFd; 3],
    ) -> Result<(), StepError> {
        self.entry.enter(self.namespaces(), network, streams)
    }

    /// Refuses calls from now on.
    pub(crate) fn refuse_calls(&self) -> io::Result<()> {
        self.filter.install()
    }

    /// Makes a process in the guest's namespace of processes, as a child of this process' parent.
    ///
    /// Returns 0 in that process; a negative number if there is none.
    pub(crate) fn fork_for_parent(&self) -> Result<libc::pid_t, StepError> {
        if let Some(namespaces) = self.namespaces() {
            enter::make_children_in(&namespaces.pid)?;
        }
        crate::step::check(Step::Fork, fork_with(libc::CLONE_PARENT | libc::SIGCHLD))
    }

    fn namespaces(&self) -> Option<&Namespaces> {
        self.init.as_ref().map(|init| &init.namespaces)
    }
}

pub(crate) use self::init::{answer, fork_with, reap};

/// The ways to have the files of the directory, the better one first: that of an ordinary user is shown, that of another one copied,
/// since it might not be able to read it.
fn views(config: &Config) -> Result<[(Files, View); 2], StepError> {
    let view = |files| {
        let view = View::new(config, files).map_err(|error| of_io(Step::MakeFile, &error))?;
        Ok((files, view))
    };
    let (layered, copied) = (view(Files::Layered)?, view(Files::Copied)?);
    Ok(if config.user.is_another() { [copied, layered] } else { [layered, copied] })
}

/// All walls; the second way if the first one does not go.
fn full(config: &Config, [first, second]: [(Files, View); 2]) -> Result<Init, StepError> {
    start(config, first).or_else(|error| start(config, second).map_err(|_| error))
}

fn start(config: &Config, (files, view): (Files, View)) -> Result<Init, StepError> {
    let init = Plan::new(config.user, Some(view)).start()?;
    if let (Files::Copied, Some(root)) = (files, &init.root) {
        let work = format!("/proc/self/fd/{}{WORK}", root.as_raw_fd());
        copy::copy(&config.directory, Path::new(&work), config.user, &config.limits)
            .map_err(|error| of_io(Step::CopyFiles, &error))?;
    }
    Ok(init)
}

fn entry(config: &Config, isolation: Isolation) -> io::Result<Entry> {
    let has_view = isolation == Isolation::Full;
    let directory = if has_view { c_string(WORK)? } else { c_string(fs::canonicalize(&config.directory)?)? };
    let rules = if has_view { rules_of_view() } else { rules_of_machine(config) };
    let rules = rules.into_iter().map(|(path, access)| Ok(Rule { path: c_string(path)?, access }));
    Ok(Entry {
        change: Change::to(config.user),
        limits: config.limits,
        directory,
        rules: rules.collect::<io::Result<_>>()?,
        landlock: landlock::version(),
    })
}

fn rules_of_view() -> Vec<(PathBuf, Access)> {
    let rule = |access| move |path: &str| (PathBuf::from(path), access);
    let all = [WORK, HOME, "/tmp", "/dev/shm"].map(rule(Access::All));
    let used = ["/dev", "/proc"].map(rule(Access::Use));
    all.into_iter().chain(used).chain(["/"].map(rule(Access::Read))).collect()
}

fn rules_of_machine(config: &Config) -> Vec<(PathBuf, Access)> {
    let read = view::shown().chain(config.read_only.iter().cloned()).chain([PathBuf::from("/proc")]);
    let used = view::devices().map(|path| (path, Access::Use));
    let all = [(config.directory.clone(), Access::All)];
    read.map(|path| (path, Access::Read)).chain(used).chain(all).collect()
}

fn of_io(step: Step, error: &io::Error) -> StepError {
    StepError { step, errno: error.raw_os_error().unwrap_or(libc::EINVAL) }
}
