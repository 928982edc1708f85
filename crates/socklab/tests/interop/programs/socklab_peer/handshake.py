"""Section 3: Noise_NNpsk0_25519_ChaChaPoly_SHA256, by hand. The sections in comments are those of Noise, revision 34."""

from __future__ import annotations

import copy
import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from frames import Problem
from keys import Key


class Cipher:
    """One direction of a session: seals or opens messages, each with a number that is used once (Noise, 5.1)."""

    def __init__(self, key: bytes) -> None:
        self._aead = ChaCha20Poly1305(key)

    def seal(self, number: int, plain: bytes, context: bytes = b'') -> bytes:
        return self._aead.encrypt(self._nonce(number), plain, context)

    def open(self, number: int, sealed: bytes, context: bytes = b'') -> bytes:
        """Raises InvalidTag when these bytes were not sealed by our peer with this number."""
        return self._aead.decrypt(self._nonce(number), sealed, context)

    @staticmethod
    def _nonce(number: int) -> bytes:
        # Noise, 12.3: the one number of this protocol that is little-endian.
        return bytes(4) + number.to_bytes(8, 'little')


def hkdf(chaining_key: bytes, material: bytes, outputs: int) -> list[bytes]:
    """Noise, 4.3: two or three keys from one, by HMAC-SHA256."""
    temporary = hmac.digest(chaining_key, material, 'sha256')
    keys = [hmac.digest(temporary, b'\x01', 'sha256')]
    for number in range(2, outputs + 1):
        keys.append(hmac.digest(temporary, keys[-1] + bytes([number]), 'sha256'))
    return keys


class NoiseSession:
    """The client's half of the handshake: `-> psk, e` and `<- e, ee` (Noise, 7.4 and 9)."""

    NAME = b'Noise_NNpsk0_25519_ChaChaPoly_SHA256'

    def __init__(self, secret: bytes, prologue: bytes, ephemeral: bytes | None = None) -> None:
        # A name of more than 32 bytes stands as its hash.
        self.hash = self.chaining_key = hashlib.sha256(self.NAME).digest()
        self.ephemeral = (X25519PrivateKey.from_private_bytes(ephemeral) if ephemeral
                          else X25519PrivateKey.generate())
        self.mix_hash(prologue)
        self.mix_key_and_hash(secret)

    def message_1(self) -> bytes:
        """Our ephemeral key, and the seal of nothing that proves that we have the secret: 48 bytes."""
        return self.send_ephemeral() + self.seal(b'')

    def finish(self, message_2: bytes) -> tuple[Cipher, Cipher]:
        """Takes the server's answer, and returns the ciphers that send and receive.

        Raises InvalidTag when the server has not the same secret, or not the same prologue. Then nothing has changed,
        and another answer may be tried: over UDP anybody can send one.
        """
        if len(message_2) < 48:
            raise InvalidTag
        attempt = copy.copy(self)
        attempt.mix_key(attempt.exchange(attempt.take_ephemeral(message_2[:32])))
        attempt.open(message_2[32:48])
        return attempt.split()

    # What follows are the operations of Noise, section 5.2, by their names.

    def send_ephemeral(self) -> bytes:
        public = self.ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return self.take_ephemeral(public)

    def take_ephemeral(self, public: bytes) -> bytes:
        self.mix_hash(public)
        # Only in handshakes with a pre-shared key: it makes the keys differ from session to session.
        self.mix_key(public)
        return public

    def exchange(self, public: bytes) -> bytes:
        try:
            return self.ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
        except ValueError:  # One of the few keys that make a secret of zeros, which nobody draws.
            raise InvalidTag from None

    def mix_hash(self, data: bytes) -> None:
        self.hash = hashlib.sha256(self.hash + data).digest()

    def mix_key(self, material: bytes) -> None:
        self.chaining_key, key = hkdf(self.chaining_key, material, 2)
        self.cipher = Cipher(key)

    def mix_key_and_hash(self, material: bytes) -> None:
        self.chaining_key, mixed, key = hkdf(self.chaining_key, material, 3)
        self.mix_hash(mixed)
        self.cipher = Cipher(key)

    def seal(self, plain: bytes) -> bytes:
        # Each key of this handshake seals one message only: its number is 0.
        sealed = self.cipher.seal(0, plain, self.hash)
        self.mix_hash(sealed)
        return sealed

    def open(self, sealed: bytes) -> bytes:
        plain = self.cipher.open(0, sealed, self.hash)
        self.mix_hash(sealed)
        return plain

    def split(self) -> tuple[Cipher, Cipher]:
        sending, receiving = hkdf(self.chaining_key, b'', 2)
        return Cipher(sending), Cipher(receiving)


def opening(key: Key | None, transport: bytes) -> tuple[bytes, NoiseSession | None]:
    """What an OPEN says, over either transport: mode, key id, Noise message 1."""
    if key is None:
        return b'\x00', None
    head = b'\x01' + key.id
    noise = NoiseSession(key.secret, transport + head)
    return head + noise.message_1(), noise


REFUSALS = {1: 'no such key, or not its secret', 2: 'plain sessions are not served', 3: 'too many sessions',
            4: 'the server is stopping', 5: 'malformed opening'}


def refused(code: int) -> Problem:
    return Problem(f'refused: {REFUSALS.get(code, code)}')
