"""How far the notes of reviews follow the record: the state of both when they were last right."""

from contextlib import suppress

from git_naturecode.store.memory import recall, remember
from git_naturecode.store.notes import PREFIX
from git_naturecode.store.store import Store

REF = PREFIX + "reviews"
NOWHERE = "-"
_RECORD, _NOTES = "reviews-noted", "reviews-notes"


def is_behind(store: Store) -> bool:
    """True when the record or the notes have changed since; costs a few file reads."""
    return last(store) != now(store)


def now(store: Store) -> tuple[str, str]:
    """Where the data branch and the notes stand."""
    objects = store.team.objects
    return objects.resolve(store.team.ref) or NOWHERE, objects.resolve(REF) or NOWHERE


def last(store: Store) -> tuple[str, str]:
    """Where both stood when the notes were last made right."""
    return recall(store, _RECORD) or NOWHERE, recall(store, _NOTES) or NOWHERE


def keep(store: Store, state: tuple[str, str]) -> None:
    """The notes were right in `state`; where nothing can be written they are looked at again."""
    with suppress(OSError):
        for name, commit in zip((_RECORD, _NOTES), state, strict=True):
            remember(store, name, "" if commit == NOWHERE else commit)
