"""Section 2: keys."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from frames import Problem


@dataclass(frozen=True)
class Key:
    """What client and server share."""

    name: str
    secret: bytes = field(repr=False)

    @property
    def id(self) -> bytes:
        return hashlib.sha256(b'socklab key id 1' + self.secret).digest()[:8]

    @classmethod
    def load(cls, path: str) -> Key:
        """Reads a client's key file: one line `socklab-key-1 NAME SECRET`."""
        for line in Path(path).read_text('utf-8').splitlines():
            if not line.strip() or line.startswith('#'):
                continue
            mark, key_name, secret = line.split()
            if mark != 'socklab-key-1' or len(secret) != 43:
                raise Problem(f'{path}: not a key of version 1')
            return cls(key_name, base64.urlsafe_b64decode(secret + '='))
        raise Problem(f'{path}: no key')
