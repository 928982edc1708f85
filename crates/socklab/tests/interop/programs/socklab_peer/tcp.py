"""Section 3.1: sessions over TCP."""

from __future__ import annotations

import math
import socket
import time

from cryptography.exceptions import InvalidTag

from frames import PAYLOAD_BYTES_MAX, VERSION, Frame, Fields, Kind, Problem, u16
from handshake import Cipher, opening, refused
from keys import Key


class Plain:
    """No protection: bytes are as they are."""

    def seal(self, data: bytes) -> bytes:
        return data

    def open(self, data: bytes) -> bytes:
        return data


class Records:
    """A sealed stream: records of a length and sealed bytes, numbered from 0 in each direction."""

    PLAIN_BYTES_MAX = 65_535 - 16

    def __init__(self, sending: Cipher, receiving: Cipher) -> None:
        self._sending, self._receiving = sending, receiving
        self._sent = self._received = 0
        self._bytes = bytearray()

    def seal(self, data: bytes) -> bytes:
        sealed = b''
        for at in range(0, len(data), self.PLAIN_BYTES_MAX):
            record = self._sending.seal(self._sent, data[at:at + self.PLAIN_BYTES_MAX])
            self._sent += 1
            sealed += u16(len(record)) + record
        return sealed

    def open(self, data: bytes) -> bytes:
        self._bytes += data
        plain = b''
        while len(self._bytes) >= 2:
            end = 2 + int.from_bytes(self._bytes[:2], 'big')
            if len(self._bytes) < end:
                break
            try:
                plain += self._receiving.open(self._received, bytes(self._bytes[2:end]))
            except InvalidTag:
                raise Problem('a record that does not open') from None
            self._received += 1
            del self._bytes[:end]
        return plain


class Tcp:
    """A session over TCP, as a Transport."""

    def __init__(self, address: tuple[str, int], key: Key | None) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.ended = False
        self._out = bytearray()
        self._finishing = False
        self._protection = self._open(key)
        self._heard_at = time.monotonic()
        self.socket.setblocking(False)

    def _open(self, key: Key | None) -> Plain | Records:
        """Sends OPEN and waits for the answer. Nothing else is sent before it has come."""
        payload, noise = opening(key, b'socklab/1 tcp')
        self.socket.sendall(Frame(Kind.OPEN, 0, payload).encode())
        answer = self._receive_frame()
        if answer.kind == Kind.REFUSED:
            raise refused(Fields(answer.payload).number(1))
        if answer.kind != Kind.ACCEPTED:
            raise Problem(f'a frame of kind {answer.kind} answers OPEN')
        if noise is None:
            return Plain()
        try:
            return Records(*noise.finish(answer.payload))
        except InvalidTag:
            raise Problem('the server has not our secret') from None

    def _receive_frame(self) -> Frame:
        """Exactly one frame: what follows it is sealed already."""
        header = self._receive_exactly(Frame.HEADER.size)
        version, kind, _, stream, length = Frame.HEADER.unpack(header)
        if version != VERSION or length > PAYLOAD_BYTES_MAX:
            raise Problem('this is not socklab')
        return Frame(kind, stream, self._receive_exactly(length))

    def _receive_exactly(self, count: int) -> bytes:
        received = b''
        while len(received) < count:
            piece = self.socket.recv(count - len(received))
            if not piece:
                raise Problem('the server closed instead of answering')
            received += piece
        return received

    def send(self, data: bytes) -> None:
        self._out += self._protection.seal(data)
        self._flush()

    def pending(self) -> int:
        return len(self._out)

    def waits_for_room(self) -> bool:
        return bool(self._out)

    def finish(self) -> None:
        self._finishing = True
        self._flush()

    def finished(self) -> bool:
        return self.ended

    def turn(self) -> bytes:
        self._flush()
        plain = b''
        try:
            while not self.ended:
                piece = self.socket.recv(1 << 16)
                self.ended = not piece
                self._heard_at = time.monotonic()
                plain += self._protection.open(piece)
        except BlockingIOError:
            pass
        return plain

    def _flush(self) -> None:
        try:
            while self._out:
                del self._out[:self.socket.send(self._out)]
        except BlockingIOError:
            return
        if self._finishing:
            self._finishing = False
            self.socket.shutdown(socket.SHUT_WR)

    def wait_s(self) -> float:
        return math.inf

    def heard_at(self) -> float:
        return self._heard_at
