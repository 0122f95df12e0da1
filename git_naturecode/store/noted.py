"""How far the notes on commits follow the record: the state of both when they were last right."""

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from git_naturecode import ids

if TYPE_CHECKING:
    from git_naturecode.git.objects import Objects
    from git_naturecode.store.store import Store

REF = "refs/notes/naturecode/sessions"
KINDS = frozenset({"link", "unlink", "delete"})
"""The kinds of entries that say something about commits."""
_TELLS = tuple(f'"kind":"{kind}"'.encode() for kind in sorted(KINDS))
_NAME = "noted"
_NONE = "-"


def is_behind(store: "Store") -> bool:
    """True when the record or the notes have changed since; costs a few file reads."""
    return last(store) != now(store)


def were_changed(store: "Store") -> bool:
    """True when somebody else, such as a rebase of git's, has written notes since."""
    tip = now(store)[1]
    return tip not in (_NONE, last(store)[1])


def tells(segment: bytes) -> bool:
    """True when an entry of one of KINDS may stand in `segment`."""
    return any(words in segment for words in _TELLS)


def now(store: "Store") -> tuple[str, str]:
    """Where the data branch and the notes stand ("-": nowhere)."""
    objects = store.team.objects
    return objects.resolve(store.team.ref) or _NONE, objects.resolve(REF) or _NONE


def last(store: "Store") -> tuple[str, str]:
    """Where both stood when the notes were last made right."""
    return _last(store.state_dir)


def _last(state_dir: str) -> tuple[str, str]:
    try:
        with open(os.path.join(state_dir, _NAME), encoding="ascii", errors="replace") as file:
            head, _, tip = file.read(200).strip().partition(" ")
    except (FileNotFoundError, IsADirectoryError):
        return _NONE, _NONE
    return head, tip or _NONE


def remember(store: "Store", state: tuple[str, str]) -> None:
    """The notes were right in `state`; where nothing can be written they are looked at again."""
    path = os.path.join(store.state_dir, _NAME)
    new = f"{path}.{ids.base32(store.random(5), 8)}"
    with suppress(OSError):
        with open(new, "w", encoding="ascii") as file:
            file.write(" ".join(state))
        os.replace(new, path)


def pass_over(objects: "Objects", state_dir: str, old: str | None, new: str) -> None:
    """The record went from the commit `old` to `new` and got nothing but what tells of no commit.

    Notes that were right are still, then, and nobody need look. For one who holds the lock of the
    clone: only so does nobody else say meanwhile that all are to be looked at.
    """
    tip = objects.resolve(REF) or _NONE
    if old is None or _last(state_dir) != (old, tip):
        return
    path = os.path.join(state_dir, _NAME)
    with suppress(OSError):
        with open(f"{path}.passed", "w", encoding="ascii") as file:
            file.write(f"{new} {tip}")
        os.replace(file.name, path)
