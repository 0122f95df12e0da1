"""Which message wrote which line: the edits of a session replayed, and compared with a commit.

The rule is that of evidence. What a message wrote is known from the text before and after its
edit; a line keeps its message as long as nothing changes it but blanks (a formatter indents and
aligns); a line that anybody changed otherwise has none. Nothing is guessed from who committed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from git_naturecode.domain.matching import matching

MOST_LINES = 50_000
MOST_CHARACTERS = 4 << 20
_MOST_LOOSE = 2_000  # pieces of one file that could not be replayed, and are looked for instead
_BLANKS = re.compile(r"\s+")
_WORD = re.compile(r"\w")

Author = str | None
"""The id of the entry of a message, or None: not written by any that we know."""


@dataclass(frozen=True)
class Piece:
    """A part of a text that was replaced: where it stood once, or wherever it stood (`every`)."""

    old: str
    new: str
    every: bool = False


@dataclass(frozen=True)
class Hunk:
    """Lines in place of others, below the line `under` if that is told; with those around them."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    under: str = ""


@dataclass(frozen=True)
class Edit:
    """What one message did to one file: how it was and became as a whole, or which parts of it.

    `moved_from` is the path that it had before. `proposed` is what the message wanted to write
    where a person changed that before it was written: other lines are not of the message.
    """

    message: str
    t: str
    path: str
    pieces: tuple[Piece, ...] = ()
    hunks: tuple[Hunk, ...] = ()
    before: str | None = None
    after: str | None = None
    moved_from: str = ""
    proposed: str | None = None
    deletes: bool = False


def lines_of(text: str) -> list[str]:
    """The lines of `text` without their ends (LF or CR LF); a missing last end makes no line."""
    lines = _unix(text).split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return lines


@dataclass
class File:
    """One file as the edits of a session leave it, and who wrote each of its lines.

    It begins as `text`, which was there before: none of it is of the session.
    """

    text: str = ""
    authors: list[Author] = field(default_factory=list)
    loose: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.text = _unix(self.text)
        self.authors = [None] * len(lines_of(self.text))

    def take(self, edit: Edit) -> None:
        """Replay one more edit."""
        if edit.before is not None:
            self._become(edit.before, None)
        after = self._after(edit)
        if after is not None:
            self._become(after, edit.message, edit.proposed)
        elif not edit.deletes and len(self.loose) < _MOST_LOOSE:
            parts = [(lines_of(piece.old), lines_of(piece.new)) for piece in edit.pieces]
            parts += [(list(hunk.old), list(hunk.new)) for hunk in edit.hunks]
            self.loose += [(edit.message, added) for part in parts for added in _added(*part)]

    def written(self, committed: str) -> list[Author]:
        """Who wrote each line of `committed`, the text of a commit."""
        lines = lines_of(committed)
        found: list[Author] = [None] * len(lines)
        if _is_too_large(committed, lines):
            return found
        mine = lines_of(self.text)
        taken = _carry(mine, self.authors, lines, found)
        _carry_within(mine, self.authors, lines, found, taken)
        _find_loose(self.loose, lines, found)
        return found

    def _after(self, edit: Edit) -> str | None:
        """The text after `edit`; None where it cannot be told."""
        if edit.deletes:
            return ""
        if edit.after is not None:
            return _unix(edit.after)
        text: str | None = self.text
        for piece in edit.pieces:
            text = _replaced(text, piece) if text is not None else None
        if edit.hunks and text is not None:
            text = _patched(text, edit.hunks)
        return text

    def _become(self, text: str, message: Author, proposed: str | None = None) -> None:
        """Take on `text`; what is new in it is of `message` (None: of somebody else)."""
        text = _unix(text)
        if text == self.text:
            return
        old, new = lines_of(self.text), lines_of(text)
        authors: list[Author] = [message] * len(new)
        if message is not None and proposed is not None:
            own = {_squeezed(line) for line in lines_of(proposed)}
            authors = [message if _squeezed(line) in own else None for line in new]
        if _is_too_large(text, new):
            text, authors = "", []
        elif not _is_too_large(self.text, old):
            for i, j, n in matching(old, new):
                authors[j : j + n] = self.authors[i : i + n]
        self.text, self.authors = text, authors


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n") if "\r" in text else text


