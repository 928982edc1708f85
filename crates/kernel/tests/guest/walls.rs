//! What is behind the walls, and what is not.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::process::{Child, Command, Stdio};
use std::thread;

use kernel::confine::{Confinement, User};
use kernel::namespace::{self, Step, StepError};

use super::support::{Place, start_at, start_in};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("a_guest_finds_nothing_of_the_machine_but_programs", a_guest_finds_nothing_of_the_machine_but_programs),
    ("a_path_that_was_given_can_be_read", a_path_that_was_given_can_be_read),
    ("no_path_takes_the_place_of_the_guests_own", no_path_takes_the_place_of_the_guests_own),
    (
        "a_guest_changes_its_directory_and_not_the_original",
        a_guest_changes_its_directory_and_not_the_original,
    ),
    ("a_guest_sees_no_process_and_reaches_none", a_guest_sees_no_process_and_reaches_none),
    ("no_call_leads_out", no_call_leads_out),
    ("a_call_for_another_machine_kills", a_call_for_another_machine_kills),
    ("signals_do_what_they_do_at_a_terminal", signals_do_what_they_do_at_a_terminal),
    ("guests_of_two_networks_have_the_same_port", guests_of_two_networks_have_the_same_port),
    ("a_guest_uses_the_network_and_has_no_power_over_it", a_guest_uses_the_network_and_has_no_power_over_it),
];

const PYTHON: &str = "/usr/bin/python3";

fn a_guest_finds_nothing_of_the_machine_but_programs() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret");
    fs::write(&secret, "the answer").unwrap();
    let guest = Place::new().with("files.py", include_str!("programs/files.py"));

    let outside = outside.path().to_str().unwrap();
    let (output, status) = guest.run(&[PYTHON, "files.py", secret.to_str().unwrap(), outside]);

    let devices = "['fd', 'full', 'null', 'random', 'shm', 'stderr', 'stdin', 'stdout', 'urandom', 'zero']";
    let expected = format!("seen ['guest'] [] {devices}\n127.0.0.1 localhost guest /work guest\n");
    assert_eq!((output, status.code()), (expected, Some(0)));
    assert_eq!(fs::read_dir(outside).unwrap().count(), 1);
}

fn a_path_that_was_given_can_be_read() {
    let library = tempfile::tempdir().unwrap();
    let inner = library.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("module.py"), "NAME = 'given'\n").unwrap();
    fs::write(library.path().join("beside.py"), "").unwrap();
    let text = "import os, module\nprint(module.NAME, os.listdir('..'), os.access('.', os.W_OK))\n";
    let mut guest = Place::new();
    guest.read_only.push(inner.clone());

    let inner = inner.display();
    let program = format!(
        "import os, sys\nos.chdir('{inner}')\nsys.path[0] = '.'\nsys.dont_write_bytecode = True\n{text}"
    );
    let (output, _) = guest.with("main.py", &program).run(&[PYTHON, "main.py"]);

    assert_eq!(output, "given ['inner'] False\n");
}

fn no_path_takes_the_place_of_the_guests_own() {
    for path in
        ["/", "/tmp", "/home", "/home/guest", "/proc/1", "/dev/shm", "/work", "/work/x", "/a/../root", "etc"]
    {
        let mut guest = Place::new();
        guest.read_only.push(path.into());

        let error = Confinement::raise(&guest.config()).unwrap_err();

        assert_eq!(error, StepError { step: Step::MakeFile, errno: libc::EINVAL }, "{path}");
    }
}

fn a_guest_changes_its_directory_and_not_the_original() {
    let guest = Place::new().with("kept.txt", "kept").with("change.py", include_str!("programs/change.py"));
    fs::create_dir(guest.path().join("inner")).unwrap();
    fs::write(guest.path().join("inner/deep.txt"), "deep").unwrap();
    std::os::unix::fs::symlink("kept.txt", guest.path().join("link")).unwrap();

    for _ in 0..2 {
        let (output, status) = guest.run(&[PYTHON, "change.py"]);

        let expected = "kept kept.txt deep\n['change.py', 'kept.txt', 'moved.txt', 'new']\n";
        assert_eq!((output.as_str(), status.code()), (expected, Some(0)));
    }
    let mut names: Vec<_> =
        fs::read_dir(guest.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["change.py", "inner", "kept.txt", "link"]);
    assert_eq!(fs::read_to_string(guest.path().join("kept.txt")).unwrap(), "kept");
}

/// A process of the same user outside, as long as it is not dropped.
struct Outsider(Child);

impl Outsider {
    fn start() -> Self {
        Self(Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap())
    }

