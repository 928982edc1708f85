//! The events of `socklab chat`.

use endpoints::ask::{Refusal, Stage, Verdict};
use endpoints::chat::{End, Ending, Event, LeftReason, Line, Outcome, Party};
use endpoints::echo::RefusalRule;
use endpoints::errno::Errno;
use endpoints::transport::Transport;
use wire::errno::{EADDRNOTAVAIL, ECONNREFUSED, ECONNRESET, EMFILE, ENETUNREACH};

use super::{T, address};
use crate::json;

pub(super) fn events() -> Vec<String> {
    let (peer, local) = (address("127.0.0.1:40000"), address("127.0.0.1:3500"));
    let (tcp, udp) = (Transport::Tcp, Transport::Udp);
    let by_kernel = || Verdict::Refused { by: Refusal::Kernel { errno: Errno(ECONNREFUSED) } };
    let left = |reason| Event::Left { peer: 1, address: peer, reason };
    let refused = |transport, rule| Event::Refused { transport, peer, rule };
    let heard = |line, ending, continued, lost_bytes, relayed| Event::Heard {
        peer: 1,
        address: peer,
        line: Line(line),
        ending,
        continued,
        lost_bytes,
        relayed,
    };
    let events = [
        Event::Listening { transport: tcp, local },
        Event::AddressSkipped { transport: udp, local: address("[::1]:3500"), errno: Errno(EADDRNOTAVAIL) },
        Event::Connected { transport: tcp, local: peer, peer: local },
        Event::NextAddress { failed: local, verdict: by_kernel(), next: address("[::1]:3500") },
        Event::Came { peer: 1, address: peer },
        left(LeftReason::Ended),
        left(LeftReason::Reset { errno: Errno(ECONNRESET) }),
        left(LeftReason::Idle),
        left(LeftReason::TooSlow),
        left(LeftReason::Unreachable),
        left(LeftReason::HungUp),
        Event::Said { line: Line("¿qué tal?".as_bytes()), peers: 2 },
        Event::Unheard,
        Event::NotSent { address: peer, bytes: 11, errno: Errno(ENETUNREACH) },
        Event::TooLong { bytes_max: 65_507 },
        Event::NothingSent,
        heard(b"hola", Ending::Lf, false, 0, 2),
        heard(b"\xff\xfe", Ending::None, false, 7, 0),
        heard(b"a long li", Ending::Continues, false, 0, 1),
        heard(b"ne", Ending::CrLf, true, 0, 0),
        Event::Flooded { peer: 1, address: peer, datagrams: 120 },
        Event::Stray { address: address("127.0.0.1:9"), bytes: 5 },
        refused(tcp, RefusalRule::ConnectionsMax { max: 64 }),
        refused(udp, RefusalRule::NotAllowed),
        Event::Unreachable { address: local, verdict: by_icmp() },
        Event::Turn { of: Party::Here },
        Event::Turn { of: Party::Peer },
        Event::Joined { lines: 2 },
        Event::Cut { bytes: 1024, waiting_bytes: 76 },
        Event::AcceptStalled { errno: Errno(EMFILE) },
        summary(End::Quit),
        summary(End::PeerLeft),
        summary(End::InputEnded),
        summary(End::Stopped),
        summary(End::Network(Verdict::Silent { waiting_for: Stage::Reply })),
    ];
    events.iter().inspect(|event| assert_listed(event)).map(|event| json::line(T, event)).collect()
}

/// Does not compile for a new event until that is listed here, and so asked for above.
fn assert_listed(event: &Event<'_>) {
    match event {
        Event::Listening { .. }
        | Event::AddressSkipped { .. }
        | Event::Connected { .. }
        | Event::NextAddress { .. }
        | Event::Came { .. }
        | Event::Left { .. }
        | Event::Said { .. }
        | Event::Unheard
        | Event::NotSent { .. }
        | Event::TooLong { .. }
        | Event::NothingSent
        | Event::Heard { .. }
        | Event::Flooded { .. }
        | Event::Stray { .. }
        | Event::Refused { .. }
        | Event::Unreachable { .. }
        | Event::Turn { .. }
        | Event::Joined { .. }
        | Event::Cut { .. }
        | Event::AcceptStalled { .. } => {}
        Event::Summary(outcome) => match outcome.end {
            End::Quit | End::PeerLeft | End::InputEnded | End::Stopped | End::Network(_) => {}
        },
    }
}

fn by_icmp() -> Verdict {
    let by = Refusal::Icmp {
        offender: Some(address("127.0.0.1:0").ip()),
        kind: 3,
        code: 3,
        name: "port unreachable",
        errno: Errno(ECONNREFUSED),
        quoted_bytes: 5,
        destination: Some(address("127.0.0.1:3500")),
    };
    Verdict::Refused { by }
}

fn summary(end: End) -> Event<'static> {
    Event::Summary(Outcome { transport: Transport::Udp, end, peers: 1, said: 3, heard: 2, not_sent: 0 })
}
