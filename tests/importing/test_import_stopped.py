"""An import that is stopped keeps what it has read, and the same command goes on there."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

import crash
from box import Box, Clone
from git_naturecode import importing
from git_naturecode.errors import DiskFull, NaturecodeError
from git_naturecode.git import bulk as git_bulk
from git_naturecode.importing import batches
from git_naturecode.redact import Redactor
from seeds import SEED
from transcripts import line, write

PRIVATE = ".git/naturecode/private.git"
SESSIONS, MESSAGES = 60, 20
# The program with smaller commits, and with other processes for reading when asked for. It says
# when it listens to Ctrl-C, and stops at a commit when asked to, until it is killed.
PROGRAM = """
import contextlib, signal, sys
from git_naturecode import __main__ as program
from git_naturecode.capture import ahead
from git_naturecode.cli import progress
from git_naturecode.git.bulk import BulkCommit
from git_naturecode.importing import batches
listening, finish = progress.stoppable, BulkCommit.finish

@contextlib.contextmanager
def stoppable(told):
    with listening(told) as stop:
        print("ready", flush=True)
        yield stop

def counted(commit):
    global last
    last -= 1
    if last == 0:
        print("halted", flush=True)
        signal.pause()
    return finish(commit)

if __name__ == "__main__":
    batches.ENTRIES = int(sys.argv.pop(1))
    ahead.WORTH_IT = int(sys.argv.pop(1))
    last = int(sys.argv.pop(1))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the shell may have it ignored
    progress.stoppable, BulkCommit.finish = stoppable, counted
    program.main()
