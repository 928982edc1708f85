//! A relay between a client and a server that does to datagrams what networks do.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::interval;

/// Where a datagram goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum To {
    Server,
    Client,
}

/// What the relay shall do with a datagram: send these, now or after so many others.
pub(crate) type Plan = Vec<(u32, Vec<u8>)>;

/// A relay for one client.
pub(crate) struct Relay {
    /// Where the client finds it.
    pub(crate) address: SocketAddr,
    /// How the server sees the client.
    pub(crate) back: Arc<UdpSocket>,
    /// Everything that came for the server.
    pub(crate) record: Arc<Mutex<Vec<Vec<u8>>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Relay {
    /// Starts a relay; `plan` decides about each datagram.
    pub(crate) async fn start(
        server: SocketAddr,
        plan: impl FnMut(To, &[u8]) -> Plan + Send + 'static,
    ) -> Self {
        let front = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let back = Arc::new(UdpSocket::bind("127.0.0.1:0").await.unwrap());
        back.connect(server).await.unwrap();
        let address = front.local_addr().unwrap();
        let record = Arc::new(Mutex::new(Vec::new()));
        let work = Work {
            front,
            back: Arc::clone(&back),
            client: None,
            record: Arc::clone(&record),
            held: Vec::new(),
        };
        let task = tokio::spawn(work.run(plan));
        Self { address, back, record, task }
    }

    /// Loses, doubles and delays, by chance.
    pub(crate) async fn bad(server: SocketAddr, seed: u64, lost: u64, doubled: u64, late: u64) -> Self {
        let mut state = seed;
        let mut percent = move |chance| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % 100 < chance
        };
        Self::start(server, move |_, datagram| {
            let copies = if percent(lost) { 0 } else { 1 + usize::from(percent(doubled)) };
            (0..copies).map(|_| (if percent(late) { 5 } else { 0 }, datagram.to_vec())).collect()
        })
        .await
    }

    /// Stops: from now on nothing comes through.
    pub(crate) fn cut(&self) {
        self.task.abort();
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Work {
    front: UdpSocket,
    back: Arc<UdpSocket>,
    client: Option<SocketAddr>,
    record: Arc<Mutex<Vec<Vec<u8>>>>,
    /// What waits, and for how many others.
    held: Vec<(u32, To, Vec<u8>)>,
}

impl Work {
    async fn run(mut self, mut plan: impl FnMut(To, &[u8]) -> Plan) {
        let (mut one, mut other) = ([0; 2_000], [0; 2_000]);
        // What waits for others goes in any case after a while.
        let mut ticks = interval(Duration::from_millis(5));
        loop {
            tokio::select! {
                Ok((count, from)) = self.front.recv_from(&mut one) => {
                    self.client = Some(from);
                    self.record.lock().unwrap().push(one[..count].to_vec());
                    self.pass(To::Server, plan(To::Server, &one[..count])).await;
                }
                Ok(count) = self.back.recv(&mut other) => {
                    self.pass(To::Client, plan(To::Client, &other[..count])).await;
                }
                _ = ticks.tick() => self.release(u32::MAX).await,
            }
        }
    }

    async fn pass(&mut self, to: To, plan: Plan) {
        for (after, datagram) in plan {
            match after {
                0 => self.forward(to, &datagram).await,
                after => self.held.push((after, to, datagram)),
            }
        }
        self.release(1).await;
    }

    /// Counts down what waits, and sends what has waited enough.
    async fn release(&mut self, count: u32) {
        for (left, to, datagram) in std::mem::take(&mut self.held) {
            match left.saturating_sub(count) {
                0 => self.forward(to, &datagram).await,
                left => self.held.push((left, to, datagram)),
            }
        }
    }

    async fn forward(&self, to: To, datagram: &[u8]) {
        // What cannot be sent is lost: that is what this is for.
        match (to, self.client) {
            (To::Server, _) => drop(self.back.send(datagram).await),
            (To::Client, Some(client)) => drop(self.front.send_to(datagram, client).await),
            (To::Client, None) => {}
        }
    }
}
