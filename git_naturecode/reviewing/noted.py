"""How far the notes of reviews follow the record: the state of both when they were last right."""

from git_naturecode.store.notes import PREFIX
from git_naturecode.store.notes_state import State
from git_naturecode.store.store import Store

REF = PREFIX + "reviews"
STATE = State(REF, "reviews-noted", "reviews-notes")


def is_behind(store: Store) -> bool:
    """True when the record or the notes have changed since; costs a few file reads."""
    return STATE.is_behind(store)
