"""Where the lines of a comment are in a later state of the code, and how sure that is."""

from collections.abc import Sequence
from typing import NamedTuple

from git_naturecode.domain.review import quoted, searching
from git_naturecode.domain.review.anchor import MOST_CHARACTERS, MOST_LINES, Anchor
from git_naturecode.domain.review.carried import Carried, says_something
from git_naturecode.store.entry import Json

SAME, MOVED, EDITED, GONE = "same", "moved", "edited", "gone"
DIFF, TEXT, SIMILAR = "diff", "text", "similar"


class Place(NamedTuple):
    """Where lines are now: `line` to `end` of `path` (no numbers: the file as a whole).

    `state` is SAME (nothing changed), MOVED (other numbers or another path), EDITED (some of the
    lines are not as they were) or GONE (the rest is empty then: they are shown where they stood).
    `how` says what that rests on: a DIFF keeps the lines, their TEXT was found, or SIMILAR text.
    `confidence` is 1 where there is no doubt. `alone`: the commit that the comment was made on is
    not in this clone, so that only the text could be compared.
    """

    state: str
    path: str = ""
    line: int = 0
    end: int = 0
    how: str = ""
    confidence: float = 0.0
    alone: bool = False

    def json(self) -> dict[str, Json]:
        """As commands show it."""
        return {
            "state": self.state, "filePath": self.path or None, "line": self.line or None,
            "endLine": self.end or None, "how": self.how or None,
            "confidence": round(self.confidence, 2), "byTextAlone": self.alone,
        }  # fmt: skip


NOWHERE = Place(GONE)


def file_place(anchor: Anchor, path: str) -> Place:
    """The place of a comment on a file as a whole, whose path is now `path` ("": none)."""
    if not path:
        return NOWHERE
    return Place(SAME if path == anchor.path else MOVED, path, 0, 0, DIFF, 1.0)


def fits(anchor: Anchor, lines: Sequence[str]) -> bool:
    """True when `lines`, those of a file, hold what the anchor says at its numbers."""
    if not 0 < anchor.line <= anchor.end <= len(lines):
        return False
    text = lines[anchor.line - 1 : anchor.end][:MOST_LINES]
    return not anchor.text or [one[:MOST_CHARACTERS] for one in text] == list(anchor.text)


def follow(anchor: Anchor, path: str, carried: Carried) -> Place:
    """Where `anchor`, which fits `carried.old`, is in `carried.new`, the file that is `path` now.

    First by the difference, then by exact text, then by similar text; each line of the new file
    that the difference keeps is the line that it was and can become no other one's place.
    """
    first, end = anchor.line - 1, anchor.end
    lines = range(first, end)
    if place := _kept(anchor, path, carried):
        return place
    hits = [(index, at) for index in lines if (at := carried.at(index)) is not None]
    telling = [at for index, at in hits if says_something(carried.old[index])]
    many = sum(says_something(carried.old[index]) for index in lines)
    if telling:
        low, high = _span([at for _, at in hits], telling, len(lines))
        return Place(EDITED, path, low + 1, high + 1, DIFF, 0.6 + 0.35 * len(telling) / many)
    if any(index in carried.doubtful for index in lines):
        return NOWHERE
    if block := searching.block(carried, first, end):
        state = MOVED if block.exact else EDITED
        return Place(state, path, block.at + 1, block.at + end - first, TEXT, block.confidence)
    if similar := searching.similar(carried, first, end):
        low, high, confidence = similar
        return Place(EDITED, path, low + 1, high + 1, SIMILAR, confidence)
    return NOWHERE


def _kept(anchor: Anchor, path: str, carried: Carried) -> Place | None:
    """The place of lines that all stand together as they did; one of them has to be sure."""
    lines = range(anchor.line - 1, anchor.end)
    found = [carried.exact.get(index, carried.doubtful.get(index, -1)) for index in lines]
    doubted = sum(index not in carried.exact for index in lines)
    first = found[0]
    if first < 0 or found != list(range(first, first + len(found))) or doubted == len(found):
        return None
    return _placed(anchor, path, first, len(found), DIFF, 0.95 if doubted else 1.0)


def _placed(anchor: Anchor, path: str, at: int, count: int, how: str, confidence: float) -> Place:
    is_same = (path, at + 1) == (anchor.path, anchor.line)
    return Place(SAME if is_same else MOVED, path, at + 1, at + count, how, confidence)


def _span(hits: Sequence[int], telling: Sequence[int], count: int) -> tuple[int, int]:
    """The first and the last of the lines that were found, of those that stand near each other."""
    groups: list[list[int]] = []
    for at in sorted(hits):
        if groups and at - groups[-1][-1] <= count + 3:
            groups[-1].append(at)
        else:
            groups.append([at])
    known = set(telling)
    best = max(groups, key=lambda group: (sum(at in known for at in group), len(group)))
    return best[0], best[-1]


def find(anchor: Anchor, path: str, lines: Sequence[str]) -> Place:
    """Where `anchor` is in `lines`, the file that is `path` now, by its text and context alone."""
    found = quoted.find(anchor, lines)
    if found is None:
        return NOWHERE
    if found.exact:
        place = _placed(anchor, path, found.at, found.size, TEXT, found.confidence)
        return place._replace(alone=True)
    last = found.at + found.size
    return Place(EDITED, path, found.at + 1, last, SIMILAR, found.confidence, alone=True)
