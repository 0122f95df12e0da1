"""Numbers by row, kept as arrays in pieces: a search looks hundreds of rows up in a few reads."""

import json
import sqlite3
import sys
from array import array
from collections.abc import Mapping, Sequence

_PIECE = 2_048  # rows
_NUMBER = "I"  # of four bytes
_NONE = bytes(_PIECE * array(_NUMBER).itemsize)


class Pieces:
    """The numbers called `name`, read when they are asked for; 0 where there is none."""

    def __init__(self, db: sqlite3.Connection, name: str) -> None:
        self._db = db
        self._name = name
        self._read: dict[int, array[int]] = {}

    def of(self, rows: Sequence[int]) -> list[int]:
        """The number of each of `rows`."""
        wanted = {row // _PIECE for row in rows} - self._read.keys()
        if wanted:
            self._read.update(dict.fromkeys(wanted, _unpacked(_NONE)))
            query = (
                "select piece, numbers from pieces"
                " where name = ? and piece in (select value from json_each(?))"
            )
            for piece, data in self._db.execute(query, (self._name, json.dumps(list(wanted)))):
                self._read[piece] = _unpacked(data)
        read = self._read
        return [read[row // _PIECE][row % _PIECE] for row in rows]


def every(db: sqlite3.Connection, name: str) -> "array[int]":
    """All numbers called `name`, as far as there are any."""
    pieces = dict(db.execute("select piece, numbers from pieces where name = ?", (name,)))
    return _unpacked(b"".join(pieces.get(n, _NONE) for n in range(max(pieces, default=-1) + 1)))


def write(db: sqlite3.Connection, name: str, numbers: Mapping[int, int]) -> None:
    """Set the numbers called `name` of some rows; 0 leaves nothing of what was there."""
    pieces: dict[int, array[int]] = {}
    for row, number in numbers.items():
        piece, place = divmod(row, _PIECE)
        if piece not in pieces:
            query = "select numbers from pieces where name = ? and piece = ?"
            kept = db.execute(query, (name, piece)).fetchone()
            pieces[piece] = _unpacked(kept[0] if kept else _NONE)
        pieces[piece][place] = number
    db.executemany(
        "insert or replace into pieces values (?, ?, ?)",
        [(name, piece, _packed(kept)) for piece, kept in pieces.items()],
    )


def drop(db: sqlite3.Connection, name: str) -> None:
    """Leave no number called `name`."""
    db.execute("delete from pieces where name = ?", (name,))


def _unpacked(data: bytes) -> "array[int]":
    numbers = array(_NUMBER)
    numbers.frombytes(data)
    if sys.byteorder == "big":  # the file may be read by another machine
        numbers.byteswap()
    return numbers


def _packed(numbers: "array[int]") -> bytes:
    return _unpacked(numbers.tobytes()).tobytes()
