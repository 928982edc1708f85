//! The file format of packet analysers: blocks, one after the other ([draft-ietf-opsawg-pcapng][draft]).
//!
//! Functions from values to bytes, appended to a buffer: whoever has a file or a pipe writes them there. Beside packets with
//! comments there are entries of the systemd journal (`systemd-journal` [export format][export]), which Wireshark shows between
//! the packets and other readers pass over.
//!
//! [draft]: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html
//! [export]: https://systemd.io/JOURNAL_EXPORT_FORMATS/

/// The most bytes of an option, whose length is told in 16 bits; a longer text is cut.
pub const OPTION_BYTES_MAX: usize = 65_535;

/// `LINKTYPE_ETHERNET`.
const LINK_ETHERNET: u16 = 1;

/// The types of blocks.
mod block {
    pub(super) const SECTION: u32 = 0x0a0d_0d0a;
    pub(super) const INTERFACE: u32 = 1;
    pub(super) const PACKET: u32 = 6;
    pub(super) const JOURNAL: u32 = 9;
}

/// The numbers of options; those up to 1 are the same in every block.
mod option {
    pub(super) const END: u16 = 0;
    pub(super) const COMMENT: u16 = 1;
    pub(super) const SECTION_SYSTEM: u16 = 3;
    pub(super) const SECTION_APPLICATION: u16 = 4;
    pub(super) const INTERFACE_NAME: u16 = 2;
    pub(super) const INTERFACE_RESOLUTION: u16 = 9;
    pub(super) const PACKET_FLAGS: u16 = 2;
    pub(super) const PACKET_PROCESS: u16 = 8;
}

/// The way of a packet, as its interface sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Arriving.
    In = 1,
    /// Leaving.
    Out = 2,
}

/// A packet and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The number of its interface: how many were announced before that one.
    pub interface: u32,
    /// When, in nanoseconds since 1970.
    pub unix_ns: u64,
    /// How long it was.
    pub length_bytes: u32,
    /// Its bytes from the Ethernet header on, as far as they were kept.
    pub bytes: &'a [u8],
    /// Remarks on it; empty for none.
    pub comment: &'a str,
    /// Its way.
    pub way: Way,
    /// The process and the thread that it belongs to.
    pub process: Option<(u32, u32)>,
}

/// Appends the beginning of a file, which names who made it and on which system.
pub fn section(out: &mut Vec<u8>, application: &str, system: &str) {
    const BYTE_ORDER: u32 = 0x1a2b_3c4d;
    const VERSION: [u16; 2] = [1, 0];
    const LENGTH_UNKNOWN: u64 = u64::MAX;

    block(out, block::SECTION, |out| {
        out.extend(BYTE_ORDER.to_le_bytes());
        out.extend(VERSION.iter().flat_map(|number| number.to_le_bytes()));
        out.extend(LENGTH_UNKNOWN.to_le_bytes());
        option(out, option::SECTION_SYSTEM, text(system));
        option(out, option::SECTION_APPLICATION, text(application));
        option(out, option::END, &[]);
    });
}

/// Appends an interface, whose packets are as on an Ethernet and have times in nanoseconds. `snap_bytes` says how many bytes of a
/// packet are kept; 0 is all.
pub fn interface(out: &mut Vec<u8>, name: &str, snap_bytes: u32) {
    /// Times are counted in units of 10 to the minus ninth seconds.
    const NANOSECONDS: u8 = 9;

    block(out, block::INTERFACE, |out| {
        out.extend(LINK_ETHERNET.to_le_bytes());
        out.extend([0, 0]);
        out.extend(snap_bytes.to_le_bytes());
        option(out, option::INTERFACE_NAME, text(name));
        option(out, option::INTERFACE_RESOLUTION, &[NANOSECONDS]);
        option(out, option::END, &[]);
    });
}

/// Appends a packet.
pub fn packet(out: &mut Vec<u8>, packet: &Packet<'_>) {
    block(out, block::PACKET, |out| {
        let [low, high] = [packet.unix_ns & u64::from(u32::MAX), packet.unix_ns >> 32];
        let kept = u32::try_from(packet.bytes.len()).unwrap_or(u32::MAX);
        out.extend(packet.interface.to_le_bytes());
        // The time is one number, whose upper half comes first.
        out.extend_from_slice(&high.to_le_bytes()[..4]);
        out.extend_from_slice(&low.to_le_bytes()[..4]);
        out.extend(kept.to_le_bytes());
        out.extend(packet.length_bytes.max(kept).to_le_bytes());
        out.extend(packet.bytes);
        pad(out);
        if !packet.comment.is_empty() {
            option(out, option::COMMENT, text(packet.comment));
        }
        option(out, option::PACKET_FLAGS, &(packet.way as u32).to_le_bytes());
        if let Some((process, thread)) = packet.process {
            option(out, option::PACKET_PROCESS, &[process.to_le_bytes(), thread.to_le_bytes()].concat());
        }
        option(out, option::END, &[]);
    });
}

