"""How many words each text has, so that BM25 needs no look-up for each text that it weighs.

Those look-ups are most of what bm25() of FTS5 takes. Here the lengths of the texts of a table are
one array, and what comes out is the same.
"""

import json
import math
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from operator import itemgetter

from git_naturecode.store import index_file, index_pieces

_K1, _B = 1.2, 0.75  # as FTS5 has them
_AVERAGES = 1  # the row with the number of texts and of words (https://sqlite.org/fts5.html)


class Lengths:
    """The lengths of the texts of `table`, all of them and their mean."""

    def __init__(self, db: sqlite3.Connection, table: str) -> None:
        self._db = db
        self._places = index_file.vocabulary(db, table, "instance")
        self._words = index_pieces.every(db, table)
        if db.in_transaction:  # opening it writes what FTS5 still keeps to itself
            db.execute(f"select 1 from {self._places} limit 1").fetchone()
        query = f'select block from "{table}_data" where id = ?'
        row = db.execute(query, (_AVERAGES,)).fetchone() or (b"",)
        texts, words, *_ = *_numbers(row[0]), 0, 0
        if not texts or not words:
            raise sqlite3.DatabaseError("the number of texts is missing")
        self._mean = words / texts
        self._once = _Once(self._mean)

    def weighed(
        self, stem: str, weight: float, best: int = -1, wanted: Collection[int] = ()
    ) -> dict[int, float]:
        """Row -> what BM25 gives for `stem` in each text that has it, times `weight`.

        If `best` is not negative, only for so many of the best, for some more, and for those in the
        rows `wanted`. Of the texts in which a word stands once the shortest are the best.
        """
        query = f"select json_group_array(doc) from {self._places} where term = ?"
        rows = json.loads(self._db.execute(query, (stem,)).fetchone()[0])
        if not rows:
            return {}
        try:
            lengths = itemgetter(*rows, rows[0])(self._words)[:-1]  # one row would give no tuple
        except IndexError as error:
            raise sqlite3.DatabaseError("lengths of texts are missing") from error
        often = Counter(row for row, after in pairwise(rows) if row == after)
        longest = math.inf
        if best >= 0:
            numbers = Counter(lengths)
            numbers.subtract(self._words[row] for row in often.elements())
            longest = _longest(numbers, best)
        once = self._once
        found = {
            row: weight * once[length]
            for row, length in zip(rows, lengths, strict=True)
            if length <= longest or row in wanted
        }
        for row, times in often.items():
            found[row] = weight * _bm25(times + 1, self._words[row] / self._mean)
        return found


def _longest(numbers: Mapping[int, int], wanted: int) -> int:
    """The length up to which at least `wanted` texts go; `numbers` of texts are by length."""
    for length, number in sorted(numbers.items()):
        wanted -= number
        if wanted <= 0:
            return length
    return max(numbers)


class _Once(dict[int, float]):
    """Length -> what BM25 gives for a word that stands once in such a text."""

    def __init__(self, mean: float) -> None:
        super().__init__()
        self._mean = mean

    def __missing__(self, length: int) -> float:
        found = self[length] = _bm25(1, length / self._mean)
        return found


def _bm25(times: int, length: float) -> float:
    return times * (_K1 + 1) / (times + _K1 * (1 - _B + _B * length))


def note(db: sqlite3.Connection, table: str, first: int) -> None:
    """Keep the lengths of the texts of `table` in row `first` and later."""
    query = f'select id, sz from "{table}_docsize" where id >= ?'
    index_pieces.write(
        db, table, {row: _numbers(size)[0] for row, size in db.execute(query, (first,))}
    )


def forget(db: sqlite3.Connection, table: str, rows: Iterable[int]) -> None:
    """Keep no length of texts that are taken out."""
    index_pieces.write(db, table, dict.fromkeys(rows, 0))


def drop(db: sqlite3.Connection, table: str) -> None:
    """Keep no length of any text of `table`."""
    index_pieces.drop(db, table)


def _numbers(data: bytes) -> list[int]:
    """The numbers in `data`, each of seven bits a byte, the highest first."""
    found, number = [], 0
    for byte in data:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            found.append(number)
            number = 0
    return found
