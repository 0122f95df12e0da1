"""The folders of a repository, and whether a tool that ran in some folder ran in one of them."""

import os
from collections.abc import Iterable


class Roots:
    """The work trees of one repository, and since when (ms) what changed is of interest."""

    def __init__(self, roots: Iterable[str], since_ms: int = 0) -> None:
        self._since_ns = since_ms * 1_000_000
        self.paths = sorted(
            {p for root in roots for p in (os.path.abspath(root), os.path.realpath(root))}
        )

    def hold(self, folder: str) -> bool:
        """True when `folder` is in a work tree and in no other repository inside it."""
        return bool(folder) and any(
            self._in(each, root)
            for each in {os.path.normpath(folder), os.path.realpath(folder)}
            for root in self.paths
        )

    def changed(self, path: str, beside: str = "") -> bool:
        """True when the file `path` (or the one beside it) was changed since then."""
        if not self._since_ns:
            return True
        return any(_changed_ns(each) >= self._since_ns for each in (path, path + beside) if each)

    def _in(self, folder: str, root: str) -> bool:
        while folder != root:
            if folder in self.paths:
                return True
            if not folder.startswith(root.rstrip(os.sep) + os.sep):
                return False
            if os.path.lexists(os.path.join(folder, ".git")):
                return False
            folder = os.path.dirname(folder)
        return True


def _changed_ns(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return -1
