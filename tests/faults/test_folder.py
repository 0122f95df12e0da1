"""A writer of the folder killed at every step it takes: the next one ends what it began."""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from box import Box, Clone
from disks import attempt, fill, free, read_only, small
from git_naturecode.errors import NEGATIVE, NOT_PERMITTED
from git_naturecode.folder import update
from git_naturecode.store import place
from git_naturecode.store.entry import Draft
from git_naturecode.store.manifest import Manifest
from seeds import TORTURE

CALLS = ("open", "link", "unlink", "rename", "replace", "mkdir", "rmdir", "stat")


def _prepared(box: Box) -> tuple[Clone, list[str]]:
    """A clone whose folder is behind: a session said more and was renamed, one went, one came."""
    clone = box.ready()
    changed, gone = clone.start("first"), clone.start("second")
    clone.nc("folder")
    clone.nc("session", "say", changed, "more")
    new = clone.start("third")
    with clone.store() as store:
        store.write("team", changed, [Draft("set", {"field": "title", "value": "New", "over": []})])
        store.write("team", gone, [Draft("delete", {})])
        store.settle()
    (clone.path / ".naturecode/mine.txt").write_text("mine")
    return clone, [changed, new]


def _files(clone: Clone) -> dict[str, str]:
    top = clone.path / ".naturecode"
    return {str(p.relative_to(top)): p.read_text() for p in top.rglob("*") if p.is_file()}


def _killed_after(clone: Clone, steps: int) -> bool:
    """Run an update in a process that is gone after so many steps; False when it needs fewer."""
    child = os.fork()
    if child == 0:
        try:
            _count_down(steps)
            with clone.store(many=False) as store:
                update.update(store)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _count_down(steps: int) -> None:
    left = [steps]

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            if "dir_fd" in kwargs or "src_dir_fd" in kwargs or call is not real_stat:
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **kwargs)

        return step

    real_stat = os.stat
    for name in CALLS:
        setattr(os, name, counted(getattr(os, name)))
    setattr(Manifest, "_all", counted(Manifest._all))  # noqa: B010


def test_killed_at_every_step(box: Box, tmp_path: Path) -> None:
    base, sessions = _prepared(box)
    seed = int(os.environ.get("NATURECODE_SEED", "0"))
    stride = 1 if TORTURE else 3
    points = 0
    for steps in range(seed % stride, 1000, stride):
        clone = Clone(tmp_path / "killed")
        shutil.rmtree(clone.path, ignore_errors=True)
        shutil.copytree(base.path, clone.path, symlinks=True)
        if not _killed_after(clone, steps):
            break
        points += 1
        with clone.store(many=False) as store:
            for session in sessions:  # the logs have gone on when the next one comes
                store.write("team", session, [Draft("message", {"role": "user"}, "and more")])
            store.settle()
            assert update.update(store).kept == {}, steps
            assert update.update(store).written == 0, steps
            healed = _files(clone)
            for left in (clone.path / ".git/naturecode/folders", clone.path / ".naturecode"):
                shutil.rmtree(left)
            update.update(store)
        assert healed == {**_files(clone), "mine.txt": "mine"}, steps
    assert points > 40 / stride


@pytest.mark.parametrize("room", [0, 4096, 8192, 16384, 40960])
def test_a_full_disk(box: Box, tmp_path: Path, room: int) -> None:
    base, sessions = _prepared(box)
    with small(tmp_path / "small", "24m") as disk:
        clone = Clone(disk / "repo")
        shutil.copytree(base.path, clone.path, symlinks=True)
        clone.nc("session", "list")  # all else is settled
        fill(disk, room)
        said = attempt(clone, "folder")
        assert said.code == NEGATIVE or (room and not said.code), said
        assert "this is a fault" not in said.err
        if said.code:
            assert "disk is full" in said.err
            assert "make room" in said.err
        with clone.store(many=False) as store:
            assert place.is_stale(store) == bool(said.code)
        free(disk)
        assert clone.nc("folder").err == ""
        shown = _files(clone)
        shutil.rmtree(clone.path / ".naturecode")
        clone.nc("folder")
        assert shown == {**_files(clone), "mine.txt": "mine"}
        assert {name[-11:-3] for name in shown if name.startswith("sessions/")} == {
            one[-8:] for one in sessions
        }


def test_a_read_only_disk(box: Box) -> None:
    clone, _ = _prepared(box)
    before = _files(clone)
    with read_only(clone.path):
        said = attempt(clone, "folder")
        assert said.code == NOT_PERMITTED, said
        attempt(clone, "session", "list")
    assert _files(clone) == before
    assert clone.nc("folder").err == ""
