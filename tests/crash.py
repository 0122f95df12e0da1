"""Killing a writer at chosen points of its write path, and checking what is left."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from box import Box, Clone, Way
from git_naturecode import ids
from git_naturecode.clock import system_ms
from git_naturecode.store import device
from git_naturecode.store.entry import Draft
from git_naturecode.store.log import Log
from git_naturecode.store.store import Store

PROGRAM = Way("program")
KILL = "signal=SIGKILL"
ROOT = Path(__file__).parent.parent
WRITER = Path(__file__).parent / "faults" / "writer.py"
# What changes a disk or tells another process something. A kill after opening a file for
# writing is the kill before the first write to it.
CALLS = (
    "write", "pwrite64", "writev", "fsync", "fdatasync", "rename", "renameat", "renameat2", "link",
    "linkat", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "ftruncate", "utimensat",
)  # fmt: skip
PATIENCE = 120  # seconds, for what takes one: a process that waits for an answer that never comes
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)")
_NAMES = ("cat-file", "fast-import", "unpack-objects", "update-ref", "init", "config", "rev-parse")


@dataclass(frozen=True)
class Point:
    """The `number`th call of `call` in the process that is `role`: it is killed before that."""

    role: str
    call: str
    number: int


def needs_strace() -> None:
    """Skip where strace is not installed."""
    if shutil.which("strace") is None:
        pytest.skip("no strace on this machine")


def message(text: str) -> Draft:
    """Somebody says `text`."""
    return Draft("message", {"role": "user"}, text, clean=True)


def new_session() -> str:
    """An id for a session."""
    return ids.new_entity("session", system_ms(), os.urandom)


def set_up(box: Box, name: str = "repo", way: Way = PROGRAM) -> Clone:
    """A repository with a device and an empty data branch."""

    def make() -> Clone:
        clone = box.repo(name, way)
        with clone.store(many=False) as store:
            device.ensure(store.state_dir, store.environ, os.urandom)
            store.team.begin()
        return clone

    return box.scene(f"bare ready {name} {way}", make)


_open = ExitStack()


def opened(clone: Clone) -> Store:
    """The store of `clone`, open until `close_all`."""
    return _open.enter_context(clone.store(many=clone.way.name == "library"))


def close_all() -> None:
    """Close what `opened` has opened."""
    _open.close()


def say(store: Store, entity: str, *texts: str, side: str = "team") -> list[str]:
    """Write `texts` down, without draining them; the ids of the entries."""
    return [entry.id for entry in store.write(side, entity, [message(t) for t in texts])]


def in_log(clone: Clone, git_dir: str = ".git") -> Counter[str]:
    """How often each entry id stands in the segments of a data branch, read by plain git."""
    ref = "refs/heads/naturecode"
    names = clone.git("--git-dir", git_dir, "ls-tree", "-r", "--format=%(objectname)", ref, "log/")
    done = subprocess.run(
        ["git", "--git-dir", git_dir, "cat-file", "--batch"], input=names, cwd=clone.path,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Counter(re.findall(r"^<!-- nc:end (\S+) sha256:", done.stdout, re.M))


def fsck(clone: Clone, git_dir: str = ".git", *more: str) -> str:
    """What `git fsck` has to say; nothing when all is well."""
    done = subprocess.run(
        ["git", "--git-dir", git_dir, "fsck", "--no-dangling", *more], cwd=clone.path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if not line.startswith("notice:")]
    return done.stdout + "\n".join(said) + (f"exit {done.returncode}" if done.returncode else "")


def stale_at_once(log: Log) -> None:
    """Take every lock on the ref of `log` for a stale one."""
    log.stale_seconds = 0.0


def check(clone: Clone, acknowledged: list[str], side: str = "team", *more: str) -> None:
    """The next command works; each acknowledged entry is in the log once, and none twice.

    `more` goes to `git fsck`.
    """
    git_dir = ".git" if side == "team" else ".git/naturecode/private.git"
    with clone.store(many=clone.way.name == "library") as store:
        log = store.side(side)
        stale_at_once(log)
        (own,) = say(store, new_session(), "the next one", side=side)
        store.settle(20.0)
        wait_for_orphans(clone)
        store.settle(20.0)
        assert log.spool.waiting() == []
        found = in_log(clone, git_dir)
        assert [one for one in (*acknowledged, own) if found[one] != 1] == []
        assert [one for one, number in found.items() if number != 1] == []
    assert fsck(clone, git_dir, *more) == ""
    assert not (clone.path / git_dir / "refs/heads/naturecode.lock").exists()


def wait_for_orphans(clone: Clone) -> None:
    """Wait for git processes that outlive the writer that started them."""
    deadline = time.monotonic() + PATIENCE
    while left := _at_work(str(clone.path)):
        assert time.monotonic() < deadline, f"a git process does not end: {left}"
        time.sleep(0.01)


def _at_work(path: str) -> list[bytes]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            with suppress(OSError):
                command = Path("/proc", name, "cmdline").read_bytes()
                place = os.readlink(f"/proc/{name}/cwd")
                # What git starts itself is told of the folder only by standing in it.
                here = path.encode() in command or place == path or place.startswith(f"{path}/")
                program = os.path.basename(command.partition(b"\0")[0])
                # Those that only read, and this process's own, do not matter.
                if here and program.startswith(b"git") and b"cat-file" not in command:
                    found.append(command)
    return found


# -- the writer in a process of its own ----------------------------------------------------------


def command(clone: Clone, entity: str, *more: str) -> list[str]:
    """The command line of a writer; see faults/writer.py."""
    return [sys.executable, "-S", str(WRITER), str(clone.path), clone.way.name, entity, *more]


def environment(**more: str) -> dict[str, str]:
    """The environment of a writer; -S spares the search for packages that it does not need."""
    packages = [path for path in sys.path if path.endswith("site-packages")]
    where = os.pathsep.join((str(ROOT), *packages))
    return {**os.environ, "PYTHONPATH": where, "PYTHONDONTWRITEBYTECODE": "1", **more}


def record(clone: Clone, entity: str, out: Path, *more: str, calls: str = "") -> list[str]:
    """Run a writer to its end under strace; the lines of the trace."""
    wanted = calls or ",".join((*CALLS, "execve"))
    trace = ["strace", "-f", "-y", "-qq", "-e", f"trace={wanted}", "-o", str(out)]
    subprocess.run(
        [*trace, *command(clone, entity, *more)], check=True, capture_output=True, cwd=clone.path,
        env=environment(),
    )  # fmt: skip
    return out.read_text(errors="replace").splitlines()


def points(lines: list[str]) -> list[Point]:
    """All places in a trace at which a process can be killed."""
    roles: dict[str, str] = {}
    counts: Counter[tuple[str, str]] = Counter()
    found = []
    for line in lines:
        part = _LINE.match(line)
        if not part:
            continue
        process, call, rest = part.groups()
        if call == "execve":
            names = [name for name in _NAMES if f'"{name}"' in rest]
            roles[process] = names[0] if names else "writer"
        elif call in CALLS and process in roles:
            counts[process, call] += 1
            found.append(Point(roles[process], call, counts[process, call]))
    return list(dict.fromkeys(found))


def kill_at(
    clone: Clone, point: Point, entity: str, bin_dir: Path, *more: str, what: str = KILL
) -> tuple[list[str], bool]:
    """Run a writer that is killed at `point` (or one of its git processes is).

    Or `what` else strace can do to a call: let it fail.

    Gives what it had said, and whether it was stopped: a git process that only reads may have
    been killed when nobody needed it any more.

    Where only the writer is killed, the git process that it started lives on.
    """
    inject = f"-e trace={point.call} -e inject={point.call}:{what}:when={point.number}"
    strace = ["strace", "-qq", "-o", "/dev/null", *inject.split()]
    env = environment()
    if point.role == "writer":
        prefix = strace
    else:
        prefix = []
        env["PATH"] = f"{_shim(bin_dir, point.role, strace)}{os.pathsep}{env['PATH']}"
    done = subprocess.run(
        [*prefix, *command(clone, entity, *more)], capture_output=True, text=True, cwd=clone.path,
        env=env, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return whole_lines(done.stdout), done.returncode != 0


def _shim(folder: Path, role: str, strace: list[str]) -> Path:
    """A folder with a `git` that puts strace before the one process that is meant."""
    folder.mkdir(exist_ok=True)
    # fast-import starts unpack-objects itself, past our PATH.
    follow = ["-f"] if role == "unpack-objects" else []
    start = "fast-import" if role == "unpack-objects" else role
    traced = " ".join([strace[0], *follow, *strace[1:]])
    real = shutil.which("git")
    shim = folder / "git"
    shim.write_text(
        f'#!/bin/sh\ncase " $* " in *" {start} "*) exec {traced} {real} "$@";; esac\n'
        f'exec {real} "$@"\n'
    )
    shim.chmod(0o755)
    return folder


def whole_lines(text: str) -> list[str]:
    """The lines that were written to their end."""
    return text.split("\n")[:-1]
