//! A server in this process, and what its tests look at.

use std::collections::VecDeque;
use std::net::SocketAddr;

use endpoints::echo::{EchoConfig, EchoServer, Engine, Event, Running, Summary};
use endpoints::events::{Detail, EventReader, events};
use endpoints::listen::ListenAddress;
use endpoints::transport::Transport;

/// A server on ports that the kernel chose; it ends with the test.
pub(crate) struct Server {
    running: Option<Running>,
    reader: EventReader<Event>,
    addresses: Vec<(Transport, SocketAddr)>,
    seen: VecDeque<Event>,
}

impl Server {
    /// Starts a server on loopback, with the port left to the kernel.
    pub(crate) fn start(change: impl FnOnce(&mut EchoConfig)) -> Self {
        let mut config =
            EchoConfig { addresses: ListenAddress::localhost(0), detail: Detail::Peers, ..EchoConfig::new() };
        change(&mut config);
        let (sink, reader) = events(config.detail);
        let server = EchoServer::bind(config, sink).unwrap();
        let addresses = server.addresses().collect();
        let running = Some(server.start().unwrap());
        Self { running, reader, addresses, seen: VecDeque::new() }
    }

    /// Its IPv4 address for a transport.
    pub(crate) fn address(&self, transport: Transport) -> SocketAddr {
        let ours = |(spoken, address): &&(Transport, SocketAddr)| *spoken == transport && address.is_ipv4();
        self.addresses.iter().find(ours).unwrap().1
    }

    /// Waits for an event that `wanted` makes something of; the others are kept for later.
    pub(crate) fn event<T>(&mut self, mut wanted: impl FnMut(&Event) -> Option<T>) -> T {
        if let Some(index) = self.seen.iter().position(|event| wanted(event).is_some()) {
            let event = self.seen.remove(index).unwrap();
            return wanted(&event).unwrap();
        }
        loop {
            let event = self.reader.wait().expect("the server goes on").event;
            if let Some(found) = wanted(&event) {
                return found;
            }
            assert!(!matches!(event, Event::Summary(_)), "the server ended");
            self.seen.push_back(event);
        }
    }

    /// Tells it to stop, without waiting for the end.
    pub(crate) fn ask_to_stop(&self) {
        self.running.as_ref().unwrap().control().stop();
    }

    /// Tells it to read its rules again.
    pub(crate) fn reload(&self) {
        self.running.as_ref().unwrap().control().reload_access();
    }

    /// Stops it, and gives its counts.
    pub(crate) fn stop(mut self) -> Summary {
        self.ask_to_stop();
        self.running.take().unwrap().wait().unwrap()
    }

    /// How its workers serve.
    pub(crate) fn engine(&self) -> Engine {
        self.running.as_ref().unwrap().control().engine()
    }

    /// Its counts so far.
    pub(crate) fn summary(&self) -> Summary {
        self.running.as_ref().unwrap().control().summary()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.control().stop();
            let _ = running.wait();
        }
    }
}

/// Bytes that differ from place to place, so that a shift shows.
pub(crate) fn pattern(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|place| u8::try_from((place * 31 + place / 251) % 256).unwrap()).collect()
}
