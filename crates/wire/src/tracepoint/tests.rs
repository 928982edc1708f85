use proptest::prelude::*;

use super::*;

#[test]
fn a_dropped_packet_is_read_where_the_file_says() {
    let format = Format::parse(KFREE_SKB).unwrap();
    let record = record(40, &[(32, &0x0800_u16.to_ne_bytes()), (36, &3_u32.to_ne_bytes())]);

    assert_eq!(format.id, 1652);
    assert_eq!(format.number(&record, "protocol"), Some(0x0800));
    assert_eq!(format.name(&record, "reason").as_deref(), Some("NO_SOCKET"));
}

#[test]
fn a_reason_without_a_name_is_its_number() {
    let format = Format::parse(KFREE_SKB).unwrap();
    let record = record(40, &[(36, &77_u32.to_ne_bytes())]);

    assert_eq!(format.name(&record, "reason").as_deref(), Some("77"));
}

#[test]
fn the_addresses_of_a_socket_are_those_of_its_family() {
    let format = Format::parse(SET_STATE).unwrap();
    let ports: [(usize, &[u8]); 2] = [(24, &3500_u16.to_ne_bytes()), (26, &50000_u16.to_ne_bytes())];
    let v4 =
        record(72, &[&ports[..], &[(28, &[2, 0]), (32, &[127, 0, 0, 1]), (36, &[127, 0, 0, 2])]].concat());
    let loopback = Ipv6Addr::LOCALHOST.octets();
    let v6 = record(72, &[&ports[..], &[(28, &[10, 0]), (40, &loopback), (56, &loopback)]].concat());

    assert_eq!(format.address(&v4, 's'), "127.0.0.1:3500".parse().ok());
    assert_eq!(format.address(&v4, 'd'), "127.0.0.2:50000".parse().ok());
    assert_eq!(format.address(&v6, 's'), "[::1]:3500".parse().ok());
    assert_eq!(format.address(&v6, 'd'), "[::1]:50000".parse().ok());
}

#[test]
fn an_address_may_be_a_whole_structure() {
    let format = Format::parse(SEND_RESET).unwrap();
    let v4 = [&[2, 0, 0x0d, 0xac, 127, 0, 0, 1][..], &[0; 20]].concat();
    let record = record(92, &[(32, &v4)]);

    assert_eq!(format.address(&record, 's'), "127.0.0.1:3500".parse().ok());
    assert_eq!(format.address(&record, 'd'), None);
}

#[test]
fn a_record_that_is_cut_has_no_such_field() {
    let format = Format::parse(KFREE_SKB).unwrap();

    assert_eq!(format.number(&[0; 39], "reason"), None);
    assert_eq!(format.number(&[0; 40], "no_such"), None);
}

#[test]
fn a_file_without_a_number_is_none() {
    assert_eq!(Format::parse("name: kfree_skb\nformat:\n"), None);
}

proptest! {
    #[test]
    fn no_file_and_no_record_makes_it_panic(text in any::<String>(), at in 0..1400_usize, record in any::<Vec<u8>>()) {
        let mut broken = SET_STATE.to_owned();
        broken.insert_str(at.min(broken.len()), &text);
        for format in [Format::parse(&text), Format::parse(&broken)].into_iter().flatten() {
            let _ = (format.name(&record, "oldstate"), format.address(&record, 's'));
        }
    }
}

/// Makes a record of zeros with these bytes in it.
fn record(length: usize, parts: &[(usize, &[u8])]) -> Vec<u8> {
    let mut record = vec![0; length];
    for (offset, bytes) in parts {
        record[*offset..offset + bytes.len()].copy_from_slice(bytes);
    }
    record
}

/// As Linux has it since 6.9, with three of its reasons.
const KFREE_SKB: &str = r#"name: kfree_skb
ID: 1652
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:void * skbaddr;	offset:8;	size:8;	signed:0;
	field:void * location;	offset:16;	size:8;	signed:0;
	field:void * rx_sk;	offset:24;	size:8;	signed:0;
	field:unsigned short protocol;	offset:32;	size:2;	signed:0;
	field:enum skb_drop_reason reason;	offset:36;	size:4;	signed:0;

print fmt: "skbaddr=%p rx_sk=%p protocol=%u location=%pS reason: %s", REC->skbaddr, REC->rx_sk, REC->protocol, REC->location, __print_symbolic(REC->reason, { 2, "NOT_SPECIFIED" }, { 3, "NO_SOCKET" }, { 0x6, "SOCKET_RCVBUFF" })
"#;

const SET_STATE: &str = r#"name: inet_sock_set_state
ID: 1630
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;

	field:const void * skaddr;	offset:8;	size:8;	signed:0;
	field:int oldstate;	offset:16;	size:4;	signed:1;
	field:int newstate;	offset:20;	size:4;	signed:1;
	field:__u16 sport;	offset:24;	size:2;	signed:0;
	field:__u16 dport;	offset:26;	size:2;	signed:0;
	field:__u16 family;	offset:28;	size:2;	signed:0;
	field:__u16 protocol;	offset:30;	size:2;	signed:0;
	field:__u8 saddr[4];	offset:32;	size:4;	signed:0;
	field:__u8 daddr[4];	offset:36;	size:4;	signed:0;
	field:__u8 saddr_v6[16];	offset:40;	size:16;	signed:0;
	field:__u8 daddr_v6[16];	offset:56;	size:16;	signed:0;

print fmt: "family=%s", __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" })
"#;

const SEND_RESET: &str = "ID: 1625\n\
    \tfield:__u8 saddr[sizeof(struct sockaddr_in6)];\toffset:32;\tsize:28;\tsigned:0;\n\
    \tfield:__u8 daddr[sizeof(struct sockaddr_in6)];\toffset:60;\tsize:28;\tsigned:0;\n";
