"""A whole `git commit`, and a `git push`, with our hooks and without, in turn."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from .measure import Line, against, interleave
from .stage import Stage

_FILES = 200


def commit(stage: Stage) -> Iterator[Line]:
    """A commit of one of 200 files: hooks installed, capture on, a session active; a push."""
    plain = _repository(stage, "plain")
    states: dict[str, Path] = {}
    for name in ("init", "ended", "asked", "capture", "active"):
        states[name] = _repository(stage, name)
        stage.run("git", "config", "naturecode.hooks", "true", cwd=states[name])
        stage.run(stage.program, "init", cwd=states[name])
    stage.run(stage.program, "session", "start", "Ended", cwd=states["ended"])
    stage.run(stage.program, "session", "use", "--none", cwd=states["ended"])
    stage.run(stage.program, "hooks", "install", cwd=states["asked"])
    stage.run(stage.program, "init", "--capture", cwd=states["capture"])
    stage.run(stage.program, "session", "start", "Measured", cwd=states["active"])
    places = (plain, *states.values())
    found = interleave(stage.rounds(60), *(_committer(stage, place) for place in places), warm=3)
    limits = {
        "no session was ever active": 1.3, "the session has ended": 1.3,
        "all hooks asked for, no session": 2.0, "capture on, no agent": 2.0,
        "a session is active": 2.0,
    }  # fmt: skip
    for (said, limit), ours in zip(limits.items(), found[1:], strict=True):
        yield against(f"git commit, {said}", ours, found[0], "without our hooks", limit)
    yield from _push(stage, plain, states["active"])


def _push(stage: Stage, plain: Path, ours: Path) -> Iterator[Line]:
    rounds, warm = stage.rounds(40), 3
    pushers = []
    for place in (plain, ours):
        to = stage.path("to")
        stage.run("git", "clone", "-q", "--bare", str(place), str(to), cwd=stage.folder)
        stage.run("git", "remote", "add", "origin", str(to), cwd=place)
        pushers.append(_pusher(stage, place, rounds + warm))
    without, with_ours = interleave(rounds, *pushers, warm=warm)
    yield against("git push to a local remote", with_ours, without, "without our hooks", 1.1)


def _repository(stage: Stage, name: str) -> Path:
    path = stage.path(name)
    stage.run("git", "init", "-q", "-b", "main", str(path), cwd=stage.folder)
    shutil.rmtree(path / ".git" / "hooks")
    for number in range(_FILES):
        file = path / f"folder{number % 10}" / f"file{number}.txt"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{number}\n" * 50)
    stage.run("git", "add", ".", cwd=path)
    stage.run("git", "commit", "-q", "-m", "first", cwd=path)
    return path


def _committer(stage: Stage, path: Path) -> Callable[[], object]:
    numbers = iter(range(1_000_000))

    def make() -> None:
        (path / "folder1" / "file1.txt").write_text(f"{next(numbers)}\n")
        stage.run("git", "commit", "-q", "-a", "-m", "Change a file", cwd=path)

    return make


def _pusher(stage: Stage, path: Path, pushes: int) -> Callable[[], object]:
    """A push of one commit more; they are made before by plumbing, which runs no hook."""
    tree = stage.run("git", "rev-parse", "HEAD^{tree}", cwd=path).decode().strip()
    made = ["HEAD"]
    for number in range(pushes):
        words = ("git", "commit-tree", tree, "-p", made[-1], "-m", f"number {number}")
        made.append(stage.run(*words, cwd=path).decode().strip())
    tips = iter(made[1:])

    def push() -> None:
        spec = f"{next(tips)}:refs/heads/next"
        stage.run("git", "push", "-q", "origin", spec, cwd=path)

    return push
