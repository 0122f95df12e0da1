"""Where texts stand: the entity, the entry and the time of the last change of each."""

import json
import sqlite3
from collections.abc import Collection, Iterable
from typing import NamedTuple

from git_naturecode.store.described import NAMED, TITLE, WHOLE


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
        self._changed: dict[int, str] = {}

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
            rows_of = self._db.execute(query, (json.dumps(new), *self._among.values))
            for row, entity, entry, changed in rows_of:
                self._known[row] = Place(entity, entry, changed)
                self._changed[entity] = changed
        return {row: place for row in rows if (place := self._known[row]) is not None}

    def texts(self, entities: Iterable[int]) -> list[tuple[int, int, str]]:
        """Row, entity and entry of the texts below the titles and names of `entities`.

        Those are entities of which a text was looked up before.
        """
        query = (
            "select number, entity, entry from said"
            " where entity in (select value from json_each(?)) and entry not in (?, ?)"
        )
        values = (json.dumps(list(entities)), TITLE, NAMED)
        found = self._db.execute(query, values).fetchall()
        for row, entity, entry in found:
            if entry == WHOLE:
                self._known[row] = Place(entity, entry, self._changed[entity])
        return found


def said(db: sqlite3.Connection, entities: Iterable[int]) -> set[int]:
    """The rows of all texts of `entities`."""
    query = "select number from said where entity in (select value from json_each(?))"
    return {row for (row,) in db.execute(query, (json.dumps(list(entities)),))}
