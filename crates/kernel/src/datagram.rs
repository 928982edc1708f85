//! Datagrams in batches (`recvmmsg(2)`, `sendmmsg(2)`, `udp(7)`).
//!
//! One system call moves up to [`BATCH_MAX`] datagrams. What does not fit the buffer is cut, and told: the kernel is
//! asked for each datagram's true length (`MSG_TRUNC`). Datagrams of one sender and one length may come, and go, as one that the
//! kernel takes apart at the last moment (`UDP_GRO`, `UDP_SEGMENT`): sending is the matter of the module `run`.

mod run;

use std::fmt;
use std::io;
use std::mem::MaybeUninit;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, AsRawFd};
use std::ptr;

use crate::address::RawAddress;
use crate::control::{self, ControlBuffer, PACKET_INFO_BYTES, SEGMENT_BYTES};
use run::{Run, Segmentation};

/// How many datagrams one call moves at the most.
pub const BATCH_MAX: usize = 64;

/// The largest payload of a UDP datagram over IPv4: 65,535 less the IP and the UDP header (`RFC 768`).
pub const PAYLOAD_BYTES_MAX: usize = 65_507;

/// Control data beside a datagram: the local address, and how long the datagrams are that it stands for.
type Control = ControlBuffer<{ PACKET_INFO_BYTES + SEGMENT_BYTES }>;

/// A datagram that was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received<'a> {
    /// What fitted the buffer.
    pub payload: &'a [u8],
    /// How long the datagram was on its way; more than `payload.len()` when it was cut.
    pub true_bytes: usize,
    /// Who sent it, as far as its header tells.
    pub peer: SocketAddr,
    /// The local address that it was sent to, where the socket was asked to report it.
    pub destination: Option<IpAddr>,
    /// How long each datagram is, but for the last, where the kernel handed several over as one
    /// ([`coalesce_datagrams`](crate::socket::coalesce_datagrams)).
    pub segment_bytes: Option<usize>,
}

impl<'a> Received<'a> {
    /// The datagrams that it stands for, in order: itself, unless the kernel handed several over as one.
    pub fn datagrams(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        pieces(self.payload, self.segment_bytes.unwrap_or_default())
    }
}

/// The datagrams that stand one behind the other in a payload, each of so many bytes but for the last; 0 is that there is one only.
fn pieces(payload: &[u8], segment_bytes: usize) -> impl Iterator<Item = &[u8]> + Clone {
    let whole = payload.len().max(1);
    let empty = payload.is_empty().then_some(payload);
    empty.into_iter().chain(payload.chunks(if segment_bytes == 0 { whole } else { segment_bytes }))
}

/// Room for a batch of datagrams, and the call that fills it.
pub struct Receiver {
    slot_bytes: usize,
    filled: usize,
    payloads: Vec<u8>,
    addresses: Vec<RawAddress>,
    controls: Vec<Control>,
    /// Each points to its slot of `payloads`. None of these vectors ever grows, so no slot ever moves.
    _vectors: Vec<libc::iovec>,
    /// Each points to its slot of `_vectors`, `addresses` and `controls`.
    headers: Vec<libc::mmsghdr>,
}

impl Receiver {
    /// Makes room for `slots` datagrams (at most [`BATCH_MAX`]) of `slot_bytes` each.
    ///
    /// Memory is touched, and so taken, only as far as datagrams fill it.
    pub fn new(slots: usize, slot_bytes: usize) -> Self {
        let slots = slots.clamp(1, BATCH_MAX);
        let mut payloads = vec![0; slots * slot_bytes];
        let mut addresses = vec![RawAddress::empty(); slots];
        let mut controls = vec![Control::empty(); slots];
        let payload_start = payloads.as_mut_ptr();
        let mut vectors: Vec<_> = (0..slots)
            .map(|slot| libc::iovec {
                iov_base: payload_start.wrapping_add(slot * slot_bytes).cast(),
                iov_len: slot_bytes,
            })
            .collect();
        let headers = (0..slots)
            .map(|slot| {
                let mut header = empty_header();
                header.msg_hdr.msg_name = (&raw mut addresses[slot]).cast();
                header.msg_hdr.msg_iov = &raw mut vectors[slot];
                header.msg_hdr.msg_iovlen = 1;
                header.msg_hdr.msg_control = (&raw mut controls[slot]).cast();
                header
            })
            .collect();
        Self { slot_bytes, filled: slots, payloads, addresses, controls, _vectors: vectors, headers }
    }

