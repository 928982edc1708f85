//! Programs that are right: nothing is found.

use crate::run::{Part, assert_innocent, assert_innocent_as_ordinary_user, part, python, tool};

#[test]
fn nothing_is_found_in_the_practicals_pairs() {
    for protocol in ["udp", "tcp"] {
        let Some(parts) = practical(protocol) else { return };
        assert_innocent(&parts);
    }
}

#[test]
fn nothing_is_found_in_the_practicals_pairs_of_an_ordinary_user() {
    for protocol in ["udp", "tcp"] {
        let Some(parts) = practical(protocol) else { return };
        assert_innocent_as_ordinary_user(&parts);
    }
}

#[test]
fn nothing_is_found_in_an_echo_of_asyncio() {
    assert_innocent_pair("asyncio_echo.py");
}

#[test]
fn nothing_is_found_in_a_server_with_threads() {
    assert_innocent_pair("threads_echo.py");
}

#[test]
fn nothing_is_found_when_curl_asks_pythons_server() {
    let Some(server) = python_module(&["http.server", "8000"]) else { return };
    let Some(client) = tool("curl", &["--silent", "http://localhost:8000/nothing"]) else { return };
    assert_innocent(&[part("server", server), part("client", client)]);
}

#[test]
fn nothing_is_found_when_netcat_asks_socat() {
    let Some(server) = tool("socat", &["TCP-LISTEN:3500,bind=127.0.0.1", "PIPE"]) else { return };
    let Some(client) = tool("sh", &["-c", "echo hola | nc -N 127.0.0.1 3500"]) else { return };
    if tool("nc", &[]).is_some() {
        assert_innocent(&[part("server", server), part("client", client)]);
    }
}

/// The server and the client of the practical, over `udp` or `tcp`.
fn practical(protocol: &str) -> Option<[Part; 2]> {
    let of_role = |role: &str| {
        let program = format!("../../interop/programs/practical_{protocol}_{role}.py");
        Some(part(role, python(&program, &[])?))
    };
    Some([of_role("server")?, of_role("client")?])
}

/// Runs both roles of a program.
fn assert_innocent_pair(program: &str) {
    let of_role = |role: &str| Some(part(role, python(program, &[role])?));
    let (Some(server), Some(client)) = (of_role("server"), of_role("client")) else { return };
    assert_innocent(&[server, client]);
}

/// A module of Python's library that is a program.
fn python_module(arguments: &[&str]) -> Option<Vec<std::ffi::OsString>> {
    let mut command = python("", &[])?;
    command.pop();
    command.push("-m".into());
    command.extend(arguments.iter().map(std::ffi::OsString::from));
    Some(command)
}
