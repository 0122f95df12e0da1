"""What texts mean, as vectors in the index: made of its texts, and gone with the text they tell of.

A table of the index itself, so that a vector is deleted, overwritten and rolled back together with
the row that it was made of: a trigger sees to the first, the index to the rest. numpy is loaded
with this module, and with nothing else of ours.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from git_naturecode.store import index_file
from git_naturecode.store.asked import asked
from git_naturecode.store.described import NAMED, TITLE, WHOLE, Hit
from git_naturecode.store.index_search import Among, narrowed
from git_naturecode.store.words import below_title, plain

_NAMES = "entry in ('title', 'summary', 'description')"  # what tells of the whole
_SCHEMA = (
    # A program before this one, which may still run, keeps others in a table `meaning`.
    "drop trigger if exists meaning_gone",
    "drop table if exists meaning",
    "delete from source where name = 'meaning'",
    "drop table if exists meant",  # of another model
    "create table meant(number integer, entity integer, start integer, vector blob)",
    "create index meant_of on meant(number)",
    "create index meant_in on meant(entity)",
    f"create index if not exists said_names on said(entity) where {_NAMES}",
    "create trigger if not exists meant_gone after delete on said"
    " begin delete from meant where number = old.number; end",
)
_MADE_BY = "meant"  # names the line of `source` that says what made the vectors
_LOT = 200  # texts of one transaction, at most
_LOT_PIECES = 100  # no further text of a transaction that has so many: half a second of work
_MOST_LOTS = 4  # of what is only there for as long as the transaction of the caller
_FIRST = 9  # texts of an entity that are taken, as the index has them, besides what names it
_PIECE = 1_000  # characters
_MOST_PIECES = 8  # of one text
_PASSAGE = 160  # characters that are shown of a text
_BLOCK = 4_096  # vectors that are unpacked at a time: 8 MB
_VECTOR = "coalesce(cast(vector as blob), x'')"  # bytes even in a damaged file
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


class _Piece(NamedTuple):
    """What a vector is made of: a piece of the text `number`, with the title it stands under."""

    kind: str
    number: int
    entity: int
    start: int
    text: str


def bring_up_to_date(db: sqlite3.Connection, kinds: Sequence[str], embedder: Embedder) -> None:
    """Make all vectors that are missing of the texts of `kinds`."""
    while make(db, kinds, embedder):
        pass


def make(db: sqlite3.Connection, kinds: Sequence[str], embedder: Embedder) -> int:
    """Make some of the vectors that are missing; of how many texts, 0 when none is missing.

    Nobody waits while they are made. A text that has changed meanwhile, or that somebody else was
    faster with, gets none by this.
    """
    if not _is_made_by(db, embedder):
        db.execute("begin immediate")
        with db:
            _prepare(db, embedder)
    with index_file.one_state(db):
        some = _first(db, [(kind, None) for kind in _there(db, kinds)])
    if not some:
        return 0
    vectors = _packed(embedder.vectors([one.text for one in some]))
    db.execute("begin immediate")
    with db:
        if _is_made_by(db, embedder):
            lack = _unchanged(db, some)
            _insert(db, (pair for pair in zip(some, vectors, strict=True) if pair[0] in lack))
    return len({one.number for one in some})


def make_within(
    db: sqlite3.Connection, waiting: Sequence[tuple[str, str]], embedder: Embedder
) -> None:
    """Make vectors of the entities `waiting` (kind and last part of the id) as part of the
    transaction of the caller, for whom everybody waits: of the first few hundred pieces."""
    _prepare(db, embedder)
    query = "select kind, number from entity where kind = ? and tail = ?"
    there = frozenset(_there(db, [kind for kind, _ in waiting]))
    among = [db.execute(query, key).fetchone() for key in waiting if key[0] in there]
    for _ in range(_MOST_LOTS):
        some = _first(db, [one for one in among if one])
        if not some:
            return
        vectors = _packed(embedder.vectors([one.text for one in some]))
        _insert(db, zip(some, vectors, strict=True))


def missing(db: sqlite3.Connection, kinds: Sequence[str]) -> int:
    """How many texts of `kinds` have no vector, once `make` has made some."""
    query = f"select count(*) from ({_MISSING})"
    return sum(db.execute(query, (_FIRST, kind, NAMED)).fetchone()[0] for kind in _there(db, kinds))


def _there(db: sqlite3.Connection, kinds: Sequence[str]) -> list[str]:
    return sorted(set(kinds).intersection(index_file.kinds(db)))


def _is_made_by(db: sqlite3.Connection, embedder: Embedder) -> bool:
    query = "select 1 from source where name = ? and tip = ?"
    return db.execute(query, (_MADE_BY, embedder.name)).fetchone() is not None


def _prepare(db: sqlite3.Connection, embedder: Embedder) -> None:
    """Make the table, where it is not there or holds the vectors of another model."""
    if _is_made_by(db, embedder):
        return
    for statement in _SCHEMA:
        db.execute(statement)
    db.execute("insert or replace into source values (?, ?, null)", (_MADE_BY, embedder.name))


_MISSING = (
    "select s.number, s.entity, s.entry from entity e cross join said s on s.number in"
    " (select * from (select number from said where entity = e.number order by number limit ?)"
    f" union select number from said where entity = e.number and {_NAMES})"
    " where e.kind = ? and s.entry <> ?"
    " and not exists (select 1 from meant where number = s.number)"
)


def _first(db: sqlite3.Connection, among: Sequence[tuple[str, int | None]]) -> list[_Piece]:
    """The pieces of the first texts that have no vector: as many as one transaction takes.

    `among`: kind and number of an entity, or None for all of that kind.
    """
    found: list[_Piece] = []
    for kind, entity in among:
        query = f"{_MISSING}{' and e.number = ?' if entity else ''} limit {_LOT}"
        values = (_FIRST, kind, NAMED, *((entity,) if entity else ()))
        for one in db.execute(query, values).fetchall():
            if len(found) >= _LOT_PIECES:
                return found
            found += _pieces_of(db, kind, *one)
    return found


def _pieces_of(
    db: sqlite3.Connection, kind: str, number: int, entity: int, label: str
) -> list[_Piece]:
    text = text_of(db, kind, number, label)
    title = _title(db, kind, entity) if label == WHOLE else ""
    return [
        _Piece(
            kind, number, entity, start, f"{title}\n{text[start:end]}" if title else text[start:end]
        )
        for start, end in pieces(text)
    ]


def _unchanged(db: sqlite3.Connection, some: Sequence[_Piece]) -> set[_Piece]:
    """Those of `some` that are pieces of a text which is there as it was, and has no vector."""
    query = (
        "select number, entity, entry from said where number = ?"
        " and not exists (select 1 from meant where number = said.number)"
    )
    found: set[_Piece] = set()
    for kind, number in {(one.kind, one.number) for one in some}:
        row = db.execute(query, (number,)).fetchone()
        found.update(_pieces_of(db, kind, *row) if row else ())
    return found


def _insert(db: sqlite3.Connection, made: Iterable[tuple[_Piece, NDArray[np.int8]]]) -> None:
    db.executemany(
        "insert into meant values (?, ?, ?, ?)",
        ((one.number, one.entity, one.start, vector.tobytes()) for one, vector in made),
    )


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
        f"select number, entity, start, {_VECTOR} from meant"
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
    (told,) = db.execute("select row from entity where number = ?", (near.entity,)).fetchone()
    row = json.loads(told)
    query = "select entry from said where number = ?"
    label = db.execute(query, (near.number,)).fetchone()[0]
    if label == TITLE:  # it is shown anyway
        near = _below(db, near, vector) or near
        label = db.execute(query, (near.number,)).fetchone()[0]
    text = text_of(db, kind, near.number, label)[near.start :]
    if label == WHOLE and not near.start:
        text = below_title(text, str(row.get("title", "")))
    text = text.strip()
    passage = text[:_PASSAGE].rsplit(None, 1)[0] + "…" if len(text) > _PASSAGE else text
    return Hit(row, label, passage, near.nearness, kind, by_meaning=True)


def _below(db: sqlite3.Connection, title: Near, vector: NDArray[np.float32]) -> Near | None:
    """The nearest piece of what stands below `title`, as near as that."""
    query = f"select number, start, {_VECTOR} from meant where entity = ? and number <> ?"
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
