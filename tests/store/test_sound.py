"""What is called sound is what the whole reader and the writer would leave as it is."""

import hashlib
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_naturecode.errors import Unsupported
from git_naturecode.store import format
from git_naturecode.store.entry import Entry, Json, header_line
from git_naturecode.store.sound import sound
from splinters import DEVICE, ENTITY, damaged, segment

VECTORS = sorted((Path(__file__).parent / "vectors").glob("*"))
AT = "2026-11-22T10:30:00.000Z/0000"


def holds(data: bytes) -> bool:
    """Asserts that nothing is called sound wrongly; whether it is."""
    found = sound(data)
    if found is None:
        return False
    whole = format.parse(data)
    assert not whole.problems
    assert format.render(whole) == data
    assert (found.entity, found.device, found.number) == (whole.entity, whole.device, whole.number)
    assert found.headers == [entry.header for entry in whole.entries]
    return True


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 1 << 30))
def test_damage_is_never_called_sound(seed: int) -> None:
    rng = random.Random(seed)
    holds(damaged(rng, segment(rng)))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 1 << 30))
def test_one_byte_that_changed_is_never_called_sound(seed: int) -> None:
    rng = random.Random(seed)
    data = bytearray(segment(rng))
    place = rng.randrange(len(data))
    data[place] = rng.choice([data[place] ^ 1 << rng.randrange(8), *b' \n"{}<>-`0a\\'])
    holds(bytes(data))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1 << 30))
def test_what_this_program_writes_is_sound(seed: int) -> None:
    data = segment(random.Random(seed))
    assert holds(data) or b"\n<<<<<<< " in data


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.name)
def test_files_of_format_1_are_sound_or_left_to_the_whole_reader(path: Path) -> None:
    for data in (path.read_bytes(), path.read_bytes().replace(b"\n", b"\r\n")):
        try:
            holds(data)
        except Unsupported:
            assert sound(data) is None


def written(line: str, inner: str = "", digest: str | None = None) -> bytes:
    """A segment of one entry with that header line, whatever it is."""
    body = None
    if inner:
        body = format.read_body(inner, None)
    digest = digest or Entry(line, body).hash[:16]
    return (
        f"{format.preamble(ENTITY, DEVICE, 1)}<!-- nc:entry {line} -->\n{inner}"
        f"<!-- nc:end e1 sha256:{digest} -->\n\n"
    ).encode()


GOOD = f'{{"at":"{AT}","id":"e1","kind":"x","n":1}}'
HEADING = "#### unknown · 2026-11-22 10:30\n\n"


def test_the_plain_case_is_sound() -> None:
    assert holds(written(GOOD))
    assert holds(written(GOOD, f"{HEADING}text\n\n"))
    assert holds(written(GOOD, f"{HEADING}\n\n"))
    assert holds(written(GOOD.replace("1}", '"\\ud800"}'), f"{HEADING}text\n\n"))


@pytest.mark.parametrize(
    "line",
    [
        GOOD.replace("1}", "1.00}"), GOOD.replace("1}", "1e999}"), GOOD.replace("1}", "NaN}"),
        GOOD.replace(",", ", "), GOOD.replace('"n":1', '"n":"\\u0061"'),
        GOOD.replace('"n":1', '"n":1,"n":1'), GOOD.replace('"n":1', '"a":1'),
        GOOD.replace('"n":1', '"n":"-->"'), GOOD.replace('"n":1', '"n":"a--b"'),
        GOOD.replace('"n":1', '"n":"\u2028"'),
        GOOD.replace('"n":1', '"n":"\x7f"'), GOOD.replace(AT, AT[:-1]),
    ],
)  # fmt: skip
def test_headers_that_would_be_written_otherwise_are_not_sound(line: str) -> None:
    assert sound(written(line)) is None


@pytest.mark.parametrize(
    "inner",
    [
        f"{HEADING}text\n", f"{HEADING}text", "text\n\n", "\n\n", f"{HEADING}", f"{HEADING}\n",
        f"{HEADING[:-1]}text\n\n", f"{HEADING.replace('unknown', 'ada')}text\n\n",
        f"{HEADING}<!-- nc:x\n\n", f"\n{HEADING}text\n\n",
    ],
)  # fmt: skip
def test_texts_that_would_be_written_otherwise_are_not_sound(inner: str) -> None:
    assert sound(written(GOOD, inner)) is None


@pytest.mark.parametrize(
    ("enc", "text", "good"),
    [
        ("fence", "```\na\n```", True), ("fence", "````\na\n````", False),
        ("fence", "````\n```\n````", True), ("fence", "```\n```\n```", False),
        ("fence", "```\n\n```", True), ("fence", "```\n```", False), ("fence", "a", False),
        ("fence", "```py\na\n```", False), ("json", '```\n"a"\n```', True),
        ("json", '```\n"\\u0061"\n```', False), ("fence", "```\n<!-- \\nc:end\n```", True),
    ],
)  # fmt: skip
def test_fences_are_sound_only_as_they_are_written(enc: str, text: str, good: bool) -> None:
    header: dict[str, Json] = {"at": AT, "enc": enc, "id": "e1", "kind": "x"}
    line = header_line(header)
    inner = f"{HEADING}{text}\n\n"
    body = format.read_body(inner, enc)
    assert holds(written(line, inner, Entry(line, body).hash[:16])) == good


def test_a_wrong_hash_and_a_stub_are_left_to_the_whole_reader() -> None:
    assert sound(written(GOOD, digest="0" * 16)) is None
    stub = f'{{"at":"{AT}","device":"{DEVICE}","hash":"{"a" * 64}","id":"e1","kind":"x"}}'
    for digest in ("a" * 16, hashlib.sha256(stub.encode()).hexdigest()[:16]):
        assert sound(written(stub, digest=digest)) is None
