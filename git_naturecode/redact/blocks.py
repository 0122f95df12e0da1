"""Private key blocks: whole, cut at either end, JSON-escaped, quoted line by line, on one line."""

import re
from collections.abc import Iterator

from .spans import Span

_MARK = re.compile(r"-----(BEGIN|END) [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_LIMIT = 65_536
# What may stand in a block: base64, header lines, escaped line ends, and what listings put before
# a line (numbers, arrows, quotes, diff signs).
_BREAK = r"(?:\\+[rnt]|[\s\"',>|+*#\u2192\\-]|\b\d{1,6}(?:\u2192|:|\t|\b[ ])|//)"
_HEADER = r"[A-Z][A-Za-z-]{2,20}: [^\r\n\\]{0,200}"
_BODY = re.compile(
    rf"(?:{_BREAK}{{1,64}}(?:{_HEADER}|[A-Za-z0-9+/=]{{1,1024}}|[A-Za-z0-9+/=]{{1,1024}}$))*"
)
_ONE_LINE = re.compile(r"[\sA-Za-z0-9+/=]*")
_SOLID = re.compile(r"[A-Za-z0-9+/]{24}")
_BEFORE = re.compile(r"[A-Za-z0-9+/=]{16,1024}$")
_TRIM = " \t\r\n\\\"',>|+*#\u2192-"


def find_blocks(text: str) -> Iterator[Span]:
    """Private keys between their BEGIN and END lines, or as far as they go where one is missing."""
    marks = list(_MARK.finditer(text))
    done = 0
    for number, mark in enumerate(marks):
        if mark.start() < done:
            continue
        if mark[1] == "END":
            start = _backwards(text, done, mark.start())
            if start < mark.start():
                yield Span(start, mark.end(), "private-key")
            continue
        after = marks[number + 1] if number + 1 < len(marks) else None
        end = _end(text, mark, after)
        if end > mark.end():
            yield Span(mark.start(), end, "private-key")
            done = end


def _end(text: str, mark: "re.Match[str]", after: "re.Match[str] | None") -> int:
    """Where the block that begins with `mark` ends; at the mark itself where no key is in it."""
    if after is not None and after[1] == "END" and after.start() - mark.end() <= _LIMIT:
        inside = _SOLID.search(text, mark.end(), after.start())
        return after.end() if inside else mark.end()
    stop = after.start() if after is not None else len(text)
    stop = min(stop, mark.end() + _LIMIT)
    body = _BODY.match(text, mark.end(), stop) or _ONE_LINE.match(text, mark.end(), stop)
    if body is None or not _SOLID.search(body[0]):
        body = _ONE_LINE.match(text, mark.end(), stop)
    if body is None or not _SOLID.search(body[0]):
        return mark.end()
    return body.start() + len(body[0].rstrip(_TRIM))


def _backwards(text: str, floor: int, end: int) -> int:
    """Where the key begins that ends at `end` and whose BEGIN line is not there."""
    floor = max(floor, end - _LIMIT)
    start = end
    while start > floor:
        line = _BEFORE.search(
            text[max(floor, start - 1200) : start].rstrip(_TRIM + "nrt0123456789")
        )
        if line is None:
            break
        found = text.rfind(line[0], floor, start)
        if found < 0:
            break
        start = found
    return start
