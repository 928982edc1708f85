//! `socklab chat`.

use insta::assert_snapshot;

use crate::support::{LANGS, mistakes};

const MISTAKES: &[&[&str]] = &[
    &[],
    &["sctp"],
    &["tcp", "localhost"],
    &["tcp", "localhost:0"],
    &["tcp", "localhost:65536"],
    &["tcp", "localhost:3500", "hola"],
    &["tcp", "localhost:65536", "--listen"],
    &["tcp", "10.0.0.0/8", "--listen"],
    &["tcp", "192.0.2.1:3500", "--listen", "--any"],
    &["tcp", "192.0.2.1:3500", "--listen"],
    &["tcp", "--once"],
    &["tcp", "--any"],
    &["tcp", "--no-relay"],
    &["tcp", "--allow", "127.0.0.1"],
    &["tcp", "--listen", "--allow", "10.0.0.0/33"],
    &["tcp", "--listen", "--deny-file", "/nowhere"],
    &["tcp", "--raw", "--times"],
    &["tcp", "--line-end", "cr"],
    &["udp", "--buffer", "64k"],
    &["udp", "--reply-timeout", "soon"],
    &["udp", "--idle-timeout", "0"],
    &["tcp", "-4", "-6"],
    &["tcp", "[::1]:3500", "-4"],
    &["tcp", "--turn", "--names"],
];

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("chat_mistakes_{lang}"), mistakes(lang, "chat", MISTAKES));
    }
}
