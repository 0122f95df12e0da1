"""Weighing frequent words only where they count finds what weighing them all finds."""

import random
import sqlite3

import pytest

from git_naturecode.store import index_file, index_lengths, index_scores
from git_naturecode.store.index_scores import Counts, scores

_WORDS = [f"word{number}" for number in range(12)]


def _texts(seed: int) -> sqlite3.Connection:
    """300 texts in which the first words are frequent, the last ones rare."""
    rng = random.Random(seed)
    db = index_file.in_memory()
    db.execute("create virtual table body using fts5(text)")
    for number in range(300):
        said = [_WORDS[int(len(_WORDS) * rng.random() ** 4)] for _ in range(rng.randint(3, 30))]
        db.execute("insert into body (rowid, text) values (?, ?)", (number + 1, " ".join(said)))
    index_lengths.note(db, "body", 1)
    return db


def _whole(db: sqlite3.Connection, terms: list[str], best: int) -> list[float]:
    query = "select -rank from body where body match ? order by rank limit ?"
    return [score for (score,) in db.execute(query, (" OR ".join(terms), best))]


@pytest.mark.parametrize("few", [0, 30, 1_000])
@pytest.mark.parametrize("seed", range(12))
def test_the_best_are_those_of_all_texts(
    seed: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_scores, "_MANY", 20)
    monkeypatch.setattr(index_scores, "_FEW", few)
    db, rng = _texts(seed), random.Random(seed)
    spared = 0
    for _ in range(20):
        terms = [f'"{word}"' for word in rng.sample(_WORDS, rng.randint(1, 5))]
        best = rng.choice([1, 5, 20])
        found, more = scores(Counts(db), "body", dict.fromkeys(terms, 1.0), best)
        whole = _whole(db, terms, -1)
        assert sorted(found.values(), reverse=True)[:best] == pytest.approx(whole[:best])
        assert more or len(found) == len(whole)
        assert len(found) <= best
        spared += more
    assert spared


def test_what_is_wanted_in_any_case_is_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_scores, "_MANY", 20)
    db = _texts(1)
    everything, _ = scores(Counts(db), "body", {'"word0"': 1.0}, -1)
    row = min(everything, key=lambda one: everything[one])
    found, more = scores(Counts(db), "body", {'"word0"': 1.0}, 5, beside={row}, above=100.0)
    assert found == {row: pytest.approx(everything[row])}
    assert more


def test_what_is_wanted_is_weighed_by_the_last_word_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_scores, "_MANY", 20)
    monkeypatch.setattr(index_scores, "_FEW", 0)
    db = _texts(1)
    everything, _ = scores(Counts(db), "body", {'"word0"': 1.0}, -1)
    worst = sorted(everything, key=lambda one: everything[one])[:5]
    found, more = scores(Counts(db), "body", {'"word0"': 1.0}, 3, beside=worst, kept=worst)
    assert more
    assert {row: found.pop(row) for row in worst} == {row: everything[row] for row in worst}
    assert sorted(found.values()) == sorted(everything.values())[-3:]


@pytest.mark.parametrize("few", [0, 1_000])
@pytest.mark.parametrize("number", [7, 150])
def test_only_those_among_count_and_all_are_found_where_no_number_is_given(
    number: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_scores, "_FEW", few)
    counts = Counts(_texts(2))
    everything, more = scores(counts, "body", {'"word0"': 1.0, '"word1"': 0.5, '"no"': 1.0}, -1)
    assert not more
    some = set(list(everything)[:number])
    found, _ = scores(counts, "body", {'"word0"': 1.0, '"word1"': 0.5}, -1, among=some)
    assert found == pytest.approx({row: everything[row] for row in some}, rel=1e-9)


def test_what_stands_in_most_texts_is_found_but_weighs_nothing_beside_other_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index_scores, "_MANY", 20)
    db = _texts(1)
    others, _ = scores(Counts(db), "body", {'"word11"': 10.0}, -1)
    most, _ = scores(Counts(db), "body", {'"word1"': 1.0}, -1)
    assert len(most) > 150
    with_it, *_ = most.keys() - others.keys()
    sure, without = sorted(set(range(1, 301)) - most.keys() - others.keys())[:2]
    weights = {'"word1"': 1.0, '"word11"': 10.0}
    wanted = {with_it, sure, without}
    found, more = scores(
        Counts(db), "body", weights, 5, beside=wanted, kept=wanted, sure={sure}
    )  # fmt: skip
    assert more
    assert found.pop(with_it) == found.pop(sure) == pytest.approx(0.0, abs=1e-5)
    assert sorted(found.values()) == pytest.approx(sorted(others.values())[-5:])
    among, _ = scores(
        Counts(db), "body", weights, 5, among=set(others), beside=wanted, kept=wanted, sure={sure}
    )  # fmt: skip
    assert among == found


def test_a_term_is_rare_where_no_table_has_it_often() -> None:
    db = _texts(3)
    db.execute("create virtual table title using fts5(text)")
    db.executemany("insert into title values (?)", [("word0",)] * 3)
    counts, real = Counts(db), Counts(db)
    assert counts.are_rare(["title"], '"word0"', 3)
    assert not counts.are_rare(["title"], '"word0"', 2)
    assert not counts.are_rare(["title", "body"], '"word0"', 100)
    assert not counts.are_rare(["body", "title"], '"word0"', 100)
    for table in ("title", "body"):
        assert counts.of(table, '"word0"') == real.of(table, '"word0"')
