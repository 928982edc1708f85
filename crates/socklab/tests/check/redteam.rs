//! Programs that would fool the checker, or hurt the machine: each fails, nothing of it is left, and nothing outside has changed or
//! was read.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::support::at_once::each_at_once;
use crate::support::place::left;
use crate::support::run::{self, MARK};
use crate::support::table::{Entry, redteam};

/// Where somebody listens whom no guest may reach.
const NEIGHBOUR: &str = "127.0.0.1:34999";
const LOCAL_NEIGHBOUR: &str = "socklab-neighbour";

/// What nobody may read: it looks like what the programs look for.
const CANARY: &str = "ECO-CANARY";

/// How much a program may have held when it was ended: what it may, and what it took until somebody looked.
const HELD_BYTES_MAX: u64 = 6 << 30;

#[test]
fn nobody_gets_out_or_through() {
    let neighbour = TcpListener::bind(NEIGHBOUR).unwrap();
    neighbour.set_nonblocking(true).unwrap();
    let local = UnixListener::bind_addr(&SocketAddr::from_abstract_name(LOCAL_NEIGHBOUR).unwrap()).unwrap();
    local.set_nonblocking(true).unwrap();
    let only = std::env::var("SOCKLAB_CORPUS").unwrap_or_default();
    let is_chosen = |entry: &Entry| only == "all" || entry.path.to_string_lossy().contains(&only);
    let entries: Vec<_> = redteam().into_iter().filter(is_chosen).collect();

    let wrong = each_at_once(&entries, wrong).concat();

    assert!(neighbour.accept().is_err() && local.accept().is_err(), "a guest has reached a neighbour");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Puts one to the check, and tells what should not be so.
fn wrong(entry: &Entry) -> Vec<String> {
    let place = Place::new(entry);
    if run::prepare(entry, &place.submission, Some(&place.mark)).is_none() {
        return Vec::new();
    }
    let before = contents(place.around.path());

    let said = run::run(entry, place.submission.path(), &place.environment());

    let mut wrong = run::wrong(entry, &said);
    if contents(place.around.path()) != before {
        wrong.push("files outside have changed".to_owned());
    }
    if (said.report.to_string() + &said.stderr).contains(CANARY) {
        wrong.push("it has read what is not its".to_owned());
    }
    if said.held_bytes() > HELD_BYTES_MAX {
        wrong.push(format!("it has held {} bytes", said.held_bytes()));
    }
    let left = left(&place.mark, &place.temporary, place.around.path());
    wrong.extend(left.into_iter().map(|left| format!("is left: {left}")));
    eprintln!("{} {wrong:?} {:?}", entry.path.display(), said.seconds());
    wrong.iter().map(|wrong| format!("{}: {wrong}\n{}", entry.path.display(), said.stderr)).collect()
}

/// Where a check runs: a submission beside another one, and a directory for temporary files.
struct Place {
    around: TempDir,
    submission: TempDir,
    temporary: PathBuf,
    mark: String,
}

impl Place {
    fn new(entry: &Entry) -> Self {
        let around = tempfile::tempdir().unwrap();
        let submission = tempfile::tempdir_in(around.path()).unwrap();
        let (other, temporary) = (around.path().join("other"), around.path().join("temporary"));
        for directory in [&other, &temporary] {
            fs::create_dir(directory).unwrap();
        }
        fs::write(other.join("server.py"), CANARY).unwrap();
        let mark = format!("{}-{}", entry.path.file_stem().unwrap().display(), around.path().display());
        Self { around, submission, temporary, mark }
    }

    /// What the checker has in its environment, and none of its guests.
    fn environment(&self) -> Vec<(&str, String)> {
        vec![
            (MARK, self.mark.clone()),
            ("SOCKLAB_SECRET", CANARY.to_owned()),
            ("TMPDIR", self.temporary.display().to_string()),
        ]
    }
}

/// The contents of the files of a directory, and of those in it, by their paths.
fn contents(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for file in fs::read_dir(directory).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            all.extend(contents(&path));
        }
        all.insert(path.clone(), fs::read(&path).unwrap_or_default());
    }
    all
}
