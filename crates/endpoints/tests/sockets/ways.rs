//! The ways to send a text and an image: which hold, which break, and when.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use endpoints::events::{Detail, EventReader, events};
use endpoints::listen::{ListenAddress, StartError};
use endpoints::ways::{
    CONNECTIONS_MAX, Cause, Delimiter, Digest, Event, Fault, ITEM_BYTES_MAX, ITEMS_MAX, Item, Kind, Name,
    Outcome, Payload, Report, SendConfig, SendEvent, Summary, TAUGHT_BYTES, Verdict, Way, WaysConfig,
    WaysError, WaysServer, send,
};
use kernel::wake::Wake;

use crate::support::pattern;

#[test]
fn a_text_and_a_file_hold_in_every_way_but_one() {
    for way in every_way() {
        let receiver = Serving::start(&way);

        let outcome = receiver.send(vec![text("hola"), image(b"image".to_vec())]);

        let expected = if way == Way::Close { broken(Cause::NoBoundary) } else { Verdict::Held };
        assert_eq!(outcome.verdict, expected, "{}", way.name());
        assert_eq!(outcome.sent_items, 2);
        assert_eq!(outcome.arrived_items, Some(if way == Way::Close { 1 } else { 2 }));
    }
}

#[test]
fn what_each_way_can_say_of_an_item_is_what_the_receiver_knows() {
    let (text_kind, file_kind) = (Some(Kind::Text), Some(Kind::File));
    for (way, kinds, named) in [
        (Way::Delimiter(Delimiter::default()), [None, None], false),
        (Way::Length, [None, None], false),
        (Way::Tlv, [text_kind, file_kind], true),
        (Way::TwoConnections, [text_kind, file_kind], false),
    ] {
        let receiver = Serving::start(&way);

        receiver.send(vec![text("hola"), image(b"image".to_vec())]);

        let mut items = [receiver.item(), receiver.item()];
        // Which of two connections is done first is not given.
        items.sort_by_key(|item| item.bytes);
        assert_eq!(items.clone().map(|item| item.kind), kinds, "{}", way.name());
        assert_eq!(items.map(|item| item.name.is_some()), [false, named], "{}", way.name());
    }
}

#[test]
fn items_of_every_kind_hold_where_lengths_or_connections_keep_them_apart() {
    let every_byte: Vec<u8> = (0..=u8::MAX).collect();
    let pairs = [
        (text(""), image(b"x".to_vec())),
        (text("hola"), image(Vec::new())),
        (text("dos\nlíneas\r\n\n--FIN--\n ñ 🙂"), image(every_byte)),
        (text("hola"), image(b"antes\n--FIN--\ndespu\xe9s".to_vec())),
        (text("T\0\0\0\u{1}a"), image(pattern(3_000_000))),
    ];
    for way in [Way::Length, Way::Tlv, Way::TwoConnections] {
        let receiver = Serving::start(&way);
        for (text, image) in &pairs {
            let outcome = receiver.send(vec![text.clone(), image.clone()]);
            assert_eq!(outcome.verdict, Verdict::Held, "{} {:?}", way.name(), text);
        }
    }
}

#[test]
fn a_delimiter_holds_until_an_item_contains_it() {
    let way = Way::Delimiter(Delimiter::default());
    let receiver = Serving::start(&way);
    for (text_sent, image_sent) in [
        (text(""), image(Vec::new())),
        (text("dos\nlíneas\n"), image(b"--FIN--".to_vec())),
        (text("hola"), image(pattern(3_000_000))),
    ] {
        let outcome = receiver.send(vec![text_sent, image_sent]);
        assert_eq!(outcome.verdict, Verdict::Held);
    }

    let outcome = receiver.send(vec![text("hola"), image(b"antes\n--FIN--\ndespues".to_vec())]);

    assert_eq!(outcome.verdict, broken(Cause::DelimiterInside { item: 2, at_byte: 5 }));
    assert_eq!((outcome.sent_items, outcome.arrived_items), (2, Some(3)));
    let outcome = receiver.send(vec![text("a\n--FIN--\nb"), image(b"x".to_vec())]);
    assert_eq!(outcome.verdict, broken(Cause::DelimiterInside { item: 1, at_byte: 1 }));
}

