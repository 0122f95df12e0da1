"""The three-way merge of lines (diff3), with what two people wrote for one place side by side."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from git_naturecode.domain.kb import blocks
from git_naturecode.domain.kb.gaps import Effort, matching_within, says
from git_naturecode.domain.kb.words import Hunk, by_words, hunks
from git_naturecode.domain.matching import Block

T = TypeVar("T")
Items = Sequence[str]
"""Lines; what holds a line end is several lines that belong together, and is never taken apart."""
_SAME_LINE = 1 / 3  # of its words a line keeps to be the same line, changed
_SAME_MATTER = 1 / 2  # of all their words are in both of two paragraphs that speak of the same
_MOST_PLACES = 500  # of which each is shown by itself
_MOST_PAIRS = 10_000  # of paragraphs that are compared
_WORDS = re.compile(r"\w+")
_PLAIN = re.compile(r"[\w(\"'\u201c\u2018`]")
_ITEM = re.compile(r"\s*([-*+]|\d{1,9}[.)])\s|\|")


class Both(NamedTuple):
    """A place that two people wrote otherwise: the items of each, and what stood there before."""

    was: tuple[str, ...]
    one: tuple[str, ...]
    other: tuple[str, ...]


Part = list[str] | Both
"""A piece of a merged text: items that both agree on, or a place where they do not."""


def merged(base: Items | None, one: Items, other: Items) -> list[Part]:
    """`one` and `other` with what each of them changed in `base`, in order.

    What only one of them changed is taken, also next to a change of the other; what both changed
    alike stands once; new paragraphs, items and rows at one place stand one after the other. The
    rest is `Both`. Without a base nothing counts as taken out: what they have in common stands
    once, and what only one of them has stays.
    (Khanna, Kunal and Pierce, A Formal Investigation of Diff3, 2007, says what is meant.)
    """
    effort = Effort()
    if base is None:
        return _few(_joined(_agreed((), one, other, effort)))
    mine = hunks(matching_within(base, one), len(base), len(one))
    theirs = hunks(matching_within(base, other), len(base), len(other))
    mine, theirs = _slid(base, one, mine, theirs), _slid(base, other, theirs, mine)
    parts = _joined(_walked((base, one, other), mine, theirs, effort))
    if not any(items and not items[-1].strip() for items in (base, one, other)):
        _trim(parts)
    return _few(parts)


def _walked(
    texts: tuple[Items, Items, Items], mine: Sequence[Hunk], theirs: Sequence[Hunk], effort: Effort
) -> Iterator[Part]:
    base = texts[0]
    at, state = 0, blocks.NONE
    for start, end, a, b in _changed(*texts, mine, theirs):
        yield list(base[at:start])
        state = blocks.after(base[at:start], state)
        if b is None or a == b:
            yield list(a)
        elif not state.is_code and start == end:
            added = _added(a, b, base[start - 1 : start], base[end : end + 1])
            yield from [added] if added else _closely((), a, b, effort)
        elif not state.is_code and _is_whole(base, start, end):
            yield from _by_paragraphs(base[start:end], a, b, effort)
        else:
            yield from _closely(base[start:end], a, b, effort)
        state = blocks.after(base[start:end], state)
        at = end
    yield list(base[at:])


def _changed(
    base: Sequence[T], one: Sequence[T], other: Sequence[T], mine: Sequence[Hunk],
    theirs: Sequence[Hunk],
) -> Iterator[tuple[int, int, list[T], list[T] | None]]:  # fmt: skip
    """Where in `base` something was changed, and what each made of it; None for two that agree.

    Where only one of them changed something both agree.
    """
    for cluster in _clusters(mine, theirs):
        start = min(hunk.start for hunk, _ in cluster)
        end = max(hunk.end for hunk, _ in cluster)
        sides = [[hunk for hunk, side in cluster if side == number] for number in (0, 1)]
        a = _piece(base, one, sides[0], start, end)
        b = _piece(base, other, sides[1], start, end)
        if not sides[0] or not sides[1]:
            yield start, end, a if sides[0] else b, None
        else:
            yield start, end, a, b


def _clusters(mine: Sequence[Hunk], theirs: Sequence[Hunk]) -> Iterator[list[tuple[Hunk, int]]]:
    """Hunks that cannot be told apart together, in order; each with whose it is (0 or 1)."""
    every = sorted([(one, 0) for one in mine] + [(one, 1) for one in theirs])
    cluster: list[tuple[Hunk, int]] = []
    end = 0
    for hunk, side in every:
        is_same_point = bool(cluster) and hunk[:2] == cluster[-1][0][:2]
        if cluster and (hunk.start < end or is_same_point):
            cluster.append((hunk, side))
        else:
            if cluster:
                yield cluster
            cluster = [(hunk, side)]
            end = hunk.end
        end = max(end, hunk.end)
    if cluster:
        yield cluster


def _piece(
    base: Sequence[T], text: Sequence[T], found: Sequence[Hunk], start: int, end: int
) -> list[T]:
    """What one of them made of `base[start:end]` by the hunks `found`."""
    said: list[T] = []
    for hunk in found:
        said += base[start : hunk.start]
        said += text[hunk.first : hunk.last]
        start = hunk.end
    return [*said, *base[start:end]]


def _slid(base: Items, text: Items, mine: Sequence[Hunk], theirs: Sequence[Hunk]) -> list[Hunk]:
    """`mine`, with lines that were put in moved out of what the other changed, where they may be.

    Where a line was put in next to equal lines a diff cannot tell which of them is new.
    """
    found: list[Hunk] = []
    at = 0
    for number, hunk in enumerate(mine):
        while at < len(theirs) and theirs[at].end <= hunk.start:
            at += 1
        other = theirs[at] if at < len(theirs) else None
        if other and hunk.start == hunk.end and other.start < hunk.start < other.end:
            low = found[-1].end if found else 0
            high = mine[number + 1].start if number + 1 < len(mine) else len(base)
            hunk = _moved(base, text, hunk, max(low, other.start), other.start, -1) or _moved(
                base, text, hunk, min(high, other.end), other.end, 1
            ) or hunk  # fmt: skip
        found.append(hunk)
    return found


def _moved(base: Items, text: Items, hunk: Hunk, limit: int, wanted: int, step: int) -> Hunk | None:
    while hunk.start != wanted:
        if hunk.start == limit:
            return None
        if step < 0:
            if base[hunk.start - 1] != text[hunk.last - 1]:
                return None
        elif base[hunk.start] != text[hunk.first]:
            return None
        hunk = Hunk(*(value + step for value in hunk))
    return hunk


def _closely(was: Items, one: Items, other: Items, effort: Effort) -> Iterator[Part]:
    """What became of `was`, which both changed: line by line, word by word, or else both."""
    lines = _line_by_line(was, one, other, effort)
    if lines is None or not all(isinstance(part, list) for part in lines):
        said = _word_by_word(was, one, other, effort)
        lines = [said] if said is not None else lines
    yield from _agreed(was, one, other, effort) if lines is None else lines


def _is_whole(base: Items, start: int, end: int) -> bool:
    """True when `base[start:end]` are several paragraphs, and whole ones."""
    if start and base[start - 1].strip():
        return False
    is_end = end == len(base) or not base[end].strip() or not base[end - 1].strip()
    return is_end and any(not item.strip() for item in base[start:end])


def _by_paragraphs(was: Items, one: Items, other: Items, effort: Effort) -> Iterator[Part]:
    """Paragraph by paragraph: blank lines between them belong to nobody."""
    units, mine, theirs = _paragraphs(was), _paragraphs(one), _paragraphs(other)
    texts = [_key(unit) for unit in units]
    found = [
        hunks(matching_within(texts, [_key(unit) for unit in side], effort), len(units), len(side))
        for side in (mine, theirs)
    ]
    said: list[list[Part]] = []
    at = 0
    for start, end, a, b in _changed(units, mine, theirs, *found):
        said += [[list(unit)] for unit in units[at:start]]
        at = end
        if b is None or a == b:
            said += [[list(unit)] for unit in a]
        else:
            before = _lines(units[start:end])
            said.append(list(_closely(before, _lines(a), _lines(b), effort)))
    said += [[list(unit)] for unit in units[at:]]
    for number, parts in enumerate(said):
        if number and said[number - 1] and _ends_in_text(said[number - 1][-1]):
            yield [""]
        yield from parts


def _ends_in_text(part: Part) -> bool:
    if isinstance(part, list):
        return bool(part) and bool(part[-1].strip())
    return any(side and side[-1].strip() for side in (part.one, part.other))


def _paragraphs(items: Items) -> list[tuple[str, ...]]:
    """`items` in paragraphs, each with the blank lines that follow it."""
    found: list[list[str]] = []
    for number, item in enumerate(items):
        if not found or (item.strip() and not items[number - 1].strip()):
            found.append([])
        found[-1].append(item)
    return [tuple(unit) for unit in found]


def _lines(units: Iterable[Items]) -> list[str]:
    return [line for unit in units for line in unit]


def _key(unit: Items) -> str:
    return "\n".join(item for item in unit if item.strip())


def _line_by_line(was: Items, one: Items, other: Items, effort: Effort) -> list[Part] | None:
    """Each line for itself; None where the lines of the three are not the same ones, changed."""
    if not len(was) == len(one) == len(other) or _are_long(was, one, other):
        return None
    found: list[Part] = []
    for base, a, b in zip(was, one, other, strict=True):
        if a == b or b == base:
            found.append([a])
        elif a == base:
            found.append([b])
        else:
            both = _word_by_word((base,), (a,), (b,), effort)
            if both is None and len(was) > 1 and not _are_kin(base, a, b):
                return None
            found.append(Both((base,), (a,), (b,)) if both is None else both)
    return found


def _are_kin(*lines: str) -> bool:
    """True when a part of the words of the shortest line stands in each of them."""
    words = [set(_WORDS.findall(line)) for line in lines]
    least = min(map(len, words))
    return least > 0 and len(words[0].intersection(*words[1:])) >= _SAME_LINE * least


def _are_long(*texts: Items) -> bool:
    return any("\n" in item for items in texts for item in items)


def _word_by_word(was: Items, one: Items, other: Items, effort: Effort) -> list[str] | None:
    if not was or not one or not other or _are_long(was, one, other):
        return None
    texts = ("\n".join(was), "\n".join(one), "\n".join(other))
    said = by_words(*texts, effort) if effort.takes(*texts) else None
    return None if said is None else said.split("\n")


def _added(one: Items, other: Items, above: Items, below: Items) -> list[str] | None:
    """What both put in at one place, one after the other: whole paragraphs, list items or rows, or
    plain lines at the end of a paragraph. `above` and `below` are the lines around the place.

    None where they are something else, or speak of the same.
    """
    if _are_long(one, other) or not (any(map(says, one)) and any(map(says, other))):
        return None
    if any(blocks.after(items).is_code for items in (one, other)):
        return None
    starts = [_ITEM.match(items[0]) for items in (one, other)]
    if all(starts) and len({found[0].strip()[-1] for found in starts if found}) == 1:
        return None if _are_alike(one, other) else [*one, *other]
    for first, second in ((one, other), (other, one)):
        if not first[-1].strip() or not second[0].strip():
            alike = _are_alike(*([_key(unit) for unit in _paragraphs(x)] for x in (one, other)))
            return None if alike else [*first, *second]
    is_end = not any(map(str.strip, below))
    if not is_end or _are_alike(one, other):
        return None
    if not any(map(str.strip, above)):
        return [*one, "", *other]
    is_plain = all(_PLAIN.match(line) and not _ITEM.match(line) for line in (*above, *one, *other))
    return [*one, *other] if is_plain else None


def _are_alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """True when one of each speak of the same: most of the words of both are in both."""
    mine, theirs = ([set(_WORDS.findall(text)) for text in texts] for texts in (one, other))
    if len(mine) * len(theirs) > _MOST_PAIRS:
        return True
    return any(a and len(a & b) >= _SAME_MATTER * len(a | b) for a in mine for b in theirs)


def _agreed(was: Items, one: Items, other: Items, effort: Effort) -> Iterator[Part]:
    """`one` and `other` side by side: what they have in common once, where it says something.

    What only one of them has in between is new, and taken, unless it may be what the other took
    out.
    """
    a, b = 0, 0
    same = _spoken(one, other, effort)
    for i, j, n in (*same, (len(one), len(other), 0)):
        mine, theirs = tuple(one[a:i]), tuple(other[b:j])
        if mine == theirs:
            yield list(mine)
        elif (mine and theirs) or _was_there(mine or theirs, was, one and other):
            yield Both(tuple(was), mine, theirs)
        else:
            yield list(mine or theirs)
        yield list(one[i : i + n])
        a, b = i + n, j + n


def _was_there(lines: Items, was: Items, is_some_left: object) -> bool:
    """True when `lines` stood in `was`, perhaps in other words, or may have."""
    before = [item for item in was if says(item)]
    if not is_some_left:
        return bool(before)
    return _are_alike([item for item in lines if says(item)], before)


def _spoken(one: Items, other: Items, effort: Effort) -> Iterator[Block]:
    """The blocks of what they have in common that say something, and those at both ends."""
    for i, j, n in matching_within(one, other, effort):
        is_end = i + n == len(one) and j + n == len(other)
        if i == j == 0 or is_end or any(map(says, one[i : i + n])):
            yield i, j, n


def _trim(parts: list[Part]) -> None:
    """Take blank lines away from the end: nobody wanted them there."""
    last = parts[-1] if parts else None
    if isinstance(last, list):
        while last and not last[-1].strip():
            last.pop()


def _few(parts: list[Part]) -> list[Part]:
    """`parts`, or where there would be too many places, one from the first to the last of them."""
    places = [number for number, part in enumerate(parts) if isinstance(part, Both)]
    if len(places) <= _MOST_PLACES:
        return parts
    was, one, other = list[str](), list[str](), list[str]()
    for part in parts[places[0] : places[-1] + 1]:
        if isinstance(part, Both):
            was += part.was
            one += part.one
            other += part.other
        else:
            for side in (was, one, other):
                side += part
    both = Both(tuple(was), tuple(one), tuple(other))
    return [*parts[: places[0]], both, *parts[places[-1] + 1 :]]


def _joined(parts: Iterator[Part]) -> list[Part]:
    """`parts` with those that agree and follow one another as one, and without empty ones."""
    found: list[Part] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, list) and isinstance(last, list):
            last += part
        elif part:
            found.append(list(part) if isinstance(part, list) else part)
    return found
