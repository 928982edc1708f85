//! Seeing the packets of an interface: a ring of blocks that is shared with the kernel (`packet(7)`, `TPACKET_V3`).
//!
//! The kernel fills a block with packets and hands it over, full or after some time; what is read is handed back. When all blocks
//! are handed over, packets are lost and counted. Nothing is copied on the way, and no system call is made for a packet.

use std::io;
use std::mem::{self, offset_of};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;
use std::slice;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap, munmap};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};

use crate::poll::{self, Interest};
use crate::step::{Step, StepError, at, check};

/// The size of a block, which also bounds a packet: the largest of the loopback has 65,549 bytes.
pub const BLOCK_BYTES: usize = 256 * 1024;

/// The most blocks of a ring: 1 GiB.
pub const BLOCKS_MAX: u32 = 4096;

/// What to capture, and into how much memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RingConfig {
    /// The number of the interface; `None` is all of this network, also those that come later.
    pub interface: Option<u32>,
    /// How many bytes of a packet are kept; 0 is all.
    pub snap_bytes: u32,
    /// How many blocks of [`BLOCK_BYTES`] the ring has; at most [`BLOCKS_MAX`].
    pub blocks: u32,
    /// After what time a block is handed over that is not full, and not empty; in whole milliseconds.
    pub retire: Duration,
}

impl Default for RingConfig {
    /// All interfaces, 2 KiB of a packet, 16 MiB, handed over after 10 ms.
    fn default() -> Self {
        Self { interface: None, snap_bytes: 2048, blocks: 64, retire: Duration::from_millis(10) }
    }
}

/// The way of a packet, as the interface sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Leaving this machine, or on the loopback, its sender.
    Out,
    /// Arriving.
    In,
}

/// A packet in the ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapturedFrame<'r> {
    /// Its bytes, from the header of the link on, as far as they are kept.
    pub bytes: &'r [u8],
    /// How long it was.
    pub length_bytes: u32,
    /// Where the header of the network begins in `bytes`; it may be behind its end.
    pub network_offset: usize,
    /// When it passed, in nanoseconds of `CLOCK_REALTIME`.
    pub realtime_ns: u64,
    /// Its way.
    pub direction: Direction,
    /// The number of the interface.
    pub interface: u32,
    /// What kind of link that is (`ARPHRD_…`): 1 is Ethernet, 772 the loopback.
    pub hardware: u16,
    /// What it carries (`ETH_P_…`): 0x0800 is IPv4.
    pub protocol: u16,
}

/// A capture.
#[derive(Debug)]
pub struct Ring {
    socket: OwnedFd,
    blocks: Mapping,
    /// The block that the kernel hands over next.
    next: usize,
}

impl Ring {
    /// Begins to capture.
    ///
    /// # Errors
    /// - [`Step::PacketSocket`]: `EPERM` without the capability `CAP_NET_RAW` in this network; `EAFNOSUPPORT` if the kernel has no
    ///   packet sockets.
    /// - [`Step::Ring`], [`Step::Map`]: `ENOMEM`; `EINVAL` if there are no blocks or too many.
    /// - [`Step::Bind`]: `ENODEV` if there is no such interface; `ENETDOWN` if it is down.
    #[doc(alias = "PACKET_RX_RING")]
    pub fn open(config: RingConfig) -> Result<Self, StepError> {
        if config.blocks == 0 || config.blocks > BLOCKS_MAX {
            return Err(StepError { step: Step::Ring, errno: libc::EINVAL });
        }
        // Without a protocol it sees nothing until it is bound, so that nothing comes before the ring and the filter are there.
        let opened = socket_with(AddressFamily::PACKET, SocketType::RAW, SocketFlags::CLOEXEC, None);
        let socket = at(Step::PacketSocket, opened)?;
        let version = libc::tpacket_versions::TPACKET_V3 as libc::c_int;
        set(&socket, Step::Ring, (libc::SOL_PACKET, libc::PACKET_VERSION), &version)?;
        set(&socket, Step::Ring, (libc::SOL_PACKET, libc::PACKET_RX_RING), &request(config))?;
        if config.snap_bytes > 0 {
            cut(&socket, config.snap_bytes)?;
        }
        let blocks = Mapping::new(&socket, config.blocks as usize)?;
        bind(&socket, config.interface)?;
        Ok(Self { socket, blocks, next: 0 })
    }

