"""Real servers that break: cut in the middle, killed, slow, lossy, read-only."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import crash
from box import Box, Clone
from sync.meeting import pair, refs
from sync.road import Daemon, Proxy, lossy, served, web
from sync.test_notes_travel import note, noted

TEXT = "What was said, in some words that do not pack away. "


@contextmanager
def behind(box: Box) -> Iterator[tuple[Path, Clone, Clone, str, Daemon, Proxy]]:
    """Two clones in step; the first reaches the hub through git daemon and a proxy."""
    hub, ada, ben, session = pair(box)
    with served(box.path) as (daemon, proxy):
        ada.git("remote", "set-url", "origin", f"git://127.0.0.1:{proxy.port}/{hub.name}")
        ada.git("config", "naturecode.timeout", "60")
        yield hub, ada, ben, session, daemon, proxy


def say(clone: Clone, session: str, text: str, times: int = 1) -> None:
    for number in range(times):
        clone.nc("session", "say", session, f"{text} {number}: {TEXT}{os.urandom(300).hex()}")


def left_behind(clone: Clone) -> list[str]:
    """What an interrupted transfer may have left in a clone."""
    git = clone.path / ".git"
    found = [path.name for path in (git / "objects").rglob("tmp_*")]
    found += [path.name for path in (git / "refs").rglob("*.lock")]
    return found + clone.git("for-each-ref", "refs/naturecode/").split()


def in_the_end(ada: Clone, ben: Clone, session: str, number: int) -> None:
    ada.nc("sync")
    ben.nc("sync")
    assert len(ada.texts(session)) == number
    assert ada.texts(session) == ben.texts(session)
    assert left_behind(ada) == []


@pytest.mark.parametrize("at", [60, 500, 9000])
def test_a_remote_that_goes_in_the_middle_of_a_fetch(box: Box, at: int) -> None:
    with behind(box) as (_, ada, ben, session, _, proxy):
        say(ben, session, "ben", 12)
        ben.nc("sync")
        say(ada, session, "ada")
        proxy.mode, proxy.limit = "cut", at
        said = ada.nc("sync", code=4)
        assert said.err.count("\n") == 2
        assert "hint: " in said.err
        assert len(ada.texts(session)) == 1
        assert left_behind(ada) == []
        assert "the last sync failed" in ada.nc("status").out
        proxy.mode = "pass"
        in_the_end(ada, ben, session, 13)
        assert "failed" not in ada.nc("status").out


@pytest.mark.parametrize("at", [200, 1500])
def test_a_remote_that_goes_in_the_middle_of_a_push(box: Box, at: int) -> None:
    with behind(box) as (hub, ada, ben, session, _, proxy):
        say(ada, session, "ada", 3)
        note(ada, "a note")
        before = refs(hub)
        proxy.mode, proxy.limit = "cut-up", at
        said = ada.nc("sync", code=4)
        assert "hint: " in said.err
        assert refs(hub) == before
        proxy.mode = "pass"
        in_the_end(ada, ben, session, 3)
        assert noted(ben) == ["a note"]


def test_a_lost_answer_doubles_nothing(box: Box) -> None:
    with behind(box) as (_, ada, ben, session, _, proxy):
        say(ada, session, "ada", 2)
        note(ada, "a note")
        proxy.mode, proxy.limit = "swallow", 700
        ada.nc("sync", code=4)
        assert proxy.struck
        ben.nc("sync")
        assert len(ben.texts(session)) == 2  # it had arrived
        proxy.mode = "pass"
        assert "nothing new on either side" in ada.nc("sync").out
        in_the_end(ada, ben, session, 2)


def test_a_server_that_is_killed_and_started_again(box: Box) -> None:
    with behind(box) as (_, ada, ben, session, daemon, proxy):
        say(ben, session, "ben", 4)
        ben.nc("sync")
        say(ada, session, "ada")
        proxy.mode = "slow"
        running = _started(ada, "sync")
        time.sleep(1.5)
        daemon.close()
        proxy.mode, was = "refuse", proxy.target
        assert running.wait(250) in (0, 4)
        assert len(ada.texts(session)) >= 1
        again = Daemon(box.path, dict(os.environ))
        try:
            assert was != again.port
            proxy.mode, proxy.target = "pass", again.port
            in_the_end(ada, ben, session, 5)
        finally:
            again.close()


def test_a_sync_that_is_killed_leaves_nothing_half(box: Box) -> None:
    with behind(box) as (_, ada, ben, session, _, proxy):
        say(ben, session, "ben", 3)
        ben.nc("sync")
        say(ada, session, "ada")
        proxy.mode = "slow"
        for seconds in (0.6, 1.2, 1.8):
            running = _started(ada, "sync")
            time.sleep(seconds)
            running.kill()
            running.wait()
        crash.wait_for_orphans(ada)  # git outlives its starter for a moment
        proxy.mode = "pass"
        packs = ada.path / ".git/objects/pack"
        (packs / "tmp_pack_abcdef").write_bytes(b"PACK")
        hours_ago = time.time() - 7200
        os.utime(packs / "tmp_pack_abcdef", (hours_ago, hours_ago))
        in_the_end(ada, ben, session, 4)


def _started(clone: Clone, *args: str) -> "subprocess.Popen[bytes]":
    nothing = subprocess.DEVNULL
    return subprocess.Popen(
        [sys.executable, "-m", "git_naturecode", *args], cwd=clone.path,
        env={**os.environ, **clone.env}, stdin=nothing, stdout=nothing, stderr=nothing,
    )  # fmt: skip


def test_a_daemon_that_takes_no_pushes_is_read_only(box: Box) -> None:
    with behind(box) as (hub, ada, ben, session, _, _):
        Clone(hub).git("config", "daemon.receivepack", "false")
        say(ben, session, "ben")
        ben.nc("sync")
        say(ada, session, "ada")
        said = ada.nc("sync", code=4)
        assert "origin is read-only for you" in said.err
        assert len(ada.texts(session)) == 2
        assert "1 log waits here" in ada.nc("status").out


def test_a_web_server_without_the_right_to_push(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    with web(box.path) as port:
        ada.git("remote", "set-url", "origin", f"http://127.0.0.1:{port}/{hub.name}")
        say(ben, session, "ben")
        ben.nc("sync")
        say(ada, session, "ada")
        said = ada.nc("sync", code=4)  # http-backend wants a name before it takes a push
        assert "read-only for you" in said.err
        assert "read-only" in ada.nc("status").out
        assert len(ada.texts(session)) == 2
        Clone(hub).git("config", "http.receivepack", "true")
        in_the_end(ada, ben, session, 2)


def _long_way(box: Box, latency: float, loss: float, rounds: int) -> None:
    hub, ada, ben, session = pair(box)
    with served(box.path) as (daemon, _), lossy(daemon.port, latency, loss, 1) as port:
        for clone in (ada, ben):
            clone.git("remote", "set-url", "origin", f"git://127.0.0.1:{port}/{hub.name}")
        for _ in range(rounds):
            say(ada, session, "ada")
            say(ben, session, "ben")
            ada.nc("sync")
            ben.nc("sync")
        ada.nc("sync")
        assert len(ada.texts(session)) == 2 * rounds
        assert ada.texts(session) == ben.texts(session)


def test_latency_and_loss(box: Box) -> None:
    _long_way(box, 0.05, 0.05, 1)


@pytest.mark.torture
def test_a_second_of_latency_and_loss(box: Box) -> None:
    _long_way(box, 1.0, 0.05, 5)
