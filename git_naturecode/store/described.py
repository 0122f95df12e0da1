"""What the index keeps of an entity, and what it asks the domain for it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from git_naturecode.store.entry import Json
from git_naturecode.store.store import Placed

TITLE = "title"
"""Labels the text that names the entity; a match in it counts for all that was said in it."""
NAMED = "named"
"""Labels the words that it is filed under, such as tags and names of its file; they count alike."""
WHOLE = "text"
"""Labels the one text that an entity is about; the title counts as its first line."""


class Described(NamedTuple):
    """What the index keeps of an entity: a row for lists, the time of its last change, texts.

    `texts` are pairs of label (the id of an entry, or a word such as "title") and text. `facets`
    are pairs of name and value that lists can be narrowed by, such as ("tag", "ci").
    """

    row: dict[str, Json]
    changed: str
    texts: Sequence[tuple[str, str]]
    facets: Sequence[tuple[str, str]] = ()


class Part(NamedTuple):
    """One segment, read quickly: see store/scan.py. No two parts hold the same entry."""

    entity: str
    device: str
    side: str
    headers: Sequence[dict[str, Json]]
    blocks: Sequence[str]


class Hit(NamedTuple):
    """One match: the entity's row, the entry that matched, and the words around the match.

    `more` counts other places of the entity that match, where hits are grouped by entity; a
    `related` one has none of the words, but is like the best of the others, and one `by_meaning`
    was found by nothing else. `same` are words of the passage that mean the same, where none that
    was typed stands anywhere in the entity.
    """

    row: dict[str, Json]
    entry: str
    snippet: str
    score: float
    kind: str = ""
    more: int = 0
    related: bool = False
    by_meaning: bool = False
    same: tuple[str, ...] = ()


class Page(NamedTuple):
    """A part of a list: its rows, and how many there are in all."""

    rows: list[dict[str, Json]]
    total: int


Describe = Callable[[str, list[Placed]], Described | None]
"""The last part of an id and all entries -> what to keep; None: nothing (yet)."""

Outline = Callable[[str, Sequence[Part], bool], Described | None]
"""The same from headers alone, and texts if True; None where that is not enough to tell."""
