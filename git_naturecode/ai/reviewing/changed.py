"""A change of this repository, as analysers are given it."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from git_naturecode.domain.findings.hit import Change
from git_naturecode.git import tree
from git_naturecode.git.changes import FileChange, changes
from git_naturecode.git.objects import FILE_MODE, Missing, Objects, TreeEntry
from git_naturecode.git.repo import Repo

MOST_BYTES = 8 << 20  # of a file that is read as a whole
_EXECUTABLE = 0o100755
_MOST_FOLDERS = 16  # that are kept of one commit


class About(NamedTuple):
    """What is told of a change besides its lines: its `title`, whose it is, where it belongs, and
    what is asked for."""

    title: str
    author: str
    repository: str
    aspects: tuple[str, ...]


class _Files:
    """The files of a change, read anew from git each time somebody goes through them."""

    def __init__(self, repo: Repo, base: str, head: str) -> None:
        self.ends = repo, base, head

    def __iter__(self) -> Iterator[FileChange]:
        return changes(*self.ends)


class _Side:
    """The files of one commit."""

    def __init__(self, objects: Objects, commit: str) -> None:
        self.objects = objects
        self.tree = tree.tree_of(objects, commit) if commit else None
        self.folder = lru_cache(_MOST_FOLDERS)(self._folder)

    def read(self, path: str) -> bytes | None:
        """The bytes of a plain file; None where there is none, or one that is too large."""
        try:
            found = self._find(path)
            if found is None or found.mode not in (FILE_MODE, _EXECUTABLE):
                return None
            if self.objects.header(found.oid)[1] > MOST_BYTES:
                return None
            return self.objects.read(found.oid)[1]
        except Missing:  # a partial clone without its remote
            return None

    def _find(self, path: str) -> TreeEntry | None:
        """As tree.find, but a folder is read once for all of its files, which may be many."""
        found, within = None, self.tree
        for name in path.encode("utf-8", "surrogateescape").split(b"/"):
            found = self.folder(within).get(name) if within else None
            within = found.oid if found and found.is_tree else None
        return found

    def _folder(self, oid: str) -> dict[bytes, TreeEntry]:
        return {one.name: one for one in tree.entries(self.objects, oid)}


def change(repo: Repo, objects: Objects, base: str, head: str, about: About) -> Change:
    """The change from commit `base` ("": from nothing) to `head`, both full ids; raises Missing
    where they are not here."""
    old, new = _Side(objects, base), _Side(objects, head)
    return Change(
        _Files(repo, base, head), old.read, new.read, base, head, about.title, about.author,
        about.repository, about.aspects,
    )  # fmt: skip
