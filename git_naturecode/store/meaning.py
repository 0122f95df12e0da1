"""What texts mean, as vectors in the index: made of its texts, and gone with the text they tell of.

A table of the index itself, so that a vector is deleted, overwritten and rolled back together with
the row that it was made of: a trigger sees to the first, the index to the rest. numpy is loaded
with this module, and with nothing else of ours.
"""

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from git_naturecode.store import index_file
from git_naturecode.store.asked import asked
from git_naturecode.store.described import NAMED, TITLE, WHOLE, Hit
from git_naturecode.store.index_search import Among, narrowed
from git_naturecode.store.words import plain

_SCHEMA = (
    "drop table if exists meaning",  # of another model, or of a program before this one
    "create table meaning(number integer, entity integer, start integer, vector blob)",
    "create index meaning_of on meaning(number)",
    "create index meaning_in on meaning(entity)",
    "create trigger if not exists meaning_gone after delete on said"
    " begin delete from meaning where number = old.number; end",
)
_MADE_BY = "meaning"  # names the line of `source` that says what made the vectors
_LOT = 200  # texts of one transaction, at most
_LOT_PIECES = 100  # no further text of a transaction that has so many: half a second of work
_FIRST = 9  # texts of an entity that are taken: its title, and what was said first
_PIECE = 1_000  # characters
_MOST_PIECES = 8  # of one text
_PASSAGE = 160  # characters that are shown of a text
_BLOCK = 4_096  # vectors that are unpacked at a time: 8 MB
_NOT_COMPARED = -2.0  # as near as a text that has no vector
_BREAKS = re.compile(r"\n[ \t]*\n|\n")


class Embedder(Protocol):
    """Whatever turns texts into vectors of one length; texts that mean alike have near ones."""

    @property
    def name(self) -> str:
        """Says which vectors can be compared: those of one name."""

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row for each text, of length 1, or 0 where there is nothing to tell."""


class Near(NamedTuple):
    """A piece of a text: entity and text as the index numbers them, where it begins, how near."""

    entity: int
    number: int
    start: int
    nearness: float


class Meant(NamedTuple):
    """What is near in meaning, and the places of what was asked about that cannot be compared."""

    hits: list[Hit]
    unknown: frozenset[int]


def bring_up_to_date(db: sqlite3.Connection, kinds: Sequence[str], embedder: Embedder) -> None:
    """Make all vectors that are missing of the texts of `kinds`."""
    while make(db, kinds, embedder):
        pass


def make(db: sqlite3.Connection, kinds: Sequence[str], embedder: Embedder) -> int:
    """Make some of the vectors that are missing, in a short transaction; of how many texts.

    Within a transaction of the caller's it is part of that.
    """
    if db.in_transaction:
        return _lot(db, kinds, embedder)
    if _is_made_by(db, embedder) and not any(_missing(db, kind) for kind in _there(db, kinds)):
        return 0  # nobody waits for us, nor we for anybody
    db.execute("begin immediate")
    with db:
        return _lot(db, kinds, embedder)


def missing(db: sqlite3.Connection, kinds: Sequence[str]) -> int:
    """How many texts of `kinds` have no vector, once `make` has made some."""
    query = f"select count(*) from ({_MISSING})"
    return sum(
        db.execute(query, (_FIRST, kind, NAMED, -1)).fetchone()[0] for kind in _there(db, kinds)
    )


def _there(db: sqlite3.Connection, kinds: Sequence[str]) -> list[str]:
    return sorted(set(kinds).intersection(index_file.kinds(db)))


def _is_made_by(db: sqlite3.Connection, embedder: Embedder) -> bool:
    query = "select 1 from source where name = ? and tip = ?"
    return db.execute(query, (_MADE_BY, embedder.name)).fetchone() is not None


def _lot(db: sqlite3.Connection, kinds: Sequence[str], embedder: Embedder) -> int:
    if not _is_made_by(db, embedder):
        for statement in _SCHEMA:
            db.execute(statement)
        db.execute("insert or replace into source values (?, ?, null)", (_MADE_BY, embedder.name))
    for kind in _there(db, kinds):
        if some := _missing(db, kind):
            return _make(db, kind, some, embedder)
    return 0


_MISSING = (
    "select s.number, s.entity, s.entry from entity e cross join said s on s.number in"
    " (select number from said where entity = e.number order by number limit ?)"
    " where e.kind = ? and s.entry <> ?"
    " and not exists (select 1 from meaning where number = s.number) limit ?"
)


def _missing(db: sqlite3.Connection, kind: str) -> list[tuple[int, int, str]]:
    """Number, entity and label of some texts of `kind` that have no vector yet."""
    return db.execute(_MISSING, (_FIRST, kind, NAMED, _LOT)).fetchall()


def _make(
    db: sqlite3.Connection, kind: str, some: Sequence[tuple[int, int, str]], embedder: Embedder
) -> int:
    """Make the vectors of the first of `some` texts; of how many."""
    places: list[tuple[int, int, int]] = []
    texts: list[str] = []
    done = 0
    for number, entity, label in some:
        if len(texts) >= _LOT_PIECES:
            break
        text = text_of(db, kind, number, label)
        title = _title(db, kind, entity) if label == WHOLE else ""
        for start, end in pieces(text):
            places.append((number, entity, start))
            texts.append(f"{title}\n{text[start:end]}" if title else text[start:end])
        done += 1
    vectors = _packed(embedder.vectors(texts))
    db.executemany(
        "insert into meaning values (?, ?, ?, ?)",
        ((*place, vector.tobytes()) for place, vector in zip(places, vectors, strict=True)),
    )
    return done


def text_of(db: sqlite3.Connection, kind: str, number: int, label: str) -> str:
    """The text `number` of the index, as it was written."""
    title, _, body = index_file.texts_of(kind)
    table = title if label == TITLE else body
    row = db.execute(f'select text from "{table}" where rowid = ?', (number,)).fetchone()
    return plain(row[0]) if row else ""


def _title(db: sqlite3.Connection, kind: str, entity: int) -> str:
    query = "select number from said where entity = ? and entry = ?"
    row = db.execute(query, (entity, TITLE)).fetchone()
    return text_of(db, kind, row[0], TITLE) if row else ""


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Where the pieces of `text` begin and end: one at least, cut between paragraphs or lines."""
    start = 0
    for _ in range(_MOST_PIECES):
        end = len(text)
        if end - start > _PIECE:
            cuts = [one.end() for one in _BREAKS.finditer(text, start, start + _PIECE)]
            end = cuts[-1] if cuts else start + _PIECE
        yield start, end
        start = end
        if start >= len(text):
            return


