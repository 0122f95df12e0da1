"""What the lengths of texts make of a word: the same as FTS5, whatever is put in and taken out."""

import random
import sqlite3
from collections.abc import Iterator

import pytest

from git_naturecode.store import index_file, index_lengths, index_text
from git_naturecode.store.described import TITLE, WHOLE
from git_naturecode.store.index_lengths import Lengths
from git_naturecode.store.index_scores import Counts

_WORDS = ("retry", "retries", "Queue", "缓存", "payment", "x1", "naïve")


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    opened = index_file.in_memory()
    index_file.make_texts(opened, "kb")
    yield opened
    opened.close()


def said(rng: random.Random) -> str:
    return " ".join(rng.choice(_WORDS) for _ in range(rng.choice([1, 5, 40, 300])))


def agrees(db: sqlite3.Connection, table: str) -> None:
    """Each word has, in each text that has it, what bm25() of FTS5 says."""
    counts = Counts(db)
    for word in _WORDS:
        query = f'select rowid, -bm25("{table}") from "{table}" where "{table}" match ?'
        by_fts = dict(db.execute(query, (f'"{word}"',)))
        if not by_fts:
            continue
        stem = counts.stem(f'"{word}"')
        assert stem is not None
        rare = counts.rare(table, f'"{word}"')
        ours = Lengths(db, table).weighed(stem, 2 * rare)
        assert {row: score / 2 for row, score in ours.items()} == pytest.approx(by_fts, rel=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_a_word_counts_what_fts5_says(db: sqlite3.Connection, seed: int) -> None:
    rng = random.Random(seed)
    for step in range(40):
        entity = rng.randint(1, 12)
        texts = [(f"m{n}", said(rng)) for n in range(rng.randint(0, 4))]
        with db:
            db.execute("begin")
            index_text.put(db, entity, "kb", [(TITLE, said(rng)), (WHOLE, said(rng)), *texts])
            if step % 5 == 0:  # what is not committed counts as well
                agrees(db, "body_kb")
    for table in ("title_kb", "body_kb"):
        agrees(db, table)


@pytest.mark.parametrize("seed", range(6))
def test_the_best_of_a_word_are_told_without_the_others(db: sqlite3.Connection, seed: int) -> None:
    rng = random.Random(seed)
    for entity in range(1, 80):
        once = " ".join(rng.sample(_WORDS, 4))
        text = f"{once} {rng.choice(['', 'queue', said(rng)])} {'longer ' * rng.randint(0, 9)}"
        index_text.put(db, entity, "kb", [(WHOLE, text)])
    lengths, fewer = Lengths(db, "body_kb"), 0
    for stem in ("retri", "queue", "payment", "longer"):
        every = lengths.weighed(stem, 2.0)
        for best in (0, 1, 3, 10, 500):
            wanted = set(rng.sample(range(1, 100), 5))
            some = lengths.weighed(stem, 2.0, best, wanted)
            assert some.items() <= every.items()
            assert sorted(some.values())[-best:] == sorted(every.values())[-best:] or not best
            assert wanted & every.keys() <= some.keys()
            fewer += len(some) < len(every)
    assert fewer


def test_rows_far_apart_have_their_lengths(db: sqlite3.Connection) -> None:
    for row in (1, 2_047, 2_048, 70_000):
        db.execute(
            "insert into body_kb (rowid, text) values (?, ?)", (row, "retry " * (row % 9 + 1))
        )
        index_lengths.note(db, "body_kb", row)
    agrees(db, "body_kb")


def test_of_a_text_that_is_taken_out_no_number_is_left(db: sqlite3.Connection) -> None:
    db.execute("insert into entity values (1, 'kb', 'a', '', '', '{}', 1)")
    index_text.put(db, 1, "kb", [(WHOLE, "one two three")])
    assert any(any(numbers) for (numbers,) in db.execute("select numbers from pieces"))
    index_text.put(db, 1, "kb", [])
    assert not any(any(numbers) for (numbers,) in db.execute("select numbers from pieces"))
    index_text.put(db, 1, "kb", [(WHOLE, "one two three")])
    index_text.drop(db, ["kb"])
    assert not any(any(numbers) for (numbers,) in db.execute("select numbers from pieces"))
    assert not db.execute("select * from pieces where name = 'body_kb'").fetchall()


def test_lengths_that_are_missing_are_damage(db: sqlite3.Connection) -> None:
    index_text.put(db, 1, "kb", [(WHOLE, "retry")])
    db.execute("delete from pieces")
    with pytest.raises(sqlite3.DatabaseError):
        Lengths(db, "body_kb").weighed("retri", 1.0)


def test_what_is_more_than_one_word_has_no_stem(db: sqlite3.Connection) -> None:
    counts = Counts(db)
    assert counts.stem('("缓存")') == "缓存"
    assert counts.stem('"Queues"') == "queue"
    assert [counts.stem(one) for one in ('"a_b"', '"a b"', '"a" *', '("a" OR "b")', '"😀"')] == [
        None
    ] * 5
