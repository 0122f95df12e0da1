"""The file behind the index: made, replaced when damaged or of another version, done without."""

import os
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress

from git_naturecode.store.lock import hold

VERSION = 13
_BEHIND = "index.behind"
_MEMORY = ":memory:"
_WAIT = 30  # seconds for another process that brings the index up to date
_PAGES = 2_000  # of the log before it is copied into the file
_CACHE_KIB = 32_768
_TOKENS = "porter unicode61 remove_diacritics 2"
_SCHEMA = """
create table source(name text primary key, tip text, tree text);
create table entity(number integer primary key, kind text, tail text, id text, changed text,
  row text, filled integer not null, unique(kind, tail));
create index by_change on entity(kind, changed, tail);
create index unfilled on entity(changed) where not filled;
create table facet(name text, value text, entity integer,
  primary key(name, value, entity)) without rowid;
create index facet_of on facet(entity);
create table part(side text, path text, kind text, tail text, blob text,
  primary key(side, path)) without rowid;
create index part_of on part(kind, tail);
create table said(number integer primary key, entity integer, entry text);
create index said_of on said(entity);
create table pieces(name text, piece integer, numbers blob, unique(name, piece))
"""
_MOST_TAKEN_APART = 20_000
_taken_apart: dict[str, tuple[str, ...]] = {}  # words that were looked up: their tokens
FIELDS = ("title", "named", "body")
"""Fields of a text that are ranked apart, each in a table of its own for each kind of entity."""
_ELSEWHERE = frozenset((
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY,
))  # fmt: skip


def open_file(path: str) -> sqlite3.Connection:
    """The index at `path`; one in memory where that cannot be written (read-only, full)."""
    try:
        with _alone(path):
            return _connect(path)
    except sqlite3.DatabaseError as error:
        return copied(path) if is_elsewhere(error) else anew(path)


def is_elsewhere(error: sqlite3.DatabaseError) -> bool:
    """True when not the index is to blame but the disk, its permissions or another process."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF in _ELSEWHERE


def remove(path: str) -> None:
    """Delete the index at `path` with all that SQLite keeps beside it."""
    with _alone(path):
        _unlink(path)


def anew(path: str, seen: int | None = None) -> sqlite3.Connection:
    """An empty index in place of a damaged one: it holds nothing that the logs do not.

    `seen` is the inode of the damaged file: another process may have replaced it already.
    """
    try:
        with _alone(path):
            if seen in (None, inode(path)):
                _unlink(path)
            return _connect(path)
    except (OSError, sqlite3.DatabaseError):
        return in_memory()


@contextmanager
def _alone(path: str) -> Iterator[None]:
    """While nobody else opens or deletes the index at `path`.

    Whoever opened it while its log was being deleted would write into a file without a name, and
    the next one would not see what he wrote.
    """
    with ExitStack() as stack:
        with suppress(OSError):  # where nothing can be written nobody deletes
            stack.enter_context(hold(path + ".lock", _WAIT))
        yield


def _unlink(path: str) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            os.unlink(path + suffix)


def inode(path: str) -> int:
    """What tells the file at `path` from one that takes its place; 0 where there is none."""
    try:
        return os.stat(path).st_ino
    except OSError:
        return 0


def texts_of(kind: str) -> tuple[str, ...]:
    """The tables of the texts of all entities of `kind`: titles, names, bodies."""
    return tuple(f"{field}_{kind}" for field in FIELDS)


def kinds(db: sqlite3.Connection) -> list[str]:
    """The kinds of entities whose texts have tables in `db`."""
    query = "select substr(name, 6) from sqlite_master where name glob 'body_*' and sql like ?"
    return sorted(name for (name,) in db.execute(query, ("create virtual table%",)))


def make_texts(db: sqlite3.Connection, kind: str) -> None:
    """Make the tables of the texts of `kind` where there are none."""
    for name in texts_of(kind):
        db.execute(
            f'create virtual table if not exists "{name}" using fts5(text, tokenize="{_TOKENS}")'
        )


def stems(words: Sequence[str]) -> dict[str, str]:
    """Each of `words`, which are single ones, and how it stands in the texts' vocabulary."""
    return {word: (tokens or (word,))[-1] for word, tokens in tokens_of(words).items()}


