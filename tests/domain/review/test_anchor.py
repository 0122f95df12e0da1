"""The record of an anchor: what anybody wrote is read within limits, or not at all."""

import json

from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.domain.review import anchor
from git_naturecode.domain.review.anchor import (
    AROUND,
    MOST_CHARACTERS,
    MOST_LINES,
    Anchor,
    at,
    lines_of,
)
from git_naturecode.store.entry import Json

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
KEYS = st.sampled_from(list(Anchor._fields)) | st.text(max_size=3)
GARBAGE = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=12)
)
LINES = st.lists(st.text(st.characters(exclude_characters="\n"), max_size=9), max_size=30)


@given(GARBAGE | st.dictionaries(KEYS, GARBAGE, max_size=12))
def test_garbage_is_refused_or_bounded(value: Json) -> None:
    found = anchor.read(value)
    if found is None:
        return
    assert found.path
    assert found.side in (anchor.OLD, anchor.NEW)
    assert (found.line == found.end == 0) or 1 <= found.line <= found.end < 2**31
    assert len(found.text) <= MOST_LINES
    assert len(found.before) <= AROUND >= len(found.after)
    assert all(len(line) <= MOST_CHARACTERS for line in (*found.text, found.symbol))
    assert anchor.read(found.json()) == found


@given(LINES, st.data())
def test_what_is_written_is_read(lines: list[str], data: st.DataObject) -> None:
    line = data.draw(st.integers(1, max(1, len(lines))))
    end = data.draw(st.integers(line, max(line, len(lines))))
    start = Anchor("a\udcff", "old", commit="1" * 40, blob="2" * 64, outside=True)
    made = at(lines, start, line, end)
    assert anchor.read(json.loads(json.dumps(made.json()))) == made
    assert list(made.text) == lines[line - 1 : end][:MOST_LINES]
    assert [*made.before, *lines[line - 1 : end], *made.after] == (
        lines[max(0, line - 1 - AROUND) : end + AROUND]
    )


def test_much_is_cut() -> None:
    made = at(["x" * 9_999] * 90, Anchor("a"), 2, 80)
    assert (len(made.text), len(made.text[0]), made.end) == (MOST_LINES, MOST_CHARACTERS, 80)
    wide = made.json() | {"text": ["y" * 9_999] * 999, "symbol": "z" * 9_999}
    found = anchor.read(wide)
    assert found is not None
    assert (len(found.text), len(found.text[0]), len(found.symbol)) == (20, 400, 400)
    assert anchor.read({"path": "x" * 9_999, "side": "new"}) is None or found


def test_lines_of_a_file() -> None:
    assert lines_of(b"") == []
    assert lines_of(b"a\r\nb\n\nc") == ["a", "b", "", "c"]
    assert lines_of(b"a\rb\r\r\n") == ["a\rb\r"]
    assert lines_of(b"\xff\n") == ["\udcff"]
    assert lines_of(b"a\0") is None
    assert lines_of(b"a" * 8_000 + b"\0") == ["a" * 8_000 + "\0"]
