"""Databases of other programs, read without a trace in their folders."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

MAGIC = b"SQLite format 3\x00"
_WAL = 2  # the file format in the header of a database that keeps a write-ahead log


@contextmanager
def reading(path: str) -> Iterator[sqlite3.Connection]:
    """The database at `path`, for reading only.

    One with a write-ahead log is opened with it where its owner has it open, too; else as it was
    when the log was last taken in, since opening the log would make files beside it. Raises
    sqlite3.Error.
    """
    mode = "mode=ro"
    if _keeps_log(path) and not (_is_there(f"{path}-wal") and _is_there(f"{path}-shm")):
        mode = "immutable=1"
    uri = f"file:{quote(os.path.abspath(path))}?{mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=2)
    try:
        connection.text_factory = bytes
        for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"):
            connection.execute(f"PRAGMA {pragma}")
        yield connection
    finally:
        connection.close()


def _keeps_log(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(20)[18:20] == bytes([_WAL, _WAL])


def _is_there(path: str) -> bool:
    try:
        return os.stat(path).st_size > 0
    except OSError:
        return False
