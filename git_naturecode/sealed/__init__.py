"""Encrypted sessions: opening and sealing with this user's keys, beginning one, renewing its keys.

Nothing here is loaded before a session turns out to be encrypted.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_naturecode.sealed.vault import Keys
    from git_naturecode.store.entry import Entry
    from git_naturecode.store.store import Placed, Store


class LazyVault:
    """The keys of this user, for `Store.vault`; loaded when something is to be opened or sealed."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    @cached_property
    def keys(self) -> "Keys":
        """What does the work."""
        from git_naturecode.sealed.vault import Keys

        return Keys(self._store)

    def opened(self, placed: "Sequence[Placed]") -> "list[Placed]":
        """`placed`, all entries about one entity, each opened for which there is a key here."""
        return self.keys.opened(placed)

    def sealed(self, entity: str, entries: "Sequence[Entry]") -> "list[Entry]":
        """`entries` as they may stand in the shared log of `entity`; raises NotPermitted."""
        return self.keys.sealed(entity, entries)

    def begin(self, entity: str, entries: "Sequence[Entry]") -> "list[Entry]":
        """`entries` as they may stand there once `entity` is encrypted; raises NotPermitted."""
        return self.keys.begin(entity, entries)
