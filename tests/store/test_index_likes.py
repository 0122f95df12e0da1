"""What the best hits of a search say besides what was asked."""

import sqlite3
from collections.abc import Sequence

import pytest

from git_naturecode.store import index_file, index_likes, index_rows, index_search
from git_naturecode.store.described import NAMED, TITLE, WHOLE, Described
from git_naturecode.store.index_likes import Liked
from git_naturecode.store.index_scores import Counts

_FILLING = ("lorem", "ipsum", "dolor", "sit", "amet", "elit", "sed", "eiusmod", "tempor")


def filled(articles: Sequence[tuple[str, str]], more: int = 40) -> sqlite3.Connection:
    """An index of `articles` (title, text), and of `more` about nothing."""
    db = index_file.in_memory()
    db.execute("begin")
    about_nothing = [(f"Page {n}", " ".join(_FILLING[n % 6 :])) for n in range(more)]
    for title, text in (*articles, *about_nothing):
        said = [(TITLE, title), (NAMED, ""), (WHOLE, text)]
        index_rows.put(db, "k", title, Described({"id": title}, "", said), texts=True)
    db.execute("commit")
    return db


def told(db: sqlite3.Connection, title: str) -> dict[str, float]:
    """What tells about the article called `title`."""
    query = "select number from entity where tail = ?"
    (entity,) = db.execute(query, (title,)).fetchone()
    query = "select number from said where entity = ? and entry = ?"
    (row,) = db.execute(query, (entity, WHOLE)).fetchone()
    return index_likes.telling(Counts(db), [Liked("k", row, entity, 1.0)], ["k"])


def test_what_few_texts_say_tells_most_and_what_many_say_nothing() -> None:
    db = filled([
        ("Warm it", "The heron warms the tempor cache; the heron waits for the eiusmod."),
        ("Cold", "A heron in a cold cache."), ("Ice", "A cache of ice."), ("Snow", "A cache."),
    ])  # fmt: skip
    found = told(db, "Warm it")
    assert list(found) == ['"heron"', '"cache"']  # nobody else waits; fillings stand everywhere
    assert found['"heron"'] == 1 > found['"cache"'] > 0


def test_words_of_one_stem_count_as_one() -> None:
    db = filled([("A", "migrate migrated migrating heron"), ("B", "migration heron")])
    assert len([term for term in told(db, "A") if term.startswith('"migrat')]) == 1


def test_a_text_of_its_own_words_or_of_none_tells_nothing() -> None:
    assert told(filled([("Zyx", "qwv"), ("Other", "rst")]), "Zyx") == {}
    assert told(filled([("...", "?!")]), "...") == {}
    assert told(filled([("Zyx", "the and of")], more=0), "Zyx") == {}


def test_a_page_without_the_words_is_found_by_what_the_best_one_says() -> None:
    db = filled([
        ("Warm", "A stampede after expiry: many heron requests rebuild one flamingo entry."),
        ("Dog pile", "Heron requests for the flamingo entry come at once."),
    ])  # fmt: skip
    hits = index_search.search(db, ["k"], "stampede", 9, grouped=True, wide=True)
    assert [(hit.row["id"], hit.related) for hit in hits] == [("Warm", False), ("Dog pile", True)]
    exact = index_search.search(db, ["k"], "stampede", 9, grouped=True)
    assert [hit.row["id"] for hit in exact] == ["Warm"]


@pytest.mark.parametrize("few", [0, 5_000])
def test_many_texts_are_asked_by_what_the_best_is_called(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_search, "_FEW_TEXTS", few)
    db = filled([("Warm heron", "A stampede."), ("Cold heron", "Ice."), ("Snow heron", "Ice.")])
    hits = index_search.search(db, ["k"], "stampede", 9, grouped=True, wide=True)
    assert {hit.row["id"] for hit in hits} == {"Warm heron", "Cold heron", "Snow heron"}
