"""Encrypted sessions: sealing a thousand messages and signing for them; opening and verifying."""

import os
from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from git_naturecode.crypto import hpke, keys
from git_naturecode.domain import epochs, sealed
from git_naturecode.domain.epochs import Epoch, Plan, Reader
from git_naturecode.store import format, trust
from git_naturecode.store.entry import Entry

from .measure import Line, Times, figure
from .stage import Stage

MESSAGES, SIZE = 1_000, 1_000
_ENTITY = "session-20261120-k3v9q2m7"
_AT = "2026-11-20T10:00:{:02}.{:03}Z/0000"


class _Session:
    """One device that writes, and its epoch."""

    def __init__(self) -> None:
        key = Ed25519PrivateKey.generate()
        self.sign = key.sign
        self.public = key.public_key().public_bytes_raw()
        self.device = keys.device_of(self.public)
        self.secret, self.key = os.urandom(32), os.urandom(32)
        reader = Reader("ada@example.com", hpke.public_of(self.secret).hex())
        plan = Plan(_ENTITY, "ab" * 32, 1, {self.device: reader})
        self.record = epochs.make(plan, self.key, self.device, self.public, self.sign)
        self.epoch = epochs.read(self.record)
        self.plain = [self._said(number) for number in range(MESSAGES)]

    def _said(self, number: int) -> Entry:
        at = _AT.format(number // 1000, number % 1000)
        header = {
            "id": f"20261120T10{number:07}-0000-{self.device}", "at": at, "by": "ada@example.com",
            "kind": "message", "role": "user", "salt": "c2FsdA",
        }  # fmt: skip
        return format.make(header, "word " * (SIZE // 5))

    def seal(self) -> tuple[list[Entry], bytes]:
        """All messages sealed, and the line by which the device says them."""
        made = [
            sealed.seal(one, self.device, self.epoch, self.key, os.urandom(12))
            for one in self.plain
        ]
        names = sorted([one.id, one.hash] for one in made)
        ops = [{"op": "sign", "entity": _ENTITY, "names": names}]
        return made, trust.line(b"", self.device, self.public, _AT.format(0, 0), ops, self.sign)

    def open(self, made: list[Entry], line: bytes) -> int:
        """The line and the epoch verified, each message found in the line and opened."""
        assert trust.is_genuine(line, self.device)
        said = trust.read(line)
        assert said is not None
        names = {(name, digest) for name, digest in said["ops"][0]["names"]}
        epoch: Epoch = epochs.read(self.record)
        key = epochs.key_for(epoch, self.device, self.secret)
        fresh = [Entry(one.line, one.body) for one in made]
        return sum(one.key in names and bool(sealed.unseal(one, epoch, key)) for one in fresh)


def seal(stage: Stage) -> Iterator[Line]:
    """A thousand messages of 1 kB: sealed and signed, opened and verified."""
    session = _Session()
    sealing, opening = Times(), Times()
    for _ in range(stage.rounds(11)):
        with sealing.taking():
            made, line = session.seal()
        with opening.taking():
            opened = session.open(made, line)
        assert opened == MESSAGES
    yield figure("seal and sign 1,000 messages of 1 kB", sealing.median, "ms", 500)
    yield figure("its processor time", sealing.work, "ms", 500)
    yield figure("open and verify them", opening.median, "ms", 800)
    yield figure("its processor time", opening.work, "ms", 800)
    size = sum(len(format.block(one).encode()) for one in made) / MESSAGES
    yield figure("what one takes in its log", size, "bytes", 2_000)
