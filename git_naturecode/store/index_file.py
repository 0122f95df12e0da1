"""The file behind the index: made, replaced when damaged or of another version, done without."""

import os
import sqlite3
from contextlib import suppress

VERSION = 2
_WAIT = 30  # seconds for another process that brings the index up to date
_SCHEMA = """
create table source(name text primary key, tip text, tree text);
create table entity(tail text, kind text, id text, changed text, row text, primary key(kind, tail));
create index by_change on entity(kind, changed);
create table part(path text, side text, tail text, kind text, blob text, primary key(side, path));
create index by_entity on part(kind, tail);
create virtual table words using fts5(body, kind unindexed, tail unindexed, entry unindexed,
  tokenize="unicode61 remove_diacritics 2 tokenchars '_'");
create table said(tail text, kind text, words integer);
create index by_said on said(kind, tail);
"""


def open_file(path: str) -> sqlite3.Connection:
    """The index at `path`; a new one in memory where that cannot be written (read-only, full)."""
    try:
        return _connect(path)
    except sqlite3.OperationalError:
        return in_memory()
    except sqlite3.DatabaseError:
        return anew(path)


def remove(path: str) -> None:
    """Delete the index at `path` with all that SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            os.unlink(path + suffix)


def anew(path: str) -> sqlite3.Connection:
    """An empty index in place of a damaged one: it holds nothing that the logs do not."""
    try:
        remove(path)
        return _connect(path)
    except (OSError, sqlite3.DatabaseError):
        return in_memory()


def in_memory() -> sqlite3.Connection:
    """An empty index that nobody else sees."""
    return _connect(":memory:")


def _connect(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
    db.execute("pragma journal_mode = wal")
    db.execute("pragma synchronous = off")
    if _version(db) == VERSION:
        return db
    db.execute("begin exclusive")
    if _version(db) == VERSION:  # made by another process while we waited
        db.execute("commit")
    elif _version(db):
        db.execute("rollback")
        db.close()
        raise sqlite3.DatabaseError("an index of another version")
    else:
        for statement in _SCHEMA.strip().split(";\n"):
            db.execute(statement.rstrip(";"))
        db.execute(f"pragma user_version = {VERSION}")
        db.execute("commit")
    return db


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("pragma user_version").fetchone()[0])
