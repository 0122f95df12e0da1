"""A file with the session and message behind each line beside it, as git blame shows commits."""

from collections.abc import Sequence
from typing import NamedTuple

from git_naturecode.render.paint import Paint
from git_naturecode.render.show import fit, line, show

_SHORT = 8
_NARROW, _TIGHT = 100, 60  # columns below which the date, and then the author, are left out
_AUTHOR, _WHO, _SAID = 14, 15, 12


class Row(NamedTuple):
    """One line: the commit's id ("": none yet), which session and message (`k3v9q2m7 #5`, with a
    ~ before it where it is not sure), the author, the day, the number, the text, and which threads
    of reviews are about it (`7se20d0n t1`)."""

    oid: str
    behind: str
    author: str
    day: str
    number: int
    text: str
    said: str = ""


def text(rows: Sequence[Row], paint: Paint, columns: int) -> str:
    """All rows, cut to `columns` columns where that is less than a pipe has."""
    digits = len(str(max((row.number for row in rows), default=0)))
    width = min(_WHO, max((len(row.behind) for row in rows), default=0))
    talk = min(_SAID, max((len(row.said) for row in rows), default=0))
    return "\n".join(_row(row, paint, columns, digits, width, talk) for row in rows)


def _row(row: Row, paint: Paint, columns: int, digits: int, width: int, talk: int) -> str:
    commit = (row.oid[:_SHORT] or "-").ljust(_SHORT)
    author = fit(line(row.author), _AUTHOR) if columns >= _TIGHT else ""
    day = row.day if columns >= _NARROW else ""
    number = f"{row.number:>{digits}}"
    beside = " ".join(filter(None, (author, day)))
    # A character may be two columns wide, so lengths do not tell.
    wide = (_AUTHOR + 1 if author else 0) + (len(day) + 1 if day else 0)
    taken = _SHORT + 1 + width + 1 + (talk + 1 if talk else 0) + wide + digits + 2
    content = show(row.text).replace("\t", "    ")
    room = max(columns - taken, 8)
    if len(content) * 2 > room:  # only then it may be too wide
        content = fit(content, room).rstrip()
    parts = (
        str(paint.yellow(commit)), str(paint.cyan(fit(row.behind, width))),
        str(paint.cyan(fit(row.said, talk))) if talk else "",
        str(paint.dim(beside)) if beside else "", f"{paint.dim(number + ')')} {content}".rstrip(),
    )  # fmt: skip
    return " ".join(part for part in parts if part)
