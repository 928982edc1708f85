//! Looks at the sockets of this process and of a child, on loopback and on ports that the kernel chooses.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping, in its helpers too")]

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use kernel::poll::{self, Interest};
use kernel::socket_state::cookie;
use rustix::net::{AddressFamily, SocketType, socket};
use scope::model::{Fd, Note, Pid, Protocol, SocketId, SocketState, Time, What};
use scope::source::Eye;
use scope::source::sink::{Reader, sink};
use wire::errno;
use wire::tcp_state::TcpState;

#[test]
fn a_socket_is_identified_by_its_cookie_and_what_is_none_is_not() {
    let mut watch = Watch::new();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let file = File::open("/dev/null").unwrap();

    assert_eq!(watch.eye.identify(own_pid(), fd(&udp)), Some(id(&udp)));
    assert_eq!(watch.eye.identify(own_pid(), fd(&file)), None);
    assert_eq!(watch.eye.identify(own_pid(), Fd(i32::MAX)), None);
    assert_eq!(watch.told(), []);
}

#[test]
fn a_connection_that_waits_is_seen_at_the_connect_that_made_it() {
    let mut watch = Watch::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    watch.look(&listener);

    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    wait_readable(&listener);
    let told = watch.look(&client);

    assert_eq!(
        told.iter().map(|it| it.state).collect::<Vec<_>>(),
        [Some(TcpState::Established), Some(TcpState::Established), Some(TcpState::Listen)]
    );
    assert_eq!(told[0].holder, Some((own_pid(), fd(&client))));
    assert_eq!((told[1].holder, &told[1].local), (None, &told[0].peer));
    assert_eq!((told[2].socket, told[2].recv_queue), (id(&listener), 1));

    let (server, _) = listener.accept().unwrap();
    let accepted = watch.look(&server);
    assert_eq!(accepted[0].socket, told[1].socket);
    assert_eq!(accepted[0].holder, Some((own_pid(), fd(&server))));
    assert_eq!((accepted[1].socket, accepted[1].recv_queue), (id(&listener), 0));
}

#[test]
fn bytes_that_were_sent_wait_at_the_peer_and_only_changes_are_told() {
    let mut watch = Watch::new();
    let (mut client, server) = connection();
    watch.look(&client);
    watch.look(&server);

    client.write_all(b"unodostres").unwrap();
    wait_readable(&server);
    let told = watch.look(&client);

    let at_server = told.iter().find(|it| it.socket == id(&server)).unwrap();
    assert_eq!(at_server.recv_queue, 10);
    assert_eq!(watch.look(&client), []);
}

#[test]
fn a_connection_that_its_program_closed_is_looked_at_once_more() {
    let mut watch = Watch::new();
    let (client, server) = connection();
    watch.look(&server);
    watch.look(&client);
    let (closed, number) = (id(&client), fd(&client));

    drop(client);
    wait_readable(&server);
    watch.eye.after_close(own_pid(), number, Time(3));

    let told = watch.told();
    assert_eq!((told[0].socket, told[0].holder), (closed, None));
    assert!(matches!(told[0].state, Some(TcpState::FinWait1 | TcpState::FinWait2)), "{told:?}");
    assert_eq!((told[1].socket, told[1].state), (id(&server), Some(TcpState::CloseWait)));
    assert_eq!(told[1].recv_queue, 0);
}

#[test]
fn a_datagram_is_seen_where_it_was_sent_to_and_its_size_is_that_of_the_first() {
    let mut watch = Watch::new();
    let [from, to] = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
    let address = to.local_addr().unwrap();
    watch.look(&to);

    from.send_to(b"uno", address).unwrap();
    from.send_to(b"cuatro", address).unwrap();
    wait_readable(&to);
    watch.eye.after_sending_to(address, Time(2));

    let told = watch.told();
    assert_eq!((told[0].socket, told[0].recv_queue, told[0].protocol), (id(&to), 3, Protocol::Udp));
    assert_eq!((told[0].state, told[0].peer.as_ref()), (None, None));
}

#[test]
fn a_look_takes_neither_the_data_nor_the_pending_error() {
    let mut watch = Watch::new();
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    let closed = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    client.connect(closed).unwrap();
    client.send(b"hola").unwrap();
    wait_readable(&client);

    watch.look(&client);

    let error = client.recv(&mut [0; 8]).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(errno::ECONNREFUSED));
}

#[test]
fn who_holds_a_socket_is_told_as_long_as_it_does() {
    let mut watch = Watch::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let copy = listener.try_clone().unwrap();
    watch.look(&listener);

    assert_eq!(watch.look(&copy), [], "the same socket, and held by the first number still");
    watch.eye.closed(own_pid(), fd(&listener));

    assert_eq!(watch.look(&copy)[0].holder, Some((own_pid(), fd(&copy))));
}

