"""The full text in the index: filled in by small transactions, taken out so that no byte stays."""

import sqlite3
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from git_naturecode.store import index_file, index_lengths, index_places, index_rows
from git_naturecode.store.described import NAMED, TITLE, WHOLE, Described
from git_naturecode.store.words import expanded, headed, plain

if TYPE_CHECKING:
    from git_naturecode.store.index import Index
    from git_naturecode.store.index_rows import Key

_AHEAD = 200  # entities that one batch looks at
_MERGED = 500  # pages of a search index that one transaction rewrites
_SMALL = 100  # pages that are rewritten whenever there are
_PIECES = 3  # pieces
SCRUB = "scrub"
"""Names the line of `source` that says that words of deleted texts are left in the file."""


def fill(index: "Index", segments: int, kinds: Sequence[str] = ()) -> bool:
    """Bring in the texts of some entities, the latest first; True while some are missing.

    `segments` is about how many files are read for it; only `kinds` count if any are named. Nobody
    waits while they are read; what changed meanwhile is left for the next time.
    """
    scrub(index.db)
    index.weigh()
    chosen = _chosen(index.db, segments, kinds)
    if chosen:
        found = [
            (key, parts, index_rows.described(index, key, blobs, texts=True))
            for (key, blobs), parts in zip(
                index_rows.read(index, chosen), chosen.values(), strict=True
            )
        ]
        _keep(index.db, found)
    mark(index)
    of_kinds, values = among(kinds)
    query = f"select 1 from entity where not filled{of_kinds} limit 1"
    if index.db.execute(query, values).fetchone():
        return True
    _merge(index.db)
    return False


