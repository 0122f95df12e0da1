"""Sync: with nothing new, after two clones went apart, and with many writers on one remote."""

import importlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from . import made
from .appending import REF, WRITERS
from .measure import Line, Times, against, figure, interleave
from .stage import Stage

_OURS, _THEIRS = 200_000, 400_000  # offsets, so that both sides say different things


def noop(stage: Stage) -> Iterator[Line]:
    """A sync with nothing new against a fetch and a push by git with nothing new."""
    clone = stage.clone(stage.hub())
    with stage.store(clone) as store:
        made.fill(store, range(100), 2)
    stage.run(stage.program, "sync", cwd=clone)
    stage.run("git", "fetch", "-q", "origin", cwd=clone)

    def git() -> None:
        stage.run("git", "fetch", "-q", "origin", cwd=clone)
        stage.run("git", "push", "-q", "origin", "naturecode", cwd=clone)

    lonely = stage.repo("lonely")
    ours, start, peer = interleave(
        stage.rounds(15),
        lambda: stage.run(stage.program, "sync", cwd=clone),
        lambda: subprocess.run([stage.program, "sync"], cwd=lonely, stderr=subprocess.DEVNULL),
        git,
    )
    budget = "no-op sync, less a sync that finds no remote"
    yield against(budget, ours, peer, "git fetch + git push", 1.5, start)


def diverged(stage: Stage) -> Iterator[Line]:
    """Two clones with as many new entries each: ours twice against git doing the same.

    Ours signs what it pushes and verifies what it fetches; git does neither.
    """
    count = 100 if stage.quick else 1_000
    before = _before(stage, count)
    pair = _pair(stage, before, count)
    stepwise = _stepwise(stage, pair, count)
    ours, whole, steps = Times(), Times(), Times()
    for _ in range(2 if stage.quick else 3):
        _sync_both(stage, _copy(stage, before, count), ours)
        _merge_both(stage, _copy(stage, pair), whole)
        _merge_both(stage, _copy(stage, stepwise), steps)
    budget = f"{count:,} + {count:,} diverged entries, both clones up to date"
    yield against(budget, ours, steps, f"git, {count:,} commits each", 1.5)
    yield against(budget, ours, whole, "git, 1 commit each", 1.5)


def writers(stage: Stage) -> Iterator[Line]:
    """Clones that say something and sync, over and over, alone and eight at once."""
    items = 4 if stage.quick else 8
    measured = importlib.import_module("tests.sync.contention")
    alone = measured.measure(1, items, stage.folder)
    together = measured.measure(WRITERS, items, stage.folder)
    lost = WRITERS * items - len(set(together.arrived))
    yield figure(f"{WRITERS} writers on one remote: lost", lost, "entries", 0)
    budget = f"{WRITERS} writers on one remote, against one writer"
    yield figure(budget, together.per_second, "entries/s", round(alone.per_second, 1), least=True)


def _before(stage: Stage, count: int) -> Path:
    """hub.git and the clones a and b, in step, with `count` sessions."""
    pair = stage.path("before")
    pair.mkdir()
    hub = stage.hub()
    clones = [stage.clone(hub) for _ in "ab"]
    with stage.store(clones[0]) as store:
        made.fill(store, range(count), 3)
    for clone in clones:
        stage.run(stage.program, "sync", cwd=clone)
    stage.run("git", "repack", "-adq", cwd=hub)
    for path, name in zip((hub, *clones), ("hub.git", "a", "b"), strict=True):
        path.rename(pair / name)
    return pair


def _pair(stage: Stage, before: Path, count: int) -> Path:
    """The same, but each clone has `count` entries that the other lacks."""
    pair = stage.path("pair")
    shutil.copytree(before, pair, symlinks=True)
    _add(stage, pair, count)
    return pair


def _add(stage: Stage, pair: Path, count: int) -> None:
    for name, offset in (("a", _OURS), ("b", _THEIRS)):
        with stage.store(pair / name) as store:
            made.add(store, range(count), offset)


def _copy(stage: Stage, pair: Path, count: int = 0) -> Path:
    """A copy to be used up; each clone says `count` entries more as the new device that it is."""
    copy = stage.path("copy")
    shutil.copytree(pair, copy, symlinks=True)
    for name in "ab":
        stage.run("git", "remote", "set-url", "origin", f"file://{copy}/hub.git", cwd=copy / name)
        stage.run(stage.program, "status", cwd=copy / name)
    _add(stage, copy, count)
    stage.run(stage.program, "sync", cwd=copy / "a")
    return copy


def _sync_both(stage: Stage, copy: Path, times: Times) -> None:
    """b takes in what a has pushed and pushes; a catches up."""
    with times.taking():
        stage.run(stage.program, "sync", cwd=copy / "b")
        stage.run(stage.program, "sync", cwd=copy / "a")
    heads = {stage.run("git", "rev-parse", REF, cwd=copy / name) for name in "ab"}
    assert len(heads) == 1, "the clones are not in step"


def _merge_both(stage: Stage, copy: Path, times: Times) -> None:
    a, b = copy / "a", copy / "b"
    theirs = "refs/remotes/origin/naturecode"
    with times.taking():
        stage.run("git", "fetch", "-q", "origin", cwd=b)
        tree = stage.run("git", "merge-tree", "--write-tree", REF, theirs, cwd=b).split()[0]
        args = ("commit-tree", tree.decode(), "-p", REF, "-p", theirs, "-m", "merge")
        merged = stage.run("git", *args, cwd=b).decode().strip()
        stage.run("git", "update-ref", REF, merged, cwd=b)
        stage.run("git", "push", "-q", "origin", REF, cwd=b)
        stage.run("git", "fetch", "-q", "origin", f"{REF}:{REF}", cwd=a)


def _stepwise(stage: Stage, pair: Path, count: int) -> Path:
    """The same as `pair`, but each clone has made a commit for each entry."""
    copy = stage.path("stepwise")
    shutil.copytree(pair, copy, symlinks=True)
    for name in "ab":
        clone = copy / name
        listed = stage.run("git", "diff-tree", "-r", f"{REF}~1", REF, cwd=clone).decode()
        changes = [line.split() for line in listed.splitlines()]
        assert len(changes) == count
        stream = [b"commit %s\n%s" % (REF.encode(), _commit(0, f"from {REF}~1\n"))]
        for number, (_, mode, _, oid, _, path) in enumerate(changes):
            if number:
                stream.append(b"commit %s\n%s" % (REF.encode(), _commit(number, "")))
            stream.append(f"M {mode} {oid} {path}\n".encode())
        stage.run("git", "fast-import", "--quiet", "--force", cwd=clone, data=b"".join(stream))
    return copy


def _commit(number: int, parent: str) -> bytes:
    head = f"committer Ada <ada@example.com> {1_790_000_000 + number} +0000\ndata 4\nadd\n\n"
    return (head + parent).encode()
