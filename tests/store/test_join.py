"""Joining two states: nothing whole is lost, nothing comes twice, and the order does not matter."""

import json
import subprocess
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from git_naturecode.store import format, join, paths
from git_naturecode.store.entry import Entry, stub_of
from seeds import SEED, TORTURE
from trees import join_trees

ENTITY = "session-20261122-k3v9q2m7"
DEVICE = "7f3kq0abx2m4c9vd"
PATH = paths.segment_path(ENTITY, DEVICE, 1)
HEAD = format.preamble(ENTITY, DEVICE, 1)
OFTEN = settings(
    max_examples=10_000 if TORTURE else 250,
    derandomize=not TORTURE,
    deadline=None,
    database=None,
)

Joiner = Callable[[bytes, bytes], bytes]


def entry(second: int, text: str | None = None, **fields: object) -> Entry:
    """A message written at `second`."""
    at = f"2026-11-22T10:30:{second:02d}.000Z/0000"
    header = {"at": at, "by": "alice", "id": f"m{second}", "kind": "message", **fields}
    return format.make(header, text or f"text {second}")


def segment(*entries: Entry) -> bytes:
    """The segment with `entries`, in this order."""
    return (HEAD + "".join(map(format.block, entries))).encode()


def bodies(data: bytes) -> list[str | None]:
    """The texts in a segment, in its order."""
    return [e.body for e in format.parse(data).entries]


A, B, C, D = (entry(second) for second in range(1, 5))


# -- any states at all -------------------------------------------------------------------------

POOL = [entry(second) for second in range(6)]
TWIN = entry(1, "the same id, another text")
STUBS = [stub_of(POOL[0], DEVICE), stub_of(POOL[3], DEVICE)]
FORGED = Entry(STUBS[1].line.replace("10:30:03", "10:30:59"))
EDITED = Entry(POOL[2].line, "by hand", POOL[2].hash[:16])
PURGED = frozenset({(*POOL[3].key, DEVICE)})


@st.composite
def states(draw: st.DrawFn) -> bytes:
    """A state as writers, plain merges, crashes and hands may leave it."""
    some = st.sampled_from([*POOL, *POOL, TWIN, *STUBS, FORGED, EDITED])
    blocks = [format.block(e) for e in draw(st.lists(some, max_size=6))]
    if draw(st.booleans()):
        blocks.sort()
    head = draw(st.sampled_from([HEAD] * 8 + [HEAD.replace("segment: 1", "segment: 2")]))
    text = head + "".join(blocks)
    damage = draw(st.integers(0, 9))
    if damage == 0:
        text = text[: len(head) + draw(st.integers(0, 400))]
    if damage == 1:
        text += draw(st.sampled_from(["<<<<<<< ours\n", "=======\n", "a stray line\n", "\n"]))
    if damage == 2:
        text = text.replace("#### alice", "#### mallory", 1)
    if damage == 3:
        text = text.replace("log/1", draw(st.sampled_from(["log/2", "log/3", "lag/1"])), 1)
    return text.encode()


@OFTEN
@seed(SEED)
@given(states(), states(), states(), st.sampled_from([join.NOTHING, PURGED]))
def test_no_order_of_joining_shows(a: bytes, b: bytes, c: bytes, purged: join.Purged) -> None:
    ab = join.join_segments(a, b, purged)
    assert ab == join.join_segments(b, a, purged)
    left = join.join_segments(ab, c, purged)
    assert left == join.join_segments(a, join.join_segments(b, c, purged), purged)
    for state in (a, b, c, ab, left):
        assert join.join_segments(left, state, purged) == left


@OFTEN
@seed(SEED)
@given(states(), states())
def test_every_whole_entry_is_there_once(a: bytes, b: bytes) -> None:
    if b"log/1" not in a or b"log/1" not in b:
        return
    expected = {e.key for data in (a, b) for e in format.parse(data).entries}
    found = [e.key for e in format.parse(join.join_segments(a, b)).entries]
    assert set(found) == expected
    assert len(found) == len(expected) or a == b or a.startswith(b) or b.startswith(a)


# -- the failing examples of other designs ------------------------------------------------------


def test_two_clones_append_one_message_each() -> None:
    base = segment(A)
    ours, theirs = join.extend(base, [C]), join.extend(base, [B])
    assert join.join_segments(ours, theirs) == segment(A, B, C)
    assert join.join_segments(theirs, ours) == segment(A, B, C)


def test_three_concurrent_insertions_come_out_the_same_in_every_order() -> None:
    states = [segment(A, one) for one in (B, C, D)]
    for x, y, z in permutations(states):
        assert join.join_segments(join.join_segments(x, y), z) == segment(A, B, C, D)


