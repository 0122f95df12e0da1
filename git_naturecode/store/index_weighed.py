"""Entities that speak of many words at once, each with a weight: rare ones count for more.

A question of a hundred words as one search would rank by chance; here each word is looked up by
itself, those that stand nearly everywhere are left out, and what is found says by which it was.
"""

import json
import math
import re
import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from git_naturecode.store import index_file
from git_naturecode.store.entry import Json
from git_naturecode.store.words import term

MOST = 40  # words that are looked for
_MOST_KNOWN = 160  # words whose rarity is looked up
_OF_WORD = 300  # matches of one word that count
_COMMON = 0.35  # of all texts: who stands in more says nothing
_FEW = 20  # texts, up to which nothing can be called common
_FIELDS = (1.6, 1.3, 1.0)  # title, names (tags, slug), text
_WORD = re.compile(r"\w+")
_PART = 0.45  # of what a whole identifier counts


class Weighed(NamedTuple):
    """An entity with what speaks for it: `score`, and for each word that it has how much.

    `titled` are the words that stand in its title or names.
    """

    number: int
    score: float
    words: Mapping[str, float]
    titled: frozenset[str]


def rows(
    db: sqlite3.Connection, kind: str, words: Mapping[str, float], limit: int
) -> list[tuple[dict[str, Json], Weighed]]:
    """The best `limit` of `weighed`, each with its row."""
    found = []
    for one in weighed(db, kind, words)[:limit]:
        row = db.execute("select row from entity where number = ?", (one.number,)).fetchone()
        if row:
            found.append((dict(json.loads(row[0])), one))
    return found


def weighed(db: sqlite3.Connection, kind: str, words: Mapping[str, float]) -> list[Weighed]:
    """The entities of `kind` that have any of `words` (word -> weight), the best first.

    A word counts once for an entity, where it counts most: its weight, times how rare it is among
    the texts (0 to 1), times what the field counts.
    """
    if kind not in index_file.kinds(db) or not words:
        return []
    tables = index_file.texts_of(kind)
    total = db.execute(f'select count(*) from "{tables[0]}_docsize"').fetchone()[0]
    found: dict[int, dict[str, float]] = {}
    titled: dict[int, set[str]] = {}
    for word, forms in _known(db, tables[-1], words, total):
        for form, value in forms:
            for table, boost in zip(tables, _FIELDS, strict=True):
                for entity in _having(db, table, form):
                    mine = found.setdefault(entity, {})
                    mine[word] = max(mine.get(word, 0.0), value * boost)
                    if table != tables[-1]:
                        titled.setdefault(entity, set()).add(word)
    made = [
        Weighed(entity, sum(said.values()), said, frozenset(titled.get(entity, ())))
        for entity, said in found.items()
    ]
    return sorted(made, key=lambda one: (-one.score, one.number))


def _having(db: sqlite3.Connection, table: str, form: str) -> list[int]:
    """The entities whose text in `table` matches."""
    query = (
        "select distinct entity from said where number in"
        f' (select rowid from "{table}" where "{table}" match ? order by rank limit ?)'
    )
    return [entity for (entity,) in db.execute(query, (form, _OF_WORD))]


def _known(
    db: sqlite3.Connection, body: str, words: Mapping[str, float], total: int
) -> list[tuple[str, list[tuple[str, float]]]]:
    """The words that say something, those that say most first: their forms in FTS5, each with
    what a match of it counts."""
    found = []
    most = math.log(1 + (total + 1) / 1.5)
    ranked = sorted(words.items(), key=lambda one: (-one[1], one[0]))[:_MOST_KNOWN]
    for word, weight in ranked:
        if not _WORD.fullmatch(word):
            continue
        whole, *parts = term(word) or [""]
        forms = []
        for form, share in ((whole, 1.0), *((part, _PART) for part in parts[:4])):
            number = _count(db, body, form) if form else 0
            if number and (total <= _FEW or number <= _COMMON * total):
                rarity = math.log(1 + (total + 1) / (number + 0.5)) / most
                forms.append((form, weight * share * min(1.0, rarity)))
        if forms:
            found.append((max(value for _, value in forms), word, forms))
    found.sort(key=lambda one: (-one[0], one[1]))
    return [(word, forms) for _, word, forms in found[:MOST]]


def _count(db: sqlite3.Connection, table: str, form: str) -> int:
    query = f'select count(*) from "{table}" where "{table}" match ?'
    return int(db.execute(query, (form,)).fetchone()[0])
