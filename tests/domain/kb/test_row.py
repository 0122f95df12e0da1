"""What the index keeps of an article; told from headers it is what the whole fold says."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.made import entry, placed
from git_naturecode import ids
from git_naturecode.domain.kb import merge
from git_naturecode.domain.kb.outline import outline
from git_naturecode.domain.kb.row import describe
from git_naturecode.store import format, index_rows
from git_naturecode.store.described import Described
from git_naturecode.store.entry import Entry, stub_of
from git_naturecode.store.index_rows import Blob
from git_naturecode.store.store import TEAM

ENTITY = "kb-20261122-k3v9q2m7"
OTHER_DAY = "kb-20261121-k3v9q2m7"
DEVICES = ["7f3kq0abx2m4c9vd", "8f3kq0abx2m4c9vd"]
MARKED = merge.view({
    name: merge.Node(name, parents, text, False, "ada@x", "2026-11-22T10:30:00.000Z", (name,) * 3)
    for name, parents, text in (("a", (), "x y\n"), ("b", ("a",), "x z\n"), ("c", ("a",), "x w\n"))
}).text  # fmt: skip
BODIES = [
    "hello\n", "", "# a\n\n```\nb", "<!-- nc:entry {}", "x\n" * 300, "a\nb\nc\n", "a\nB\nc\n",
    "a \N{WARNING SIGN} b\n", MARKED,
]  # fmt: skip
KINDS = ("revision",) * 6 + (
    "open", "set", "add", "remove", "rename", "delete", "redact", "vote", "view", "link",
    "unlink", "file", "novel",
)  # fmt: skip


def _name(number: int) -> str:
    """The id of an entry; some are imported, and say nothing of their order."""
    if number % 4 == 3:
        return ids.imported_entry("tool", "source", str(number), "")
    return ids.live_entry(1_790_000_000_000 + number * 1000, 0, DEVICES[0])


def _entry(rng: random.Random, number: int, *, plain: bool) -> Entry:
    """An entry of any kind, about earlier ones where it has to be; `plain`: as nearly all are."""
    name, chance = _name(number), rng.random()
    kind = "open" if not number and rng.random() < 0.9 else rng.choice(KINDS)
    before = [_name(rng.randrange(number + 1)) for _ in range(rng.choice((0, 1, 1, 1, 2)))]
    if plain and chance < 0.9:
        begins = not number or (number == 1 and chance < 0.2)
        kind = "open" if begins else "add" if number < 3 else "revision"
        before = [_name(number - 1)] if number > 3 else []
    target = before[0] if before else "nobody"
    more: dict[str, dict[str, Any]] = {
        "open": {"title": f"T{number}", "type": "faq", "slug": rng.choice(["t", "u", "A b"]),
                 "origin": {"code": "src"}},
        "revision": {"parents": before}, "delete": {"parents": before},
        "set": {"field": rng.choice(["title", "type"]), "value": "snippet"},
        "add": {"field": rng.choice(["tags"] * 9 + ["x"]), "value": rng.choice("abb")},
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
    if rng.random() < (0.02 if plain else 0.2):
        fields["over"] = rng.choice([before, [name]])
    if rng.random() < 0.1:
        fields["t"] = rng.choice(["", "2026-11-21T00:00:00.000Z", "2026-11-23T00:00:00.000Z", 7])
    return format.make(fields, rng.choice(BODIES) if kind == "revision" else None)


def _known(found: Described | None) -> object:
    return found and (found.row, found.changed, list(found.texts), list(found.facets))


@settings(max_examples=400)
@given(st.integers(0, 2**32))
def test_what_headers_tell_is_what_the_whole_fold_says(seed: int) -> None:
    rng = random.Random(seed)
    plain = rng.random() < 0.5
    entries = [_entry(rng, number, plain=plain) for number in range(rng.randrange(1, 12))]
    if rng.random() < 0.2:
        at = rng.randrange(len(entries))
        entries[at] = stub_of(entries[at], DEVICES[0])
    blobs = []
    for device in DEVICES:
        own = tuple(one for one in entries if rng.random() < (0.95 if plain else 0.7))
        if own:
            entity = rng.choice([ENTITY, OTHER_DAY])
            blobs.append(Blob(TEAM, format.render(format.Segment(entity, device, 1, own))))
    parts = index_rows.parts(blobs)
    if parts is None:
        return
    whole = describe("k3v9q2m7", index_rows.placed(blobs))
    for texts in (False, True):
        quick = outline("k3v9q2m7", parts, texts)
        if quick is not None:
            known = whole if texts else whole and whole._replace(texts=quick.texts)
            assert _known(quick) == _known(known)


def test_a_marked_text_is_marked_in_the_list() -> None:
    assert merge.has_marks(MARKED)
    opened = entry(0, "open", title="T", type="faq", slug="t")
    data = format.render(format.Segment(
        ENTITY, DEVICES[0], 1, (opened, entry(1, "revision", MARKED, parents=[])),
    ))  # fmt: skip
    parts = index_rows.parts([Blob(TEAM, data)])
    assert parts is not None
    found = outline("", parts, False) or describe("", index_rows.placed([Blob(TEAM, data)]))
    assert found is not None
    assert found.row["marked"] is True


def test_a_tag_that_was_said_again_is_one() -> None:
    """Whoever adds a tag names what he saw of it."""
    one = entry(1, "add", field="tags", value="a")
    other = entry(2, "add", field="tags", value="a", over=[one.id])
    opened = entry(0, "open", title="T", type="faq", slug="t")
    data = format.render(format.Segment(ENTITY, DEVICES[0], 1, (opened, one, other)))
    parts = index_rows.parts([Blob(TEAM, data)])
    assert parts is not None
    found = outline("", parts, True)
    assert found is not None
    assert found.row["tags"] == ["a"]


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