    /// Takes the datagrams that wait in the socket, at most one batch; returns how many.
    ///
    /// # Errors
    /// `EAGAIN`: none waits; `ECONNREFUSED` and other pending errors of the socket, which the call collects.
    pub fn receive(&mut self, socket: impl AsFd) -> io::Result<usize> {
        self.receive_up_to(self.slots(), socket)
    }

    /// Takes at most so many datagrams, and no more than one batch. To take one costs less than to look for a second one too.
    ///
    /// # Errors
    /// Those of [`receive`](Self::receive).
    pub fn receive_up_to(&mut self, datagrams: usize, socket: impl AsFd) -> io::Result<usize> {
        let slots = datagrams.min(self.slots());
        for header in &mut self.headers[..self.filled] {
            header.msg_hdr.msg_namelen = RawAddress::CAPACITY;
            header.msg_hdr.msg_controllen = size_of::<Control>();
            header.msg_hdr.msg_flags = 0;
        }
        let (fd, flags) = (socket.as_fd().as_raw_fd(), libc::MSG_DONTWAIT | libc::MSG_TRUNC);
        let headers = &mut self.headers[..slots];
        // SAFETY: each header points to its own slot of payload, address and control memory, all of which `self`
        // owns, never moves and lends to nobody during the call (`&mut self`); lengths are those of the slots.
        let result = unsafe {
            match headers {
                // A batch of one costs more than a message by itself.
                [only] => {
                    let bytes = libc::recvmsg(fd, &raw mut only.msg_hdr, flags);
                    u32::try_from(bytes).map_or(-1, |bytes| {
                        only.msg_len = bytes;
                        1
                    })
                }
                _ => libc::recvmmsg(fd, headers.as_mut_ptr(), count(headers), flags, ptr::null_mut()),
            }
        };
        self.filled = usize::try_from(result).map_err(|_| {
            self.filled = 0;
            io::Error::last_os_error()
        })?;
        Ok(self.filled)
    }

    /// How many datagrams one batch has at the most.
    pub fn slots(&self) -> usize {
        self.headers.len()
    }

    /// How many bytes of a datagram fit.
    pub fn slot_bytes(&self) -> usize {
        self.slot_bytes
    }

    /// What fitted the buffer of the datagram at `index` of the last batch; nothing beyond it.
    pub fn payload(&self, index: usize) -> &[u8] {
        let Some(header) = self.headers[..self.filled].get(index) else { return &[] };
        let start = index * self.slot_bytes;
        &self.payloads[start..start + (header.msg_len as usize).min(self.slot_bytes)]
    }

    /// The datagram at `index` of the last batch; `None` beyond it, or when it came from no Internet address.
    pub fn get(&self, index: usize) -> Option<Received<'_>> {
        let header = self.headers[..self.filled].get(index)?;
        let true_bytes = header.msg_len as usize;
        let payload = self.payload(index);
        let control = &self.controls[index].bytes[..header.msg_hdr.msg_controllen.min(size_of::<Control>())];
        Some(Received {
            payload,
            true_bytes,
            peer: self.addresses[index].decode()?,
            destination: control::destination(control),
            segment_bytes: control::segment_bytes(control),
        })
    }
}

// SAFETY: the pointers in it lead only to vectors that it owns itself and that nobody else knows.
unsafe impl Send for Receiver {}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("slots", &self.headers.len())
            .field("filled", &self.filled)
            .finish_non_exhaustive()
    }
}

/// A datagram to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outgoing<'a> {
    /// Its bytes, none at all included.
    pub payload: &'a [u8],
    /// Where it goes; `None` on a connected socket.
    pub peer: Option<SocketAddr>,
    /// The local address that it shall come from; `None` leaves the choice to the kernel.
    pub source: Option<IpAddr>,
}

