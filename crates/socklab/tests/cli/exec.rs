//! `socklab exec`.

use insta::assert_snapshot;

use crate::message_server::{KeyDir, told};
use crate::support::{LANGS, Run, assert_no_english, mistakes, socklab};

const MISTAKES: &[&[&str]] = &[
    &[],
    &["--"],
    &["uptime"],
    &["localhost", "--", "uptime"],
    &["--key"],
    &["--time-limit", "0", "--", "uptime"],
    &["--output-limit", "much", "--", "uptime"],
    &["--shel", "--", "uptime"],
    &["-4", "-6", "--", "uptime"],
];

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("exec_mistakes_{lang}"), mistakes(lang, "exec", MISTAKES));
    }
}

#[test]
fn what_fails_before_the_command_is_no_status_of_the_command() {
    let nobody = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    for lang in LANGS {
        let mut said = String::new();
        for line in [&["exec", "--key", "/nowhere", "--", "uptime"][..], &["exec", &nobody, "--", "uptime"]] {
            let run = socklab(lang, line);
            assert_eq!(run.code, Some(255), "{}", run.stderr);
            said += &told(&Run { stderr: run.stderr.replace(&nobody, "127.0.0.1:[PORT]"), ..run });
        }
        if lang == "es" {
            assert_no_english(&said);
        }
        assert_snapshot!(format!("exec_local_{lang}"), said.replace(port(&nobody), "[PORT]"));
    }
}

#[test]
fn the_exit_is_the_commands_and_a_denial_is_five() {
    for lang in LANGS {
        let may = ["ana", "--may", "exec", "--commands", "false,sleep,/nowhere"];
        let keys = KeyDir::with(&[&may, &["eva", "--may", "text"]]);
        let server = keys.serve(lang);
        let lines = [
            &["exec", "--key", "ana.key", "--", "false"][..],
            &["exec", "--key", "ana.key", "-v", "--", "false"],
            &["exec", "--key", "ana.key", "--time-limit", "50ms", "--", "sleep", "60"],
            &["exec", "--key", "ana.key", "--", "/nowhere"],
            &["exec", "--key", "ana.key", "--", "uptime"],
            &["exec", "--key", "ana.key", "--shell", "--", "uptime"],
            &["exec", "--key", "eva.key", "--", "false"],
            &["exec", "--", "false"],
        ];
        let runs = lines.map(|line| server.run(lang, line));
        assert_eq!(runs.each_ref().map(|run| run.code.unwrap()), [1, 1, 137, 127, 5, 5, 5, 5]);
        let said = runs.map(|run| told(&run)).join("\n");
        let server_said = server.end();
        if lang == "es" {
            assert_no_english(&said);
        }
        assert_snapshot!(format!("exec_{lang}"), format!("{said}\n{server_said}"));
    }
}

fn port(address: &str) -> &str {
    address.rsplit(':').next().unwrap_or_default()
}
