"""How far the notes of articles follow the record: the state of both when they were last right."""

from git_naturecode.store.notes import PREFIX
from git_naturecode.store.notes_state import State

REF = PREFIX + "kb"
STATE = State(REF, "kb-noted", "kb-notes")
