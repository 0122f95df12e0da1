"""The fingerprint of a finding: the same for the same thing, wherever a push has moved it."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from git_naturecode.domain.review.anchor import Anchor

LENGTH = 32  # hex digits


class Spot(NamedTuple):
    """Where a known finding is at present: its rule, and the first of its lines."""

    rule: str
    path: str
    side: str
    line: int


def of(rule: str, anchor: Anchor, ordinal: int = 0) -> str:
    """The fingerprint of what `rule` says of the lines of `anchor`.

    It holds the rule, the last name of the path, the line of the definition around the lines, and
    the lines themselves with their white space squeezed; `ordinal` counts those that have all of
    that in common. No number of a line, and no word of a message.
    """
    name = anchor.path.rpartition("/")[2]
    parts = [rule, name, _squeezed(anchor.symbol), str(len(anchor.text))]
    parts += [*map(_squeezed, anchor.text), str(ordinal)]
    coded = (part.encode("utf-8", "surrogatepass") for part in parts)
    told = b"".join(b"%d:%s" % (len(data), data) for data in coded)
    return hashlib.sha256(told).hexdigest()[:LENGTH]


def numbered(
    found: Sequence[tuple[str, Anchor]], known: Mapping[Spot, str] | None = None
) -> list[str]:
    """The fingerprints of all that was found in one go, as (rule, lines), in the same order.

    `known` says which fingerprint is where at present. Of things that are alike each keeps the one
    it had there, so that nothing takes over the name of another that was mended or dismissed; the
    rest take the first ones that are free, by path and line.
    """
    placed = known or {}
    used = {placed[spot] for one in found if (spot := _spot(*one)) in placed}
    groups: dict[str, list[int]] = {}
    for index, (rule, anchor) in enumerate(found):
        groups.setdefault(of(rule, anchor), []).append(index)
    names = [""] * len(found)
    for members in groups.values():
        ordered = sorted(members, key=lambda index: _place(found[index][1]))
        mine = [placed.get(_spot(*found[index]), "") for index in ordered]
        rule, like = found[members[0]]
        free = _Free(rule, like, used)
        limit = len(ordered) + sum(spot.rule == rule for spot in placed)
        for index, had in zip(ordered, mine, strict=True):
            names[index] = had if had and free.is_one(had, limit) else free.next()
    return names


class _Free:
    """The fingerprints of one group of things that are alike, as they are given away."""

    def __init__(self, rule: str, like: Anchor, used: set[str]) -> None:
        self.rule, self.like, self.used = rule, like, used
        self.made: list[str] = []
        self.at = 0
        self.given = set[str]()

    def is_one(self, name: str, limit: int) -> bool:
        """Take `name`, if it is one of the first `limit` of this group that nobody has taken."""
        while len(self.made) < limit and name not in self.made:
            self.made.append(of(self.rule, self.like, len(self.made)))
        if name not in self.made or name in self.given:
            return False
        self.given.add(name)
        return True

    def next(self) -> str:
        """The first one that is free."""
        while True:
            if self.at == len(self.made):
                self.made.append(of(self.rule, self.like, self.at))
            name = self.made[self.at]
            self.at += 1
            if name not in self.used and name not in self.given:
                self.given.add(name)
                return name


def _spot(rule: str, anchor: Anchor) -> Spot:
    return Spot(rule, anchor.path, anchor.side, anchor.line)


def _place(anchor: Anchor) -> tuple[str, str, int, int]:
    return anchor.path, anchor.side, anchor.line, anchor.end


def _squeezed(text: str) -> str:
    return " ".join(text.split())
