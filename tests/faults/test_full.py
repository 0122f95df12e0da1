"""A full or read-only disk: a clear word, and nothing is acknowledged that is not kept."""

import errno
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import crash
from box import Box, Clone, Way
from git_naturecode import __main__ as program
from git_naturecode.errors import NEGATIVE, NOT_PERMITTED, NaturecodeError
from git_naturecode.store.bulk import bulk
from transcripts import line, write

SIZE = "6m"
ROOM = 8192
GIT = """#!/bin/sh
case " $* " in *" fast-import "*) cat > /dev/null
echo "fatal: write error: No space left on device" >&2; exit 128;; esac
exec {git} "$@"
"""


class Disk:
    """A small file system; where nobody may mount one, calls that fail as it would."""

    def __init__(self, folder: Path, patched: pytest.MonkeyPatch) -> None:
        self.folder, self.patched = folder, patched
        self.real = self._mount("-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs")

    def fill(self, room: int) -> None:
        """Fill it up to `room` bytes."""
        if not self.real:
            self._pretend(room)
            return
        with open(self.folder / "filler", "wb", buffering=0) as file:
            with suppress(OSError):
                while True:
                    file.write(b"x" * 4096)
            file.truncate(file.tell() - room)

    def free(self) -> None:
        """Make room again."""
        self.patched.undo()
        (self.folder / "filler").unlink(missing_ok=True)

    def read_only(self) -> Callable[[], None]:
        """Take the right to write away; gives what brings it back."""
        if self.real and self._mount("-o", "remount,ro"):
            return self._writable
        _allow(self.folder, False)
        return lambda: _allow(self.folder, True)

    def _writable(self) -> None:
        assert self._mount("-o", "remount,rw")

    def _mount(self, *args: str) -> bool:
        if os.geteuid() or shutil.which("mount") is None:
            return False
        done = subprocess.run(["mount", *args, str(self.folder)], capture_output=True, check=False)
        return done.returncode == 0

    def _pretend(self, room: int) -> None:
        def full(*_: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        if not room:
            self.patched.setattr(os, "write", full)
        shim = self.folder / "bin"
        shim.mkdir(exist_ok=True)
        (shim / "git").write_text(GIT.format(git=shutil.which("git")))
        (shim / "git").chmod(0o755)
        self.patched.setenv("PATH", f"{shim}{os.pathsep}{os.environ['PATH']}")


def _allow(folder: Path, yes: bool) -> None:
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | stat.S_IWUSR if yes else mode & ~(stat.S_IWUSR | stat.S_IWGRP))


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    folder = tmp_path / "small"
    folder.mkdir()
    with monkeypatch.context() as patched:
        made = Disk(folder, patched)
        yield made
    crash.close_all()
    if made.real:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def clone(disk: Disk) -> Clone:
    made = crash.set_up(Box(disk.folder))
    with made.store(many=False) as store:
        crash.say(store, crash.new_session(), "before")
        store.settle()
    return made


def test_nothing_is_acknowledged_where_nothing_fits(disk: Disk, clone: Clone) -> None:
    store = crash.opened(clone)
    disk.fill(0)
    with pytest.raises(OSError, match="No space left") as told:
        crash.say(store, crash.new_session(), "too much " * 100)
    shown = program._system(told.value)
    assert shown.code == NEGATIVE
    assert "the disk is full" in shown.message
    assert "make room" in shown.hint
    disk.free()
    assert store.team.spool.waiting() == []
    crash.check(clone, [])


def test_what_was_acknowledged_waits_for_room(disk: Disk, clone: Clone) -> None:
    store = crash.opened(clone)
    disk.fill(ROOM)
    said = crash.say(store, crash.new_session(), "kept")
    store.close()  # what it knows of PATH is from before
    with clone.store(many=False) as again, pytest.raises(NaturecodeError) as told:
        again.settle()
    assert "the disk is full: what was said is kept" in told.value.message
    assert told.value.code == NEGATIVE
    assert "make room" in told.value.hint
    disk.free()
    crash.check(clone, said)


def test_pygit2_says_it_in_the_same_words(disk: Disk, clone: Clone) -> None:
    if not disk.real:  # the words come from the kernel; see test_nothing_is_acknowledged
        return
    clone.way = Way("library")
    store = crash.opened(clone)
    assert store.team.tree()
    disk.fill(ROOM)
    said = crash.say(store, crash.new_session(), "kept")
    with pytest.raises(NaturecodeError, match="the disk is full: what was said is kept"):
        store.settle()
    disk.free()
    crash.check(clone, said)


def test_a_bulk_writer_on_a_full_disk_leaves_nothing(disk: Disk, clone: Clone) -> None:
    head = clone.git("rev-parse", "naturecode")
    disk.fill(300_000)
    texts = [crash.message(os.urandom(20_000).hex()) for _ in range(150)]

    def write_all() -> None:
        with clone.store(many=False) as store, bulk(store, "team") as writer:
            for text in texts:
                writer.write(crash.new_session(), [text])

    with pytest.raises(NaturecodeError, match="the disk is full; nothing of this was") as told:
        write_all()
    assert told.value.code == NEGATIVE
    assert clone.git("rev-parse", "naturecode") == head
    disk.free()
    for left in (clone.path / ".git/objects/pack").glob("tmp_*"):
        left.unlink()  # git gc does that after two weeks
    with clone.store(many=False) as store, bulk(store, "team") as writer:
        writer.write(crash.new_session(), texts[:1])
    crash.check(clone, [])


def test_an_import_on_a_full_disk_goes_on_once_there_is_room(
    disk: Disk, clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("git_naturecode.importing.batches.ENTRIES", 13)
    clone.nc("session", "import", write(tmp_path / "first.jsonl", conversation(0)))
    histories = tmp_path / "histories"
    histories.mkdir()
    for number in range(1, 8):
        write(histories / f"{number}.jsonl", conversation(number))
    disk.fill(900_000)
    said = clone.nc("session", "import", str(histories), code=NEGATIVE)
    told = re.search(r"the disk is full; (\d) of 7 conversations are imported", said.err)
    assert told, said
    assert "make room and run the same command again" in said.err
    disk.free()
    there = clone.ids()
    assert int(told[1]) > 0
    assert len(there) >= 2 + int(told[1])  # what the clone began with, and the first import
    clone.nc("session", "import", str(histories))
    assert len(clone.ids()) == len(there | clone.ids()) == 9
    private = ".git/naturecode/private.git"
    found = crash.in_log(clone, private)
    assert set(found.values()) == {1}
    assert len(found) == 8 * 13


def conversation(number: int) -> list[object]:
    """A conversation of twelve messages that cannot be made smaller, 480 KB of them."""
    name = f"{number:08d}-aaaa-4bbb-8ccc-000000000001"
    return [{**line("user", f"u{n}", os.urandom(20_000).hex(), n), "sessionId": name}
            for n in range(12)]  # fmt: skip


def test_a_read_only_repository_can_be_read(disk: Disk, clone: Clone) -> None:
    entity = crash.new_session()
    with clone.store(many=False) as store:
        crash.say(store, entity, "waits")
        give_back = disk.read_only()
        try:
            if not os.geteuid() and not disk.real:
                return  # nothing keeps this user from writing
            store.settle()
            assert len(store.read(entity[17:], "session")) == 1
            with pytest.raises(OSError, match=r"denied|Read-only") as told:
                crash.say(store, entity, "cannot be kept")
            assert program._system(told.value).code == NOT_PERMITTED
            with pytest.raises(NaturecodeError, match="could not be written"):
                store.settle(0.1)
        finally:
            give_back()
    crash.check(clone, [])
