"""How far derived notes follow the record: the state of both when they were last right."""

from contextlib import suppress
from typing import NamedTuple

from git_naturecode.store.memory import recall, remember
from git_naturecode.store.store import Store

NOWHERE = "-"


class State(NamedTuple):
    """What is remembered of the notes at `ref`: small files called `record` and `notes`."""

    ref: str
    record: str
    notes: str

    def is_behind(self, store: Store) -> bool:
        """True when the record or the notes have changed since; costs a few file reads."""
        return self.last(store) != self.now(store)

    def now(self, store: Store) -> tuple[str, str]:
        """Where the data branch and the notes stand."""
        objects = store.team.objects
        return objects.resolve(store.team.ref) or NOWHERE, objects.resolve(self.ref) or NOWHERE

    def last(self, store: Store) -> tuple[str, str]:
        """Where both stood when the notes were last made right."""
        return recall(store, self.record) or NOWHERE, recall(store, self.notes) or NOWHERE

    def keep(self, store: Store, state: tuple[str, str]) -> None:
        """The notes were right in `state`; what cannot be written is looked at again."""
        with suppress(OSError):
            for name, commit in zip((self.record, self.notes), state, strict=True):
                remember(store, name, "" if commit == NOWHERE else commit)
