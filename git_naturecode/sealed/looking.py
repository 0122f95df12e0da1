"""Lists and searches of encrypted sessions: opened in memory, never written down."""

from collections.abc import Mapping, Sequence

from git_naturecode import ids
from git_naturecode.domain import session as sessions
from git_naturecode.domain.kinds import KEEPS_ENCRYPTED, SESSION
from git_naturecode.sealed import kept
from git_naturecode.store import index_file, index_rows, index_search
from git_naturecode.store.described import Hit, Page
from git_naturecode.store.entry import Json
from git_naturecode.store.index import Index, narrowed
from git_naturecode.store.store import Store


def named(store: Store, rows: Sequence[dict[str, Json]]) -> list[dict[str, Json]]:
    """`rows` with what this user can read of the encrypted sessions among them."""
    return [_opened_row(store, row) if row.get("encrypted") else row for row in rows]


def with_names(store: Store, page: Page) -> Page:
    """`page` with the names of its encrypted sessions that this user can read."""
    return page._replace(rows=named(store, page.rows))


def search(
    store: Store, index: Index, query: str, limit: int, where: Mapping[str, Sequence[str]],
    since: str,
) -> list[Hit]:  # fmt: skip
    """The best `limit` entries for `query` in the encrypted sessions that this user can read.

    They are opened one after the other into an index that is nowhere but in memory, unless the
    user has allowed to keep one.
    """
    if store.config.flag(KEEPS_ENCRYPTED, False):
        return kept.search(store, index, query, limit, where, since)
    tags = where.get("tag")
    others = {name: values for name, values in where.items() if name != "tag"}
    rows = index.page(SESSION, {**others, "encrypted": ["yes"]}, since).rows
    if not rows:
        return []
    db = index_file.in_memory()
    try:
        for row in rows:
            tail = ids.tail(str(row["id"]))
            described = sessions.describe(tail, store.read(tail, SESSION))
            if described is not None:
                index_rows.put(db, SESSION, tail, described, texts=True)
        asked = {**others, **({"tag": tags} if tags else {})}
        among = index_search.Among(*narrowed(SESSION, asked, since))
        return index_search.search(db, [SESSION], query, limit, among)
    finally:
        db.close()


def _opened_row(store: Store, row: dict[str, Json]) -> dict[str, Json]:
    placed = store.read(ids.tail(str(row["id"])), SESSION)
    return sessions.row(sessions.build(placed)) if placed else row
