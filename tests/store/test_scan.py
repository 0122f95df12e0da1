"""The quick reader gives what the whole one gives, or says that it cannot tell."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from git_naturecode.errors import Unsupported
from git_naturecode.store import format, scan
from git_naturecode.store.entry import Entry
from splinters import DEVICE, ENTITY, damaged, segment


def agree(data: bytes) -> bool:
    """Asserts that both readers say the same; False where the quick one does not tell."""
    found = scan.scan(data)
    if found is None:
        return False
    whole = format.parse(data)
    pairs = list(zip(found.headers, found.blocks, strict=True))
    quick = [scan.entry(header, block, bodies=True) for header, block in pairs]
    assert (found.entity, found.device) == (whole.entity, whole.device)
    assert [known(entry) for entry in quick] == [known(entry) for entry in whole.entries]
    bare = [scan.entry(header, block, bodies=False) for header, block in pairs]
    assert [entry.is_stub for entry in bare] == [entry.is_stub for entry in whole.entries]
    assert [entry.body is None for entry in bare] == [e.body is None for e in whole.entries]
    return True


def known(entry: Entry) -> object:
    """What the index needs of an entry."""
    return entry.header, entry.line, entry.body, entry.is_stub


@settings(max_examples=600, deadline=None)
@given(st.integers(0, 1 << 30))
def test_both_readers_agree_about_damaged_files(seed: int) -> None:
    rng = random.Random(seed)
    data = damaged(rng, segment(rng))
    try:
        agree(data)
    except Unsupported:
        assert scan.scan(data) is None


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1 << 30))
def test_what_is_in_order_is_read_quickly(seed: int) -> None:
    data = segment(random.Random(seed))
    assert agree(data) or b"\n<<<<<<< " in data


def test_headers_that_only_together_are_json_are_not_taken_apart() -> None:
    header = {"id": "e1", "at": "2026-11-22T10:30:00.000Z/0000", "kind": "message"}
    line = format.block(format.make(header, None)).split("\n")[0]
    inner = line.removeprefix(format.START).removesuffix(format.CLOSE)
    twice = f"{format.START}{inner},{inner}{format.CLOSE}\n{format.END}e1 sha256:{'0' * 16} -->\n\n"
    data = format.preamble(ENTITY, DEVICE, 1) + twice
    assert scan.scan(data.encode()) is None
    assert not format.parse(data.encode()).entries


def test_an_id_that_would_end_a_comment_is_none() -> None:
    header = {"id": "e1", "at": "2026-11-22T10:30:00.000Z/0000", "kind": "message"}
    block = format.block(format.make(header, None)).replace('"e1"', '"e-\\u002d1"')
    data = (format.preamble(ENTITY, DEVICE, 1) + block.replace(" e1 ", " e--1 ")).encode()
    assert scan.scan(data) is None
    assert not format.parse(data).entries
