//! Programs of the languages that students use.

use std::path::Path;

use super::support::Place;

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("python_runs", python_runs),
    ("a_program_of_c_runs", a_program_of_c_runs),
    ("node_runs", node_runs),
    ("java_runs", java_runs),
];

fn python_runs() {
    let guest = Place::new().with("hello.py", "import socket\nprint(open(__file__).name)\n");

    let (output, status) = guest.run(&["/usr/bin/python3", "hello.py"]);

    assert_eq!((output.as_str(), status.code()), ("/work/hello.py\n", Some(0)));
}

fn a_program_of_c_runs() {
    let guest = Place::new();
    if !guest.compile("hello", "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 3; }\n") {
        return;
    }

    let (output, status) = guest.run(&["./hello"]);

    assert_eq!((output.as_str(), status.code()), ("hello\n", Some(3)));
}

fn node_runs() {
    if !is_there("/usr/bin/node") {
        return;
    }
    let guest = Place::new().with("hello.js", include_str!("programs/hello.js"));

    let (output, status) = guest.run(&["/usr/bin/node", "hello.js"]);

    assert_eq!((output.as_str(), status.code()), ("hello\n", Some(0)));
}

fn java_runs() {
    if !is_there("/usr/bin/java") {
        return;
    }
    let guest = Place::new().with("Hello.java", include_str!("programs/Hello.java"));

    let (output, status) = guest.run(&["/usr/bin/java", "Hello.java"]);

    assert_eq!((output.as_str(), status.code()), ("hello\n", Some(0)));
}

fn is_there(program: &str) -> bool {
    let is_there = Path::new(program).exists();
    if !is_there {
        eprint!("SKIP: no {program} ... ");
    }
    is_there
}
