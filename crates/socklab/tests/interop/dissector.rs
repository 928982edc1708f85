//! `tshark` with our dissector, on captures of real sessions: what it shows of plain ones, and that sealed ones show nothing.

use std::fs;
use std::process::Command;

use crate::support::lab::Lab;
use crate::support::payload::noise;
use crate::support::tool::{skip, tool};

/// What is looked for in a capture, beside what is in the file.
const TEXT: &str = "a text that nobody else shall read";
const NAME: &str = "private-photo";
/// What runs in the namespace: everything but the capture's reading. `tshark` writes the file's header when it captures.
const SCRIPT: &str = r#"
ip link set lo up || exit 77
tshark -Q -i lo -f 'tcp port 3500' -w capture 2> tshark.err & tshark=$!
until [ -s capture ]; do kill -0 $tshark || exit 77; done
"$0" serve -4 --plain --keys socklab.keys > serve.out & serve=$!
until grep -q 'tcp' serve.out; do kill -0 $serve || exit 1; done
"$0" send "$@" --text "$TEXT" --file "$NAME" 127.0.0.1:3500 > send.out || exit 1
kill $serve
wait $serve
# What has been captured is in the file when its last packets are: the server's end.
until tshark -r capture -Y 'tcp.flags.fin == 1' 2> /dev/null | grep -q '3500 → .*FIN'; do :; done
kill -INT $tshark
wait $tshark
"#;

#[test]
fn a_plain_session_is_shown_by_kind_stream_and_length() {
    let lab = Lab::new();
    lab.key("ana");
    if capture(&lab, &[]).is_none() {
        return;
    }

    let fields = ["socklab.kind", "socklab.stream", "socklab.length", "socklab.text"];
    let shown = dissect(&lab, &fields);

    let mut frames: Vec<_> =
        shown.lines().flat_map(frames).filter(|frame| !frame.starts_with("0x06")).collect();
    frames.sort_unstable();
    let expected = [
        "0x01 0 1",
        "0x02 0 0",
        "0x10 1 34",
        "0x11 2 39",
        "0x14 2 8",
        "0x15 2 38560",
        "0x15 2 61440",
        "0x16 2 32",
        "0x50 1 33",
        "0x50 2 48",
    ];
    assert_eq!(frames, expected, "{shown}");
    assert!(shown.contains(TEXT), "{shown}");
}

#[test]
fn a_sealed_session_shows_how_it_opens_and_nothing_of_what_is_said() {
    let lab = Lab::new();
    let key = lab.key("ana");
    if capture(&lab, &["--key", &key]).is_none() {
        return;
    }

    let shown = dissect(&lab, &["socklab.kind", "socklab.record.length"]);

    let (opening, records): (Vec<_>, Vec<_>) = shown.lines().partition(|line| !line.starts_with('|'));
    assert_eq!(opening, ["0x01|", "0x02|"], "{shown}");
    assert!(records.len() >= 4, "{shown}");
    let captured = fs::read(lab.path("capture")).unwrap();
    for said in [TEXT.as_bytes(), &noise(100_000)[..32], NAME.as_bytes()] {
        let is_there = captured.windows(said.len()).any(|bytes| bytes == said);
        assert!(!is_there, "{} can be read", said.escape_ascii());
    }
}

/// The kind, the stream and the length of each frame in a packet, which are shown together, with commas.
fn frames(line: &str) -> Vec<String> {
    let columns: Vec<Vec<_>> = line.split('|').take(3).map(|column| column.split(',').collect()).collect();
    let frame = |at: usize| format!("{} {} {}", columns[0][at], columns[1][at], columns[2][at]);
    (0..columns[0].len()).map(frame).collect()
}

/// Captures a session in a network of its own, if this machine lets us.
fn capture(lab: &Lab, key: &[&str]) -> Option<()> {
    tool("tshark")?;
    lab.file(NAME, &noise(100_000));
    let mut command = tool("unshare")?;
    command.args(["--user", "--map-root-user", "--net", "--", "sh", "-c", SCRIPT]);
    command
        .arg(env!("CARGO_BIN_EXE_socklab"))
        .args(key)
        .env("TEXT", TEXT)
        .env("NAME", NAME)
        .env("SOCKLAB_LANG", "en");
    let output = command.current_dir(lab.path("")).output().unwrap();
    if output.status.code() == Some(77) || String::from_utf8_lossy(&output.stderr).contains("unshare") {
        skip("a capture", &String::from_utf8_lossy(&output.stderr));
        return None;
    }
    assert!(output.status.success(), "{output:?}");
    Some(())
}

/// What the dissector shows of these fields: a line for each frame or record.
fn dissect(lab: &Lab, fields: &[&str]) -> String {
    let dissector = lab.run(&["dissector"]).succeeded();
    lab.file("socklab.lua", &dissector.stdout);
    let mut command = Command::new("tshark");
    command.args([
        "-r",
        "capture",
        "-X",
        "lua_script:socklab.lua",
        "-Y",
        "socklab",
        "-T",
        "fields",
        "-E",
        "separator=|",
    ]);
    command.args(fields.iter().flat_map(|field| ["-e", field])).env("LC_ALL", "C.UTF-8");
    let output = command.current_dir(lab.path("")).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}
