//! Runs of datagrams that are given to the kernel as one message, which it takes apart (`UDP_SEGMENT` in `udp(7)`).

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

use super::{Control, Joined, Outgoing, PAYLOAD_BYTES_MAX, pieces};
use crate::control;

/// How many datagrams a message has at the most; more is `EINVAL` (`UDP_MAX_SEGMENTS` of Linux up to 6.8; 128 since).
const SEGMENTS_MAX: usize = 64;

/// Datagrams to one peer, from one address, all of the first one's length but for the last, which may be shorter.
#[derive(Debug)]
pub(super) struct Run {
    peer: Option<SocketAddr>,
    source: Option<IpAddr>,
    segment_bytes: usize,
    bytes: usize,
    datagrams: usize,
    /// The pieces of its payload.
    vectors: Range<usize>,
}

/// How long the datagrams of a run may be here: 0 is that there are no runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segmentation {
    bytes_max: usize,
}

impl Segmentation {
    pub(super) const NEVER: Self = Self { bytes_max: 0 };
    pub(super) const ANY: Self = Self { bytes_max: PAYLOAD_BYTES_MAX };

    /// Takes datagrams apart into what one message can take: as many as may be, or each by itself.
    pub(super) fn parts(self, joined: Joined<'_>) -> impl Iterator<Item = Joined<'_>> {
        let Joined { datagrams: Outgoing { payload, peer, source }, segment_bytes } = joined;
        let segment = segment_bytes.unwrap_or(payload.len());
        let at_once = if segment <= self.bytes_max {
            (PAYLOAD_BYTES_MAX / segment.max(1)).min(SEGMENTS_MAX)
        } else {
            1
        };
        pieces(payload, segment * at_once.max(1)).map(move |payload| {
            let segment_bytes = (payload.len() > segment).then_some(segment);
            Joined { datagrams: Outgoing { payload, peer, source }, segment_bytes }
        })
    }

    /// Notes that the kernel did not take a run of datagrams of this length, if that is what the error may mean; says whether it may.
    ///
    /// `EIO`: the interface cannot compute checksums, or there is `IPsec`; `EINVAL`, `EMSGSIZE`: a datagram is longer than the path's
    /// MTU, so that it would have to be fragmented, or the socket sends no checksums.
    pub(super) fn yields_to(&mut self, error: &io::Error, segment_bytes: usize) -> bool {
        if segment_bytes == 0 {
            return false;
        }
        match error.raw_os_error() {
            Some(libc::EIO) => self.bytes_max = 0,
            Some(libc::EINVAL | libc::EMSGSIZE) => self.bytes_max = segment_bytes - 1,
            _ => return false,
        }
        true
    }
}

impl Run {
    /// Begins with datagrams whose payload will be the next vector.
    pub(super) fn begin(joined: &Joined<'_>, vectors: usize) -> Self {
        let bytes = joined.datagrams.payload.len();
        let segment_bytes = joined.segment_bytes.unwrap_or(bytes);
        Self {
            peer: joined.datagrams.peer,
            source: joined.datagrams.source,
            segment_bytes,
            bytes,
            datagrams: bytes.div_ceil(segment_bytes.max(1)).max(1),
            vectors: vectors..vectors + 1,
        }
    }

    /// Whether more datagrams can follow those that are there.
    pub(super) fn takes(&self, joined: &Joined<'_>, segmentation: Segmentation) -> bool {
        let bytes = joined.datagrams.payload.len();
        // A datagram that is shorter than the others was the last one.
        let is_open = self.bytes == self.segment_bytes * self.datagrams;
        is_open
            && joined.segment_bytes.map_or(bytes <= self.segment_bytes, |each| each == self.segment_bytes)
            && bytes > 0
            && self.segment_bytes <= segmentation.bytes_max
            && self.datagrams + bytes.div_ceil(self.segment_bytes.max(1)) <= SEGMENTS_MAX
            && self.bytes + bytes <= PAYLOAD_BYTES_MAX
            && (self.peer, self.source) == (joined.datagrams.peer, joined.datagrams.source)
    }