def among(kinds: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """A further condition that an entity is of one of `kinds`, if any are named; its values."""
    return (f" and kind in ({', '.join('?' * len(kinds))})" if kinds else ""), tuple(kinds)


def put(db: sqlite3.Connection, number: int, kind: str, texts: Sequence[tuple[str, str]]) -> None:
    """Make `texts` those of the entity `number`; what is there and stays is not touched."""
    wanted = dict.fromkeys(prepared(texts))
    gone: list[tuple[int, int, str]] = []
    for row, label, text in _known(db, number, kind):
        if (label, text) in wanted:
            del wanted[label, text]
            continue
        db.execute(f'delete from "{_table(label, kind)}" where rowid = ?', (row,))
        db.execute("delete from said where number = ?", (row,))
        db.execute("insert or replace into source values (?, null, null)", (SCRUB,))
        gone.append((row, number, label))
    _forget(db, kind, gone)
    _insert(db, kind, [(number, label, text) for label, text in wanted])


def _forget(db: sqlite3.Connection, kind: str, texts: Sequence[tuple[int, int, str]]) -> None:
    """Take out what is kept beside `texts`: row, entity and label of each."""
    index_places.forget(db, texts)
    rows: dict[str, list[int]] = {}
    for row, _, label in texts:
        rows.setdefault(_table(label, kind), []).append(row)
    for table, of_table in rows.items():
        index_lengths.forget(db, table, of_table)


def prepared(texts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """`texts` as they are indexed, with their labels."""
    title = next((text for label, text in texts if label == TITLE), "")
    return [
        (label, headed(title, expanded(text)) if label == WHOLE else expanded(text))
        for label, text in texts
    ]


def _known(db: sqlite3.Connection, number: int, kind: str) -> list[tuple[int, str, str]]:
    """Row, label and indexed text of all that is known of the entity `number`."""
    said = db.execute("select number, entry from said where entity = ?", (number,)).fetchall()
    if not said:
        return []
    title, named, body = index_file.texts_of(kind)
    return db.execute(
        "select s.number, s.entry, coalesce(t.text, n.text, b.text) from said s"
        f' left join "{title}" t on s.entry = ? and t.rowid = s.number'
        f' left join "{named}" n on s.entry = ? and n.rowid = s.number'
        f' left join "{body}" b on s.entry not in (?, ?) and b.rowid = s.number'
        " where s.entity = ?",
        (TITLE, NAMED, TITLE, NAMED, number),
    ).fetchall()


def whole(db: sqlite3.Connection, kind: str, tail: str) -> str:
    """The one text that an entity is about, as it was written; "" where it is not here."""
    if kind not in index_file.kinds(db):
        return ""
    body = index_file.texts_of(kind)[-1]
    query = (
        "select text from entity e join said s on s.entity = e.number and entry = ?"
        f' join "{body}" b on b.rowid = s.number where kind = ? and tail = ?'
    )
    row = db.execute(query, (WHOLE, kind, tail)).fetchone()
    return plain(row[0]) if row else ""


def _table(label: str, kind: str) -> str:
    return f"{label if label in (TITLE, NAMED) else 'body'}_{kind}"


def drop(db: sqlite3.Connection, kinds: Collection[str]) -> None:
    """Take all texts of `kinds` out, to be filled in again."""
    for kind in set(kinds).intersection(index_file.kinds(db)):
        for table in index_file.texts_of(kind):
            db.execute(f'drop table "{table}"')
            index_lengths.drop(db, table)
        index_file.make_texts(db, kind)
    marks = ", ".join("?" * len(kinds))
    of_kinds = f"select number from entity where kind in ({marks})"
    texts = f"select number, entity, entry from said where entity in ({of_kinds})"
    index_places.forget(db, db.execute(texts, tuple(kinds)).fetchall())
    db.execute(f"delete from said where entity in ({of_kinds})", tuple(kinds))
    db.execute(f"update entity set filled = 0 where kind in ({marks})", tuple(kinds))
    db.execute("insert or replace into source values (?, null, null)", (SCRUB,))


def scrub(db: sqlite3.Connection) -> None:
    """Leave no byte in the file of a text that was taken out of it.

    The search index keeps the words of a deleted text until its pieces are merged, and the log of
    SQLite keeps old pages until it is copied into the file; a reader may delay the latter, which
    is then done the next time.
    """
    query = "select 1 from source where name = ?"
    if not db.execute(query, (SCRUB,)).fetchone():
        return
    db.execute("begin immediate")
    with db:
        for kind in index_file.kinds(db):
            for table in index_file.texts_of(kind):
                db.execute(f'insert into "{table}" ("{table}") values (\'optimize\')')
    busy = db.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
    if not busy:
        db.execute("delete from source where name = ?", (SCRUB,))


def _merge(db: sqlite3.Connection) -> None:
    """Make one piece of all pieces of a search index, where no piece holds most of it, or it is
    small.

    A word is looked up in each piece: it takes half as long when there is only one. Others may
    write between the transactions (https://sqlite.org/fts5.html#the_merge_command).
    """
    for table in (name for kind in index_file.kinds(db) for name in index_file.texts_of(kind)):
        sizes = f'select count(*) as size from "{table}_idx" group by segid'
        largest, every, pieces = db.execute(
            f"select max(size), sum(size), count(*) from ({sizes})"
        ).fetchone()
        wanted = pieces > 1 and (2 * largest < every or (every <= _SMALL and pieces >= _PIECES))
        step = -_MERGED if wanted else 0
        while step:
            before = db.total_changes
            db.execute(f'insert into "{table}" ("{table}", rank) values (\'merge\', ?)', (step,))
            step = _MERGED if db.total_changes - before > 1 else 0


def mark(index: "Index") -> None:
    """Let a file say whether texts are missing, for whoever may fill them in."""
    if index.is_kept:
        query = "select 1 from entity where not filled limit 1"
        missing = index.db.execute(query).fetchone() is not None
        index_file.mark_behind(index.store.state_dir, missing)


def _chosen(db: sqlite3.Connection, segments: int, kinds: Sequence[str]) -> "dict[Key, list[str]]":
    """Entities without texts, and the blobs of each."""
    chosen: dict[Key, list[str]] = {}
    of_kinds, values = among(kinds)
    query = (
        f"select kind, tail from entity where not filled{of_kinds} order by changed desc limit ?"
    )
    left = segments
    for key in db.execute(query, (*values, _AHEAD)).fetchall():
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
    texts: dict[str, list[tuple[int, str, str]]] = {}
    db.execute("begin immediate")
    with db:
        for key, blobs, described in found:
            query = "select number from entity where kind = ? and tail = ? and not filled"
            row = db.execute(query, key).fetchone()
            if row is None or _blobs(db, key) != blobs:
                continue  # somebody else was faster, or it has changed
            db.execute("update entity set filled = 1 where number = ?", row)
            for label, text in prepared(described.texts) if described else ():
                texts.setdefault(key[0], []).append((row[0], label, text))
        for kind, said in texts.items():
            _insert(db, kind, said)


def _insert(db: sqlite3.Connection, kind: str, texts: Sequence[tuple[int, str, str]]) -> None:
    if not texts:
        return
    index_file.make_texts(db, kind)
    first = db.execute("select coalesce(max(number), 0) + 1 from said").fetchone()[0]
    numbered = [(first + i, *text) for i, text in enumerate(texts)]
    places = [one[:3] for one in numbered]
    db.executemany("insert into said values (?, ?, ?)", places)
    index_places.note(db, places)
    rows: dict[str, list[tuple[int, str]]] = {}
    for number, _, label, text in numbered:
        rows.setdefault(_table(label, kind), []).append((number, text))
    for table, of_table in rows.items():
        db.executemany(f'insert into "{table}" (rowid, text) values (?, ?)', of_table)
        index_lengths.note(db, table, first)