def test_a_redaction_survives_a_criss_cross_with_three_merge_bases() -> None:
    redact = entry(9, kind="redact", over=["m1"])
    a, b, c = ({PATH: segment(x)} for x in (B, A, C))
    p = join_trees(join_trees(a, b), c)
    q = join_trees(join_trees(b, c), a)
    p = {PATH: join.extend(p[PATH], [redact])}
    for end in (join_trees(p, q), join_trees(q, p)):
        assert end == {PATH: segment(A, B, C, redact)}


def test_joining_without_any_common_history_brings_nothing_back() -> None:
    redact = entry(9, kind="redact", over=["m1"])
    stale = {PATH: segment(A)}
    fresh = {PATH: segment(A, redact)}
    assert join_trees(stale, fresh) == join_trees({}, fresh) == fresh


def test_an_edit_beside_a_redaction_does_not_undo_it() -> None:
    redact, edit = entry(5, kind="redact", over=["m1"]), entry(6, kind="edit", over=["m1"])
    end = join.join_segments(segment(A, redact), segment(A, edit))
    assert end == segment(A, redact, edit)


def test_edits_of_two_paragraphs_are_both_kept() -> None:
    one, other = entry(5, "P1\np2", kind="revision"), entry(6, "p1\nP2", kind="revision")
    assert bodies(join.join_segments(segment(A, one), segment(A, other)))[1:] == [
        "P1\np2",
        "p1\nP2",
    ]


def test_a_slow_clock_writes_nothing_that_an_ancestor_undoes() -> None:
    ancestor = segment(D)
    late = format.make({**A.header, "over": ["m4"], "kind": "edit"}, "edited by a slow clock")
    new = join.extend(ancestor, [late])
    assert join.join_segments(ancestor, new) == new
    assert late in format.parse(new).entries


def test_copied_clones_count_separately() -> None:
    base = segment(A)
    one, other = entry(5, "view", salt="1"), entry(5, "view", salt="2")
    end = join.join_segments(join.extend(base, [one]), join.extend(base, [other]))
    assert {e.key for e in format.parse(end).entries} == {A.key, one.key, other.key}


def test_a_ring_of_three_ends_after_two_rounds() -> None:
    ring = [{PATH: segment(one)} for one in (A, B, C)]
    for _ in range(2):
        ring = [join_trees(ring[i], ring[(i + 1) % 3]) for i in range(3)]
    assert ring[0] == ring[1] == ring[2] == {PATH: segment(A, B, C)}


def literal_prefix_rule(a: bytes, b: bytes) -> bytes:
    """The longer of two states where one begins with the other, whatever follows."""
    if a.startswith(b) or b.startswith(a):
        return max(a, b, key=len)
    return join.join_segments(a, b)


def check_addition_below_the_end(join_segments: Joiner) -> None:
    """Three states, one with an addition whose stamp is below those before it."""
    a, b = segment(D), segment(B)
    grown = segment(B, D, A)
    left = join_segments(join_segments(a, b), grown)
    assert left == join_segments(a, join_segments(b, grown))


def test_an_addition_below_the_end_does_not_break_associativity() -> None:
    check_addition_below_the_end(join.join_segments)
    with pytest.raises(AssertionError):
        check_addition_below_the_end(literal_prefix_rule)


# -- damage, hands, purges ----------------------------------------------------------------------


def test_a_torn_tail_is_mended_by_a_whole_state() -> None:
    whole = segment(A, B)
    for cut in range(len(segment(A)), len(whole)):
        assert join.join_segments(whole[:cut], whole) == whole
        assert bodies(join.join_segments(whole[:cut], segment(A, C)))[0] == "text 1"


def test_writing_goes_on_after_a_torn_tail() -> None:
    torn = segment(A, B)[:-30]
    assert join.extend(torn, [C]) == segment(A, C)


def test_an_entry_edited_by_hand_stands_beside_the_original() -> None:
    by_hand = segment(A).replace(b"text 1", b"text one")
    end = format.parse(join.join_segments(segment(A), by_hand))
    assert sorted(str(e.body) for e in end.entries) == ["text 1", "text one"]
    assert [e.edited_by_hand for e in end.entries if e.body == "text one"] == [True]


def test_an_intact_entry_beats_one_with_a_false_end_line() -> None:
    good = segment(A)
    short = A.hash[:16].encode()
    for false in (b"0" * 16, b"f" * 16):
        bad = good.replace(short, false)
        assert join.join_segments(good, bad) == join.join_segments(bad, good) == good
    low, high = good.replace(short, b"0" * 16), good.replace(short, b"f" * 16)
    assert join.join_segments(high, low) == low


