//! What the capture sees of traffic that the test makes.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use kernel::clock::monotonic_ns;
use kernel::interface;
use scope::model::{Direction, Frame, Note, Observation, Time, What};
use scope::source::packets::{self, Config, Lost};
use scope::source::sink::{self, Reader, Sink};
use wire::packet::{self, Packet};

/// By how much stamps of two clocks may be in the wrong order. Their distance is known to some tens of nanoseconds.
const CLOCKS_NS: u64 = 20_000;

const DATAGRAMS: u32 = 2000;

pub(crate) fn every_datagram_is_seen_leaving_within_its_call_and_arriving_before_it_is_received() {
    let (capture, mut reader) = capture(Config { interface: Some(loopback()), ..Config::default() });

    let mut times = Vec::new();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    for number in 0..DATAGRAMS {
        let begin = monotonic_ns();
        socket.send_to(&number.to_be_bytes(), address).unwrap();
        let end = monotonic_ns();
        socket.recv_from(&mut [0; 4]).unwrap();
        times.push((begin, end, monotonic_ns()));
    }
    assert_eq!(capture.stop(), Lost { packets: 0 });

    let seen = datagrams(&reader.take(), address);
    for (number, (begin, end, received)) in (0..DATAGRAMS).zip(times) {
        let out = seen[&(number, Direction::Out)].0;
        let arrived = seen[&(number, Direction::In)].0;
        assert!(out + CLOCKS_NS >= begin && out <= end + CLOCKS_NS, "{number}: {begin} {out} {end}");
        assert!(arrived + CLOCKS_NS >= out && arrived <= received + CLOCKS_NS, "{number}");
    }
    assert_eq!(seen.len(), 2 * DATAGRAMS as usize);
}

pub(crate) fn a_stream_is_cut_into_segments_as_on_a_wire() {
    let (capture, mut reader) = capture(Config { snap_bytes: 128, ..Config::default() });

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    client.write_all(&vec![7; 30_000]).unwrap();
    drop(client);
    server.read_to_end(&mut Vec::new()).unwrap();
    capture.stop();

    let told = reader.take();
    let leaving: Vec<_> = frames(&told).filter(|(_, frame)| frame.direction == Direction::Out).collect();
    assert!(leaving.iter().all(|(_, frame)| frame.length_bytes <= 1514 && frame.bytes.0.len() <= 128));
    let packets: Vec<_> = leaving.iter().map(|(_, frame)| decoded(frame)).collect();
    let payload: u32 = packets.iter().map(|packet| packet.tcp().unwrap().payload_bytes).sum();
    assert_eq!(payload, 30_000);
    assert_eq!(packets.iter().map(|packet| packet.tcp().unwrap().payload_bytes).max(), Some(1448));
    assert!(packets[0].tcp().unwrap().flags.syn);
}

pub(crate) fn whole_frames_are_kept_when_asked_for() {
    kernel::namespace::loopback_up(65_536).unwrap();
    let config = Config { snap_bytes: 0, retire: Duration::from_millis(1), ..Config::default() };
    let (capture, mut reader) = capture(config);

    let socket = UdpSocket::bind("[::1]:0").unwrap();
    socket.send_to(&vec![7; 60_000], socket.local_addr().unwrap()).unwrap();
    capture.stop();

    let told = reader.take();
    let lengths: Vec<_> = frames(&told).map(|(_, frame)| frame.bytes.0.len()).collect();
    assert_eq!(lengths, [14 + 40 + 8 + 60_000; 2]);
}

pub(crate) fn what_the_ring_cannot_hold_is_counted() {
    // The end that reads is full: the thread waits, and the ring of one block with it.
    let (sink, mut reader) = sink::sink(monotonic_ns());
    fill(&sink);
    let capture = packets::start(Config { blocks: 1, ..Config::default() }, sink).unwrap();

    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for _ in 0..DATAGRAMS {
        socket.send_to(&[7; 1000], socket.local_addr().unwrap()).unwrap();
    }
    let filling = reader.take().len();
    let lost = capture.stop().packets;

    let told = reader.take();
    assert_eq!(filling, sink::WAITING_MAX);
    let noted = told.iter().map(|it| match it.what {
        What::Note(Note::PacketsLost { packets }) => packets,
        _ => 0,
    });
    assert!(lost > 0);
    assert_eq!(noted.sum::<u64>(), lost);
    assert_eq!(frames(&told).count() as u64 + lost, 2 * u64::from(DATAGRAMS));
}

fn capture(config: Config) -> (packets::Packets, Reader) {
    let (sink, reader) = sink::sink(0);
    (packets::start(config, sink).unwrap(), reader)
}

fn loopback() -> u32 {
    interface::all().unwrap().into_iter().find(|interface| interface.name == "lo").unwrap().index
}

fn fill(sink: &Sink) {
    for _ in 0..sink::WAITING_MAX {
        sink.tell(Time(0), scope::model::Certainty::Exact, What::Note(Note::BytesLeftOut {}));
    }
}

/// The times of the datagrams to this address, by the number in them and the way.
fn datagrams(told: &[Observation], to: SocketAddr) -> HashMap<(u32, Direction), Time> {
    let seen = frames(told).filter_map(|(time, frame)| {
        let packet = decoded(frame);
        let payload = frame.bytes.0[packet.payload.clone()].try_into().ok()?;
        (packet.to() == Some(to)).then_some(((u32::from_be_bytes(payload), frame.direction), time))
    });
    seen.collect()
}

pub(crate) fn frames(told: &[Observation]) -> impl Iterator<Item = (Time, &Frame)> {
    told.iter().filter_map(|observation| match &observation.what {
        What::Packet(frame) => Some((observation.time, frame)),
        _ => None,
    })
}

pub(crate) fn decoded(frame: &Frame) -> Packet {
    packet::decode(&frame.bytes.0, frame.length_bytes).unwrap()
}
