"""Names of things: entities, devices, entries, and how short forms find them again.

The alphabet is Crockford's base 32 in lower case (no i, l, o, u), so that an id can be read
aloud and typed. Randomness is an argument.
"""

import re
from collections.abc import Callable, Iterable

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_OURS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.encode())
ENTITY = re.compile(r"([a-z]+)-(\d{8})-([0-9a-hjkmnp-tv-z]{8})")
DEVICE = re.compile(r"[0-9a-hjkmnp-tv-z]{16}")

RandomBytes = Callable[[int], bytes]


def base32(data: bytes, length: int) -> str:
    """The first `length` base-32 characters (5 bits each, high bits first) of `data`."""
    import base64

    whole = -(-length * 5 // 40) * 5  # whole groups of 40 bits, so that there is no padding
    return base64.b32encode(data[:whole].ljust(whole, b"\0"))[:length].translate(_OURS).decode()


def number32(number: int, length: int) -> str:
    """`number` written with exactly `length` base-32 digits (higher digits are cut)."""
    return "".join(ALPHABET[(number >> 5 * i) & 31] for i in reversed(range(length)))


def digest32(parts: Iterable[str], length: int) -> str:
    """`length` base-32 characters of the SHA-256 of `parts`, unambiguous about their borders."""
    return base32(digest(parts), length)


def digest(parts: Iterable[str]) -> bytes:
    """SHA-256 over length-prefixed UTF-8 `parts` (lone surrogates kept)."""
    import hashlib

    coded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return hashlib.sha256(b"".join([b"%d:%s" % (len(data), data) for data in coded])).digest()


def day_of(ms: int) -> str:
    """The UTC day `YYYYMMDD` of `ms` milliseconds since the epoch."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y%m%d")


def new_entity(kind: str, now_ms: int, random: RandomBytes) -> str:
    """A fresh entity id such as `session-20261122-k3v9q2m7`."""
    return f"{kind}-{day_of(now_ms)}-{base32(random(5), 8)}"


def imported_entity(kind: str, tool: str, source: str, first_ms: int) -> str:
    """The entity id that every clone gives to conversation `source` of `tool`."""
    return f"{kind}-{day_of(first_ms)}-{imported_tail(tool, source)}"


def imported_tail(tool: str, source: str) -> str:
    """The last part of the id of an imported entity; the day before it is only for people."""
    return digest32(("entity", tool, source), 8)


def imported_entry(tool: str, source: str, message: str, part: str) -> str:
    """The id of one imported entry, the same in every clone (20 characters, 100 bits)."""
    return digest32((tool, source, message, part), 20)


def live_entry(ms: int, counter: int, device: str) -> str:
    """The id of an entry written here: time (10 characters), counter (3), device (16)."""
    return f"{number32(ms, 10)}{number32(counter, 3)}-{device}"


def tail(entity: str) -> str:
    """The last part of an entity id, which alone decides which entity is meant."""
    return entity.rsplit("-", 1)[-1]
