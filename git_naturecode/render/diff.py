"""The difference of one file for a terminal: line numbers, colours, changed words, remarks."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from git_naturecode.git.changes import ADDED, KEPT, REMOVED, FileChange, Hunk, Line
from git_naturecode.render.paint import Paint
from git_naturecode.render.show import columns_of, fit, line, show
from git_naturecode.render.word_changes import Spans, spans

_LEAST_WIDTH = 20  # columns for the text of a line, however narrow the terminal
_TAB = 8
_STATUS = {"A": "added", "D": "deleted", "T": "of another type"}
_LINK, _SUBMODULE, _EXECUTABLE = 0o120000, 0o160000, 0o111

Remarks = Callable[[str, int], Sequence[str]]
"""Side (old, new) and number of a line -> the lines of text that are to stand below it."""


class Look(NamedTuple):
    """How a difference is shown: colours, the width of the terminal."""

    paint: Paint
    columns: int


def none(_side: str, _line: int) -> Sequence[str]:
    """No remarks."""
    return ()


def file_text(
    change: FileChange, look: Look, remarks: Remarks = none, above: Sequence[Sequence[str]] = ()
) -> Iterator[str]:
    """The lines of text that show what happened to a file; `above` are lines to be shown at the
    beginning of each hunk."""
    yield look.paint.bold(heading(change))
    if change.binary:
        yield "  binary; there are no lines to show"
    width = len(str(max((h.new + h.new_count for h in change.hunks), default=1)))
    width = max(width, len(str(max((h.old + h.old_count for h in change.hunks), default=1))))
    for number, hunk in enumerate(change.hunks):
        at, room = _range(hunk), look.columns - columns_of(_range(hunk)) - 1
        told = fit(line(hunk.heading), room).rstrip() if hunk.heading and room > 1 else ""
        yield look.paint.cyan(at) + (f" {told}" if told else "")
        yield from above[number] if above else ()
        yield from _Hunk(hunk, look, width, remarks).text()
    if change.cut:
        yield "  more than anybody could read: the rest is left out"


def heading(change: FileChange) -> str:
    """One line that says what happened to a file."""
    told = []
    if change.status == "R":
        told.append(f"renamed from {line(change.old_path)}, {change.similarity} % alike")
    elif change.status in _STATUS:
        told.append(_STATUS[change.status])
    told += _modes(change)
    counts = f" +{change.added} -{change.removed}" if change.added or change.removed else ""
    more = f" ({'; '.join(told)})" if told else ""
    return f"--- {line(change.path)}{counts}{more}"


def _modes(change: FileChange) -> Iterator[str]:
    if change.submodule:
        yield "submodule"
    elif _LINK in (change.old_mode, change.new_mode):
        yield "symbolic link"
    elif change.old_mode and change.new_mode and change.old_mode != change.new_mode:
        yield "executable now" if change.new_mode & _EXECUTABLE else "not executable any more"


def _range(hunk: Hunk) -> str:
    return f"@@ -{hunk.old},{hunk.old_count} +{hunk.new},{hunk.new_count} @@"


class _Hunk:
    """One hunk on its way to the terminal."""

    def __init__(self, hunk: Hunk, look: Look, width: int, remarks: Remarks) -> None:
        self.hunk, self.look, self.width, self.remarks = hunk, look, width, remarks

    def text(self) -> Iterator[str]:
        """Its lines, each with what is remarked on it."""
        run: list[Line] = []
        for one in self.hunk.lines():
            if one.kind == KEPT or (one.kind == REMOVED and run and run[-1].kind == ADDED):
                yield from self.block(run)
                run = []
            if one.kind == KEPT:
                yield from self.line(one, ())
            else:
                run.append(one)
        yield from self.block(run)

    def block(self, run: Sequence[Line]) -> Iterator[str]:
        """Lines that were taken out, and those that took their place."""
        removed = [one for one in run if one.kind == REMOVED]
        added = [one for one in run if one.kind == ADDED]
        changed: dict[Line, Spans] = {}
        if self.look.paint.on and len(removed) == len(added):
            for old, new in zip(removed, added, strict=True):
                changed[old], changed[new] = spans(old.text, new.text)
        for one in run:
            yield from self.line(one, changed.get(one, ()))

    def line(self, one: Line, changed: Spans) -> Iterator[str]:
        """One line of code, folded at the width of the terminal, and the remarks below it."""
        old = str(one.old or "").rjust(self.width)
        new = str(one.new or "").rjust(self.width)
        gutter = f"{old} {new} {one.kind}"
        room = max(_LEAST_WIDTH, self.look.columns - len(gutter))
        pieces = [] if changed else _plain(one.text, room)
        for number, cells in enumerate(pieces or _folded(_cells(one.text, changed), room)):
            left = gutter if not number else " " * (len(gutter) - 1) + one.kind
            yield self.painted(one.kind, left, cells)
        if not one.ended:
            yield self.look.paint.dim(" " * len(gutter) + "(no line break at the end)")
        for side, at in (("old", one.old), ("new", one.new)):
            if at is not None:
                yield from self.remarks(side, at)

    def painted(self, kind: str, gutter: str, cells: "Sequence[_Cell]") -> str:
        """A piece of a line in its colour; what has changed in it stands out."""
        paint = self.look.paint
        colour = {ADDED: paint.green, REMOVED: paint.red}.get(kind)
        if not paint.on or colour is None:
            text = "".join(cell.text for cell in cells)
            return f"{paint.dim(gutter)}{text}".rstrip() if paint.on else f"{gutter}{text}"
        parts, start = [colour(gutter)], 0
        for end in range(1, len(cells) + 1):
            if end == len(cells) or cells[end].changed != cells[start].changed:
                text = "".join(cell.text for cell in cells[start:end])
                parts.append(colour(paint.reverse(text) if cells[start].changed else text))
                start = end
        return "".join(parts)


class _Cell(NamedTuple):
    """A character as it is shown, how many columns it takes, whether it has changed."""

    text: str
    columns: int
    changed: bool


def _plain(text: str, room: int) -> list[list[_Cell]]:
    """The one piece of a line that fits and holds nothing but letters, as nearly all do; else
    nothing."""
    if len(text) <= room and text.isascii() and (text.isprintable() or not text):
        return [[_Cell(text, len(text), False)]]
    return []


def _cells(text: str, changed: Spans) -> Iterator[_Cell]:
    column = 0
    for at, character in enumerate(text):
        if character == "\t":
            shown = " " * (_TAB - column % _TAB)
        elif character == "\r":
            shown = "\\r"
        else:
            shown = show(character)
        width = columns_of(shown)
        column += width
        yield _Cell(shown, width, any(start <= at < end for start, end in changed))


def _folded(cells: Iterator[_Cell], room: int) -> Iterator[list[_Cell]]:
    piece: list[_Cell] = []
    used = 0
    for cell in cells:
        if used + cell.columns > room and piece:
            yield piece
            piece, used = [], 0
        piece.append(cell)
        used += cell.columns
    yield piece