/// Datagrams to send to one peer that stand one behind the other in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined<'a> {
    /// All of them, as if they were one.
    pub datagrams: Outgoing<'a>,
    /// How long each one is, but for the last; `None`: there is one only.
    pub segment_bytes: Option<usize>,
}

impl<'a> From<Outgoing<'a>> for Joined<'a> {
    fn from(datagram: Outgoing<'a>) -> Self {
        Self { datagrams: datagram, segment_bytes: None }
    }
}

/// The call that sends a batch of datagrams, and its work space.
pub struct Sender {
    segmentation: Segmentation,
    runs: Vec<Run>,
    addresses: Vec<Address>,
    controls: Vec<(Control, usize)>,
    vectors: Vec<libc::iovec>,
    headers: Vec<libc::mmsghdr>,
}

impl Sender {
    /// Makes the work space. Each datagram is a message of its own.
    pub fn new() -> Self {
        Self {
            segmentation: Segmentation::NEVER,
            runs: Vec::with_capacity(BATCH_MAX),
            addresses: Vec::with_capacity(BATCH_MAX),
            controls: Vec::with_capacity(BATCH_MAX),
            vectors: Vec::with_capacity(BATCH_MAX),
            headers: Vec::with_capacity(BATCH_MAX),
        }
    }

    /// Makes one that gives the kernel runs of datagrams to one peer, all of one length but for the last, as one message
    /// (`UDP_SEGMENT`), until the kernel says that it cannot take them.
    #[doc(alias = "UDP_SEGMENT")]
    pub fn segmenting() -> Self {
        Self { segmentation: Segmentation::ANY, ..Self::new() }
    }

    /// Sends datagrams in order, at most [`BATCH_MAX`] messages; returns how many datagrams the kernel took.
    ///
    /// # Errors
    /// The error of the first datagram, when that one was not taken: `EAGAIN`: no room in the send buffer;
    /// `EMSGSIZE`: larger than [`PAYLOAD_BYTES_MAX`]; `ECONNREFUSED`: an earlier one was refused by ICMP (connected
    /// sockets, and those with `IP_RECVERR`), this one has not been sent; `EACCES`, `EPERM`: a local firewall, or a
    /// broadcast without `SO_BROADCAST`; `ENETUNREACH`, `EHOSTUNREACH`, `EINVAL`, `ENOBUFS`.
    pub fn send<'a, D: Into<Joined<'a>>>(
        &mut self,
        socket: impl AsFd,
        datagrams: impl Iterator<Item = D> + Clone,
    ) -> io::Result<usize> {
        self.lay_out(datagrams.clone());
        let given = self.give(&socket);
        let Err(error) = &given else { return given };
        let first = self.runs.first().map_or(0, Run::segment_bytes);
        if !self.segmentation.yields_to(error, first) {
            return given;
        }
        self.lay_out(datagrams);
        self.give(&socket)
    }

    /// Gives the kernel what is laid out; says how many datagrams it took.
    fn give(&mut self, socket: &impl AsFd) -> io::Result<usize> {
        let (fd, flags) = (socket.as_fd().as_raw_fd(), libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL);
        // SAFETY: `lay_out` has pointed each header to payloads that are borrowed from the caller of `send`, and to an
        // address, a control message and vectors that stay untouched until the call returns. The kernel reads them only, and
        // writes `msg_len` of the headers, which `self` owns.
        let result = unsafe {
            match &mut self.headers[..] {
                // A batch of one costs more than a message by itself.
                [only] => match libc::sendmsg(fd, &raw const only.msg_hdr, flags) {
                    ..0 => -1,
                    _ => 1,
                },
                headers => libc::sendmmsg(fd, headers.as_mut_ptr(), count(headers), flags),
            }
        };
        let messages = usize::try_from(result).map_err(|_| io::Error::last_os_error())?;
        Ok(self.runs.iter().take(messages).map(Run::datagrams).sum())
    }