def tokens_of(words: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Each of `words` as the search index takes it apart, in terms of the texts' vocabulary."""
    found = {word: _taken_apart[word] for word in words if word in _taken_apart}
    new = [word for word in words if word not in found]
    if new:
        if len(_taken_apart) > _MOST_TAKEN_APART:
            _taken_apart.clear()
        fresh = _tokens_of(new)
        _taken_apart.update(fresh)
        found |= fresh
    return {word: found[word] for word in words}


def _tokens_of(words: Sequence[str]) -> dict[str, tuple[str, ...]]:
    db = sqlite3.connect(_MEMORY)
    try:
        db.execute(f'create virtual table one using fts5(text, tokenize="{_TOKENS}")')
        db.execute("create virtual table terms using fts5vocab(one, instance)")
        db.executemany("insert into one (rowid, text) values (?, ?)", enumerate(words))
        found: dict[str, tuple[str, ...]] = dict.fromkeys(words, ())
        for number, term in db.execute("select doc, term from terms order by doc, offset"):
            found[words[number]] += (term,)
    finally:
        db.close()
    return found


def vocabulary(db: sqlite3.Connection, table: str, kind: str) -> str:
    """A table of the terms of `table`: each once (row), or wherever it stands (instance)."""
    name = f'temp."{kind}_of_{table}"'
    db.execute(
        f'create virtual table if not exists {name} using fts5vocab(main, "{table}", {kind})'
    )
    return name


def is_behind(state_dir: str) -> bool:
    """True while not all texts are in the index, told by a file so that it costs no database."""
    return os.path.exists(os.path.join(state_dir, _BEHIND))


def mark_behind(state_dir: str, missing: bool) -> None:
    """Say whether texts are missing in the index; without effect where nothing can be written."""
    path = os.path.join(state_dir, _BEHIND)
    with suppress(OSError):
        if missing:
            with open(path, "wb"):
                pass
        elif os.path.exists(path):
            os.unlink(path)


@contextmanager
def one_state(db: sqlite3.Connection) -> Iterator[None]:
    """While all that is read from `db` is of one state, whatever another process writes."""
    if db.in_transaction:
        yield
        return
    db.execute("begin")
    try:
        yield
        db.execute("commit")
    finally:
        if db.in_transaction:
            db.execute("rollback")


def in_memory() -> sqlite3.Connection:
    """An empty index that nobody else sees."""
    return _connect(_MEMORY)


def copied(path: str) -> sqlite3.Connection:
    """A copy in memory of the index at `path`, empty where that cannot be read."""
    copy = sqlite3.connect(_MEMORY, isolation_level=None)
    # One without a log beside it can be read even where nobody may make such a log.
    whole = not os.path.exists(path + "-wal") or not os.path.getsize(path + "-wal")
    quoted = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    address = f"file:{quoted}?{'immutable=1' if whole else 'mode=ro'}"
    try:
        source = sqlite3.connect(address, uri=True)
        try:
            source.backup(copy)
        finally:
            source.close()
        if _version(copy) == VERSION:
            return _settled(copy)
    except sqlite3.DatabaseError:
        pass
    copy.close()
    return in_memory()


def _connect(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
    try:
        return _ready(db, os.path.getsize(path) if path != _MEMORY else 0)
    except BaseException:
        db.close()
        raise


def _ready(db: sqlite3.Connection, size: int) -> sqlite3.Connection:
    if size % int(db.execute("pragma page_size").fetchone()[0]):
        # SQLite takes what is missing of a last page for zeros.
        raise sqlite3.DatabaseError("an index that was cut off")
    db.execute("pragma journal_mode = wal")
    _settled(db)
    if _version(db) == VERSION:
        return db
    db.execute("begin exclusive")
    if _version(db) == VERSION:  # made by another process while we waited
        db.execute("commit")
        return db
    if _version(db) or db.execute("select 1 from sqlite_master").fetchone():
        raise sqlite3.DatabaseError("an index of another version")
    for statement in _SCHEMA.strip().split(";\n"):
        db.execute(statement)
    db.execute(f"pragma user_version = {VERSION}")
    db.execute("commit")
    return db


def _settled(db: sqlite3.Connection) -> sqlite3.Connection:
    for setting in (
        "synchronous = normal", "secure_delete = on", "temp_store = memory",
        f"wal_autocheckpoint = {_PAGES}", f"cache_size = -{_CACHE_KIB}",
    ):  # fmt: skip
        db.execute(f"pragma {setting}").fetchall()
    return db


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("pragma user_version").fetchone()[0])