#[test]
fn only_the_end_is_marked_by_closing_so_one_item_holds_and_two_run_together() {
    let receiver = Serving::start(&Way::Close);

    assert_eq!(receiver.send(vec![image(pattern(3_000_000))]).verdict, Verdict::Held);
    assert_eq!(receiver.send(vec![text("")]).verdict, Verdict::Held);
    let outcome = receiver.send(vec![text(""), image(b"x".to_vec())]);
    assert_eq!(outcome.verdict, broken(Cause::NoBoundary));

    // Each of two connections is such a stream.
    let receiver = Serving::start(&Way::TwoConnections);
    let outcome = receiver.send(vec![text("a"), text("b"), image(b"x".to_vec())]);
    assert_eq!(outcome.verdict, broken(Cause::NoBoundary));
    assert_eq!((outcome.sent_items, outcome.arrived_items), (3, Some(2)));
}

#[test]
fn two_clients_of_one_host_at_once_get_their_two_connections_mixed() {
    let receiver = Serving::start(&Way::TwoConnections);
    let connect = || {
        let stream = TcpStream::connect(receiver.address).unwrap();
        receiver.event(|event| matches!(event, Event::Connected { .. }).then_some(()));
        stream
    };

    // Each client sends its text first, and the second client comes in between.
    let (ana_text, bea_text, ana_image, bea_image) = (connect(), connect(), connect(), connect());

    let reports =
        [(ana_text, "ana"), (ana_image, "ana's image"), (bea_text, "bea"), (bea_image, "bea's image")]
            .map(|(stream, bytes)| finish(stream, bytes.as_bytes()).unwrap());
    let [ana_text, ana_image, bea_text, bea_image] = reports;
    assert_ne!(ana_text.pair, ana_image.pair);
    assert_eq!(ana_text.pair, bea_text.pair, "the two texts are taken for a text and a file");
    assert_eq!(ana_image.pair, bea_image.pair);
    assert_eq!(bea_text.items[0].kind, Some(Kind::File));
    assert_eq!(ana_image.items[0].kind, Some(Kind::Text));
}

#[test]
fn a_sender_whose_connections_were_mixed_is_told_so() {
    let receiver = Serving::start(&Way::TwoConnections);
    let somebody = TcpStream::connect(receiver.address).unwrap();
    receiver.event(|event| matches!(event, Event::Connected { .. }).then_some(()));

    let outcome = receiver.send(vec![text("hola"), image(b"image".to_vec())]);

    assert_eq!(outcome.verdict, broken(Cause::Mixed));
    assert_eq!((outcome.sent_items, outcome.arrived_items), (2, Some(2)));
    drop(somebody);
}

#[test]
fn many_clients_at_once_hold_where_one_connection_carries_all() {
    for way in [Way::Delimiter(Delimiter::default()), Way::Length, Way::Tlv] {
        let receiver = Serving::start(&way);
        let verdicts: Vec<Verdict> = thread::scope(|scope| {
            let client = |number: usize| {
                let payloads = vec![text(&format!("client {number}")), image(pattern(100_000 + number))];
                let config = receiver.config(payloads);
                scope.spawn(move || run(&config).verdict)
            };
            let clients: Vec<_> = (0..16).map(client).collect();
            clients.into_iter().map(|client| client.join().unwrap()).collect()
        });

        assert_eq!(verdicts, vec![Verdict::Held; 16], "{}", way.name());
        assert_eq!(receiver.stop().items, 32);
    }
}

#[test]
fn a_sender_that_dies_in_the_middle_is_seen_unless_only_the_end_is_marked() {
    for way in every_way() {
        let receiver = Serving::start(&way);
        let mut wire = Vec::new();
        way.encode(&text("hola"), &mut wire);
        way.encode(&image(pattern(5000)), &mut wire);
        let mut stream = TcpStream::connect(receiver.address).unwrap();

        // The kernel closes the sockets of a process that is killed: the receiver sees a FIN.
        stream.write_all(&wire[..700]).unwrap();
        let report = finish(stream, b"").unwrap();

        let expected = match way {
            Way::Close | Way::TwoConnections => (vec![700], None),
            _ => (vec![4], Some(Fault::Cut)),
        };
        let sizes: Vec<u64> = report.items.iter().map(|item| item.bytes).collect();
        assert_eq!((sizes, report.fault), expected, "{}", way.name());
    }
}

