"""Made-up segments with entries of all shapes, and what damage or an attacker makes of them."""

import random

from git_naturecode.store import format
from git_naturecode.store.entry import Json

ENTITY, DEVICE = "session-20261122-k3v9q2m7", "7f3kq0abx2m4c9vd"
BODIES = [
    None, "", "plain", "a\n\nb\n", "```\nopen", "#### looks like a heading\n\nx", "\ud800",
    "<!-- nc:entry {} -->\n<!-- nc:end x -->", "<!-- \\nc:end", "\n\n\n", "缓存 \u2028 x",
    "<<<<<<< ours\n=======\n>>>>>>> theirs",
]  # fmt: skip
# What damage, a plain merge or an attacker may put into a file.
SPLINTERS = [
    b"\n", b"\n\n", b"\r\n", b" -->", b"<!-- nc:entry ", b"\n<!-- nc:end ", b"{", b"}", b"[",
    b"\xff", b"\xef\xbb\xbf", b"\n<<<<<<< a\n", b"\n=======\n", b"\n>>>>>>> b\n", b"x",
    b'"id":"e1"', b"0" * 25, b'{"at":1},{"id":"', b" sha256:0123456789abcdef", b"---\n", b"\x00",
]  # fmt: skip


def segment(rng: random.Random) -> bytes:
    """The bytes of a segment with a few entries of all shapes."""
    entries = []
    for number in range(rng.randrange(1, 5)):
        header: dict[str, Json] = {
            "id": f"e{number}", "at": f"2026-11-22T10:30:{number:02}.000Z/0000", "kind": "message",
            "salt": "s", "role": rng.choice(["user", "tool"]), "n": rng.choice([1, 2.5, None, {}]),
        }  # fmt: skip
        entries.append(format.make(header, rng.choice(BODIES), fenced=rng.random() < 0.3))
    return format.render(format.Segment(ENTITY, DEVICE, 1, tuple(entries)))


def damaged(rng: random.Random, data: bytes) -> bytes:
    """`data` after a few small changes, some of them at its lines' ends."""
    for _ in range(rng.randrange(4)):
        place = rng.randrange(len(data) + 1)
        if rng.random() < 0.5:
            place = max(data.rfind(b"\n", 0, place), 0) + rng.randrange(2)
        until = place + rng.choice([0, 0, 1, 5, 40])
        data = data[:place] + rng.choice([b"", rng.choice(SPLINTERS)]) + data[until:]
    return data
