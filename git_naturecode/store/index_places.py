"""Where texts stand: the entity, the entry and the time of the last change of each."""

import json
import sqlite3
from collections.abc import Collection, Iterable
from typing import NamedTuple

from git_naturecode.store.described import NAMED, TITLE


class Among(NamedTuple):
    """A condition on the table of entities, and its values."""

    condition: str = "1"
    values: tuple[str, ...] = ()


class Place(NamedTuple):
    """Where a text stands."""

    entity: int
    entry: str
    changed: str


class Places:
    """The places of the texts of entities `among` which to look, each looked up once."""

    def __init__(self, db: sqlite3.Connection, among: Among) -> None:
        self._db = db
        self._among = among
        self._known: dict[int, Place | None] = {}

    def of(self, rows: Collection[int]) -> dict[int, Place]:
        """Row -> place of those of `rows` that count."""
        new = [row for row in rows if row not in self._known]
        if new:
            # Cross joins keep this order: the few matches first, not all entities.
            query = (
                "select s.text, s.entity, s.entry, changed from json_each(?) j"
                " cross join (select number as text, entity, entry from said) s on s.text = j.value"
                f" cross join entity on number = s.entity where {self._among.condition}"
            )
            self._known.update(dict.fromkeys(new))
            for row, *place in self._db.execute(query, (json.dumps(new), *self._among.values)):
                self._known[row] = Place(*place)
        return {row: place for row in rows if (place := self._known[row]) is not None}


def said(
    db: sqlite3.Connection, entities: Iterable[int], *, above: bool = False
) -> list[tuple[int, str]]:
    """Row and entry of all texts of `entities`; of titles and names, too, if `above`."""
    query = "select number, entry from said where entity in (select value from json_each(?))"
    values = [json.dumps(list(entities))]
    if not above:
        query += " and entry not in (?, ?)"
        values += [TITLE, NAMED]
    return db.execute(query, values).fetchall()
