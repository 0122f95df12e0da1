"""What the files of articles on our branch show: a table that can be made anew at any time."""

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

from git_naturecode.domain.kb.edited import RENDERER
from git_naturecode.kb import beside

_FILE = "kb-shown.db"
_SCHEMA = """
create table article(tail text primary key, id text, type text, slug text, former text)
  without rowid;
create table file(path text primary key, tail text, main text, sha text, newer integer)
  without rowid;
create table taken(blob text primary key) without rowid;
create table fact(name text primary key, value text) without rowid;
create index by_tail on file(tail)
"""
_FORMAT = 1  # what the table looks like


class Row(NamedTuple):
    """An article that is shown, by the last part of its id: its id, type, slug, former slugs."""

    tail: str
    id: str
    type: str
    slug: str
    former: tuple[str, ...]


class File(NamedTuple):
    """A file of the branch: which article it shows, where the file of that stands (there, or where
    this one leads), the SHA-256 of its bytes, and whether a later renderer made them."""

    path: str
    tail: str
    main: str
    sha: str
    newer: bool


class Shown:
    """The table in the state folder `state_dir` ("": in memory, and empty).

    Raises OSError where it cannot be written.
    """

    def __init__(self, state_dir: str) -> None:
        self._path = os.path.join(state_dir, _FILE) if state_dir else ":memory:"
        if state_dir:
            os.makedirs(state_dir, mode=0o700, exist_ok=True)
        try:
            self._db = _connect(self._path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # not damaged: full, or not writable
                raise OSError(str(error)) from None
            forget(state_dir)
            self._db = _connect(self._path)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def fact(self, name: str) -> str:
        """What was kept as `name`, or ""."""
        found = self._db.execute("select value from fact where name = ?", (name,)).fetchone()
        return str(found[0]) if found else ""

    def rows(self) -> dict[str, Row]:
        """All articles that are shown, by the last parts of their ids."""
        return {one[0]: _row(one) for one in self._db.execute("select * from article")}

    def row(self, tail: str) -> Row | None:
        """The article with this last part of its id."""
        found = self._db.execute("select * from article where tail = ?", (tail,)).fetchone()
        return _row(found) if found else None

    def files(self) -> dict[str, File]:
        """All files, by path."""
        return {one[0]: File(*one) for one in self._db.execute("select * from file")}

    def files_of(self, tails: Iterable[str]) -> dict[str, File]:
        """The files that show these articles, by path."""
        statement = "select * from file where tail = ?"
        return {
            one[0]: File(*one) for tail in tails for one in self._db.execute(statement, (tail,))
        }

    def file(self, path: str) -> File | None:
        """The file at `path`."""
        found = self._db.execute("select * from file where path = ?", (path,)).fetchone()
        return File(*found) if found else None

    def was_taken(self, blob: str) -> bool:
        """True when what the file `blob` says was taken in, so that it need not stay."""
        return bool(self._db.execute("select 1 from taken where blob = ?", (blob,)).fetchone())

    def take(self, blobs: Iterable[str]) -> None:
        """Note that what the files `blobs` say was taken in."""
        with _told(), self._db:
            values = [(blob,) for blob in blobs]
            self._db.executemany("insert or ignore into taken values (?)", values)

    def keep(
        self, articles: Mapping[str, Row | None], files: Mapping[str, File | None],
        facts: Mapping[str, str], *, whole: bool,
    ) -> None:  # fmt: skip
        """Note what has changed (None: it is gone), or, `whole`, all that there is."""
        gone = [(tail,) for tail, row in articles.items() if row is None]
        rows = [(*row[:4], json.dumps(row.former)) for row in articles.values() if row]
        lost = [(path,) for path, file in files.items() if file is None]
        found = [tuple(file) for file in files.values() if file]
        with _told(), self._db:
            if whole:
                self._db.execute("delete from article")
                self._db.execute("delete from file")
            self._db.executemany("delete from article where tail = ?", gone)
            self._db.executemany("insert or replace into article values (?, ?, ?, ?, ?)", rows)
            self._db.executemany("delete from file where path = ?", lost)
            self._db.executemany("insert or replace into file values (?, ?, ?, ?, ?)", found)
            self._db.executemany("insert or replace into fact values (?, ?)", list(facts.items()))


class _told:
    """What SQLite cannot write is said as all else that the system refuses."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: object, __: object) -> None:
        if isinstance(error, sqlite3.OperationalError):
            raise OSError(str(error)) from None


def forget(state_dir: str) -> None:
    """Remove the table; the next who needs it makes it anew."""
    for suffix in ("", "-journal"):
        with suppress(FileNotFoundError):
            os.unlink(os.path.join(state_dir, _FILE + suffix))


def _row(found: tuple[str, str, str, str, str]) -> Row:
    tail, name, type_, slug, former = found
    return Row(tail, name, type_, slug, tuple(json.loads(former)))


def _connect(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=10)
    try:
        db.execute("pragma synchronous = off")  # it is made anew where it is damaged
        db.execute("pragma secure_delete = on")  # nothing of what was purged stays
        version = (_FORMAT * 100 + beside.RULES) * 100 + RENDERER
        if db.execute("pragma user_version").fetchone()[0] != version:
            with db:
                for name in ("article", "file", "taken", "fact"):
                    db.execute(f"drop table if exists {name}")
                for statement in _SCHEMA.strip().split(";\n"):
                    db.execute(statement)
                db.execute(f"pragma user_version = {version}")
    except BaseException:
        db.close()
        raise
    return db
