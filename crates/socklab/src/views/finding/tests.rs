//! Every finding as it is said, in both languages.

use scope::findings::{
    AddressInUse, Because, BlockedForEver, BusyPolling, DeniedPort, Departure, DescriptorLeak,
    DroppedDatagrams, EndIgnored, Facts, Fate, FullAcceptQueue, Holder, JoinedMessages, MessageTooLong,
    NagleStall, NoRoute, PeerClosed, RefusedConnection, RefusedDatagram, Rule, ShortReceive, ShortSend, Side,
    Silence, TruncatedDatagram, UnreadReset,
};
use scope::findings::{Finding, Severity};
use scope::model::{Address, EventId, Fd, Pid, SocketId, Time};

use super::{severity, told};
use crate::lang::Lang;
use crate::words::Words;

#[test]
fn every_finding_is_said_in_both_languages() {
    let findings = findings();
    for rule in Rule::ALL {
        assert!(findings.iter().any(|facts| facts.rule() == *rule), "{rule} is not shown");
    }
    for lang in [Lang::English, Lang::Spanish] {
        let words = Words::new(lang);
        let said: Vec<String> = findings.iter().map(|facts| said(&words, facts)).collect();

        insta::assert_snapshot!(format!("findings_{lang:?}"), said.join("\n"));
    }
}

#[test]
fn each_severity_has_a_word_of_its_own() {
    for lang in [Lang::English, Lang::Spanish] {
        let words = Words::new(lang);
        let said = [Severity::Advice, Severity::Fragile, Severity::Fault].map(|one| severity(&words, one));

        insta::assert_snapshot!(format!("severities_{lang:?}"), said.join("\n"));
    }
}

fn said(words: &Words, facts: &Facts) -> String {
    let finding = Finding {
        at: Time(0),
        severity: Severity::Fault,
        shown_by: EventId(1),
        evidence: vec![EventId(1)],
        facts: facts.clone(),
    };
    let told = told(words, &finding);
    format!("{}\n  {}\n  {}\n  {}\n", finding.rule(), told.title, told.why, told.what_to_do)
}

fn findings() -> Vec<Facts> {
    [of_datagrams(), of_connections(), of_addresses(), of_streams(), of_ends(), of_programs()].concat()
}

fn of_datagrams() -> Vec<Facts> {
    let refused = RefusedDatagram {
        side: client(),
        to: server_address(),
        connected: false,
        told_by: None,
        refused: 1,
        waits_in: None,
        closed_before: false,
    };
    let told = RefusedDatagram { connected: true, told_by: Some(call("recvfrom")), ..refused.clone() };
    let waits = RefusedDatagram { waits_in: Some((call("recvfrom"), 5000)), ..refused.clone() };
    let gone = RefusedDatagram { closed_before: true, ..refused.clone() };
    let silence = Silence {
        side: client(),
        call: call("recvfrom"),
        to: Some(server_address()),
        waited_ms: 5000,
        still: true,
        fate: Fate::Read { by: server() },
    };
    let gave_up = Silence { still: false, fate: Fate::Unread { by: server() }, ..silence.clone() };
    let lost = Silence { fate: Fate::Unknown, ..silence.clone() };
    let truncated = TruncatedDatagram {
        side: server(),
        call: call("recvfrom"),
        room_bytes: 4,
        datagram_bytes: Some(10),
        truncated: 1,
    };
    let flagged = TruncatedDatagram { datagram_bytes: None, truncated: 7, ..truncated.clone() };
    vec![
        Facts::RefusedDatagram(refused),
        Facts::RefusedDatagram(told),
        Facts::RefusedDatagram(waits),
        Facts::RefusedDatagram(gone),
        Facts::Silence(silence),
        Facts::Silence(gave_up),
        Facts::Silence(lost),
        Facts::TruncatedDatagram(truncated),
        Facts::TruncatedDatagram(flagged),
    ]
}

fn of_connections() -> Vec<Facts> {
    let refused = RefusedConnection {
        side: client(),
        to: server_address(),
        listens_later: None,
        listens_elsewhere: None,
        attempts: 1,
    };
    let later =
        RefusedConnection { listens_later: Some((call("server"), 30)), attempts: 3, ..refused.clone() };
    let elsewhere =
        RefusedConnection { listens_elsewhere: Some((call("server"), other_address())), ..refused.clone() };
    let full = FullAcceptQueue {
        side: server(),
        at: server_address(),
        waiting: Some(2),
        backlog: Some(1),
        clients: 2,
        dropped: 6,
        slowest_ms: 3031,
        connected: 1,
    };
    let barely = FullAcceptQueue { waiting: None, backlog: None, clients: 1, dropped: 1, ..full.clone() };
    vec![
        Facts::RefusedConnection(refused),
        Facts::RefusedConnection(later),
        Facts::RefusedConnection(elsewhere),
        Facts::FullAcceptQueue(full),
        Facts::FullAcceptQueue(barely),
    ]
}