    fn lay_out<'a, D: Into<Joined<'a>>>(&mut self, datagrams: impl Iterator<Item = D>) {
        self.runs.clear();
        self.addresses.clear();
        self.controls.clear();
        self.vectors.clear();
        self.headers.clear();
        for joined in datagrams {
            let mut parts = self.segmentation.parts(joined.into());
            if !parts.all(|part| self.lay_out_part(&part)) {
                break;
            }
        }
        // Only now, when no vector will grow any more, do the headers take their addresses.
        for (index, run) in self.runs.iter().enumerate() {
            let mut header = empty_header();
            let (address, control) = (&mut self.addresses[index], &mut self.controls[index]);
            run.write_segment(control);
            point(&mut header.msg_hdr, address, control, &mut self.vectors[run.vectors()]);
            self.headers.push(header);
        }
    }

    /// Adds what one message can take to the last one, or makes one for it; says whether there was room.
    fn lay_out_part(&mut self, part: &Joined<'_>) -> bool {
        let is_full = self.runs.len() == BATCH_MAX;
        match self.runs.last_mut() {
            Some(run) if run.takes(part, self.segmentation) => run.add(part, &mut self.vectors),
            _ if is_full => return false,
            _ => {
                self.runs.push(Run::begin(part, self.vectors.len()));
                self.addresses.push(address_of(&part.datagrams));
                self.controls.push(control_of(&part.datagrams));
                self.vectors.push(vector_of(&part.datagrams));
            }
        }
        true
    }
}

