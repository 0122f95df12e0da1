"""Looking for what an anchor quotes in a file, where the text that it stood in is not here."""

from collections.abc import Sequence
from typing import NamedTuple

from git_naturecode.domain.review.anchor import MOST_CHARACTERS, Anchor
from git_naturecode.domain.review.carried import says_something
from git_naturecode.domain.review.searching import LONG, Around, choose, ratio, weight

_MOST_PLACES = 5_000
_ALIKE = 0.6


class Quoted(NamedTuple):
    """Where it begins (from 0), how many lines of it, whether they are as they were, how sure."""

    at: int
    size: int
    exact: bool
    confidence: float


def find(anchor: Anchor, lines: Sequence[str]) -> Quoted | None:
    """Where `lines` hold what `anchor` quotes; None where they do not, or at several places.

    Nothing tells whether the same text stood there before, so that the lines around have to agree,
    or the text has to be one that hardly stands anywhere else.
    """
    if not anchor.line or not any(map(says_something, anchor.text)):
        return None
    size = anchor.end - anchor.line + 1
    cut = [line[:MOST_CHARACTERS] for line in lines]
    around = Around(anchor.before, anchor.after, size)
    places = _places(cut, anchor.text)
    return _standing(anchor, cut, around, places) if places else _replaced(anchor, cut, around)


def _places(lines: Sequence[str], text: Sequence[str]) -> list[int]:
    starts = [n for n, line in enumerate(lines) if line == text[0]][:_MOST_PLACES]
    return [n for n in starts if tuple(lines[n : n + len(text)]) == tuple(text)]


def _standing(
    anchor: Anchor, lines: Sequence[str], around: Around, places: Sequence[int]
) -> Quoted | None:
    chosen = choose(places, lines, around)
    if chosen is None:
        return None
    at, agreeing, is_only = chosen
    size = around.size
    heavy = weight(anchor.text)
    some_around = any(map(says_something, (*anchor.before, *anchor.after)))
    enough = agreeing or heavy >= 2 * LONG or (not some_around and heavy >= LONG)
    if agreeing < 2 and not (is_only and enough):
        return None
    # Of a long range the first lines are quoted only; what follows it tells whether it is whole.
    below = Around((), anchor.after, size)
    whole = size <= len(anchor.text) or below.agreeing(lines, at) > 0
    return Quoted(at, size if whole else len(anchor.text), whole, min(0.9, 0.6 + 0.05 * agreeing))


def _replaced(anchor: Anchor, lines: Sequence[str], around: Around) -> Quoted | None:
    """The one place where the same lines stand around others that are like what was quoted."""
    count = len(anchor.text)
    if around.size != count or not anchor.before or not anchor.after:
        return None
    found = []
    for at in range(1, len(lines) - count):
        above = Around(around.before, (), count).agreeing(lines, at)
        if not above:
            continue
        below = Around((), around.after, count).agreeing(lines, at)
        if below and above + below >= 3:
            found.append(at)
    if len(found) != 1:
        return None
    pairs = zip(anchor.text, lines[found[0] :], strict=False)
    alike = [ratio(a, b) for a, b in pairs if says_something(a)]
    mean = sum(alike) / len(alike)
    return Quoted(found[0], count, False, 0.3 + 0.4 * mean) if mean >= _ALIKE else None