    /// Adds datagrams: to the last vector, if they lie behind that in memory.
    pub(super) fn add(&mut self, joined: &Joined<'_>, vectors: &mut Vec<libc::iovec>) {
        let payload = joined.datagrams.payload;
        self.bytes += payload.len();
        self.datagrams += payload.len().div_ceil(self.segment_bytes);
        let start = payload.as_ptr().cast_mut().cast::<libc::c_void>();
        match vectors.last_mut() {
            Some(last) if last.iov_base.wrapping_byte_add(last.iov_len) == start => {
                last.iov_len += payload.len();
            }
            _ => {
                vectors.push(libc::iovec { iov_base: start, iov_len: payload.len() });
                self.vectors.end += 1;
            }
        }
    }

    /// Says in the control data how long the datagrams are, if there are several.
    pub(super) fn write_segment(&self, (control, control_bytes): &mut (Control, usize)) {
        if self.datagrams > 1
            && let Ok(bytes) = u16::try_from(self.segment_bytes)
        {
            *control_bytes += control::write_segment(&mut control.bytes[*control_bytes..], bytes);
        }
    }

    pub(super) fn datagrams(&self) -> usize {
        self.datagrams
    }

    /// The pieces of its payload.
    pub(super) fn vectors(&self) -> Range<usize> {
        self.vectors.clone()
    }

