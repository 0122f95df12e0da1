"""Entries of encrypted sessions: what is written of one, and the same entry opened for a reader.

Sealed, the header says only what joining, ordering and judging need; all else is in the body. A
reader's program works on `Opened`, which has the name (id and hash) of the sealed entry and is
written down as that one. Who has which key is not the store's business: see `Vault`.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from git_naturecode.store.entry import Entry, Json, header_line

if TYPE_CHECKING:
    from git_naturecode.store.store import Placed

CLEAR = ("id", "at", "device", "by", "epoch", "kind", "target", "over")
"""All that a header may say in the clear; besides `enc`, which says how the body is written."""


class Opened(Entry):
    """A sealed entry as its readers see it."""

    def __init__(self, sealed: Entry, header: Mapping[str, Json], body: str | None) -> None:
        self.sealed = sealed
        self.body = body
        self.stated = sealed.stated
        self.__dict__["header"] = dict(header)

    @cached_property
    def line(self) -> str:  # type: ignore[override]
        """The header as it would be written in the clear."""
        return header_line(self.header)

    @property
    def hash(self) -> str:
        """The hash of the entry as it is written."""
        return self.sealed.hash

    @property
    def as_written(self) -> Entry:
        """The sealed entry."""
        return self.sealed

    @property
    def is_stub(self) -> bool:
        """Never: nothing can be opened of what was purged."""
        return False

    @property
    def is_sealed(self) -> bool:
        """Not any more."""
        return False

    @property
    def _content(self) -> tuple[str, str | None, str | None]:
        return (self.sealed.line, self.sealed.body, self.stated)


class Vault(Protocol):
    """Opens and seals with the keys of this user."""

    def opened(self, placed: "Sequence[Placed]") -> "list[Placed]":
        """`placed`, all entries about one entity, each opened for which there is a key here."""

    def sealed(self, entity: str, entries: Sequence[Entry]) -> list[Entry]:
        """`entries` as they may stand in the shared log of `entity`, perhaps after a new epoch.

        Raises NotPermitted when this device has no key for it.
        """

    def begin(self, entity: str, entries: Sequence[Entry]) -> list[Entry]:
        """`entries` as they may stand there once `entity` is encrypted, after its first epoch.

        Raises NotPermitted where nobody says whose devices are whose.
        """
