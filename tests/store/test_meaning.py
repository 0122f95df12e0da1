"""Vectors in the index: made of its texts, narrowed as words are, gone with what they tell of."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from git_naturecode.store import index_file, index_rows, index_text, meaning
from git_naturecode.store.described import NAMED, TITLE, WHOLE, Described
from git_naturecode.store.index_search import ANYTHING, Among

_LENGTH = 24
_BEFORE = (  # as the program before this one makes its table
    "create table if not exists meaning(number integer, piece integer, entity integer,"
    " start integer, vector blob, primary key(number, piece)) without rowid",
    "create trigger if not exists meaning_gone after delete on said"
    " begin delete from meaning where number = old.number; end",
)
_THINGS = ("car automobile vehicle", "bread loaf bakery", "sea ocean water")


class Things:
    """Knows three things under several names, and nothing else; counts what it is asked."""

    def __init__(self, name: str = "things") -> None:
        self.name = name
        self.asked: list[str] = []

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Which of the things a text speaks of."""
        self.asked += texts
        found = np.zeros((len(texts), _LENGTH), np.float32)
        for row, text in zip(found, texts, strict=True):
            words = text.lower().split()
            row[: len(_THINGS)] = [
                sum(word in names.split() for word in words) for names in _THINGS
            ]
            row /= np.linalg.norm(row) or 1.0
        return found


@pytest.fixture
def db() -> sqlite3.Connection:
    """Three articles and a session."""
    made = index_file.in_memory()
    put(made, "a", [(TITLE, "Driving"), (NAMED, "tag"), (WHOLE, "An automobile is fast.")])
    put(made, "b", [(TITLE, "Eating"), (NAMED, "tag"), (WHOLE, "A loaf of the day.")])
    put(made, "c", [(TITLE, "\u505a"), (WHOLE, "\u505a\u7f13\u5b58")])
    put(made, "s", [(TITLE, "Swimming"), ("m1", "the ocean is cold"), ("m2", "so what")], "session")
    return made


def put(
    db: sqlite3.Connection, tail: str, texts: Sequence[tuple[str, str]], kind: str = "kb"
) -> None:
    described = Described({"id": f"{kind}-20261126-{tail}"}, "2026", texts)
    index_rows.put(db, kind, tail, described, texts=True)


def found(db: sqlite3.Connection, query: str, among: Among = ANYTHING) -> list[str]:
    embedder = Things()
    meaning.bring_up_to_date(db, ["kb", "session"], embedder)
    told = meaning.search(db, ["kb", "session"], query, 10, among, embedder)
    return [str(hit.row["id"])[-1] for hit in told.hits]


def vectors(db: sqlite3.Connection) -> int:
    return int(db.execute("select count(*) from meant").fetchone()[0])


def test_what_means_the_same_is_found_with_its_passage(db: sqlite3.Connection) -> None:
    assert found(db, "car") == ["a"]
    assert found(db, "water") == ["s"]
    assert found(db, "nothing known") == []
    (hit,) = meaning.search(db, ["kb"], "vehicle", 10, ANYTHING, Things()).hits
    assert (hit.entry, hit.snippet, hit.by_meaning) == (WHOLE, "An automobile is fast.", True)


def test_phrases_exclusions_and_facets_hold(db: sqlite3.Connection) -> None:
    assert found(db, 'car "is fast"') == ["a"]
    assert found(db, 'car "is slow"') == []
    assert found(db, "car -automobile") == []
    assert found(db, "car", Among("changed >= ?", ("2027",))) == []


def test_what_cannot_be_compared_is_told(db: sqlite3.Connection) -> None:
    meaning.bring_up_to_date(db, ["kb"], Things())
    keys = [("kb", "a"), ("kb", "b"), ("kb", "c"), ("session", "s")]
    told = meaning.search(db, ["kb"], "car bread", 1, ANYTHING, Things(), keys)
    assert told.unknown == {2, 3}
    assert meaning.search(db, ["kb"], "xyz", 1, ANYTHING, Things(), keys).unknown == {0, 1, 2, 3}


def test_only_what_changed_is_made_again(db: sqlite3.Connection) -> None:
    meaning.bring_up_to_date(db, ["kb"], Things())
    embedder = Things()
    meaning.bring_up_to_date(db, ["kb"], embedder)
    assert embedder.asked == []
    put(db, "b", [(TITLE, "Eating"), (NAMED, "tag"), (WHOLE, "The sea.")])
    meaning.bring_up_to_date(db, ["kb"], embedder)
    assert embedder.asked == ["Eating\nThe sea."]
    assert found(db, "bread") == []


