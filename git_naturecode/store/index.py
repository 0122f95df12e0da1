"""The index: a disposable SQLite file that answers lists and searches without reading the logs.

It is brought up to date by the difference between the tree that it holds and the present one;
deleting it loses nothing. What a row says about an entity is the domain's business: `Describe`.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.errors import Unsupported
from git_naturecode.git import tree
from git_naturecode.store import format, index_file, paths
from git_naturecode.store.entry import Json
from git_naturecode.store.log import Log
from git_naturecode.store.store import PRIVATE, TEAM, Placed, Store


class Described(NamedTuple):
    """What the index keeps of an entity: a row for lists, the time of its last change, texts."""

    row: dict[str, Json]
    changed: str
    texts: Sequence[tuple[str, str]]


Describe = Callable[[str, list[Placed]], Described | None]


class Hit(NamedTuple):
    """One match: the entity's row, the entry that matched, and the words around the match."""

    row: dict[str, Json]
    entry: str
    snippet: str
    score: float


@dataclass
class Index:
    """The index of one clone; `describe` by kind of entity."""

    store: Store
    describe: dict[str, Describe]

    def __post_init__(self) -> None:
        self._path = os.path.join(self.store.state_dir, "index.db")
        self._db = index_file.open_file(self._path)
        # Before any branch is looked at: what is drained meanwhile is then seen there.
        self._spooled = [s for log in self.store.sides for s in self.store.waiting(log)]

    def refresh(self) -> None:
        """Take in what changed on either side since the index was last used."""
        try:
            self._refresh()
        except sqlite3.OperationalError:  # the disk is full, or may not be written
            self._db = index_file.in_memory()
            self._refresh()
        except sqlite3.DatabaseError:
            self._db.close()
            self._db = index_file.anew(self._path)
            self._refresh()

    def _refresh(self) -> None:
        logs = [log for log in self.store.sides if log.head() != self._tip(log.name)]
        if not logs:
            return
        self._db.execute("begin immediate")
        with self._db:
            stale: set[tuple[str, str]] = set()
            for log in logs:
                stale |= self._note_changes(log)
            self._rebuild(stale)

    def seen(self) -> str | None:
        """What `see` kept; None in an index that was made anew."""
        return self._tip("seen")

    def see(self, tips: str) -> None:
        """Keep `tips`, which say what this index has taken in."""
        with suppress(sqlite3.OperationalError):
            self._db.execute("insert or replace into source values ('seen', ?, null)", (tips,))

    def rows(self, kind: str) -> list[dict[str, Json]]:
        """All rows of `kind`, the latest changed first; what only waits in the spool too."""
        query = "select row, tail, changed from entity where kind = ?"
        found = {tail: (changed, row) for row, tail, changed in self._db.execute(query, (kind,))}
        rows = {tail: (changed, json.loads(row)) for tail, (changed, row) in found.items()}
        for tail, described in self._waiting(kind):
            rows[tail] = (described.changed, described.row)
        ordered = sorted(rows.items(), key=lambda item: (item[1][0], item[0]), reverse=True)
        return [row for _, (_, row) in ordered]

    def row(self, kind: str, tail: str) -> dict[str, Json]:
        """The row of one entity as the index knows it; empty when it does not."""
        query = "select row from entity where kind = ? and tail = ?"
        found = self._db.execute(query, (kind, tail)).fetchone()
        return dict(json.loads(found[0])) if found else {}

    def match(self, kind: str, prefix: str) -> list[str]:
        """The ids of all entities of `kind` whose last part begins with `prefix`."""
        query = "select id from entity where kind = ? and tail >= ? and tail < ?"
        found = {row[0] for row in self._db.execute(query, (kind, prefix, prefix + "~"))}
        for segment in self._spooled:
            if ids.tail(segment.entity).startswith(prefix) and segment.entity.startswith(kind):
                found.add(segment.entity)
        return sorted(found)

    def search(self, kind: str, query: str, limit: int) -> list[Hit]:
        """The best `limit` entries of `kind` for `query`: all of its words, else any of them."""
        words = [word for word in _words(query) if word]
        if not words:
            return []
        return self._search(kind, " ".join(words), limit) or self._search(
            kind, " OR ".join(words), limit
        )

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _search(self, kind: str, expression: str, limit: int) -> list[Hit]:
        query = (
            "select e.row, w.entry, snippet(words, 0, char(2), char(3), '…', 14), w.rank"
            " from words w join entity e on e.kind = w.kind and e.tail = w.tail"
            " where words match ? and w.kind = ? order by w.rank limit ?"
        )
        found = self._db.execute(query, (expression, kind, limit))
        return [Hit(json.loads(row), entry, text, -rank) for row, entry, text, rank in found]

    def _tip(self, name: str) -> str | None:
        row = self._db.execute("select tip from source where name = ?", (name,)).fetchone()
        return row[0] if row else None

    def _note_changes(self, log: Log) -> set[tuple[str, str]]:
        tip, root = log.head(), log.tree()
        row = self._db.execute("select tree from source where name = ?", (log.name,)).fetchone()
        stale = set()
        for path, _, new in tree.differences(log.objects, row[0] if row else None, root):
            place = paths.parse_segment_path(path)
            if place is None:
                continue
            kind, tail = place[0].split("-", 1)[0], ids.tail(place[0])
            stale.add((kind, tail))
            self._db.execute("delete from part where side = ? and path = ?", (log.name, path))
            if new:
                self._db.execute(
                    "insert into part values (?, ?, ?, ?, ?)", (path, log.name, tail, kind, new)
                )
        self._db.execute("insert or replace into source values (?, ?, ?)", (log.name, tip, root))
        return stale

    def _rebuild(self, stale: set[tuple[str, str]]) -> None:
        for kind, tail in stale:
            self._db.execute(
                "delete from words where rowid in"
                " (select words from said where kind = ? and tail = ?)", (kind, tail),
            )  # fmt: skip
            self._db.execute("delete from said where kind = ? and tail = ?", (kind, tail))
            self._db.execute("delete from entity where kind = ? and tail = ?", (kind, tail))
        for kind, tail, placed in self._load(stale):
            described = self.describe[kind](tail, placed) if kind in self.describe else None
            if described is not None:
                self._insert(kind, tail, described)

    def _insert(self, kind: str, tail: str, described: Described) -> None:
        row = json.dumps(described.row, ensure_ascii=False)
        self._db.execute(
            "insert into entity values (?, ?, ?, ?, ?)",
            (tail, kind, described.row["id"], described.changed, row),
        )
        for entry, text in described.texts:
            number = self._db.execute(
                "insert into words values (?, ?, ?, ?)", (_storable(text), kind, tail, entry)
            ).lastrowid
            self._db.execute("insert into said values (?, ?, ?)", (tail, kind, number))

    def _load(self, stale: set[tuple[str, str]]) -> Iterator[tuple[str, str, list[Placed]]]:
        """The entries of each stale entity, its blobs read in one go."""
        wanted = []
        for kind, tail in sorted(stale):
            query = "select side, path, blob from part where kind = ? and tail = ? order by path"
            wanted += [(kind, tail, *part) for part in self._db.execute(query, (kind, tail))]
        oids = {side: [part[4] for part in wanted if part[2] == side] for side in (TEAM, PRIVATE)}
        blobs = {
            side: self.store.side(side).objects.read_many(found)
            for side, found in oids.items()
            if found
        }
        for (kind, tail), parts in groupby(wanted, key=lambda w: (w[0], w[1])):
            placed = []
            for part in parts:
                data = next(blobs[part[2]])[1]
                try:
                    segment = format.parse(data)
                except Unsupported:  # of a later program: it must not hide the others
                    continue
                placed += [
                    Placed(entry, segment.entity, segment.device, part[2])
                    for entry in segment.entries
                ]
            yield kind, tail, placed

    def _waiting(self, kind: str) -> Iterator[tuple[str, Described]]:
        tails = {
            ids.tail(segment.entity)
            for segment in self._spooled
            if segment.entity.startswith(kind + "-")
        }
        for tail in tails:
            described = self.describe[kind](tail, self.store.read(tail, kind))
            if described is not None:
                yield tail, described


def _words(query: str) -> list[str]:
    """The words of `query`, quoted for FTS5."""
    return ['"' + word.replace('"', '""') + '"' for word in query.split()]


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
