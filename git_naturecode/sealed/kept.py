"""The words of encrypted sessions in a file that only their reader can read, where he wants one.

`git config naturecode.searchEncrypted true` allows it. The file stands beside the index and is no
part of it; it is gone as soon as the setting is, and holds nothing that its reader could not open.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from git_naturecode import ids
from git_naturecode.domain.kinds import ENCRYPTED, SESSION
from git_naturecode.store import index_file, index_rows, index_search, index_text
from git_naturecode.store.described import Described, Hit
from git_naturecode.store.device import config_folder
from git_naturecode.store.index import Index, Where, narrowed
from git_naturecode.store.store import Store


def search(
    store: Store, index: Index, query: str, limit: int, where: Where | None = None,
    since: str = "", until: str = "", *, by_date: bool = False, grouped: bool = False,
    wide: bool = False,
) -> list[Hit]:  # fmt: skip
    """The best `limit` matches for `query` in the encrypted sessions that can be read here.

    As `Index.search`; only what changed since the last time is opened, with keys.
    """
    among = index_search.Among(*narrowed(SESSION, where or {}, since, until))
    with _opened(store) as db:
        _bring_up_to_date(store, index, db)
        return index_search.search(
            db, [SESSION], query, limit, among, by_date=by_date, grouped=grouped, wide=wide,
            comparable=grouped,
        )  # fmt: skip


@contextmanager
def _opened(store: Store) -> Iterator[sqlite3.Connection]:
    path = os.path.join(store.state_dir, ENCRYPTED)
    with suppress(OSError):  # else it is done in memory
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        os.chmod(path, 0o600)
    db = index_file.open_file(path)
    try:
        yield db
    finally:
        db.close()


def _bring_up_to_date(store: Store, index: Index, db: sqlite3.Connection) -> None:
    rows = index.page(SESSION, {"encrypted": ["yes"]}).rows
    wanted = {ids.tail(str(row["id"])) for row in rows}
    known = dict(db.execute("select name, tip from source"))
    gone = [name for name in known if name not in wanted and name != index_text.SCRUB]
    changed = {
        tail: state for tail in wanted if (state := _state(store, index, tail)) != known.get(tail)
    }
    if not gone and not changed:
        return
    db.execute("begin immediate")
    with db:
        for tail in gone:
            index_rows.put(db, SESSION, tail, None, texts=True)
            db.execute("delete from source where name = ?", (tail,))
        for tail, state in changed.items():
            index_rows.put(db, SESSION, tail, _described(store, tail), texts=True)
            db.execute("insert or replace into source values (?, ?, null)", (tail, state))
    index_text.scrub(db)


def _state(store: Store, index: Index, tail: str) -> str:
    """What the texts of a session hang on: its segments, and which keys are there."""
    parts = sorted(index.blobs(SESSION, tail))
    with suppress(OSError):
        parts += sorted(os.listdir(os.path.join(config_folder(store.environ), "keys")))
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def _described(store: Store, tail: str) -> Described | None:
    from git_naturecode.domain import session as sessions

    return sessions.describe(tail, store.read(tail, SESSION))
