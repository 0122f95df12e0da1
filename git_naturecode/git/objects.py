"""Objects and refs of one repository: the interface that both ways of reaching them keep."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple, Protocol

from git_naturecode.errors import NaturecodeError

_SMALL = 2048  # bytes of a folder
TREE_MODE = 0o40000
FILE_MODE = 0o100644
PLAIN_MODES = (FILE_MODE, 0o100755)
"""Those of files with a text of their own: no link, no submodule."""
AUTHOR = "git naturecode <naturecode@localhost>"


class Folder(NamedTuple):
    """A whole folder that is already there as a tree."""

    oid: str


Content = bytes | str | Folder
"""What a path gets: new bytes, the id of a blob that is already there, or a folder."""


class Missing(NaturecodeError, LookupError):
    """An object that is not in this clone, by its id: `git gc --prune=now` took it, or a cut."""

    def __init__(self, oid: str) -> None:
        super().__init__(
            f"{oid} is missing from this repository",
            "run it again; if it stays, `git naturecode doctor` says what can be done",
        )
        self.args = (oid,)


class RefLocked(OSError):
    """A ref could not be written because somebody holds its lock."""


class TreeEntry(NamedTuple):
    """One line of a tree object; the name is not decoded, since anybody may have made it."""

    mode: int
    name: bytes
    oid: str

    @property
    def is_tree(self) -> bool:
        """True for a folder."""
        return self.mode == TREE_MODE


class CommitInfo(NamedTuple):
    """What we read of a commit: its tree, its parents, its time (seconds), its message.

    `is_ours` when its committer is AUTHOR: this program made it, and nobody amended it. `author`
    is the address of who wrote it, `authored` when (seconds).
    """

    tree: str
    parents: tuple[str, ...]
    seconds: int
    message: str
    is_ours: bool
    author: str
    authored: int


class Change(NamedTuple):
    """A commit to be made: `files` laid over the tree `base` (None: an empty one).

    A path with None goes away. `seconds` since the epoch; author and committer are fixed.
    """

    base: str | None
    files: Mapping[str, Content | None]
    parents: tuple[str, ...]
    seconds: int
    message: str


class Objects(Protocol):
    """Reading and writing one repository's objects and refs."""

    hexsz: int
    shallow: frozenset[str]
    """Commits whose parents are left out of a shallow clone; to ask for those costs a request."""

    def read(self, oid: str) -> tuple[str, bytes]:
        """Type and content of an object; raises Missing."""
        ...

    def header(self, oid: str) -> tuple[str, int]:
        """Type and size of an object, without unpacking it; raises Missing."""
        ...

    def headers(self, oids: Iterable[str]) -> dict[str, tuple[str, int]]:
        """Type and size of each of `oids` that is here."""
        ...

    def read_many(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Id and content of each of `oids`, in order; raises Missing."""
        ...

    def resolve(self, ref: str) -> str | None:
        """The commit that the full ref name points to."""
        ...

    def refs(self, prefix: str) -> dict[str, str]:
        """Full name -> id of all refs below `prefix`."""
        ...

    def is_ancestor(self, old: str, new: str) -> bool:
        """True when `old` is `new` or in its history; False where `old` is not in this clone."""
        ...

    def commit(self, change: Change) -> str:
        """Write the objects of `change`; no ref moves. Gives the id of the commit."""
        ...

    def move(self, ref: str, new: str | None, old: str | None) -> bool:
        """Set `ref` to `new` (None: delete) if it is still `old` (None: not there).

        False when it was something else; raises RefLocked when its lock is held.
        """
        ...

    def advance(self, ref: str, old: str | None, change: Change) -> str | None:
        """`commit`, then `move` from `old`; the new id, or None when `ref` was not `old`."""
        ...

    def close(self) -> None:
        """Let go of processes and files."""
        ...


def parse_tree(data: bytes, hexsz: int) -> list[TreeEntry]:
    """The lines of a tree object (gitformat: mode, space, name, NUL, raw id)."""
    if len(data) < _SMALL:
        return list(_parse_small(data, hexsz))
    lines = _lines(data, hexsz)
    if lines is None:
        return _parse(data, hexsz)
    return [TreeEntry(int(mode, 8), name, oid.hex()) for mode, name, oid in lines]


def find_in_tree(data: bytes, hexsz: int, names: Container[bytes]) -> dict[bytes, TreeEntry]:
    """The first lines of a tree object that have one of `names`, by name.

    In a large folder nothing is made of the others.
    """
    lines = _lines(data, hexsz) if len(data) >= _SMALL else None
    if lines is None:
        all_of_them = reversed(parse_tree(data, hexsz))
        return {one.name: one for one in all_of_them if one.name in names}
    return {
        name: TreeEntry(int(mode, 8), name, oid.hex())
        for mode, name, oid in reversed(lines)
        if name in names
    }


def _lines(data: bytes, hexsz: int) -> list[tuple[bytes, bytes, bytes]] | None:
    """(mode, name, raw id) of each line, found in one pass; None where `data` holds more."""
    size = hexsz // 2
    found: list[tuple[bytes, bytes, bytes]] = _pattern(size).findall(data)
    told = sum(map(len, chain.from_iterable(found))) + 2 * len(found)
    return found if told == len(data) else None


@cache
def _pattern(size: int) -> re.Pattern[bytes]:
    return re.compile(rb"([0-7]{1,7}) ([^\0]*)\0(.{%d})" % size, re.S)


def _parse(data: bytes, hexsz: int) -> list[TreeEntry]:
    entries = []
    position, size = 0, hexsz // 2
    while position < len(data):
        space = data.index(b" ", position)
        zero = data.index(b"\0", space)
        oid = data[zero + 1 : zero + 1 + size]
        entries.append(TreeEntry(int(data[position:space], 8), data[space + 1 : zero], oid.hex()))
        position = zero + 1 + size
    return entries


_parse_small = lru_cache(maxsize=8192)(_parse)  # a join looks at each of its folders three times


def parse_commit(data: bytes) -> CommitInfo:
    """A commit object (gitformat-commit); unknown headers are passed over."""
    head, _, message = data.partition(b"\n\n")
    tree, parents, seconds, is_ours = "", [], 0, False
    author, authored = "", 0
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        if key == b"tree":
            tree = value.decode()
        elif key == b"parent":
            parents.append(value.decode())
        elif key == b"author":
            who, time, _ = value.rsplit(b" ", 2)
            mail = who.rpartition(b"<")[2].rstrip(b">")
            author, authored = mail.decode("utf-8", "replace").lower(), int(time)
        elif key == b"committer":
            who, time, _ = value.rsplit(b" ", 2)
            seconds, is_ours = int(time), who == AUTHOR.encode()
    text = message.decode("utf-8", "replace")
    return CommitInfo(tree, tuple(parents), seconds, text, is_ours, author, authored)
