"""A merged text with its marked places: widened to what can be read alone, and written down."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from git_naturecode.domain.kb import blocks, marks
from git_naturecode.domain.kb.marks import Text

_MOST_LINES = 60  # by which a place is widened to the whole paragraph
_MOST_LETTERS = 10_000  # in these lines, in all texts of the place
_MOST_OPEN = 400  # by which it is widened to the whole of a fence or comment
_MOST_WIDENING = 300_000  # characters by which all places of a text are widened together
_MOST_WOVEN = 20_000  # lines of all texts of places that are made one


class Side(NamedTuple):
    """One of the texts for a place; `head` is the revision from which it comes ("": unknown)."""

    lines: tuple[str, ...]
    by: str
    time: str
    head: str = ""


Clash = tuple[Side, ...]
Part = list[str] | Clash
"""A piece of a text: items as `marks.items` has them, or the texts for a place."""


def clash(sides: Iterable[Side]) -> Part:
    """The texts for a place, the oldest first, each once; just lines where only one is left.

    `sides` come in the order in which their heads are merged. A marked place in one of them is
    taken apart, and a line of a mark that has lost its others is left out: no mark ever stands in
    another.
    """
    flat = [_unmarked(one) for side in sides for one in _flat(side)]
    found: dict[tuple[str, ...], Side] = {}
    for one in sorted(flat, key=lambda side: side.time):
        found.setdefault(one.lines, one)
    chosen = tuple(found.values())
    if len(chosen) > marks.MOST_TEXTS:
        first, rest = chosen[: marks.MOST_TEXTS - 1], chosen[marks.MOST_TEXTS - 1 :]
        lines = tuple(line for side in rest for line in side.lines)
        chosen = (*first, rest[0]._replace(lines=lines))
    return list(chosen[0].lines) if len(chosen) == 1 else chosen


def _unmarked(side: Side) -> Side:
    if not any(one.startswith(marks.START) for one in side.lines):
        return side
    return side._replace(lines=tuple(one for one in side.lines if not marks.is_mark(one)))


def _flat(side: Side) -> list[Side]:
    """`side`, or where marked places stand in it, what each of their writers has for all of it."""
    if not any("\n" in item for item in side.lines):
        return [side]
    parts: list[Part] = []
    for item in side.lines:
        texts = marks.texts(item)
        if texts:
            parts.append(tuple(Side(one.lines, one.by, one.time) for one in texts))
        elif parts and isinstance(parts[-1], list):
            parts[-1].append(item)
        else:
            parts.append([item])
    if not any(isinstance(part, tuple) for part in parts):
        return [side]
    woven = _woven(parts)
    plain = tuple(line for item in side.lines for line in item.split("\n"))
    return [side._replace(lines=plain)] if woven is None else list(woven)


def _woven(given: Sequence[Part]) -> Clash | None:
    """What each writer has for all of `given`: his own text where there is one, else the first.

    None where that would be too much.
    """
    writers: dict[tuple[str, ...], Side] = {}
    parts: list[list[str] | dict[tuple[str, ...], Side]] = []
    lines = 0
    for one in given:
        if isinstance(one, list):
            parts.append(one)
            lines += len(one)
            continue
        named = dict(_named(one))
        parts.append(named)
        lines += max(len(side.lines) for side in one) + 1
        for name, side in named.items():
            known = writers.get(name)
            writers[name] = side if known is None or known.time < side.time else known
        if lines * len(writers) > _MOST_WOVEN:
            return None
    return tuple(
        Side(tuple(_told(parts, name)), side.by, side.time, side.head)
        for name, side in writers.items()
    )


def _named(clash: Clash) -> Iterable[tuple[tuple[str, ...], Side]]:
    """Each text with the name of its writer; a second one of the same writer has another name."""
    seen: dict[tuple[str, ...], int] = {}
    for side in clash:
        name = (side.head,) if side.head else (side.by, side.time)
        seen[name] = seen.get(name, 0) + 1
        yield (*name, str(seen[name])), side


def _told(
    parts: Sequence[list[str] | dict[tuple[str, ...], Side]], name: tuple[str, ...]
) -> Iterable[str]:
    for part in parts:
        if isinstance(part, list):
            yield from part
        else:
            yield from (part.get(name) or next(iter(part.values()))).lines


class Laid(NamedTuple):
    """A place as it is written down; `fenced` says of each text whether it needs a fence."""

    sides: Clash
    fenced: tuple[bool, ...]


def laid_out(parts: Sequence[Part]) -> list[str]:
    """The lines of a text that is made of `parts`."""
    if all(isinstance(part, list) for part in parts):
        return [line for part in parts for item in part for line in str(item).split("\n")]
    layout = _Layout(
        [one for part in parts for one in (part if isinstance(part, list) else [part])]
    )
    layout.run()
    found: list[str] = []
    for one in layout.out:
        if isinstance(one, str):
            found += one.split("\n")
        else:
            found += marks.written([
                Text(side.lines, side.by, side.time, fenced)
                for side, fenced in zip(one.sides, one.fenced, strict=True)
            ])  # fmt: skip
    return found


class _Layout:
    """One walk over the items and places of a text; `out` is what was laid out so far."""

    def __init__(self, given: Sequence[str | Clash]) -> None:
        self.given = given
        self.at = 0
        self.out: list[str | Laid] = []
        self.before: list[blocks.Open] = []  # what is open before each of `out`
        self.state = blocks.NONE
        self.left = _MOST_WIDENING

    def run(self) -> None:
        while self.at < len(self.given):
            one = self.given[self.at]
            self.at += 1
            if isinstance(one, str):
                self._put(one, blocks.after([one], self.state))
            elif self._stays_inside(one):
                self._put(Laid(one, (False,) * len(one)), self.state)
            else:
                self._widen(one)

    def _put(self, one: str | Laid, state: blocks.Open) -> None:
        self.out.append(one)
        self.before.append(self.state)
        self.state = state

    def _stays_inside(self, place: Clash) -> bool:
        """True in code of which all texts leave the fence open: marks are seen there as well."""
        state = self.state
        if not state.fence or state.nested:
            return False
        return all(blocks.after(side.lines, state).is_like(state) for side in place)

    def _widen(self, place: Clash) -> None:
        """Put `place` down together with the lines that each of its texts needs to be read."""
        low = self._opening()
        if not self.state.is_code or low < len(self.out):
            low = self._paragraph(low, place)
        parts: list[Part] = [[one] if isinstance(one, str) else one.sides for one in self.out[low:]]
        wide = _one_of([*parts, place])
        if wide is None:
            low = len(self.out)
        place = wide or place
        self.state = self.before[low] if low < len(self.out) else self.state
        del self.out[low:], self.before[low:]
        place = self._rest_of_paragraph(place)
        place, is_closed = self._closing(place)
        open_ = tuple(blocks.after(side.lines).is_code for side in place)
        self._put(Laid(place, open_), blocks.NONE if is_closed else self.state)

    def _opening(self) -> int:
        """Where in `out` the fence or comment begins in which a place would stand."""
        low = len(self.out)
        if not self.state.is_code or self.left <= 0:
            return low
        least = max(0, low - _MOST_OPEN)
        while low > least:
            low -= 1
            if not self.before[low].is_code:
                self.left -= sum(
                    len(one) if isinstance(one, str) else sum(map(len, _all(one.sides)))
                    for one in self.out[low:]
                )
                return low
        self.left -= len(self.out) - least
        return len(self.out)

    def _paragraph(self, low: int, place: Clash) -> int:
        """Where in `out` the paragraph begins with which a place there goes on."""
        start, room = low, _Room()
        first = [self.out[low]] if low < len(self.out) else _ends(place, 0)
        while low and any(isinstance(one, str) and _goes_on(one) for one in first):
            above = self.out[low - 1]
            is_open = self.before[low - 1].is_code
            if is_open or not isinstance(above, str) or not _is_text(above):
                break
            self.left -= len(above) * len(place) + 1
            if not room.takes([above], len(place)) or self.left <= 0:
                return start
            low -= 1
            first = [above]
        return low

    def _rest_of_paragraph(self, place: Clash) -> Clash:
        start, room, wide = self.at, _Room(), place
        while self.at < len(self.given) and any(map(_is_text, _ends(wide, -1))):
            below = self.given[self.at]
            first = [below] if isinstance(below, str) else _ends(below, 0)
            if not any(map(_goes_on, first)):
                break
            more = self._taken(wide) if room.takes(_all(below), len(wide)) else None
            if more is None:
                self.at = start
                return place
            wide = more
        return wide

    def _closing(self, place: Clash) -> tuple[Clash, bool]:
        """`place` with what follows, up to where none of its texts has anything open.

        Where that is too far away the place stays as it is.
        """
        start, wide = self.at, place
        states = [blocks.after(side.lines) for side in wide]
        while any(state.is_code for state in states):
            if self.at == len(self.given):
                break
            below = self.given[self.at]
            more = self._taken(wide) if self.at - start < _MOST_OPEN else None
            if more is None:
                self.at = start
                return place, False
            wide = more
            if isinstance(below, str):
                states = [blocks.after([below], state) for state in states]
            else:
                states = [blocks.after(side.lines) for side in wide]
        return wide, True

    def _taken(self, place: Clash) -> Clash | None:
        """`place` with the next piece; None where there is no time left for that."""
        below = self.given[self.at]
        lines = len(place[0].lines) + sum(map(len, _all(below)))
        self.left -= lines * len(place) + 1
        if self.left <= 0:
            return None
        wide: Clash | None
        if isinstance(below, str):
            wide = tuple(side._replace(lines=(*side.lines, below)) for side in place)
        else:
            wide = _one_of([place, below])
        self.at += wide is not None
        return wide


class _Room:
    """How far a place may be widened: lines and characters."""

    def __init__(self) -> None:
        self.lines, self.letters = _MOST_LINES, _MOST_LETTERS

    def takes(self, lines: Sequence[str], times: int) -> bool:
        """True while there is room for `lines`, in each of so many texts."""
        self.lines -= len(lines)
        self.letters -= sum(map(len, lines)) * times
        return self.lines >= 0 and self.letters >= 0


def _one_of(parts: Sequence[Part]) -> Clash | None:
    """One place of several and of what stands between them; None where that would be too much."""
    if len(parts) == 1 and isinstance(parts[0], tuple):
        return parts[0]
    woven = _woven(parts)
    if woven is None:
        return None
    made = clash(woven)
    return made if isinstance(made, tuple) else (Side(tuple(made), "", ""),)


def _all(below: str | Clash) -> list[str]:
    return [below] if isinstance(below, str) else [line for side in below for line in side.lines]


def _ends(place: Clash, index: int) -> list[str]:
    return [side.lines[index] for side in place if side.lines]


def _is_text(line: str) -> bool:
    """True for a line with which the next one may go on."""
    return "\n" not in line and bool(line.strip()) and not blocks.is_alone(line)


def _goes_on(line: str) -> bool:
    """True for a line that may go on with the one before it."""
    return "\n" not in line and bool(line.strip()) and not blocks.begins(line)
