//! Sockets end when the programs close them, whoever looks at them.

use crate::support::trace;

/// A connection whose ends have been used, so that they have been looked at; `is_over` says, without waiting, whether the other
/// end has been closed.
const PROGRAM: &str = "import os, signal, socket, sys, threading
def connection():
    with socket.create_server(('127.0.0.1', 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
    for end in client, server: end.send(b'x')
    for end in client, server: end.recv(1)
    return client, server
def is_over(client):
    client.setblocking(False)
    try: return client.recv(1) == b''
    except BlockingIOError: return False
client, server = connection()
";

#[test]
fn a_program_that_closes_a_socket_has_closed_it() {
    for close in [
        "server.close()",
        "os.closerange(server.fileno(), server.fileno() + 1)",
        "os.dup2(0, server.fileno())",
        "other = threading.Thread(target=server.close); other.start(); other.join()",
    ] {
        let recording = trace(&[&format!("{PROGRAM}{close}\nsys.exit(0 if is_over(client) else 9)")]);

        assert_eq!(recording.ended.wait_statuses, [Some(0)], "{close}");
    }
}

#[test]
fn a_process_that_has_ended_has_closed_its_sockets() {
    for end in [
        "os._exit(0)",
        "os.kill(os.getpid(), signal.SIGKILL)",
        "threading.Thread(target=lambda: server.recv(1)).start(); os._exit(0)",
        "threading.Thread(target=lambda: os._exit(0)).start(); server.recv(1)",
        "os.execv('/bin/sh', ['sh', '-c', 'exit 0'])",
    ] {
        let recording = trace(&[&format!(
            "{PROGRAM}child = os.fork()
if child == 0:
    client.close()
    server.send(b'y')
    {end}
server.close()
os.waitpid(child, 0)
client.recv(1)
sys.exit(0 if is_over(client) else 9)"
        )]);

        assert_eq!(recording.ended.wait_statuses, [Some(0)], "{end}");
    }
}

#[test]
fn a_socket_that_goes_with_execve_is_closed_when_the_other_program_runs() {
    let recording = trace(&[&format!(
        "{PROGRAM}input, output = os.pipe(), os.pipe()
child = os.fork()
if child == 0:
    client.close()
    server.send(b'y')
    os.dup2(input[0], 0)
    os.dup2(output[1], 1)
    os.execv('/bin/sh', ['sh', '-c', 'echo runs; read line'])
server.close()
os.close(output[1])
assert os.read(output[0], 5) == b'runs\\n'
client.recv(1)
is_closed = is_over(client)
os.write(input[1], b'\\n')
os.waitpid(child, 0)
sys.exit(0 if is_closed else 9)"
    )]);

    assert_eq!(recording.ended.wait_statuses, [Some(0)]);
}
