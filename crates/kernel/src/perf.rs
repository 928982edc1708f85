//! Tracepoints of the kernel (`perf_event_open(2)`), for who may read them: root, or `CAP_PERFMON`.
//!
//! Samples come through memory that the kernel shares (`PERF_SAMPLE_RAW`): no call, no wake-up per event.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

use libc::c_int;

/// How many pages the samples of one tracepoint on one processor have room in; a power of two, as the kernel wants it.
const DATA_PAGES: usize = 16;

/// Where `data_head` stands in the first page (`struct perf_event_mmap_page`): how far the kernel has written.
const HEAD_OFFSET: usize = 1024;
/// Where `data_tail` stands: how far has been read.
const TAIL_OFFSET: usize = 1032;

const PERF_TYPE_TRACEPOINT: u32 = 2;
const PERF_SAMPLE_TID: u64 = 1 << 1;
const PERF_SAMPLE_TIME: u64 = 1 << 2;
const PERF_SAMPLE_RAW: u64 = 1 << 10;
const PERF_FLAG_FD_CLOEXEC: libc::c_ulong = 1 << 3;
/// The bit `use_clockid` of the attributes: times are of the clock that they name.
const USE_CLOCK: u64 = 1 << 25;
const PERF_RECORD_LOST: u32 = 2;
const PERF_RECORD_SAMPLE: u32 = 9;

/// Bytes of `struct perf_event_header`: kind, flags, length.
const HEADER_BYTES: usize = 8;

/// `struct perf_event_attr`, as far as its third version (Linux 3.7 to 4.0): the kernel takes what it is given.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
struct Attributes {
    kind: u32,
    size: u32,
    config: u64,
    sample_period: u64,
    sample_type: u64,
    read_format: u64,
    flags: u64,
    wakeup_events: u32,
    bp_type: u32,
    config1: u64,
    config2: u64,
    branch_sample_type: u64,
    sample_regs_user: u64,
    sample_stack_user: u32,
    clock: i32,
}

/// One firing of a tracepoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample<'r> {
    /// The process in whose context it fired, which need not have anything to do with it; 0 is the idle task.
    pub process: u32,
    /// Its thread.
    pub thread: u32,
    /// When, by `CLOCK_MONOTONIC`.
    pub monotonic_ns: u64,
    /// What the tracepoint tells: its `format` file says where what is.
    pub record: &'r [u8],
}

/// A tracepoint that is listened to, on one processor.
#[derive(Debug)]
pub struct Tracepoint {
    ring: Ring,
    /// What has been taken out of the ring, in one piece.
    taken: Vec<u8>,
    lost: u64,
}

impl Tracepoint {
    /// Begins to listen to the tracepoint with this number (the file `id` beside its `format`) on a processor.
    ///
    /// # Errors
    /// `EACCES`, `EPERM`: without the privilege, or `perf_event_paranoid` forbids it; `ENOENT`, `EINVAL`: no such tracepoint;
    /// `ENODEV`: no such processor; `EMFILE`; `ENOMEM`; `ENOSYS`, `EOPNOTSUPP`: the kernel is built without.
    #[doc(alias = "perf_event_open")]
    pub fn open(id: u64, processor: u32) -> io::Result<Self> {
        let attributes = Attributes { kind: PERF_TYPE_TRACEPOINT, config: id, ..Attributes::default() };
        let everybody = -1;
        let processor = c_int::try_from(processor).map_err(|_| io::ErrorKind::InvalidInput)?;
        Self::listen(attributes, everybody, processor)
    }

