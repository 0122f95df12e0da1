"""Segments read back byte for byte, and damage costs no more than the entry that it hit."""

import json
from pathlib import Path

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from git_naturecode.errors import Unsafe, Unsupported
from git_naturecode.store import format
from git_naturecode.store.entry import Entry, content_hash, stub_of
from seeds import SEED, TORTURE

VECTORS = Path(__file__).parent / "vectors"
NAMES = sorted(path.stem for path in VECTORS.glob("*.segment"))
HEAD = format.preamble("session-20261122-k3v9q2m7", "7f3kq0abx2m4c9vd", 1)
HEADER = {"at": "2026-11-22T10:30:05.123Z/0000", "by": "alice", "id": "m1", "kind": "message"}
OFTEN = settings(
    max_examples=20_000 if TORTURE else 150, derandomize=not TORTURE, deadline=None, database=None
)


def segment(*entries: Entry) -> bytes:
    """The segment with `entries`."""
    return (HEAD + "".join(map(format.block, entries))).encode()


def message(number: int, body: str | None = None) -> Entry:
    """A plain message."""
    return format.make({**HEADER, "id": f"m{number}"}, body or f"text {number}")


THREE = (message(1), message(2), message(3))
SAMPLE = segment(*THREE)


# -- there and back -----------------------------------------------------------------------------

