"""kill -9 before and after all that the write path does loses nothing and doubles nothing."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import crash
from box import Box, Clone, Way
from git_naturecode.store import format, join, segments
from git_naturecode.store.entry import Entry
from seeds import SEED

EVERY = 6
TIMES = 3
# The first ones are the calls of the interpreter and of git that come before any of ours.
WAYS = [Way("program"), Way("library"), Way("program", "sha256")]


def some(found: list[crash.Point], every: int) -> list[crash.Point]:
    """Each `every`th point; which ones depends on the seed."""
    return found[SEED % every :: every]


def warm(box: Box, way: Way) -> tuple[Clone, str]:
    """A repository in which something was said before."""
    clone = crash.set_up(box, way=way)
    entity = crash.new_session()
    with clone.store(many=False) as store:
        crash.say(store, entity, "hello")
        store.settle()
    return clone, entity


def sweep(box: Box, way: Way, choose: Callable[[list[crash.Point]], list[crash.Point]]) -> int:
    """Kill a writer at the chosen points, one after the other in one repository; how many."""
    clone, entity = warm(box, way)
    found = crash.points(crash.record(clone, entity, box.path / "trace"))
    assert {point.call for point in found} >= {"write", "fsync", "rename", "unlink", "pwrite64"}
    acknowledged: list[str] = []
    chosen = choose(found)
    stopped = 0
    for point in chosen:
        said, hit = crash.kill_at(clone, point, entity, box.path / "bin")
        stopped += hit
        acknowledged += said
        try:
            crash.check(clone, acknowledged)
        except AssertionError as error:
            raise AssertionError(f"after {point}: {error}") from error
    assert stopped > len(chosen) // 2
    return len(chosen)


@pytest.mark.parametrize("way", WAYS[:2], ids=str)
def test_a_kill_at_any_point_loses_nothing(box: Box, way: Way) -> None:
    crash.needs_strace()
    assert sweep(box, way, lambda found: some(found, EVERY)) > 5


@pytest.mark.torture
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_kill_at_every_point_loses_nothing(box: Box, way: Way) -> None:
    crash.needs_strace()
    assert sweep(box, way, lambda found: found * TIMES) > 90


def first_of_all(box: Box, side: str, every: int) -> int:
    """Kill writers whose entry is the first of all, which makes folders and repositories."""
    entity = crash.new_session()
    trace = crash.record(crash.set_up(box, "model"), entity, box.path / "trace", side)
    found = crash.points(trace)
    chosen = some([p for p in found if p.role != "cat-file" and p.role != "rev-parse"], every)
    for number, point in enumerate(chosen):
        clone = crash.set_up(box, f"fresh{number}")
        said, _ = crash.kill_at(clone, point, entity, box.path / "bin", side)
        try:
            crash.check(clone, said, side)
        except AssertionError as error:
            raise AssertionError(f"after {point}: {error}") from error
    return len(chosen)


@pytest.mark.parametrize("side", ["team", "private"])
def test_a_kill_of_the_very_first_writer_loses_nothing(box: Box, side: str) -> None:
    crash.needs_strace()
    assert first_of_all(box, side, 12) > 3


@pytest.mark.torture
@pytest.mark.parametrize("side", ["team", "private"])
def test_a_kill_of_the_very_first_writer_at_every_point(box: Box, side: str) -> None:
    crash.needs_strace()
    assert first_of_all(box, side, 1) > 30


def kill_at_random(clone: Clone, entity: str, times: int) -> list[str]:
    """Kill long-lived writers with all that they started, each at some moment; what they said."""
    chance = random.Random(SEED)
    acknowledged: list[str] = []
    for _ in range(times):
        process = subprocess.Popen(
            crash.command(clone, entity, "team", "0"), stdout=subprocess.PIPE, text=True,
            env=crash.environment(), start_new_session=True,
        )  # fmt: skip
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(chance.uniform(0, 0.06))
        os.killpg(process.pid, signal.SIGKILL)
        acknowledged += crash.whole_lines(first + process.communicate()[0])
        crash.check(clone, acknowledged)
    return acknowledged


@pytest.mark.parametrize("way", WAYS[:2], ids=str)
def test_kills_at_random_lose_nothing(box: Box, way: Way) -> None:
    clone, entity = warm(box, way)
    assert len(kill_at_random(clone, entity, 12)) >= 12


@pytest.mark.torture
def test_two_hundred_kills_at_random_lose_nothing(box: Box) -> None:
    clone, entity = warm(box, Way("library"))
    assert len(kill_at_random(clone, entity, 200)) >= 200


def test_a_drain_that_does_not_look_doubles_what_a_killed_one_wrote(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check can fail: without looking for the entry in the log it would be there twice."""
    clone, entity = warm(box, Way("library"))
    acknowledged = killed_before_clearing(clone, entity)
    crash.check(clone, acknowledged)
    acknowledged += killed_before_clearing(clone, entity)
    monkeypatch.setattr(segments.Segments, "holds", lambda *_, **__: False)
    monkeypatch.setattr(join, "extend", _append_only)
    with pytest.raises(AssertionError):
        crash.check(clone, acknowledged)


def _append_only(old: bytes, entries: list[Entry]) -> bytes:
    return old + "".join(map(format.block, entries)).encode()


def killed_before_clearing(clone: Clone, entity: str) -> list[str]:
    """Leave what a drain leaves that moved the ref and was killed then."""
    with clone.store() as store:
        said = crash.say(store, entity, "in the log and in the spool")
        spool = store.team.spool
        (name,) = spool.waiting()
        data = spool.read(name)
        store.settle()
        spool.put(name, data)
    return said


def test_a_lock_of_a_killed_writer_is_noted(box: Box) -> None:
    clone, entity = warm(box, Way("program"))
    lock = clone.path / ".git/refs/heads/naturecode.lock"
    lock.touch()
    os.utime(lock, (time.time() - 11, time.time() - 11))
    with clone.store(many=False) as store:
        said = crash.say(store, entity, "after the lock")
        store.settle()
        assert crash.in_log(clone)[said[0]] == 1
    kept = list((clone.path / ".git/naturecode/stale-locks").iterdir())
    assert [Path(one).suffix for one in kept] == [".lock"]
