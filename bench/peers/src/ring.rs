//! Calls through `io_uring(7)` that know nothing of unsafe code: the kernel receives into memory that lives as long as the process, and
//! sends from there.
//!
//! It is set up as one that is written for speed: a single issuer whose work is done when it waits (`IORING_SETUP_DEFER_TASKRUN`), accepts
//! and receives that stay armed, and buffers that many receives fill one behind the other (`IOU_PBUF_RING_INC`, Linux 6.12).
#![expect(
    unsafe_code,
    reason = "the kernel is told addresses, and its queues have entries that only we can vouch for"
)]

use std::{
    io,
    os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd},
    sync::atomic::{AtomicU16, Ordering},
};

use io_uring::{
    IoUring, cqueue, opcode, squeue,
    types::{BufRingEntry, Fd},
};

/// Requests that are handed over at once, at the most.
const REQUESTS_MAX: u32 = 4096;
/// Completions that can wait to be taken.
const COMPLETIONS_MAX: u32 = 32_768;
/// How many buffers there are; a power of two.
const BUFFERS: u16 = 64;
/// The length of each.
const BUFFER_BYTES: u32 = 256 * 1024;
/// The name of the only group of buffers.
const GROUP: u16 = 0;
/// That a buffer is filled piece by piece, from `linux/io_uring.h`.
const INCREMENTAL: u16 = 2;
/// Send all of it or fail, and without a signal, from `sys/socket.h`.
const SEND_FLAGS: i32 = 0x100 | 0x4000;
/// Accepted sockets are not inherited, from `fcntl.h`.
const CLOSE_ON_EXEC: i32 = 0o2_000_000;

/// A queue of requests and one of their completions, with the memory that the kernel receives into.
pub struct Ring {
    uring: IoUring,
    buffers: Buffers,
}

/// Bytes that were received, in a buffer of the [`Ring`]. Whoever has it gives it back by [`Ring::release`].
#[derive(Debug)]
pub struct Piece {
    buffer: u16,
    from: u32,
    /// How many there are.
    pub length: u32,
}

/// What the kernel says of a request.
#[derive(Debug)]
pub enum Completion {
    /// A client has connected.
    Accepted(io::Result<OwnedFd>),
    /// Something came on the socket with this number, or nothing more will.
    Received {
        /// The socket.
        socket: RawFd,
        /// The bytes; none at the end of the stream.
        result: io::Result<Option<Piece>>,
        /// Whether more is received without another request.
        is_armed: bool,
    },
    /// So many bytes were sent on the socket with this number.
    Sent {
        /// The socket.
        socket: RawFd,
        /// How many.
        result: io::Result<u32>,
    },
}

/// What a request was for, in the upper half of its token; the lower half is the socket.
#[derive(Clone, Copy)]
enum Kind {
    Accept = 0,
    Receive = 1,
    Send = 2,
}

impl Ring {
    /// Sets it up, with all of its buffers empty.
    ///
    /// # Errors
    /// What `io_uring_setup(2)` and `io_uring_register(2)` say: `EPERM` or `ENOSYS` where they are forbidden, `EINVAL` before Linux 6.12.
    pub fn new() -> io::Result<Self> {
        let uring = IoUring::builder()
            .setup_single_issuer()
            .setup_defer_taskrun()
            .setup_cqsize(COMPLETIONS_MAX)
            .build(REQUESTS_MAX)?;
        let buffers = Buffers::new();
        let address = buffers.entries as u64;
        // SAFETY: the entries are leaked, so their address and number are right until the process ends.
        unsafe { uring.submitter().register_buf_ring_with_flags(address, BUFFERS, GROUP, INCREMENTAL)? };
        Ok(Self { uring, buffers })
    }

    /// Accepts whoever comes, until that fails.
    ///
    /// # Errors
    /// What `io_uring_enter(2)` says when there is no room for another request.
    pub fn accept(&mut self, listener: impl AsFd) -> io::Result<()> {
        let socket = listener.as_fd().as_raw_fd();
        let request = opcode::AcceptMulti::new(Fd(socket)).flags(CLOSE_ON_EXEC).build();
        self.push(&request.user_data(token(Kind::Accept, socket)))
    }

    /// Receives whatever comes on this socket, until a completion says that it is not armed any more.
    ///
    /// # Errors
    /// As for [`Self::accept`].
    pub fn receive(&mut self, socket: impl AsFd) -> io::Result<()> {
        let socket = socket.as_fd().as_raw_fd();
        let request = opcode::RecvMulti::new(Fd(socket), GROUP).build();
        self.push(&request.user_data(token(Kind::Receive, socket)))
    }

    /// Sends a piece on this socket; it has to be kept until that is complete.
    ///
    /// # Errors
    /// As for [`Self::accept`].
    pub fn send(&mut self, socket: impl AsFd, piece: &Piece) -> io::Result<()> {
        let socket = socket.as_fd().as_raw_fd();
        let address = self.buffers.address(piece.buffer, piece.from).cast_const();
        let request = opcode::Send::new(Fd(socket), address, piece.length).flags(SEND_FLAGS).build();
        self.push(&request.user_data(token(Kind::Send, socket)))
    }

    /// Gives a piece back: the kernel may fill its buffer again when nobody has any of it.
    #[expect(clippy::needless_pass_by_value, reason = "whoever gives it back has it no more")]
    pub fn release(&mut self, piece: Piece) {
        self.buffers.release(piece.buffer);
    }

