"""The line in `.git/info/exclude` that keeps the folder out of the user's `git status`."""

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
        path = _path(repo)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        # At its end and not by a new file: it may be a link into the user's own collection.
        with open(path, "a+b") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(end - 1, 0))
            broken = file.read() not in (b"", b"\n")
            file.write(b"\n" * broken + LINE.encode() + b"\n")
    return True


def _path(repo: Repo) -> str:
    return os.path.join(repo.common_dir, "info", "exclude")
