"""Automatic sync: detached, gathered, seldom enough, and never in anybody's way."""

import time

import pytest

from box import Box, Clone
from git_naturecode import autosync
from git_naturecode.store import remotes
from sync.meeting import pair

PATIENCE = 120.0  # seconds; only a hang takes them


def memory(clone: Clone) -> remotes.Memory:
    with clone.store() as store:
        return remotes.load(store.state_dir, store.config, "origin")


def wait_for_texts(clone: Clone, session: str, number: int) -> list[str]:
    """The texts that arrive at `clone` by its own syncs, waited for."""
    deadline = time.monotonic() + PATIENCE
    while len(texts := clone.texts(session)) < number and time.monotonic() < deadline:
        time.sleep(0.5)
        clone.nc("sync")
    return texts


def test_what_is_written_arrives_by_itself(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    _, ada, ben, session = pair(box)
    ada.git("config", "naturecode.autoSync", "true")
    monkeypatch.setenv("NATURECODE_BACKGROUND", "1")
    said = ada.process("session", "say", session, "hello", timeout=PATIENCE)
    assert said.returncode == 0
    monkeypatch.setenv("NATURECODE_BACKGROUND", "0")
    assert wait_for_texts(ben, session, 1) == ["hello"]
    deadline = time.monotonic() + PATIENCE
    while not memory(ada).automatic and time.monotonic() < deadline:
        time.sleep(0.25)
    assert "last automatic sync" in ada.nc("status").out
    assert ada.nc("status", "--json").json["remotes"][0]["lastAutomaticSync"]["error"] == ""


def test_off_by_default_and_off_in_tests(box: Box) -> None:
    _, ada, _, session = pair(box)
    ada.nc("session", "say", session, "hello")
    with ada.store() as store:
        assert autosync.waits(store)
        assert not autosync.start(store)
    ada.git("config", "naturecode.autoSync", "true")
    with ada.store() as store:
        assert not autosync.start(store)  # NATURECODE_BACKGROUND=0


def test_a_burst_is_one_push(box: Box) -> None:
    hub, ada, _, session = pair(box)
    for number in range(5):
        ada.nc("session", "say", session, f"text {number}")
    hook = hub / "hooks/post-receive"
    hook.write_text("#!/bin/sh\necho x >>pushes\n")
    hook.chmod(0o755)
    with ada.store() as store:
        assert autosync.work(store, lambda _: None) == 1
        assert not autosync.waits(store)
    assert (hub / "pushes").read_text() == "x\n"


def test_at_most_six_pushes_a_minute(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    _, ada, _, session = pair(box)
    slept: list[float] = []
    for pushes in (5, 6):
        with ada.store() as store:
            known, now = memory(ada), store.now_ms()
            known.pushes = [now] * pushes
            known.save(store.random)
            assert known.wait_ms(now) == (60_000 if pushes == 6 else 0)
            assert known.wait_ms(now + 60_000) == 0
            ada.nc("session", "say", session, f"after {pushes}")
            autosync.work(store, slept.append)
        assert memory(ada).pushes[-1] > now  # this one counts, too
    none, rest = (seconds for seconds in slept if seconds != autosync.GATHER_SECONDS)
    assert none == 0 < rest <= 60
    ada.nc("session", "say", session, "one who asks does not wait")
    monkeypatch.setattr(time, "sleep", slept.append)
    slept.clear()
    ada.nc("sync")
    assert sum(slept) < 1


def test_failure_is_a_line_in_status_and_tried_later(box: Box) -> None:
    hub, ada, _, session = pair(box)
    ada.nc("session", "say", session, "kept")
    ada.git("config", "naturecode.autoSync", "true")
    away = hub.rename(hub.with_name("away.git"))
    with ada.store() as store:
        assert autosync.work(store, lambda _: None) == 1
        assert not autosync.waits(store)
    status = ada.nc("status").out
    assert "last automatic sync" in status
    assert "origin " in status.split("last automatic sync", 1)[1]
    away.rename(hub)
    known = memory(ada)
    assert known.automatic is not None
    known.automatic = remotes.Event(known.automatic.at - 61_000, known.automatic.text)
    with ada.store() as store:
        known.save(store.random)
        assert autosync.waits(store)
        autosync.work(store, lambda _: None)
    assert memory(ada).failures == 0
    assert "in step with origin" in ada.nc("status").out


def test_what_is_written_during_a_sync_goes_with_the_next(box: Box) -> None:
    _, ada, ben, session = pair(box)
    ada.nc("session", "say", session, "first")
    later = ["second"]

    def sleep(seconds: float) -> None:
        if later and seconds != autosync.GATHER_SECONDS:  # after it has looked what was asked
            ada.nc("session", "say", session, later.pop())
            with ada.store() as other:
                assert not autosync.launch(other)  # one is at work

    with ada.store() as store:
        autosync.work(store, sleep)
    ben.nc("sync")
    assert ben.texts(session) == ["first", "second"]


def test_an_unattended_sync_does_not_push_where_that_was_refused(box: Box) -> None:
    hub, ada, _, session = pair(box)
    hook = hub / "hooks/update"
    hook.write_text("#!/bin/sh\necho x >>asked\nexit 1\n")
    hook.chmod(0o755)
    ada.nc("session", "say", session, "waits")
    for _ in range(3):
        with ada.store() as store:
            autosync.work(store, lambda _: None)
    assert (hub / "asked").read_text().count("x") == 1
    assert "refused" in ada.nc("status").out
