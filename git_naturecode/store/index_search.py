"""Searching the index: any of the words, ranked by BM25, all of the words first.

Titles and texts are ranked apart and their scores added: one table of two columns would divide
both by the length of the whole row (docs/design/index.md has the comparison).
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from git_naturecode.store.described import TITLE, Hit
from git_naturecode.store.words import CLOSE, OPEN, excerpt, terms

_AT_LEAST = 200  # matches of each field that are looked at


class _Found(NamedTuple):
    number: int
    entity: int
    entry: str
    changed: str
    score: float


Among = tuple[str, tuple[str, ...]]
"""A condition on the table of entities, and its values."""


def search(db: sqlite3.Connection, query: str, limit: int, among: Among) -> list[Hit]:
    """The best `limit` entries for `query` in the entities `among` which to look."""
    words = terms(query)
    if not words:
        return []
    wanted = max(_AT_LEAST, 4 * limit)
    while True:
        found, cut = _ranked(db, among, words, wanted)
        if len(found) >= limit or not cut:
            return [_hit(db, one, words) for one in found[:limit]]
        wanted *= 8  # many of those were in other entities


def _ranked(
    db: sqlite3.Connection, among: Among, words: Sequence[str], wanted: int
) -> tuple[list[_Found], bool]:
    """What matches, the best first, and whether there is more than was looked at."""
    titles = _scores(db, "title", words, wanted)
    bodies = _scores(db, "body", words, wanted)
    where = _places(db, among, (*titles, *bodies))
    named = {where[number][0]: score for number, score in titles.items() if number in where}
    found = [
        _Found(number, *where[number], score + named.get(where[number][0], 0.0))
        for number, score in bodies.items()
        if number in where
    ]
    said = {one.entity for one in found}
    found += [
        _Found(number, *where[number], score)
        for number, score in titles.items()
        if number in where and where[number][0] not in said
    ]
    found.sort(key=lambda one: (one.score, one.changed, -one.number), reverse=True)
    return found, max(len(titles), len(bodies)) >= wanted


def _scores(
    db: sqlite3.Connection, table: str, words: Sequence[str], wanted: int
) -> dict[int, float]:
    """Row -> score of the best `wanted`; what has all words stands above what has some."""
    query = f"select rowid, -rank from {table} where {table} match ? order by rank limit ?"
    every = {}
    if len(words) > 1:
        every = dict(db.execute(query, (" AND ".join(words), wanted)))
        if len(every) >= wanted:  # what has only some would stand below all of these
            above = max(every.values())
            return {number: score + above for number, score in every.items()}
    scores = dict(db.execute(query, (" OR ".join(words), wanted)))
    above = max(scores.values(), default=0.0)
    return scores | {number: score + above for number, score in every.items()}


def _places(
    db: sqlite3.Connection, among: Among, numbers: Sequence[int]
) -> dict[int, tuple[int, str, str]]:
    """Row -> entity, entry and time of the last change, of those in `among`."""
    condition, values = among
    # Cross joins keep this order: the few matches first, not all entities.
    query = (
        "select s.text, s.entity, s.entry, changed from json_each(?) j"
        " cross join (select number as text, entity, entry from said) s on s.text = j.value"
        f" cross join entity on number = s.entity where {condition}"
    )
    rows = db.execute(query, (json.dumps(numbers), *values))
    return {number: (entity, entry, changed) for number, entity, entry, changed in rows}


def _hit(db: sqlite3.Connection, found: _Found, words: Sequence[str]) -> Hit:
    table = "title" if found.entry == TITLE else "body"
    query = f"select highlight({table}, 0, ?, ?) from {table} where rowid = ? and {table} match ?"
    values = (OPEN, CLOSE, found.number, " OR ".join(words))
    marked = db.execute(query, values).fetchone()[0]
    row = db.execute("select row from entity where number = ?", (found.entity,)).fetchone()[0]
    return Hit(json.loads(row), found.entry, excerpt(marked), found.score)
