"""Section 3.3: the link, a reliable stream of bytes in each direction over UDP."""

from __future__ import annotations

import math
import struct
from collections import deque
from dataclasses import dataclass


@dataclass
class Flight:
    """A piece of our stream that is on its way. FIN is thought of as one byte after the last."""

    offset: int
    length: int
    fin: bool
    number: int
    sent_at: float
    is_again: bool
    overtaken: int = 0  # How many segments that were sent later have been acknowledged.

    @property
    def end(self) -> int:
        return self.offset + self.length + self.fin


class Link:
    """A reliable stream of bytes in both directions, by segments that may be lost, doubled or out of order.

    It has no socket and no clock: datagrams and times are given to it.
    """

    HEAD = struct.Struct('>QQIBB')
    RANGE = struct.Struct('>QQ')
    FIN, RESET = 1, 2
    RANGES_MAX = 3
    # 1,200 bytes less what is before the data: the datagram's head (18), the seal (16), this head and its ranges.
    DATA_BYTES_MAX = 1_200 - 18 - 16 - HEAD.size - RANGES_MAX * RANGE.size
    WINDOW_BYTES, WINDOW_BYTES_FIRST = 262_144, 16_384
    NUMBERS_BEHIND_MAX = 1_024
    ACK_AFTER_S = 0.02
    TIMEOUT_MIN_S, TIMEOUT_MAX_S = 0.1, 2.0

    def __init__(self, now: float) -> None:
        # What we send. `_bytes` begins at offset `_acked`; `_next` is the offset of what was never sent.
        self._bytes = bytearray()
        self._acked = self._next = 0
        self._end: int | None = None
        self._fin_sent = False
        self._limit = self.WINDOW_BYTES_FIRST  # Until the peer has told us its window.
        self._flights: list[Flight] = []
        self._lost: list[Flight] = []
        self._number = 0
        # How fast: RFC 6582 (congestion) and RFC 6298 (timeout).
        self._congestion, self._threshold, self._recover = 10 * self.DATA_BYTES_MAX, 1 << 40, 0
        self._rtt: float | None = None
        self._rtt_deviation = 0.0
        self._timeout_s = 1.0
        self._timer: float | None = None
        # What we receive.
        self._seen: set[int] = set()
        self._highest = -1
        self._received = 0  # All bytes before this offset have come.
        self._pieces: dict[int, bytes] = {}  # What came beyond, by its offset.
        self._ranges: deque[tuple[int, int]] = deque(maxlen=self.RANGES_MAX)
        self._peer_end: int | None = None
        self._arrived = bytearray()
        self._ack_at: float | None = None
        self._unacked_segments = 0
        self.heard_at = now
        self.was_reset = False

    # -- what the user of the stream does

    def write(self, data: bytes) -> None:
        self._bytes += data

    def finish(self) -> None:
        self._end = self._acked + len(self._bytes)

    def read(self) -> bytes:
        data, self._arrived = bytes(self._arrived), bytearray()
        return data

    @property
    def peer_ended(self) -> bool:
        """The peer's FIN has come, and everything before it."""
        return self._peer_end is not None and self._received > self._peer_end

    @property
    def all_acked(self) -> bool:
        """Everything that we sent has been received, and our FIN too."""
        return self._end is not None and self._acked > self._end

    def pending(self) -> int:
        return len(self._bytes)

    # -- receiving

    def is_new(self, number: int) -> bool:
        return number not in self._seen and number > self._highest - self.NUMBERS_BEHIND_MAX

    def receive(self, now: float, number: int, segment: bytes) -> None:
        """Takes a segment that `is_new` and that has been opened: a number counts as seen only then."""
        if len(segment) < self.HEAD.size:
            return
        offset, ack, window, flags, ranges = self.HEAD.unpack_from(segment)
        start = self.HEAD.size + ranges * self.RANGE.size
        if ranges > self.RANGES_MAX or len(segment) < start:
            return
        self._remember(number)
        self.heard_at = now
        self.was_reset |= bool(flags & self.RESET)
        sacked = list(self.RANGE.iter_unpack(segment[self.HEAD.size:start]))
        self._take_ack(now, ack, window, sacked)
        self._take_data(now, offset, segment[start:], bool(flags & self.FIN))

    def _remember(self, number: int) -> None:
        self._seen.add(number)
        self._highest = max(self._highest, number)
        if len(self._seen) > 2 * self.NUMBERS_BEHIND_MAX:
            self._seen = {seen for seen in self._seen if self.is_near(seen)}

    def is_near(self, number: int) -> bool:
        return number > self._highest - self.NUMBERS_BEHIND_MAX

    def _take_data(self, now: float, offset: int, data: bytes, fin: bool) -> None:
        if not data and not fin:
            return  # An acknowledgement only, which nobody acknowledges.
        end = offset + len(data)
        in_order = offset <= self._received < end + fin
        if end > self._received + self.WINDOW_BYTES:
            self._ack_at = now
            return
        if fin:
            self._peer_end = end
        if end > self._received and len(data) > len(self._pieces.get(offset, b'')):
            self._pieces[offset] = data
            if offset > self._received:
                self._note_range(offset, end)
        self._join()
        self._unacked_segments += 1
        if not in_order or self._ranges or self._unacked_segments >= 2 or self.peer_ended:
            self._ack_at = now
        elif self._ack_at is None:
            self._ack_at = now + self.ACK_AFTER_S

    def _join(self) -> None:
        """Hands on what has no gap before it any more."""
        for offset in sorted(self._pieces):
            if offset > self._received:
                break
            piece = self._pieces.pop(offset)[self._received - offset:]
            self._arrived += piece
            self._received += len(piece)
        if self._peer_end == self._received:
            self._received += 1  # The FIN's own byte.
        kept = [known for known in self._ranges if known[1] > self._received]
        self._ranges = deque(kept, maxlen=self.RANGES_MAX)

    def _note_range(self, start: int, end: int) -> None:
        """Makes one range of the new piece and those that touch it; the newest stands first."""
        others = []
        for known in self._ranges:
            if known[0] <= end and start <= known[1]:
                start, end = min(start, known[0]), max(end, known[1])
            else:
                others.append(known)
        self._ranges = deque([(start, end), *others][:self.RANGES_MAX], maxlen=self.RANGES_MAX)

    def _take_ack(self, now: float, ack: int, window: int, sacked: list[tuple[int, int]]) -> None:
        if ack > self._next + self._fin_sent:
            return  # It acknowledges what was never sent.
        self._limit = max(self._limit, ack + window)
        if ack > self._acked:
            del self._bytes[:ack - self._acked]
            self._acked = ack
        self._lost = [flight for flight in self._lost if not self._is_there(flight, sacked)]
        there = [flight for flight in self._flights if self._is_there(flight, sacked)]
        if not there:
            return
        self._flights = [flight for flight in self._flights if not self._is_there(flight, sacked)]
        self._measure(now, there[-1])
        self._grow(sum(flight.length for flight in there))
        self._overtake(there)
        self._timer = now + self._timeout_s if self._flights else None

    def _is_there(self, flight: Flight, sacked: list[tuple[int, int]]) -> bool:
        if flight.end <= self._acked:
            return True
        inside = (start <= flight.offset and flight.end <= end for start, end in sacked)
        return not flight.fin and any(inside)

    def _measure(self, now: float, flight: Flight) -> None:
        """RFC 6298, section 2; by Karn's rule a repeated segment measures nothing."""
        if flight.is_again:
            return
        rtt = now - flight.sent_at
        if self._rtt is None:
            self._rtt, self._rtt_deviation = rtt, rtt / 2
        else:
            self._rtt_deviation = 0.75 * self._rtt_deviation + 0.25 * abs(self._rtt - rtt)
            self._rtt = 0.875 * self._rtt + 0.125 * rtt
        timeout = self._rtt + 4 * self._rtt_deviation
        self._timeout_s = min(max(timeout, self.TIMEOUT_MIN_S), self.TIMEOUT_MAX_S)

    def _grow(self, count: int) -> None:
        if self._congestion < self._threshold:
            self._congestion += count
        else:
            self._congestion += max(1, self.DATA_BYTES_MAX * count // self._congestion)

    def _overtake(self, there: list[Flight]) -> None:
        """What three later segments have overtaken is lost."""
        for flight in self._flights:
            flight.overtaken += sum(1 for other in there if other.number > flight.number)
        lost = [flight for flight in self._flights if flight.overtaken >= 3]
        if not lost:
            return
        self._flights = [flight for flight in self._flights if flight.overtaken < 3]
        self._lost = sorted(self._lost + lost, key=lambda flight: flight.offset)
        if self._acked >= self._recover:  # Once for each window, not for each segment.
            self._threshold = self._congestion = max(self._in_flight() // 2, 2 * self.DATA_BYTES_MAX)
            self._recover = self._next

    # -- sending

    def segment(self, now: float) -> tuple[int, bytes] | None:
        """The next segment that may be sent now, with its number; or nothing."""
        self._look_at_timer(now)
        if self._in_flight() < self._congestion:
            if self._lost:
                again = self._lost.pop(0)
                return self._fly(now, again.offset, again.length, again.fin, True)
            length = min(self.DATA_BYTES_MAX, self._unsent(), self._limit - self._next)
            fin = self._end == self._next + max(length, 0) and not self._fin_sent
            if length > 0 or fin:
                return self._fly(now, self._next, max(length, 0), fin, False)
        if self._ack_at is not None and now >= self._ack_at:
            return self._make(self._next, b'', 0)
        return None

    def _unsent(self) -> int:
        # An acknowledged FIN is one byte more than there are.
        return len(self._bytes) - max(0, self._next - self._acked)

    def _in_flight(self) -> int:
        return sum(flight.length for flight in self._flights)

    def _fly(self, now: float, offset: int, length: int, fin: bool, is_again: bool) -> tuple[int, bytes]:
        self._flights.append(Flight(offset, length, fin, self._number, now, is_again))
        self._next = max(self._next, offset + length)
        self._fin_sent |= fin
        self._timer = self._timer or now + self._timeout_s
        start = offset - self._acked
        return self._make(offset, bytes(self._bytes[start:start + length]), self.FIN if fin else 0)

    def _make(self, offset: int, data: bytes, flags: int) -> tuple[int, bytes]:
        number, self._number = self._number, self._number + 1
        self._ack_at, self._unacked_segments = None, 0
        head = self.HEAD.pack(offset, self._received, self.WINDOW_BYTES, flags, len(self._ranges))
        return number, head + b''.join(self.RANGE.pack(*known) for known in self._ranges) + data

    def _look_at_timer(self, now: float) -> None:
        is_stuck = not self._flights and not self._lost and self._unsent() > 0 and self._limit <= self._next
        if is_stuck and self._timer is None:
            self._timer = now + self._timeout_s
        if self._timer is None or now < self._timer:
            return
        if not self._flights and not self._lost and not is_stuck:
            self._timer = None
            return
        if is_stuck:
            self._limit = self._next + 1  # The peer said that it has no room. One byte asks whether it still has none.
        else:
            self._threshold = max(self._in_flight() // 2, 2 * self.DATA_BYTES_MAX)
            self._congestion = self.DATA_BYTES_MAX
            self._lost = sorted(self._lost + self._flights, key=lambda flight: flight.offset)
            self._flights = []
        self._timeout_s = min(2 * self._timeout_s, self.TIMEOUT_MAX_S)
        self._timer = now + self._timeout_s

    def wait_s(self, now: float) -> float:
        """How long nothing has to be done, if nothing comes."""
        times = [at for at in (self._timer, self._ack_at) if at is not None]
        return max(0.0, min(times) - now) if times else math.inf
