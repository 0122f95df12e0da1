"""Work in the background: started when something is behind, by one process at a time."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode import background
from git_naturecode.errors import NaturecodeError
from git_naturecode.store.entry import Draft
from git_naturecode.store.lock import hold
from git_naturecode.store.store import Store


def _state(clone: Clone) -> Path:
    return clone.path / ".git" / "naturecode"


def _keep_waiting(clone: Clone, session: str) -> None:
    """Say something that stays in the spool."""
    with clone.store() as store:
        store.write("team", session, [Draft("message", {"role": "user"}, "Waiting.")])
    assert _waiting(clone) == 1


def _waiting(clone: Clone) -> int:
    return len([n for n in os.listdir(_state(clone) / "spool" / "team") if n[0] != "."])


def _soon(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def test_a_command_starts_what_is_behind_and_does_not_wait(box: Box) -> None:
    clone = box.ready()
    session = clone.start()
    _keep_waiting(clone, session)
    clone.env["NATURECODE_BACKGROUND"] = "1"
    with clone.store() as store:
        assert background.start(store)
    assert _soon(lambda: _waiting(clone) == 0)
    assert _soon(lambda: not (_state(clone) / "background.asked").exists())
    assert clone.texts(session) == ["Waiting."]


def test_it_is_not_started_twice_nor_where_it_is_switched_off(box: Box) -> None:
    clone = box.ready()
    session = clone.start()
    with clone.store() as store:
        assert not background.start(store)  # nothing is behind
    _keep_waiting(clone, session)
    with clone.store() as store:
        assert not background.start(store)  # the switch of the environment
    clone.env["NATURECODE_BACKGROUND"] = "1"
    clone.git("config", "naturecode.background", "false")
    with clone.store() as store:
        assert not background.start(store)
    clone.git("config", "naturecode.background", "true")
    with clone.store() as store, hold(str(_state(clone) / "background.lock"), 0):
        assert not background.start(store)
        assert (_state(clone) / "background.asked").exists()


def test_whoever_is_at_work_looks_again_before_it_ends(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = box.ready()
    ran: list[int] = []
    wanted = [1]

    def ask_late(store: Store) -> bool:
        """Somebody asks after the first job was looked at for the last time."""
        if len(ran) == 1 and wanted[0] == 1:
            wanted[0] = 2
            (_state(clone) / "background.asked").touch()
        return False

    jobs = (
        background.Job("count", lambda store: len(ran) < wanted[0], lambda store: ran.append(1)),
        background.Job("late", ask_late, lambda store: None),
    )
    monkeypatch.setattr(background, "JOBS", jobs)
    with clone.store() as store:
        assert background.work(store) == 2
        assert background.work(store) == 0


def test_what_is_long_lets_the_others_before_it_in(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    jobs = (
        background.Job(
            "short", lambda store: ran[-1:] == ["long"], lambda store: ran.append("short")
        ),
        background.Job(
            "long", lambda store: ran.count("long") < 3, lambda store: ran.append("long")
        ),
    )
    monkeypatch.setattr(background, "JOBS", jobs)
    with box.ready().store() as store:
        assert background.work(store) == 6
    assert ran == ["long", "short"] * 3


def test_a_job_that_fails_is_noted_and_left_alone_for_a_while(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = box.ready()
    calls = []

    def fail(store: Store) -> None:
        calls.append(1)
        raise NaturecodeError("the disk is on fire")

    good: list[int] = []
    jobs = (
        background.Job("bad", lambda store: True, fail),
        background.Job("good", lambda store: not good, lambda store: good.append(1)),
    )
    monkeypatch.setattr(background, "JOBS", jobs)
    with clone.store() as store:
        assert background.work(store) == 1
        assert background.work(store) == 0
        assert (len(calls), good) == (1, [1])
        assert background.failures(store) == {"bad": "the disk is on fire"}
        noted = _state(clone) / "background.failed"
        noted.write_text(json.dumps({"bad": {"at": 1, "error": "long ago"}}))
        background.work(store)
        assert len(calls) == 2
        monkeypatch.setattr(background, "RETRY_SECONDS", -1.0)
        background.work(store)
        assert len(calls) == 3  # though it may be tried again
        noted.write_text("rubbish")
        assert background.failures(store) == {}
        monkeypatch.setattr(background, "JOBS", (jobs[1],))
