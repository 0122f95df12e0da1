"""Which lines of one text are lines of another: blocks of equal lines, in order."""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

Block = tuple[int, int, int]
"""Where a run of equal lines begins in the first and in the second text, and how long it is."""

Between = Callable[[Sequence[str], Sequence[str]], list[Block]]
"""What finds the equal lines of two pieces in which no line occurs only once."""

_MOST_LOOKS = 64  # at each line, for lines that stand once
_MOST = 250_000  # pairs of lines that are compared where no line occurs only once


def _always(_line: str) -> bool:
    return True


def _by_pairs(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    if len(old) * len(new) > _MOST:
        return []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [(i, j, n) for i, j, n in matcher.get_matching_blocks() if n]


def matching(
    old: Sequence[str], new: Sequence[str], between: Between = _by_pairs,
    leads: Callable[[str], bool] = _always,
) -> list[Block]:  # fmt: skip
    """The blocks of equal lines of `old` and `new`, in order, none overlapping.

    Lines that occur once in both lead (patience diff, Bram Cohen 2003): they cannot be taken for
    each other; of these only such that `leads` says True of. What has none is left to `between`,
    which takes what is too large to compare for different, when left to itself.
    """
    found: list[Block] = []
    waiting = [(0, len(old), 0, len(new))]
    left = _MOST_LOOKS * (len(old) + len(new))
    while waiting:
        low, high, from_, to = waiting.pop()
        left -= high - low + to - from_
        head = _same(old[low:high], new[from_:to])
        if head:
            found.append((low, from_, head))
        low, from_ = low + head, from_ + head
        end = _same(old[low:high][::-1], new[from_:to][::-1])
        if end:
            found.append((high - end, to - end, end))
        high, to = high - end, to - end
        if low == high or from_ == to:
            continue
        anchors = _anchors(old[low:high], new[from_:to], leads) if left >= 0 else []
        if anchors:
            places = [(low + i, from_ + j) for i, j in anchors]
            starts = [(low, from_), *places]
            ends = [*places, (high, to)]
            waiting += [
                (a, c, b, d) for (a, b), (c, d) in zip(starts, ends, strict=True) if a < c or b < d
            ]
        else:
            blocks = between(old[low:high], new[from_:to])
            found += [(low + i, from_ + j, n) for i, j, n in blocks]
    return _joined(sorted(found))


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines both begin with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _anchors(
    old: Sequence[str], new: Sequence[str], leads: Callable[[str], bool]
) -> list[tuple[int, int]]:
    """The lines that occur once in each, as many as stand in the same order in both."""
    there = _once(new)
    pairs = [(i, there[line]) for line, i in _once(old).items() if line in there and leads(line)]
    return _rising(sorted(pairs))


def _once(lines: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, line in enumerate(lines):
        found[line] = -1 if line in found else number
    return {line: number for line, number in found.items() if number >= 0}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of `pairs`, sorted by the first, whose seconds rise (patience sorting)."""
    from bisect import bisect_left

    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for number, (_, second) in enumerate(pairs):
        place = bisect_left(tops, second)
        before.append(piles[place - 1] if place else -1)
        if place == len(tops):
            tops.append(second)
            piles.append(number)
        else:
            tops[place], piles[place] = second, number
    chain, at = [], piles[-1] if piles else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _joined(blocks: Sequence[Block]) -> list[Block]:
    """Blocks that go on where another one ends as one."""
    found: list[Block] = []
    for i, j, n in blocks:
        if found and found[-1][0] + found[-1][2] == i and found[-1][1] + found[-1][2] == j:
            found[-1] = (found[-1][0], found[-1][1], found[-1][2] + n)
        else:
            found.append((i, j, n))
    return found
