"""What stands behind the added lines of a change: a session, and which of its messages."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from git_naturecode.domain.links import Range
from git_naturecode.git.changes import FileChange
from git_naturecode.store.entry import Json

HERE, ELSEWHERE, DELETED = "here", "elsewhere", "deleted"


class Behind(NamedTuple):
    """A session out of which added lines of one hunk come.

    `lines` are those lines, as numbered after the change; none where the file was not asked line
    by line, and only the commits that touch it tell. `messages` are (id, handle) of what wrote
    them, `sure` where a transcript proves it. Of a session that is not HERE nothing is told but
    that there is one.
    """

    state: str
    session: str = ""
    name: str = ""
    tool: str = ""
    visibility: str = ""
    lines: tuple[Range, ...] = ()
    messages: tuple[tuple[str, str], ...] = ()
    sure: bool = False
    commits: int = 0

    def json(self) -> dict[str, Json]:
        """For programs."""
        return {
            "state": self.state, "sessionId": self.session or None, "name": self.name or None,
            "tool": self.tool or None, "visibility": self.visibility or None,
            "lines": [list(one) for one in self.lines], "sure": self.sure,
            "messages": [{"messageId": name, "handle": handle} for name, handle in self.messages],
        }  # fmt: skip


Sources = Callable[[FileChange], Sequence[Sequence[Behind]]]
"""A file of the change -> what stands behind each of its hunks."""


Whole = Callable[[FileChange], Sequence[Behind]]
"""A file of the change -> what stands behind it as a whole."""


def nothing(change: FileChange) -> Sequence[Sequence[Behind]]:
    """Nothing is known, or asked."""
    return [()] * len(change.hunks)


def nothing_whole(change: FileChange) -> Sequence[Behind]:
    """Nothing is known of the file, or asked."""
    return ()
