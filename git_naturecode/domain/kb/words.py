"""Two changes of the same lines made one, word by word, where they change different words."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from git_naturecode.domain.kb.gaps import Effort, matching_within
from git_naturecode.domain.matching import Block

# Scripts that write no blanks between words: each of their characters is taken for itself.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKENS = re.compile(rf"\n|[^\S\n]+|[{_UNSPACED}]|[^\W{_UNSPACED}]+|[^\w\s]|_")
_KEPT = 0.5  # of its letters a line has to keep to be the same line, changed
_BETWEEN = 2  # letters that stand unchanged between what one changed and what the other did


class Hunk(NamedTuple):
    """Items `start` up to `end` of a base became the items `first` up to `last` of another."""

    start: int
    end: int
    first: int
    last: int


def hunks(blocks: Sequence[Block], old: int, new: int) -> list[Hunk]:
    """What lies between the blocks of equal items of two sequences, `old` and `new` items long."""
    found: list[Hunk] = []
    at, to = 0, 0
    for i, j, n in (*blocks, (old, new, 0)):
        if i > at or j > to:
            found.append(Hunk(at, i, to, j))
        at, to = i + n, j + n
    return found


def by_words(base: str, one: str, other: str, effort: Effort | None = None) -> str | None:
    """What `one` and `other` made of `base` together; None where both changed the same words.

    Between two words that were changed by different people an unchanged one has to stand, and
    each of them must have left at least half: else the parts of two sentences become a third.
    """
    was, mine, theirs = (_TOKENS.findall(text) for text in (base, one, other))
    changes: list[tuple[int, int, Sequence[str], int]] = []
    for side, tokens in enumerate((mine, theirs)):
        blocks = matching_within(was, tokens, effort)
        if not _is_kin(was, tokens, blocks):
            return None
        changes += [
            (start, end, tokens[first:last], side)
            for start, end, first, last in hunks(blocks, len(was), len(tokens))
        ]
    said = list(_applied(was, sorted(changes, key=lambda one: (one[0], one[1], one[3]))))
    return None if None in said else "".join(one for one in said if one is not None)


def _is_kin(was: Sequence[str], tokens: Sequence[str], blocks: Sequence[Block]) -> bool:
    kept = sum(_letters(was[i : i + n]) for i, _, n in blocks)
    return kept >= _KEPT * max(_letters(was), _letters(tokens), 1)


def _applied(
    was: Sequence[str], changes: Sequence[tuple[int, int, Sequence[str], int]]
) -> Iterator[str | None]:
    """The words after all `changes`, sorted; None among them where two meet."""
    at = 0
    before: tuple[int, int, Sequence[str], int] | None = None
    for change in changes:
        start, end, tokens, side = change
        if before and before[3] != side:
            if change[:3] == before[:3]:
                continue
            if start < at or (start == before[0] and end == before[1]):
                yield None
                return
            is_far = _letters(was[at:start]) >= _BETWEEN
            if not is_far and not (_is_blank(was, change) or _is_blank(was, before)):
                yield None
                return
        yield from was[at:start]
        yield from tokens
        at, before = end, change
    yield from was[at:]


def _is_blank(was: Sequence[str], change: tuple[int, int, Sequence[str], int]) -> bool:
    start, end, tokens, _ = change
    return not "".join((*was[start:end], *tokens)).strip()


def _letters(tokens: Sequence[str]) -> int:
    return sum(len(one) for one in tokens if one[0].isalnum())
