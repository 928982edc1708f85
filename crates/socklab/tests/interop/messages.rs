//! Texts, files, commands and stops, as a person gives them to the binary.

use std::fs;
use std::io::Write;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::lab::{INBOX, Lab};
use crate::support::payload::{assert_equal, every_byte, noise};
use crate::support::program::{Finished, Program};
use crate::support::socklab::{Server, events_in, summary};

/// So much that a text sent at its beginning has long arrived at its end.
const BIG_BYTES: usize = 40_000_000;

#[test]
fn a_new_user_gets_a_text_and_an_image_across_with_one_command_line_each() {
    for language in ["en", "es"] {
        let lab = Lab::new();
        let image = every_byte().repeat(400);
        lab.file("photo.jpg", &image);
        let start = |arguments: &[&str]| Program::start(lab.command(arguments).env("SOCKLAB_LANG", language));

        lab.finish(start(&["key", "new", "ana", "--may", "text,file,stop"])).succeeded();
        lab.watch_secret("ana.key");
        let server = start(&["serve", "--keys", "socklab.keys", "-4", "--port", "0"]);
        let listening = server.stdout.wait_for_line(" (tcp)");
        let to = listening.trim_end_matches(" (tcp)").rsplit(' ').next().unwrap();
        let line = ["send", "--key", "ana.key", to, "--text", "¡hola!", "--file", "photo.jpg"];
        let sent = lab.finish(start(&line)).succeeded();
        lab.finish(start(&["stop", "--key", "ana.key", to])).succeeded();

        let ended = lab.finish(server);
        assert!(ended.stdout_text().contains("¡hola!"), "{ended:?}");
        assert_eq!(sent.stdout_text().lines().count(), 2, "{sent:?}");
        assert_eq!(lab.inbox().into_iter().collect::<Vec<_>>(), [("photo.jpg".to_owned(), image)]);
    }
}

#[test]
fn several_texts_and_files_arrive_equal_on_one_connection() {
    for (is_sealed, transport) in [(true, "tcp"), (false, "tcp"), (true, "udp"), (false, "udp")] {
        let lab = Lab::new();
        let key = lab.key("ana");
        let server = lab.serve(&["--plain"]);
        let files = [("a.bin", noise(300_000)), ("b empty", Vec::new()), ("ñ.txt", every_byte())];
        let paths: Vec<_> = files.iter().map(|(name, content)| lab.file(name, content)).collect();
        let to = at(&server);
        let mut line = vec!["send", "--json", &to, "--text", "uno", "--text", "", "--text", "你好\n"];
        line.extend(paths.iter().flat_map(|path| ["--file", path]));
        if is_sealed {
            line.extend(["--key", &key]);
        }
        if transport == "udp" {
            line.push("--udp");
        }

        let sent = lab.run(&line).succeeded();

        assert_eq!(summary(&events_in(&sent.stdout))["delivered"], 6);
        for (name, content) in &files {
            assert_equal(&lab.inbox()[*name], content, name);
        }
        let events = lab.stop(server);
        assert_eq!(texts(&events), ["uno", "", "你好\n"]);
        assert_eq!(summary(&events)["sessions"], 1);
        let opened = events.iter().find(|event| event["event"] == "opened").unwrap();
        assert_eq!(opened["key"].as_str(), is_sealed.then_some("ana"));
        assert_eq!(opened["transport"], transport);
    }
}

#[test]
fn a_text_that_is_written_while_a_large_file_goes_arrives_before_it() {
    let lab = Lab::new();
    let (key, big) = (lab.key("ana"), lab.file("big", &noise(BIG_BYTES)));
    let server = lab.serve(&[]);
    let to = at(&server);
    let send = ["send", "--json", "--key", &key, &to, "--file", &big, "--text", "-"];

    let mut client = Program::start_with_open_input(&mut lab.command(&send));
    server.wait_for_event("file_started");
    client.stdin.as_mut().unwrap().write_all(b"hurry\n").unwrap();
    server.wait_for_event("text");

    lab.finish(client).succeeded();
    let events = lab.stop(server);
    let order: Vec<_> = events
        .iter()
        .filter_map(|event| event["event"].as_str())
        .filter(|name| ["file_started", "text", "file_stored"].contains(name))
        .collect();
    assert_eq!(order, ["file_started", "text", "file_stored"]);
    assert_equal(&fs::read(lab.path(INBOX).join("big")).unwrap(), &noise(BIG_BYTES), "big");
}

