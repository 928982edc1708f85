//! What a record of each tracepoint means.

use std::net::SocketAddr;

use wire::tcp_state::TcpState;
use wire::tracepoint::Format;

use crate::model::KernelEvent;

/// The tracepoints that are listened to, by the directories of tracefs. Those that a kernel does not have are left out.
pub(super) const TRACEPOINTS: [&str; 8] = [
    DROPPED,
    STATE,
    "sock/sock_rcvqueue_full",
    "tcp/tcp_receive_reset",
    "tcp/tcp_retransmit_skb",
    "tcp/tcp_retransmit_synack",
    "tcp/tcp_send_reset",
    "udp/udp_fail_queue_rcv_skb",
];

const DROPPED: &str = "skb/kfree_skb";
const STATE: &str = "sock/inet_sock_set_state";

/// `ETH_P_IP` and `ETH_P_IPV6`: what is dropped of other protocols is no packet of the Internet, or none at all.
const INTERNET: [u64; 2] = [0x0800, 0x86dd];

/// `IPPROTO_TCP`.
const TCP: u64 = 6;

/// `TCP_NEW_SYN_RECV`: how the kernel keeps a half-open connection.
const NEW_SYN_RECV: u64 = 12;

/// An event, and the addresses that it names.
#[derive(Debug, PartialEq)]
pub(super) struct Event {
    pub(super) what: KernelEvent,
    pub(super) addresses: [Option<SocketAddr>; 2],
}

/// Reads a record of a tracepoint; `None` of one that is not about the Internet, or lacks what it needs.
pub(super) fn read(tracepoint: &str, format: &Format, record: &[u8]) -> Option<Event> {
    let addresses = [format.address(record, 's'), format.address(record, 'd')];
    let what = match tracepoint {
        DROPPED => dropped(format, record)?,
        STATE => state(format, record, addresses)?,
        _ => KernelEvent::Other {
            name: tracepoint.replace('/', ":"),
            local: addresses[0].map(Into::into),
            peer: addresses[1].map(Into::into),
        },
    };
    Some(Event { what, addresses })
}

fn dropped(format: &Format, record: &[u8]) -> Option<KernelEvent> {
    let protocol = format.number(record, "protocol").filter(|protocol| INTERNET.contains(protocol))?;
    let reason = format.name(record, "reason")?;
    Some(KernelEvent::Dropped { reason, protocol: u16::try_from(protocol).ok()? })
}

fn state(format: &Format, record: &[u8], addresses: [Option<SocketAddr>; 2]) -> Option<KernelEvent> {
    if format.number(record, "protocol")? != TCP {
        return None;
    }
    let state = |field| match format.number(record, field)? {
        NEW_SYN_RECV => Some(TcpState::SynReceived),
        number => Some(TcpState::from_number(u8::try_from(number).ok()?)),
    };
    let [local, peer] = addresses;
    Some(KernelEvent::State {
        from: state("oldstate")?,
        to: state("newstate")?,
        local: local?.into(),
        peer: peer?.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESSES: &str = "\tfield:__u16 sport;\toffset:24;\tsize:2;\tsigned:0;
\tfield:__u16 dport;\toffset:26;\tsize:2;\tsigned:0;
\tfield:__u16 family;\toffset:28;\tsize:2;\tsigned:0;
\tfield:__u16 protocol;\toffset:30;\tsize:2;\tsigned:0;
\tfield:__u8 saddr[4];\toffset:32;\tsize:4;\tsigned:0;
\tfield:__u8 daddr[4];\toffset:36;\tsize:4;\tsigned:0;
\tfield:int oldstate;\toffset:16;\tsize:4;\tsigned:1;
\tfield:int newstate;\toffset:20;\tsize:4;\tsigned:1;
";

    #[test]
    fn a_connection_that_is_made_goes_from_state_to_state() {
        let event = read(STATE, &format(ADDRESSES), &record(TCP)).unwrap();

        let expected = KernelEvent::State {
            from: TcpState::SynReceived,
            to: TcpState::Established,
            local: "127.0.0.1:3500".parse().unwrap(),
            peer: "127.0.0.2:50000".parse().unwrap(),
        };
        assert_eq!(event.what, expected);
        assert_eq!(
            event.addresses,
            [expected_address("127.0.0.1:3500"), expected_address("127.0.0.2:50000")]
        );
        assert_eq!(read(STATE, &format(ADDRESSES), &record(132)), None);
    }

    #[test]
    fn other_tracepoints_keep_their_name_and_the_addresses_they_have() {
        let sent = read("tcp/tcp_send_reset", &format(ADDRESSES), &record(TCP)).unwrap();
        let full = read("sock/sock_rcvqueue_full", &format(""), &[0; 20]).unwrap();

        let name = "tcp:tcp_send_reset".to_owned();
        let (local, peer) = ("127.0.0.1:3500".parse().ok(), "127.0.0.2:50000".parse().ok());
        assert_eq!(sent.what, KernelEvent::Other { name, local, peer });
        assert_eq!(full.addresses, [None, None]);
    }

    #[test]
    fn what_is_dropped_and_was_no_packet_is_left_out() {
        let format = format(
            "\tfield:unsigned short protocol;\toffset:8;\tsize:2;\tsigned:0;
\tfield:int reason;\toffset:12;\tsize:4;\tsigned:0;
print fmt: \"%s\", __print_symbolic(REC->reason, { 3, \"NO_SOCKET\" })",
        );
        let record =
            |protocol: u16| [&[0; 8][..], &protocol.to_ne_bytes(), &[0; 2], &3_u32.to_ne_bytes()].concat();

        let dropped = read(DROPPED, &format, &record(0x0800)).unwrap();

        assert_eq!(dropped.what, KernelEvent::Dropped { reason: "NO_SOCKET".to_owned(), protocol: 0x0800 });
        assert_eq!(read(DROPPED, &format, &record(0)), None);
    }

    fn format(fields: &str) -> Format {
        Format::parse(&format!("name: x\nID: 7\nformat:\n{fields}")).unwrap()
    }

    fn record(protocol: u64) -> Vec<u8> {
        let words = [NEW_SYN_RECV, 1].map(|state| u32::try_from(state).unwrap().to_ne_bytes());
        let shorts = [3500, 50000, 2, u16::try_from(protocol).unwrap()].map(u16::to_ne_bytes);
        let addresses = [127, 0, 0, 1, 127, 0, 0, 2];
        [&[0; 16][..], words.as_flattened(), shorts.as_flattened(), &addresses].concat()
    }

    fn expected_address(text: &str) -> Option<SocketAddr> {
        text.parse().ok()
    }
}
