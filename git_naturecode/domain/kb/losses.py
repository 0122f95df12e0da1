"""Lines that a merge has lost: several heads have them, and none of the others took them out.

A line that two have moved elsewhere, each in his own way, over common ancestors that are marked
themselves, may be gone from every place: each of them took the other's place of it away.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

from git_naturecode.domain.kb import marks
from git_naturecode.domain.kb.dag import Graph

_SAYS = re.compile(r"\w")
_MOST_SEARCHED = 20_000_000  # characters in which it is looked for who took a line out


class Written(Protocol):
    """A revision, as far as this needs it."""

    @property
    def text(self) -> str | None: ...


def lost(
    graph: Graph, nodes: Mapping[str, Written], heads: Sequence[str], text: str
) -> frozenset[str]:
    """The lines that two of `heads` have, `text` does not, and no other head has ever seen.

    Whoever has seen a line and does not have it took it out, or wrote it anew. Of a line that only
    one has the words may stand within another line; it is not looked for. Where the past is too
    large to be looked through, what is left is taken for taken out.
    """
    said = {head: set(_lines(nodes[head].text)) for head in heads}
    many = Counter(line for lines in said.values() for line in lines)
    missing = {line for line, number in many.items() if number > 1}.difference(_lines(text))
    missing = {line for line in missing if _SAYS.search(line) and not marks.is_mark(line)}
    left = _MOST_SEARCHED
    for head in heads:
        wanted = missing - said[head]
        if not wanted:
            continue
        for name in sorted(graph.ancestors([head]) - {head}, key=lambda one: -graph.rank[one]):
            if not wanted or left < 0:
                break
            past = nodes[name].text or ""
            left -= len(past)
            seen = wanted.intersection(_lines(past))
            wanted -= seen
            missing -= seen
    return frozenset(missing) if left >= 0 else frozenset()


def _lines(text: str | None) -> list[str]:
    return (text or "").replace("\r\n", "\n").split("\n")
