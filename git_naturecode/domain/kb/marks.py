"""Marked places: lines that say that several texts stand for one place, written and found again."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

START = "###### ⚠ "
"""How each line of a mark begins: a heading runs into nothing above it and nothing below it."""
WAITING = "more versions wait: settle these first (nc:more)"
_END = "end · keep one text or join them, then delete the lines with ⚠"
_LEFT_OUT = " · left out"
_FENCED = " fenced"
_ID = 8  # hexadecimal digits
_MOST_NAME = 60
MOST_TEXTS = 99
"""For one place; what claims to be more is none."""
_TEXT = re.compile(
    rf"{START}([1-9]\d?) of ([1-9]\d?) · (.*) · (\d{{4}}-\d\d-\d\d) (\d\d:\d\d) UTC"
    rf"(?:{_LEFT_OUT})? \(nc:([0-9a-f]{{{_ID}}})({_FENCED})?\)"
)
_LAST = re.compile(rf"{START}{_END} \(nc:([0-9a-f]{{{_ID}}})\)")
_MORE = re.compile(rf"{START}[1-9]\d* {re.escape(WAITING)}")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)")
_PLAIN = re.compile(r"[^\w .,@+'-]|_")
_RUNS = re.compile(r"`{3,}")


class Text(NamedTuple):
    """One of the texts for a place: its lines, who wrote it and when (`2026-11-26T10:30Z`).

    `fenced` puts it into a fence: it would swallow what follows it.
    """

    lines: tuple[str, ...]
    by: str
    time: str
    fenced: bool = False


class Place(NamedTuple):
    """Lines `start` up to `end` (from 0, `end` not among them) in which several texts stand.

    `texts` are (by, time, text) of each; a mark that has lost its others is a place without any.
    """

    start: int
    end: int
    texts: tuple[tuple[str, str, str], ...]


class _Mark(NamedTuple):
    line: int
    number: int  # 0 for the last one
    of: int
    by: str = ""
    time: str = ""
    fenced: bool = False


def minute(time: str) -> str:
    """An ISO time (UTC) as marks have it: `2026-11-26T10:30Z`; the epoch for what is none."""
    found = _TIME.match(time)
    return f"{found[1]}T{found[2]}Z" if found else "1970-01-01T00:00Z"


def named(by: str) -> str:
    """`by` as marks show it: without what Markdown or a terminal would take for something else."""
    plain = " ".join(_PLAIN.sub(" ", by[: 4 * _MOST_NAME]).split())
    return plain[:_MOST_NAME].strip() or "unknown"


def written(texts: Sequence[Text]) -> list[str]:
    """The lines of a place in which `texts` stand."""
    name = _name(texts)
    found: list[str] = []
    for number, one in enumerate(texts, 1):
        day, _, rest = one.time.partition("T")
        about = f"{number} of {len(texts)} · {named(one.by)} · {day} {rest[:5]} UTC"
        out = "" if one.lines else _LEFT_OUT
        found.append(f"{START}{about}{out} (nc:{name}{_FENCED if one.fenced else ''})")
        found += _in_fence(one.lines) if one.fenced else one.lines
    return [*found, f"{START}{_END} (nc:{name})"]


def waiting(count: int) -> str:
    """The line that says that `count` versions were not merged yet."""
    return f"{START}{count} {WAITING}"


def has_marks(text: str) -> bool:
    """True when somebody has to decide between texts: a line of a mark stands in `text`."""
    return START in text and any(is_mark(line) for line in text.split("\n"))


def without(text: str) -> str:
    """`text` without the lines of its marks: what people wrote, and nothing that only stands
    between their texts."""
    if START not in text:
        return text
    return "\n".join(line for line in text.split("\n") if not is_mark(line))


def places(text: str) -> tuple[Place, ...]:
    """The marked places of `text`, in order."""
    if START not in text:
        return ()
    lines = text.split("\n")
    whole = list(_whole(lines))
    found = [Place(start, end, tuple(_said(one) for one in texts)) for start, end, texts in whole]
    inside = {number for start, end, _ in whole for number in range(start, end)}
    found += [
        Place(number, number + 1, ())
        for number, line in enumerate(lines)
        if number not in inside and is_mark(line)
    ]
    return tuple(sorted(found))


def items(text: str) -> list[str]:
    """`text` as items: each marked place is one of several lines, every other line is one.

    A line end at the end of `text` ends its last line, and begins none.
    """
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    if START not in text:
        return lines
    found: list[str] = []
    at = 0
    for start, end, _ in _whole(lines):
        found += lines[at:start]
        found.append("\n".join(lines[start:end]))
        at = end
    return [*found, *lines[at:]]


def texts(item: str) -> list[Text]:
    """The texts of an item of `items` that is a marked place; none where it is a line."""
    if "\n" not in item:
        return []
    return next((list(found) for _, _, found in _whole(item.split("\n"))), [])


def _name(texts: Iterable[Text]) -> str:
    import hashlib  # reading does without

    said = "\0".join("\n".join(one.lines) for one in texts)
    name = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
    while f"nc:{name[:_ID]}" in said:
        name = hashlib.sha256(name.encode()).hexdigest()
    return name[:_ID]


def _in_fence(lines: Sequence[str]) -> list[str]:
    longest = max((len(run) for line in lines for run in _RUNS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, *lines, fence]


def is_mark(line: str) -> bool:
    """True for a line of a mark."""
    return line.startswith(START) and any(
        one.fullmatch(line) for one in (_TEXT, _LAST, _MORE)
    )  # fmt: skip


def _said(one: Text) -> tuple[str, str, str]:
    return one.by, one.time, "\n".join(one.lines)


def _whole(lines: Sequence[str]) -> Iterable[tuple[int, int, tuple[Text, ...]]]:
    """Beginning, end and texts of each place whose marks are all there, in their order."""
    by_name: dict[str, list[_Mark]] = {}
    first: list[tuple[str, int]] = []
    for number, line in enumerate(lines):
        if line.startswith(START):
            name, mark = _read(number, line)
            if mark:
                marks = by_name.setdefault(name, [])
                if mark.number == 1:
                    first.append((name, len(marks)))
                marks.append(mark)
    end = 0
    for name, index in first:
        chosen = by_name[name][index : index + by_name[name][index].of + 1]
        if chosen[0].line >= end and _follow(chosen):
            end = chosen[-1].line + 1
            yield (
                chosen[0].line,
                end,
                tuple(_between(lines, one, after) for one, after in pairwise(chosen)),
            )


def _follow(marks: Sequence[_Mark]) -> bool:
    """True when `marks` are those of one place: 1 of n, 2 of n, ..., end."""
    of = marks[0].of
    return len(marks) == of + 1 and all(
        (one.number, one.of) == ((number, of) if number <= of else (0, 0))
        for number, one in enumerate(marks, 1)
    )


def _read(number: int, line: str) -> tuple[str, _Mark | None]:
    found = _TEXT.fullmatch(line)
    if found:
        time = f"{found[4]}T{found[5]}Z"
        return found[6], _Mark(number, int(found[1]), int(found[2]), found[3], time, bool(found[7]))
    last = _LAST.fullmatch(line)
    return (last[1], _Mark(number, 0, 0)) if last else ("", None)


def _between(lines: Sequence[str], mark: _Mark, after: _Mark) -> Text:
    said = lines[mark.line + 1 : after.line]
    if mark.fenced and len(said) > 1 and said[0] == said[-1] and not said[0].strip("`"):
        return Text(tuple(said[1:-1]), mark.by, mark.time, fenced=True)
    return Text(tuple(said), mark.by, mark.time)
