//! What is behind the walls, and what is not.

use super::support::Box;

pub(crate) const TESTS: &[(&str, fn())] =
    &[("a_program_runs_and_finds_its_directory", a_program_runs_and_finds_its_directory)];

fn a_program_runs_and_finds_its_directory() {
    let guest = Box::new().with("hello.py", "print(open(__file__).name)\n");

    let (output, status) = guest.run(&["/usr/bin/python3", "hello.py"]);

    assert_eq!((output.as_str(), status.code()), ("/work/hello.py\n", Some(0)));
}