    /// Waits until packets are there to be taken, or `deadline` has passed; tells which.
    ///
    /// # Errors
    /// `ENETDOWN`: the one interface that is captured went down; it is told once, and packets come again when it is up.
    pub fn wait(&self, deadline: Option<Instant>) -> io::Result<bool> {
        let readiness = poll::wait(self.socket.as_fd(), Interest::READ, deadline)?;
        if readiness.error {
            rustix::net::sockopt::socket_error(&self.socket)??;
        }
        Ok(readiness.read)
    }

    /// Takes every block that was handed over: calls `tell` for each packet, in the order of time, and hands the block back.
    /// Returns how many packets there were. Does not wait.
    pub fn take(&mut self, mut tell: impl FnMut(CapturedFrame<'_>)) -> usize {
        let mut packets = 0;
        // Once round at most, so that a flood of packets does not keep the caller here.
        for _ in 0..self.blocks.count {
            let Some(block) = self.blocks.taken(self.next) else { break };
            packets += read_block(block, &mut tell);
            self.blocks.hand_back(self.next);
            self.next = (self.next + 1) % self.blocks.count;
        }
        packets
    }

    /// How many packets found no room since it was asked last, or since the beginning.
    ///
    /// # Errors
    /// None in practice.
    #[doc(alias = "PACKET_STATISTICS")]
    pub fn lost(&self) -> io::Result<u64> {
        let mut statistics = libc::tpacket_stats_v3 { tp_packets: 0, tp_drops: 0, tp_freeze_q_cnt: 0 };
        let mut length = size::<libc::tpacket_stats_v3>();
        // SAFETY: both pointers are to locals that live through the call, and `length` is the size of the first.
        let returned = unsafe {
            libc::getsockopt(
                self.socket.as_raw_fd(),
                libc::SOL_PACKET,
                libc::PACKET_STATISTICS,
                (&raw mut statistics).cast(),
                &raw mut length,
            )
        };
        if returned == 0 { Ok(u64::from(statistics.tp_drops)) } else { Err(io::Error::last_os_error()) }
    }
}

impl AsFd for Ring {
    /// Readable when [`Ring::take`] has something to take.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

fn request(config: RingConfig) -> libc::tpacket_req3 {
    // Version 3 packs frames as they come, and has no use for this size but to be told it.
    const FRAME_BYTES: u32 = 2048;

    let block_bytes = size::<[u8; BLOCK_BYTES]>();
    let retire_ms = u32::try_from(config.retire.as_millis()).unwrap_or(u32::MAX);
    libc::tpacket_req3 {
        tp_block_size: block_bytes,
        tp_block_nr: config.blocks,
        tp_frame_size: FRAME_BYTES,
        tp_frame_nr: block_bytes / FRAME_BYTES * config.blocks,
        // 0 would let the kernel choose by the speed of the link.
        tp_retire_blk_tov: retire_ms.max(1),
        tp_sizeof_priv: 0,
        tp_feature_req_word: 0,
    }
}

/// Has packets cut by a program of one instruction: return so many bytes (`bpf(4)` of BSD; `SO_ATTACH_FILTER` of `socket(7)`).
fn cut(socket: &OwnedFd, snap_bytes: u32) -> Result<(), StepError> {
    let code = narrow(libc::BPF_RET | libc::BPF_K);
    let mut program = [libc::sock_filter { code, jt: 0, jf: 0, k: snap_bytes }];
    let program = libc::sock_fprog { len: 1, filter: program.as_mut_ptr() };
    set(socket, Step::Snap, (libc::SOL_SOCKET, libc::SO_ATTACH_FILTER), &program)
}

/// Sets an option whose value is a C struct or an integer.
fn set<T>(socket: &OwnedFd, step: Step, (level, name): (i32, i32), value: &T) -> Result<(), StepError> {
    let length = size::<T>();
    let value = std::ptr::from_ref(value).cast();
    // SAFETY: the pointer is to a value of this length, which the kernel reads; a program that `value` points to lives in the
    // caller through the call.
    let returned = unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, value, length) };
    check(step, returned).map(drop)
}