def search(
    db: sqlite3.Connection, kinds: Sequence[str], query: str, limit: int, among: Among,
    embedder: Embedder, asked_about: Sequence[tuple[str, str]] = (),
) -> Meant:  # fmt: skip
    """The `limit` entities of `kinds` nearest to what `query` means, the nearest first.

    Phrases and exclusions hold as they do for words. `score` is the cosine of the angle. Of those
    `asked_about` (kind and last part of the id) it is told which have no vector to compare.
    """
    wanted = asked(query)
    (vector,) = embedder.vectors([wanted.loose])
    if not vector.any() or not _is_made_by(db, embedder):
        return Meant([], frozenset(range(len(asked_about))))
    found: list[tuple[str, Near]] = []
    known: set[int] = set()
    for kind in _there(db, kinds):
        near, compared = _nearest(db, narrowed(kind, wanted, among), vector, limit)
        found += [(kind, one) for one in near]
        known |= compared
    found.sort(key=lambda one: (-one[1].nearness, one[1].number))
    number = "select number from entity where kind = ? and tail = ?"
    unknown = []
    for place, key in enumerate(asked_about):
        row = db.execute(number, key).fetchone()
        if row is None or row[0] not in known:
            unknown.append(place)
    hits = [_hit(db, *one, vector) for one in found[:limit]]
    return Meant(hits, frozenset(unknown))


def _nearest(
    db: sqlite3.Connection, among: Among, vector: NDArray[np.float32], limit: int
) -> tuple[list[Near], set[int]]:
    """The best piece of each of the `limit` nearest entities, and all that could be compared."""
    query = (
        "select number, entity, start, vector from meaning"
        f" where entity in (select number from entity where {among.condition})"
    )
    rows = db.execute(query, among.values).fetchall()
    if not rows:
        return [], set()
    near = _nearness([row[3] for row in rows], vector)
    found: dict[int, Near] = {}
    for place in np.argsort(-near, kind="stable"):
        number, entity, start, _ = rows[place]
        if len(found) >= limit or near[place] <= 0:
            break
        found.setdefault(entity, Near(entity, number, start, float(near[place])))
    return list(found.values()), {rows[place][1] for place in np.flatnonzero(near > _NOT_COMPARED)}


def _hit(db: sqlite3.Connection, kind: str, near: Near, vector: NDArray[np.float32]) -> Hit:
    row = db.execute("select row from entity where number = ?", (near.entity,)).fetchone()[0]
    query = "select entry from said where number = ?"
    label = db.execute(query, (near.number,)).fetchone()[0]
    if label == TITLE:  # it is shown anyway
        near = _below(db, near, vector) or near
        label = db.execute(query, (near.number,)).fetchone()[0]
    text = text_of(db, kind, near.number, label)[near.start :].strip()
    passage = text[:_PASSAGE].rsplit(None, 1)[0] + "…" if len(text) > _PASSAGE else text
    return Hit(json.loads(row), label, passage, near.nearness, kind, by_meaning=True)


def _below(db: sqlite3.Connection, title: Near, vector: NDArray[np.float32]) -> Near | None:
    """The nearest piece of what stands below `title`, as near as that."""
    query = "select number, start, vector from meaning where entity = ? and number <> ?"
    rows = db.execute(query, (title.entity, title.number)).fetchall()
    if not rows:
        return None
    number, start, _ = rows[int(np.argmax(_nearness([row[2] for row in rows], vector)))]
    return title._replace(number=number, start=start)


def _packed(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """`vectors` in a byte for each number, the largest of each as 127: no length is kept."""
    largest = np.abs(vectors).max(1, keepdims=True, initial=0)
    packed: NDArray[np.int8] = np.rint(vectors * (127 / np.where(largest, largest, 1))).astype(
        np.int8
    )
    return packed


def _nearness(packed: Sequence[bytes], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """The cosine of the angle between each of `packed` and `vector`, which has the length 1."""
    near = np.full(len(packed), _NOT_COMPARED, np.float32)
    for start in range(0, len(packed), _BLOCK):
        some = packed[start : start + _BLOCK]
        block = np.frombuffer(b"".join(some), np.int8).reshape(len(some), -1).astype(np.float32)
        lengths = np.sqrt(np.einsum("ij,ij->i", block, block))
        into = near[start : start + _BLOCK]
        np.divide(block @ vector, lengths, out=into, where=lengths > 0)
    return near
