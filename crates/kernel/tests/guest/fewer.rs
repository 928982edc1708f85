//! Machines that refuse some of the walls: the others hold.

use std::env;
use std::ffi::CString;
use std::fs;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use kernel::confine::{Confinement, Isolation};
use kernel::launch::{Manner, prepare};
use kernel::namespace::{self, UserMap};
use kernel::process::Image;
use kernel::ptrace::{self, Waited};
use kernel::seccomp::Filter;
use kernel::step::{Step, StepError};

use super::support::{ARCH, Place, start_in};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("without_namespaces_files_are_restricted_still", without_namespaces_files_are_restricted_still),
    (
        "without_mounts_a_guest_has_its_own_processes_still",
        without_mounts_a_guest_has_its_own_processes_still,
    ),
    ("a_guest_ends_with_whoever_started_it", a_guest_ends_with_whoever_started_it),
];

/// The arguments by which this program is one that starts a guest itself: in the namespaces that it is in, or in further ones.
pub(crate) const IN_THESE: &str = "--guest-in-these";
pub(crate) const IN_OTHERS: &str = "--guest-in-others";

const PYTHON: &str = "/usr/bin/python3";
const EPERM: i32 = 1;

/// What such a program does: it says which walls there are, and what the guest said.
pub(crate) fn run(role: &str, others: &str) {
    if role == IN_OTHERS {
        namespace::enter_private(UserMap::usual()).unwrap();
    }
    let guest = Place::new().with("reach.py", include_str!("programs/reach.py"));
    // Where nothing is copied, the guest writes to the directory itself.
    fs::set_permissions(guest.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let confinement = Confinement::raise(&guest.config()).unwrap();
    println!("{:?}", confinement.isolation());
    let command = [PYTHON, "reach.py", others, &std::process::id().to_string()];
    let (output, _) = start_in(confinement, &command).end();
    print!("{output}");
}

const REACHED: &str = "\
read Permission denied
list Permission denied
write Permission denied
signal Operation not permitted
own WORKS
device WORKS
";

fn without_namespaces_files_are_restricted_still() {
    let others = Place::new().with("kept", "");
    fs::set_permissions(others.path(), fs::Permissions::from_mode(0o777)).unwrap();

    let output = run_other(libc::SYS_unshare, IN_THESE, others.path());

    // Root may make the others; an ordinary user that has not entered a namespace makes none.
    let step = if kernel::process::effective_user() == 0 { Step::Unshare } else { Step::MakeInit };
    let isolation = Isolation::None(StepError { step, errno: EPERM });
    // Before Linux 6.12 signals to processes of the same user are not restricted.
    let output = output.replace("signal WORKS", "signal Operation not permitted");
    assert_eq!(output, format!("{isolation:?}\n{REACHED}"));
}

fn without_mounts_a_guest_has_its_own_processes_still() {
    let others = Place::new().with("kept", "");
    fs::set_permissions(others.path(), fs::Permissions::from_mode(0o777)).unwrap();

    let output = run_other(libc::SYS_mount, IN_OTHERS, others.path());

    let isolation = Isolation::NoMounts(StepError { step: Step::Private, errno: EPERM });
    // By that number there is nobody in its namespace.
    let reached = REACHED.replace("signal Operation not permitted", "signal No such process");
    assert_eq!(output, format!("{isolation:?}\n{reached}"));
}

/// Runs this program where a call is refused, and takes what it says.
fn run_other(refused: libc::c_long, role: &str, others: &Path) -> String {
    let filter = Filter::trace(ARCH, &[], &[(refused.try_into().unwrap(), EPERM.try_into().unwrap())]);
    let (mut output, write) = io::pipe().unwrap();
    let write = OwnedFd::from(write);
    let c_string = |text: &str| CString::new(text).unwrap();
    let program = env::current_exe().unwrap();
    let program = program.to_str().unwrap();
    let arguments = [program, role, others.to_str().unwrap()].map(c_string);
    let image = Image::new(vec![c_string(program)], arguments.into(), vec![c_string("TMPDIR=/tmp")]);
    let manner = Manner { terminal: Some(write.as_fd()), ..Manner::default() };
    let prepared = prepare(&image, &filter, manner).unwrap();
    let id = prepared.id();
    prepared.into_go().go().unwrap();
    drop(write);
    let mut text = String::new();
    output.read_to_string(&mut text).unwrap();
    assert_eq!(ptrace::wait_any(true).unwrap(), Waited::Ended(id, 0), "{text}");
    text
}

/// What precedes the program that holds a guest and is killed.
pub(crate) const HOLDER: &str = "--hold-a-guest";

/// Starts a guest that keeps the output open, and waits.
pub(crate) fn hold() {
    namespace::enter_private(UserMap::usual()).unwrap();
    let text = "import os, signal\nos.setsid() if os.fork() == 0 else None\nprint('here', flush=True)\nsignal.pause()\n";
    let guest = Place::new().with("sleep.py", text);
    let mut running = start_in(Confinement::raise(&guest.config()).unwrap(), &[PYTHON, "sleep.py"]);
    running.expect("here");
    println!("{}", running.id);
    let _ = io::stdin().read(&mut [0]);
    // Nothing is ended by a destructor.
    kernel::process::Handle::open(std::process::id()).unwrap().order(kernel::process::Order::End).unwrap();
}

fn a_guest_ends_with_whoever_started_it() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    // What it cannot clear away itself goes with this.
    let temporary = tempfile::tempdir().unwrap();
    let program = Command::new(env::current_exe().unwrap())
        .arg(HOLDER)
        .env("TMPDIR", temporary.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut holder, mut line) = (program, String::new());
    BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let guest = kernel::process::Handle::open(line.trim().parse().unwrap()).unwrap();
    assert!(!guest.has_ended().unwrap());

    drop(holder.stdin.take());
    assert_eq!(holder.wait().unwrap().code(), None);

    let until = Some(std::time::Instant::now() + kernel::confine::END_MAX);
    assert!(kernel::poll::wait(guest.as_fd(), kernel::poll::Interest::READ, until).unwrap().read);
}
