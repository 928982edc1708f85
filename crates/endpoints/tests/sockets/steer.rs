//! Sockets of its own for each worker: what others see of that.

use std::io;
use std::net::SocketAddr;

use endpoints::echo::{EchoConfig, EchoServer, Steer};
use endpoints::events::{Detail, events};
use endpoints::listen::{ListenAddress, StartError};
use endpoints::transport::Transport;
use kernel::{affinity, socket};

#[test]
fn nobody_comes_between_the_sockets_of_the_workers() {
    for addresses in
        [ListenAddress::localhost(0), ListenAddress::any(0), ListenAddress::localhost(0)[..1].to_vec()]
    {
        let server = server(addresses, Steer::Auto).unwrap();

        for (transport, address) in server.addresses() {
            assert!(server.is_steered() || affinity::allowed().unwrap().len() == 1, "{address}");
            for reuse in [[false, false], [true, false], [false, true], [true, true]] {
                let joined = intrude(transport, address, reuse).map_err(|error| error.kind());
                assert_eq!(joined, Err(io::ErrorKind::AddrInUse), "{transport} {address} {reuse:?}");
            }
        }
    }
}

#[test]
fn a_second_server_is_told_that_the_port_is_taken() {
    for steer in [Steer::Auto, Steer::Off] {
        let first = server(ListenAddress::localhost(0), steer).unwrap();
        let (_, address) = first.addresses().next().unwrap();

        let second = server(ListenAddress::localhost(address.port()), Steer::Auto);

        let Err(StartError::Socket { source, .. }) = second else { panic!("{second:?}") };
        assert_eq!(source.kind(), io::ErrorKind::AddrInUse);
    }
}

#[test]
fn a_server_does_not_join_the_group_of_another_program() {
    let theirs = socket::open(socket::Transport::Tcp, "127.0.0.1:0".parse().unwrap()).unwrap();
    socket::set_reuse_port(&theirs, true).unwrap();
    socket::bind(&theirs, "127.0.0.1:0".parse().unwrap()).unwrap();
    socket::listen(&theirs, 1).unwrap();
    let port = socket::local_address(&theirs).unwrap().port();

    let ours = server(ListenAddress::localhost(port), Steer::Auto);

    assert!(ours.is_err(), "{ours:?}");
}

fn server(addresses: Vec<ListenAddress>, steer: Steer) -> Result<EchoServer, StartError> {
    let config = EchoConfig { addresses, steer, ..EchoConfig::new() };
    let (sink, _) = events(Detail::Quiet);
    EchoServer::bind(config, sink)
}

/// Tries to have the same address, with `SO_REUSEADDR` and `SO_REUSEPORT` or without.
fn intrude(
    transport: Transport,
    address: SocketAddr,
    [reuse_address, reuse_port]: [bool; 2],
) -> io::Result<()> {
    let intruder = socket::open(transport.into(), address)?;
    socket::set_reuse_address(&intruder, reuse_address)?;
    socket::set_reuse_port(&intruder, reuse_port)?;
    socket::bind(&intruder, address)?;
    if transport == Transport::Tcp { socket::listen(&intruder, 1) } else { Ok(()) }
}
