"""One-time codes by which somebody whose key nobody knows yet becomes a member.

A code is `nc-invite1:` and the base64url of 16 random bytes, the first 16 bytes of the digest of
the team's genesis and 2 check bytes. Its Ed25519 key, whose public half the record of the invited
member names, comes from the random bytes; so only who holds the code can prove that he was meant,
and the code itself says which team he was invited to, whatever a host shows him.
"""

import base64
import binascii
import hashlib
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PREFIX = "nc-invite1:"
RANDOM_BYTES = 16
_TEAM_BYTES, _CHECK_BYTES = 16, 2
_SEED = b"naturecode/invite/v1\0"
_CHECK = b"naturecode/invite/check/v1\0"


class Code(NamedTuple):
    """A code that was read: its secret, and the first 32 hex digits of its team's digest."""

    secret: bytes
    team: str

    @property
    def text(self) -> str:
        """The code as it is handed over."""
        told = self.secret + bytes.fromhex(self.team)
        return PREFIX + base64.urlsafe_b64encode(told + _check(told)).decode().rstrip("=")

    @property
    def public(self) -> str:
        """Its public key (64 hex digits), which the record of the invited member names."""
        public = self._key().public_key()
        return public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def sign(self, data: bytes) -> str:
        """The proof (128 hex digits), over `data`, that its holder has it."""
        return self._key().sign(data).hex()

    def _key(self) -> Ed25519PrivateKey:
        seed = hashlib.sha256(_SEED + self.secret).digest()
        return Ed25519PrivateKey.from_private_bytes(seed)


def make(random: bytes, team: str) -> Code:
    """The code of 16 `random` bytes for the team with the genesis digest `team` (hex)."""
    return Code(random, team[: 2 * _TEAM_BYTES])


def read(text: str) -> Code:
    """The code that `text` is; ValueError when it is none, or was mistyped."""
    given = text.strip().removeprefix(PREFIX)
    try:
        data = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("it is no code of an invitation") from None
    told, check = data[:-_CHECK_BYTES], data[-_CHECK_BYTES:]
    if len(told) != RANDOM_BYTES + _TEAM_BYTES:
        raise ValueError("a part of it is missing, or it has too much")
    if _check(told) != check:
        raise ValueError("it was mistyped")
    return Code(told[:RANDOM_BYTES], told[RANDOM_BYTES:].hex())


def _check(told: bytes) -> bytes:
    return hashlib.sha256(_CHECK + told).digest()[:_CHECK_BYTES]