"""


@pytest.fixture
def histories(tmp_path: Path) -> Path:
    """A folder of conversations."""
    folder = tmp_path / "histories"
    folder.mkdir()
    for number in range(SESSIONS):
        name = f"{number:08d}-aaaa-4bbb-8ccc-000000000001"
        said = [
            {**line("assistant" if n % 2 else "user", f"u{n}", f"{number} says {n} " * 40, n),
             "sessionId": name}
            for n in range(MESSAGES)
        ]  # fmt: skip
        write(folder / f"{name}.jsonl", said)
    return folder


def start(
    clone: Clone, histories: Path, worth: int = 1 << 40, last: int = 0
) -> "subprocess.Popen[str]":
    """An import that has begun; it halts at commit `last` (0: at none)."""
    program = clone.path.parent / "program.py"
    program.write_text(PROGRAM)
    process = subprocess.Popen(
        [sys.executable, str(program), "100", str(worth), str(last), "session", "import",
         str(histories)],
        cwd=clone.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**crash.environment(), "NATURECODE_GIT": clone.way.name}, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def kept(clone: Clone) -> "Counter[str]":
    """How often each imported entry stands in the private log."""
    if not (clone.path / PRIVATE / "refs/heads/naturecode").exists():
        return Counter()
    return crash.in_log(clone, PRIVATE)


@pytest.fixture
def whole(box: Box, histories: Path) -> "tuple[Counter[str], dict[str, object]]":
    """What an import gives that nobody stops."""
    clone = box.ready("whole")
    clone.nc("session", "import", str(histories))
    return kept(clone), shown(clone)


def shown(clone: Clone) -> dict[str, object]:
    return {one: clone.nc("session", "show", one, "--json").json["messages"]
            for one in sorted(clone.ids())[:5]}  # fmt: skip


@pytest.mark.parametrize(
    ("sign", "worth"), [(signal.SIGINT, 1 << 40), (signal.SIGINT, 0), (signal.SIGKILL, 0)]
)
def test_stopped_again_and_again_it_comes_to_the_same_end(
    box: Box, histories: Path, whole: "tuple[Counter[str], dict[str, object]]",
    sign: signal.Signals, worth: int,
) -> None:  # fmt: skip
    clone = box.ready()
    chance = random.Random(SEED)
    ends = []
    before = 0
    for attempt in range(40):
        process = start(clone, histories, worth=worth)
        if attempt < 5:
            time.sleep(chance.uniform(0, 0.9))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, sign)
        err = process.communicate()[1]
        assert "Traceback" not in err, err
        ends.append(process.returncode)
        now = kept(clone)
        assert set(now.values()) <= {1}
        assert sum(now.values()) >= before
        before = sum(now.values())
        if process.returncode == 0:
            break
        if sign == signal.SIGINT:
            assert process.returncode in (130, -signal.SIGINT)
            if "stopped;" in err:
                told = re.search(r"stopped; (\d+) of 60 conversations are imported", err)
                assert told
                assert int(told[1]) * MESSAGES <= before
                assert "the same command" in err
    assert ends[-1] == 0
    assert now == whole[0]
    assert shown(clone) == whole[1]
    assert crash.fsck(clone, PRIVATE) == ""


def test_a_kill_loses_one_batch_at_most(box: Box, histories: Path) -> None:
    clone = box.ready()
    process = start(clone, histories, last=4)
    assert process.stdout is not None
    assert process.stdout.readline() == "halted\n"
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert sum(kept(clone).values()) >= 300


def test_no_reader_outlives_a_killed_import(box: Box, histories: Path) -> None:
    clone = box.ready()
    process = start(clone, histories, worth=0, last=1)
    assert process.stdout is not None
    assert process.stdout.readline() == "halted\n"
    assert len(group(process.pid)) > 1
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    deadline = time.monotonic() + 60
    while left := group(process.pid):
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.01)


def group(leader: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError):
                fields = Path("/proc", name, "stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == leader and fields[0] != "Z":
                    found.append(int(name))
    return found


def test_a_full_disk_in_between_says_what_is_kept(
    box: Box, histories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = box.ready()
    monkeypatch.setattr(batches, "ENTRIES", 100)
    finish = git_bulk.BulkCommit.finish
    commits = 0

    def full(self: git_bulk.BulkCommit) -> str:
        nonlocal commits
        commits += 1
        if commits > 3:
            raise DiskFull("the disk is full; nothing of this was written")
        return finish(self)

    with monkeypatch.context() as patched:
        patched.setattr(git_bulk.BulkCommit, "finish", full)
        said = clone.nc("session", "import", str(histories), code=1)
    assert "the disk is full; 15 of 60 conversations are imported" in said.err
    assert "make room and run the same command again" in said.err
    there = kept(clone)
    assert 300 <= sum(there.values()) <= 400
    assert crash.fsck(clone, PRIVATE) == ""
    clone.nc("session", "import", str(histories))
    assert sum(kept(clone).values()) == SESSIONS * (MESSAGES + 1)
    assert set(kept(clone).values()) == {1}


def test_other_failures_tell_it_too(
    box: Box, histories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = box.ready()
    monkeypatch.setattr(batches, "ENTRIES", 500)
    monkeypatch.setattr("git_naturecode.importing.run.CHUNK", 7)
    count = 0

    def tell(step: importing.Step) -> None:
        nonlocal count
        count += 1
        if step.done > 40:
            raise NaturecodeError("odd", "look at it")

    names = [str(path) for path in sorted(histories.iterdir())]
    options = importing.Options("private")
    with clone.store() as store, pytest.raises(NaturecodeError, match="odd") as told:
        importing.import_files(store, names, Redactor(), options, tell)
    assert "look at it; " in told.value.hint
    assert "of 60 conversations are imported; run the same command again" in told.value.hint


def test_a_stop_between_two_chunks_keeps_what_was_read(
    box: Box, histories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = box.ready()
    monkeypatch.setattr("git_naturecode.importing.run.CHUNK", 5)
    names = [str(path) for path in sorted(histories.iterdir())]
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 23

    with clone.store() as store:
        options = importing.Options("private")
        done = importing.import_files(store, names, Redactor(), options, lambda _: None, stop)
    assert done.stopped
    assert 0 < done.finished < SESSIONS
    assert sum(kept(clone).values()) == done.entries
    assert len(done.sessions) - done.finished in (0, 1)
