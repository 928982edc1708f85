//! `socklab trace`: its command line.

use insta::assert_snapshot;

use crate::support::{LANGS, mistakes};

const MISTAKES: &[&[&str]] = &[
    &[],
    &["python3", "s.py"],
    &["--"],
    &["--as", "server", "--"],
    &["--as", "", "--", "a"],
    &["--as", "-x", "--", "a"],
    &["--after", "listening", "--", "a"],
    &["--after", "later", "--", "a"],
    &["--after", "25h", "--", "a"],
    &["--", "a", "--as", "b", "--"],
    &["--", "a", "--as", "b", "--after", "later", "--", "b"],
    &["--", "a", "--after", "2s", "--", "b"],
    &["--", "a", "--after", "2s", "--as", "b", "--", "b"],
    &["--", "a", "--as=b", "--", "b"],
    &["--", "a", "--as", "a", "--", "b"],
    &["--output", "/nowhere/run.jsonl", "--", "a"],
    &["--pid", "0"],
    &["--join=me", "--", "a"],
    &["--net", "none", "--", "a"],
    &["--mtu", "67", "--", "a"],
    &["--snap", "1M", "--", "a"],
    &["--cpus", "2", "--", "a"],
    &["--for", "0s", "--", "a"],
    &["--outpt", "x", "--", "a"],
];

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("trace_mistakes_{lang}"), mistakes(lang, "trace", MISTAKES));
    }
}
