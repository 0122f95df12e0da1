"""Which lines of a text are in a later one: those that differences keep, then past blanks."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from git_naturecode.domain.matching import Block, matching
from git_naturecode.domain.review.doubt import doubtful

Edit = tuple[int, int, int, int]
"""Lines in place of others: first (from 0) and number of lines, in the old and in the new text."""
_WORD = re.compile(r"\w")
_BLANKS = re.compile(r"\s+")


class Gap(NamedTuple):
    """What a difference replaces: lines `old` to `old_end` (not with it) by `new` to `new_end`."""

    old: int
    old_end: int
    new: int
    new_end: int


def says_something(line: str) -> bool:
    """True when `line` is more than blanks and brackets, which stand everywhere."""
    return bool(_WORD.search(line))


def squeezed(line: str) -> str:
    """`line` without its blanks."""
    return _BLANKS.sub("", line)


class Carried:
    """The lines of `old` in `new`, both without line ends.

    `edits` is what a difference of the two says (None: made here); `steps` are the blocks of lines
    that were followed commit by commit, where that could be done. `exact` are the lines that are
    there as they were, `loose` those with other blanks; each is a map of their numbers from 0.
    `doubtful` are lines that the difference keeps, but might as well have taken for another.
    """

    def __init__(
        self, old: Sequence[str], new: Sequence[str], edits: Iterable[Edit] | None = None,
        steps: Iterable[Block] | None = None,
    ) -> None:  # fmt: skip
        self.old, self.new = old, new
        self.compared = 0  # lines that were compared to the letter
        kept = matching(old, new) if edits is None else between(edits, len(old))
        doubted = set(doubtful(kept, old, new))
        direct = dict(_pairs(kept))
        self.doubtful = {i: j for i, j in direct.items() if i in doubted}
        sure = {i: j for i, j in direct.items() if i not in doubted}
        if steps is None:
            self.exact = sure
        else:
            followed = {i: j for i, j in _pairs(steps) if _same(old, new, i, j)}
            self.exact, self.doubtful = _both(followed, sure), {}
        self.loose: dict[int, int] = {}
        self.gaps = _gaps(self.exact | self.doubtful, len(old), len(new))
        self._starts = [gap.old for gap in self.gaps]
        for gap in self.gaps:
            self._within(gap)

    @cached_property
    def taken(self) -> frozenset[int]:
        """The lines of `new` that are lines of `old`."""
        return frozenset((*self.exact.values(), *self.loose.values(), *self.doubtful.values()))

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where the lines of `new` stand that are of none of `old`, by their squeezed text."""
        found: dict[str, list[int]] = {}
        for number, line in enumerate(self.new):
            if number not in self.taken:
                found.setdefault(squeezed(line), []).append(number)
        return found

    def stands(self, clean: str) -> bool:
        """True when a text, squeezed, is anywhere in `new`."""
        return self._counts[1][clean] > 0

    def at(self, index: int) -> int | None:
        """Where line `index` of `old` is in `new`, without doubt."""
        return self.exact.get(index, self.loose.get(index))

    def gap(self, index: int) -> Gap | None:
        """The gap that line `index` of `old` is in."""
        number = bisect_right(self._starts, index) - 1
        if number < 0 or index >= self.gaps[number].old_end:
            return None
        return self.gaps[number]

    def _within(self, gap: Gap) -> None:
        """Find lines again in a gap of which only the blanks or the ends were changed."""
        if gap.old == gap.old_end or gap.new == gap.new_end:
            return
        old, new = self.old[gap.old : gap.old_end], self.new[gap.new : gap.new_end]
        clean = [squeezed(line) for line in old], [squeezed(line) for line in new]
        if not {*clean[0]} & {*clean[1]}:
            return
        blocks = matching(*clean)
        doubted = set(doubtful(blocks, *clean, self._often))
        for i, j in _pairs(blocks):
            if i not in doubted:
                found = self.exact if old[i] == new[j] else self.loose
                found[gap.old + i] = gap.new + j

    def _often(self, clean: str) -> bool:
        """True when a text, squeezed, stands more than once in the old or the new text."""
        return self._counts[0][clean] > 1 or self._counts[1][clean] > 1

    @cached_property
    def _counts(self) -> tuple[Counter[str], Counter[str]]:
        return Counter(map(squeezed, self.old)), Counter(map(squeezed, self.new))


def between(edits: Iterable[Edit], count: int) -> list[Block]:
    """The blocks of lines that are kept between `edits`, of a text of `count` lines."""
    blocks, at, shift = [], 0, 0
    for old, gone, new, come in edits:
        if old > at:
            blocks.append((at, at + shift, old - at))
        at, shift = old + gone, new + come - old - gone
    if count > at:
        blocks.append((at, at + shift, count - at))
    return blocks


def onward(blocks: Sequence[Block], edits: Iterable[Edit]) -> list[Block]:
    """`blocks`, lines of an old text in a later one, after further `edits` of the later one."""
    end = max((j + n for _, j, n in blocks), default=0)
    found, number = list[Block](), 0
    for a, b, m in between(edits, end):
        while number and blocks[number - 1][1] + blocks[number - 1][2] > a:
            number -= 1
        while number < len(blocks) and blocks[number][1] < a + m:
            i, j, n = blocks[number]
            low, high = max(a, j), min(a + m, j + n)
            if low < high:
                found.append((i + low - j, b + low - a, high - low))
            number += 1
    return found


def agreed(one: Sequence[Block], other: Sequence[Block]) -> list[Block]:
    """The lines that both, in the order of the old text, have in the same place."""
    found, number = list[Block](), 0
    for i, j, n in one:
        while number and other[number - 1][0] + other[number - 1][2] > i:
            number -= 1
        while number < len(other) and other[number][0] < i + n:
            a, b, m = other[number]
            low, high = max(a, i), min(a + m, i + n)
            if low < high and b - a == j - i:
                found.append((low, j + low - i, high - low))
            number += 1
    return found


def _pairs(blocks: Iterable[Block]) -> Iterator[tuple[int, int]]:
    for i, j, n in blocks:
        yield from zip(range(i, i + n), range(j, j + n), strict=True)


def _same(old: Sequence[str], new: Sequence[str], i: int, j: int) -> bool:
    return i < len(old) and j < len(new) and old[i] == new[j]


def _both(followed: dict[int, int], sure: dict[int, int]) -> dict[int, int]:
    """All that was followed, and of what is sure besides what stands in its order.

    That is what one commit took away and a later one brought back.
    """
    order = sorted(followed)
    found, low, number = dict(followed), -1, 0
    for i, j in sorted(sure.items()):
        while number < len(order) and order[number] < i:
            low = followed[order[number]]
            number += 1
        high = followed[order[number]] if number < len(order) else j + 1
        if i not in followed and low < j < high:
            found[i] = low = j
    return found


def _gaps(kept: dict[int, int], old_count: int, new_count: int) -> list[Gap]:
    gaps, old, new = [], 0, 0
    for i, j in [*sorted(kept.items()), (old_count, new_count)]:
        if (i > old or j > new) and j >= new:
            gaps.append(Gap(old, i, new, j))
        old, new = i + 1, j + 1
    return gaps