/// Appends an entry of the journal at this time, with these fields. The journal counts in microseconds.
///
/// The names are those of `systemd.journal-fields(7)`, or others in capitals; the values may be any bytes.
pub fn journal(out: &mut Vec<u8>, unix_ns: u64, fields: &[(&str, &[u8])]) {
    block(out, block::JOURNAL, |out| {
        // First, for readers look for it as text.
        out.extend(format!("__REALTIME_TIMESTAMP={}\n", unix_ns / 1000).bytes());
        for (name, value) in fields {
            field(out, name, value);
        }
        pad(out);
    });
}

/// A value that is one line of text stands as such; another one with its length, and so cannot be taken for further fields.
fn field(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    let is_line = str::from_utf8(value).is_ok_and(|text| !text.chars().any(char::is_control));
    out.extend(name.bytes());
    if is_line {
        out.push(b'=');
    } else {
        out.push(b'\n');
        out.extend((value.len() as u64).to_le_bytes());
    }
    out.extend(value);
    out.push(b'\n');
}

/// Appends a block: its type, its length, what `fill` appends, and its length again.
fn block(out: &mut Vec<u8>, of_type: u32, fill: impl FnOnce(&mut Vec<u8>)) {
    let begin = out.len();
    out.extend(of_type.to_le_bytes());
    out.extend([0; 4]);
    fill(out);
    let length = u32::try_from(out.len() - begin + 4).unwrap_or(u32::MAX).to_le_bytes();
    out[begin + 4..begin + 8].copy_from_slice(&length);
    out.extend(length);
}

fn option(out: &mut Vec<u8>, number: u16, value: &[u8]) {
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
    out.extend(number.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(&value[..usize::from(length)]);
    pad(out);
}

/// As much of a text as an option holds, in whole characters.
fn text(text: &str) -> &[u8] {
    &text.as_bytes()[..text.floor_char_boundary(OPTION_BYTES_MAX)]
}

/// Everything before is of whole words of four bytes, so the length of the buffer tells how much is missing.
fn pad(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_says_its_length_at_both_ends_and_fills_words() {
        let mut out = Vec::new();
        section(&mut out, "socklab 0.1.0", "Linux");
        interface(&mut out, "client.py[11]", 2048);
        packet(&mut out, &example());
        journal(&mut out, 1_000, &[("MESSAGE", b"close(3) = 0")]);

        let mut types = Vec::new();
        let mut rest = &out[..];
        while let Some(of_type) = word(rest, 0) {
            let length = word(rest, 4).unwrap() as usize;
            assert_eq!(length % 4, 0);
            assert_eq!(word(rest, length - 4).unwrap() as usize, length);
            types.push(of_type);
            rest = &rest[length..];
        }
        assert_eq!(types, [block::SECTION, block::INTERFACE, block::PACKET, block::JOURNAL]);
    }

    #[test]
    fn a_packet_stands_as_the_draft_lays_it_out() {
        let mut out = Vec::new();
        packet(&mut out, &example());

        let expected = [
            &[6, 0, 0, 0, 72, 0, 0, 0][..],
            &[1, 0, 0, 0, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 3, 0, 0, 0, 60, 0, 0, 0],
            &[7, 8, 9, 0],
            &[1, 0, 5, 0, b'a', 0xe2, 0x86, 0x92, b'b', 0, 0, 0],
            &[2, 0, 4, 0, 2, 0, 0, 0],
            &[8, 0, 8, 0, 11, 0, 0, 0, 12, 0, 0, 0],
            &[0, 0, 0, 0],
            &[72, 0, 0, 0],
        ]
        .concat();
        assert_eq!(out, expected);
    }

    #[test]
    fn a_value_of_the_journal_cannot_be_taken_for_a_field() {
        let entry = |value: &[u8]| {
            let mut out = Vec::new();
            journal(&mut out, 5_000_999, &[("MESSAGE", value)]);
            out[8..out.len() - 4].to_vec()
        };

        assert_eq!(entry("ñ = 1".as_bytes()), "__REALTIME_TIMESTAMP=5000\nMESSAGE=ñ = 1\n\0\0\0".as_bytes());
        let binary = entry(b"x\nPRIORITY=0");
        assert!(binary.starts_with(b"__REALTIME_TIMESTAMP=5000\nMESSAGE\n\x0c\0\0\0\0\0\0\0x\nPRIORITY=0\n"));
        assert!(entry(b"\xff").starts_with(b"__REALTIME_TIMESTAMP=5000\nMESSAGE\n\x01\0\0\0\0\0\0\0\xff\n"));
    }

    #[test]
    fn a_comment_that_is_too_long_is_cut_between_characters() {
        let comment = "ñ".repeat(OPTION_BYTES_MAX);
        let mut out = Vec::new();
        packet(&mut out, &Packet { comment: &comment, ..example() });

        assert_eq!(out[32..36], [1, 0, 0xfe, 0xff]);
    }

    fn example() -> Packet<'static> {
        Packet {
            interface: 1,
            unix_ns: 0x5566_7788_1122_3344,
            length_bytes: 60,
            bytes: &[7, 8, 9],
            comment: "a→b",
            way: Way::Out,
            process: Some((11, 12)),
        }
    }

    fn word(bytes: &[u8], at: usize) -> Option<u32> {
        bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
    }
}
