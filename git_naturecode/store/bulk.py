"""Bulk writing: whole conversations go into a log as one commit, in bounded memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from git_naturecode.errors import NaturecodeError
from git_naturecode.git.bulk import BulkCommit
from git_naturecode.store import format, paths, seal
from git_naturecode.store.drain import SEGMENT_BYTES, last_segment
from git_naturecode.store.entry import Draft, Entry
from git_naturecode.store.lock import hold
from git_naturecode.store.log import Log
from git_naturecode.store.store import Store

_WAIT = 30.0
CHUNK = 256  # drafts that get their stamps together


class BulkWriter:
    """Appends to the logs of many entities; git learns of it when the first entry comes."""

    def __init__(self, store: Store, log: Log) -> None:
        self._store = store
        self._log = log
        self._base = log.tree()
        self._commit: BulkCommit | None = None
        self._entity = ""
        self._number = 1
        self._content: list[str] = []
        self._size = 0
        self.entries = 0

    def write(self, entity: str, drafts: Sequence[Draft]) -> None:
        """Append `drafts` about `entity`; they are safe when the writer has finished."""
        for start in range(0, len(drafts), CHUNK):
            self.keep(entity, self._store.entries_of(drafts[start : start + CHUNK]))

    def keep(self, entity: str, entries: Sequence[Entry]) -> None:
        """Append entries that are already made."""
        if entity != self._entity:
            self._flush()
            self._open(entity)
        for entry in entries:
            if self._size >= SEGMENT_BYTES:
                self._flush()
                self._number += 1
            if not self._content:
                self._add(format.preamble(entity, self._store.device, self._number))
            self._add(format.block(entry))
            self.entries += 1

    def finish(self) -> str | None:
        """Make the commit visible; its id, or None when nothing was written."""
        self._flush()
        if self._commit is None:
            return None
        new = self._commit.finish()
        if self._log.head() != new:
            raise NaturecodeError(f"{self._log.ref} moved meanwhile", "run the command again")
        return new

    def abandon(self) -> None:
        """Drop what was written."""
        if self._commit is not None:
            self._commit.abandon()

    def _open(self, entity: str) -> None:
        self._entity = entity
        device = self._store.device
        self._number, content = last_segment(self._log, self._base, entity, device)
        self._content, self._size = [], 0
        if len(content) >= SEGMENT_BYTES:
            self._number += 1
        elif content:
            self._content, self._size = [content.decode("utf-8", "surrogateescape")], len(content)

    def _add(self, text: str) -> None:
        self._content.append(text)
        self._size += len(text)

    def _flush(self) -> None:
        if len(self._content) > 1:
            path = paths.segment_path(self._entity, self._store.device, self._number)
            self._stream().put(path, "".join(self._content).encode("utf-8", "surrogateescape"))
        self._content, self._size = [], 0

    def _stream(self) -> BulkCommit:
        if self._commit is None:
            log = self._log
            head = log.head()
            text = seal.message("Add conversations", seal.of(log.objects, head))
            seconds = self._store.now_ms() // 1000
            self._commit = BulkCommit(log.repo, log.ref, head, seconds, text)
        return self._commit


@contextmanager
def bulk(store: Store, side: str) -> Iterator[BulkWriter]:
    """A BulkWriter on `side`, alone with the log; finished when the block ends well."""
    log = store.side(side)
    store.settle(_WAIT)
    with hold(store.lock, _WAIT) as held:
        if not held:
            raise NaturecodeError(
                "another git naturecode is writing here", "wait for it, then run the command again"
            )
        log.begin()
        writer = BulkWriter(store, log)
        try:
            yield writer
            writer.finish()
        except BaseException:
            writer.abandon()
            raise
