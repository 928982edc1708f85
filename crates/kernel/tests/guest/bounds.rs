//! What a guest may use, and that nothing of it is left.

use std::fs;
use std::time::Instant;

use kernel::confine::{self, Confinement, END_MAX, Isolation, Limits};
use kernel::namespace::UserMap;
use kernel::process::Handle;

use super::support::{Place, start_in};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("a_storm_of_forks_is_bounded_and_ended", a_storm_of_forks_is_bounded_and_ended),
    ("what_fills_the_disk_fills_its_own", what_fills_the_disk_fills_its_own),
    ("what_a_guest_holds_is_summed_up", what_a_guest_holds_is_summed_up),
    ("a_guest_ends_with_its_first_process", a_guest_ends_with_its_first_process),
    ("a_guest_that_does_not_run_yet_ends_with_its_walls", a_guest_that_does_not_run_yet_ends_with_its_walls),
    ("two_guests_do_not_see_each_other", two_guests_do_not_see_each_other),
];

const PYTHON: &str = "/usr/bin/python3";

/// Before anything is entered, unlike the others.
pub(crate) fn a_probe_tells_what_is_found_later() {
    let guest = Place::new();
    let before = fs::read_link("/proc/self/ns/net").unwrap();

    let found = confine::probe(UserMap::usual(), &guest.config());

    assert_eq!(found, Ok(Isolation::Full));
    assert_eq!(fs::read_link("/proc/self/ns/net").unwrap(), before);
}

fn a_storm_of_forks_is_bounded_and_ended() {
    let mut guest = Place::new().with("bomb.py", include_str!("programs/bomb.py"));
    guest.limits = Limits { processes: 50, ..Limits::default() };
    let mut running = guest.start(&[PYTHON, "bomb.py"]);
    running.expect("full");

    let usage = running.confinement.as_ref().unwrap().usage().unwrap();

    assert!((2..=50).contains(&usage.processes), "{usage:?}");
    let began = Instant::now();
    running.kill();
    assert!(began.elapsed() < END_MAX);
}

fn what_fills_the_disk_fills_its_own() {
    let mut guest = Place::new().with("fill.py", include_str!("programs/fill.py"));
    guest.limits = Limits { disk_bytes: 24 << 20, file_bytes: 8 << 20, disk_files: 300, ..Limits::default() };

    let (output, status) = guest.run(&[PYTHON, "fill.py"]);

    assert_eq!(status.code(), Some(0), "{output}");
    let lines: Vec<_> = output.lines().collect();
    let number = |line: &str| line.split(' ').find_map(|word| word.parse::<u64>().ok()).unwrap();
    assert_eq!(lines[0], "one file 8 File too large");
    assert!((20..=24).contains(&number(lines[1])), "{output}");
    assert!((22..=24).contains(&number(lines[2])), "{output}");
    assert!(
        (200..300).contains(&number(lines[3])) && lines[3].ends_with("No space left on device"),
        "{output}"
    );
}

fn what_a_guest_holds_is_summed_up() {
    let text = "import os\nheld = b'x' * (64 << 20)\npid = os.fork()\nprint('held', flush=True)\nimport signal\nsignal.pause()\n";
    let guest = Place::new().with("hold.py", text);
    let mut running = guest.start(&[PYTHON, "hold.py"]);
    let mut seen = running.expect("held");
    if seen.matches("held").count() < 2 {
        seen.push_str(&running.expect("held"));
    }

    let usage = running.confinement.as_ref().unwrap().usage().unwrap();

    assert_eq!(usage.processes, 2);
    assert!((128 << 20..192 << 20).contains(&usage.resident_bytes), "{usage:?}");
    running.kill();
}

fn a_guest_ends_with_its_first_process() {
    let guest = Place::new().with("sleep.py", "print('here', flush=True)\nimport signal\nsignal.pause()\n");
    let mut running = guest.start(&[PYTHON, "sleep.py"]);
    running.expect("here");
    let process = Handle::open(running.id).unwrap();

    running.kill();

    assert!(process.has_ended().unwrap());
}

fn a_guest_that_does_not_run_yet_ends_with_its_walls() {
    let guest = Place::new();
    let confinement = Confinement::raise(&guest.config()).unwrap();
    let first = confinement.handle().unwrap().unwrap();
    assert!(!first.has_ended().unwrap());

    drop(confinement);

    assert!(first.has_ended().unwrap());
}

fn two_guests_do_not_see_each_other() {
    let text = "import os\nprint(os.getpid(), os.listdir('/work'), os.listdir('/tmp'), flush=True)\nopen('/tmp/mine', 'w').close()\nprint('here', flush=True)\nimport signal\nsignal.pause()\n";
    let (one, other) = (Place::new().with("one.py", text), Place::new().with("other.py", text));
    let walls = [&one, &other].map(|guest| Confinement::raise(&guest.config()).unwrap());
    let [first, second] = walls;

    let mut first = start_in(first, &[PYTHON, "one.py"]);
    let of_first = first.expect("here");
    let mut second = start_in(second, &[PYTHON, "other.py"]);
    let of_second = second.expect("here");

    assert!(of_first.starts_with("2 ['one.py'] []\n"), "{of_first}");
    assert!(of_second.starts_with("2 ['other.py'] []\n"), "{of_second}");
    first.kill();
    second.kill();
}
