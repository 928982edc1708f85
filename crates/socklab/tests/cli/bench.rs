//! `socklab bench`: what it says and how it ends, what its parts make together, and what is ready for fleets.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use insta::assert_snapshot;
use tempfile::{TempDir, tempdir};

use crate::support::{LANGS, Run, command, mistakes, socklab};

/// A load that is over soon.
const SHORT: [&str; 5] = ["--duration=200ms", "--warmup=20ms", "--timeout=2s", "--connections=4", "--json"];

const MISTAKES: &[&[&str]] = &[
    &["sctp"],
    &["tcp", "nowhere"],
    &["tcp", "localhost:0"],
    &["tcp", ":9", "--shape", "dance"],
    &["tcp", ":9", "--shape", "burst"],
    &["udp", ":9", "--shape", "idle"],
    &["tcp", ":9", "--connections", "0"],
    &["tcp", ":9", "--shape", "spin", "--connections", "2"],
    &["tcp", ":9", "--shape", "spin", "--rate", "10"],
    &["tcp", ":9", "--shape", "connect", "--depth", "2"],
    &["tcp", ":9", "--depth", "5000"],
    &["tcp", ":9", "--size", "17M"],
    &["tcp", ":9", "--size", "16M", "--depth", "65"],
    &["udp", ":9", "--size", "7"],
    &["udp", ":9", "--size", "65508"],
    &["tcp", ":9", "--duration", "1ms"],
    &["tcp", ":9", "--duration", "25h"],
    &["tcp", ":9", "--shard", "5/4"],
    &["tcp", ":9", "--threads", "0"],
    &["merge"],
    &["merge", "/nowhere/part.json"],
    &["merge", "/dev/null"],
    &["merge", "/dev/zero"],
];

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("bench_mistakes_{lang}"), mistakes(lang, "bench", MISTAKES));
    }
}

