//! Programs that would fool the checker, or hurt the machine: each fails, nothing of it is left, and nothing outside has changed.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};

use crate::support::run;
use crate::support::table::redteam;

/// Where somebody listens whom no guest may reach.
const NEIGHBOUR: &str = "127.0.0.1:34999";
const LOCAL_NEIGHBOUR: &str = "socklab-neighbour";

#[test]
fn nobody_gets_out_or_through() {
    let neighbour = TcpListener::bind(NEIGHBOUR).unwrap();
    neighbour.set_nonblocking(true).unwrap();
    let local = UnixListener::bind_addr(&SocketAddr::from_abstract_name(LOCAL_NEIGHBOUR).unwrap()).unwrap();
    local.set_nonblocking(true).unwrap();
    let only = std::env::var("SOCKLAB_CORPUS").unwrap_or_default();
    let mut wrong = Vec::new();

    for entry in redteam().into_iter().filter(|entry| entry.path.to_string_lossy().contains(&only)) {
        let directory = tempfile::tempdir().unwrap();
        let Some(()) = run::prepare(&entry, &directory) else { continue };
        let before = contents(directory.path());

        let said = run::run(&entry, directory.path());

        let mut of_it = run::wrong(&entry, &said);
        if contents(directory.path()) != before {
            of_it.push("its directory has changed".to_owned());
        }
        let left = left(directory.path());
        if !left.is_empty() {
            of_it.push(format!("is left: {left:?}"));
        }
        eprintln!("{} {of_it:?} {:?}", entry.path.display(), said.seconds());
        wrong.extend(of_it.iter().map(|wrong| format!("{}: {wrong}\n{}", entry.path.display(), said.stderr)));
    }

    assert!(neighbour.accept().is_err() && local.accept().is_err(), "a guest has reached a neighbour");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The names and the contents of the files of a directory.
fn contents(directory: &std::path::Path) -> BTreeSet<(String, Vec<u8>)> {
    let files = fs::read_dir(directory).unwrap().map(|file| file.unwrap().path());
    files.map(|path| (path.display().to_string(), fs::read(&path).unwrap_or_default())).collect()
}

/// The processes that run in that directory, or were started there.
fn left(directory: &std::path::Path) -> Vec<String> {
    let directory = directory.to_string_lossy().into_owned();
    let processes = fs::read_dir("/proc").unwrap().map(|process| process.unwrap().path());
    let is_of_it = |process: &std::path::PathBuf| {
        let cwd = fs::read_link(process.join("cwd")).unwrap_or_default();
        cwd.to_string_lossy().starts_with(&directory)
    };
    processes.filter(is_of_it).map(|process| process.display().to_string()).collect()
}
