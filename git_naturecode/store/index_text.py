"""The full text in the index: filled in by small transactions, taken out so that no byte stays."""

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from git_naturecode.store import index_file, index_rows
from git_naturecode.store.described import TITLE, Described
from git_naturecode.store.words import expanded

if TYPE_CHECKING:
    from git_naturecode.store.index import Index
    from git_naturecode.store.index_rows import Key

_AHEAD = 200  # entities that one batch looks at
_SCRUB = "scrub"


def fill(index: "Index", segments: int) -> bool:
    """Bring in the texts of some entities, the latest first; True while some are missing.

    `segments` is about how many files are read for it. Nobody waits while they are read; what
    changed meanwhile is left for the next time.
    """
    scrub(index)
    index.weigh()
    chosen = _chosen(index.db, segments)
    if chosen:
        found = [
            (key, parts, index_rows.described(index, key, blobs, texts=True))
            for (key, blobs), parts in zip(
                index_rows.read(index, chosen), chosen.values(), strict=True
            )
        ]
        _keep(index.db, found)
    mark(index)
    return bool(index.db.execute("select 1 from entity where not filled limit 1").fetchone())


def put(db: sqlite3.Connection, number: int, texts: Sequence[tuple[str, str]]) -> None:
    """Make `texts` those of the entity `number`; what is there and stays is not touched."""
    wanted = {(label, expanded(text)): None for label, text in texts}
    known = db.execute(
        "select s.number, s.entry, coalesce(t.text, b.text) from said s"
        " left join title t on s.entry = ? and t.rowid = s.number"
        " left join body b on s.entry <> ? and b.rowid = s.number where s.entity = ?",
        (TITLE, TITLE, number),
    ).fetchall()
    for row, label, text in known:
        if (label, text) in wanted:
            del wanted[label, text]
            continue
        table = "title" if label == TITLE else "body"
        db.execute(f"delete from {table} where rowid = ?", (row,))
        db.execute("delete from said where number = ?", (row,))
        db.execute("insert or replace into source values (?, null, null)", (_SCRUB,))
    _insert(db, [(number, label, text) for label, text in wanted])


def drop(db: sqlite3.Connection) -> None:
    """Take all texts out, to be filled in again."""
    for statement in index_file.TEXTS:
        table = statement.split()[3].split("(")[0]
        db.execute(f"drop table {table}")
        db.execute(statement)
    db.execute("delete from said")
    db.execute("update entity set filled = 0")
    db.execute("insert or replace into source values (?, null, null)", (_SCRUB,))


def scrub(index: "Index") -> None:
    """Leave no byte in the file of a text that was taken out of it.

    The search index keeps the words of a deleted text until its pieces are merged, and the log of
    SQLite keeps old pages until it is copied into the file; a reader may delay the latter, which
    is then done the next time.
    """
    db = index.db
    query = "select 1 from source where name = ?"
    if not db.execute(query, (_SCRUB,)).fetchone():
        return
    db.execute("begin immediate")
    with db:
        for table in ("title", "body"):
            db.execute(f"insert into {table} ({table}) values ('optimize')")
    busy = db.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
    if not busy:
        db.execute("delete from source where name = ?", (_SCRUB,))


def mark(index: "Index") -> None:
    """Let a file say whether texts are missing, for whoever may fill them in."""
    if index.is_kept:
        query = "select 1 from entity where not filled limit 1"
        missing = index.db.execute(query).fetchone() is not None
        index_file.mark_behind(index.store.state_dir, missing)


def _chosen(db: sqlite3.Connection, segments: int) -> "dict[Key, list[str]]":
    """Entities without texts, and the blobs of each."""
    chosen: dict[Key, list[str]] = {}
    query = "select kind, tail from entity where not filled order by changed desc limit ?"
    left = segments
    for key in db.execute(query, (_AHEAD,)).fetchall():
        chosen[key] = _blobs(db, key)
        left -= len(chosen[key])
        if left <= 0:
            break
    return dict(sorted(chosen.items()))


def _blobs(db: sqlite3.Connection, key: "Key") -> list[str]:
    query = "select blob from part where kind = ? and tail = ? order by side desc, path"
    return [blob for (blob,) in db.execute(query, key)]


def _keep(
    db: sqlite3.Connection, found: "Sequence[tuple[Key, list[str], Described | None]]"
) -> None:
    texts = []
    db.execute("begin immediate")
    with db:
        for key, blobs, described in found:
            query = "select number from entity where kind = ? and tail = ? and not filled"
            row = db.execute(query, key).fetchone()
            if row is None or _blobs(db, key) != blobs:
                continue  # somebody else was faster, or it has changed
            db.execute("update entity set filled = 1 where number = ?", row)
            for label, text in described.texts if described else ():
                texts.append((row[0], label, expanded(text)))
        _insert(db, texts)


def _insert(db: sqlite3.Connection, texts: Sequence[tuple[int, str, str]]) -> None:
    first = db.execute("select coalesce(max(number), 0) + 1 from said").fetchone()[0]
    numbered = [(first + i, *text) for i, text in enumerate(texts)]
    db.executemany("insert into said values (?, ?, ?)", (one[:3] for one in numbered))
    db.executemany(
        "insert into title (rowid, text) values (?, ?)",
        ((number, text) for number, _, label, text in numbered if label == TITLE),
    )
    db.executemany(
        "insert into body (rowid, text) values (?, ?)",
        ((number, text) for number, _, label, text in numbered if label != TITLE),
    )