def test_a_title_that_changed_is_told_of_the_text(db: sqlite3.Connection) -> None:
    assert found(db, "bakery") == ["b"]
    put(db, "b", [(TITLE, "Eating vehicle"), (NAMED, "tag"), (WHOLE, "Of the day.")])
    assert found(db, "bakery") == []
    assert found(db, "car") == ["a", "b"]


def test_a_summary_and_a_title_that_come_late_are_taken(db: sqlite3.Connection) -> None:
    said = [(f"m{i}", f"word {i}") for i in range(20)]
    put(db, "s", [(TITLE, "Swimming"), *said], "session")
    assert found(db, "bread") == ["b"]
    assert vectors(db) == 15
    put(db, "s", [(TITLE, "Swimming"), ("summary", "A bakery of us."), *said], "session")
    assert found(db, "bread") == ["b", "s"]
    put(db, "s", [(TITLE, "Vehicle"), *said], "session")
    assert found(db, "car") == ["a", "s"]


@pytest.mark.parametrize("damaged", [None, 7, "\u9ed1", b"", b"x"])
def test_what_is_no_vector_makes_the_file_damaged(
    db: sqlite3.Connection, damaged: bytes | str | int | None
) -> None:
    assert found(db, "car") == ["a"]
    db.execute("update meant set vector = ?", (damaged,))
    with pytest.raises(ValueError):  # noqa: PT011 (that is what an index is made anew after)
        meaning.search(db, ["kb"], "car", 10, ANYTHING, Things())


def test_another_model_makes_all_anew(db: sqlite3.Connection) -> None:
    meaning.bring_up_to_date(db, ["kb"], Things())
    before, other = vectors(db), Things("others")
    meaning.bring_up_to_date(db, ["kb"], other)
    assert vectors(db) == before
    assert len(other.asked) == before
    assert meaning.search(db, ["kb"], "car", 9, ANYTHING, Things()).hits == []


def test_a_vector_is_gone_with_its_text(db: sqlite3.Connection) -> None:
    meaning.bring_up_to_date(db, ["kb", "session"], Things())
    before = vectors(db)
    index_rows.put(db, "kb", "a", None, texts=True)
    assert vectors(db) == before - 2
    put(db, "s", [(TITLE, "Swimming"), ("m2", "so what")], "session")
    assert vectors(db) == before - 3
    index_text.drop(db, ["kb", "session"])
    assert vectors(db) == 0


def test_no_byte_of_a_vector_stays_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    db = index_file.open_file(str(path))
    put(db, "a", [(TITLE, "x"), (WHOLE, "car bread sea sea")])
    put(db, "b", [(TITLE, "x"), (WHOLE, "sea")])
    meaning.bring_up_to_date(db, ["kb"], Things())
    query = "select vector from meant join said using (number) where entry = ? order by number"
    (gone,), (stays,) = db.execute(query, (WHOLE,)).fetchall()
    db.execute("pragma wal_checkpoint(truncate)")
    assert gone in path.read_bytes()
    index_rows.put(db, "kb", "a", None, texts=True)
    index_text.scrub(db)
    held = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert gone not in held
    assert stays in held
    db.close()


def test_a_transaction_that_is_undone_leaves_no_vector(db: sqlite3.Connection) -> None:
    meaning.bring_up_to_date(db, ["kb"], Things())
    before = vectors(db)
    db.execute("begin immediate")
    put(db, "d", [(TITLE, "x"), (WHOLE, "car")])
    meaning.make_within(db, [("kb", "d"), ("kb", "gone"), ("issue", "d")], Things())
    assert vectors(db) == before + 2
    db.execute("rollback")
    assert vectors(db) == before


def test_a_table_of_a_program_before_this_one_makes_room(db: sqlite3.Connection) -> None:
    for statement in _BEFORE:
        db.execute(statement)
    db.execute("insert into meaning values (1, 0, 1, 0, x'00')")
    db.execute("insert into source values ('meaning', 'l2', null)")
    assert found(db, "car") == ["a"]
    assert not db.execute("select 1 from sqlite_master where name glob 'meaning*'").fetchall()
    assert not db.execute("select 1 from source where name = 'meaning'").fetchall()
    put(db, "a", [(TITLE, "Driving"), (WHOLE, "Bread.")])


def test_a_program_before_this_one_goes_on_beside_it(db: sqlite3.Connection) -> None:
    assert found(db, "car") == ["a"]
    before = vectors(db)
    for statement in _BEFORE:
        db.execute(statement)
    db.execute("insert into meaning values (1, 0, 1, 0, x'00')")
    assert found(db, "car") == ["a"]
    assert vectors(db) == before
    put(db, "a", [(TITLE, "Eating"), (WHOLE, "Bread.")])
    assert db.execute("select count(*) from meaning").fetchone() == (0,)


