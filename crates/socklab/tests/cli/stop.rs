//! `socklab stop`.

use insta::assert_snapshot;

use crate::message_server::{KeyDir, told};
use crate::support::{LANGS, mistakes};

const MISTAKES: &[&[&str]] = &[
    &["localhost"],
    &[":0"],
    &[":1", ":2"],
    &["--key"],
    &["--key", "/nowhere"],
    &["--key", "/"],
    &["--text", "hola"],
    &["--tcp"],
    &["--timeout", "0"],
    &["-4", "-6"],
];

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("stop_mistakes_{lang}"), mistakes(lang, "stop", MISTAKES));
    }
}

#[test]
fn who_may_stops_the_server_and_who_may_not_learns_why() {
    for lang in LANGS {
        let keys = KeyDir::with(&[&["ana", "--may", "stop"], &["eva", "--may", "text"]]);
        let server = keys.serve(lang);
        let said = [&["stop"][..], &["stop", "--key", "eva.key"], &["stop", "--key", "ana.key"]]
            .map(|line| told(&server.run(lang, line)));
        let server_said = server.end();
        assert_snapshot!(format!("stop_{lang}"), format!("{}\n{server_said}", said.join("\n")));
    }
}
