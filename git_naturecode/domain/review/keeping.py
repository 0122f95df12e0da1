"""Which verdicts still stand after a push, and for which files: by the patch id of each file."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from git_naturecode.git.quoted import unquoted

CURRENT, KEPT, PARTIAL, STALE = "current", "kept", "partial", "stale"
_LINE = re.compile(r"([0-9a-f]{16,40}) ([AMDRT]) (\"(?:[^\"\\\t]|\\.)*\"|[^\"\t][^\t]*)(?:\t(.+))?")


class Row(NamedTuple):
    """A line of a file table: the patch id, the status (AMDRT), the path, and the path before."""

    id: str
    status: str
    path: str
    old: str = ""


class Verdict(Protocol):
    """What is to be known of a verdict: the head and the digest of the file table that it was
    given for, and the only files that it is about (none: all)."""

    @property
    def head(self) -> str:
        """The commit that was looked at."""

    @property
    def digest(self) -> str:
        """The SHA-256 of the file table that was looked at, in hex."""

    @property
    def files(self) -> Sequence[str]:
        """The only files that it is about; none: all."""


class Kept(NamedTuple):
    """What is left of a verdict. `state` is `current` (of this very change), `kept` (each file
    changes as it did), `partial` (some do) or `stale`; the files are paths of the present change.
    """

    state: str
    stale_files: tuple[str, ...] = ()
    kept_files: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """True when it stands for everything that it was about."""
        return self.state in (CURRENT, KEPT)


def rows(table: str) -> dict[str, Row]:
    """The lines of a file table, by path; raises ValueError where it is none."""
    found = {}
    for line in table.split("\n") if table else ():
        told = _LINE.fullmatch(line)
        if told is None:
            raise ValueError("this is no file table")
        old = _path(told[4]) if told[4] else ""
        row = Row(told[1], told[2], _path(told[3]), old)
        if row.path in found:
            raise ValueError("this file table names a file twice")
        found[row.path] = row
    return found


def digest(table: str) -> str:
    """The SHA-256 of a file table, in hex."""
    return hashlib.sha256(table.encode("utf-8", "surrogateescape")).hexdigest()


def standing(given: Verdict, given_table: str | None, now_table: str, head: str = "") -> Kept:
    """What is left of the verdict `given` for the change with the file table `now_table`.

    `given_table` is the one that it was given for (None: it cannot be had), `head` the present
    head. A table that is not the one of the verdict's digest proves nothing, so nothing is kept by
    it; a file that is no longer changed makes nothing stale.
    """
    now = _now(now_table)
    if now is None:
        return Kept(STALE)
    covered = set(given.files) & now.keys() if given.files else set(now)
    same_table = given.digest == _digest(now_table)
    then = now if same_table else _believed(given, given_table)
    kept = {path for path in covered if path in then and then[path] == now[path]}
    stale = covered - kept
    if stale:
        state = PARTIAL if kept else STALE
    else:
        state = CURRENT if same_table and head == given.head != "" else KEPT
    return Kept(state, tuple(sorted(stale)), tuple(sorted(kept)))


@lru_cache(2)
def _now(table: str) -> Mapping[str, Row] | None:
    """The rows of the present table, which many verdicts are held against; None for no table."""
    try:
        return rows(table)
    except ValueError:
        return None


_digest = lru_cache(2)(digest)


def _believed(given: Verdict, table: str | None) -> dict[str, Row]:
    """The rows of the table that the verdict was given for; none where that cannot be told."""
    if table is None or digest(table) != given.digest:
        return {}
    try:
        return rows(table)
    except ValueError:
        return {}


def _path(word: str) -> str:
    return unquoted(word.encode("utf-8", "surrogateescape"))
