"""Section 5: what a client asks for."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from dataclasses import dataclass

from client import Client, Stream
from frames import PAYLOAD_BYTES_MAX, Fields, Frame, Kind, Problem, name, u16, u32, u64

CREDIT_BYTES = 262_144


def send_texts(client: Client, texts: list[str]) -> int:
    """5.1. All of them are on their way at once, each on its stream."""
    streams = [(text, client.open(Kind.TEXT, text.encode())) for text in texts]
    for text, stream in streams:
        digest = Fields(stream.expect(Kind.RESULT).payload).take(32)
        client.done(stream)
        if digest != hashlib.sha256(text.encode()).digest():
            raise Problem('the server has another text')
        print('shown', digest.hex())
    return 0


def send_file(client: Client, path: str, stored_as: str | None, cut_after: int | None) -> int:
    """5.2."""
    size = os.path.getsize(path)
    stream = client.open(Kind.FILE, u64(size) + transfer_id(path) + name(stored_as or os.path.basename(path)))
    answer = stream.expect(Kind.GO, Kind.HAVE)
    if answer.kind == Kind.HAVE:
        offset = Fields(answer.payload).number(8)
        if offset > size:
            offset = 0
        stream.send(Kind.FROM, u64(offset) + hash_of(path, offset))
        answer = stream.expect(Kind.GO)
    offset = Fields(answer.payload).number(8)
    print('from', offset, flush=True)
    if send_data(client, stream, path, offset, cut_after):
        client.abort()
        print('cut after', cut_after)
        return 0
    digest = hash_of(path, size)
    stream.send(Kind.END, digest)
    result = Fields(stream.expect(Kind.RESULT).payload)
    client.done(stream)
    if result.take(32) != digest:
        raise Problem('the server has stored something else')
    print('stored', result.name(), digest.hex())
    return 0


def transfer_id(path: str) -> bytes:
    """The same for the same file, another one when the file has changed."""
    status = os.stat(path)
    mark = f'{os.path.realpath(path)}\0{status.st_size}\0{status.st_mtime_ns}'
    return hashlib.sha256(mark.encode()).digest()[:16]


def hash_of(path: str, count: int) -> bytes:
    """SHA-256 of the first `count` bytes."""
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while count > 0 and (piece := file.read(min(count, 1 << 16))):
            digest.update(piece)
            count -= len(piece)
    return digest.digest()


def send_data(client: Client, stream: Stream, path: str, offset: int, cut_after: int | None) -> bool:
    """Sends the rest of a file. Returns True when it was to be cut and has been."""
    with open(path, 'rb') as file:
        file.seek(offset)
        left = cut_after
        while piece := file.read(min(PAYLOAD_BYTES_MAX, left if left is not None else PAYLOAD_BYTES_MAX)):
            stream.send(Kind.DATA, piece)
            client.drain()
            stream.take()  # A RESULT that comes so early says that the server wants no more.
            if left is not None:
                left -= len(piece)
    return left == 0


def stop(client: Client) -> int:
    """5.3."""
    stream = client.open(Kind.STOP)
    fields = Fields(stream.expect(Kind.DRAINING).payload)
    print('draining', fields.number(4), 'sessions', fields.number(4), 'streams', flush=True)
    stream.expect(Kind.RESULT)
    client.done(stream)
    print('stopped')
    return 0


@dataclass
class Ending:
    """5.4: how a command ended."""

    how: int
    value: int
    core: int
    why: int
    wait: int
    out: int
    err: int

    @classmethod
    def decode(cls, body: bytes) -> Ending:
        fields = Fields(body)
        return cls(*(fields.number(size) for size in (1, 4, 1, 1, 4, 8, 8)))

    def __str__(self) -> str:
        how = {0: 'exited', 1: 'signal', 2: 'not started: errno'}.get(self.how, f'how {self.how}')
        reasons = ['by itself', 'time limit', 'output limit', 'cancelled', 'server stopping']
        why = reasons[self.why] if self.why < len(reasons) else f'why {self.why}'
        return f'{how} {self.value}, {why}, wait {self.wait}, {self.out} bytes out, {self.err} bytes err'

    def status(self) -> int:
        """As a shell shows it."""
        return {0: self.value, 1: 128 + self.value}.get(self.how, 127)


def execute(client: Client, options: argparse.Namespace) -> int:
    """5.4. Standard input goes there, standard output and standard error come back, each as far as its credit."""
    request = bytes.fromhex(options.request) if options.request else os.urandom(16)
    arguments = [argument.encode() for argument in options.command_line]
    payload = request + u64(options.time_limit_ms) + u64(options.output_limit) + bytes([options.shell])
    payload += u16(len(arguments)) + b''.join(u32(len(argument)) + argument for argument in arguments)
    stream = client.open(Kind.EXEC, payload)
    may_send, taken, reads_input = CREDIT_BYTES, 0, True
    while True:
        ready = client.turn(*([0] if reads_input and may_send else []))
        for frame in stream.take():
            if frame.kind == Kind.RESULT:
                client.done(stream)
                ending = Ending.decode(frame.payload)
                print(ending, file=sys.stderr)
                return ending.status()
            if frame.kind in (Kind.STDOUT, Kind.STDERR):
                write_all(1 if frame.kind == Kind.STDOUT else 2, frame.payload)
                taken += len(frame.payload)
            elif frame.kind == Kind.CREDIT:
                may_send += Fields(frame.payload).number(4)
        if taken >= CREDIT_BYTES // 2:
            stream.send(Kind.CREDIT, u32(taken))
            taken = 0
        if ready:
            piece = os.read(0, min(may_send, PAYLOAD_BYTES_MAX))
            may_send -= len(piece)
            reads_input = bool(piece)
            stream.send(Kind.DATA if piece else Kind.END, piece)


def write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data):]


def join(client: Client, room: str, who: str) -> int:
    """5.5. Each line of standard input is said; the end of standard input leaves the room."""
    stream = client.open(Kind.JOIN, name(room) + name(who))
    greet(stream)
    lines, reads_input = b'', True
    while True:
        ready = client.turn(*([0] if reads_input else []))
        for frame in stream.take():
            if frame.kind == Kind.RESULT:
                client.done(stream)
                return 0
            show(frame)
        if ready:
            piece = os.read(0, 1 << 16)
            *whole, lines = (lines + piece).split(b'\n')
            for line in whole:
                stream.send(Kind.SAY, line)
            if not piece:
                reads_input = False
                stream.send(Kind.END)


def say(client: Client, room: str, who: str, line: str) -> int:
    """5.5. What is said comes back to whoever said it: then everyone has been told."""
    stream = client.open(Kind.JOIN, name(room) + name(who))
    greet(stream)
    stream.send(Kind.SAY, line.encode())
    is_heard = False
    while not is_heard:
        frame = stream.expect(Kind.SAID, Kind.CAME, Kind.LEFT)
        is_heard = show(frame) == (who, line)
    stream.send(Kind.END)
    while stream.expect(Kind.SAID, Kind.CAME, Kind.LEFT, Kind.RESULT).kind != Kind.RESULT:
        pass
    client.done(stream)
    return 0


def greet(stream: Stream) -> None:
    fields = Fields(stream.expect(Kind.JOINED).payload)
    print('here', *(fields.name() for _ in range(fields.number(2))), flush=True)


def show(frame: Frame) -> tuple[str, str] | None:
    """Prints what happened in a room. Returns who said what, if somebody did."""
    if frame.kind not in (Kind.SAID, Kind.CAME, Kind.LEFT):
        return None
    fields = Fields(frame.payload)
    _at_ms, who, line = fields.number(8), fields.name(), fields.rest().decode()
    print(Kind(frame.kind).name.lower(), who, line, flush=True)
    return (who, line) if frame.kind == Kind.SAID else None
