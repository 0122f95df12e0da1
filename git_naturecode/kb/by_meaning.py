"""Finding by meaning as well as by words: two rankings made one."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from git_naturecode.store.described import Hit
from git_naturecode.store.index import Index

if TYPE_CHECKING:
    from git_naturecode.store.meaning import Embedder, Meant

DEPTH = 100
"""How many of each ranking are looked at."""
_SMOOTHING = 60  # the k of reciprocal rank fusion
_WEIGHT = 0.15  # of the ranking by meaning beside that by words (docs/design/search.md)
_LEAST = 0.36  # how near something has to be that has none of the words; chance gives up to 0.35


def fused(
    index: Index, embedder: "Embedder", kinds: Sequence[str], text: str, found: Sequence[Hit],
    where: Mapping[str, Sequence[str]], since: str = "", until: str = "",
) -> list[Hit]:  # fmt: skip
    """The hits of words `found`, and what is near in meaning to `text`, the best first.

    `where`, `since` and `until` are as the words were narrowed by.
    """
    return joined(found, index.near(kinds, text, DEPTH, where, since, until, embedder, found))


def joined(found: Sequence[Hit], meant: "Meant") -> list[Hit]:
    """Two rankings as one, by the sum of what each place is worth (reciprocal rank fusion).

    Of what cannot be compared, such as a text in a script that the model has not seen, the place
    by words counts for both.
    """
    hits = {_key(hit): hit for hit in found}
    worth: dict[tuple[str, str], float] = {}
    for place, key in enumerate(hits):
        worth[key] = (1 + _WEIGHT * (place in meant.unknown)) / (_SMOOTHING + place + 1)
    for place, hit in enumerate(meant.hits, 1):
        key = _key(hit)
        if key in hits or hit.score >= _LEAST:
            hits.setdefault(key, hit)
            worth[key] = worth.get(key, 0.0) + _WEIGHT / (_SMOOTHING + place)
    ranked = sorted(hits, key=lambda key: -worth[key])
    return [hits[key]._replace(score=worth[key]) for key in ranked]


def _key(hit: Hit) -> tuple[str, str]:
    return hit.kind, str(hit.row["id"])
