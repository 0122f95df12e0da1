"""Which words of two versions of a line differ."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

Spans = tuple[tuple[int, int], ...]
"""Beginning and end of each part of a line that differs, in characters."""

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_WORDS = 300  # of a line; what is longer is shown without
_ALIKE = 0.4  # lines that have less than this in common are two lines
NOTHING: tuple[Spans, Spans] = ((), ())


def spans(old: str, new: str) -> tuple[Spans, Spans]:
    """What differs in each of both lines; nothing for lines that have hardly anything in common."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if max(len(before), len(after)) > _MOST_WORDS:
        return NOTHING
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.quick_ratio() < _ALIKE:
        return NOTHING
    gone, fresh = list[tuple[int, int]](), list[tuple[int, int]]()
    same = 0
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            same += sum(len(word) for word in before[a:b] if not word.isspace())
            continue
        _add(gone, before, a, b)
        _add(fresh, after, c, d)
    longest = max(len("".join(before).strip()), len("".join(after).strip()), 1)
    return NOTHING if same / longest < _ALIKE else (tuple(gone), tuple(fresh))


def _add(found: list[tuple[int, int]], words: Sequence[str], first: int, last: int) -> None:
    if first == last:
        return
    start = sum(map(len, words[:first]))
    end = start + sum(map(len, words[first:last]))
    if found and found[-1][1] == start:
        found[-1] = (found[-1][0], end)
    else:
        found.append((start, end))
