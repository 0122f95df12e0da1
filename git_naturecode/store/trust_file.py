"""The SQLite file of what is known of trust: made, replaced when damaged, done without; its marks.

A mark is a verdict that is not plainly "verified", kept with what it was found for.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from git_naturecode.store.index_file import is_elsewhere

VERSION = 2
FILE, MEMORY = "trust.db", ":memory:"
_WAIT = 30
_SCHEMA = """
create table state(name text primary key, value text);
create table line(number integer primary key, digest text unique, device text, seq integer,
  prev text, said text);
create table tip(device text primary key, seq integer, digest text, root text) without rowid;
create index line_of on line(device, seq);
create table forged(name text primary key) without rowid;
create table dep(device text, digest text, primary key(device, digest)) without rowid;
create table cover(entity text, id text, hash text, line integer,
  primary key(entity, id, hash, line)) without rowid;
create index cover_by on cover(id, hash);
create index cover_of on cover(line);
create table adopted(entity text, id text, hash text, line integer,
  primary key(entity, id, hash, line)) without rowid;
create table dropped(entity text, id text, hash text, line integer,
  primary key(entity, id, hash, line)) without rowid;
create table proof(name text primary key, good integer) without rowid;
create table judged(kind text, tail text, what text, primary key(kind, tail)) without rowid;
create table mark(kind text, tail text, entity text, id text, hash text, state text, reason text,
  signer text, entry text, primary key(kind, tail, id, hash)) without rowid;
create index mark_of on mark(state);
create table changed(number integer primary key autoincrement, kind text, tail text)
"""
Key = tuple[str, str]


class TrustFile:
    """The file of one clone; what cannot be opened is made anew, or kept in memory."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.db = _open(path)
        self._depth = 0

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def leave_disk(self) -> None:
        """Go on in memory with what is in the file, which cannot be written (the disk is full)."""
        memory = _connect(MEMORY)
        self.db.backup(memory)
        self.db.close()
        self.path, self.db = MEMORY, memory

    def copy_to(self, other: "TrustFile") -> None:
        """Make `other` a copy of this one."""
        self.db.backup(other.db)

    def get(self, name: str) -> str:
        """What was kept as `name`, or ""."""
        row = self.db.execute("select value from state where name = ?", (name,)).fetchone()
        return row[0] if row else ""

    def put(self, name: str, value: str) -> None:
        """Keep `value` as `name`."""
        self.db.execute("insert or replace into state values (?, ?)", (name, value))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is written in the block, alone with the file; within another one
        a part of that."""
        if not self._depth:
            self.db.execute("begin immediate")
        self._depth += 1
        try:
            yield
            if self._depth == 1:
                self.db.execute("commit")
        except BaseException:
            if self._depth == 1 and self.db.in_transaction:  # a full disk has ended it already
                self.db.execute("rollback")
            raise
        finally:
            self._depth -= 1

    def proof(self, name: str, check: Callable[[], bool]) -> bool:
        """What `check` gave when it was asked the first time."""
        try:
            row = self.db.execute("select good from proof where name = ?", (name,)).fetchone()
            if row is None:
                row = (int(check()),)
                self.db.execute("insert or replace into proof values (?, ?)", (name, *row))
        except sqlite3.ProgrammingError:  # it is closed, and somebody still asks
            return check()
        return bool(row[0])

    def touch(self, entities: Iterable[Key] | None) -> None:
        """Forget what was thought of `entities` (kind, last part); None: of all."""
        if entities is None:
            self.db.execute("delete from judged")
            self.db.execute("delete from changed")
            self.db.execute("insert into changed (kind, tail) values ('', '')")
            return
        named = list(entities)
        self.db.executemany("delete from judged where kind = ? and tail = ?", named)
        self.db.executemany("insert into changed (kind, tail) values (?, ?)", named)

    @property
    def version(self) -> str:
        """Changes when `touch` was called, or the file was made anew."""
        made = self.get("made")
        if not made:
            made = os.urandom(8).hex()
            self.put("made", made)
        row = self.db.execute("select max(number) from changed").fetchone()
        return f"{made} {row[0] or 0}"

    def changed(self, version: str) -> set[Key] | None:
        """What was touched since `version`; None when it may be everything."""
        made, _, number = version.partition(" ")
        if made != self.get("made") or not number.isdigit():
            return None
        query = "select kind, tail from changed where number > ?"
        found = set(self.db.execute(query, (int(number),)))
        first = self.db.execute("select min(number) from changed").fetchone()[0] or 0
        return None if ("", "") in found or int(number) + 1 < first else found

    def known_marks(
        self, kind: str, tail: str, what: str
    ) -> list[tuple[Key, str, str, str]] | None:
        """What was thought of an entity; None unless it was judged as `what` says, and lately."""
        query = "select 1 from judged where kind = ? and tail = ? and what = ?"
        if self.db.execute(query, (kind, tail, what)).fetchone() is None:
            return None
        query = "select id, hash, state, reason, signer from mark where kind = ? and tail = ?"
        rows = self.db.execute(query, (kind, tail))
        return [((name, hashed), *rest) for name, hashed, *rest in rows]

    def keep_marks(self, kind: str, tail: str, what: str, marks: Iterable[Sequence[str]]) -> None:
        """Keep what is thought of an entity: (entity, id, hash, state, reason, signer, kind)."""
        with self.transaction():
            self.db.execute("delete from mark where kind = ? and tail = ?", (kind, tail))
            self.db.executemany(
                "insert or replace into mark values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(kind, tail, *one) for one in marks],
            )
            self.db.execute("insert or replace into judged values (?, ?, ?)", (kind, tail, what))

    def marked(self, state: str) -> list[tuple[str, str, str, str, str, str]]:
        """(entity, id, hash, reason, signer, kind of entry) of all that is known to be `state`."""
        query = (
            "select entity, id, hash, reason, signer, entry from mark where state = ?"
            " order by entity, id"
        )
        return self.db.execute(query, (state,)).fetchall()


def _open(path: str) -> sqlite3.Connection:
    try:
        return _connect(path)
    except sqlite3.DatabaseError as error:
        if is_elsewhere(error):
            return _connect(MEMORY)
    for suffix in ("", "-wal", "-shm"):
        with suppress(OSError):
            os.unlink(path + suffix)
    try:
        return _connect(path)
    except sqlite3.DatabaseError:
        return _connect(MEMORY)


def _connect(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
    try:
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = normal")
        version = db.execute("pragma user_version").fetchone()[0]
        if version == VERSION:
            db.execute("begin immediate")  # where nothing can be written it is found out here
            db.execute("commit")
            return db
        db.execute("begin exclusive")
        version = db.execute("pragma user_version").fetchone()[0]
        if version == 0 and not db.execute("select 1 from sqlite_master").fetchone():
            for statement in _SCHEMA.strip().split(";\n"):
                db.execute(statement)
            db.execute(f"pragma user_version = {VERSION}")
        db.execute("commit")
        if version not in (0, VERSION):
            raise sqlite3.DatabaseError("of another version")
    except BaseException:
        db.close()
        raise
    return db
