"""The user's push has what is shared follow it: detached, only where something waits."""

import shlex
import time
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode import autosync
from hooking import Yard, script, settle

PATIENCE = 60.0  # seconds; nothing takes that long


@pytest.fixture
def here(box: Box) -> Yard:
    """A clone in step with its remote, with a shared session, the background allowed."""
    made = settle(box.clone(box.remote(), "ada"))
    made.clone.nc("sync")
    made.clone.env["NATURECODE_BACKGROUND"] = "1"
    return made


def spied(here: Yard, box: Box) -> Path:
    """Have the hook call a program that only notes what it was told."""
    log, spy = box.path / "told", box.path / "bin" / "git-naturecode"
    script(spy, f'#!/bin/sh\nenv | grep ^GIT_ >"{log}.env"\npwd >"{log}.at"\necho "$@" >>"{log}"\n')
    hook = here.common / "hooks" / "pre-push"
    lines = [f"program={shlex.quote(str(spy))}" if one.startswith("program=") else one
             for one in hook.read_text().split("\n")]  # fmt: skip
    hook.write_text("\n".join(lines))
    return log


def appears(path: Path) -> bool:
    """True as soon as a line stands in `path`; False when that takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not (path.exists() and path.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return path.exists()


def test_nothing_is_started_where_nothing_waits(here: Yard, box: Box) -> None:
    log = spied(here, box)
    here.clone.nc("session", "use", "--none")
    here.clone.nc("sync")
    here.git("push", "-q", "origin", "main")
    here.commit("-m", "One")
    here.git("push", "-q", "origin", "main")
    time.sleep(0.3)
    assert not log.exists()


def test_it_is_told_where_and_nothing_else(here: Yard, box: Box) -> None:
    log = spied(here, box)
    here.commit("-m", "One")
    here.git("push", "-q", "origin", "main")
    assert appears(log)
    assert log.read_text() == f"-C {here.common} autosync --pushed=origin\n"
    assert Path(f"{log}.at").read_text() == "/\n"
    assert not {"GIT_DIR", "GIT_PREFIX"} & set(Path(f"{log}.env").read_text().split("="))


@pytest.mark.parametrize("switch", ["NATURECODE", "NATURECODE_BACKGROUND"])
def test_it_can_be_switched_off(here: Yard, box: Box, switch: str) -> None:
    log = spied(here, box)
    here.commit("-m", "One")
    here.clone.env[switch] = "0"
    here.git("push", "-q", "origin", "main")
    here.git("push", "-q", f"file://{box.path}/hub.git", "main")
    time.sleep(0.3)
    assert not log.exists()


def test_what_was_said_arrives_after_the_push(here: Yard, box: Box) -> None:
    private = here.clone.nc("session", "start", "Mine", "--visibility", "private").out.strip()
    here.clone.nc("session", "say", here.session, "Said before the push.")
    here.commit("-m", "One")
    here.git("push", "-q", "origin", "main")
    hub = Clone(box.path / "hub.git")
    deadline = time.monotonic() + PATIENCE
    there = ""
    while "Said before" not in there and time.monotonic() < deadline:
        time.sleep(0.1)
        there = hub.git("log", "-p", "--all", "--format=")
    assert "Said before the push." in there
    assert private not in there
    wait_for_the_end(here)


def wait_for_the_end(here: Yard) -> None:
    """Until no automatic sync is at work any more."""
    from git_naturecode.store.lock import hold

    with hold(str(here.state / "autosync.lock"), PATIENCE) as free:
        assert free


def test_only_to_the_remote_that_we_sync_with(here: Yard, box: Box) -> None:
    here.clone.nc("session", "say", here.session, "More.")
    with here.clone.store() as store:
        assert autosync.pushed(store, "elsewhere", _never) == 0
    here.git("config", "naturecode.syncOnPush", "false")
    with here.clone.store() as store:
        assert autosync.pushed(store, "origin", _never) == 0
    here.git("config", "--unset", "naturecode.syncOnPush")
    with here.clone.store() as store:
        assert autosync.pushed(store, "origin", _at_once) == 1
        assert autosync.pushed(store, "origin", _never) == 0


def _never(_seconds: float) -> None:
    raise AssertionError("nothing was to be done")


def _at_once(_seconds: float) -> None:
    pass
