"""The index: a disposable SQLite file that answers lists and searches without reading the logs.

It is brought up to date by the difference between the tree that it holds and the present one:
rows at once (store/index_rows.py), texts when somebody has time (store/index_text.py). Deleting
it loses nothing. What a row says about an entity is the domain's business.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from git_naturecode import ids
from git_naturecode.store import index_file
from git_naturecode.store.described import Describe, Outline, Page
from git_naturecode.store.described import Described as Described
from git_naturecode.store.described import Hit as Hit
from git_naturecode.store.entry import Json
from git_naturecode.store.store import Store

if TYPE_CHECKING:
    from git_naturecode.store.index_weighed import Weighed
    from git_naturecode.store.meaning import Embedder, Meant
    from git_naturecode.store.spelling import Slip

Result = TypeVar("Result")
Where = Mapping[str, Sequence[str]]
"""For each facet ("owner|author": one or the other) the values of which one will do."""
_MOST = 1_000_000_000  # rows or matches; SQLite has no larger numbers than 2**63 - 1
FILL_SEGMENTS = 150  # files whose texts are brought in by one transaction


class Index:
    """The index of one clone; `describe` and `outline` by kind of entity."""

    def __init__(
        self, store: Store, describe: Mapping[str, Describe], outline: Mapping[str, Outline]
    ) -> None:
        self.store = store
        self.describe = describe
        self.outline = outline
        self.path = os.path.join(self.store.state_dir, "index.db")
        self.db = index_file.open_file(self.path)
        self._inode = index_file.inode(self.path)
        self.enforced = False  # whether what does not count has to be told from what does
        # Before any branch is looked at: what is drained meanwhile is then seen there.
        self.spooled = [s for log in self.store.sides for s in self.store.waiting(log)]

    def weigh(self) -> None:
        """Find out whether a team decides what counts; before anything is described."""
        judge = self.store.judge
        self.enforced = judge is not None and judge.enforces

    def refresh(self) -> None:
        """Take in what changed on either side since the index was last used."""
        self._sound(self._refresh)

    def _refresh(self) -> None:
        judge = self.store.judge
        judged = judge is None or judge.version == (self.tip("trust") or "")
        if judged and all(log.head() == self.tip(log.name) for log in self.store.sides):
            return
        from git_naturecode.store import index_rows

        index_rows.refresh(self)

    def seen(self) -> str | None:
        """What `see` kept; None in an index that was made anew."""
        return self._sound(lambda: self.tip("seen"))

    def see(self, tips: str) -> None:
        """Keep `tips`, which say what this index has taken in."""
        with suppress(sqlite3.DatabaseError):
            self.db.execute("insert or replace into source values ('seen', ?, null)", (tips,))

    def tip(self, name: str) -> str | None:
        """The commit of branch `name` that was taken in last."""
        row = self.db.execute("select tip from source where name = ?", (name,)).fetchone()
        return row[0] if row else None

    def rows(self, kind: str) -> list[dict[str, Json]]:
        """All rows of `kind`, the latest changed first; what only waits in the spool too."""
        return self.page(kind).rows

    def page(
        self,
        kind: str,
        where: Where | None = None,
        since: str = "",
        limit: int | None = None,
    ) -> Page:
        """The latest changed `limit` rows of `kind`, and how many there are in all.

        `where` narrows to entities that have, for each facet named, one of its values; `since` is
        the least time of the last change. What only waits in the spool counts too.
        """
        clause, values = narrowed(kind, where or {}, since)

        def read() -> Page:
            total = self.db.execute(f"select count(*) from entity where {clause}", values)
            query = (
                f"select row from entity where {clause} order by changed desc, tail desc limit ?"
            )
            rows = self.db.execute(query, (*values, -1 if limit is None else min(limit, _MOST)))
            return Page([json.loads(row) for (row,) in rows], total.fetchone()[0])

        return self._with_waiting((kind,), read)

    def count(self, kind: str, where: Where | None = None) -> int:
        """How many entities of `kind` there are, as `page` narrows them."""
        return self.page(kind, where, limit=0).total

    def values(self, kind: str, facet: str) -> list[str]:
        """Every value that `facet` has for any entity of `kind`."""
        query = (
            "select distinct value from facet join entity on number = entity "
            "where name = ? and kind = ?"
        )
        return self._with_waiting(
            (kind,), lambda: [row[0] for row in self.db.execute(query, (facet, kind))]
        )

    def shared(self, kind: str, facet: str) -> list[str]:
        """The values that `facet` has for more than one entity of `kind`."""
        query = (
            "select value from facet join entity on number = entity "
            "where name = ? and kind = ? group by value having count(*) > 1"
        )
        return self._with_waiting(
            (kind,), lambda: [row[0] for row in self.db.execute(query, (facet, kind))]
        )

    def segments(self, side: str) -> int:
        """How many segments stand on `side`."""
        query = "select count(*) from part where side = ?"
        return int(self._sound(lambda: self.db.execute(query, (side,)).fetchone()[0]))

    def row(self, kind: str, tail: str) -> dict[str, Json]:
        """The row of one entity as the index knows it; empty when it does not."""
        query = "select row from entity where kind = ? and tail = ?"
        found = self._sound(lambda: self.db.execute(query, (kind, tail)).fetchone())
        return dict(json.loads(found[0])) if found else {}

    def blobs(self, kind: str, tail: str) -> frozenset[str]:
        """The segments of one entity that the index knows."""
        query = "select blob from part where kind = ? and tail = ?"
        found = self._sound(lambda: self.db.execute(query, (kind, tail)).fetchall())
        return frozenset(blob for (blob,) in found)

    def match(self, kind: str, prefix: str) -> list[str]:
        """The ids of all entities of `kind` whose last part begins with `prefix`."""
        if not prefix.isascii():  # no id has such letters, and some cannot be asked for
            return []
        query = "select id from entity where kind = ? and tail >= ? and tail < ?"
        values = (kind, prefix, prefix + "~")
        found = self._sound(lambda: {row[0] for row in self.db.execute(query, values)})
        for segment in self.spooled:
            if ids.tail(segment.entity).startswith(prefix) and segment.entity.startswith(kind):
                found.add(segment.entity)
        return sorted(found)

    def ids(self, kind: str) -> list[str]:
        """The ids of all entities of `kind`, the latest changed first."""
        query = "select id from entity where kind = ? order by changed desc, tail desc"
        return self._with_waiting((kind,), lambda: [r[0] for r in self.db.execute(query, (kind,))])

    def search(
        self, kinds: str | Sequence[str], query: str, limit: int, where: Where | None = None,
        since: str = "", *, until: str = "", by_date: bool = False, grouped: bool = False,
        wide: bool = False, comparable: bool = False,
    ) -> list[Hit]:  # fmt: skip
        """The best `limit` matches of `kinds` for `query`, of what has its texts in already.

        `where` and `since` narrow as in `page`, `until` (a time that is not reached) likewise;
        `grouped`, `by_date`, `wide` and `comparable` are as in `index_search.search`.
        """
        from git_naturecode.store import index_search

        names = (kinds,) if isinstance(kinds, str) else tuple(kinds)
        among = index_search.Among(*narrowed("", where or {}, since, until))
        return self._with_waiting(
            names,
            lambda: index_search.search(
                self.db,
                names,
                query,
                min(limit, _MOST),
                among,
                by_date=by_date,
                grouped=grouped,
                wide=wide,
                comparable=comparable,
            ),
            texts=True,
        )

    def weighed(
        self, kind: str, words: Mapping[str, float], limit: int
    ) -> "list[tuple[dict[str, Json], Weighed]]":
        """The rows of the `limit` entities of `kind` that speak most of `words` (word -> weight),
        and by which words; see `index_weighed`."""
        from git_naturecode.store import index_weighed

        return self._with_waiting(
            (kind,), lambda: index_weighed.rows(self.db, kind, words, limit), texts=True
        )

    def learn(self, kinds: Sequence[str], embedder: "Embedder") -> int:
        """Make some of the vectors that texts of `kinds` lack; of how many, 0 when all have one."""
        from git_naturecode.store import meaning

        return self._sound(lambda: meaning.make(self.db, kinds, embedder))

    def to_learn(self, kinds: Sequence[str]) -> int:
        """How many texts of `kinds` lack a vector, once `learn` was called."""
        from git_naturecode.store import meaning

        return self._sound(lambda: meaning.missing(self.db, kinds))

    def near(
        self, kinds: Sequence[str], query: str, limit: int, where: Where | None, since: str,
        until: str, embedder: "Embedder", asked_about: Sequence[Hit] = (),
    ) -> "Meant":  # fmt: skip
        """What is nearest in meaning to `query`, narrowed as in `search`; see `meaning.search`.

        Of what `learn` made vectors of, and of what waits in the spool, unless that is much.
        """
        from git_naturecode.store import index_search, meaning

        among = index_search.Among(*narrowed("", where or {}, since, until))
        keys = [(hit.kind, ids.tail(str(hit.row["id"]))) for hit in asked_about]

        waiting = sorted(self._waiting(kinds))

        def read() -> "Meant":
            if waiting:  # it is in the index for so long
                meaning.make_within(self.db, waiting, embedder)
            return meaning.search(self.db, kinds, query, limit, among, embedder, keys)

        return self._with_waiting(kinds, read, texts=True)

    def text(self, kind: str, row: Mapping[str, Json]) -> str:
        """The one text that the entity of `row` is about, "" where it has none, or not yet."""
        from git_naturecode.store import index_text

        tail = ids.tail(str(row["id"]))
        return self._with_waiting(
            (kind,), lambda: index_text.whole(self.db, kind, tail), texts=True
        )

    def slips(self, kinds: Sequence[str], query: str) -> "list[Slip]":
        """The words of `query` that little matches in the texts of `kinds`, and what is near."""
        from git_naturecode.store import spelling
        from git_naturecode.store.asked import asked

        return self._sound(lambda: spelling.slips(self.db, kinds, asked(query).typed))

    def filled(self, kinds: Sequence[str] = ()) -> tuple[int, int]:
        """How many entities have their texts in the index, and how many there are.

        Only `kinds` count if any are named.
        """
        of_kinds = f"kind in ({', '.join('?' * len(kinds))})" if kinds else "1"
        query = (
            f"select (select count(*) from entity where not filled and {of_kinds}),"
            f" (select count(*) from entity where {of_kinds})"
        )
        values = (*kinds, *kinds)
        behind, total = self._sound(lambda: self.db.execute(query, values).fetchone())
        return total - behind, total

    def fill(self, segments: int = FILL_SEGMENTS, kinds: Sequence[str] = ()) -> bool:
        """Bring in the texts of about so many files, by one transaction; True while some miss.

        Only `kinds` count if any are named.
        """
        from git_naturecode.store import index_text

        return self._sound(lambda: index_text.fill(self, segments, kinds))

    @property
    def is_kept(self) -> bool:
        """False for an index in memory, which nobody else can fill."""
        return bool(self.db.execute("pragma database_list").fetchone()[2])

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def _sound(self, action: Callable[[], Result]) -> Result:
        """What `action` gives; on a copy in memory, or a new index, where the file is no good."""
        try:
            return action()
        except (sqlite3.DatabaseError, ValueError) as error:
            self.db.close()
            if isinstance(error, sqlite3.DatabaseError) and index_file.is_elsewhere(error):
                self.db = index_file.copied(self.path)
            else:
                self.db = index_file.anew(self.path, self._inode)
                self._inode = index_file.inode(self.path)
            self._refresh()
            return action()

    def _with_waiting(
        self, kinds: Sequence[str], read: Callable[[], Result], *, texts: bool = False
    ) -> Result:
        """`read`, with what waits in the spool about entities of `kinds` taken in for so long."""
        keys = self._waiting(kinds)
        if not keys:
            return self._sound(read)
        found = [
            (kind, tail, self.describe[kind](tail, self.store.read(tail, kind, sealed=True)))
            for kind, tail in keys
        ]

        def overlaid() -> Result:
            from git_naturecode.store import index_rows

            with self._undone():
                for kind, tail, described in found:
                    if described is not None:
                        index_rows.put(self.db, kind, tail, described, texts=texts)
                return read()

        return self._sound(overlaid)

    def _waiting(self, kinds: Sequence[str]) -> set[tuple[str, str]]:
        """Kind and last part of the id of the entities about which something waits."""
        return {
            (kind, ids.tail(segment.entity))
            for segment in self.spooled
            if (kind := segment.entity.split("-", 1)[0]) in kinds
        }

    @contextmanager
    def _undone(self) -> Iterator[None]:
        self.db.execute("begin immediate")
        try:
            yield
        finally:
            if self.db.in_transaction:
                self.db.execute("rollback")


def narrowed(kind: str, where: Where, since: str, until: str = "") -> tuple[str, tuple[str, ...]]:
    """The condition of a query and its values; `kind` "" is any."""
    clauses = ["kind = ?"] if kind else ["1"]
    values = [kind] if kind else []
    for name, wanted in where.items():
        names = name.split("|")
        these, marks = ", ".join("?" * len(names)), ", ".join("?" * len(wanted))
        clauses.append(
            f"number in (select entity from facet where name in ({these}) and value in ({marks}))"
        )
        values += [*names, *wanted]
    if since:
        clauses.append("changed >= ?")
        values.append(since)
    if until:
        clauses.append("changed < ?")
        values.append(until)
    return " and ".join(clauses), tuple(values)
