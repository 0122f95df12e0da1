"""What the index keeps of an article; told from headers it is what the whole fold says."""

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.made import entry, placed
from git_naturecode import ids
from git_naturecode.domain.kb.row import describe, outline
from git_naturecode.store import format, index_rows
from git_naturecode.store.described import Described
from git_naturecode.store.entry import Entry, stub_of
from git_naturecode.store.index_rows import Blob
from git_naturecode.store.store import TEAM

ENTITY = "kb-20261122-k3v9q2m7"
DEVICES = ["7f3kq0abx2m4c9vd", "8f3kq0abx2m4c9vd"]
BODIES = [
    "hello\n", "", "# a\n\n```\nb", "<!-- nc:entry {}", "x\n" * 300, "a\nb\nc\n", "a\nB\nc\n",
    "a \N{WARNING SIGN} b\n", "###### \N{WARNING SIGN} 1 of 2 (nc:00000000)\n",
]  # fmt: skip
KINDS = ("revision",) * 6 + (
    "open", "set", "add", "remove", "rename", "delete", "redact", "vote", "view", "link",
    "unlink", "file", "novel",
)  # fmt: skip


def _entry(rng: random.Random, number: int) -> Entry:
    """An entry of any kind, about earlier ones where it has to be."""
    name = ids.live_entry(1_790_000_000_000 + number * 1000, 0, DEVICES[0])
    kind = "open" if not number and rng.random() < 0.9 else rng.choice(KINDS)
    before = [
        ids.live_entry(1_790_000_000_000 + rng.randrange(number + 1) * 1000, 0, DEVICES[0])
        for _ in range(rng.choice((0, 1, 1, 1, 2)))
    ]
    target = before[0] if before else "nobody"
    more: dict[str, dict[str, Any]] = {
        "open": {"title": "T", "type": "faq", "slug": "t", "origin": {"code": "src"}},
        "revision": {"parents": before}, "delete": {"parents": before},
        "set": {"field": rng.choice(["title", "type"]), "value": "snippet"},
        "add": {"field": "tags", "value": rng.choice("ab")},
        "remove": {"field": "tags", "value": rng.choice("ab")},
        "rename": {"slug": rng.choice(["x", "y y"])}, "redact": {"target": target},
        "vote": {"value": rng.choice(["helpful", "unhelpful", ""])},
        "view": {"day": "2026-11-26", "count": rng.choice([1, -1, True, "x"])},
        "link": {"to": "a" * 40, "path": "p"}, "unlink": {"to": "a" * 40},
        "file": {"name": "f", "sha": rng.choice(["", "b"]), "size": 1},
    }  # fmt: skip
    fields: dict[str, Any] = {
        "id": name, "at": f"2026-11-22T10:30:{number:02}.000Z/0000", "salt": "s", "kind": kind,
        "by": rng.choice(["ada@x", "Ben@x", "ben@x"]), **more.get(kind, {}),
    }  # fmt: skip
    if rng.random() < 0.2:
        fields["over"] = before
    return format.make(fields, rng.choice(BODIES) if kind == "revision" else None)


def _known(found: Described | None) -> object:
    return found and (found.row, found.changed, list(found.texts), list(found.facets))


@given(st.integers(0, 2**32))
def test_what_headers_tell_is_what_the_whole_fold_says(seed: int) -> None:
    rng = random.Random(seed)
    entries = [_entry(rng, number) for number in range(rng.randrange(1, 12))]
    if rng.random() < 0.2:
        at = rng.randrange(len(entries))
        entries[at] = stub_of(entries[at], DEVICES[0])
    blobs = []
    for device in DEVICES:
        own = tuple(one for one in entries if rng.random() < 0.7)
        if own:
            blobs.append(Blob(TEAM, format.render(format.Segment(ENTITY, device, 1, own))))
    parts = index_rows.parts(blobs)
    if parts is None:
        return
    whole = describe("k3v9q2m7", index_rows.placed(blobs))
    for texts in (False, True):
        quick = outline("k3v9q2m7", parts, texts)
        if quick is not None:
            known = whole if texts else whole and whole._replace(texts=quick.texts)
            assert _known(quick) == _known(known)


def test_one_head_needs_no_whole_reading() -> None:
    """Else a list of ten thousand articles would read all of them."""
    first = entry(1, "revision", "one\n", parents=[])
    second = entry(2, "revision", "two\n", parents=[first.id])
    opened = entry(0, "open", title="T", type="faq", slug="t")
    data = format.render(format.Segment(ENTITY, DEVICES[0], 1, (opened, first, second)))
    parts = index_rows.parts([Blob(TEAM, data)])
    assert parts is not None
    found = outline("k3v9q2m7", parts, True)
    assert found is not None
    assert ("text", "two\n") in found.texts


def test_the_text_of_a_redacted_head_is_not_searched() -> None:
    first = entry(1, "revision", "one\n", parents=[])
    second = entry(2, "revision", "a secret\n", parents=[first.id])
    opened = entry(0, "open", title="T", type="faq", slug="t")
    hiding = entry(3, "redact", target=second.id, parents=[first.id])
    data = format.render(format.Segment(ENTITY, DEVICES[0], 1, (opened, first, second, hiding)))
    blob = Blob(TEAM, data)
    parts = index_rows.parts([blob])
    assert parts is not None
    found = outline("k3v9q2m7", parts, True) or describe("k3v9q2m7", index_rows.placed([blob]))
    assert found is not None
    assert "a secret" not in str(found)
    assert ("text", "one\n") in found.texts


def test_a_deleted_article_has_no_texts() -> None:
    first = entry(1, "revision", "one\n", parents=[])
    gone = entry(2, "delete", parents=[first.id])
    found = describe("", placed(entry(0, "open", title="T", slug="t"), first, gone))
    assert found is not None
    assert found.texts == []
    assert ("state", "deleted") in found.facets
    assert found.row["deleted"] is True


def test_what_nobody_began_is_not_listed() -> None:
    assert describe("", placed(entry(1, "revision", "one\n", parents=[]))) is None
