"""Lines that were moved to another file: looked for in what a difference adds, as a whole."""

from collections.abc import Sequence
from typing import NamedTuple

from git_naturecode.domain.review.anchor import Anchor
from git_naturecode.domain.review.carried import says_something
from git_naturecode.domain.review.following import MOVED, TEXT, Place
from git_naturecode.domain.review.searching import AROUND, Around, weight
from git_naturecode.git.changes import ADDED, Hunk

_LEAST_LINES, _LEAST_WEIGHT = 4, 40
_CONFIDENCE = 0.7


class _Wanted(NamedTuple):
    name: str
    text: tuple[str, ...]
    around: Around


class _Met(NamedTuple):
    agreeing: int
    path: str
    line: int
    end: int


class Elsewhere:
    """Blocks of lines that are looked for, and where they were met."""

    def __init__(self) -> None:
        self.wanted: dict[str, list[_Wanted]] = {}
        self._met: dict[str, list[_Met]] = {}

    def want(self, name: str, anchor: Anchor, lines: Sequence[str]) -> None:
        """Look for what `anchor` is about, in a file of `lines`; with what stands around it."""
        first, end = anchor.line - 1, anchor.end
        text = tuple(lines[first:end])
        before, after = lines[max(0, first - AROUND) : first], lines[end : end + AROUND]
        if weight([*before, *text, *after]) >= _LEAST_WEIGHT:
            around = Around(before, after, len(text))
            self.wanted.setdefault(text[0], []).append(_Wanted(name, text, around))

    def meet(self, path: str, hunk: Hunk) -> None:
        """Look at the lines that `hunk` adds to the file `path`."""
        added = [one for one in hunk.lines() if one.kind == ADDED]
        lines = [one.text.removesuffix("\r") for one in added]
        for at, line in enumerate(lines):
            for one in self.wanted.get(line, ()):
                if tuple(lines[at : at + len(one.text)]) != one.text:
                    continue
                telling = sum(map(says_something, one.text)) + one.around.agreeing(lines, at)
                first = hunk.new + at
                met = _Met(telling, path, first, first + len(one.text) - 1)
                self._met.setdefault(one.name, []).append(met)

    def found(self) -> dict[str, Place]:
        """The places of those that were met once, or once better than elsewhere."""
        places = {}
        for name, met in self._met.items():
            best, *rest = sorted(met, reverse=True)
            if best.agreeing >= _LEAST_LINES and (not rest or rest[0].agreeing < best.agreeing):
                places[name] = Place(MOVED, best.path, best.line, best.end, TEXT, _CONFIDENCE)
        return places
