"""Section 4: a session and its streams, over either transport."""

from __future__ import annotations

import os
import select
import socket
import time
from collections import deque
from typing import Protocol

from frames import Fields, Frame, Frames, Kind, Problem

PING_AFTER_S = 10.0
GONE_AFTER_S = 30.0


class Transport(Protocol):
    """A reliable stream of bytes to the server and one back, of which frames are made."""

    socket: socket.socket

    @property
    def ended(self) -> bool:
        """The server has ended its stream in order."""

    def send(self, data: bytes) -> None:
        """Takes bytes, and sends of them what is possible without waiting."""

    def pending(self) -> int:
        """How many bytes wait to be sent."""

    def waits_for_room(self) -> bool:
        """Whether the kernel has to take more before anything can be sent."""

    def finish(self) -> None:
        """Ends our stream after what has been sent so far."""

    def finished(self) -> bool:
        """Whether both streams have ended, and whoever has to know knows."""

    def turn(self) -> bytes:
        """Sends what is waiting, and receives what has come and returns it, without waiting."""

    def wait_s(self) -> float:
        """How long the next turn may wait if nothing comes."""

    def heard_at(self) -> float:
        """When something came last, if only an acknowledgement."""


RESULTS = ['done', 'denied', 'command not allowed', 'name refused', 'too large', 'mismatch', 'busy', 'cancelled',
           'malformed', 'unsupported', 'failed', 'stopping', 'superseded', 'repeated']


class NotDone(Problem):
    """A RESULT other than done."""

    def __init__(self, code: int, body: bytes) -> None:
        label = RESULTS[code] if code < len(RESULTS) else f'code {code}'
        if code == 10 and len(body) >= 4:
            label += f': {os.strerror(Fields(body).number(4))}'
        super().__init__(f'not done: {label}')
        self.code, self.body = code, body


class Stream:
    """One thing that was asked for, until its RESULT."""

    def __init__(self, client: Client, number: int) -> None:
        self._client, self._number = client, number
        self.frames: deque[Frame] = deque()

    def send(self, kind: Kind, payload: bytes = b'') -> None:
        self._client.send(kind, self._number, payload)

    def receive(self) -> Frame:
        """Waits for the next frame. RESULT done comes with its body as the payload; any other result is raised."""
        while not self.frames:
            self._client.turn()
        return self._checked(self.frames.popleft())

    def take(self) -> list[Frame]:
        """What has come so far, without waiting."""
        taken = [self._checked(frame) for frame in self.frames]
        self.frames.clear()
        return taken

    def expect(self, *kinds: Kind) -> Frame:
        """Waits for a frame of one of these kinds; unknown kinds are passed over."""
        while True:
            frame = self.receive()
            if frame.kind in kinds:
                return frame
            if frame.kind in list(Kind):
                raise Problem(f'{Kind(frame.kind).name} comes where it has no place')

    def _checked(self, frame: Frame) -> Frame:
        if frame.kind != Kind.RESULT:
            return frame
        fields = Fields(frame.payload)
        code, body = fields.number(1), fields.rest()
        if code != 0:
            self._client.done(self)
            raise NotDone(code, body)
        return Frame(Kind.RESULT, frame.stream, body)


class Client:
    """A session: opens streams, and takes what comes to the stream that it is for."""

    PENDING_BYTES_MAX = 262_144

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._frames = Frames()
        self._streams: dict[int, Stream] = {}
        self._opened = 0
        self._sent_at = time.monotonic()
        self.server_says_bye = False

    def open(self, kind: Kind, payload: bytes = b'') -> Stream:
        self._opened += 1
        stream = self._streams[self._opened] = Stream(self, self._opened)
        stream.send(kind, payload)
        return stream

    def send(self, kind: Kind, stream: int, payload: bytes = b'') -> None:
        self._transport.send(Frame(kind, stream, payload).encode())
        self._sent_at = time.monotonic()

    def drain(self, limit: int = PENDING_BYTES_MAX) -> None:
        """Waits until no more than this waits to be sent, so that a large file is not kept in memory."""
        while self._transport.pending() > limit:
            self.turn()

    def turn(self, *inputs: int) -> list[int]:
        """Waits until something comes from the server, or on one of these file descriptors, which are returned."""
        has_news = self._has_frames() or self._transport.finished()
        wait_s = 0.0 if has_news else min(self._transport.wait_s(), PING_AFTER_S)
        connection = self._transport.socket.fileno()
        writing = [connection] if self._transport.waits_for_room() else []
        ready, _, _ = select.select([connection, *inputs], writing, [], wait_s)
        self._exchange()
        if self._transport.ended and self._streams and not self._has_frames():
            raise Problem('the session was cut')
        self._keep_alive()
        return [one for one in ready if one in inputs]

    def close(self) -> None:
        """Says that nothing more will be asked, and ends its stream after the server's: so we have not to stay."""
        self.send(Kind.BYE, 0)
        while not self._transport.ended:
            self.turn()
        self._transport.finish()
        while not self._transport.finished():
            self.turn()
        self._transport.socket.close()

    def abort(self) -> None:
        """Leaves without a word, as a program does that is killed."""
        self.drain(0)
        self._transport.socket.close()

    def _has_frames(self) -> bool:
        return any(stream.frames for stream in self._streams.values())

    def _exchange(self) -> None:
        data = self._transport.turn()
        self._frames.push(data)
        for frame in self._frames:
            self._take(frame)

    def _take(self, frame: Frame) -> None:
        if frame.kind == Kind.PING and frame.stream == 0:
            self.send(Kind.PONG, 0, frame.payload)
        elif frame.kind == Kind.BYE and frame.stream == 0:
            self.server_says_bye = True
        elif frame.stream in self._streams:
            self._streams[frame.stream].frames.append(frame)

    def _keep_alive(self) -> None:
        now = time.monotonic()
        if now - self._transport.heard_at() >= GONE_AFTER_S:
            raise Problem('the server is gone: nothing has come from it for 30 s')
        if now - self._sent_at >= PING_AFTER_S:
            self.send(Kind.PING, 0, os.urandom(8))

    def done(self, stream: Stream) -> None:
        """Forgets a stream that has had its RESULT."""
        self._streams = {number: other for number, other in self._streams.items() if other is not stream}