FRAGMENTS = ["<!-- nc:entry {} -->", "<!-- nc:end m1 sha256:0 -->", "<!-- \\nc:", "<!-- \\\\nc:end"]
PIECES = ["```", "````", "~~~", "\n", "\n\n", "\r\n", "\r", "\u2028", "\x0b", "\x85", "\0", "\x7f"]
WORDS = ["#### x", "- a", "    ", "> ", "<b>", "<!--", "-->", "---", '"', "\\", "é", "😀", "a"]
LONE = ["\ud800", "\udc80", "\udfff"]
texts = st.lists(
    st.one_of(st.sampled_from([*FRAGMENTS, *PIECES, *WORDS, *LONE]), st.text(max_size=4)),
    max_size=10,
).map("".join)
# JSON reads two surrogates as the character that they make.
bodies = st.none() | texts.map(
    lambda text: text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
headers = st.fixed_dictionaries(
    {
        "at": st.just(HEADER["at"]),
        "id": st.from_regex(r"[0-9a-z]{1,8}(-[0-9a-z]{1,4})?", fullmatch=True),
        "kind": st.text(min_size=1, max_size=5),
        "role": st.sampled_from(["user", "assistant", "tool", 7]),
        "by": texts,
    },
    optional={"model": texts, "tool": texts, "t": texts, "future": values},
)


@OFTEN
@seed(SEED)
@given(st.lists(st.builds(format.make, headers, bodies), max_size=4).map(tuple))
def test_what_is_written_reads_back_exactly(entries: tuple[Entry, ...]) -> None:
    data = segment(*entries)
    read = format.parse(data)
    assert not read.problems
    assert read.entries == entries
    assert [e.header for e in read.entries] == [json.loads(e.line) for e in entries]
    assert format.render(read) == data


@OFTEN
@seed(SEED)
@given(st.lists(st.builds(format.make, headers, bodies), min_size=1, max_size=3))
def test_every_message_has_its_heading_at_top_level(entries: list[Entry]) -> None:
    page = MarkdownIt("commonmark").enable("table").parse("".join(map(format.block, entries)))
    tops = [
        page[i + 1].content
        for i, token in enumerate(page)
        if token.type == "heading_open" and token.level == 0 and token.tag == "h4"
    ]
    shown = [top for top in tops if top.endswith(" · 2026-11-22 10:30")]
    assert len(shown) >= sum(1 for e in entries if e.body is not None and "t" not in e.header)


@pytest.mark.parametrize(
    "body", ["", "\n", "\n\n\n", "a\n", "#### a heading\n\nof its own", "a\r\n"]
)
def test_empty_lines_and_headings_of_the_text_stay(body: str) -> None:
    (read,) = format.parse(segment(format.make(HEADER, body))).entries
    assert read.body == body


def test_an_entry_without_text_has_no_heading() -> None:
    entry = format.make({**HEADER, "kind": "open"}, None)
    assert "####" not in format.block(entry)
    assert format.parse(segment(entry)).entries == (entry,)


def test_a_segment_grows_by_adding_blocks() -> None:
    assert segment(*THREE[:2]) + format.block(THREE[2]).encode() == SAMPLE


@pytest.mark.parametrize(
    ("header", "body", "enc"),
    [
        ({}, "An answer with `code`.", None),
        ({"role": "tool"}, "Read a.py", "fence"),
        ({}, "<details>", "fence"),
        ({}, "\ud800", "json"),
        ({"role": "tool"}, "\ud800", "json"),
        ({"enc": "json"}, "An old mark is not believed.", None),
        ({"enc": "fence"}, None, None),
    ],
)
def test_the_way_of_writing_follows_the_text(header: dict[str, str], body: str, enc: str) -> None:
    entry = format.make({**HEADER, **header}, body)
    assert entry.header.get("enc") == enc
    assert entry.hash == content_hash(entry.line, body)


def test_a_split_character_is_written_as_the_one_that_it_is() -> None:
    entry = format.make({**HEADER, "title": "\ud83d\ude00"}, "\ud83d\ude00")
    assert entry.body == "😀"
    assert format.parse(segment(entry)).entries == (entry,)
    assert not format.parse(segment(entry)).problems


def test_a_header_cannot_close_the_comment_that_it_stands_in() -> None:
    entry = format.make({**HEADER, "title": "--> <b>x</b> --", "by": "a\n-->\n#"}, "text")
    start, heading, *_ = format.block(entry).split("\n")
    assert start.count("-->") == 1
    assert start.endswith(" -->")
    assert heading == "#### a --\\> \\# · 2026-11-22 10:30"


NO_IDS: list[dict[str, object]] = [{"id": name} for name in ("", 7, "a b", "a--b", "a-->")]
NO_TIMES: list[dict[str, object]] = [{"at": "now"}, {"at": "2026-11-22T10:30:05.123Z/00000"}]
NO_KINDS: list[dict[str, object]] = [{"kind": ""}, {"kind": None}, {"x": float("nan")}]


@pytest.mark.parametrize("fault", [*NO_IDS, *NO_TIMES, *NO_KINDS])
def test_no_entry_is_made_that_no_reader_would_take(fault: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"names no|JSON compliant"):
        format.make({**HEADER, **fault}, "text")


def test_a_header_too_long_for_a_reader_is_refused_at_once() -> None:
    assert format.make({**HEADER, "title": "x" * 65_000}, None)
    for title in ("x" * 65_536, "é" * 32_768):
        with pytest.raises(Unsafe):
            format.make({**HEADER, "title": title}, None)


# -- frozen vectors -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_format_1_is_read_and_written_as_ever(name: str) -> None:
    data = (VECTORS / f"{name}.segment").read_bytes()
    expected = json.loads((VECTORS / f"{name}.json").read_text())
    read = format.parse(data)
    found = [
        {
            "id": e.id,
            "hash": e.hash,
            "enc": e.header.get("enc"),
            "stub": e.is_stub,
            "stated": e.stated,
            "header": e.line,
            "body": e.body,
        }
        for e in read.entries
    ]
    assert found == expected["entries"]
    assert list(read.problems) == expected["problems"]
    assert (format.render(read) == data) is expected["canonical"]
    if expected["canonical"] and not expected["problems"]:
        assert tuple(format.make(e.header, e.body) for e in read.entries) == read.entries


def test_the_vectors_cover_every_way_of_writing() -> None:
    files = [json.loads((VECTORS / f"{name}.json").read_text()) for name in NAMES]
    entries = [entry for file in files for entry in file["entries"]]
    assert {entry["enc"] for entry in entries} == {None, "fence", "json"}
    assert any(entry["stub"] for entry in entries)
    assert any(entry["stated"] for entry in entries)


# -- damage -------------------------------------------------------------------------------------


def test_a_file_cut_anywhere_gives_its_whole_entries_and_a_report() -> None:
    ends = [len(segment(*THREE[:n])) for n in range(4)]
    for cut in range(ends[0], len(SAMPLE)):
        read = format.parse(SAMPLE[:cut])
        # The line end and the empty line after an end line add nothing to the entry.
        whole = sum(1 for end in ends[1:] if end - 2 <= cut)
        assert read.entries == THREE[:whole]
        assert bool(read.problems) == (cut not in ends), cut
    for cut in range(ends[0]):
        with pytest.raises(Unsupported):
            format.parse(SAMPLE[:cut])


def test_a_flipped_bit_never_passes_for_the_original() -> None:
    for place in range(len(HEAD), len(SAMPLE)):
        for bit in (1, 4, 32, 128):
            data = bytearray(SAMPLE)
            data[place] ^= bit
            read = format.parse(bytes(data))
            intact = [e for e in read.entries if not e.edited_by_hand]
            assert {e.key for e in intact} <= {e.key for e in THREE}
            in_heading = SAMPLE[: place + 1].rsplit(b"\n", 1)[-1].startswith(b"#### ")
            assert len(intact) >= 1
            assert read.problems or read.entries == THREE or in_heading


RUBBISH = [*SAMPLE.split(b"\n")[6:], b"\xff", b"{", b"\r", b"<<<<<<< a", b"=======", b">>>>>>> b"]


@OFTEN
@seed(SEED)
@given(st.lists(st.sampled_from(RUBBISH)), st.binary())
def test_any_bytes_at_all_below_the_first_lines_are_read(lines: list[bytes], noise: bytes) -> None:
    read = format.parse(HEAD.encode() + b"\n".join(lines) + noise)
    assert format.parse(format.render(read)).entries == read.entries


@pytest.mark.parametrize("body", [b"<<<<<<< a\n", b"\xff\n<<<<<<< a\n"], ids=["text", "bytes"])
def test_conflict_marks_in_a_text_edited_by_hand_are_read_once_and_for_all(body: bytes) -> None:
    lines = SAMPLE.decode().splitlines(keepends=True)
    first = next(n for n, line in enumerate(lines) if line.startswith("<!-- nc:entry "))
    last = next(n for n, line in enumerate(lines) if line.startswith("<!-- nc:end "))
    data = "".join(lines[: first + 1]).encode() + body + "".join(lines[last:]).encode()
    read = format.parse(data)
    assert format.parse(format.render(read)).entries == read.entries


GOOD = '{"at":"2026-11-22T10:30:05.123Z/0000","id":"m2","kind":"k","x":%s}'
BOMBS = {
    "deep lists": GOOD % ("[" * 30_000 + "]" * 30_000),
    "open lists": "[" * 60_000,
    "deep objects": '{"a":' * 12_000,
    "long number": GOOD % ("9" * 5_000),
    "infinity": GOOD % "1e999",
    "not a number": GOOD % "NaN",
    "long line": GOOD % f'"{"x" * 70_000}"',
    "no object": "7",
    "no JSON": '{"id":}',
    "no id": '{"at":"2026-11-22T10:30:05.123Z/0000","kind":"k"}',
    "no time": '{"at":5,"id":"m2","kind":"k"}',
    "other digits": '{"at":"٢٠٢٦-11-22T10:30:05.123Z/0000","id":"m2","kind":"k"}',
    "no kind": '{"at":"2026-11-22T10:30:05.123Z/0000","id":"m2","kind":["k"]}',
    "no hash": '{"at":"2026-11-22T10:30:05.123Z/0000","device":"","hash":"x","id":"m2","kind":"k"}',
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_header_costs_its_own_entry_only(name: str) -> None:
    bad = f"<!-- nc:entry {BOMBS[name]} -->\n<!-- nc:end m2 sha256:{'0' * 16} -->\n\n"
    data = segment(THREE[0]) + bad.encode() + format.block(THREE[2]).encode()
    read = format.parse(data)
    assert read.entries == (THREE[0], THREE[2])
    assert len(read.problems) == 1


def test_many_problems_are_reported_in_linear_time() -> None:
    stray = HEAD + ("x\n" + format.block(THREE[0]).replace("text", "tex")) * 4_000
    assert len(format.parse(stray.encode()).problems) == 8_000


def test_no_text_can_be_put_under_the_name_of_a_purged_one() -> None:
    stub = stub_of(THREE[0], "7f3kq0abx2m4c9vd")
    assert stub.is_stub
    assert stub.hash == THREE[0].hash
    forged = Entry(stub.line, "not what was said")
    (read,) = format.parse(segment(forged)).entries
    assert not read.is_stub
    assert read.hash != THREE[0].hash


def test_a_changed_heading_is_nobodys_loss() -> None:
    read = format.parse(SAMPLE.replace(b"#### alice", b"#### bob"))
    assert read.entries == THREE
    assert format.render(read) == SAMPLE


def test_an_edit_by_hand_is_kept_marked_and_stays_marked() -> None:
    read = format.parse(SAMPLE.replace(b"text 2", b"text two"))
    assert [e.body for e in read.entries] == ["text 1", "text two", "text 3"]
    assert [e.edited_by_hand for e in read.entries] == [False, True, False]
    assert format.parse(format.render(read)).entries == read.entries


def test_both_sides_of_a_conflict_are_read() -> None:
    ours, theirs = (format.block(e) for e in THREE[1:])
    marked = f"{HEAD}{format.block(THREE[0])}<<<<<<< a\n{ours}=======\n{theirs}>>>>>>> b\n"
    read = format.parse(marked.encode())
    assert read.entries == THREE
    assert read.problems


def test_conflict_marks_in_a_text_are_text() -> None:
    entry = message(1, "<<<<<<< a\nours\n=======\ntheirs\n>>>>>>> b")
    read = format.parse(segment(entry))
    assert read.entries == (entry,)
    assert not read.problems


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (HEAD.replace("log/1", "log/2"), "format 2"),
        (HEAD.replace("log/1", "log/2").replace("segment: 1\n", ""), "format 2"),
        (HEAD.replace("segment: 1", "segment: 0"), "does not begin"),
        (HEAD.replace("entity: session", "entity: ../session"), "does not begin"),
        (HEAD.replace("device", "colour"), "does not begin"),
        ("", "does not begin"),
        ("\0" * 100, "does not begin"),
    ],
)
def test_a_file_that_is_no_known_segment_is_refused_in_words(head: str, words: str) -> None:
    with pytest.raises(Unsupported, match=words):
        format.parse(head.encode() + SAMPLE[len(HEAD) :])
