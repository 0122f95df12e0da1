"""Writing an import down in bounded pieces, so that whatever stops it costs one of them at most."""

from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType

from git_naturecode.store.bulk import BulkWriter, bulk
from git_naturecode.store.entry import Draft
from git_naturecode.store.store import Store

ENTRIES = 10_000  # entries in one commit
SIZE = 64 << 20  # bytes of source that one commit is made of


class Batches:
    """A BulkWriter that begins anew, under the lock of its own commit, as often as is needed.

    Used in a `with` block: leaving it well commits what is left, an error drops that. `kept` counts
    the conversations that are wholly in commits, `entries` all that was written.
    """

    def __init__(self, store: Store, side: str) -> None:
        self._store = store
        self._side = side
        self._open = ExitStack()
        self._writer: BulkWriter | None = None
        self._size = 0
        self._whole = 0
        self._before = 0
        self.kept = 0

    @property
    def entries(self) -> int:
        """How many entries were written."""
        return self._before + (self._writer.entries if self._writer else 0)

    def __enter__(self) -> "Batches":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        where: TracebackType | None,
    ) -> None:  # fmt: skip
        if error is None:
            self._commit()
        else:
            self._open.__exit__(kind, error, where)

    def write(self, entity: str, drafts: Sequence[Draft]) -> None:
        """Append `drafts` about `entity`."""
        if self._writer is None:
            self._writer = self._open.enter_context(bulk(self._store, self._side))
        self._writer.write(entity, drafts)
        if self._writer.entries >= ENTRIES:
            self._commit()

    def end(self, size: int) -> None:
        """Say that a conversation, `size` bytes of its source, was written to its end."""
        self._whole += 1
        self._size += size
        if self._writer is None:
            self.kept += self._whole
            self._whole = 0
        elif self._size >= SIZE:
            self._commit()

    def _commit(self) -> None:
        """Make what was written since the last commit visible."""
        self._open.close()
        self._before, self._writer = self.entries, None
        self.kept += self._whole
        self._whole = self._size = 0
