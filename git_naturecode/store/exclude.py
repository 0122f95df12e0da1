"""The lines in `.git/info/exclude` that keep files of ours out of the user's `git status`."""

import os

from git_naturecode.git.repo import Repo
from git_naturecode.store.lock import hold
from git_naturecode.store.place import NAME

LINE = f"/{NAME}/"
_SAME = frozenset({NAME, f"{NAME}/", f"/{NAME}", LINE})
_WAIT = 10.0


def is_there(repo: Repo) -> bool:
    """True when the file speaks of the folder already, in whatever way the user wrote it."""
    try:
        with open(_path(repo), encoding="utf-8", errors="replace") as file:
            return any(line.strip().removeprefix("!") in _SAME for line in file)
    except FileNotFoundError:
        return False


def ensure(repo: Repo) -> bool:
    """Add the line for all work trees of `repo`, unless it is there; True when it was added."""
    with hold(os.path.join(repo.state_dir, "exclude.lock"), _WAIT):
        if is_there(repo):
            return False
        _add(_path(repo), LINE)
    return True


def keep_out(repo: Repo, line: str) -> None:
    """Add `line`, which names some other file of ours, unless it is there."""
    with hold(os.path.join(repo.state_dir, "exclude.lock"), _WAIT):
        if line not in _lines(repo):
            _add(_path(repo), line)


def let_in(repo: Repo, line: str) -> None:
    """Take the last `line` out again that `keep_out` has added."""
    with hold(os.path.join(repo.state_dir, "exclude.lock"), _WAIT):
        lines = _lines(repo)
        if line in lines:
            at = len(lines) - 1 - lines[::-1].index(line)
            with open(_path(repo), "wb") as file:
                file.write(os.fsencode("\n".join(lines[:at] + lines[at + 1 :])))


def _lines(repo: Repo) -> list[str]:
    try:
        with open(_path(repo), "rb") as file:
            return os.fsdecode(file.read()).split("\n")
    except FileNotFoundError:
        return []


def _add(path: str, line: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    # At its end and not by a new file: it may be a link into the user's own collection.
    with open(path, "a+b") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(end - 1, 0))
        broken = file.read() not in (b"", b"\n")
        file.write(b"\n" * broken + line.encode() + b"\n")


def _path(repo: Repo) -> str:
    return os.path.join(repo.common_dir, "info", "exclude")