fn bind(socket: &OwnedFd, interface: Option<u32>) -> Result<(), StepError> {
    // SAFETY: a C struct of integers, for which all-zero bytes are a value.
    let mut address: libc::sockaddr_ll = unsafe { mem::zeroed() };
    address.sll_family = narrow(libc::AF_PACKET.cast_unsigned());
    address.sll_protocol = narrow(libc::ETH_P_ALL.cast_unsigned()).to_be();
    address.sll_ifindex = interface.unwrap_or_default().cast_signed();
    let length = size::<libc::sockaddr_ll>();
    // SAFETY: the pointer is to a local of this length.
    let returned = unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), length) };
    check(Step::Bind, returned).map(drop)
}

/// The size of a type as the kernel takes it.
const fn size<T>() -> libc::socklen_t {
    assert!(size_of::<T>() <= u32::MAX as usize);
    #[expect(clippy::cast_possible_truncation, reason = "the line above says that it fits")]
    let size = size_of::<T>() as libc::socklen_t;
    size
}

/// A constant that C keeps in more bits than the field has that it is for.
const fn narrow(constant: u32) -> u16 {
    assert!(constant <= u16::MAX as u32);
    #[expect(clippy::cast_possible_truncation, reason = "the line above says that it fits")]
    let constant = constant as u16;
    constant
}

/// The ring as memory of this process.
#[derive(Debug)]
struct Mapping {
    begin: NonNull<u8>,
    count: usize,
}

// SAFETY: the mapping belongs to this value alone, and may be read from whatever thread has it.
unsafe impl Send for Mapping {}

/// Where a block says whose it is: `struct tpacket_block_desc`, behind its version and the offset of private bytes.
const STATUS: usize =
    offset_of!(libc::tpacket_block_desc, hdr) + offset_of!(libc::tpacket_hdr_v1, block_status);
const PACKETS: usize = offset_of!(libc::tpacket_block_desc, hdr) + offset_of!(libc::tpacket_hdr_v1, num_pkts);
const FIRST: usize =
    offset_of!(libc::tpacket_block_desc, hdr) + offset_of!(libc::tpacket_hdr_v1, offset_to_first_pkt);

impl Mapping {
    fn new(socket: &OwnedFd, count: usize) -> Result<Self, StepError> {
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: no address is asked for, so nothing that is mapped is replaced.
        let mapped = unsafe {
            mmap(std::ptr::null_mut(), count * BLOCK_BYTES, protection, MapFlags::SHARED, socket, 0)
        };
        let begin = at(Step::Map, mapped)?;
        let begin = NonNull::new(begin.cast()).ok_or(StepError { step: Step::Map, errno: libc::ENOMEM })?;
        let mapping = Self { begin, count };
        // SAFETY: the range is the one that was just mapped. Children have no use for it, and must not write into it.
        let advised = unsafe { madvise(begin.as_ptr().cast(), count * BLOCK_BYTES, Advice::LinuxDontFork) };
        at(Step::Map, advised)?;
        Ok(mapping)
    }

    /// A block, if the kernel has handed it over.
    fn taken(&self, index: usize) -> Option<&[u8]> {
        let is_taken = self.status(index).load(Ordering::Acquire) & libc::TP_STATUS_USER != 0;
        // SAFETY: the range is within the mapping. A block that was handed over is not written to by the kernel until it is handed
        // back, which needs this value mutably; no other process has the mapping.
        is_taken.then(|| unsafe { slice::from_raw_parts(self.block(index), BLOCK_BYTES) })
    }

    fn hand_back(&mut self, index: usize) {
        self.status(index).store(libc::TP_STATUS_KERNEL, Ordering::Release);
    }

    fn status(&self, index: usize) -> &AtomicU32 {
        // SAFETY: within the mapping and aligned, for blocks are and the offset is a multiple of four; both sides use it atomically.
        unsafe { AtomicU32::from_ptr(self.block(index).add(STATUS).cast()) }
    }

