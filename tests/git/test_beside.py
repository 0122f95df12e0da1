"""A second process does its share, lets go of what the first one holds, and may die at any time."""

import fcntl
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode.git import beside
from git_naturecode.git import repo as repos
from git_naturecode.git.objects import Objects
from git_naturecode.git.repo import Repo


@pytest.fixture
def clone(box: Box) -> Clone:
    return box.repo()


@pytest.fixture
def repo(clone: Clone) -> Repo:
    return repos.find(str(clone.path), {**os.environ, **clone.env})


def start(repo: Repo, lots: list[str], work: object = None) -> beside.Beside:
    def kind(objects: Objects, lot: str) -> list[object]:
        return [lot, objects.read(lot)[0]]

    found = beside.start(repo, lots, work or kind)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_it_reads_with_a_git_of_its_own(clone: Clone, repo: Repo) -> None:
    tip = clone.git("rev-parse", "main").strip()
    tree = clone.git("rev-parse", "main^{tree}").strip()
    with closing(start(repo, [tip, tree])) as other:
        assert other.next() == [tip, "commit"]
        assert other.next() == [tree, "tree"]
        assert other.next() is None


def test_what_it_cannot_do_is_said_by_silence(
    repo: Repo, capfd: pytest.CaptureFixture[str]
) -> None:
    def loud(objects: Objects, lot: str) -> str:
        os.write(1, b"out")
        os.write(2, b"err")
        return objects.read(lot)[0]

    with closing(start(repo, ["0" * 40], loud)) as other:
        assert other.next() is None
    assert capfd.readouterr() == ("", "")


def test_a_killed_one_has_no_more_to_say(clone: Clone, repo: Repo) -> None:
    tip = clone.git("rev-parse", "main").strip()

    def never(_: Objects, lot: str) -> str:
        time.sleep(60 if lot else 0)
        return lot

    with closing(start(repo, ["", tip], never)) as other:
        assert other.next() == ""
        os.kill(other.number, signal.SIGKILL)
        assert other.next() is None


def test_it_is_gone_when_it_is_closed(repo: Repo) -> None:
    def slow(_: Objects, lot: str) -> str:
        time.sleep(60)
        return lot

    began = time.monotonic()
    other = start(repo, ["a"], slow)
    other.close()
    assert time.monotonic() - began < 30
    with pytest.raises(ProcessLookupError):
        os.kill(other.number, 0)


def test_it_holds_no_lock_of_the_first_one(repo: Repo, tmp_path: Path) -> None:
    def slow(_: Objects, lot: str) -> str:
        time.sleep(60 if lot == "b" else 0)
        return lot

    path = tmp_path / "lock"
    held = os.open(path, os.O_RDWR | os.O_CREAT)
    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with closing(start(repo, ["a", "b"], slow)) as other:
        assert other.next() == "a"  # it has begun, and let go of everything
        os.close(held)
        again = os.open(path, os.O_RDWR)
        fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(again)


def test_when_it_is_worth_it(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(os, "getloadavg", lambda: (9.0, 0.0, 0.0))
    assert not beside.is_worth_it(repo)
    monkeypatch.setattr(os, "getloadavg", lambda: (1.0, 9.0, 9.0))
    assert beside.is_worth_it(repo)
    alone = repo.program._replace(environ={**repo.program.environ, beside.SWITCH: "1"})
    assert not beside.is_worth_it(repo._replace(program=alone))
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert not beside.is_worth_it(repo)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert not beside.is_worth_it(repo)


@pytest.mark.parametrize("dies", [False, True])
def test_what_the_second_one_does_not_do_the_first_one_does(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, dies: bool
) -> None:
    monkeypatch.setattr(beside, "is_worth_it", lambda _: True)
    first = os.getpid()

    def work(_: Objects, lot: int) -> list[int]:
        if dies and lot > 4:
            os._exit(1)
        return [lot, os.getpid()]

    with closing(beside.Sharing(repo, range(12), work)) as sharing:
        found = [sharing.come_to(number) for number in range(12)]
    theirs = [one for one in found if one is not None]
    assert all(found[number] in (None, one) for one in theirs for number in one[:1])
    assert first not in {process for _, process in theirs}
    assert [number for number, _ in theirs] == ([1, 2, 4] if dies else [1, 2, 4, 5, 7, 8, 10, 11])


def test_little_is_done_alone(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "is_worth_it", lambda _: True)
    monkeypatch.setattr(beside, "start", lambda *_: pytest.fail("a process for so little"))
    with closing(beside.Sharing(repo, range(beside.LEAST - 1), lambda _, lot: lot)) as sharing:
        assert sharing.come_to(1) is None


@pytest.fixture(autouse=True)
def no_child_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Of those that a test here made: one before it may have left some to this process."""
    made: list[int] = []
    fork = os.fork

    def noted() -> int:
        child = fork()
        made.append(child)
        return child

    monkeypatch.setattr(os, "fork", noted)
    yield
    for child in filter(None, made):
        with pytest.raises(ChildProcessError):
            os.waitpid(child, os.WNOHANG)
