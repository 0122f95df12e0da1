"""How far the notes on commits follow the record: the state of both when they were last right."""

import os
from contextlib import suppress

from git_naturecode import ids
from git_naturecode.store.notes import PREFIX
from git_naturecode.store.store import Store

REF = PREFIX + "sessions"
_NAME = "noted"
_NONE = "-"


def is_behind(store: Store) -> bool:
    """True when the record or the notes have changed since; costs a few file reads."""
    return last(store) != now(store)


def were_changed(store: Store) -> bool:
    """True when somebody else, such as a rebase of git's, has written notes since."""
    tip = now(store)[1]
    return tip not in (_NONE, last(store)[1])


def now(store: Store) -> tuple[str, str]:
    """Where the data branch and the notes stand ("-": nowhere)."""
    objects = store.team.objects
    return objects.resolve(store.team.ref) or _NONE, objects.resolve(REF) or _NONE


def last(store: Store) -> tuple[str, str]:
    """Where both stood when the notes were last made right."""
    try:
        with open(os.path.join(store.state_dir, _NAME), encoding="ascii", errors="replace") as file:
            head, _, tip = file.read(200).strip().partition(" ")
    except (FileNotFoundError, IsADirectoryError):
        return _NONE, _NONE
    return head, tip or _NONE


def remember(store: Store, state: tuple[str, str]) -> None:
    """The notes were right in `state`; where nothing can be written they are looked at again."""
    path = os.path.join(store.state_dir, _NAME)
    new = f"{path}.{ids.base32(store.random(5), 8)}"
    with suppress(OSError):
        with open(new, "w", encoding="ascii") as file:
            file.write(" ".join(state))
        os.replace(new, path)
