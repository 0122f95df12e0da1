"""What waits comes into the log once, in order, in segments of 64 KiB, whoever drains it."""

import os
import time
from pathlib import Path

import pytest

import crash
from box import Clone
from git_naturecode.errors import NaturecodeError
from git_naturecode.git import tree
from git_naturecode.git.objects import RefLocked
from git_naturecode.store import format, join, paths
from git_naturecode.store.drain import drain, verify
from git_naturecode.store.entry import Entry
from git_naturecode.store.segments import SEGMENT_BYTES
from git_naturecode.store.store import Store


def files(store: Store) -> dict[str, bytes]:
    """Path and content of each segment."""
    objects = store.team.objects
    found = tree.files(objects, store.team.tree())
    return {p: objects.read(oid)[1] for p, oid in found.items() if paths.parse_segment_path(p)}


def texts(data: bytes) -> list[str | None]:
    """The bodies in a segment."""
    segment = format.parse(data)
    assert not segment.problems
    return [entry.body for entry in segment.entries]


def test_one_commit_for_all_that_waits(clone: Clone) -> None:
    store = crash.opened(clone)
    entity = crash.new_session()
    head = store.team.head()
    for text in ("one", "two", "three"):
        crash.say(store, entity, text)
    assert drain(store.team, store.lock, store.now_ms()) == 3
    assert drain(store.team, store.lock, store.now_ms()) == 0
    ((path, data),) = files(store).items()
    assert path == paths.segment_path(entity, store.device, 1)
    assert texts(data) == ["one", "two", "three"]
    assert clone.git("rev-parse", "naturecode^").strip() == head
    assert clone.git("log", "-1", "--format=%s", "naturecode") == "Add 3 entries\n"


@pytest.mark.parametrize(("path", "content"), [
    ("README.md", b"other"), ("README.md", None), ("missing.md", b"x"), ("log", b"x"),
])  # fmt: skip
def test_what_is_not_there_as_it_was_written_is_noticed(
    clone: Clone, path: str, content: bytes | None
) -> None:
    store = crash.opened(clone)
    crash.say(store, crash.new_session(), "one")
    old = store.team.head()
    drain(store.team, store.lock, store.now_ms())
    new = store.team.head()
    assert new
    data = tree.read_path(store.team.objects, store.team.tree(), "README.md")
    verify(store.team, new, old, {"README.md": data, "gone.md": None})
    with pytest.raises(NaturecodeError, match="cannot be read back"):
        verify(store.team, new, old, {"README.md": data, path: content})
    assert store.team.head() == old


def test_nobody_waits_for_somebody_who_drains(clone: Clone) -> None:
    store = crash.opened(clone)
    crash.say(store, crash.new_session(), "one")
    from git_naturecode.store.lock import hold

    with hold(store.lock, 0):
        assert drain(store.team, store.lock, store.now_ms()) == 0
    assert drain(store.team, store.lock, store.now_ms()) == 1


def test_entries_that_were_put_late_go_to_their_place(clone: Clone) -> None:
    store = crash.opened(clone)
    entity = crash.new_session()
    early = store.entries_of([crash.message("early")])
    store.write("team", entity, [crash.message("late")])
    store.settle()
    (before,) = files(store).values()
    store.keep("team", entity, early)
    store.settle()
    (after,) = files(store).values()
    assert texts(after) == ["early", "late"]
    assert join.join_segments(before, after) == after


def test_full_segments_are_followed_by_new_ones(clone: Clone) -> None:
    store = crash.opened(clone)
    entity = crash.new_session()
    said = [f"{number:04d} " + "ä" * 2000 for number in range(100)]
    crash.say(store, entity, *said[:60])
    store.settle()
    crash.say(store, entity, *said[60:])
    store.settle()
    found = files(store)
    assert list(found) == [
        paths.segment_path(entity, store.device, n + 1) for n in range(len(found))
    ]
    sizes = [len(data) for data in found.values()]
    assert all(SEGMENT_BYTES <= size < SEGMENT_BYTES + 5000 for size in sizes[:-1])
    assert [text for data in found.values() for text in texts(data)] == said


@pytest.mark.parametrize("count", [1, 80])
def test_what_an_interrupted_drain_wrote_is_not_written_again(clone: Clone, count: int) -> None:
    store = crash.opened(clone)
    entity = crash.new_session()
    crash.say(store, entity, *["before " + "x" * 900] * 50)
    store.settle()
    said = crash.say(store, entity, *["during " + "x" * 1900] * count)
    (name,) = store.team.spool.waiting()
    data = store.team.spool.read(name)
    store.settle()
    store.team.spool.put(name, data)
    said += crash.say(store, entity, "after")
    store.settle()
    found = crash.in_log(clone)
    assert [found[one] for one in said] == [1] * (count + 1)


