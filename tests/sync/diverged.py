"""Measures a sync of two clones that went apart, beside what plain git needs for the same."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

_REF = "refs/heads/naturecode"
_WHO = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
        "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com"}  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """Seconds until both clones hold everything: ours (without start-up), and plain git."""

    ours: float
    git: float
    start_up: float

    @property
    def ratio(self) -> float:
        """How many times longer than plain git."""
        return self.ours / self.git


def measure(entries: int) -> Figures:
    """Two clones over a file:// remote with `entries` sessions, each clone with as many more."""
    with tempfile.TemporaryDirectory() as place:
        hub = _hub(Path(place), entries)
        git = _by_git(Path(place), hub, entries)
    with tempfile.TemporaryDirectory() as place:
        hub = _hub(Path(place), entries)
        start_up, ours = _by_us(Path(place), hub, entries)
    return Figures(ours, git, start_up)


def _by_git(place: Path, hub: Path, entries: int) -> float:
    one, two = (_apart(place, hub, name, entries) for name in ("one", "two"))
    _git(one, "push", "-q", "origin", f"{_REF}:{_REF}")
    start = time.perf_counter()
    _git(two, "fetch", "-q", "origin", f"+{_REF}:refs/remotes/o/nc")
    merged = _git(two, "merge-tree", "--write-tree", _REF, "refs/remotes/o/nc").split()[0]
    commit = _git(two, "commit-tree", merged, "-p", _REF, "-p", "refs/remotes/o/nc", "-m", "m")
    _git(two, "update-ref", _REF, commit.strip())
    _git(two, "push", "-q", "origin", f"{_REF}:{_REF}")
    _git(one, "fetch", "-q", "origin", f"{_REF}:{_REF}")
    return time.perf_counter() - start


def _by_us(place: Path, hub: Path, entries: int) -> tuple[float, float]:
    one, two = (_apart(place, hub, name, entries) for name in ("one", "two"))
    for clone in (one, two):
        _nc(clone, "init")
        _nc(clone, "status")
    _nc(one, "sync")
    start = time.perf_counter()
    for _ in range(2):
        _nc(one, "--version")
    between = time.perf_counter()
    _nc(two, "sync")
    _nc(one, "sync")
    end = time.perf_counter()
    tips = {_git(where, "rev-parse", _REF) for where in (one, two, hub)}
    assert len(tips) == 1
    held = _git(hub, "ls-tree", "-r", "--name-only", _REF).count(".md\n")
    assert held == 3 * entries
    return between - start, end - between - (between - start)


def _hub(place: Path, entries: int) -> Path:
    hub = place / "hub.git"
    _git(place, "init", "-q", "--bare", str(hub))
    _import(hub, entries, "0" * 16, "")
    return hub


def _apart(place: Path, hub: Path, name: str, entries: int) -> Path:
    clone = place / name
    _git(place, "init", "-q", "-b", "main", str(clone))
    _git(clone, "remote", "add", "origin", f"file://{hub}")
    _git(clone, "fetch", "-q", "origin", f"{_REF}:{_REF}")
    _import(clone, entries, name[0].replace("o", "1") * 16, f"from {_REF}^0\n")
    return clone


def _import(repo: Path, entries: int, device: str, start: str) -> None:
    """One commit with a segment of `device` in each of `entries` sessions."""
    from git_naturecode.store import format, paths

    lines = [f"commit {_REF}\ncommitter Ada <ada@example.com> 1 +0000\ndata 1\nx\n{start}".encode()]
    for number in range(entries):
        entity = f"session-20260101-{number * 7919 % 10**8:08d}"
        at = f"2026-01-01T00:00:00.000Z/{number % 10**4:04d}"
        header = {"id": f"e{number}-{device}", "at": at,
                  "kind": "message", "by": "ada@example.com"}  # fmt: skip
        entry = format.make(header, f"What was said about {number}, in a few words or more. " * 8)
        data = format.render(format.Segment(entity, device, 1, (entry,)))
        path = paths.segment_path(entity, device, 1)
        lines.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
    subprocess.run(["git", "fast-import", "--quiet"], cwd=repo, input=b"".join(lines), check=True)


def _environment() -> dict[str, str]:
    return {**os.environ, **_WHO, "PYTHONPATH": str(Path(__file__).parent.parent.parent)}


def _git(where: Path, *args: str) -> str:
    return subprocess.run(
        ["git", *args], cwd=where, check=True, capture_output=True, text=True, env=_environment()
    ).stdout


def _nc(where: Path, *args: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "git_naturecode", *args], cwd=where, check=True,
        capture_output=True, env=_environment(),
    )  # fmt: skip


if __name__ == "__main__":
    for _ in range(3):
        got = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
        print(f"ours {got.ours:.2f} s, git {got.git:.2f} s: {got.ratio:.2f} times")