#[test]
fn sockets_of_other_families_have_addresses_and_queues() {
    let mut watch = Watch::new();
    let (mut here, there) = UnixStream::pair().unwrap();
    let netlink = socket(AddressFamily::NETLINK, SocketType::RAW, None).unwrap();

    here.write_all(b"hola").unwrap();
    let unix = watch.look(&there).remove(0);
    let other = watch.look(&netlink).remove(0);

    assert_eq!((unix.protocol, unix.recv_queue, unix.state), (Protocol::Unix, 4, None));
    assert_eq!(unix.local.unwrap().to_string(), "unix:");
    assert_eq!((other.protocol, other.local.unwrap().to_string()), (Protocol::Other, "family 16".to_owned()));
}

#[test]
fn a_socket_of_another_process_is_looked_at() {
    let program = "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(('127.0.0.1', 0))\n\
        print(s.fileno(), s.getsockname()[1], flush=True)\nimport sys\nsys.stdin.read()";
    let mut python = Command::new("python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(python.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let (number, port) = line.trim().split_once(' ').unwrap();
    let (pid, number) = (Pid(python.id()), Fd(number.parse().unwrap()));
    let mut watch = Watch::new();

    let socket = watch.eye.identify(pid, number);
    watch.eye.after_call(pid, number, Time(1));
    let told = watch.told();
    drop(python.stdin.take());
    python.wait().unwrap();

    assert_eq!((Some(told[0].socket), told[0].holder), (socket, Some((pid, number))));
    assert_eq!(told[0].local.as_ref().unwrap().to_string(), format!("127.0.0.1:{port}"));
}

#[test]
fn where_descriptors_are_refused_that_is_told_once() {
    if kernel::process::effective_user() == 0 {
        println!("skipped: root is refused nothing");
        return;
    }
    let mut watch = Watch::new();
    let init = Pid(1);

    watch.eye.after_call(init, Fd(0), Time(1));
    assert_eq!(watch.eye.identify(init, Fd(0)), None);

    let notes: Vec<_> = watch.reader.take().into_iter().map(|it| it.what).collect();
    let [What::Note(Note::SourceFailed { source, operation, errno })] = &notes[..] else {
        panic!("one note expected: {notes:?}");
    };
    assert_eq!((&source[..], &operation[..], *errno), ("sockets", "pidfd_getfd", errno::EPERM));
}

#[test]
fn a_copy_that_is_kept_goes_before_the_socket_is_closed() {
    let mut watch = Watch::new();
    watch.eye.set_keeps_copies(true);
    let (mut client, mut server) = connection();
    watch.look(&client);

    client.write_all(b"uno").unwrap();
    let told = watch.look(&client);
    assert_eq!(told.iter().map(|it| it.recv_queue).max(), Some(3));

    let number = fd(&client);
    watch.eye.closes(own_pid(), number);
    watch.look(&server);
    drop(client);
    watch.eye.after_close(own_pid(), number, Time(9));

    // The end is there when it has been read: a busy kernel may deliver it later.
    server.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    assert_eq!(server.read_to_end(&mut Vec::new()).unwrap(), 3);
    let told = watch.look(&server).into_iter().rfind(|it| it.socket == id(&server));
    assert_eq!(told.and_then(|it| it.state), Some(TcpState::CloseWait));
}

struct Watch {
    eye: Eye,
    reader: Reader,
    looks: u64,
}

impl Watch {
    fn new() -> Self {
        let (sink, reader) = sink(0);
        Self { eye: Eye::new(sink), reader, looks: 0 }
    }

    /// Looks as after a call with this descriptor, and returns what is told.
    fn look(&mut self, socket: &impl AsRawFd) -> Vec<SocketState> {
        self.looks += 1;
        self.eye.after_call(own_pid(), fd(socket), Time(self.looks));
        self.told()
    }

    fn told(&mut self) -> Vec<SocketState> {
        let socket = |what| match what {
            What::Socket(state) => Some(state),
            _ => None,
        };
        self.reader.take().into_iter().filter_map(|it| socket(it.what)).collect()
    }
}

fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (client, listener.accept().unwrap().0)
}

fn wait_readable(socket: &impl AsFd) {
    poll::wait(socket.as_fd(), Interest::READ, None).unwrap();
}

fn own_pid() -> Pid {
    Pid(kernel::process::own_id())
}

fn fd(socket: &impl AsRawFd) -> Fd {
    Fd(socket.as_raw_fd())
}

fn id(socket: &impl AsFd) -> SocketId {
    SocketId(cookie(socket).unwrap())
}
