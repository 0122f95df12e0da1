"""What is told of each match of a search: the passage that shows why, and how many more there are.

A phrase is shown where it stands as a phrase, else the words that were typed, else what means the
same.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from git_naturecode.store import index_file
from git_naturecode.store.described import NAMED, TITLE, WHOLE, Hit
from git_naturecode.store.index_places import entries
from git_naturecode.store.index_scores import Counts
from git_naturecode.store.words import CLOSE, OPEN, below_title, excerpt, matches, places, shown

_MOST_SAME = 3  # words that are named


class Sought(NamedTuple):
    """What was looked for, in the words of FTS5: phrases that have to be there, words that were
    typed, what means the same as these; `like` is what only related matches have."""

    phrases: Sequence[str]
    terms: Sequence[str]
    alike: Sequence[str]
    like: Sequence[str]


class Match(Protocol):
    """A match that was ranked: its entity, the row and the label of its best text ("" for one
    below its title that nobody has looked up yet)."""

    @property
    def kind(self) -> str: ...
    @property
    def row(self) -> int: ...
    @property
    def entity(self) -> int: ...
    @property
    def entry(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def related(self) -> bool: ...


class _Place(NamedTuple):
    """A text of an entity: its table, its row there, its label."""

    table: str
    row: int
    entry: str


_Shown = tuple[str, tuple[str, ...]]  # a table, and the terms by which its texts are shown


def hits(
    counts: Counts, found: Sequence[Match], sought: Sought, *, grouped: bool
) -> list[Hit]:  # fmt: skip
    """What is told of each of `found`, with how many more places there are where `grouped`."""
    rows = _rows(counts.db, [one.entity for one in found])
    labels = entries(counts.db, [one.row for one in found if not one.entry])
    is_sought = grouped and bool(sought.phrases)  # else each text that matches is told by itself
    seen = _phrased(counts, found, sought.phrases) if is_sought else {}
    stand = [
        seen.get(one.entity) or _Place(_table(one), one.row, one.entry or labels[one.row])
        for one in found
    ]
    typed = _typed(counts, found, sought) if sought.alike else set()
    by_terms: dict[_Shown, list[_Place]] = {}
    entity_of: dict[_Place, int] = {}
    for one, place in zip(found, stand, strict=True):
        terms = _shown_by(one, sought, phrased=one.entity in seen)
        by_terms.setdefault((place.table, terms), []).append(place)
        entity_of[place] = one.entity
    marked: dict[_Place, str] = {}
    number: dict[int, int] = {}
    for (table, terms), some in by_terms.items():
        any_of = counts.any_of(table, terms)
        marked |= _marked(counts.db, table, some, any_of)
        several = [entity_of[one] for one in some if one.entry not in (WHOLE, TITLE, NAMED)]
        if grouped and several:
            number |= _matches(counts.db, table, several, any_of)
    made = []
    for one, place in zip(found, stand, strict=True):
        row, text = json.loads(rows[one.entity]), shown(marked[place])
        if place.entry == WHOLE:
            text = below_title(text, str(row.get("title", "")))
        more = places(text) if grouped and place.entry == WHOLE else number.get(one.entity, 1)
        more = 0 if one.related else max(0, more - 1)  # that is none of what was asked for
        is_same = bool(sought.alike) and not one.related and one.entity not in typed
        same = matches(text)[:_MOST_SAME] if is_same else ()
        made.append(Hit(
            row, place.entry, excerpt(text), one.score, one.kind, more,
            one.related, same=tuple(same),
        ))  # fmt: skip
    return made


def _shown_by(one: Match, sought: Sought, *, phrased: bool) -> tuple[str, ...]:
    """By which terms the passage of a match is chosen."""
    if one.related:
        return tuple(sought.like)
    return tuple(sought.phrases) if phrased else (*sought.terms, *sought.alike)


def _marked(
    db: sqlite3.Connection, table: str, places: Sequence[_Place], any_of: str
) -> dict[_Place, str]:
    """The texts at `places`, as they are indexed, with what matches in them marked."""
    by_row = {one.row: one for one in places}
    query = (
        f'select rowid, highlight("{table}", 0, ?, ?) from "{table}"'
        f' where rowid in (select value from json_each(?)) and "{table}" match ?'
    )
    found = db.execute(query, (OPEN, CLOSE, json.dumps(list(by_row)), any_of))
    return {by_row[row]: text for row, text in found}


def _phrased(
    counts: Counts, found: Sequence[Match], phrases: Sequence[str]
) -> dict[int, _Place]:  # fmt: skip
    """For each entity the first of its texts with one of `phrases`: its best one, if that has it,
    else the earliest below the title, else title or names."""
    best = {one.entity: one.row for one in found}
    made: dict[int, _Place] = {}
    for kind in dict.fromkeys(one.kind for one in found if not one.related):
        mine = [one.entity for one in found if one.kind == kind and not one.related]
        *above, body = index_file.texts_of(kind)
        for table in (body, *above):
            for entity, row, entry in _having(counts, table, phrases, mine):
                known = made.get(entity)
                if known is None or (known.table == table and row == best[entity]):
                    made[entity] = _Place(table, row, entry)
    return made


def _typed(counts: Counts, found: Sequence[Match], sought: Sought) -> set[int]:
    """Those of `found` that have, anywhere in them, a word that was typed."""
    terms = (*sought.phrases, *sought.terms)
    made: set[int] = set()
    for table in dict.fromkeys(_table(one) for one in found):
        entity_of = {one.row: one.entity for one in found if _table(one) == table}
        any_of = counts.any_of(table, terms)
        if not any_of:
            continue
        query = (
            f'select rowid from "{table}" where rowid in (select value from json_each(?))'
            f' and "{table}" match ?'
        )
        values = (json.dumps(list(entity_of)), any_of)
        made.update(entity_of[row] for (row,) in counts.db.execute(query, values))
    for kind in dict.fromkeys(one.kind for one in found if one.entity not in made):
        mine = [one.entity for one in found if one.kind == kind and one.entity not in made]
        for table in index_file.texts_of(kind):
            made.update(entity for entity, _, _ in _having(counts, table, terms, mine))
    return made


def _having(
    counts: Counts, table: str, terms: Sequence[str], entities: Iterable[int]
) -> list[tuple[int, int, str]]:
    """Entity, row and label of the texts of `entities` in `table` that match one of `terms`."""
    any_of = counts.any_of(table, terms)
    if not any_of:
        return []
    query = (
        f'select entity, number, entry from "{table}" cross join said on number = "{table}".rowid'
        f' where "{table}" match ? and +"{table}".rowid in (select number from said where entity in'
        " (select value from json_each(?))) order by number"
    )
    values = (any_of, json.dumps(list(entities)))
    return counts.db.execute(query, values).fetchall()


def _table(found: Match) -> str:
    title, named, body = index_file.texts_of(found.kind)
    return {TITLE: title, NAMED: named}.get(found.entry, body)


def _rows(db: sqlite3.Connection, entities: Sequence[int]) -> dict[int, str]:
    query = "select number, row from entity where number in (select value from json_each(?))"
    return dict(db.execute(query, (json.dumps(entities),)))


def _matches(
    db: sqlite3.Connection, table: str, entities: Sequence[int], any_of: str
) -> dict[int, int]:
    """How many texts of each of `entities` match."""
    query = (
        f'select entity, count(*) from "{table}" cross join said on number = "{table}".rowid'
        f' where "{table}" match ? and +"{table}".rowid in (select number from said where entity in'
        " (select value from json_each(?))) group by entity"
    )
    return dict(db.execute(query, (any_of, json.dumps(entities))))
