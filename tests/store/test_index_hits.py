"""What is told of a match: the message, the words around it, how many other places match."""

import sqlite3
from collections.abc import Iterator

import pytest

from git_naturecode.store import index_file, index_rows
from git_naturecode.store.described import NAMED, TITLE, WHOLE, Described
from git_naturecode.store.index_search import search
from git_naturecode.store.words import CLOSE, OPEN

_THINGS = {
    ("session", "s1"): [
        (TITLE, "On queues"), ("m1", "a queue grows"), ("m2", "nothing"),
        ("m3", "the queue, again the queue"), ("m4", "queue and payment"),
    ],
    ("session", "s2"): [(TITLE, "Lunch"), ("m5", "one queue of people")],
    ("session", "s3"): [(TITLE, "How a queue is drained"), ("m6", "slowly")],
    ("kb", "a1"): [
        (TITLE, "Queues"), (NAMED, "queue ops"), (WHOLE, "A queue.\n\nTwo queues.\n\nNone."),
    ],
    ("kb", "a2"): [(TITLE, "Mail"), (NAMED, "ops"), (WHOLE, "Put it into a queue.")],
}  # fmt: skip


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    opened = index_file.in_memory()
    for (kind, name), texts in _THINGS.items():
        described = Described({"id": name}, "", texts)
        index_rows.put(opened, kind, name, described, texts=True)
    yield opened
    opened.close()


@pytest.mark.parametrize("by_date", [False, True])
def test_each_thing_is_told_once_with_its_best_place(db: sqlite3.Connection, by_date: bool) -> None:
    hits = search(db, ["session", "kb"], "queue", 9, grouped=True, by_date=by_date)
    found = {hit.row["id"]: (hit.kind, hit.entry, hit.more) for hit in hits}
    assert found == {
        "s1": ("session", "m3", 2), "s2": ("session", "m5", 0), "s3": ("session", TITLE, 0),
        "a1": ("kb", WHOLE, 1), "a2": ("kb", WHOLE, 0),
    }  # fmt: skip
    assert all(f"{OPEN}queue{CLOSE}" in hit.snippet.lower() for hit in hits)


def test_places_of_one_thing_are_told_each_where_they_are_not_grouped(
    db: sqlite3.Connection,
) -> None:
    hits = search(db, ["session"], "queue", 9)
    assert {(hit.entry, hit.more) for hit in hits} == {
        ("m1", 0), ("m3", 0), ("m4", 0), ("m5", 0), (TITLE, 0),
    }  # fmt: skip
