"""Looking for lines that no difference keeps: by their text and what stands around, or alike."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import chain, islice
from typing import NamedTuple

from git_naturecode.domain.review.carried import Carried, Gap, says_something, squeezed
from git_naturecode.domain.review.symbols import enclosing

AROUND = 3
LONG = 12  # characters, without blanks, of a text that does not stand everywhere
_MOST_PLACES = 500
_MOST_NEAR = 200  # lines on each side that are compared with each other
_MOST_LIKELY, _MOST_COMPARED = 40, 2_000  # comparisons to the letter, for a line and for a file
_MOST_WIDTH = 200  # characters of a line that are compared
_ALIKE, _ALIKE_ONLY, _ALIKE_FAR, _MARGIN = 0.6, 0.5, 0.75, 0.08


class Found(NamedTuple):
    """Where a block of lines begins (from 0), whether the blanks are the same, how sure it is."""

    at: int
    exact: bool
    confidence: float


def block(carried: Carried, first: int, end: int) -> Found | None:
    """Lines `first` to `end` (not with it) of the old text elsewhere in the new one.

    Only where no line of the old text is already, as a whole; there has to be one such place, or
    one that agrees better with the lines around; and as many were lost as have come.
    """
    text = carried.old[first:end]
    wanted = [squeezed(line) for line in text]
    if not any(map(says_something, text)):
        return None
    places = _free_places(carried, wanted)
    exact = [at for at in places if list(carried.new[at : at + len(text)]) == list(text)]
    before = carried.old[max(0, first - AROUND) : first]
    around = Around(before, carried.old[end : end + AROUND], end - first)
    chosen = choose(exact or places, carried.new, around)
    if chosen is None:
        return None
    at, agreeing, is_only = chosen
    alone = is_only and weight(wanted) >= LONG and _lost(carried, wanted) == 1
    if not alone and agreeing < 2:
        return None
    return Found(at, at in exact, min(0.95, 0.7 + 0.05 * agreeing) - (0 if exact else 0.1))


class Around(NamedTuple):
    """The lines before and after `size` others, to be looked for around another block."""

    before: Sequence[str]
    after: Sequence[str]
    size: int

    def agreeing(self, lines: Sequence[str], at: int) -> int:
        """How many lines that say something stand around the block at `at` as well."""
        end = at + self.size
        above = lines[max(0, at - AROUND) : at]
        return _common(self.before[::-1], above[::-1]) + _common(
            self.after, lines[end : end + AROUND]
        )


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for a, b in zip(one, other[: len(one)], strict=False):
        if squeezed(a) != squeezed(b):
            break
        count += says_something(a)
    return count


def _free_places(carried: Carried, wanted: Sequence[str]) -> list[int]:
    """Where `wanted` stands, as a whole, in lines of the new text that are of none of the old."""
    rare = min(range(len(wanted)), key=lambda k: len(carried.places.get(wanted[k], ())))
    found = []
    for place in carried.places.get(wanted[rare], ())[:_MOST_PLACES]:
        at = place - rare
        lines = carried.new[at : at + len(wanted)] if at >= 0 else ()
        if len(lines) == len(wanted) and all(
            at + k not in carried.taken and squeezed(line) == wanted[k]
            for k, line in enumerate(lines)
        ):
            found.append(at)
    return found


def choose(
    places: Sequence[int], lines: Sequence[str], around: Around
) -> tuple[int, int, bool] | None:
    """The place that agrees best with what stands around, how much, and whether it is the only."""
    ranked = sorted(((around.agreeing(lines, at), at) for at in places), reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][1], ranked[0][0], len(ranked) == 1


def weight(wanted: Iterable[str]) -> int:
    """How many characters those of `wanted` have that say something."""
    return sum(len(line) for line in wanted if says_something(line))


def _lost(carried: Carried, wanted: Sequence[str]) -> int:
    """How often `wanted` stood in the old text where nobody knows it in the new one."""
    count, size = 0, len(wanted)
    ranges = [(gap.old, gap.old_end - size + 1) for gap in carried.gaps]
    for index in chain(*(range(*one) for one in ranges), carried.doubtful):
        if squeezed(carried.old[index]) == wanted[0] and carried.at(index) is None:
            part = [squeezed(line) for line in carried.old[index : index + size]]
            count += part == list(wanted)
    return count


def similar(carried: Carried, first: int, end: int) -> tuple[int, int, float] | None:
    """First and last line of what lines `first` to `end` (not with it) have become, how sure."""
    pairs: list[tuple[int, float]] = []
    many = 0
    for index in range(first, min(end, first + _MOST_NEAR)):
        if not says_something(carried.old[index]):
            continue
        many += 1
        found = _alike(carried, index)
        if found and (not pairs or found[0] > pairs[-1][0]):
            pairs.append(found)
    if not pairs or 2 * len(pairs) < many or pairs[-1][0] - pairs[0][0] > 2 * (end - first) + 3:
        return None
    mean = sum(ratio for _, ratio in pairs) / len(pairs)
    return pairs[0][0], pairs[-1][0], 0.4 + 0.5 * mean * len(pairs) / many


def _alike(carried: Carried, index: int) -> tuple[int, float] | None:
    """The line that line `index` of the old text became, and how alike they are."""
    gap = carried.gap(index)
    if gap is None or carried.stands(squeezed(carried.old[index])):
        return None  # what stands as it was somewhere has not become something else
    near = _free(carried, range(gap.new, gap.new_end), index - gap.old + gap.new)
    lost = _lost_lines(carried, gap, index)
    least = _ALIKE_ONLY if len(near) == len(lost) == 1 else _ALIKE
    if found := _best(carried, index, near, lost, least):
        return found
    symbol = enclosing(carried.old, index)
    if not symbol:
        return None
    wanted = carried.old[index]
    rest = (n for n in range(len(carried.new)) if n not in carried.taken and n not in near)
    alike = (n for n in islice(rest, _MOST_PLACES) if _may_be_alike(wanted, carried.new[n]))
    same = [n for n in islice(alike, _MOST_NEAR) if enclosing(carried.new, n) == symbol]
    return _best(carried, index, same, lost, _ALIKE_FAR)


def _free(carried: Carried, lines: range, middle: int) -> list[int]:
    """Those of `lines` that are of none of the old text and say something, around `middle`."""
    part = lines[max(0, middle - lines.start - _MOST_NEAR) :][: 2 * _MOST_NEAR]
    return [n for n in part if n not in carried.taken and says_something(carried.new[n])]


def _lost_lines(carried: Carried, gap: Gap, index: int) -> list[int]:
    part = range(max(gap.old, index - _MOST_NEAR), min(gap.old_end, index + _MOST_NEAR))
    return [n for n in part if carried.at(n) is None and says_something(carried.old[n])]


def _best(
    carried: Carried, index: int, near: Sequence[int], lost: Sequence[int], least: float
) -> tuple[int, float] | None:
    """The line of `near` that is most like line `index`; none of `lost` may be more like it."""
    wanted = carried.old[index]
    likely = [n for n in near if _may_be_alike(wanted, carried.new[n])]
    carried.compared += len(likely) + 1
    if len(likely) > _MOST_LIKELY or carried.compared > _MOST_COMPARED:
        return None
    ranked = sorted(((ratio(wanted, carried.new[n]), n) for n in likely), reverse=True)
    if not ranked or ranked[0][0] < least:
        return None
    score, at = ranked[0]
    if len(ranked) > 1 and score - ranked[1][0] < _MARGIN:
        return None
    text = carried.new[at]
    others = [n for n in lost if n != index and _may_be_alike(carried.old[n], text)]
    carried.compared += len(others)
    if len(others) > _MOST_LIKELY:
        return None
    if any(score - ratio(carried.old[n], text) < _MARGIN for n in others):
        return None
    return at, score


def _may_be_alike(one: str, other: str) -> bool:
    """A quick look that finds most lines that are not alike."""
    a, b = one.strip()[:_MOST_WIDTH], other.strip()[:_MOST_WIDTH]
    return SequenceMatcher(None, a, b, autojunk=False).quick_ratio() >= _ALIKE_ONLY


def ratio(one: str, other: str) -> float:
    """How alike two lines are, blanks at their ends left out: from 0 to 1."""
    a, b = one.strip()[:_MOST_WIDTH], other.strip()[:_MOST_WIDTH]
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE_ONLY or matcher.quick_ratio() < _ALIKE_ONLY:
        return 0.0
    return matcher.ratio()