#[test]
fn what_was_measured_is_told_in_both_languages() {
    let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/bench/results.json");
    for lang in LANGS {
        let run = socklab(lang, &["bench", "merge", results.to_str().unwrap()]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        assert_snapshot!(format!("bench_results_{lang}"), run.stdout);
    }
}

#[test]
fn a_server_of_its_own_is_measured_with_the_processor_time_of_both_ends() {
    for transport in ["udp", "tcp"] {
        let run = bench(&[transport]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let summary = run.stdout.lines().last().unwrap();
        assert!(
            run.stdout.contains(r#""server":"own""#) && summary.contains(r#""event":"summary""#),
            "{summary}"
        );
        assert!(summary.contains("server_cpu_us_per_echo"), "{summary}");
    }
}

#[test]
fn a_server_that_is_here_is_found_by_its_socket() {
    let (server, _) = echo_but(|_| {});
    let run = bench(&["tcp", &server.to_string()]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains(r#""server":"local""#), "{}", run.stdout);
    assert!(run.stdout.contains("server_cpu_us_per_echo"), "{}", run.stdout);
}

#[test]
fn a_wrong_byte_is_told_and_there_are_no_figures() {
    let (server, _) = echo_but(|bytes| bytes[3] ^= 1);
    let run = bench(&["tcp", &server.to_string()]);
    assert_eq!(run.code, Some(4), "{}", run.stderr);
    assert!(run.stderr.contains("byte 3 came back") && !run.stdout.contains("summary"), "{}", run.stderr);
}

#[test]
fn whoever_answers_something_else_is_quoted() {
    let (server, _) = echo_but(|bytes| {
        let answer = b"HTTP/1.1 400 Bad Request\r\n";
        bytes[..answer.len()].copy_from_slice(answer);
    });
    let run = bench(&["tcp", &server.to_string()]);
    assert_eq!(run.code, Some(4));
    assert!(run.stderr.contains("'HTTP/1.1 400 Bad': is that an echo server?"), "{}", run.stderr);
}

#[test]
fn nobody_and_silence_have_their_exit_codes() {
    let mute = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = mute.local_addr().unwrap().to_string();
    let silence =
        socklab("en", &["bench", "udp", &address, "--duration=100ms", "--warmup=0", "--timeout=20ms"]);
    let refused = bench(&["tcp", &address]);

    assert_eq!((silence.code, refused.code), (Some(3), Some(1)), "{} {}", silence.stderr, refused.stderr);
    assert!(refused.stderr.contains("ECONNREFUSED"), "{}", refused.stderr);
}

#[test]
fn parts_by_slurm_and_kubernetes_are_merged_and_none_counts_twice() {
    let place = tempdir().unwrap();
    let (server, _) = echo_but(|_| {});
    for (part, variables) in [
        [("SLURM_ARRAY_TASK_ID", "4"), ("SLURM_ARRAY_TASK_COUNT", "2"), ("SLURM_ARRAY_TASK_MIN", "4")],
        [("JOB_COMPLETION_INDEX", "1"), ("SOCKLAB_SHARDS", "2"), ("UNUSED", "")],
    ]
    .iter()
    .enumerate()
    {
        let output = format!("--output={}/part-{part}.json", place.path().display());
        let mut run = command(&["bench", "tcp", &server.to_string(), &output]);
        let run = run.args(SHORT).envs(*variables).output().unwrap();
        assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
        assert!(String::from_utf8_lossy(&run.stdout).contains(&format!(r#""part":{},"parts":2"#, part + 1)));
    }
    let [one, two, all, again] =
        ["part-0.json", "part-1.json", "all.json", "again.json"].map(|name| path(&place, name));

    let merged = socklab("en", &["bench", "merge", &one, &two, "--output", &all]);
    let turned = socklab("en", &["bench", "merge", &two, &one, "--output", &again]);
    let twice = socklab("en", &["bench", "merge", &all, &one]);

    assert_eq!((merged.code, turned.code), (Some(0), Some(0)), "{}", merged.stderr);
    assert!(merged.stdout.contains("2 of 2 parts"), "{}", merged.stdout);
    assert_eq!(fs::read(&all).unwrap(), fs::read(&again).unwrap());
    assert_eq!(twice.code, Some(2));
    assert!(twice.stderr.contains("a part that was there already"), "{}", twice.stderr);
}

#[test]
fn the_log_has_a_line_for_each_interval() {
    let place = tempdir().unwrap();
    let log = path(&place, "latencies.hlog");
    let run = bench(&["tcp", "--log", &log]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let text = fs::read_to_string(&log).unwrap();
    assert!(text.starts_with("#[Histogram log format version 1.3]"), "{text}");
    assert_eq!(text.lines().filter(|line| line.contains(",HISTFAAAA")).count(), 4, "{text}");
}

#[test]
fn the_script_for_slurm_passes_everything_on() {
    let place = tempdir().unwrap();
    let fake = place.path().join("socklab");
    fs::write(&fake, "#!/bin/sh\necho \"$@\"").unwrap();
    fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", place.path().display(), std::env::var("PATH").unwrap_or_default());
    let mut script = Command::new(deployed("slurm/bench.sh"));
    script.env_clear().current_dir(place.path()).env("PATH", path);
    let run =
        script.env("TARGET", "server:3500").env("SLURM_ARRAY_TASK_ID", "3").env("SLURM_CPUS_PER_TASK", "2");

    let told = String::from_utf8(run.output().unwrap().stdout).unwrap();
    assert_eq!(
        told,
        "bench tcp server:3500 --connections 2000 --warmup 20s --duration 60s --threads 2 --output results/part-3.json\n"
    );
}

#[test]
fn the_manifest_for_kubernetes_starts_as_many_at_once_as_there_are_parts() {
    let text = fs::read_to_string(deployed("kubernetes/bench.yaml")).unwrap();
    let number = |line: &str| line.rsplit([' ', '"']).find(|part| !part.is_empty()).map(str::to_owned);
    let of = |key: &str| text.lines().find(|line| line.trim_start().starts_with(key)).and_then(number);
    let shards =
        text.lines().skip_while(|line| !line.contains("name: SOCKLAB_SHARDS")).nth(1).and_then(number);

    assert!(shards.is_some() && of("completions:") == shards && of("parallelism:") == shards, "{shards:?}");
    assert!(text.contains("completionMode: Indexed"));
}

/// A load that is over soon, with these arguments besides.
fn bench(arguments: &[&str]) -> Run {
    socklab("en", &[&["bench"], arguments, &SHORT].concat())
}

/// An echo server that does this to all that it sends.
fn echo_but(fault: fn(&mut [u8])) -> (SocketAddr, thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let serving = thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let mut buffer = [0; 64];
                while stream.read_exact(&mut buffer).is_ok() {
                    fault(&mut buffer);
                    if stream.write_all(&buffer).is_err() {
                        return;
                    }
                }
            });
        }
    });
    (address, serving)
}

fn path(place: &TempDir, name: &str) -> String {
    place.path().join(name).display().to_string()
}

fn deployed(file: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("there is a root");
    root.join("deploy").join(file)
}
