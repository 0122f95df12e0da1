"""Bulk writing: whole conversations go into a log as one commit, in bounded memory."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

from git_naturecode.errors import NaturecodeError
from git_naturecode.git import tree
from git_naturecode.git.bulk import BulkCommit, sweep
from git_naturecode.git.objects import Missing, RefLocked
from git_naturecode.store import format, join, noted, own, paths, purge, seal, unsigned
from git_naturecode.store.drain import drain_held, withheld
from git_naturecode.store.entry import Draft, Entry
from git_naturecode.store.lock import alone
from git_naturecode.store.log import Log
from git_naturecode.store.segments import SEGMENT_BYTES, Segments, last_stamp
from git_naturecode.store.store import TEAM, Store
from git_naturecode.store.unsigned import Written

_WAIT = 30.0
CHUNK = 256  # drafts that get their stamps together


class BulkWriter:
    """Appends to the logs of many entities; git learns of it when the first entry comes.

    Everything builds on the head that was found at the beginning: the ref moves only if nobody
    moved it meanwhile.
    """

    def __init__(self, store: Store, log: Log, said: str) -> None:
        self._store = store
        self._log = log
        self._said = said
        self._head = log.head()
        self._base = log.tree_at(self._head)
        self._commit: BulkCommit | None = None
        self._own: Segments | None = None
        self._number = 1
        self._content: list[bytes] = []
        self._size = 0
        self._grown = False
        self._tells = False  # of anything about commits
        self._last = ""
        self._written: dict[str, int] = {}
        self._unsigned: list[Written] = []
        self.entries = 0

    def write(self, entity: str, drafts: Sequence[Draft]) -> None:
        """Append `drafts` about `entity`; they are safe when the writer has finished."""
        for start in range(0, len(drafts), CHUNK):
            entries = self._store.entries_for(self._log.name, entity, drafts[start : start + CHUNK])
            self._open(entity)
            self._append(entries)

    def keep(self, entity: str, entries: Iterable[Entry]) -> None:
        """Append entries that are already made, but for those that this device has there."""
        own = self._open(entity)
        if self._withheld:
            entries = purge.without(entries, self._device, self._withheld)
        fresh = [entry for entry in entries if not own.holds(entry, anywhere=True)]
        self._append(sorted(fresh, key=lambda entry: entry.order))

    def finish(self) -> str | None:
        """Make the commit visible; its id, or None when nothing was written.

        Raises NaturecodeError when nothing became visible, or when it cannot be read back.
        """
        self._flush()
        if self._commit is None:
            return None
        new = self._commit.finish()
        if not self._is_there(new):
            raise NaturecodeError(
                f"what was written for {self._log.ref} cannot be read back",
                "nothing of it was kept; check the disk with `git fsck`, and run the command again",
            )
        if not self._log.move(new, self._head, _WAIT):
            raise NaturecodeError(
                "somebody else wrote to the branch meanwhile; nothing of this was written",
                "run the command again",
            )
        self._commit.keep()
        self._commit.forget()
        if self._log.name == TEAM:
            own.made(self._log, self._head, new, tells=self._tells)
        return new

    def abandon(self) -> None:
        """Drop what was written."""
        if self._commit is not None:
            self._commit.abandon()

    def _append(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if self._size >= SEGMENT_BYTES or entry.at <= self._last:
                # Older ones too begin a segment, since each is in the order of its stamps.
                self._flush()
                self._number += 1
            if not self._content:
                self._add(format.preamble(self._entity, self._device, self._number).encode())
            self._add(format.block(entry).encode())
            self._last = entry.at
            self._grown = True
            self._tells |= entry.kind in noted.KINDS
            self.entries += 1
            if self._log.name == TEAM:
                self._unsigned.append(Written(self._device, self._entity, *entry.key))

    @property
    def _entity(self) -> str:
        return self._own.entity if self._own else ""

    @property
    def _device(self) -> str:
        return self._store.device

    def _open(self, entity: str) -> Segments:
        """Go on with `entity` where its last segment ends."""
        if self._own is not None and entity == self._entity:
            return self._own
        self._flush()
        self._own = Segments(self._log.objects, self._base, entity, self._device)
        self._number, content = self._own.last()
        if entity in self._written:  # earlier in this stream, where nobody can read it yet
            self._number, content = self._written[entity] + 1, b""
        self._content, self._size = [content] if content else [], len(content)
        self._last = last_stamp(content)
        return self._own

    def _add(self, data: bytes) -> None:
        self._content.append(data)
        self._size += len(data)

    def _flush(self) -> None:
        if self._grown:
            unsigned.note(self._log.state_dir, self._unsigned)
            self._unsigned.clear()
            path = paths.segment_path(self._entity, self._device, self._number)
            self._stream().put(path, b"".join(self._content))
            self._written[self._entity] = self._number
        self._content, self._size, self._grown, self._last = [], 0, False, ""

    @cached_property
    def _withheld(self) -> join.Purged:
        return withheld(self._log, self._log.obeyed(self._head), self._base)

    def _stream(self) -> BulkCommit:
        if self._commit is None:
            log = self._log
            text = seal.message(self._said, log.obeyed(self._head))
            seconds = self._store.now_ms() // 1000
            self._commit = BulkCommit(log.repo, self._head, seconds, text)
        return self._commit

    def _is_there(self, new: str) -> bool:
        """True when the commit `new` and each new file of it can be read."""
        objects = self._log.objects
        try:
            root = tree.tree_of(objects, new)
            for _, _, blob in tree.differences(objects, self._base, root):
                if blob is not None:
                    objects.header(blob)
        except Missing:
            return False
        return True


@contextmanager
def bulk(store: Store, side: str, said: str = "Add conversations") -> Iterator[BulkWriter]:
    """A BulkWriter on `side`, alone with the log; finished when the block ends well.

    `said` is the message of its commit.
    """
    log = store.side(side)
    with alone(store.lock, _WAIT):
        _prepare(store, log)
        writer = BulkWriter(store, log, said)
        try:
            yield writer
            writer.finish()
        except BaseException:
            writer.abandon()
            raise


def _prepare(store: Store, log: Log) -> None:
    """Get out of the way what would stop the stream at its end."""
    sweep(log.repo)
    try:
        log.unlock(_WAIT)
        log.begin()
        drain_held(log, store.now_ms(), _WAIT, derived=store.derived)
    except RefLocked:
        raise NaturecodeError(
            f"{log.ref} is locked by another git process",
            "run the command again when that one has ended",
        ) from None
