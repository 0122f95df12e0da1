"""Texts of which no copy was left: what the index counted before the record was mended."""

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import NamedTuple
from urllib.parse import quote

from git_naturecode.doctor.case import ERROR, Case, Finding, count
from git_naturecode.domain.kinds import KB, REVIEW, SESSION, open_index

_COUNTED = {
    SESSION: ("messages", "comments", "toolCalls"), REVIEW: ("revisions", "threads"),
    KB: ("revisions",),
}  # fmt: skip
"""What the row of each kind of thing counts, of which none goes away."""


class Known(NamedTuple):
    """What an index knew of a thing: its name, how many texts it has, whether others have it."""

    name: str
    texts: int
    shared: bool
    deleted: bool


def known(case: Case) -> dict[str, Known]:
    """Id -> what the index says of it; nothing where there is none that can be read."""
    path = case.path("index.db")
    if not os.path.isfile(path):
        return {}
    try:
        with closing(sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=5)) as db:
            rows = db.execute("select id, kind, row from entity where row is not null").fetchall()
        return {entity: _known(kind, json.loads(row)) for entity, kind, row in rows}
    except (sqlite3.Error, ValueError, TypeError, LookupError, AttributeError):
        return {}


def _known(kind: str, row: Mapping[str, object]) -> Known:
    texts = [found for name in _COUNTED.get(kind, ()) if isinstance(found := row[name], int)]
    is_deleted = row.get("status") == "deleted" or bool(row.get("deleted"))
    name = str(row["name" if kind == SESSION else "title"])
    return Known(name, sum(texts), bool(row.get("shared", True)), is_deleted)


def gone(case: Case, before: Mapping[str, Known]) -> Iterator[Finding]:
    """What was known `before` of each thing that has fewer texts now, after it was mended."""
    if not before:
        return
    index = open_index(case.store)
    try:
        index.refresh()
    finally:
        index.close()
    after = known(case)
    for entity, was in sorted(before.items()):
        now = after.get(entity, Known(was.name, 0, was.shared, was.deleted))
        if now.texts < was.texts and not now.deleted:
            number = count(was.texts - now.texts, "text")
            yield Finding(
                ERROR,
                f"{entity} ({was.name}) has lost {number}: nothing in this clone holds what was "
                "said there any more",
                "where another clone has it, `git naturecode sync` there and then here brings it "
                "back; what no other clone has is lost for good"
                if was.shared
                else "it was private, so only a backup of this clone can have it: `git naturecode "
                "session export` there, and import that here",
            )
