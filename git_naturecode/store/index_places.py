"""Where texts stand: the entity, the entry and the time of the last change of each."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from git_naturecode.store import index_pieces
from git_naturecode.store.described import WHOLE
from git_naturecode.store.index_pieces import Pieces

_ENTITY, _TEXT = "entity", "text"  # by row of a text; by entity


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
        self._entities = Pieces(db, _ENTITY)
        self._texts = Pieces(db, _TEXT)
        self._changed: dict[int, str | None] = {}  # None: it does not count

    def of(self, rows: Sequence[int], entry: str | None = None) -> dict[int, Place]:
        """Row -> place of those of `rows` that count, all of them texts labelled `entry`.

        Without it, a text that is not the one that its entity is about has "" for its entry.
        """
        entities = self._entities.of(rows)
        self._learn(entities)
        texts = self._texts.of(entities) if entry is None else rows
        return {
            row: Place(entity, entry or (WHOLE if row == text else ""), changed)
            for row, entity, text in zip(rows, entities, texts, strict=True)
            if (changed := self._changed[entity]) is not None
        }

    def _learn(self, entities: Iterable[int]) -> None:
        new = set(entities).difference(self._changed)
        if new:
            # A cross join keeps this order: the few entities first, not all of a kind.
            query = (
                "select number, changed from json_each(?) j cross join entity on number = j.value"
                f" where {self._among.condition}"
            )
            self._changed.update(dict.fromkeys(new))
            values = (json.dumps(list(new)), *self._among.values)
            self._changed.update(self._db.execute(query, values))

    def texts(self, entities: Sequence[int]) -> dict[int, int]:
        """Entity -> row of the one text that it is about, of those that are about one."""
        found = zip(entities, self._texts.of(entities), strict=True)
        return {entity: row for entity, row in found if row}


def said(db: sqlite3.Connection, entities: Iterable[int]) -> set[int]:
    """The rows of all texts of `entities`."""
    query = "select number from said where entity in (select value from json_each(?))"
    return {row for (row,) in db.execute(query, (json.dumps(list(entities)),))}


def entries(db: sqlite3.Connection, rows: Sequence[int]) -> dict[int, str]:
    """Row -> entry of the text."""
    query = "select number, entry from said where number in (select value from json_each(?))"
    return dict(db.execute(query, (json.dumps(rows),)))


def note(db: sqlite3.Connection, texts: Sequence[tuple[int, int, str]]) -> None:
    """Keep where `texts` stand: row, entity and entry of each."""
    index_pieces.write(db, _ENTITY, {row: entity for row, entity, _ in texts})
    index_pieces.write(db, _TEXT, {entity: row for row, entity, entry in texts if entry == WHOLE})


def forget(db: sqlite3.Connection, texts: Sequence[tuple[int, int, str]]) -> None:
    """Keep nothing of `texts`, which are taken out."""
    index_pieces.write(db, _ENTITY, {row: 0 for row, *_ in texts})
    index_pieces.write(db, _TEXT, {entity: 0 for _, entity, entry in texts if entry == WHOLE})