def _is_too_large(text: str, lines: Sequence[str]) -> bool:
    return len(text) > MOST_CHARACTERS or len(lines) > MOST_LINES


def _squeezed(line: str) -> str:
    return _BLANKS.sub("", line)


def _says_something(lines: Sequence[str]) -> bool:
    """True when one of `lines` is more than blanks and brackets, which stand everywhere."""
    return any(_WORD.search(line) for line in lines)


def _replaced(text: str, piece: Piece) -> str | None:
    old, new = _unix(piece.old), _unix(piece.new)
    if not old:
        return new if not text else None
    count = text.count(old)
    if count == 0 or (count > 1 and not piece.every):
        return None
    return text.replace(old, new)


def _patched(text: str, hunks: Sequence[Hunk]) -> str | None:
    """`text` with all `hunks` in their order; None where one of them does not fit."""
    lines = lines_of(text)
    ends = not text or text.endswith("\n")
    at = 0
    for hunk in hunks:
        if hunk.under:
            at = _find(lines, (hunk.under,), at) + 1
            if at == 0:
                return None
        place = _find(lines, hunk.old, at) if hunk.old else (at if hunk.under else len(lines))
        if place < 0:
            return None
        new = list(hunk.new)
        for i, j, n in matching(hunk.old, hunk.new):  # what stands around keeps its own blanks
            new[j : j + n] = lines[place + i : place + i + n]
        lines[place : place + len(hunk.old)] = new
        at = place + len(hunk.new)
    return "\n".join(lines) + ("\n" if ends and lines else "")


def _find(lines: Sequence[str], wanted: Sequence[str], start: int) -> int:
    """Where `wanted` stands in `lines`, from `start` on; blanks at the ends may differ. -1: not."""
    for clean in (str, str.rstrip, str.strip):
        first = clean(wanted[0])
        whole = [clean(line) for line in wanted]
        for at in range(start, len(lines) - len(wanted) + 1):
            if clean(lines[at]) == first:
                part = [clean(line) for line in lines[at : at + len(wanted)]]
                if part == whole:
                    return at
    return -1


def _added(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, ...]]:
    """The runs of lines in `new` that are not in `old`."""
    runs, at = [], 0
    for _, j, n in [*matching(old, new), (0, len(new), 0)]:
        if j > at:
            runs.append(tuple(new[at:j]))
        at = j + n
    return runs


def _carry(
    mine: Sequence[str], authors: Sequence[Author], lines: Sequence[str], found: list[Author]
) -> list[tuple[int, int, int]]:
    """Give equal lines their authors; the blocks that count."""
    blocks = [b for b in matching(mine, lines) if _says_something(mine[b[0] : b[0] + b[2]])]
    for i, j, n in blocks:
        found[j : j + n] = authors[i : i + n]
    return blocks


def _carry_within(
    mine: Sequence[str], authors: Sequence[Author], lines: Sequence[str], found: list[Author],
    taken: Sequence[tuple[int, int, int]],
) -> None:  # fmt: skip
    """Between the equal lines, the same for those that differ in blanks only."""
    i, j = 0, 0
    for a, b, n in [*taken, (len(mine), len(lines), 0)]:
        if i < a and j < b:
            old = [_squeezed(line) for line in mine[i:a]]
            new = [_squeezed(line) for line in lines[j:b]]
            for p, q, m in matching(old, new):
                if _says_something(old[p : p + m]):
                    found[j + q : j + q + m] = authors[i + p : i + p + m]
        i, j = a + n, b + n


def _find_loose(
    loose: Sequence[tuple[str, tuple[str, ...]]], lines: Sequence[str], found: list[Author]
) -> None:
    """What could not be replayed, looked for: a run of added lines that stands there as a whole,
    once, where nothing else is known."""
    if not loose:
        return
    places: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        places.setdefault(line, []).append(number)
    for message, run in loose:
        if not _says_something(run):
            continue
        rare = min(range(len(run)), key=lambda k: len(places.get(run[k], ())))
        starts = [at - rare for at in places.get(run[rare], ()) if at >= rare]
        fits = [at for at in starts if tuple(lines[at : at + len(run)]) == run]
        if len(fits) == 1:
            at = fits[0]
            for number in range(at, at + len(run)):
                found[number] = found[number] or message
