"""One file of a change as the rules see it: its text, the lines that are new, what kind it is."""

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

from git_naturecode.ai.builtin import kinds
from git_naturecode.domain.findings.hit import Change
from git_naturecode.git.changes import ADDED, REMOVED, FileChange, Line

MOST_LINE = 4_000  # characters of a line that rules for lines look at
MOST_LINE_OF_CODE = 100_000  # characters of a line that rules for languages look at
MOST_TEXT = 4 << 20  # bytes of a file that rules for whole files look at


class Sheet(NamedTuple):
    """A file of the change.

    `text` is the whole of it afterwards, None where that is not to be had. `added` are the new
    lines by their numbers, `removed` the ones that went by theirs before. `shown` are the numbers
    of the lines afterwards that the difference shows, by hunk.
    """

    change: FileChange
    text: str | None
    added: dict[int, str]
    removed: dict[int, str]
    shown: tuple[range, ...]
    kind: kinds.Kind

    @property
    def path(self) -> str:
        """Its path after the change."""
        return self.change.path

    @property
    def name(self) -> str:
        """The last name of its path."""
        return posixpath.basename(self.change.path)

    def pieces(self) -> Iterator[tuple[int, str]]:
        """The texts to look at as a whole, each with the number of lines above it.

        That is the file; where it cannot be had, what the difference shows of it.
        """
        if self.text is not None:
            yield 0, _bounded(self.text.split("\n"))
            return
        for hunk in self.change.hunks:
            lines = [one.text for one in hunk.lines() if one.kind != REMOVED]
            yield max(hunk.new - 1, 0), _bounded(lines)

    def span(self, line: int, end: int) -> tuple[int, int] | None:
        """Those of the lines `line` to `end` that one hunk shows; None for none.

        A hunk in which lines of them are new goes before one where none is.
        """
        best: tuple[bool, int, int] | None = None
        for hunk in self.shown:
            first, last = max(line, hunk.start), min(end, hunk.stop - 1)
            if first <= last:
                is_new = any(one in self.added for one in range(first, last + 1))
                if best is None or (is_new and not best[0]):
                    best = is_new, first, last
        return best[1:] if best else None


def sheet(file: FileChange, change: Change, generated: kinds.Patterns) -> Sheet:
    """What `file` is; its text is read where a rule may want it."""
    added: dict[int, str] = {}
    removed: dict[int, str] = {}
    for hunk in file.hunks:
        for line in hunk.lines():
            _sort(line, added, removed)
    kind = kinds.of(file.path, generated, added.values())
    shown = tuple(range(one.new, one.new + one.new_count) for one in file.hunks if one.new_count)
    return Sheet(file, _text(file, change, kind), added, removed, shown, kind)


def _sort(line: Line, added: dict[int, str], removed: dict[int, str]) -> None:
    if line.kind == ADDED and line.new is not None:
        added[line.new] = line.text.removesuffix("\r")
    elif line.kind == REMOVED and line.old is not None:
        removed[line.old] = line.text.removesuffix("\r")


def _text(file: FileChange, change: Change, kind: kinds.Kind) -> str | None:
    if not kind.language or kind.is_generated or file.status == "D" or file.binary:
        return None
    return decoded(change.new(file.path))


def _bounded(lines: list[str]) -> str:
    """The text of `lines`, without those of which nobody has written a character by hand."""
    return "\n".join(line if len(line) <= MOST_LINE_OF_CODE else "" for line in lines)


def before(file: FileChange, change: Change) -> str | None:
    """The text of `file` before the change; None where there is none that can be read."""
    return decoded(change.old(file.old_path)) if file.old_path else None


def decoded(data: bytes | None) -> str | None:
    """The text in `data`, lines ended by a line feed; None for what is too large, or no text."""
    if data is None or len(data) > MOST_TEXT or b"\0" in data[:8000]:
        return None
    text = data.decode("utf-8-sig", "surrogateescape")
    return re.sub(r"\r\n?|[\f\v\x1c-\x1e\x85\u2028\u2029]", _line_end, text)


def _line_end(found: "re.Match[str]") -> str:
    """Only a line feed ends a line in git; what else might is taken for a blank."""
    return "\n" if found[0] == "\r\n" else " "
