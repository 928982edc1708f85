//! What the sources may not say.

use crate::sources::{Source, product, rust};

/// The parts of `std` that `wire` may name: values and their texts, nothing of the system. Of `time`, that is durations.
const WIRE_STD: [&str; 10] =
    ["borrow", "cmp", "collections", "fmt", "iter", "net", "ops", "str", "sync", "time"];

/// What `std::net` has beside addresses, and what else would reach out of `wire`.
const WIRE_BANS: [&str; 8] =
    ["TcpStream", "TcpListener", "UdpSocket", "ToSocketAddrs", "Instant", "SystemTime", "println!", "extern"];

/// Files that decide without a clock and a socket, and directories (with a `/` behind them) of such files: time and bytes come in
/// as values.
const PURE: &[&str] = &[
    "crates/endpoints/src/access/mod.rs",
    "crates/endpoints/src/access/parse.rs",
    "crates/endpoints/src/ask/verdict.rs",
    "crates/endpoints/src/bench/counts.rs",
    "crates/endpoints/src/bench/flight.rs",
    "crates/endpoints/src/bench/load.rs",
    "crates/endpoints/src/bench/pattern.rs",
    "crates/endpoints/src/bench/recorder.rs",
    "crates/endpoints/src/bench/results.rs",
    "crates/endpoints/src/bench/schedule.rs",
    "crates/endpoints/src/bench/stream.rs",
    "crates/endpoints/src/chat/lines.rs",
    "crates/endpoints/src/chat/pace.rs",
    "crates/endpoints/src/echo/storm.rs",
    "crates/endpoints/src/echo/storm/sources.rs",
    "crates/endpoints/src/echo/token.rs",
    "crates/endpoints/src/messages/exec/job.rs",
    "crates/endpoints/src/messages/exec/policy.rs",
    "crates/endpoints/src/messages/exec/report.rs",
    "crates/endpoints/src/ways/close.rs",
    "crates/endpoints/src/ways/collector.rs",
    "crates/endpoints/src/ways/decoder.rs",
    "crates/endpoints/src/ways/delimiter.rs",
    "crates/endpoints/src/ways/item.rs",
    "crates/endpoints/src/ways/length.rs",
    "crates/endpoints/src/ways/pairs.rs",
    "crates/endpoints/src/ways/report.rs",
    "crates/endpoints/src/ways/taught.rs",
    "crates/endpoints/src/ways/tlv.rs",
    "crates/endpoints/src/ways/verdict.rs",
    "crates/lab/src/experiments/capture_tcp/",
    "crates/lab/src/experiments/capture_udp/",
    "crates/lab/src/experiments/claim.rs",
    "crates/lab/src/experiments/echo_tcp/",
    "crates/lab/src/experiments/echo_udp/",
    "crates/lab/src/experiments/look/",
    "crates/lab/src/experiments/scene.rs",
    "crates/lab/src/experiments/settings.rs",
    "crates/lab/src/text/",
    "crates/lab/src/experiments/address_filter/claims.rs",
    "crates/lab/src/experiments/chat_turns/claims.rs",
    "crates/lab/src/experiments/forged.rs",
    "crates/lab/src/experiments/no_server/",
    "crates/lab/src/experiments/remote_command/claims.rs",
    "crates/lab/src/experiments/remote_command/statuses.rs",
    "crates/lab/src/experiments/remote_stop/claims.rs",
    "crates/lab/src/experiments/seen.rs",
    "crates/lab/src/experiments/truncation/",
    "crates/lab/src/check/report.rs",
    "crates/lab/src/check/step.rs",
    "crates/lab/src/check/told.rs",
    "crates/lab/src/check/trial/contents.rs",
    "crates/lab/src/check/trial/history.rs",
    "crates/lab/src/check/trial/patience.rs",
    "crates/lab/src/check/trial/processes.rs",
    "crates/lab/src/check/trial/rest.rs",
    "crates/lab/src/check/trial/share.rs",
    "crates/lab/src/check/judgement.rs",
    "crates/lab/src/check/manifest/",
    "crates/lab/src/check/pattern.rs",
    "crates/lab/src/check/points.rs",
    "crates/lab/src/check/texts.rs",
    "crates/lab/src/grade/class.rs",
    "crates/lab/src/grade/convention.rs",
    "crates/lab/src/grade/journal.rs",
    "crates/lab/src/grade/name.rs",
    "crates/lab/src/grade/plan.rs",
    "crates/lab/src/grade/summary.rs",
    "crates/scope/src/decode/",
    "crates/scope/src/doctor/diagnosis.rs",
    "crates/scope/src/doctor/judge.rs",
    "crates/scope/src/doctor/judge/",
    "crates/scope/src/export/",
    "crates/scope/src/findings/",
    "crates/scope/src/model/",
    "crates/scope/src/script/",
    "crates/scope/src/session/servers.rs",
    "crates/scope/src/sockets/diff.rs",
    "crates/scope/src/sockets/filter.rs",
    "crates/scope/src/sockets/row.rs",
    "crates/scope/src/sockets/snapshot.rs",
    "crates/scope/src/source/calls/interruption.rs",
    "crates/scope/src/source/calls/starts.rs",
    "crates/scope/src/source/lines/mark.rs",
    "crates/scope/src/source/lines/places.rs",
    "crates/scope/src/source/packets/stamps.rs",
    "crates/scope/src/source/state/holders.rs",
    "crates/scope/src/source/tracepoints/event.rs",
    "crates/scope/src/timeline/",
    "crates/socklab/src/views/bench/figures.rs",
    "crates/socklab/src/views/bench/histogram.rs",
    "crates/socklab/src/views/bench/plot.rs",
    "crates/socklab/src/views/bench/report.rs",
    "crates/socklab/src/views/check/bytes.rs",
    "crates/socklab/src/views/check/document.rs",
    "crates/socklab/src/views/check/gradescope.rs",
    "crates/socklab/src/views/check/human.rs",
    "crates/socklab/src/views/check/junit.rs",
    "crates/socklab/src/views/check/prose.rs",
    "crates/socklab/src/views/check/step.rs",
    "crates/socklab/src/views/check/told.rs",
    "crates/socklab/src/views/check/xml.rs",
    "crates/socklab/src/views/grade/csv.rs",
    "crates/socklab/src/views/grade/html.rs",
    "crates/socklab/src/views/page/",
];