    fn ends_well(mut self) -> bool {
        drop(self.0.stdin.take());
        self.0.wait().unwrap().success()
    }
}

fn a_guest_sees_no_process_and_reaches_none() {
    let guest = Place::new().with("processes.py", include_str!("programs/processes.py"));
    let outsider = Outsider::start();

    let (output, status) = guest.run(&[PYTHON, "processes.py", &outsider.0.id().to_string()]);

    let lines: Vec<_> = output.lines().collect();
    let User { id, group } = User::usual();
    let no_such = format!("{} No such process", outsider.0.id());
    let first = "1 Operation not permitted";
    let expected = [
        "seen [2] 2 0",
        "session True",
        first,
        first,
        first,
        &no_such,
        &no_such,
        &no_such,
        "CapInh 0",
        "CapPrm 0",
        "CapEff 0",
        "CapBnd 0",
        "CapAmb 0",
        "NoNewPrivs 1",
        "Seccomp 2",
        &format!("ids ({id}, {id}, {id}) ({group}, {group}, {group})"),
        "descriptors [0, 1, 2]",
        "ignored []",
        "blocked 0",
    ];
    assert_eq!((lines, status.code()), (expected.to_vec(), Some(0)));
    assert!(outsider.ends_well());
}

/// What stands in the place of an error number where a call is not refused.
const WORKS: &str = "WORKS";

fn no_call_leads_out() {
    let guest = Place::new();
    if !guest.compile("calls", include_str!("programs/calls.c")) {
        return;
    }

    let (output, status) = guest.run(&["/work/calls"]);

    assert_eq!(status.code(), Some(0), "{output}");
    let answers: BTreeMap<_, _> = output.lines().map(|line| line.rsplit_once(' ').unwrap()).collect();
    assert_eq!(answers.len(), 45);
    for (call, answer) in answers {
        let expected = match call {
            "AF_INET"
            | "AF_INET6"
            | "AF_UNIX"
            | "AF_NETLINK of routes"
            | "PR_SET_NAME"
            | "unshare of descriptors" => WORKS,
            "clone3" | "io_uring_setup" | "memfd_create" | "shmget" => "ENOSYS",
            "AF_PACKET" | "AF_VSOCK" | "AF_ALG" => "EAFNOSUPPORT",
            "AF_NETLINK of sock_diag" | "SCTP" => "EPROTONOSUPPORT",
            _ => "EPERM",
        };
        assert_eq!(answer, expected, "{call}");
    }
}

fn a_call_for_another_machine_kills() {
    use std::os::unix::process::ExitStatusExt;
    let guest = Place::new();
    if cfg!(not(target_arch = "x86_64")) || !guest.compile("foreign", include_str!("programs/foreign.c")) {
        return;
    }

    let (output, status) = guest.run(&["/work/foreign"]);

    assert_eq!((output.as_str(), status.signal()), ("", Some(libc::SIGSYS)));
}

fn signals_do_what_they_do_at_a_terminal() {
    let guest = Place::new();
    if !guest.compile("signals", include_str!("programs/signals.c")) {
        return;
    }

    // Rust ignores `SIGPIPE`, so there is one that could be passed on.
    let (output, _) = guest.run(&["/work/signals"]);

    assert_eq!(output, "looked\n");
}

fn a_guest_uses_the_network_and_has_no_power_over_it() {
    let guest = Place::new().with("network.py", include_str!("programs/network.py"));

    let (output, _) = guest.run(&[PYTHON, "network.py"]);

    let expected = "\
        hello\nflags Operation not permitted\naddress Operation not permitted\noutside [Errno 101] Network is unreachable\n";
    assert_eq!(output, expected.replace("[Errno 101] ", ""));
}

fn guests_of_two_networks_have_the_same_port() {
    let text = "import socket\nserver = socket.create_server(('127.0.0.1', 3500))\nprint('here', flush=True)\n\
        print(server.accept()[0].recv(9).decode())\n";
    let guest = Place::new().with("serve.py", text);
    let network = namespace::make_another(1500).unwrap();
    let raise = || Confinement::raise(&guest.config()).unwrap();
    let mut here = start_in(raise(), &[PYTHON, "serve.py"]);
    let mut there = start_at(raise(), Some(network.as_fd()), &[PYTHON, "serve.py"]);
    here.expect("here");
    there.expect("here");

    let send = |text: &str| TcpStream::connect("127.0.0.1:3500").unwrap().write_all(text.as_bytes()).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            namespace::join_network(network.as_fd()).unwrap();
            send("there");
        });
    });
    send("this one");

    assert_eq!((here.end().0.as_str(), there.end().0.as_str()), ("this one\n", "there\n"));
}
