"""One branch of logs: the team's data branch, or the private one beside it."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from git_naturecode.errors import NaturecodeError
from git_naturecode.git import tree
from git_naturecode.git.objects import Change, Missing, Objects, RefLocked, TreeEntry
from git_naturecode.git.repo import Repo
from git_naturecode.store import seal
from git_naturecode.store.spool import Spool

README = """\
# Team memory

This branch holds the AI sessions, reviews, issues and knowledge of this repository, kept by
`git naturecode`. `log/` is the record: one append-only Markdown file per person's device and
thing, readable here as it stands. Nothing on this branch is ever built or run.

To read and answer from a clone: `git naturecode init`, then `git naturecode session list`.
"""
ATTRIBUTES = """\
# Bytes are kept as they are; a plain merge of two such branches takes the lines of both.
* -text merge=union
"""
STALE_SECONDS = 10.0
_FIRST_SECONDS = 1_767_225_600  # 2026-01-01: the same first commit in every clone

Written = TypeVar("Written")


@dataclass
class Log:
    """The logs behind one ref of one repository."""

    name: str
    repo: Repo
    objects: Objects
    ref: str
    spool: Spool

    def head(self) -> str | None:
        """The newest commit, or None before the first."""
        return self.objects.resolve(self.ref)

    def tree(self) -> str | None:
        """The tree of the newest commit.

        Raises NaturecodeError when the commit is gone from the object store.
        """
        head = self.head()
        try:
            return tree.tree_of(self.objects, head)
        except Missing:
            raise _broken(self.ref) from None

    def folder(self, path: str) -> list[TreeEntry]:
        """What stands in the folder `path`; empty where there is none."""
        found = tree.find(self.objects, self.tree(), path)
        return tree.entries(self.objects, found.oid) if found and found.is_tree else []

    def begin(self) -> None:
        """Make the first commit where there is none."""
        if self.head() is None:
            first: dict[str, bytes] = {
                "README.md": README.encode(),
                ".gitattributes": ATTRIBUTES.encode(),
            }
            text = seal.message("Begin the team's record", frozenset())
            self.objects.advance(self.ref, None, Change(None, first, (), _FIRST_SECONDS, text))

    def advance(self, old: str | None, change: Change, patience: float) -> str | None:
        """Commit `change` and move the ref from `old`; None when somebody else moved it.

        A ref lock that a killed process left behind is moved aside once it is surely stale,
        within `patience` seconds; raises RefLocked when it is not yet.
        """
        return self._unlocked(lambda: self.objects.advance(self.ref, old, change), patience)

    def move(self, new: str | None, old: str | None, patience: float) -> bool:
        """Move the ref from `old` to a commit that is there; False when somebody else moved it."""
        return self._unlocked(lambda: self.objects.move(self.ref, new, old), patience)

    def _unlocked(self, write: Callable[[], Written], patience: float) -> Written:
        deadline = time.monotonic() + patience
        while True:
            try:
                return write()
            except RefLocked:
                if not self._clear_stale_lock() and time.monotonic() >= deadline:
                    raise
                time.sleep(0.05)

    def _clear_stale_lock(self) -> bool:
        """Move a lock aside that nobody can be holding: git holds one for milliseconds."""
        path = os.path.join(self.repo.common_dir, self.ref + ".lock")
        try:
            age = time.time() - os.stat(path).st_mtime
        except FileNotFoundError:
            return True
        if age < STALE_SECONDS:
            return False
        aside = os.path.join(os.path.dirname(self.spool.folder), "stale-locks")
        os.makedirs(aside, mode=0o700, exist_ok=True)
        os.rename(path, os.path.join(aside, f"{self.name}-{time.time_ns()}.lock"))
        return True


def _broken(ref: str) -> NaturecodeError:
    return NaturecodeError(
        f"the newest commit of {ref} is missing from this repository",
        f"look for an older one with `git reflog {ref}`, set the branch back to it with "
        "`git update-ref`, and run the command again",
    )