def test_the_journal_is_written_again_only_where_it_is_missing(clone: Clone) -> None:
    store = crash.opened(clone)
    entity = crash.new_session()
    said = [crash.say(store, entity, f"{n} " + "x" * 9000) for n in range(20)]
    for _ in range(20):
        store.settle()
    store.team.spool.doubt()
    store.settle()
    assert not store.team.spool.doubted
    found = crash.in_log(clone)
    assert [found[one] for (one,) in said] == [1] * 20


def test_a_text_that_cannot_be_read_stops_nobody(clone: Clone) -> None:
    store = crash.opened(clone)
    spool = store.team.spool
    crash.say(store, crash.new_session(), "good")
    spool.put("0-rubbish", b"\0\0\0")
    whole = format.preamble(crash.new_session(), store.device, 1).encode()
    spool.put("1-newer", whole.replace(b"log/1", b"log/2"))
    entry = format.block(store.entries_of([crash.message("kept")])[0])
    spool.put("2-torn", whole + entry.encode() + entry.encode()[:70])
    assert len(list(store.waiting(store.team))) == 2
    store.settle()
    assert spool.waiting() == ["1-newer"]
    assert sorted(os.listdir(spool.unreadable)) == ["0-rubbish", "2-torn"]
    assert {texts(data)[0] for data in files(store).values()} == {"good", "kept"}


def test_a_segment_that_is_not_ours_any_more_is_left_alone(clone: Clone) -> None:
    store = crash.opened(clone)
    entity = crash.new_session()
    path = paths.segment_path(entity, store.device, 1)
    newer = format.preamble(entity, store.device, 1).replace("log/1", "log/2").encode()
    head = store.team.head()
    assert head
    from git_naturecode.git.objects import Change

    change = Change(store.team.tree(), {path: newer}, (head,), 1, "newer\n\nSeal:\n")
    assert store.team.advance(head, change, 0)
    said = crash.say(store, entity, "older")
    store.settle()
    found = files(store)
    assert found[path] == newer
    assert list(found) == [path, path.replace("0001", "0002")]
    assert crash.in_log(clone)[said[0]] == 1


# -- the lock of the ref -------------------------------------------------------------------------


def lock_of(clone: Clone, age: float) -> Path:
    """A lock of the ref as a killed process leaves it, `age` seconds ago."""
    path = clone.path / ".git/refs/heads/naturecode.lock"
    path.touch()
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def test_a_fresh_lock_only_delays(clone: Clone) -> None:
    store = crash.opened(clone)
    store.team.stale_seconds = 1000.0  # who waited until the lock counts as left behind would hang
    lock = lock_of(clone, 0)
    said = crash.say(store, crash.new_session(), "kept")
    store.settle()
    assert lock.exists()
    assert len(store.team.spool.waiting()) == 1
    with pytest.raises(NaturecodeError, match="locked by another git process"):
        store.settle(0.1)
    lock_of(clone, 1001)
    store.settle()
    assert not lock.exists()
    assert crash.in_log(clone)[said[0]] == 1


@pytest.mark.parametrize("age", [11.0, 86_400.0, -3600.0])
def test_a_stale_lock_is_moved_aside(clone: Clone, age: float) -> None:
    store = crash.opened(clone)
    lock = lock_of(clone, age)
    crash.say(store, crash.new_session(), "kept")
    store.settle()
    assert not lock.exists()
    assert len(os.listdir(clone.path / ".git/naturecode/stale-locks")) == 1
    assert store.team.spool.waiting() == []


def test_waiting_is_long_enough_for_a_lock_to_become_stale(clone: Clone) -> None:
    store = crash.opened(clone)
    store.team.stale_seconds = 0.5
    lock_of(clone, 0)
    crash.say(store, crash.new_session(), "kept")
    store.settle(60.0)
    assert store.team.spool.waiting() == []


def test_a_lock_that_a_living_process_just_made_is_put_back(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = crash.opened(clone)
    lock = lock_of(clone, 60)
    real = os.rename

    def late(old: str, new: str) -> None:
        if old.endswith(".lock"):
            lock.unlink()
            lock.write_text("alive")
        real(old, new)

    crash.say(store, crash.new_session(), "kept")
    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", late)
        with pytest.raises(RefLocked):
            drain(store.team, store.lock, store.now_ms())
    assert lock.read_text() == "alive"


def test_an_entry_is_the_same_whoever_reads_it(clone: Clone) -> None:
    store = crash.opened(clone)
    body = "lone \udc80 surrogate, ümlaut, \U0001f600\n<!-- nc:end x -->\n"
    written: list[Entry] = store.write("team", crash.new_session(), [crash.message(body)])
    store.settle()
    (data,) = files(store).values()
    assert format.parse(data).entries == tuple(written)
    assert texts(data) == [body]
