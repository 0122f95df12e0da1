"""Which lines of a file a forge shows in a change: only there it takes a comment."""

import re
from typing import NamedTuple

_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")


class Shown(NamedTuple):
    """The lines of one file that its patch shows, by side.

    `new` has the number of each new line with that of the old line beside it (0: it was added),
    `old` the other way round (0: it was taken out). `hunk` says by side and line in which hunk of
    the patch it stands.
    """

    new: dict[int, int]
    old: dict[int, int]
    hunk: dict[tuple[str, int], int]

    def has(self, side: str, line: int, end: int) -> bool:
        """True when all of the lines are shown, in one hunk."""
        places = {self.hunk.get((side, number)) for number in (line, end)}
        return line > 0 and None not in places and len(places) == 1


def shown(patch: str) -> Shown:
    """The lines in `patch`, the hunks of one file as unified diffs have them."""
    found = Shown({}, {}, {})
    number = old = new = left_old = left_new = 0
    for row in patch.split("\n"):
        head = _HUNK.match(row)
        if head and left_old <= 0 and left_new <= 0:
            number += 1
            old, new = int(head[1]), int(head[3])
            left_old, left_new = (int(head[n]) if head[n] else 1 for n in (2, 4))
            continue
        mark = row[:1]
        if mark not in ("+", "-", " ") or (left_old <= 0 and left_new <= 0):
            continue
        if mark != "+":
            found.old[old] = 0 if mark == "-" else new
            found.hunk["old", old] = number
        if mark != "-":
            found.new[new] = 0 if mark == "+" else old
            found.hunk["new", new] = number
        old, left_old = old + (mark != "+"), left_old - (mark != "+")
        new, left_new = new + (mark != "-"), left_new - (mark != "-")
    return found
