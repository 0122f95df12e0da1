"""What an analyser is given and what it gives back: a change, and what it has seen in it."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, Protocol

from git_naturecode.git.changes import FileChange


class Hit(NamedTuple):
    """Something that an analyser reports, before it is put on the lines of the change.

    `path` is the path of the file after the change (before it, for side "old"), `side` "new" or,
    for what was taken out, "old"; `line` to `end` count from 1, `end` 0 is `line`. The rest is as
    in Finding.
    """

    rule: str
    severity: str
    confidence: float
    message: str
    path: str
    side: str
    line: int
    end: int
    suggestion: str | None
    aspect: str
    source: str
    cwe: str


class Change(NamedTuple):
    """A change to look at.

    `files` may be gone through more than once, and each time they are read anew, one at a time:
    whoever goes on to the next lets go of the last. `old` and `new` give the bytes of a file
    before and after by its path there; None for one that is not there, that is no file, or that is
    too large to be read. `base` and `head` are full ids ("" for a base of nothing). `repository`,
    `author` and `title` are what is known of it ("" for nothing). `aspects` are those that are
    asked for.
    """

    files: Iterable[FileChange]
    old: Callable[[str], bytes | None]
    new: Callable[[str], bytes | None]
    base: str
    head: str
    title: str
    author: str
    repository: str
    aspects: tuple[str, ...]


class Seen(NamedTuple):
    """What an analyser has seen of a change, and what it found there.

    `covered` names hunks by the path (FileChange.path) and their number in the file, from 1.
    `skipped` says of each file that was not looked at as a whole why ("binary", "too large",
    ...); a file is covered when it is not in it. `inconclusive` says why the whole says nothing
    (the model failed); None when it went well. `sources` are the programs that looked, as the hits
    name them; empty when it is the analyser alone: what one of them found before, and none finds
    now, is mended only if it has looked again. `notes` are sentences for whoever asked: a linter
    that is not installed, or that failed.
    """

    hits: tuple[Hit, ...] = ()
    covered: frozenset[tuple[str, int]] = frozenset()
    skipped: Mapping[str, str] = {}
    inconclusive: str | None = None
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Analyser(Protocol):
    """Whoever looks at a change."""

    @property
    def name(self) -> str:
        """The source that its hits name where no other program found them."""
        ...

    def look(self, change: Change) -> Seen:
        """What it sees. A failure is told by `inconclusive`, never by an exception."""
        ...