/// Sends one datagram (`sendmsg(2)`).
///
/// # Errors
/// Those of [`Sender::send`].
pub fn send(socket: impl AsFd, datagram: &Outgoing<'_>) -> io::Result<()> {
    let (mut address, mut control) = (address_of(datagram), control_of(datagram));
    let (mut vector, mut header) = (vector_of(datagram), empty_header().msg_hdr);
    point(&mut header, &mut address, &mut control, std::slice::from_mut(&mut vector));
    let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
    // SAFETY: the header points to the payload, which `datagram` borrows, and to an address, a control message and a
    // vector of this function; all of them outlive the call, which only reads them.
    let result = unsafe { libc::sendmsg(socket.as_fd().as_raw_fd(), &raw const header, flags) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// An address, and how many bytes of it count; none on a connected socket.
type Address = (RawAddress, u32);

fn address_of(datagram: &Outgoing<'_>) -> Address {
    datagram.peer.map_or((RawAddress::empty(), 0), RawAddress::encode)
}

fn control_of(datagram: &Outgoing<'_>) -> (Control, usize) {
    let mut control = Control::empty();
    let bytes = datagram.source.map_or(0, |ip| control::write_source(&mut control.bytes, ip));
    (control, bytes)
}

fn vector_of(datagram: &Outgoing<'_>) -> libc::iovec {
    let payload = datagram.payload;
    libc::iovec { iov_base: payload.as_ptr().cast_mut().cast(), iov_len: payload.len() }
}

/// Points a header to the parts of a datagram, those that have any bytes.
fn point(
    header: &mut libc::msghdr,
    (address, address_bytes): &mut Address,
    (control, control_bytes): &mut (Control, usize),
    vectors: &mut [libc::iovec],
) {
    if *address_bytes > 0 {
        header.msg_name = (&raw mut *address).cast();
        header.msg_namelen = *address_bytes;
    }
    if *control_bytes > 0 {
        header.msg_control = (&raw mut *control).cast();
        header.msg_controllen = *control_bytes;
    }
    header.msg_iov = vectors.as_mut_ptr();
    header.msg_iovlen = vectors.len();
}

impl Default for Sender {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

/// How many headers there are, as the kernel takes it; never more than [`BATCH_MAX`].
fn count(headers: &[libc::mmsghdr]) -> u32 {
    u32::try_from(headers.len()).unwrap_or(u32::MAX)
}

fn empty_header() -> libc::mmsghdr {
    // SAFETY: a C struct of integers and pointers, for which all-zero bytes are a value.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;

    use super::*;

    #[test]
    fn a_batch_keeps_boundaries_and_the_empty_datagram() {
        let (from, to) = pair();
        let payloads: [&[u8]; 3] = [b"one", b"", b"three"];
        let outgoing = payloads.iter().map(|payload| Outgoing {
            payload,
            peer: Some(to.local_addr().unwrap()),
            source: None,
        });

        let sent = Sender::new().send(&from, outgoing).unwrap();
        let mut receiver = Receiver::new(BATCH_MAX, 16);
        let taken = receiver.receive(&to).unwrap();

        assert_eq!((sent, taken), (3, 3));
        for (index, payload) in payloads.iter().enumerate() {
            let datagram = receiver.get(index).unwrap();
            assert_eq!(datagram.payload, *payload);
            assert_eq!(datagram.peer, from.local_addr().unwrap());
        }
        assert_eq!(receiver.get(3), None);
    }

    #[test]
    fn one_datagram_comes_from_the_address_that_was_chosen() {
        let (_, to) = pair();
        let from = UdpSocket::bind("0.0.0.0:0").unwrap();
        let source = IpAddr::from([127, 0, 0, 7]);
        let peer = Some(to.local_addr().unwrap());

        send(&from, &Outgoing { payload: b"x", peer, source: Some(source) }).unwrap();
        let unsent = send(&from, &Outgoing { payload: &vec![0; PAYLOAD_BYTES_MAX + 1], peer, source: None });

        let (count, seen) = to.recv_from(&mut [0; 4]).unwrap();
        assert_eq!((count, seen.ip()), (1, source));
        assert_eq!(unsent.unwrap_err().raw_os_error(), Some(libc::EMSGSIZE));
    }

    #[test]
    fn a_cut_datagram_tells_its_true_length() {
        let (from, to) = pair();
        from.send_to(b"ABCDEFGHIJ", to.local_addr().unwrap()).unwrap();
        let mut receiver = Receiver::new(1, 4);

        receiver.receive(&to).unwrap();

        let datagram = receiver.get(0).unwrap();
        assert_eq!((datagram.payload, datagram.true_bytes), (&b"ABCD"[..], 10));
    }

    #[test]
    fn an_empty_socket_says_would_block_and_shows_no_old_datagram() {
        let (from, to) = pair();
        from.send_to(b"x", to.local_addr().unwrap()).unwrap();
        let mut receiver = Receiver::new(2, 4);
        receiver.receive(&to).unwrap();

        let error = receiver.receive(&to).unwrap_err();

        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        assert_eq!(receiver.get(0), None);
    }

    #[test]
    fn the_largest_datagram_passes_and_one_byte_more_is_refused() {
        let (from, to) = pair();
        let payload = vec![7; PAYLOAD_BYTES_MAX + 1];
        let outgoing = |bytes| {
            let datagram =
                Outgoing { payload: &payload[..bytes], peer: Some(to.local_addr().unwrap()), source: None };
            std::iter::once(datagram)
        };
        let mut sender = Sender::new();

        assert_eq!(sender.send(&from, outgoing(PAYLOAD_BYTES_MAX)).unwrap(), 1);
        let error = sender.send(&from, outgoing(PAYLOAD_BYTES_MAX + 1)).unwrap_err();

        assert_eq!(error.raw_os_error(), Some(libc::EMSGSIZE));
    }

    #[test]
    fn a_wildcard_socket_answers_from_the_address_that_was_asked() {
        let server = UdpSocket::bind("0.0.0.0:0").unwrap();
        crate::socket::report_destination(server.as_fd(), server.local_addr().unwrap()).unwrap();
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        let asked: SocketAddr = ([127, 0, 0, 9], server.local_addr().unwrap().port()).into();
        client.send_to(b"hi", asked).unwrap();
        let mut receiver = Receiver::new(1, 16);
        receiver.receive(&server).unwrap();
        let question = receiver.get(0).unwrap();
        assert_eq!(question.destination, Some(asked.ip()));

        let answer =
            Outgoing { payload: question.payload, peer: Some(question.peer), source: question.destination };
        Sender::new().send(&server, std::iter::once(answer)).unwrap();

        let mut buffer = [0; 16];
        assert_eq!(client.recv_from(&mut buffer).unwrap(), (2, asked));
    }

    fn pair() -> (UdpSocket, UdpSocket) {
        (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap())
    }
}