def test_a_text_beats_its_stub_until_it_is_purged() -> None:
    full, stub = segment(A, B), segment(stub_of(A, DEVICE), B)
    assert join.join_segments(full, stub) == join.join_segments(stub, full) == full
    purged = frozenset({(*A.key, DEVICE)})
    for x, y in ((full, stub), (stub, full), (full, full), (full, segment(A))):
        assert join.join_segments(x, y, purged) == stub
    assert b"text 1" not in join_trees({PATH: full}, {}, purged)[PATH]


def test_a_purge_of_one_text_leaves_its_twin() -> None:
    other = entry(1, "another version")
    end = join.join_segments(segment(A, other), segment(B), frozenset({(*A.key, DEVICE)}))
    assert [e.body for e in format.parse(end).entries if not e.is_stub] == [
        "another version",
        "text 2",
    ]


def test_a_state_of_a_newer_program_is_left_alone() -> None:
    newer = b"---\nnaturecode: log/2\nwhatever: it says\n---\n"
    longer = newer + b"more\n"
    rubbish = b"\xff" * 10_000
    old = segment(A, B, C, D)
    for x, y in ((newer, old), (newer, rubbish)):
        assert join.join_segments(x, y) == join.join_segments(y, x) == newer
    assert join.join_segments(newer, longer) == longer
    assert join.join_segments(old, rubbish) == join.join_segments(rubbish, old) == old


def merge_file(tmp_path: Path, *states: bytes) -> bytes:
    """What git itself makes of ours, base and theirs."""
    for name, data in zip(("ours", "base", "theirs"), states, strict=True):
        (tmp_path / name).write_bytes(data)
    command = ["git", "merge-file", "-p", "ours", "base", "theirs"]
    return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).stdout


@pytest.mark.parametrize("shared", ["", "\n".join(f"line {i}" for i in range(9)) + "\n\n"])
def test_conflict_marks_of_a_plain_merge_lose_nothing(tmp_path: Path, shared: str) -> None:
    one, other = entry(5, f"{shared}of one"), entry(5, f"{shared}of another", by="bob")
    merged = merge_file(tmp_path, segment(A, one), segment(A), segment(A, other))
    assert b"<<<<<<<" in merged
    end = join.join_segments(merged, segment(A))
    assert end == join.join_segments(segment(A, one), segment(A, other))


# -- lines, other files, trees -----------------------------------------------------------------


def lines(*numbers: int, dev: str = "a") -> bytes:
    """A trust log with these sequence numbers."""
    return b"".join(
        json.dumps({"dev": dev, "seq": n, "sig": "x"}, separators=(",", ":")).encode() + b"\n"
        for n in numbers
    )


LINES = [b'{"seq":2}\n', b'{"seq":10}\n', b"{}\n", b"torn"]


def test_of_one_chain_of_lines_the_longer_stays() -> None:
    assert join.join_lines(lines(*range(1, 12)), lines(1, 2)) == lines(*range(1, 12))


def test_a_forked_chain_keeps_both_branches() -> None:
    ours, theirs = lines(1, 2, 3), lines(1) + lines(2, dev="b")
    end = join.join_lines(ours, theirs)
    assert end == join.join_lines(theirs, ours)
    assert end == lines(1, 2) + lines(2, dev="b") + lines(3)


@OFTEN
@seed(SEED)
@given(st.tuples(*[st.lists(st.sampled_from(LINES)).map(b"".join)] * 3))
def test_no_order_of_joining_lines_shows(states: tuple[bytes, bytes, bytes]) -> None:
    a, b, c = states
    left = join.join_lines(join.join_lines(a, b), c)
    assert left == join.join_lines(a, join.join_lines(c, b))
    assert join.join_lines(left, a) == join.join_lines(left, left) == left


def test_a_tree_keeps_what_only_one_side_has() -> None:
    trust = paths.trust_path(DEVICE)
    a = {PATH: segment(A), "team/alice.yml": b"a: 1\n", trust: lines(1)}
    b = {PATH: segment(B), "prompts/review.md": b"be kind\n", trust: lines(1, 2)}
    end = join_trees(a, b)
    assert end == join_trees(b, a)
    assert end == {**a, **b, PATH: segment(A, B)}


def test_views_are_settled_alike_everywhere() -> None:
    path = "kb/articles/retries.md"
    assert join.join_file(path, b"abc", b"abd") == join.join_file(path, b"abd", b"abc") == b"abd"
    assert join.join_file(path, b"abcd", b"x") == b"abcd"
