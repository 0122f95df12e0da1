"""The line `Seal:` of a commit: which purges its whole history obeys (DESIGN 5)."""

import re
from typing import NamedTuple

from git_naturecode.git.objects import CommitInfo, Missing, Objects, parse_commit

_KEY = "Seal:"
_RECORD = r"[0-9A-Za-z._:-]{1,256}"
_MAX_RECORDS = 1000
_MAX_STEPS = 10_000
_MAX_COMMIT = 1 << 20

Records = frozenset[str]
NONE: Records = frozenset()


class Sealed(NamedTuple):
    """What the history of a commit says that it obeys, and who says so.

    `records` are those that all of `nearest` name, the nearest commits of this program; `others`
    are the commits from there on, which plain git made.
    """

    records: Records = NONE
    nearest: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def message(subject: str, records: Records) -> str:
    """A commit message of ours: `subject` and the seal."""
    return f"{subject}\n\n{' '.join((_KEY, *sorted(records)))}\n"


def of(objects: Objects, commit: str | None) -> Records:
    """The records that `commit` and all before it obey, but for what `store/obedience` finds."""
    return read(objects, commit).records


def read(objects: Objects, commit: str | None) -> Sealed:
    """The seal of `commit`.

    A commit without the line, or with that of another one (amended, or picked), is not ours: it
    has what all its parents have, none at a root. So it is the intersection over all nearest
    commits of ours; whoever made a history in which they are far, missing or strange, gets none:
    an ordinary purge then runs once more.
    """
    found: Records | None = None
    nearest, others = list[str](), list[str]()
    waiting, seen = [commit] if commit else [], set[str]()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        info = _read(objects, one)
        if info is None or len(seen) > _MAX_STEPS:
            return Sealed()
        sealed = _line(info.message) if info.is_ours else None
        if sealed is None:
            others.append(one)
            waiting += info.parents
        else:
            nearest.append(one)
        if sealed is not None or not info.parents:
            found = (sealed or NONE) if found is None else found & (sealed or NONE)
    return Sealed(found or NONE, tuple(nearest), tuple(others))


def has_line(objects: Objects, commit: str) -> bool:
    """True when `commit` has the line: this program made it, or what it was made from."""
    info = _read(objects, commit)
    return info is not None and _line(info.message) is not None


def _read(objects: Objects, commit: str) -> CommitInfo | None:
    try:
        kind, size = objects.header(commit)
        if kind == "commit" and size <= _MAX_COMMIT:
            return parse_commit(objects.read(commit)[1])
    except (Missing, ValueError, IndexError):  # beyond the border of a shallow clone, or malformed
        pass
    return None


def _line(text: str) -> Records | None:
    """The records in the seal of a message; None when it has no such line."""
    for line in reversed(text.split("\n")):
        if line.startswith(_KEY):
            records = line[len(_KEY) :].split()
            good = len(records) <= _MAX_RECORDS and all(
                re.fullmatch(_RECORD, record) for record in records
            )
            return frozenset(records) if good else NONE
    return None
