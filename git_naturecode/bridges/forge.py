"""What every forge can be asked to do with the findings of a change."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from git_naturecode.bridges.lines import Shown


class Change(NamedTuple):
    """A pull request or merge request as the forge tells of it; `base` and `head` are full ids."""

    number: int
    base: str
    head: str
    title: str
    author: str
    url: str
    is_open: bool


class Note(NamedTuple):
    """A comment to be made: on lines `line` to `end` of one side ("new", "old") of a file.

    `line` 0 is the file as a whole. `fingerprint` names the finding that it tells of, `by` is one
    word for who found it.
    """

    fingerprint: str
    text: str
    path: str
    side: str
    line: int
    end: int
    by: str = ""


class Posted(NamedTuple):
    """A thread that was begun by whoever asks, about one finding in the file `path`.

    `by_us` says that who asks has resolved it himself, and not a person; `by` who has found it
    ("": the comment does not say).
    """

    fingerprint: str
    thread: str
    path: str
    resolved: bool
    by_us: bool
    by: str = ""


class Forge(Protocol):
    """One change on a forge. Every call may raise errors.Remote, or NotPermitted."""

    name: str

    def change(self) -> Change:
        """What it is at present."""
        ...

    def shown(self) -> Mapping[str, Shown | None]:
        """The files of the change by their path after it (before it for one that is gone); None
        for one whose lines the forge does not show (binary, too large)."""
        ...

    def posted(self) -> list[Posted]:
        """The threads that we have begun, of every page."""
        ...

    def post(self, notes: Sequence[Note], head: str) -> list[Note]:
        """Make these comments on `head`, as one message to people; those that it did not take."""
        ...

    def resolve(self, threads: Sequence[str], *, done: bool = True) -> None:
        """Mark threads of ours as resolved; as open again without `done`."""
        ...

    def summary(self, text: str) -> str:
        """Put `text` into the one comment of ours about the whole; where it is to be seen."""
        ...