#[test]
fn a_sender_that_resets_is_seen_in_every_way_and_the_next_one_is_served() {
    for way in every_way() {
        let receiver = Serving::start(&way);
        let mut stream = TcpStream::connect(receiver.address).unwrap();
        kernel::socket::set_abortive_close(&stream).unwrap();
        stream.write_all(&[0]).unwrap();
        drop(stream);

        let (items, fault) = receiver.closed();

        assert_eq!((items, fault), (0, Some(Fault::Reset)), "{}", way.name());
        if way == Way::TwoConnections {
            // Half a pair is left of it; the next connection completes that one.
            finish(TcpStream::connect(receiver.address).unwrap(), b"").unwrap();
        }
        let outcome = receiver.send(vec![text("hola"), image(b"image".to_vec())]);
        assert_eq!(outcome.verdict == Verdict::Held, way != Way::Close, "{}", way.name());
    }
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_of_it_is_dropped() {
    let too_long = u32::try_from(ITEM_BYTES_MAX + 1).unwrap().to_be_bytes();
    let zero = [0; 4];
    for (way, bytes, fault) in [
        (Way::Length, [too_long.to_vec(), vec![7; 1 << 20]].concat(), Fault::TooLong),
        (Way::Length, zero.repeat(ITEMS_MAX + 1), Fault::TooMany),
        (Way::Length, vec![0, 0, 0], Fault::Cut),
        (Way::Tlv, b"N\0\0\0\x09../passwdF\0\0\0\0".to_vec(), Fault::Name),
        (Way::Tlv, b"T\0\0\0\x05hola".to_vec(), Fault::Cut),
        (Way::Delimiter(Delimiter::default()), b"hola".to_vec(), Fault::Cut),
    ] {
        let receiver = Serving::start(&way);

        let report = finish(TcpStream::connect(receiver.address).unwrap(), &bytes).unwrap();

        assert_eq!(report.fault, Some(fault), "{}", way.name());
        assert_eq!(receiver.send(vec![text("hola")]).verdict, Verdict::Held, "{}", way.name());
        assert_eq!(receiver.stop().faults, 1);
    }
}

#[test]
fn a_receiver_of_another_way_breaks_what_is_sent() {
    let receiver = Serving::start(&Way::Length);
    let config = receiver.config(vec![text("hola"), image(b"image".to_vec())]);

    let outcome = run(&SendConfig { way: Way::Tlv, ..config });

    assert_eq!(outcome.verdict, broken(Cause::Fault { fault: Fault::TooLong }));
}

#[test]
fn as_taught_items_that_come_apart_are_two_and_items_that_come_together_are_one() {
    for way in [Way::Delimiter(Delimiter::default()), Way::Length, Way::Tlv, Way::Close] {
        let receiver = Serving::start_taught(&way);
        let (mut hola, mut image_bytes) = (Vec::new(), Vec::new());
        way.encode(&text("hola"), &mut hola);
        way.encode(&image(b"image".to_vec()), &mut image_bytes);

        let mut apart = TcpStream::connect(receiver.address).unwrap();
        apart.write_all(&hola).unwrap();
        // What sleep() between two sends is for.
        receiver.item();
        let apart = finish(apart, &image_bytes).unwrap();
        let together = finish(TcpStream::connect(receiver.address).unwrap(), &[hola, image_bytes].concat());

        assert_eq!(sizes(&apart), [4, 5], "{}", way.name());
        let joined = if way == Way::Close { 9 } else { 4 };
        assert_eq!(sizes(&together.unwrap()), [joined], "{}", way.name());
    }
}

#[test]
fn as_taught_nothing_beyond_the_second_call_is_taken() {
    let receiver = Serving::start_taught(&Way::Close);

    let outcome = receiver.send(vec![image(pattern(3_000_000))]);

    assert_eq!(outcome.verdict, broken(Cause::OneRecv));
    assert_eq!(outcome.recv_bytes, Some(TAUGHT_BYTES as u64));
    assert_eq!(outcome.arrived_items, Some(2));
    assert_eq!(receiver.closed(), (2, Some(Fault::Unread)));
}

#[test]
fn a_receiver_that_says_nothing_of_ours_leaves_it_unconfirmed() {
    for answer in ["", "OK\n", "socklab ways 1\nitem text 4", &"é".repeat(50_000)] {
        let answer = answer.as_bytes().to_vec();
        let address = listen(move |mut stream| {
            stream.read_to_end(&mut Vec::new()).unwrap();
            // It may have been read no further than a report can be long.
            let _ = stream.write_all(&answer);
        });

        let outcome = run(&config_of(&Way::Tlv, address, vec![text("hola")]));

        assert_eq!((outcome.verdict, outcome.arrived_items), (Verdict::Unconfirmed, None));
    }
}

#[test]
fn a_receiver_that_does_not_end_is_silent_and_one_that_breaks_off_resets() {
    let mute = listen(|mut stream| {
        stream.read_to_end(&mut Vec::new()).unwrap();
        // It keeps the connection for longer than the sender waits.
        std::mem::forget(stream);
    });
    let config = config_of(&Way::Length, mute, vec![text("hola")]);
    let outcome = run(&SendConfig { timeout: Duration::from_millis(50), ..config });
    assert_eq!(outcome.verdict, Verdict::Silent);

    let rude = listen(|stream| kernel::socket::set_abortive_close(&stream).unwrap());
    let outcome = run(&config_of(&Way::Length, rude, vec![image(pattern(20_000_000))]));
    assert!(matches!(outcome.verdict, Verdict::Reset { .. }), "{:?}", outcome.verdict);
}

#[test]
fn a_port_without_a_listener_refuses_and_the_next_address_is_tried() {
    let receiver = Serving::start(&Way::Tlv);
    let taken = kernel::socket::open(kernel::socket::Transport::Tcp, receiver.address).unwrap();
    kernel::socket::bind(&taken, ([127, 0, 0, 1], 0).into()).unwrap();
    let deaf = kernel::socket::local_address(&taken).unwrap();

    let refused = run(&config_of(&Way::Tlv, deaf, vec![text("hola")]));
    let mut both = config_of(&Way::Tlv, deaf, vec![text("hola")]);
    both.peers.push(receiver.address);

    assert!(matches!(refused.verdict, Verdict::Refused { .. }), "{:?}", refused.verdict);
    assert_eq!((refused.peer, refused.sent_items), (None, 0));
    let outcome = run(&both);
    assert_eq!((outcome.verdict, outcome.peer), (Verdict::Held, Some(receiver.address)));
    let nobody = SendConfig { peers: Vec::new(), ..both };
    let error = send(&nobody, &Wake::new().unwrap(), &mut |_| ()).unwrap_err();
    assert!(matches!(error, WaysError::NoAddress));
}

#[test]
fn a_sender_that_is_told_to_stop_stops() {
    let receiver = Serving::start(&Way::Tlv);
    let stop = Wake::new().unwrap();
    stop.wake();

    let config = receiver.config(vec![text("hola"), text("adiós")]);
    let config = SendConfig { between: Some(Duration::from_secs(3600)), ..config };

    assert_eq!(send(&config, &stop, &mut |_| ()).unwrap().verdict, Verdict::Interrupted);
}

#[test]
fn what_was_sent_and_what_arrived_is_told_with_its_hash() {
    let receiver = Serving::start(&Way::Tlv);
    let payloads = vec![text("hola"), image(b"image".to_vec())];
    let mut told = Vec::new();

    send(&receiver.config(payloads.clone()), &Wake::new().unwrap(), &mut |event| match event {
        SendEvent::Sent { number, wire_bytes, item, .. } => told.push((*number, *wire_bytes, item.sha256)),
        SendEvent::Arrived { number, item, .. } => told.push((*number, 0, item.sha256)),
        SendEvent::Connected { .. } | SendEvent::Verdict(_) => {}
    })
    .unwrap();

    let (hola, image) = (Digest::of(b"hola"), Digest::of(b"image"));
    // Behind five bytes of type and length; the file behind its name, too.
    let name_bytes = 5 + "foto.png".len();
    assert_eq!(told, [(1, 9, hola), (2, name_bytes + 10, image), (1, 0, hola), (2, 0, image)]);
    assert_eq!(receiver.item(), payloads[0].item());
    assert_eq!(receiver.item(), payloads[1].item());
}

#[test]
fn as_many_connections_are_open_as_the_limit_and_one_more_is_reset() {
    let receiver = Serving::start(&Way::Tlv);
    let mut open = Vec::new();
    for _ in 0..CONNECTIONS_MAX {
        open.push(TcpStream::connect(receiver.address).unwrap());
        receiver.event(|event| matches!(event, Event::Connected { .. }).then_some(()));
    }

    let outcome = receiver.send(vec![text("hola")]);

    assert!(matches!(outcome.verdict, Verdict::Reset { .. }), "{:?}", outcome.verdict);
    let refused = |event: &Event| match event {
        Event::Refused { connections_max, .. } => Some(*connections_max),
        _ => None,
    };
    assert_eq!(receiver.event(refused), CONNECTIONS_MAX);
    finish(open.pop().unwrap(), b"").unwrap();
    receiver.closed();
    assert_eq!(receiver.send(vec![text("hola")]).verdict, Verdict::Held);
}

#[test]
fn told_to_stop_it_ends_what_is_open_and_sums_up() {
    let receiver = Serving::start(&Way::Tlv);
    receiver.send(vec![text("hola"), image(b"image".to_vec())]);
    let mut open = TcpStream::connect(receiver.address).unwrap();
    receiver.event(|event| matches!(event, Event::Connected { connection: 2, .. }).then_some(()));

    let summary = receiver.stop();

    assert_eq!(summary, Summary { connections: 2, items: 2, bytes: 32, faults: 1, refused: 0 });
    let mut report = String::new();
    open.read_to_string(&mut report).unwrap();
    assert_eq!(report.parse::<Report>().unwrap().fault, Some(Fault::Stopped));
}

#[test]
fn a_port_that_somebody_has_cannot_be_had() {
    let receiver = Serving::start(&Way::Tlv);
    let addresses = ListenAddress::localhost(receiver.address.port());

    let config = WaysConfig { way: Way::Tlv, addresses, as_taught: false };
    let error = WaysServer::bind(config, events(Detail::Quiet).0).unwrap_err();

    assert!(matches!(error, StartError::Socket { call: "bind", .. }), "{error}");
}

/// A receiver in this process; it ends with the test.
struct Serving {
    way: Way,
    address: SocketAddr,
    stop: Arc<Wake>,
    events: EventReader<Event>,
    running: Option<JoinHandle<Summary>>,
}

impl Serving {
    fn start(way: &Way) -> Self {
        Self::of(WaysConfig { way: way.clone(), addresses: ListenAddress::localhost(0), as_taught: false })
    }

    fn start_taught(way: &Way) -> Self {
        Self::of(WaysConfig { way: way.clone(), addresses: ListenAddress::localhost(0), as_taught: true })
    }

    fn of(config: WaysConfig) -> Self {
        let way = config.way.clone();
        let (sink, events) = events(Detail::Peers);
        let server = WaysServer::bind(config, sink).unwrap();
        let address = server.addresses().find(SocketAddr::is_ipv4).unwrap();
        let stop = Arc::new(Wake::new().unwrap());
        let running = {
            let stop = Arc::clone(&stop);
            thread::spawn(move || server.run(&stop))
        };
        Self { way, address, stop, events, running: Some(running) }
    }

    fn config(&self, payloads: Vec<Payload>) -> SendConfig {
        config_of(&self.way, self.address, payloads)
    }

    fn send(&self, payloads: Vec<Payload>) -> Outcome {
        run(&self.config(payloads))
    }

    /// Waits for an event that `wanted` makes something of; those before it are dropped.
    fn event<T>(&self, mut wanted: impl FnMut(&Event) -> Option<T>) -> T {
        loop {
            let event = self.events.wait().unwrap().event;
            assert!(!matches!(event, Event::Summary(_)), "it has ended");
            if let Some(found) = wanted(&event) {
                return found;
            }
        }
    }

    fn item(&self) -> Item {
        self.event(|event| match event {
            Event::Item { item, .. } => Some(item.clone()),
            _ => None,
        })
    }

    fn closed(&self) -> (usize, Option<Fault>) {
        self.event(|event| match event {
            Event::Closed { items, fault, .. } => Some((*items, *fault)),
            _ => None,
        })
    }

    fn stop(mut self) -> Summary {
        self.stop.wake();
        self.running.take().unwrap().join().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stop.wake();
        if let Some(running) = self.running.take() {
            let _ = running.join();
        }
    }
}

fn every_way() -> [Way; 5] {
    [Way::Delimiter(Delimiter::default()), Way::Length, Way::Tlv, Way::TwoConnections, Way::Close]
}

fn text(text: &str) -> Payload {
    Payload::text(text)
}

fn image(bytes: Vec<u8>) -> Payload {
    Payload::file(Name::new("foto.png"), bytes)
}

fn broken(cause: Cause) -> Verdict {
    Verdict::Broken { cause }
}

fn sizes(report: &Report) -> Vec<u64> {
    report.items.iter().map(|item| item.bytes).collect()
}

fn config_of(way: &Way, address: SocketAddr, payloads: Vec<Payload>) -> SendConfig {
    let timeout = Duration::from_secs(60);
    SendConfig { way: way.clone(), peers: vec![address], payloads, timeout, between: None }
}

fn run(config: &SendConfig) -> Outcome {
    send(config, &Wake::new().unwrap(), &mut |_| ()).unwrap()
}

/// Sends the last bytes of a connection, ends the stream, and reads the report.
fn finish(mut stream: TcpStream, bytes: &[u8]) -> Result<Report, ()> {
    stream.write_all(bytes).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut report = String::new();
    stream.read_to_string(&mut report).unwrap();
    report.parse()
}

/// Serves one connection as told.
fn listen(conduct: impl FnOnce(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || conduct(listener.accept().unwrap().0));
    address
}
