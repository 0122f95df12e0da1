"""The three-way merge of lines (diff3), with what two people wrote for one place side by side."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from git_naturecode.domain.kb import blocks
from git_naturecode.domain.kb.gaps import matching_within
from git_naturecode.domain.kb.words import Hunk, by_words, hunks
from git_naturecode.domain.matching import Block

Items = Sequence[str]
"""Lines; what holds a line end is several lines that belong together, and is never taken apart."""
_MOST_WORDS = 200_000  # characters of a place that is looked at word by word
_SAME_LINE = 1 / 3  # of its words a line keeps to be the same line, changed
_SAME_MATTER = 1 / 2  # of its words are in the other of two paragraphs that speak of the same
_WORDS = re.compile(r"\w+")
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
    if base is None:
        return _joined(_agreed((), one, other))
    mine = hunks(matching_within(base, one), len(base), len(one))
    theirs = hunks(matching_within(base, other), len(base), len(other))
    mine, theirs = _slid(base, one, mine, theirs), _slid(base, other, theirs, mine)
    return _joined(_walked(base, one, other, mine, theirs))


def _walked(
    base: Items, one: Items, other: Items, mine: Sequence[Hunk], theirs: Sequence[Hunk]
) -> Iterator[Part]:
    at, state = 0, blocks.NONE
    for cluster in _clusters(mine, theirs):
        start = min(hunk.start for hunk, _ in cluster)
        end = max(hunk.end for hunk, _ in cluster)
        yield list(base[at:start])
        state = blocks.after(base[at:start], state)
        sides = [[hunk for hunk, side in cluster if side == number] for number in (0, 1)]
        a, b = (
            _piece(base, text, found, start, end)
            for text, found in zip((one, other), sides, strict=True)
        )
        if not sides[0] or not sides[1] or a == b:
            yield a if sides[0] else b
        else:
            yield from _settled(base[start:end], a, b, is_prose=state == blocks.NONE)
        state = blocks.after(base[start:end], state)
        at = end
    yield list(base[at:])


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


def _piece(base: Items, text: Items, found: Sequence[Hunk], start: int, end: int) -> list[str]:
    """What one of them made of `base[start:end]` by the hunks `found`."""
    said: list[str] = []
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


def _settled(was: Items, one: Items, other: Items, *, is_prose: bool) -> Iterator[Part]:
    """What became of `was`, which both changed, and not alike.

    `is_prose` says that it does not stand in code or in a comment.
    """
    pairs = _line_by_line(was, one, other)
    if pairs is not None:
        yield from pairs
        return
    added = None if was or not is_prose else _added(one, other)
    said = added or _word_by_word(was, one, other)
    if said is not None:
        yield said
        return
    yield from _agreed(was, one, other)


def _line_by_line(was: Items, one: Items, other: Items) -> list[Part] | None:
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
            both = _word_by_word((base,), (a,), (b,))
            if both is None and len(was) > 1 and not _are_kin(_SAME_LINE, base, a, b):
                return None
            found.append(Both((base,), (a,), (b,)) if both is None else both)
    return found


def _are_kin(share: float, *texts: str) -> bool:
    """True when of the words of the shortest that share stands in each of `texts`."""
    words = [set(_WORDS.findall(text)) for text in texts]
    least = min(map(len, words))
    return least > 0 and len(words[0].intersection(*words[1:])) >= share * least


def _are_long(*texts: Items) -> bool:
    return any("\n" in item for items in texts for item in items)


def _word_by_word(was: Items, one: Items, other: Items) -> list[str] | None:
    if not was or not one or not other or _are_long(was, one, other):
        return None
    texts = ["\n".join(items) for items in (was, one, other)]
    if max(map(len, texts)) > _MOST_WORDS:
        return None
    said = by_words(*texts)
    return None if said is None else said.split("\n")


def _added(one: Items, other: Items) -> list[str] | None:
    """What both put in at one place, one after the other: whole paragraphs, list items or rows.

    None where they are something else, or speak of the same.
    """
    if _are_long(one, other) or not (any(map(_says, one)) and any(map(_says, other))):
        return None
    if _are_kin(_SAME_MATTER, "\n".join(one), "\n".join(other)):
        return None
    if any(blocks.after(items) != blocks.NONE for items in (one, other)):
        return None
    starts = [_ITEM.match(items[0]) for items in (one, other)]
    if all(starts) and len({found[0].strip()[-1] for found in starts if found}) == 1:
        return [*one, *other]
    for first, second in ((one, other), (other, one)):
        if not first[-1].strip() or not second[0].strip():
            return [*first, *second]
    return None


def _says(item: str) -> bool:
    return any(map(str.isalnum, item))


def _agreed(was: Items, one: Items, other: Items) -> Iterator[Part]:
    """`one` and `other` side by side: what they have in common once, where it says something."""
    known = set(filter(_says, was))
    a, b = 0, 0
    same = _spoken(one, other)
    for i, j, n in (*same, (len(one), len(other), 0)):
        mine, theirs = tuple(one[a:i]), tuple(other[b:j])
        if mine == theirs:
            yield list(mine)
        elif mine and theirs:
            yield Both(tuple(was), mine, theirs)
        elif known.isdisjoint(mine or theirs):
            yield list(mine or theirs)
        else:
            yield Both(tuple(was), mine, theirs)
        yield list(one[i : i + n])
        a, b = i + n, j + n


def _spoken(one: Items, other: Items) -> Iterator[Block]:
    """The blocks of what they have in common that say something, and those at both ends."""
    for i, j, n in matching_within(one, other):
        is_end = i + n == len(one) and j + n == len(other)
        if i == j == 0 or is_end or any(map(_says, one[i : i + n])):
            yield i, j, n


def _joined(parts: Iterator[Part]) -> list[Part]:
    """`parts` with those that agree and follow one another as one, and without empty ones."""
    found: list[Part] = []
    for part in parts:
        if isinstance(part, list) and found and isinstance(found[-1], list):
            found[-1] = found[-1] + part
        elif part:
            found.append(part)
    return found