/// What a pure file may not say. Types of `kernel` are values; these are its calls, by the names of their modules.
const PURE_BANS: [&str; 9] =
    ["::now()", "fs::", "thread::", "socket::", "stream::", "epoll::", "poll::", "Receiver", "Sender"];

#[test]
fn every_crate_but_kernel_forbids_unsafe_code() {
    let roots = ["/src/lib.rs", "/src/main.rs"];
    let is_root = |source: &Source| roots.iter().any(|root| source.path.ends_with(root));
    for root in product().into_iter().filter(is_root) {
        let forbids = root.code().any(|line| line == "#![forbid(unsafe_code)]");
        assert_eq!(forbids, !root.path.starts_with("crates/kernel/"), "{}", root.path);
    }
}

#[test]
fn wire_names_nothing_of_the_system() {
    for source in product().iter().filter(|source| source.path.starts_with("crates/wire/")) {
        for line in source.code() {
            for part in line.split("std::").skip(1) {
                let part: String = part.chars().take_while(char::is_ascii_alphanumeric).collect();
                assert!(WIRE_STD.contains(&part.as_str()), "{}: std::{part}", source.path);
            }
            for ban in WIRE_BANS {
                assert!(!line.contains(ban), "{} names {ban}: {line}", source.path);
            }
        }
    }
}

#[test]
fn pure_files_have_no_clock_and_no_socket() {
    let product = product();
    for path in PURE {
        let is_meant =
            |source: &&Source| source.path == *path || path.ends_with('/') && source.path.starts_with(path);
        let meant: Vec<_> = product.iter().filter(is_meant).collect();
        assert!(!meant.is_empty(), "{path} is gone");
        for source in meant {
            // What a module has in modules of its own may have any name.
            for line in source.code().filter(|line| !line.contains("use self::")) {
                for ban in PURE_BANS {
                    assert!(!line.contains(ban), "{} names {ban}: {line}", source.path);
                }
            }
        }
    }
}

#[test]
fn no_work_is_put_off() {
    assert_none_says(&rust(), &["TODO", "FIXME", "XXX", "todo!(", "unimplemented!("]);
}

#[test]
fn no_test_is_switched_off_or_hopes_for_a_panic() {
    assert_none_says(&rust(), &["#[ignore", "#[should_panic"]);
}

#[test]
fn no_test_sleeps_until_something_has_happened() {
    let tests: Vec<_> = rust().into_iter().filter(|source| source.path.contains("/tests/")).collect();
    assert_none_says(&tests, &["thread::sleep", "sleep(Duration", "sleep_ms"]);
}

fn assert_none_says(sources: &[Source], bans: &[&str]) {
    for source in sources {
        for (index, line) in source.text.lines().enumerate() {
            for ban in bans {
                assert!(!line.contains(ban), "{}:{}: {line}", source.path, index + 1);
            }
        }
    }
}
