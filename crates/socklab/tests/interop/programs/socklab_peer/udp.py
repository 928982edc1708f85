"""Section 3.2: sessions over UDP."""

from __future__ import annotations

import os
import select
import socket
import struct
import time
from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidTag

from frames import VERSION, Problem
from handshake import Cipher, opening, refused
from keys import Key
from link import Link


class Datagram(IntEnum):
    HELLO, RETRY, OPEN, ACCEPTED, REFUSED, SEGMENT = 1, 2, 3, 4, 5, 6


@dataclass(frozen=True)
class Accepted:
    """What the server answers to OPEN: the session's id, and the ciphers that send and receive in a sealed one."""

    session: bytes
    ciphers: tuple[Cipher, Cipher] | None


class Loss:
    """Loses every so-many-th datagram, in both directions, to show that the link does not mind."""

    def __init__(self, every: int) -> None:
        self._every, self._count = every, 0

    def hits(self) -> bool:
        self._count += 1
        return self._every > 0 and self._count % self._every == 0


class Udp:
    """A session over UDP, as a Transport."""

    HELLO_BYTES = 64
    SEGMENT_HEAD = struct.Struct('>BB8sQ')
    DATAGRAM_BYTES_MAX = 1_200
    OPENING_TRIES_MAX = 10

    def __init__(self, address: tuple[str, int], key: Key | None, lose: int = 0) -> None:
        family, kind, _, _, resolved = socket.getaddrinfo(*address, 0, socket.SOCK_DGRAM)[0]
        self.socket = socket.socket(family, kind)
        # Connected: the kernel drops what comes from elsewhere, and tells us when nobody listens there.
        self.socket.connect(resolved)
        self._loss = Loss(lose)
        self._nonce = os.urandom(8)
        self._cookie = b''
        self._accepted = self._open(key)
        self._link = Link(time.monotonic())
        self.socket.setblocking(False)

    def _open(self, key: Key | None) -> Accepted:
        """HELLO until RETRY, OPEN until ACCEPTED. The nonce and the Noise message stay as they are; a RETRY changes
        the cookie only."""
        payload, self._noise = opening(key, b'socklab/1 udp' + self._nonce)
        answer = self._ask(self._hello(), Datagram.RETRY)
        for _ in range(self.OPENING_TRIES_MAX):
            if isinstance(answer, Accepted):
                return answer
            self._cookie = answer
            answer = self._ask(self._head(Datagram.OPEN) + answer + payload, Datagram.ACCEPTED, Datagram.RETRY)
        raise Problem('the server takes no cookie')

    def _head(self, kind: Datagram) -> bytes:
        return bytes([kind, VERSION]) + self._nonce

    def _hello(self) -> bytes:
        return self._head(Datagram.HELLO).ljust(self.HELLO_BYTES, b'\0')

    def _ask(self, question: bytes, *answers: Datagram) -> bytes | Accepted:
        """Sends the same bytes again and again, until one of these answers comes: a cookie, or a session."""
        wait_s = 0.25
        for _ in range(self.OPENING_TRIES_MAX):
            self._transmit(question)
            deadline = time.monotonic() + wait_s
            while (left := deadline - time.monotonic()) > 0:
                if not select.select([self.socket], [], [], left)[0]:
                    break
                answer = self._understand(self._receive(), answers)
                if answer is not None:
                    return answer
            wait_s = min(2 * wait_s, 2.0)
        raise Problem('nobody answers')

    def _understand(self, datagram: bytes, answers: tuple[Datagram, ...]) -> bytes | Accepted | None:
        """What an answer says, or None when it is none: anybody can send a datagram, so what is strange is dropped."""
        if len(datagram) < 10 or datagram[1] != VERSION or datagram[2:10] != self._nonce:
            return None
        kind, rest = datagram[0], datagram[10:]
        if kind == Datagram.REFUSED and rest:
            raise refused(rest[0])
        if kind not in answers:
            return None
        if kind == Datagram.RETRY:
            return rest if len(rest) == 20 and rest != self._cookie else None
        if self._noise is None:
            return Accepted(rest, None) if len(rest) == 8 else None
        try:
            return Accepted(rest[:8], self._noise.finish(rest[8:]))
        except InvalidTag:
            return None

    def _transmit(self, datagram: bytes) -> None:
        if self._loss.hits():
            return
        try:
            self.socket.send(datagram)
        except BlockingIOError:
            pass  # No room in the kernel: lost like any other datagram.
        except ConnectionRefusedError:
            raise Problem('nobody listens there') from None

    def _receive(self) -> bytes:
        try:
            datagram = self.socket.recv(1 << 16)
        except ConnectionRefusedError:
            raise Problem('nobody listens there') from None
        return b'' if self._loss.hits() else datagram

    @property
    def ended(self) -> bool:
        return self._link.peer_ended

    def send(self, data: bytes) -> None:
        self._link.write(data)
        self._transmit_segments()

    def pending(self) -> int:
        return self._link.pending()

    def waits_for_room(self) -> bool:
        return False

    def finish(self) -> None:
        self._link.finish()
        self._transmit_segments()

    def finished(self) -> bool:
        return self._link.peer_ended and self._link.all_acked

    def turn(self) -> bytes:
        try:
            while True:
                self._take(self._receive())
        except BlockingIOError:
            pass
        self._transmit_segments()
        if self._link.was_reset:
            raise Problem('the server ended the session at once')
        return self._link.read()

    def _transmit_segments(self) -> None:
        now = time.monotonic()
        while (made := self._link.segment(now)) is not None:
            number, segment = made
            if self._accepted.ciphers:
                segment = self._accepted.ciphers[0].seal(number, segment)
            head = self.SEGMENT_HEAD.pack(Datagram.SEGMENT, VERSION, self._accepted.session, number)
            self._transmit(head + segment)

    def _take(self, datagram: bytes) -> None:
        """Gives a segment of this session to the link. Whatever else it may be is dropped, and changes nothing."""
        if not self.SEGMENT_HEAD.size <= len(datagram) <= self.DATAGRAM_BYTES_MAX:
            return
        kind, version, session, number = self.SEGMENT_HEAD.unpack_from(datagram)
        is_ours = (kind, version, session) == (Datagram.SEGMENT, VERSION, self._accepted.session)
        if not is_ours or not self._link.is_new(number):
            return
        segment = datagram[self.SEGMENT_HEAD.size:]
        if self._accepted.ciphers:
            try:
                segment = self._accepted.ciphers[1].open(number, segment)
            except InvalidTag:
                return
        self._link.receive(time.monotonic(), number, segment)

    def wait_s(self) -> float:
        return self._link.wait_s(time.monotonic())

    def heard_at(self) -> float:
        return self._link.heard_at
