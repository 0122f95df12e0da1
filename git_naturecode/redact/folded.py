"""Text in which a line goes on after a backslash: read as one line, with the way back."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from .spans import Find, Span

_FOLD = re.compile(r"(?:\\\r?\n|\\\\(?:\\r)?\\n)[ \t]*")


def find_folded(text: str, find: Find) -> Iterator[Span]:
    """What `find` finds when the folds are taken out, as spans of `text` itself."""
    kept: list[str] = []
    starts, shifts = [0], [0]
    last = length = 0
    for fold in _FOLD.finditer(text):
        kept.append(text[last : fold.start()])
        length += fold.start() - last
        last = fold.end()
        starts.append(length)
        shifts.append(last - length)
    kept.append(text[last:])

    def back(position: int) -> int:
        return position + shifts[bisect_right(starts, position) - 1]

    for span in find("".join(kept)):
        yield Span(back(span.start), back(span.end - 1) + 1, span.rule)