    fn listen(attributes: Attributes, process: libc::pid_t, processor: c_int) -> io::Result<Self> {
        let attributes = Attributes {
            size: u32::try_from(size_of::<Attributes>()).expect("its size is 96"),
            sample_period: 1,
            sample_type: PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_RAW,
            flags: attributes.flags | USE_CLOCK,
            // Nobody waits for it: whoever listens looks from time to time.
            wakeup_events: u32::MAX,
            clock: libc::CLOCK_MONOTONIC,
            ..attributes
        };
        let no_group: c_int = -1;
        // SAFETY: the first argument points to attributes that say their own size and live through the call; the others are
        // integers.
        let result = unsafe {
            libc::syscall(
                libc::SYS_perf_event_open,
                &raw const attributes,
                process,
                processor,
                no_group,
                PERF_FLAG_FD_CLOEXEC,
            )
        };
        let descriptor = c_int::try_from(result).ok().filter(|&fd| fd >= 0);
        let descriptor = descriptor.ok_or_else(io::Error::last_os_error)?;
        // SAFETY: the call returned a new descriptor, which nobody else knows.
        let event = unsafe { OwnedFd::from_raw_fd(descriptor) };
        Ok(Self { ring: Ring::map(event)?, taken: Vec::new(), lost: 0 })
    }

    /// Hands out the samples that have come since the last time, in their order. Does not wait.
    pub fn take(&mut self, mut each: impl FnMut(Sample<'_>)) {
        self.ring.take(&mut self.taken);
        let mut left = &self.taken[..];
        while let Some((kind, body, rest)) = split(left) {
            match kind {
                PERF_RECORD_SAMPLE => sample(body).into_iter().for_each(&mut each),
                PERF_RECORD_LOST => self.lost += word(body, 8).unwrap_or(0),
                _ => {}
            }
            left = rest;
        }
    }

    /// How many samples found no room since this was last asked.
    pub fn lost(&mut self) -> u64 {
        std::mem::take(&mut self.lost)
    }
}

/// Takes a record off the front: its kind, what is in it, and what follows.
fn split(bytes: &[u8]) -> Option<(u32, &[u8], &[u8])> {
    let kind = u32::from_ne_bytes(*bytes.first_chunk()?);
    let length = usize::from(u16::from_ne_bytes(*bytes.get(6..)?.first_chunk()?));
    Some((kind, bytes.get(HEADER_BYTES..length)?, &bytes[length..]))
}

/// Reads thread, time and raw data, in the order in which `perf_event_open(2)` lists them.
fn sample(body: &[u8]) -> Option<Sample<'_>> {
    let half = |offset: usize| Some(u32::from_ne_bytes(*body.get(offset..)?.first_chunk()?));
    let record = body.get(20..)?;
    let length = half(16)? as usize;
    Some(Sample {
        process: half(0)?,
        thread: half(4)?,
        monotonic_ns: word(body, 8)?,
        record: record.get(..length)?,
    })
}

fn word(bytes: &[u8], offset: usize) -> Option<u64> {
    Some(u64::from_ne_bytes(*bytes.get(offset..)?.first_chunk()?))
}

/// The size of a page of memory (`sysconf(3)`).
fn page_bytes() -> usize {
    // SAFETY: the call takes an integer and touches no memory of this program.
    let bytes = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(bytes).unwrap_or(4096)
}

/// Memory that the kernel writes into: a page that says how far, and pages with records.
#[derive(Debug)]
struct Ring {
    start: *mut u8,
    page_bytes: usize,
    /// The memory lives as long as the event does, and the other way round.
    _event: OwnedFd,
}

// SAFETY: the mapping belongs to this value alone, and nothing of it depends on the thread.
unsafe impl Send for Ring {}

