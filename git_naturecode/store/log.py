"""One branch of logs: the team's data branch, or the private one beside it."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeVar

from git_naturecode import trace
from git_naturecode.errors import NaturecodeError
from git_naturecode.git import tree
from git_naturecode.git.objects import Change, Missing, Objects, RefLocked, TreeEntry
from git_naturecode.git.repo import Repo
from git_naturecode.store import seal
from git_naturecode.store.lock import move_aside
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
UNSEALED = "unsealed"
"""The file that names the last commit of which `note_unsealed` was told."""
_MOST_NAME = 100  # bytes of the name of a commit
_CANDIDATES = 20
_PAUSE = 0.05
_FIRST_SECONDS = 1_767_225_600  # 2026-01-01: the same first commit in every clone

Written = TypeVar("Written")


class Log:
    """The logs behind one ref of one repository.

    A lock on the ref that nobody touched for `stale_seconds` was left by a killed process.
    """

    def __init__(self, name: str, repo: Repo, objects: Objects, ref: str, spool: Spool) -> None:
        self.name = name
        self.repo = repo
        self.objects = objects
        self.ref = ref
        self.spool = spool
        self.stale_seconds = STALE_SECONDS

    @property
    def state_dir(self) -> str:
        """Where this clone keeps what is not shared."""
        return os.path.dirname(os.path.dirname(self.spool.folder))

    def head(self) -> str | None:
        """The newest commit, or None before the first.

        Raises NaturecodeError when the ref is there and says nothing (a power cut leaves such).
        """
        found = self.objects.resolve(self.ref)
        if found is None and os.path.isfile(self._ref_file):
            found = self.objects.resolve(self.ref)  # it may have been made just now
            if found is None:
                raise self.broken()
        return found

    def makes(self, ref: str) -> bool:
        """True for the refs that this program makes, or that a fetch of this branch makes again."""
        end = self.ref.removeprefix("refs/heads")
        tracking = ref.startswith("refs/remotes/") and ref.endswith(end)
        return ref == self.ref or tracking or ref.startswith("refs/naturecode/")

    def tree(self) -> str | None:
        """The tree of the newest commit; raises NaturecodeError when that is gone."""
        return self.tree_at(self.head())

    def tree_at(self, commit: str | None) -> str | None:
        """The tree of `commit`; raises NaturecodeError when it is gone from the object store."""
        try:
            root = tree.tree_of(self.objects, commit)
            if root is not None:
                self.objects.header(root)
            return root
        except Missing:
            raise self.broken() from None

    def obeyed(self, commit: str | None) -> seal.Records:
        """The records of purges that `commit` and all before it obey."""
        if commit is not None and self._unsealed() == commit:
            return seal.NONE
        said = seal.read(self.objects, commit)
        if not (said.records and said.others):
            return said.records
        from git_naturecode.store import obedience, trust  # only after purges, and plain git

        return obedience.kept(self.objects, said, trust.verifier(self.state_dir))

    def note_unsealed(self, commit: str | None) -> None:
        """Remember that `commit` says itself that it obeys nothing, as nearly all do.

        So no process is needed to find it out again.
        """
        if commit in (None, self._unsealed()) or seal.read(self.objects, commit).nearest != (
            commit,
        ):
            return
        path = os.path.join(self.state_dir, UNSEALED)
        with suppress(OSError):
            with open(f"{path}.{os.getpid()}", "w", encoding="ascii") as file:
                file.write(str(commit))
            os.replace(file.name, path)

    def _unsealed(self) -> str:
        try:
            with open(os.path.join(self.state_dir, UNSEALED), "rb") as file:
                return file.read(_MOST_NAME).decode("ascii", "replace")
        except OSError:
            return ""

    def folder(self, path: str, root: str | None = None) -> list[TreeEntry]:
        """What stands in the folder `path` of the tree `root` (None: the newest); maybe nothing."""
        found = tree.find(self.objects, root or self.tree(), path)
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

        For one who holds our lock: a ref lock that a killed process left behind is moved aside
        once it is surely stale, within `patience` seconds; raises RefLocked when it is not yet.
        """
        return self._unlocked(lambda: self.objects.advance(self.ref, old, change), patience)

    def move(self, new: str | None, old: str | None, patience: float) -> bool:
        """Move the ref from `old` to a commit that is there; False when somebody else moved it."""
        return self._unlocked(lambda: self.objects.move(self.ref, new, old), patience)

    def unlock(self, patience: float) -> None:
        """Wait until nobody holds the ref; raises RefLocked after `patience` seconds."""

        def free() -> None:
            if os.path.exists(self._ref_file + ".lock"):
                raise RefLocked(f"{self.ref} is locked")

        self._unlocked(free, patience)

    @property
    def _ref_file(self) -> str:
        return os.path.join(self.repo.common_dir, self.ref)

    def _unlocked(self, write: Callable[[], Written], patience: float) -> Written:
        deadline = time.monotonic() + patience
        free_tries = 3
        while True:
            try:
                return write()
            except RefLocked:
                gone = self._clear_stale_lock()
                free_tries -= gone
                if time.monotonic() >= deadline and not (gone and free_tries >= 0):
                    raise
                if not gone:
                    time.sleep(_PAUSE)

    def _clear_stale_lock(self) -> bool:
        """Move a lock aside that nobody can be holding; True when there is none (any more).

        git holds one for milliseconds, and nothing but us would ever remove it.
        """
        path = self._ref_file + ".lock"
        try:
            seen = os.stat(path)
            # A time ahead of the clock would otherwise lock the branch until the clock is there.
            if abs(time.time() - seen.st_mtime) < self.stale_seconds:
                return False
            self._move_aside(path, seen)
        except FileNotFoundError:
            pass
        return True

    def _move_aside(self, path: str, seen: os.stat_result) -> None:
        folder = os.path.join(self.state_dir, "stale-locks")
        aside = move_aside(path, seen, folder)
        if aside:
            trace.note("lock", f"moved the stale lock of {self.ref} to {aside}")

    def broken(self) -> NaturecodeError:
        """What to say when the newest commit cannot be read; the journal will be drained again."""
        self.spool.doubt()
        whole = next(self._whole_commits(), None)
        if whole is None:
            step = "bring `.git` back from a copy, or clone again"
        else:
            at = f"--git-dir={self.repo.git_dir} " if self.name != "team" else ""
            step = f"run `git {at}update-ref {self.ref} {whole}`"
            if os.path.isfile(self._ref_file) and self.objects.resolve(self.ref) is None:
                step = f"delete {self._ref_file}, then {step}"
        return NaturecodeError(
            f"the newest commit of {self.ref} is missing from this repository",
            f"`git naturecode doctor --fix` mends it; or {step}; "
            "the next command then puts back what was said here within the last day",
        )

    def _whole_commits(self) -> Iterator[str]:
        """Commits that the ref pointed to earlier and that are all there, the latest first."""
        try:
            with open(os.path.join(self.repo.common_dir, "logs", self.ref), "rb") as file:
                lines = file.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return
        seen = dict.fromkeys(line.split(" ")[1] for line in reversed(lines) if line.count(" ") > 1)
        yield from filter(self.is_whole, list(seen)[:_CANDIDATES])

    def is_whole(self, commit: str) -> bool:
        """True when all that `commit` holds is in this repository."""
        args = ("rev-list", "--objects", "--quiet", commit)
        return self.repo.program.run(*args, check=False)[0] == 0
