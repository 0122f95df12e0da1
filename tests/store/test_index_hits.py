"""What is told of a match: the message, the words around it, how many other places match."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from git_naturecode.store import index_file, index_rows, index_scores
from git_naturecode.store.described import NAMED, TITLE, WHOLE, Described
from git_naturecode.store.index_lengths import Lengths
from git_naturecode.store.index_places import Among
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


def test_a_search_is_of_one_state_whatever_is_written_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_scores, "_FEW", 0)
    path = str(tmp_path / "index.db")
    one, other = index_file.open_file(path), index_file.open_file(path)
    described = Described({"id": "a"}, "", [(TITLE, "Mail"), (WHOLE, "a queue")])
    index_rows.put(one, "kb", "a", described, texts=True)
    read = Lengths.__init__

    def slow(self: Lengths, db: sqlite3.Connection, table: str) -> None:
        read(self, db, table)
        other.execute("insert or ignore into body_kb (rowid, text) values (90000, 'a queue')")
        other.execute("delete from said")

    monkeypatch.setattr(Lengths, "__init__", slow)
    assert [hit.row["id"] for hit in search(one, ["kb"], "queue", 5, grouped=True)] == ["a"]
    assert not one.in_transaction
    assert not other.execute("select * from said").fetchall()
    one.close()
    other.close()


def test_an_error_leaves_no_transaction(db: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError):
        search(db, ["kb"], "queue", 5, Among("no such column"))
    assert not db.in_transaction
