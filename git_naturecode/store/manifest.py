"""What was written into the folder of one work tree, so that nothing else is ever overwritten.

An intention is noted before its file is written and confirmed after it: whenever a process is
killed, what a file of ours may hold is known.
"""

import errno
import os
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from git_naturecode.store.folder import Known, Seen

_VERSION = 1
_SCHEMA = """
create table file(path text primary key, source text, changed text, hash text, pending text,
  size integer, mtime integer, ctime integer, inode integer) without rowid;
create index by_source on file(source);
create table fact(name text primary key, value text) without rowid;
"""


_ROWS = "select path, source, changed, hash, pending, size, mtime, ctime, inode from file"


class Row(NamedTuple):
    """One file: where it is, what it shows (`source`), when that was last changed."""

    path: str
    source: str
    changed: str
    hash: str | None
    pending: str | None
    seen: Seen | None

    @property
    def known(self) -> Known:
        """What the file may look like and hold when only we have written it."""
        return Known(self.seen, frozenset(one for one in (self.hash, self.pending) if one))


class Manifest:
    """The file behind it; a damaged one is replaced, after which what lies there is foreign."""

    def __init__(self, path: str) -> None:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        try:
            self._db = _connect(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # not damaged: full, or not writable
                raise _system(error) from None
            for suffix in ("", "-journal"):
                if os.path.exists(path + suffix):
                    os.unlink(path + suffix)
            self._db = _connect(path)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def rows(self, source: str | None = None) -> list[Row]:
        """All files, or those that show `source`."""
        found = (
            self._db.execute(_ROWS)
            if source is None
            else self._db.execute(_ROWS + " where source = ?", (source,))
        )
        return list(map(_row, found.fetchall()))

    def row(self, path: str) -> Row | None:
        """What is known of the file at `path`."""
        found = self._db.execute(_ROWS + " where path = ?", (path,)).fetchone()
        return None if found is None else _row(found)

    def seen_below(self, above: str) -> dict[str, tuple[int, int, int, int]]:
        """How the files whose paths begin with `above` looked when they were written, as in `Seen`,
        where that is known."""
        found = self._db.execute(
            "select path, size, mtime, ctime, inode from file where path >= ? and path < ?"
            " and pending is null and size is not null",
            (above, above + "\U0010ffff"),
        )
        return {row[0]: row[1:] for row in found}

    def intend(self, files: Iterable[tuple[str, str, str, str]]) -> None:
        """Note (path, source, changed, hash) of each file that is about to be written."""
        self._all(
            "insert into file(path, source, changed, pending) values (?, ?, ?, ?) on conflict(path)"
            " do update set source = excluded.source, changed = excluded.changed,"
            " pending = excluded.pending",
            list(files),
        )

    def done(self, files: Iterable[tuple[str, Seen]]) -> None:
        """The files that were intended stand as they are `Seen`."""
        self._all(
            "update file set hash = coalesce(pending, hash), pending = null, size = ?, mtime = ?,"
            " ctime = ?, inode = ? where path = ?",
            [(*seen, path) for path, seen in files],
        )

    def disown(self, paths: Iterable[str]) -> None:
        """These files hold something else now; of what they held not even a hash is kept."""
        self._all("update file set hash = null where path = ?", [(path,) for path in paths])

    def forget(self, paths: Iterable[str]) -> None:
        """These files are none of ours any more."""
        self._all("delete from file where path = ?", [(path,) for path in paths])

    def fact(self, name: str) -> str | None:
        """What `keep` kept."""
        row = self._db.execute("select value from fact where name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def keep(self, facts: dict[str, str]) -> None:
        """Remember `facts` by name."""
        self._all("insert or replace into fact values (?, ?)", list(facts.items()))

    def _all(self, statement: str, values: Sequence[tuple[object, ...]]) -> None:
        if not values:
            return
        try:
            self._db.execute("begin immediate")
            with self._db:
                self._db.executemany(statement, values)
        except sqlite3.OperationalError as error:
            raise _system(error) from None


def _row(found: tuple[Any, ...]) -> Row:
    path, source, changed, content, pending, *seen = found
    return Row(path, source, changed, content, pending, None if seen[0] is None else Seen(*seen))


def _system(error: sqlite3.OperationalError) -> OSError:
    """What the system refused, as everything else that writes says it."""
    code = errno.ENOSPC if "full" in str(error) else errno.EIO
    return OSError(errno.EROFS if "readonly" in str(error) else code, str(error))


def _connect(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=10, isolation_level=None)
    db.execute("pragma synchronous = normal")
    db.execute("pragma secure_delete = on")  # a hash of what was purged must not stay behind
    if db.execute("pragma user_version").fetchone()[0] != _VERSION:
        db.execute("begin exclusive")
        with db:
            for name in ("file", "fact"):
                db.execute(f"drop table if exists {name}")
            for statement in _SCHEMA.strip().split(";\n"):
                db.execute(statement.rstrip(";"))
            db.execute(f"pragma user_version = {_VERSION}")
    return db
