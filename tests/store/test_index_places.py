"""Where texts stand, told from what is kept beside them: as the table of all texts has it."""

import random
import sqlite3
from collections.abc import Iterator

import pytest

from git_naturecode.store import index_file, index_places, index_text
from git_naturecode.store.described import TITLE, WHOLE
from git_naturecode.store.index_places import Among, Places

_KINDS = ("kb", "session")


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    opened = index_file.in_memory()
    for number in range(1, 31):
        values = (number, _KINDS[number % 2], str(number), f"changed {number}")
        opened.execute("insert into entity values (?, ?, ?, '', ?, '{}', 1)", values)
    yield opened
    opened.close()


def put(db: sqlite3.Connection, rng: random.Random) -> None:
    entity = rng.randint(1, 30)
    texts = [(f"m{n}", f"text {rng.random()}") for n in range(rng.randint(0, 5))]
    if entity % 2 == 0:
        texts = [(WHOLE, f"text {rng.random()}")][: rng.randint(0, 1)]
    index_text.put(db, entity, _KINDS[entity % 2], [(TITLE, f"title {rng.random()}"), *texts])


@pytest.mark.parametrize("seed", range(6))
def test_places_are_those_of_the_table_of_texts(db: sqlite3.Connection, seed: int) -> None:
    rng = random.Random(seed)
    for step in range(120):
        put(db, rng)
        if step == 60:
            index_text.drop(db, ["kb"])
    told = db.execute(
        "select s.number, entity, entry, changed from said s join entity e on e.number = entity"
    ).fetchall()
    every = list(range(5_000))
    for condition, counts in (("1", lambda _: True), ("number > 11", lambda n: n > 11)):
        places = Places(db, Among(condition))
        bodies = {row: place for row, *place in told if place[1] != TITLE and counts(place[0])}
        expected = {
            row: (entity, entry if entry == WHOLE else "", changed)
            for row, (entity, entry, changed) in bodies.items()
        }
        found = places.of(every)
        assert {row: found[row] for row in bodies} == expected
        assert found.keys() == {row for row, entity, *_ in told if counts(entity)}
        titles = [row for row, _, entry, _ in told if entry == TITLE]
        assert {one.entry for one in places.of(titles, TITLE).values()} == {TITLE}
    wholes = {entity: row for row, entity, entry, _ in told if entry == WHOLE}
    assert wholes
    assert Places(db, Among()).texts(range(1, 31)) == wholes
    assert index_places.said(db, range(1, 31)) == {row for row, *_ in told}
    labels = {row: entry for row, _, entry, _ in told}
    assert index_places.entries(db, list(labels)) == labels


def test_rows_far_apart_are_found(db: sqlite3.Connection) -> None:
    index_places.note(db, [(1, 3, "m1"), (2_047, 4, WHOLE), (2_048, 5, "m2"), (90_000, 6, WHOLE)])
    found = Places(db, Among()).of([90_000, 1, 2_047, 2_048, 50_000])
    assert {row: place[:2] for row, place in found.items()} == {
        90_000: (6, WHOLE), 1: (3, ""), 2_047: (4, WHOLE), 2_048: (5, ""),
    }  # fmt: skip