    /// How long its datagrams are; 0 if there is one only.
    pub(super) fn segment_bytes(&self) -> usize {
        if self.datagrams > 1 { self.segment_bytes } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;
    use std::os::fd::{AsFd, AsRawFd};

    use super::super::{BATCH_MAX, Receiver, Sender};
    use super::*;
    use crate::socket;

    #[test]
    fn a_run_is_one_message_and_arrives_as_its_datagrams() {
        let (from, to) = pair();
        let bytes = pattern(100 * 3 + 7);
        let payloads: Vec<&[u8]> = bytes.chunks(100).collect();

        let mut sender = Sender::segmenting();
        let sent = sender.send(&from, outgoing(&to, &payloads)).unwrap();

        assert_eq!((sent, sender.headers.len(), sender.vectors.len()), (4, 1, 1));
        assert_eq!(received(&to), payloads);
    }

    #[test]
    fn what_came_as_one_is_its_datagrams_the_shorter_tail_too() {
        let (from, to) = pair();
        socket::coalesce_datagrams(to.as_fd()).unwrap();
        let bytes = pattern(64 * 63 + 1);
        let payloads: Vec<&[u8]> = bytes.chunks(64).collect();

        Sender::segmenting().send(&from, outgoing(&to, &payloads)).unwrap();
        let mut receiver = Receiver::new(BATCH_MAX, 65_535);
        let taken = receiver.receive(&to).unwrap();

        let whole = receiver.get(0).unwrap();
        assert_eq!((taken, whole.segment_bytes), (1, Some(64)));
        assert_eq!(whole.datagrams().collect::<Vec<_>>(), payloads);
    }

    #[test]
    fn what_stands_one_behind_the_other_is_as_few_messages_as_can_be() {
        let bytes = pattern(PAYLOAD_BYTES_MAX);
        for (length, segment_bytes, messages) in [
            (100 * 3 + 7, 100, 1),
            (5 * 65, 5, 2),
            (5 * 128 + 1, 5, 3),
            (30_000 * 2, 30_000, 1),
            (7, 7, 1),
            (0, 7, 1),
        ] {
            let (from, to) = pair();
            let payload = &bytes[..length];
            let datagrams = Outgoing { payload, peer: Some(to.local_addr().unwrap()), source: None };
            let joined = Joined { datagrams, segment_bytes: Some(segment_bytes) };
            let payloads: Vec<_> = pieces(payload, segment_bytes).collect();

            for (mut sender, messages) in [(Sender::segmenting(), messages), (Sender::new(), payloads.len())]
            {
                let mut left = &payloads[..];
                let mut laid_out = 0;
                while !left.is_empty() {
                    let payload = &payload[(payloads.len() - left.len()) * segment_bytes..];
                    let datagrams = Outgoing { payload, ..datagrams };
                    let sent = sender.send(&from, std::iter::once(Joined { datagrams, ..joined })).unwrap();
                    laid_out += sender.headers.len();
                    assert_eq!(received(&to), &left[..sent], "{length} {segment_bytes}");
                    left = &left[sent..];
                }
                assert_eq!(laid_out, messages, "{length} {segment_bytes}");
            }
        }
    }

    #[test]
    fn a_run_ends_where_the_length_the_peer_or_the_room_does() {
        let (from, to) = pair();
        let (_, other) = pair();
        let bytes = pattern(PAYLOAD_BYTES_MAX);
        let lengths: [&[usize]; 6] = [&[5, 6], &[6, 5, 5], &[0, 0], &[5, 0], &[40_000, 40_000], &[5; 65]];

        for (lengths, messages) in lengths.into_iter().zip([2, 2, 2, 2, 2, 2]) {
            let payloads: Vec<&[u8]> = lengths.iter().map(|length| &bytes[..*length]).collect();
            let mut sender = Sender::segmenting();
            let sent = sender.send(&from, outgoing(&to, &payloads)).unwrap();
            assert_eq!((sent, sender.headers.len()), (payloads.len(), messages), "{lengths:?}");
            assert_eq!(received(&to), payloads);
        }
        let two = outgoing(&to, &[b"x"]).chain(outgoing(&other, &[b"x"])).collect::<Vec<_>>();
        let mut sender = Sender::segmenting();
        assert_eq!(sender.send(&from, two.into_iter()).unwrap(), 2);
        assert_eq!(sender.headers.len(), 2);
    }

    #[test]
    fn what_the_kernel_does_not_take_as_one_goes_one_by_one() {
        let (from, to) = pair();
        send_no_checksums(&from);
        let bytes = pattern(400);
        let payloads: Vec<&[u8]> = bytes.chunks(100).collect();
        let mut sender = Sender::segmenting();

        assert_eq!(sender.send(&from, outgoing(&to, &payloads)).unwrap(), 4);

        assert_eq!(sender.headers.len(), 4);
        assert_eq!(received(&to), payloads);
        // Shorter ones may pass where those did not, and are tried.
        assert_eq!(sender.segmentation, Segmentation { bytes_max: 99 });
    }

    #[test]
    fn only_what_segmentation_can_cause_ends_it() {
        let error = io::Error::from_raw_os_error;
        for (errno, segment_bytes, yields, bytes_max) in [
            (libc::EIO, 100, true, 0),
            (libc::EINVAL, 100, true, 99),
            (libc::EMSGSIZE, 100, true, 99),
            (libc::EMSGSIZE, 0, false, PAYLOAD_BYTES_MAX),
            (libc::EAGAIN, 100, false, PAYLOAD_BYTES_MAX),
            (libc::ECONNREFUSED, 100, false, PAYLOAD_BYTES_MAX),
        ] {
            let mut segmentation = Segmentation::ANY;
            assert_eq!(segmentation.yields_to(&error(errno), segment_bytes), yields, "{errno}");
            assert_eq!(segmentation, Segmentation { bytes_max }, "{errno}");
        }
    }

    /// With `SO_NO_CHECK`, the kernel refuses to take messages apart (`EINVAL`).
    fn send_no_checksums(socket: &UdpSocket) {
        let on: libc::c_int = 1;
        // SAFETY: the option's value is an `int`; the pointer and the size describe `on`, which lives through the call.
        let result = unsafe {
            libc::setsockopt(
                socket.as_raw_fd(),
                libc::SOL_SOCKET,
                libc::SO_NO_CHECK,
                (&raw const on).cast(),
                4,
            )
        };
        assert_eq!(result, 0);
    }

    fn pair() -> (UdpSocket, UdpSocket) {
        (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap())
    }

    fn pattern(length: usize) -> Vec<u8> {
        (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect()
    }

    fn outgoing<'a>(to: &UdpSocket, payloads: &'a [&'a [u8]]) -> impl Iterator<Item = Outgoing<'a>> + Clone {
        let peer = Some(to.local_addr().unwrap());
        payloads.iter().map(move |payload| Outgoing { payload, peer, source: None })
    }

    fn received(to: &UdpSocket) -> Vec<Vec<u8>> {
        let mut receiver = Receiver::new(BATCH_MAX, 65_535);
        let mut all = Vec::new();
        while let Ok(taken) = receiver.receive(to) {
            all.extend((0..taken).map(|index| receiver.get(index).unwrap().payload.to_vec()));
        }
        all
    }
}