impl Ring {
    fn map(event: OwnedFd) -> io::Result<Self> {
        let page_bytes = page_bytes();
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping at a place that the kernel chooses; it overlays nothing.
        let start = unsafe {
            libc::mmap(
                ptr::null_mut(),
                page_bytes * (1 + DATA_PAGES),
                protection,
                libc::MAP_SHARED,
                event.as_raw_fd(),
                0,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Self { start: start.cast(), page_bytes, _event: event })
    }

    /// Moves all that the kernel has written into `bytes`, instead of what was there, and makes its place free.
    fn take(&mut self, bytes: &mut Vec<u8>) {
        let data_bytes = self.page_bytes * DATA_PAGES;
        let (head, tail) = (self.position(HEAD_OFFSET), self.position(TAIL_OFFSET));
        let (from, to) = (tail.load(Ordering::Relaxed), head.load(Ordering::Acquire));
        let length = usize::try_from(to.wrapping_sub(from)).unwrap_or(0).min(data_bytes);
        let begin = usize::try_from(from % data_bytes as u64).unwrap_or(0);
        let first = length.min(data_bytes - begin);
        bytes.clear();
        bytes.resize(length, 0);
        // SAFETY: the data pages follow the first one; both pieces lie in them, since `begin + first` is at most their size and
        // the second piece, from their start, is shorter than the whole. `bytes` has room for both. The kernel does not write
        // there again until the tail has moved beyond.
        unsafe {
            let data = self.start.add(self.page_bytes);
            ptr::copy_nonoverlapping(data.add(begin), bytes.as_mut_ptr(), first);
            ptr::copy_nonoverlapping(data, bytes.as_mut_ptr().add(first), length - first);
        }
        tail.store(to, Ordering::Release);
    }

    fn position(&self, offset: usize) -> &AtomicU64 {
        // SAFETY: the offset lies in the first page, which is mapped as long as `self` lives, and is one of an aligned word that
        // the kernel reads and writes as a whole.
        unsafe { AtomicU64::from_ptr(self.start.add(offset).cast()) }
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: exactly what was mapped, and nothing refers to it any more.
        unsafe { libc::munmap(self.start.cast(), self.page_bytes * (1 + DATA_PAGES)) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::own_id;

    const PERF_TYPE_SOFTWARE: u32 = 1;
    const PAGE_FAULTS: u64 = 2;
    const EXCLUDE_KERNEL: u64 = 1 << 5;

    #[test]
    fn samples_come_in_order_and_with_their_thread_while_the_ring_goes_round() {
        let Some(mut event) = page_faults() else { return };
        let mut times = Vec::new();

        for _ in 0..40 {
            touch(100);
            event.take(|sample| {
                assert_eq!(sample.process, own_id());
                times.push(sample.monotonic_ns);
            });
        }

        assert!(times.len() >= 4000, "{}", times.len());
        assert!(times.is_sorted());
        assert_eq!(event.lost(), 0);
    }

    #[test]
    fn what_found_no_room_is_counted() {
        let Some(mut event) = page_faults() else { return };
        touch(8000);
        event.take(|_| {});
        touch(1);
        event.take(|_| {});

        assert!(event.lost() > 0);
        assert_eq!(event.lost(), 0);
    }

    #[test]
    fn a_record_that_is_cut_is_none() {
        let record = [&9_u32.to_ne_bytes()[..], &[0; 2], &40_u16.to_ne_bytes(), &[0; 31]].concat();

        assert_eq!(split(&record), None);
        assert_eq!(split(&[0; 40]), None);
        assert_eq!(sample(&[0xff; 24]), None);
    }

    /// Listens to this thread's own page faults, which needs no privilege; not on a machine that forbids even that.
    fn page_faults() -> Option<Tracepoint> {
        let attributes = Attributes {
            kind: PERF_TYPE_SOFTWARE,
            config: PAGE_FAULTS,
            flags: EXCLUDE_KERNEL,
            ..Attributes::default()
        };
        match Tracepoint::listen(attributes, 0, -1) {
            Ok(event) => Some(event),
            Err(error) => {
                println!("skipped: {error}");
                None
            }
        }
    }

    /// Writes to so many pages for the first time.
    fn touch(pages: usize) {
        let bytes = pages * 4096;
        // SAFETY: a new mapping at a place that the kernel chooses.
        let start = unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            libc::mmap(ptr::null_mut(), bytes, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0)
        };
        assert_ne!(start, libc::MAP_FAILED);
        for page in 0..pages {
            // SAFETY: within the mapping.
            unsafe { start.cast::<u8>().add(page * 4096).write_volatile(1) };
        }
        // SAFETY: exactly what was mapped.
        unsafe { libc::munmap(start, bytes) };
    }
}
