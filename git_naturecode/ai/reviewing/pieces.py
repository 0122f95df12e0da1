"""A change cut into pieces that a model can read: whole hunks with what is around them, numbered.

Each line has its number and a mark: `+` new, `-` taken out (with its number before the change), ` `
kept, and `.` for lines around the hunk, which are there to be read only. What is a secret is gone,
what is hidden is visible.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from git_naturecode.ai.reviewing.hidden import visible
from git_naturecode.domain.findings.hit import Change
from git_naturecode.domain.review import anchor, symbols
from git_naturecode.git.changes import ADDED, REMOVED, FileChange, Hunk, Line

SIZE = 40_000  # characters of one piece
ABOVE, BELOW = 8, 4  # lines around a hunk that go with it
MOST_LINE = 6_000  # characters of a line; more than that is no code that anybody wrote
_MARKS = {ADDED: "+", REMOVED: "-"}

Clean = Callable[[Sequence[str]], list[str]]
"""Takes the secrets out of lines that belong together; each stays a line."""


class Spot(NamedTuple):
    """A line that a model may speak of: its side and number, and its text."""

    side: str
    number: int
    text: str


class Part(NamedTuple):
    """A hunk, or a part of one that is too long, as it is shown: `hunk` is its number in the
    file."""

    path: str
    old_path: str
    hunk: int
    text: str
    spots: tuple[Spot, ...]


class Piece(NamedTuple):
    """What a model is shown in one go."""

    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The parts below the names of their files."""
        shown: list[str] = []
        last = ""
        for part in self.parts:
            if part.path != last:
                was = shown_path(part.old_path) if part.old_path != part.path else ""
                shown.append(
                    f"=== file {shown_path(part.path)}" + (f" (before: {was})" if was else "")
                )
            last = part.path
            shown.append(part.text)
        return "\n".join(shown)

    @property
    def hunks(self) -> frozenset[tuple[str, int]]:
        """The hunks that it shows something of."""
        return frozenset((part.path, part.hunk) for part in self.parts)


class Cut(NamedTuple):
    """A change in pieces; `skipped` says of files that are in none why."""

    pieces: tuple[Piece, ...]
    skipped: Mapping[str, str]


def shown_path(path: str) -> str:
    """A path on one line, as a model is shown it."""
    return visible(path).replace("\n", "<U+000A>").replace("\t", "<U+0009>")


def unseen(file: FileChange) -> str:
    """Why nothing of `file` can be shown to a model; "" when it can be."""
    if file.submodule:
        return "a submodule"
    if file.binary:
        return "binary"
    if file.cut:
        return "more than anybody could read"
    lines = (line for hunk in file.hunks for line in hunk.raw)
    longest = max(map(len, lines), default=0)
    return f"a line of {longest} bytes: generated or minified" if longest > MOST_LINE else ""


def cut(change: Change, clean: Clean, size: int = SIZE) -> Cut:
    """`change` in pieces of at most `size` characters each (a line more, where one line is more).

    Files and hunks stay in their order, and a hunk is whole wherever it fits into a piece.
    """
    skipped: dict[str, str] = {}
    pieces: list[Piece] = []
    parts: list[Part] = []
    used = 0
    for file in change.files:
        if why := unseen(file):
            skipped[file.path] = why
            continue
        for part in _parts(change, file, clean, size):
            if parts and used + len(part.text) > size:
                pieces.append(Piece(tuple(parts)))
                parts, used = [], 0
            parts.append(part)
            used += len(part.text)
    if parts:
        pieces.append(Piece(tuple(parts)))
    return Cut(tuple(pieces), skipped)


def _parts(change: Change, file: FileChange, clean: Clean, size: int) -> Iterator[Part]:
    if not file.hunks:
        return
    data = change.new(file.path) if file.status != "D" else None
    lines = (anchor.lines_of(data) if data is not None else None) or []
    for number, hunk in enumerate(file.hunks, 1):
        yield from _Shown(file, number, hunk, lines, clean).parts(size)


class _Shown:
    """One hunk on its way to the model; `lines` are those of the file after the change."""

    def __init__(
        self, file: FileChange, number: int, hunk: Hunk, lines: Sequence[str], clean: Clean
    ) -> None:
        self.file, self.number, self.hunk, self.lines, self.clean = file, number, hunk, lines, clean

    def parts(self, size: int) -> Iterator[Part]:
        """The hunk, in parts of at most `size` characters."""
        told = list(self.hunk.lines())
        first, last = self.hunk.new, self.hunk.new + self.hunk.new_count
        above, below = (
            self.around(first - 1 - ABOVE, first - 1),
            self.around(last - 1, last - 1 + BELOW),
        )
        texts = self.clean([text for _, text in above] + [one.text for one in told]
                           + [text for _, text in below])  # fmt: skip
        shown = [_line(number, ".", text) for (number, _), text in zip(above, texts, strict=False)]
        rows = [self.row(one, text) for one, text in zip(told, texts[len(above) :], strict=False)]
        after = [
            _line(number, ".", text)
            for (number, _), text in zip(below, texts[len(above) + len(told) :], strict=True)
        ]
        head = self.head(first)
        taken: list[tuple[str, Spot]] = []
        used = len(head) + sum(map(len, shown))
        part = 0
        for text, spot in rows:
            if taken and used + len(text) > size:
                yield self.part(head, shown, taken, [], part)
                taken, used, shown, part = [], len(head), [], part + 1
            taken.append((text, spot))
            used += len(text) + 1
        yield self.part(head, shown, taken, after, part)

    def part(
        self, head: str, above: list[str], rows: list[tuple[str, Spot]], below: list[str], part: int
    ) -> Part:  # fmt: skip
        """Some of its rows."""
        more = " (goes on)" if part else ""
        text = "\n".join([head + more, *above, *(text for text, _ in rows), *below])
        spots = tuple(spot for _, spot in rows)
        return Part(self.file.path, self.file.old_path, self.number, text, spots)

    def head(self, first: int) -> str:
        """The line that begins it: which hunk it is, and the definition that it is in."""
        at = min(max(first - 1, 0), max(len(self.lines) - 1, 0))
        symbol = symbols.enclosing(self.lines, at) if self.lines else self.hunk.heading
        (inside,) = self.clean([symbol.strip()])
        within = f", in: {_short(visible(inside))}" if inside else ""
        return f"--- hunk {self.number} of {len(self.file.hunks)}{within}"

    def around(self, first: int, last: int) -> list[tuple[int, str]]:
        """Lines of the file from index `first` to before `last`, with their numbers."""
        some = range(max(first, 0), min(last, len(self.lines)))
        return [(index + 1, self.lines[index]) for index in some]

    def row(self, one: Line, text: str) -> tuple[str, Spot]:
        """A line of the hunk, and what it is."""
        side = "old" if one.kind == REMOVED else "new"
        number = (one.old if one.kind == REMOVED else one.new) or 0
        shown = _line(number, _MARKS.get(one.kind, " "), text)
        return shown, Spot(side, number, visible(text))


def _line(number: int, mark: str, text: str) -> str:
    return f"{number:>6} {mark}| {_short(visible(text.removesuffix(chr(13))))}"


def _short(text: str) -> str:
    return text if len(text) <= MOST_LINE else text[:MOST_LINE] + "[the rest of the line is cut]"
