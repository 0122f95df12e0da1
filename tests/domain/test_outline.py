"""What is told from headers alone is what the whole fold says, whatever stands in the logs."""

import random
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from git_naturecode import ids
from git_naturecode.domain.outline import outline
from git_naturecode.domain.session import describe
from git_naturecode.store import format, index_rows
from git_naturecode.store.described import Described
from git_naturecode.store.entry import Entry
from git_naturecode.store.index_rows import Blob
from git_naturecode.store.store import PRIVATE, TEAM

ENTITY = "session-20261122-k3v9q2m7"
OTHER_DAY = "session-20261121-k3v9q2m7"
DEVICES = ["7f3kq0abx2m4c9vd", "8f3kq0abx2m4c9vd"]
BODIES = ["hello", "", "# a\n\n```\nb", "<!-- nc:entry {}", "\ud800", "x" * 300]


def _entry(rng: random.Random, number: int) -> Entry:
    """An entry of any kind, about earlier ones where it has to be."""
    live = ids.live_entry(1_790_000_000_000 + number * 1000, 0, rng.choice(DEVICES))
    name = live if rng.random() < 0.7 else ids.imported_entry("t", "s", str(number), "0")
    fields: dict[str, Any] = {
        "id": name, "at": f"2026-11-22T10:30:{number:02}.000Z/0000", "salt": "s",
        "by": rng.choice(["ada@x", "Ben@x", "ben@x"]),
    }  # fmt: skip
    kind = rng.choice(("message",) * 6 + _OTHERS)
    before = ids.live_entry(1_790_000_000_000 + rng.randrange(number + 1) * 1000, 0, DEVICES[0])
    more: dict[str, dict[str, Any]] = {
        "open": {"title": "T", "visibility": "team", "origin": {"tool": "x", "session": "s1"}},
        "message": {"role": rng.choice(["user", "tool", "assistant", 7]), "tool": "Bash"},
        "set": {"field": rng.choice(["title", "status", "summary"]), "value": "closed"},
        "add": {"field": "tags", "value": rng.choice("ab")},
        "remove": {"field": "tags", "value": rng.choice("ab")},
        "join": {"name": "Ben"}, "invite": {"who": "eve@x", "can": ["read"]},
        "comment": {"on": before}, "edit": {"target": before}, "redact": {"target": before},
    }  # fmt: skip
    fields |= {"kind": kind, **more.get(kind, {})}
    if rng.random() < 0.3:
        fields["t"] = f"2026-11-2{rng.randrange(9)}T00:00:00.000Z"
    if rng.random() < 0.1:
        fields["over"] = [before]
    has_body = kind in ("message", "comment", "edit") and rng.random() < 0.9
    return format.make(fields, rng.choice(BODIES) if has_body else None)


_OTHERS = (
    "open", "set", "add", "remove", "join", "leave", "invite", "comment", "edit", "redact",
    "delete", "file", "novel",
)  # fmt: skip


def _blobs(rng: random.Random, entries: Sequence[Entry]) -> list[Blob]:
    """`entries` in segments of two devices and both sides, some of them in two places."""
    blobs = []
    for number, side in enumerate((TEAM, TEAM, PRIVATE)):
        own = [entry for entry in entries if rng.random() < 0.6]
        if not own:
            continue
        entity = rng.choice([ENTITY, OTHER_DAY])
        segment = format.Segment(entity, DEVICES[number % 2], 1, tuple(own))
        data = format.render(segment)
        damage = rng.random()
        if damage < 0.1:
            data = data.replace(b"hello", b"hullo", 1)  # edited by hand
        elif damage < 0.15:
            data = data[: rng.randrange(len(data))]
        elif damage < 0.2:
            data = data.replace(b"\n", b"\r\n")
        blobs.append(Blob(side, data))
    return blobs


def _known(found: Described | None) -> object:
    return found and (found.row, found.changed, sorted(found.facets), sorted(found.texts))


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 1 << 30))
def test_the_outline_says_what_the_fold_says(seed: int) -> None:
    rng = random.Random(seed)
    entries = [_entry(rng, number) for number in range(rng.randrange(1, 9))]
    blobs = _blobs(rng, entries)
    tail = ids.tail(ENTITY)
    whole = describe(tail, index_rows.placed(blobs))
    parts = index_rows.parts(blobs)
    if parts is None:
        return
    for texts in (False, True):
        told = outline(tail, parts, texts)
        if told is None:
            continue
        assert whole is not None
        expected = whole if texts else whole._replace(texts=[])
        assert _known(told) == _known(expected)


def test_most_sessions_need_no_more_than_an_outline() -> None:
    rng = random.Random(7)
    entries = [entry for n in range(40) if (entry := _entry(rng, n)).kind in ("message", "open")]
    plain = [entry for entry in entries if "over" not in entry.header]
    blob = Blob(TEAM, format.render(format.Segment(ENTITY, DEVICES[0], 1, tuple(plain))))
    parts = index_rows.parts([blob])
    assert parts is not None
    told = outline(ids.tail(ENTITY), parts, True)
    assert told is not None
    assert told.row["messages"] + told.row["toolCalls"] == sum(e.kind == "message" for e in plain)