def test_a_title_that_is_near_shows_what_stands_below_it(db: sqlite3.Connection) -> None:
    text = "\n\n".join("sea " * 248 for _ in range(3)) + "\n\nA loaf of bread."
    put(db, "e", [(TITLE, "Bread"), (WHOLE, text)])
    meaning.bring_up_to_date(db, ["kb"], Things())
    hits = meaning.search(db, ["kb"], "bakery", 10, ANYTHING, Things()).hits
    shown = {str(hit.row["id"])[-1]: (hit.entry, hit.snippet) for hit in hits}
    assert shown == {"b": (WHOLE, "A loaf of the day."), "e": (WHOLE, "A loaf of bread.")}


def test_they_are_made_piece_by_piece(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meaning, "_LOT_PIECES", 4)
    kinds = ["kb", "session"]
    told = [(meaning.make(db, kinds, Things()), meaning.missing(db, kinds)) for _ in range(4)]
    assert told == [(4, 5), (4, 1), (1, 0), (0, 0)]


class Meanwhile(Things):
    """Something happens while vectors are made for the first time."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__()
        self.happens = happens

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As all things, afterwards."""
        if not self.asked:
            self.happens()
        return super().vectors(texts)


def opened(path: Path) -> sqlite3.Connection:
    """An index in a file, with an article."""
    made = index_file.open_file(str(path))
    put(made, "a", [(TITLE, "Driving"), (WHOLE, "An automobile is fast.")])
    return made


def test_nobody_waits_while_they_are_made(tmp_path: Path) -> None:
    with (
        closing(opened(tmp_path / "index.db")) as db,
        closing(sqlite3.connect(tmp_path / "index.db", timeout=0, isolation_level=None)) as other,
    ):
        put(db, "b", [(TITLE, "Eating"), (WHOLE, "A loaf.")])
        meaning.make(db, ["kb"], Meanwhile(lambda: put(other, "b", [(TITLE, "Swimming")])))
        assert found(db, "bread") == []
        assert found(db, "car") == ["a"]


def test_what_has_changed_meanwhile_gets_no_vector(db: sqlite3.Connection) -> None:
    change = [(TITLE, "Driving"), (WHOLE, "Sea.")]
    assert meaning.make(db, ["kb"], Meanwhile(lambda: put(db, "a", change))) == 6
    assert vectors(db) == 5
    assert found(db, "car") == []
    put(db, "b", [(TITLE, "Eating"), (WHOLE, "A bakery of us.")])
    assert meaning.make(db, ["kb"], Meanwhile(lambda: put(db, "b", []))) == 1
    assert found(db, "bread") == []


def test_two_who_make_them_at_once_make_each_once(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    with closing(opened(path)) as db, closing(index_file.open_file(str(path))) as other:
        both = Meanwhile(lambda: meaning.bring_up_to_date(other, ["kb"], Things()))
        meaning.bring_up_to_date(db, ["kb"], both)
        assert vectors(db) == 2


def test_vectors_of_another_model_that_came_meanwhile_stay(db: sqlite3.Connection) -> None:
    others = Things("others")
    meaning.make(db, ["kb"], Meanwhile(lambda: meaning.make(db, ["session"], others)))
    assert vectors(db) == len(others.asked) == 3
    assert not meaning.search(db, ["kb"], "car", 9, ANYTHING, others).hits


def test_of_what_waits_only_that_is_made_and_not_endlessly(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meaning, "_LOT_PIECES", 1)
    monkeypatch.setattr(meaning, "_MOST_LOTS", 2)
    embedder = Things()
    meaning.make_within(db, [("kb", "b"), ("session", "s")], embedder)
    assert embedder.asked == ["Eating", "Eating\nA loaf of the day."]


def test_what_was_made_before_it_was_stopped_stays(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(Things):
        def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if self.asked:
                raise KeyboardInterrupt
            return super().vectors(texts)

    monkeypatch.setattr(meaning, "_LOT_PIECES", 4)
    with pytest.raises(KeyboardInterrupt):
        meaning.bring_up_to_date(db, ["kb", "session"], Stopped())
    assert vectors(db) == 4
    rest = Things()
    meaning.bring_up_to_date(db, ["kb", "session"], rest)
    assert len(rest.asked) == 5


def test_a_long_text_is_cut_between_paragraphs() -> None:
    text = "\n\n".join(f"{n} " + "word " * 100 for n in range(8))
    places = list(meaning.pieces(text))
    assert "".join(text[start:end] for start, end in places) == text
    assert all(text[start].isdigit() for start, _ in places)
    assert max(end - start for start, end in places) <= 1_000
    assert list(meaning.pieces("")) == [(0, 0)]
    assert len(list(meaning.pieces("x" * 10_000_000))) == 8