    /// Hands over what was asked for, and waits until something is complete.
    ///
    /// # Errors
    /// What `io_uring_enter(2)` says.
    pub fn wait(&mut self, completions: &mut Vec<Completion>) -> io::Result<()> {
        self.uring.submit_and_wait(1)?;
        let (_, _, queue) = self.uring.split();
        completions.extend(queue.map(|entry| self.buffers.completion(&entry)));
        Ok(())
    }

    fn push(&mut self, request: &squeue::Entry) -> io::Result<()> {
        // SAFETY: what a request points to is a part of the leaked buffers, and descriptors are numbers that the kernel checks.
        while unsafe { self.uring.submission().push(request) }.is_err() {
            self.uring.submit()?;
        }
        Ok(())
    }
}

impl Piece {
    /// Takes `other` into this one, if it is the continuation; returns it otherwise.
    pub fn join(&mut self, ring: &mut Ring, other: Self) -> Option<Self> {
        if other.buffer != self.buffer || other.from != self.from + self.length {
            return Some(other);
        }
        self.length += other.length;
        ring.release(other);
        None
    }

    /// Forgets the first bytes, which are sent.
    pub fn advance(&mut self, bytes: u32) {
        let bytes = bytes.min(self.length);
        self.from += bytes;
        self.length -= bytes;
    }
}

/// Memory that the kernel fills, and who has what of it.
struct Buffers {
    /// The ring in which the kernel finds them. The tail is in the first entry, where no other field is.
    entries: *mut BufRingEntry,
    tail: u16,
    memory: *mut u8,
    each: Vec<Buffer>,
}

/// One of them.
#[derive(Clone, Default)]
struct Buffer {
    /// How much of it is filled.
    filled: u32,
    /// How many pieces of it somebody has.
    pieces: u32,
    /// Whether the kernel has done with it.
    is_full: bool,
}

/// What the ring of buffers has to be aligned to.
#[repr(align(4096))]
struct Page(#[expect(dead_code, reason = "only its address is used")] [u8; 4096]);

impl Buffers {
    fn new() -> Self {
        const { assert!(BUFFERS as usize * size_of::<BufRingEntry>() <= size_of::<Page>()) };
        // The kernel may write until the process ends, so the memory stays until then.
        let page = Box::leak(Box::new(Page([0; 4096])));
        let memory = vec![0; usize::from(BUFFERS) * BUFFER_BYTES as usize].leak();
        let mut buffers = Self {
            entries: std::ptr::from_mut(page).cast(),
            tail: 0,
            memory: memory.as_mut_ptr(),
            each: vec![Buffer::default(); usize::from(BUFFERS)],
        };
        (0..BUFFERS).for_each(|buffer| buffers.offer(buffer));
        buffers
    }

    /// The address of a byte of a buffer.
    fn address(&self, buffer: u16, at: u32) -> *mut u8 {
        self.memory.wrapping_add(usize::from(buffer) * BUFFER_BYTES as usize + at as usize)
    }

    /// Offers an empty buffer to the kernel.
    fn offer(&mut self, buffer: u16) {
        self.each[usize::from(buffer)] = Buffer::default();
        let (address, index) = (self.address(buffer, 0), usize::from(self.tail % BUFFERS));
        // SAFETY: the index is within the page of entries. The kernel reads no entry from the tail on, and this buffer is in none before it.
        let entry = unsafe { &mut *self.entries.add(index) };
        entry.set_addr(address as u64);
        entry.set_len(BUFFER_BYTES);
        entry.set_bid(buffer);
        self.tail = self.tail.wrapping_add(1);
        // SAFETY: the address is that of the first entry; the tail in it is aligned, and shared with the kernel by atomic stores only.
        let tail = unsafe { &*BufRingEntry::tail(self.entries).cast::<AtomicU16>() };
        tail.store(self.tail, Ordering::Release);
    }

    fn completion(&mut self, entry: &cqueue::Entry) -> Completion {
        let (kind, socket) = split(entry.user_data());
        let result = u32::try_from(entry.result())
            .map_err(|_| io::Error::from_raw_os_error(entry.result().wrapping_neg()));
        match kind {
            Kind::Accept => {
                // SAFETY: without an error the kernel has just opened this descriptor for us, and nobody else knows it.
                Completion::Accepted(result.map(|_| unsafe { OwnedFd::from_raw_fd(entry.result()) }))
            }
            Kind::Receive => Completion::Received {
                socket,
                result: result.map(|length| self.take(entry.flags(), length)),
                is_armed: cqueue::more(entry.flags()),
            },
            Kind::Send => Completion::Sent { socket, result },
        }
    }

    /// Notes that somebody has a piece of a buffer.
    fn take(&mut self, flags: u32, length: u32) -> Option<Piece> {
        let buffer = cqueue::buffer_select(flags)?;
        let state = &mut self.each[usize::from(buffer)];
        let from = state.filled;
        state.filled += length;
        state.pieces += 1;
        state.is_full = !cqueue::buffer_more(flags);
        if length == 0 {
            self.release(buffer);
            return None;
        }
        Some(Piece { buffer, from, length })
    }

    fn release(&mut self, buffer: u16) {
        let state = &mut self.each[usize::from(buffer)];
        state.pieces -= 1;
        if state.pieces == 0 && state.is_full {
            self.offer(buffer);
        }
    }
}

#[expect(clippy::cast_sign_loss, reason = "a descriptor is not negative")]
fn token(kind: Kind, socket: RawFd) -> u64 {
    (kind as u64) << 32 | u64::from(socket as u32)
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is the descriptor")]
fn split(token: u64) -> (Kind, RawFd) {
    let kind = match token >> 32 {
        0 => Kind::Accept,
        1 => Kind::Receive,
        _ => Kind::Send,
    };
    (kind, token as RawFd)
}
