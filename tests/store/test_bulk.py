"""Bulk writing continues logs where they end, rolls segments, and shows all or nothing."""

import os
import time

import pytest

import crash
from box import Box, Clone
from git_naturecode.errors import NaturecodeError
from git_naturecode.git import tree
from git_naturecode.store import bulk as bulks
from git_naturecode.store import format, join, paths
from git_naturecode.store.bulk import bulk
from git_naturecode.store.segments import SEGMENT_BYTES
from git_naturecode.store.store import PRIVATE, TEAM, Store


def segments(store: Store, entity: str, side: str = TEAM) -> list[bytes]:
    """The segments about `entity`."""
    log = store.side(side)
    found = tree.files(log.objects, log.tree())
    names = sorted(path for path in found if f"/{entity}/" in path)
    return [log.objects.read(found[path])[1] for path in names]


def texts(parts: list[bytes]) -> list[str | None]:
    """The bodies in segments."""
    return [entry.body for data in parts for entry in format.parse(data).entries]


@pytest.mark.parametrize("letter", ["x", "ä", "\U0001f600"])
def test_ten_thousand_entries_roll_at_64_kib(box: Box, letter: str) -> None:
    store = crash.opened(crash.set_up(box))
    entity = crash.new_session()
    count = 10_000 if letter == "x" else 1_000
    drafts = [crash.message(f"{number} {letter * 40}") for number in range(count)]
    with bulk(store, TEAM) as writer:
        writer.write(entity, drafts)
        assert writer.entries == count
    parts = segments(store, entity)
    assert texts(parts) == [draft.body for draft in drafts]
    assert all(SEGMENT_BYTES <= len(data) < SEGMENT_BYTES + 1000 for data in parts[:-1])
    assert len(parts[-1]) < SEGMENT_BYTES + 1000
    numbers = [format.parse(data).number for data in parts]
    assert numbers == list(range(1, len(parts) + 1))


def test_it_continues_the_last_segment(clone: Clone) -> None:
    store = crash.opened(clone)
    entity = crash.new_session()
    crash.say(store, entity, "said live")
    with bulk(store, TEAM) as writer:  # drains what waits first
        writer.write(entity, [crash.message("imported")])
    (before,) = segments(store, entity)
    crash.say(store, entity, "and live again")
    store.settle()
    (after,) = segments(store, entity)
    assert texts([after]) == ["said live", "imported", "and live again"]
    assert join.join_segments(before, after) == after
    assert crash.fsck(clone) == ""


def test_several_sessions_in_turn_lose_nothing(clone: Clone) -> None:
    store = crash.opened(clone)
    one, two = crash.new_session(), crash.new_session()
    with bulk(store, TEAM) as writer:
        for number in range(3):
            writer.write(one, [crash.message(f"one {number}")])
            writer.write(two, [crash.message(f"two {number}")])
    assert texts(segments(store, one)) == ["one 0", "one 1", "one 2"]
    assert texts(segments(store, two)) == ["two 0", "two 1", "two 2"]


def test_older_entries_begin_a_segment_of_their_own(clone: Clone) -> None:
    store = crash.opened(clone)
    entity = crash.new_session()
    old = store.entries_of([crash.message("old 1"), crash.message("old 2")])
    crash.say(store, entity, "new")
    with bulk(store, TEAM) as writer:
        writer.keep(entity, reversed(old))
    parts = segments(store, entity)
    assert [texts([data]) for data in parts] == [["new"], ["old 1", "old 2"]]


def test_what_this_device_has_there_is_not_copied_again(clone: Clone) -> None:
    store = crash.opened(clone)
    entity = crash.new_session()
    entries = store.entries_of([crash.message("a"), crash.message("b")])
    for part in (entries[:1], entries, entries):
        with bulk(store, TEAM) as writer:
            writer.keep(entity, part)
    assert texts(segments(store, entity)) == ["a", "b"]
    assert clone.git("rev-list", "--count", "naturecode").strip() == "3"


def test_nothing_written_is_no_commit(clone: Clone) -> None:
    store = crash.opened(clone)
    head = store.team.head()
    with bulk(store, TEAM) as writer:
        assert writer.finish() is None
    assert store.team.head() == head


def test_an_error_inside_writes_nothing(clone: Clone) -> None:
    store = crash.opened(clone)
    head = store.team.head()

    def fail() -> None:
        with bulk(store, TEAM) as writer:
            writer.write(crash.new_session(), [crash.message("x" * 100_000)])
            raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"):
        fail()
    assert store.team.head() == head
    with bulk(store, TEAM) as writer:
        writer.write(crash.new_session(), [crash.message("now")])
    assert crash.fsck(clone) == ""


def test_the_private_side_is_written_as_well(clone: Clone) -> None:
    store = crash.opened(clone)
    entity = crash.new_session()
    with bulk(store, PRIVATE) as writer:
        writer.write(entity, [crash.message("mine")])
    assert texts(segments(store, entity, PRIVATE)) == ["mine"]
    assert segments(store, entity) == []


def test_lone_surrogates_survive(clone: Clone) -> None:
    store = crash.opened(clone)
    entity = crash.new_session()
    body = "half \ud83d of a pair, \udcff"
    with bulk(store, TEAM) as writer:
        writer.write(entity, [crash.message(body)])
    assert texts(segments(store, entity)) == [body]


def test_a_held_ref_is_said_before_anything_is_read(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulks, "_WAIT", 0.1)
    store = crash.opened(clone)
    (clone.path / ".git/refs/heads/naturecode.lock").touch()
    with pytest.raises(NaturecodeError, match="locked by another git process"), bulk(store, TEAM):
        raise AssertionError("the block was entered")
    store.team.stale_seconds = 0.0
    with bulk(store, TEAM) as writer:
        writer.write(crash.new_session(), [crash.message("now")])
    assert crash.fsck(clone) == ""


def test_reports_of_dead_streams_are_swept(box: Box) -> None:
    clone = crash.set_up(box)
    old, new = (clone.path / ".git" / f"fast_import_crash_{n}" for n in (1, 2))
    for report in (old, new):
        report.write_text("dead")
    os.utime(old, (time.time() - 4000, time.time() - 4000))
    with bulk(crash.opened(clone), TEAM):
        pass
    assert not old.exists()
    assert new.exists()


def test_memory_does_not_grow_with_what_is_written(box: Box) -> None:
    import tracemalloc

    store = crash.opened(crash.set_up(box))
    peaks = []
    for megabytes in (2, 20):
        tracemalloc.start()
        with bulk(store, TEAM) as writer:
            for _ in range(megabytes):
                writer.write(crash.new_session(), [crash.message("x" * 32_000)] * 32)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 3_000_000


def test_every_path_is_one_that_may_stand_there(clone: Clone) -> None:
    store = crash.opened(clone)
    with bulk(store, TEAM) as writer:
        writer.write(crash.new_session(), [crash.message("a")])
    names = clone.git("ls-tree", "-r", "--name-only", "naturecode").split()
    assert all(map(paths.allowed, names))


def test_objects_reach_the_disk_before_the_ref_and_the_ref_before_the_answer(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = clone.git("rev-parse", "naturecode")
    seen: list[str] = []
    monkeypatch.setattr(os, "sync", lambda: seen.append(clone.git("rev-parse", "naturecode")))
    with clone.store() as store, bulk(store, TEAM) as writer:
        writer.write(crash.new_session(), [crash.message("a")])
    assert seen == [before, clone.git("rev-parse", "naturecode")]
    assert seen[0] != seen[1]