    fn block(&self, index: usize) -> *mut u8 {
        assert!(index < self.count, "a ring has no block {index}");
        // SAFETY: the offset is within the mapping.
        unsafe { self.begin.as_ptr().add(index * BLOCK_BYTES) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the range is the one that was mapped, and nothing borrowed from it outlives this value. It cannot fail.
        let _ = unsafe { munmap(self.begin.as_ptr().cast(), self.count * BLOCK_BYTES) };
    }
}

/// Reads the packets of a block; a number that leads out of it ends the reading.
fn read_block(block: &[u8], tell: &mut impl FnMut(CapturedFrame<'_>)) -> usize {
    let packets = number(block, PACKETS).unwrap_or_default();
    let mut at = number(block, FIRST).unwrap_or_default() as usize;
    for read in 0..packets {
        let Some((frame, next)) = block.get(at..).and_then(frame) else { return read as usize };
        tell(frame);
        at += next;
    }
    packets as usize
}

/// Reads the packet that begins here, and how far it is to the next one: `struct tpacket3_hdr`, then `struct sockaddr_ll`, then the
/// packet, each where the header says.
fn frame(bytes: &[u8]) -> Option<(CapturedFrame<'_>, usize)> {
    const ADDRESS: usize = size_of::<libc::tpacket3_hdr>().next_multiple_of(libc::TPACKET_ALIGNMENT);

    let field = |offset| number(bytes, offset);
    let begin = usize::from(short(bytes, offset_of!(libc::tpacket3_hdr, tp_mac))?);
    let network = usize::from(short(bytes, offset_of!(libc::tpacket3_hdr, tp_net))?);
    let kept = field(offset_of!(libc::tpacket3_hdr, tp_snaplen))? as usize;
    let seconds = u64::from(field(offset_of!(libc::tpacket3_hdr, tp_sec))?);
    let nanoseconds = u64::from(field(offset_of!(libc::tpacket3_hdr, tp_nsec))?);
    let of_type = *bytes.get(ADDRESS + offset_of!(libc::sockaddr_ll, sll_pkttype))?;
    let frame = CapturedFrame {
        bytes: bytes.get(begin..begin.checked_add(kept)?)?,
        length_bytes: field(offset_of!(libc::tpacket3_hdr, tp_len))?,
        network_offset: network.saturating_sub(begin),
        realtime_ns: seconds * 1_000_000_000 + nanoseconds,
        direction: if of_type == libc::PACKET_OUTGOING { Direction::Out } else { Direction::In },
        interface: field(ADDRESS + offset_of!(libc::sockaddr_ll, sll_ifindex))?,
        hardware: short(bytes, ADDRESS + offset_of!(libc::sockaddr_ll, sll_hatype))?,
        protocol: u16::from_be(short(bytes, ADDRESS + offset_of!(libc::sockaddr_ll, sll_protocol))?),
    };
    Some((frame, field(offset_of!(libc::tpacket3_hdr, tp_next_offset))? as usize))
}

fn number(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..)?.first_chunk().copied().map(u32::from_ne_bytes)
}

fn short(bytes: &[u8], offset: usize) -> Option<u16> {
    bytes.get(offset..)?.first_chunk().copied().map(u16::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_of_no_or_too_many_blocks_is_refused() {
        for blocks in [0, BLOCKS_MAX + 1] {
            let error = Ring::open(RingConfig { blocks, ..RingConfig::default() }).unwrap_err();

            assert_eq!(error, StepError { step: Step::Ring, errno: libc::EINVAL });
        }
    }

    #[test]
    fn a_block_whose_numbers_lead_out_of_it_tells_what_is_within() {
        let mut block = vec![0; 256];
        let mut put = |at: usize, number: u32| block[at..at + 4].copy_from_slice(&number.to_ne_bytes());
        put(PACKETS, 3);
        put(FIRST, 64);
        put(64 + offset_of!(libc::tpacket3_hdr, tp_next_offset), 100);
        put(64 + offset_of!(libc::tpacket3_hdr, tp_snaplen), 5);
        put(164 + offset_of!(libc::tpacket3_hdr, tp_snaplen), 5000);
        let mut lengths = Vec::new();

        let packets = read_block(&block, &mut |frame| lengths.push(frame.bytes.len()));

        assert_eq!((packets, lengths), (1, vec![5]));
    }

    #[test]
    fn whoever_may_not_see_packets_is_told_at_which_step() {
        let opened = Ring::open(RingConfig::default());

        // Root may, unless a container says otherwise; anybody else may not.
        if crate::process::effective_user() != 0 {
            assert_eq!(opened.unwrap_err(), StepError { step: Step::PacketSocket, errno: libc::EPERM });
        }
    }
}
