//! A file that is cut in the middle, by the end of either program, goes on where it was cut; nothing half-written is seen.
//!
//! `SOCKLAB_CUTS=100` in the environment makes a hundred cuts of a file of 200 MB instead of a few of a smaller one.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};

use rustix::process::Signal;

use crate::support::lab::{INBOX, Lab, visible};
use crate::support::payload::{assert_equal, noise};
use crate::support::program::Program;
use crate::support::socklab::{Server, events_in};
use crate::support::wait_until;

/// Where the bytes are that have come of a file that is not whole.
const PARTIALS: &str = "inbox/.socklab-partial";

#[test]
fn a_file_whose_client_is_killed_goes_on_where_it_was_cut() {
    let (cuts, bytes) = extent();
    let lab = Lab::new();
    let transfer = Transfer::new(&lab, bytes);
    let server = lab.serve(&[]);
    let watcher = Watcher::of(lab.path(INBOX), bytes);
    let mut kept = 0;
    for point in points(cuts, bytes, 1) {
        let client = transfer.start(&server);
        wait_until("so much has come", || {
            let has_ended = events(&client) > 0;
            (has_ended || partial_bytes(&lab) >= kept.max(point)).then_some(())
        });
        client.signal(Signal::KILL);
        lab.finish(client);
        kept = partial_bytes(&lab);
    }

    let resumed = transfer.complete(&server);
    let listed = watcher.stop();
    lab.stop(server);
    println!("client: {cuts} cuts of {bytes} bytes, {resumed} resumed at the end, {listed} listings");
    assert!(resumed > 0);
}

#[test]
fn a_file_whose_server_is_killed_goes_on_where_it_was_cut() {
    let (cuts, bytes) = extent();
    let lab = Lab::new();
    let transfer = Transfer::new(&lab, bytes);
    let mut server = lab.serve(&[]);
    let watcher = Watcher::of(lab.path(INBOX), bytes);
    let mut kept = 0;
    for point in points(cuts, bytes, 2) {
        let client = transfer.start(&server);
        wait_until("so much has come", || {
            let has_ended = events(&client) > 0;
            (has_ended || partial_bytes(&lab) >= kept.max(point)).then_some(())
        });
        server.program.signal(Signal::KILL);
        lab.finish(server.program);
        assert_eq!(lab.finish(client).code(), Some(1));
        kept = partial_bytes(&lab);
        server = lab.serve(&[]);
    }

    let resumed = transfer.complete(&server);
    let listed = watcher.stop();
    lab.stop(server);
    println!("server: {cuts} cuts of {bytes} bytes, {resumed} resumed at the end, {listed} listings");
    assert!(resumed > 0);
}

/// How many cuts, and of a file of how many bytes.
fn extent() -> (usize, usize) {
    let long = env::var("SOCKLAB_CUTS").ok().map(|cuts| (cuts.parse().unwrap(), 200_000_000));
    long.unwrap_or((4, 20_000_000))
}

/// After how many bytes the cuts come: anywhere, each further than the one before.
fn points(cuts: usize, bytes: usize, seed: usize) -> Vec<usize> {
    let random = noise(4 * (seed + 1) * cuts);
    let random = random[4 * seed * cuts..].chunks(4).map(|four| u32::from_be_bytes(four.try_into().unwrap()));
    // In its first half: what the kernel holds at a cut arrives all the same, and the transfer shall not be over then.
    let mut points: Vec<_> = random.map(|point| point as usize % (bytes / 2)).collect();
    points.sort_unstable();
    points
}

/// A file to be sent, and how.
struct Transfer<'a> {
    lab: &'a Lab,
    content: Vec<u8>,
    path: String,
    key: String,
}

impl<'a> Transfer<'a> {
    fn new(lab: &'a Lab, bytes: usize) -> Self {
        let content = noise(bytes);
        Self { lab, path: lab.file("big", &content), key: lab.key("ana"), content }
    }

    fn start(&self, server: &Server) -> Program {
        let to = format!("127.0.0.1:{}", server.port);
        self.lab.start(&["send", "--json", "--key", &self.key, "--file", &self.path, &to])
    }

    /// Sends the rest, and looks at what has arrived; returns how much was there before.
    fn complete(&self, server: &Server) -> u64 {
        let sent = self.lab.finish(self.start(server)).succeeded();
        assert_eq!(partial_bytes(self.lab), 0);
        let arrived = self.lab.inbox();
        assert_eq!(arrived.keys().collect::<Vec<_>>(), ["big"]);
        assert_equal(&arrived["big"], &self.content, "big");
        events_in(&sent.stdout)[0]["resumed_bytes"].as_u64().unwrap()
    }
}

fn events(program: &Program) -> usize {
    program.stdout.look(|bytes| events_in(bytes).len())
}

fn partial_bytes(lab: &Lab) -> usize {
    let Ok(entries) = fs::read_dir(lab.path(PARTIALS)) else { return 0 };
    let sizes = entries.flatten().filter_map(|entry| entry.metadata().ok()).filter(fs::Metadata::is_file);
    usize::try_from(sizes.map(|metadata| metadata.len()).sum::<u64>()).unwrap()
}

/// Lists the inbox again and again: what is to be seen there is whole.
struct Watcher {
    is_over: Arc<AtomicBool>,
    watching: JoinHandle<u64>,
}

impl Watcher {
    fn of(inbox: PathBuf, bytes: usize) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&is_over);
        let watching = thread::spawn(move || {
            let mut listed = 0;
            while !ends.load(Relaxed) {
                for (name, size) in sizes(&inbox) {
                    assert_eq!((name.as_str(), size), ("big", bytes as u64));
                }
                listed += 1;
                thread::yield_now();
            }
            listed
        });
        Self { is_over, watching }
    }

    /// Returns how many times it has looked.
    fn stop(self) -> u64 {
        self.is_over.store(true, Relaxed);
        self.watching.join().unwrap()
    }
}

fn sizes(inbox: &Path) -> BTreeMap<String, u64> {
    let size = |name: String| (name.clone(), fs::metadata(inbox.join(name)).unwrap().len());
    visible(inbox).into_iter().map(size).collect()
}