#[test]
fn a_command_ends_here_as_it_ended_there() {
    let lab = Lab::new();
    let key = lab.key("ana");
    let server = lab.serve(&[]);
    // The command and its exit status; how it ended there and with what value.
    let cases: [(&[&str], i32, &str, u32); 6] = [
        (&["--", "true"], 0, "exited", 0),
        (&["--", "false"], 1, "exited", 1),
        (&["--shell", "--", "exit 7"], 7, "exited", 7),
        (&["--shell", "--", "kill -9 $$"], 137, "signal", 9),
        (&["--", "no-such-command"], 127, "not_started", 2),
        (&["--", "/etc"], 126, "not_started", 13),
    ];
    for (arguments, status, how, value) in cases {
        let finished = exec(&lab, &server, &key, &[&["--json", "-n"], arguments].concat(), b"");

        let ended = summary(&events_in(&finished.stdout)).clone();
        assert_eq!(
            (finished.code(), &ended["how"], &ended["value"]),
            (Some(status), &how.into(), &value.into())
        );
        assert_eq!((&ended["origin"], &ended["exit"]), (&"remote".into(), &status.into()));
    }
    lab.stop(server);
}

#[test]
fn standard_input_output_and_error_of_a_command_are_those_of_exec() {
    let lab = Lab::new();
    let key = lab.key("ana");
    let server = lab.serve(&[]);
    let input = noise(1_000_000);

    let copied = exec(&lab, &server, &key, &["--", "cat"], &input).succeeded();
    let apart =
        exec(&lab, &server, &key, &["-n", "--shell", "--", "echo out; echo err >&2"], b"").succeeded();
    let unread = exec(&lab, &server, &key, &["--", "head", "-c", "3"], &input).succeeded();

    assert_equal(&copied.stdout, &input, "cat");
    assert_eq!((apart.stdout_text().as_str(), apart.stderr.as_str()), ("out\n", "err\n"));
    assert_equal(&unread.stdout, &input[..3], "head");
    lab.stop(server);
}

#[test]
fn a_command_that_floods_or_never_ends_is_ended_by_its_limit() {
    let lab = Lab::new();
    let key = lab.key("ana");
    let server = lab.serve(&[]);
    let cases: [(&[&str], &str, u64); 2] = [
        (&["--output-limit", "100000", "--", "yes"], "output_limit", 100_000),
        (&["--time-limit", "200ms", "--shell", "--", "sleep 1000 & sleep 1000"], "time_limit", 0),
    ];
    for (arguments, why, bytes) in cases {
        let finished = exec(&lab, &server, &key, &[&["--json", "-n"], arguments].concat(), b"");

        let events = events_in(&finished.stdout);
        let written: u64 = events.iter().filter_map(|event| event["bytes"].as_u64()).sum();
        assert_eq!((&summary(&events)["why"], written), (&why.into(), bytes));
        assert_eq!(finished.code(), Some(137));
    }
    lab.stop(server);
}

#[test]
fn a_stop_lets_a_command_finish_and_answers_then() {
    for by_signal in [false, true] {
        let lab = Lab::new();
        let key = lab.key("ana");
        let server = lab.serve(&[]);
        let to = at(&server);
        let line = ["exec", "--key", &key, &to, "--shell", "--", "read line; echo \"heard $line\"; exit 3"];
        let mut command = Program::start_with_open_input(&mut lab.command(&line));
        server.wait_for_event("exec_started");

        let stop = (!by_signal).then(|| lab.start(&["stop", "--json", "--key", &key, &to]));
        if let Some(stop) = &stop {
            stop.stdout.wait_for_line("\"draining\"");
        } else {
            server.program.signal(Signal::TERM);
        }
        server.wait_for_event("stopping");
        let late = lab.run(&["send", "--key", &key, &to, "--text", "late"]);
        assert_eq!(late.code(), Some(1), "{late:?}");
        command.stdin.take().unwrap().write_all(b"you\n").unwrap();

        let finished = lab.finish(command);
        assert_eq!((finished.code(), finished.stdout_text().as_str()), (Some(3), "heard you\n"));
        if let Some(stop) = stop {
            let events = events_in(&lab.finish(stop).succeeded().stdout);
            assert_eq!((&events[0]["streams"], &summary(&events)["stopped"]), (&1.into(), &true.into()));
        }
        let events = lab.ended(server);
        let ended = events.iter().find(|event| event["event"] == "exec_ended").unwrap();
        assert_eq!((&ended["value"], &ended["why"]), (&3.into(), &"itself".into()));
        assert!(events.iter().all(|event| event["event"] != "text"));
    }
}

fn exec(lab: &Lab, server: &Server, key: &str, arguments: &[&str], input: &[u8]) -> Finished {
    lab.run_with_input(&[&["exec", "--key", key, &at(server)], arguments].concat(), input)
}

fn at(server: &Server) -> String {
    format!("127.0.0.1:{}", server.port)
}

fn texts(events: &[Value]) -> Vec<&str> {
    let texts = events.iter().filter(|event| event["event"] == "text");
    texts.map(|event| event["text"].as_str().unwrap()).collect()
}
