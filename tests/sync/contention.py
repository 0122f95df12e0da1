"""Measures what several clones get through one remote when each syncs after every entry."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

_WORKER = """
import os, subprocess, sys
session, name, items = sys.argv[1], sys.argv[2], int(sys.argv[3])
tries = 0
for number in range(items):
    for arguments in (
        ["session", "say", session, f"{name} says {number}"], ["sync", "-q"]
    ):
        done = subprocess.run(
            [sys.executable, "-m", "git_naturecode", *arguments], capture_output=True, text=True
        )
        if done.returncode:
            sys.exit(f"{name}: {arguments}: {done.stderr}")
        tries += "left in its outbox" in done.stdout or "is busy" in done.stdout
print(tries)
"""


@dataclass(frozen=True)
class Figures:
    """What came out: entries that arrived (each once), and how long it took."""

    clones: int
    items: int
    seconds: float
    arrived: list[str]
    outboxes: int
    work: float

    @property
    def per_second(self) -> float:
        """Entries said and synced per second, over all clones."""
        return self.clones * self.items / self.seconds


def measure(clones: int, items: int, folder: Path | None = None) -> Figures:
    """Let `clones` clones of one file:// remote each say and sync `items` entries at once."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        return _measure(Path(place), clones, items)


def _measure(place: Path, clones: int, items: int) -> Figures:
    hub = place / "hub.git"
    _git(place, "init", "-q", "--bare", str(hub))
    seed = place / "seed"
    _git(place, "init", "-q", "-b", "main", str(seed))
    _git(seed, "commit", "-q", "--allow-empty", "-m", "first")
    _git(seed, "push", "-q", str(hub), "main")
    _git(seed, "remote", "add", "origin", f"file://{hub}")
    _nc(seed, "init")
    session = _nc(seed, "session", "start", "contention", "--visibility", "team").strip()
    _nc(seed, "sync")
    names = [f"clone{number}" for number in range(clones)]
    for name in names:
        _git(place, "clone", "-q", f"file://{hub}", name)
        _nc(place / name, "init")
    start, before = time.perf_counter(), _work()
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", _WORKER, session, name, str(items)],
            cwd=place / name, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=_environment(),
        )
        for name in names
    ]  # fmt: skip
    said = [worker.communicate() for worker in workers]
    seconds, work = time.perf_counter() - start, _work() - before
    assert all(worker.returncode == 0 for worker in workers), said
    _nc(seed, "sync")
    shown = _nc(seed, "session", "show", session)
    arrived = [line.strip() for line in shown.split("\n") if " says " in line]
    return Figures(clones, items, seconds, arrived, sum(int(out) for out, _ in said), work)


def _work() -> float:
    """Seconds of CPU that all ended children have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _environment() -> dict[str, str]:
    root = str(Path(__file__).parent.parent.parent)
    who = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
           "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com"}  # fmt: skip
    return {**os.environ, **who, "PYTHONPATH": root}


def _git(where: Path, *args: str) -> None:
    subprocess.run(["git", *args], cwd=where, check=True, capture_output=True, env=_environment())


def _nc(where: Path, *args: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "git_naturecode", *args], cwd=where, capture_output=True, text=True,
        env=_environment(), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


if __name__ == "__main__":
    for number in map(int, sys.argv[1:] or ("1", "8")):
        got = measure(number, 20)
        print(f"{number} clones: {got.per_second:.2f} items/s, {got.outboxes} outboxes, "
              f"{got.work / (number * 20):.2f} s of CPU each, "
              f"{len(set(got.arrived))} of {number * 20} arrived")  # fmt: skip
