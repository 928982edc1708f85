//! People in a room of a message server.

use std::io::Write;

use crate::support::lab::Lab;
use crate::support::program::Program;
use crate::support::socklab::{events_in, summary};

#[test]
fn what_is_said_in_a_room_is_heard_by_everybody_there_over_both_transports() {
    let lab = Lab::new();
    let key = lab.key("ana");
    let server = lab.serve(&["--plain"]);
    let to = format!("127.0.0.1:{}", server.port);
    let enter = |line: &[&str]| Program::start_with_open_input(&mut lab.command(line));

    let mut ana = enter(&["chat", "udp", &to, "--room", "lab", "--name", "ana", "--key", &key]);
    ana.stderr.wait_for_line("in the room lab, where nobody else is");
    let mut bea = enter(&["chat", "tcp", &to, "--room", "lab", "--name", "bea", "--json"]);
    ana.stderr.wait_for_line("bea came");
    ana.stdin.as_mut().unwrap().write_all("¡hola!\n".as_bytes()).unwrap();
    bea.stdout.wait_for_line("\"line\":\"¡hola!\"");
    bea.stdin.as_mut().unwrap().write_all(b"\x1b[2Jhi\n").unwrap();
    ana.stdout.wait_for_line("bea: \\u{1b}[2Jhi");

    drop(bea.stdin.take());
    let bea = lab.finish(bea).succeeded();
    ana.stderr.wait_for_line("bea left");
    drop(ana.stdin.take());
    let ana = lab.finish(ana).succeeded();

    assert_eq!(ana.stdout_text(), "ana: ¡hola!\nbea: \\u{1b}[2Jhi\n");
    let events = events_in(&bea.stdout);
    assert_eq!(events[0]["there"][0], "ana");
    assert_eq!(summary(&events)["result"], "done");
    lab.stop(server);
}

#[test]
fn a_name_that_is_taken_and_a_key_without_the_grant_find_no_place() {
    let lab = Lab::new();
    lab.key("ana");
    let mute = lab.key_with("eva", &["--may", "text"]);
    let server = lab.serve(&["--plain"]);
    let to = format!("127.0.0.1:{}", server.port);
    let line = ["chat", "tcp", &to, "--room", "lab", "--name", "ana"];
    let mut ana = Program::start_with_open_input(&mut lab.command(&line));
    ana.stderr.wait_for_line("in the room");

    let taken = lab.run(&line);
    let denied = lab.run(&[&line[..], &["--key", &mute]].concat());

    assert_eq!((taken.code(), denied.code()), (Some(1), Some(5)), "{taken:?} {denied:?}");
    assert!(taken.stderr.contains("the name is refused or taken"), "{taken:?}");
    drop(ana.stdin.take());
    lab.finish(ana).succeeded();
    lab.stop(server);
}