fn of_addresses() -> Vec<Facts> {
    let in_use = AddressInUse {
        side: client(),
        call: call("bind"),
        address: server_address(),
        reuse: false,
        held_by: Holder::Unknown {},
    };
    let held = AddressInUse { held_by: Holder::Socket { side: server() }, ..in_use.clone() };
    let waits = Holder::TimeWait { side: server(), closed_ms: 4000 };
    let time_wait = AddressInUse { held_by: waits, ..in_use.clone() };
    let reused = AddressInUse { reuse: true, ..time_wait.clone() };
    let no_route = NoRoute { side: client(), call: call("connect"), to: other_address(), private: true };
    let outside = NoRoute { private: false, ..no_route.clone() };
    vec![
        Facts::AddressInUse(in_use),
        Facts::AddressInUse(held),
        Facts::AddressInUse(time_wait),
        Facts::AddressInUse(reused),
        Facts::DeniedPort(DeniedPort { side: server(), address: "0.0.0.0:80".parse().unwrap() }),
        Facts::NoRoute(no_route),
        Facts::NoRoute(outside),
    ]
}

fn of_streams() -> Vec<Facts> {
    let short_send = ShortSend {
        side: client(),
        call: call("sendto"),
        offered_bytes: 5_000_000,
        taken_bytes: 2_807_808,
        missing_bytes: 2_192_192,
    };
    let short_receive = ShortReceive {
        side: server(),
        call: call("recvfrom"),
        room_bytes: 10,
        read_bytes: 10,
        arrived_bytes: 19,
        message_bytes: 19,
        peer: client(),
        broke: None,
    };
    let broke = ShortReceive { broke: Some(call("recvfrom")), ..short_receive.clone() };
    let joined = JoinedMessages {
        side: server(),
        call: call("recvfrom"),
        sends: 3,
        received_bytes: 10,
        peer: client(),
        messages: 3,
        answers: 1,
    };
    let stall = NagleStall { side: client(), call: call("sendto"), bytes: 5, stalls: 1, waited_ms: 41 };
    let stalls = NagleStall { stalls: 9, waited_ms: 370, ..stall.clone() };
    vec![
        Facts::ShortSend(short_send),
        Facts::ShortReceive(short_receive),
        Facts::ShortReceive(broke),
        Facts::JoinedMessages(joined.clone()),
        Facts::JoinedMessages(JoinedMessages { answers: 2, ..joined }),
        Facts::NagleStall(stall),
        Facts::NagleStall(stalls),
    ]
}

fn of_ends() -> Vec<Facts> {
    let unread =
        UnreadReset { side: server(), unread_bytes: 8, by_close: true, peer: Some(client()), broke: None };
    let ended = UnreadReset { by_close: false, broke: Some(call("sendto")), ..unread.clone() };
    let closed = PeerClosed {
        side: client(),
        failed: Some((call("sendto"), call("EPIPE"))),
        peer: Some(server()),
        how: Departure::Closed,
        lost_bytes: 4,
    };
    let lost = PeerClosed { failed: None, how: Departure::Ended, ..closed.clone() };
    let killed = PeerClosed { how: Departure::Killed, ..closed.clone() };
    let reset = PeerClosed { how: Departure::Reset, ..closed.clone() };
    vec![
        Facts::UnreadReset(unread),
        Facts::UnreadReset(ended),
        Facts::PeerClosed(closed),
        Facts::PeerClosed(lost),
        Facts::PeerClosed(killed),
        Facts::PeerClosed(reset),
    ]
}

fn of_programs() -> Vec<Facts> {
    let dropped =
        DroppedDatagrams { side: server(), at: Some(server_address()), dropped: 10, buffer_bytes: 2304 };
    let too_long = MessageTooLong { side: client(), call: call("sendto"), offered_bytes: 65_508, refused: 1 };
    let ignored = EndIgnored { side: server(), call: call("recvfrom"), times: 81_234, lasted_ms: 1000 };
    let busy = BusyPolling { side: client(), call: call("recvfrom"), times: 300, lasted_ms: 3 };
    let leak = DescriptorLeak { side: server(), left: 20, ended: 19, failed: None };
    let exhausted = DescriptorLeak { failed: Some(call("accept4")), ..leak.clone() };
    let mut facts = vec![
        Facts::DroppedDatagrams(DroppedDatagrams { dropped: 1, ..dropped.clone() }),
        Facts::DroppedDatagrams(dropped),
        Facts::MessageTooLong(too_long),
        Facts::EndIgnored(ignored),
        Facts::BusyPolling(busy),
        Facts::DescriptorLeak(leak),
        Facts::DescriptorLeak(exhausted),
    ];
    facts.extend(of_waits());
    facts
}

fn of_waits() -> Vec<Facts> {
    let becauses = [
        (Because::BothReceive {}, "recvfrom", "recvfrom"),
        (Because::BothSend {}, "sendto", "sendto"),
        (Because::Serves { other: None, accepted: true }, "recvfrom", "recvfrom"),
        (Because::Serves { other: None, accepted: false }, "recvfrom", "recvfrom"),
        (Because::Accepts {}, "recvfrom", "accept4"),
    ];
    let blocked = |(because, own, their): (Because, &str, &str)| BlockedForEver {
        side: client(),
        call: call(own),
        waited_ms: 5000,
        for_whom: server(),
        their_call: call(their),
        because,
    };
    becauses.into_iter().map(|because| Facts::BlockedForEver(blocked(because))).collect()
}

fn call(name: &str) -> String {
    name.to_owned()
}

fn client() -> Side {
    Side { program: "client".to_owned(), pid: Pid(200), fd: Fd(3), socket: SocketId(2) }
}

fn server() -> Side {
    Side { program: "server".to_owned(), pid: Pid(100), fd: Fd(4), socket: SocketId(1) }
}

fn server_address() -> Address {
    "127.0.0.1:3500".parse().unwrap()
}

fn other_address() -> Address {
    "192.0.2.1:3500".parse().unwrap()
}
