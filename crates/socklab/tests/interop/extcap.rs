//! `tshark` with socklab as one of its interfaces, as an ordinary user: Wireshark takes no such interfaces from root's directory.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use rustix::process::geteuid;
use tempfile::tempdir;

use crate::executable;
use crate::support::tool::tool;

/// An ordinary user's number: nobody's.
const NOBODY: &str = "65534";
const CLIENT: &str = include_str!("programs/practical_udp_client.py");
const SERVER: &str = include_str!("programs/practical_udp_server.py");

#[test]
fn wireshark_lists_the_interface_and_gets_the_calls_and_packets_of_a_command() {
    if tool("tshark").is_none() {
        return;
    }
    let place = tempdir().unwrap();
    let script = install(place.path());

    let listed = run(place.path(), &script, &["-D"]);
    assert!(listed.contains("socklab (Socket lab: calls and packets of a command)"), "{listed}");

    let python = |name: &str| format!("python3 {}", place.path().join(name).display());
    let command = format!("extcap.socklab.command:{}", python("client.py"));
    let server = format!("extcap.socklab.server:{}", python("server.py"));
    let shown = run(place.path(), &script, &["-i", "socklab", "-o", &command, "-o", &server]);

    let lines = |text: &str| shown.lines().filter(|line| line.contains(text)).count();
    assert_eq!(lines("sendto(3, \"TyR: Echo sobre UDP\""), 2, "{shown}");
    assert_eq!(lines("UDP 61"), 2, "{shown}");
}

/// Puts this program, and two for it to run, where anybody may read them; returns the directory with the script.
fn install(place: &Path) -> String {
    fs::set_permissions(place, Permissions::from_mode(0o777)).unwrap();
    let program = place.join("program");
    executable::copy(env!("CARGO_BIN_EXE_socklab"), &program);
    fs::write(place.join("client.py"), CLIENT).unwrap();
    fs::write(place.join("server.py"), SERVER).unwrap();
    let scripts = place.join("extcap");
    fs::create_dir(&scripts).unwrap();
    let script = scripts.join("socklab");
    fs::write(&script, format!("#!/bin/sh\nexec '{}' extcap --lang en \"$@\"\n", program.display())).unwrap();
    fs::set_permissions(&script, Permissions::from_mode(0o755)).unwrap();
    scripts.into_os_string().into_string().unwrap()
}

/// Runs `tshark` as an ordinary user, and returns what it wrote.
fn run(home: &Path, scripts: &str, arguments: &[&str]) -> String {
    let mut command = if geteuid().is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "tshark"]);
        command
    } else {
        Command::new("tshark")
    };
    command.args(arguments).env("HOME", home).env("WIRESHARK_EXTCAP_DIR", scripts).current_dir(home);
    let output = command.env("TMPDIR", home).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
