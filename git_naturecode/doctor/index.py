"""The index: derived from the record, so that a damaged one is only taken away."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from urllib.parse import quote

from git_naturecode.doctor.case import OK, WARNING, Case, Finding

_FILES = ("", "-wal", "-shm", "-journal")


def index(case: Case) -> Iterator[Finding]:
    """That SQLite finds nothing wrong with it, read without changing it."""
    path = case.path("index.db")
    if not os.path.lexists(path):
        yield Finding(OK, "none yet; the next command that lists makes it")
        return
    why = _fault(path)
    if why:
        yield Finding(
            WARNING,
            f"{path} is damaged ({why}): lists and searches are slow or wrong; it holds "
            "nothing that is not in the record",
            fix="takes it away; the next command makes it anew",
            mend=partial(remove, case),
        )


def _fault(path: str) -> str:
    if not os.path.isfile(path):
        return "it is no file"
    try:
        with closing(sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=5)) as db:
            found = [str(row[0]) for row in db.execute("pragma quick_check(3)")]
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == ["ok"] else " ".join(found[0].split())


def remove(case: Case) -> None:
    """Take the index away; the next command makes it anew."""
    path = case.path("index.db")
    for suffix in _FILES:
        if os.path.isfile(path + suffix) or os.path.islink(path + suffix):
            os.unlink(path + suffix)
    if os.path.lexists(path):  # a folder, say
        os.replace(path, path + ".damaged")
