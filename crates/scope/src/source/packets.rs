//! The packets of a network, as its interfaces see them.
//!
//! A thread empties the ring of [`kernel::packet`] and tells each packet at its own time. The kernel stamps packets by the time of
//! day; `stamps.rs` turns that into the time of the recording.
//!
//! All packets are told. Which of them belong to the programs is found out on the timeline: the first packet of a connection is
//! seen before the call that makes it has returned, so that nobody here could tell it from another's.

mod stamps;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use kernel::clock;
use kernel::packet::{CapturedFrame, Ring, RingConfig};
use kernel::poll::{self, Interest};
use kernel::wake::Wake;

pub use kernel::step::{Step, StepError};

use self::stamps::Stamps;
use super::Sink;
use super::sink::Pressure;
use crate::model::{Bytes, Certainty, Direction, Frame, Note, What};

/// How many bytes of a packet are kept while the queue of observations is too full: the headers of any.
pub const SHORT_BYTES_MAX: usize = 128;

/// How often is looked for packets that were lost and for a clock that was set, when there are no packets.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long after its time the kernel hands a block over at the latest, whose timers may tick each 10 ms.
const HAND_OVER_MAX: Duration = Duration::from_millis(25);

/// What to capture; [`RingConfig::default`] is what [`Level::A`](crate::model::Level::A) needs.
pub type Config = RingConfig;

/// Why packets cannot be captured.
#[derive(Debug, thiserror::Error)]
pub enum PacketsError {
    /// The kernel refused a step.
    #[error(transparent)]
    Refused(#[from] StepError),
    /// There is no thread for it.
    #[error("start a thread for the packets: {0}")]
    Thread(#[source] io::Error),
}

/// A capture that runs.
#[derive(Debug)]
pub struct Packets {
    thread: JoinHandle<u64>,
    shared: Arc<Shared>,
}

/// What a capture could not hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lost {
    /// Packets for which the ring had no room.
    pub packets: u64,
}

#[derive(Debug)]
struct Shared {
    stop: AtomicBool,
    wake: Wake,
}

/// Begins to capture the packets of the network that the calling thread is in; when it returns, none is missed any more.
///
/// # Errors
/// [`PacketsError::Refused`] with the step, as [`Ring::open`] says; [`PacketsError::Thread`].
pub fn start(config: Config, sink: Sink) -> Result<Packets, PacketsError> {
    let ring = Ring::open(config)?;
    let wake = Wake::new().map_err(PacketsError::Thread)?;
    let shared = Arc::new(Shared { stop: AtomicBool::new(false), wake });
    let capture = Capture {
        ring,
        last_moment: config.retire + HAND_OVER_MAX,
        teller: Teller::new(sink, Stamps::new(clock::offset(), clock::monotonic_ns())),
        lost: 0,
    };
    let of_thread = Arc::clone(&shared);
    let builder = thread::Builder::new().name("packets".to_owned());
    let thread = builder.spawn(move || capture.run(&of_thread)).map_err(PacketsError::Thread)?;
    Ok(Packets { thread, shared })
}

impl Packets {
    /// Ends the capture: tells what is in the ring still, and says what was lost since the beginning.
    pub fn stop(self) -> Lost {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.wake.wake();
        let packets = self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Lost { packets }
    }
}

/// What the thread has.
struct Capture {
    ring: Ring,
    /// How long after the end a packet may still come out of the ring.
    last_moment: Duration,
    teller: Teller,
    lost: u64,
}

impl Capture {
    fn run(mut self, shared: &Shared) -> u64 {
        while !shared.stop.load(Ordering::Acquire) {
            if let Err(error) = self.wait(shared) {
                self.teller.failed("wait", &error);
                // An interface that went down may come up again, and the kernel tells it once.
                if error.kind() != io::ErrorKind::NetworkDown {
                    break;
                }
            }
            self.empty();
        }
        self.drain();
        self.lost
    }

    /// Waits for packets, for the end, or until it is time to look.
    fn wait(&self, shared: &Shared) -> io::Result<()> {
        use std::os::fd::AsFd;
        let packets = (self.ring.as_fd(), Interest::READ);
        let end = (shared.wake.as_fd(), Interest::READ);
        let [ready, _] = poll::wait_either(packets, end, Some(Instant::now() + LOOK_EVERY))?;
        if ready.error {
            self.ring.wait(Some(Instant::now()))?;
        }
        Ok(())
    }

    fn empty(&mut self) {
        self.teller.look_at_the_clock();
        let Self { ring, teller, .. } = self;
        ring.take(|frame| teller.tell(&frame));
        match self.ring.lost() {
            Ok(0) => {}
            Ok(packets) => {
                self.lost += packets;
                self.teller.note(Note::PacketsLost { packets });
            }
            Err(error) => self.teller.failed("count what was lost", &error),
        }
    }

