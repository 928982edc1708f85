"""Section 1: frames, and the numbers and names that their payloads are made of."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Iterator

VERSION = 1
PAYLOAD_BYTES_MAX = 65_507


class Problem(Exception):
    """Why there is no result: the server refused, is gone, or broke the protocol."""


class Kind(IntEnum):
    """Section 5: what a frame says."""

    OPEN, ACCEPTED, REFUSED, PING, PONG, BYE = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
    TEXT, FILE, HAVE, FROM, GO, DATA, END, CANCEL = 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17
    STOP, DRAINING = 0x20, 0x21
    EXEC, STARTED, STDOUT, STDERR, CREDIT = 0x30, 0x31, 0x32, 0x33, 0x34
    JOIN, JOINED, SAY, SAID, CAME, LEFT = 0x40, 0x41, 0x42, 0x43, 0x44, 0x45
    RESULT = 0x50


@dataclass(frozen=True)
class Frame:
    """A kind, a stream, and bytes. The kind is a plain number, because it may be one that we do not know."""

    kind: int
    stream: int
    payload: bytes = b''

    HEADER = struct.Struct('>BBHII')

    def encode(self) -> bytes:
        return self.HEADER.pack(VERSION, self.kind, 0, self.stream, len(self.payload)) + self.payload


class Frames:
    """Finds the frames in a stream of bytes, which may come in pieces of any size."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def push(self, data: bytes) -> None:
        self._bytes += data

    def __iter__(self) -> Iterator[Frame]:
        """Yields the frames that are complete."""
        while len(self._bytes) >= Frame.HEADER.size:
            version, kind, _, stream, length = Frame.HEADER.unpack_from(self._bytes)
            if version != VERSION:
                raise Problem(f'a frame of version {version}')
            if length > PAYLOAD_BYTES_MAX:
                raise Problem(f'a frame of {length} bytes')
            end = Frame.HEADER.size + length
            if len(self._bytes) < end:
                return
            payload = bytes(self._bytes[Frame.HEADER.size:end])
            del self._bytes[:end]
            yield Frame(kind, stream, payload)


class Fields:
    """Reads the numbers and names of a payload, one after the other. A longer payload is taken, a shorter one is not."""

    def __init__(self, payload: bytes) -> None:
        self._rest = payload

    def take(self, count: int) -> bytes:
        if len(self._rest) < count:
            raise Problem('a payload that is too short')
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken

    def number(self, size: int) -> int:
        """An unsigned number of `size` bytes, in network byte order."""
        return int.from_bytes(self.take(size), 'big')

    def name(self) -> str:
        return self.take(self.number(2)).decode()

    def rest(self) -> bytes:
        return self.take(len(self._rest))


def u16(value: int) -> bytes:
    return value.to_bytes(2, 'big')


def u32(value: int) -> bytes:
    return value.to_bytes(4, 'big')


def u64(value: int) -> bytes:
    return value.to_bytes(8, 'big')


def name(text: str) -> bytes:
    encoded = text.encode()
    return u16(len(encoded)) + encoded