    /// Waits until the kernel has handed over the block that it was filling.
    fn drain(&mut self) {
        let end = Instant::now() + self.last_moment;
        while self.ring.wait(Some(end)).unwrap_or(false) && Instant::now() < end {
            self.empty();
        }
        self.empty();
    }
}

/// Turns what is in the ring into observations.
struct Teller {
    sink: Sink,
    stamps: Stamps,
    pressure: Pressure,
    /// Whether it was told that bytes are left out.
    left_out: bool,
}

impl Teller {
    fn new(sink: Sink, stamps: Stamps) -> Self {
        Self { sink, stamps, pressure: Pressure::Low, left_out: false }
    }

    fn tell(&mut self, frame: &CapturedFrame<'_>) {
        let (mut bytes, length_bytes) = ethernet(frame);
        if self.pressure == Pressure::High {
            bytes.truncate(SHORT_BYTES_MAX);
            bytes.shrink_to_fit();
        }
        let direction = match frame.direction {
            kernel::packet::Direction::Out => Direction::Out,
            kernel::packet::Direction::In => Direction::In,
        };
        let time = self.sink.time(self.stamps.monotonic(frame.realtime_ns));
        let told = Frame { direction, interface: frame.interface, length_bytes, bytes: Bytes(bytes) };
        self.pressure = self.sink.tell(time, Certainty::Exact, What::Packet(told));
        if self.pressure == Pressure::High && !self.left_out {
            self.left_out = true;
            self.note(Note::BytesLeftOut {});
        }
    }

    fn look_at_the_clock(&mut self) {
        if let Some(by_us) = self.stamps.look(clock::offset(), clock::monotonic_ns()) {
            self.note(Note::ClockStepped { by_us });
        }
    }

    fn failed(&self, operation: &str, error: &io::Error) {
        let errno = error.raw_os_error().unwrap_or_default();
        self.note(Note::SourceFailed {
            source: "packets".to_owned(),
            operation: operation.to_owned(),
            errno,
        });
    }

    fn note(&self, note: Note) {
        let now = self.sink.time(clock::monotonic_ns());
        self.sink.tell(now, Certainty::Exact, What::Note(note));
    }
}

/// The bytes of a frame with an Ethernet header, and how long it was with that. A tunnel has none: it gets one of zeros.
fn ethernet(frame: &CapturedFrame<'_>) -> (Vec<u8>, u32) {
    const ARPHRD_ETHER: u16 = 1;
    const ARPHRD_LOOPBACK: u16 = 772;
    const ADDRESSES_BYTES: usize = 12;
    const HEADER_BYTES: u32 = 14;

    if matches!(frame.hardware, ARPHRD_ETHER | ARPHRD_LOOPBACK) {
        return (frame.bytes.to_vec(), frame.length_bytes);
    }
    let network = frame.bytes.get(frame.network_offset..).unwrap_or_default();
    let bytes = [&[0; ADDRESSES_BYTES][..], &frame.protocol.to_be_bytes(), network].concat();
    let header = u32::try_from(frame.network_offset).unwrap_or(u32::MAX);
    (bytes, frame.length_bytes.saturating_sub(header).saturating_add(HEADER_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::sink::{self, WAITING_BYTES_MAX};

    #[test]
    fn a_frame_of_a_tunnel_gets_the_header_that_it_lacks() {
        let bytes = [0x45, 1, 2, 3];
        let raw = CapturedFrame { hardware: 0xfffe, bytes: &bytes, length_bytes: 1000, ..frame(&bytes) };

        let (told, length_bytes) = ethernet(&raw);

        assert_eq!(told, [&[0; 12][..], &[8, 0], &bytes].concat());
        assert_eq!(length_bytes, 1014);
    }

    #[test]
    fn when_the_queue_is_half_full_the_headers_are_kept_and_it_is_said_once() {
        let (sink, mut reader) = sink::sink(0);
        let offset = clock::Offset { real_minus_monotonic_ns: 0, bracket_ns: 1 };
        let mut teller = Teller::new(sink, Stamps::new(offset, 0));
        let bytes = vec![7; 64 * 1024];

        for _ in 0..WAITING_BYTES_MAX / 2 / bytes.len() + 3 {
            teller.tell(&frame(&bytes));
        }

        let told = reader.take();
        let lengths: Vec<_> = told.iter().filter_map(kept).collect();
        assert_eq!(lengths[lengths.len() - 3..], [bytes.len(), SHORT_BYTES_MAX, SHORT_BYTES_MAX]);
        assert_eq!(told.iter().filter(|it| it.what == What::Note(Note::BytesLeftOut {})).count(), 1);
    }

    fn kept(observation: &crate::model::Observation) -> Option<usize> {
        match &observation.what {
            What::Packet(frame) => Some(frame.bytes.0.len()),
            _ => None,
        }
    }

    fn frame(bytes: &[u8]) -> CapturedFrame<'_> {
        CapturedFrame {
            bytes,
            length_bytes: u32::try_from(bytes.len()).unwrap(),
            network_offset: 0,
            realtime_ns: 1,
            direction: kernel::packet::Direction::Out,
            interface: 1,
            hardware: 772,
            protocol: 0x0800,
        }
    }
}
