"""Draining: what waits in the spool becomes one commit on the branch of its log."""

import os
from collections.abc import Iterable

from git_naturecode.errors import NaturecodeError
from git_naturecode.git import tree
from git_naturecode.git.objects import Change, Content, RefLocked
from git_naturecode.store import format, paths, seal
from git_naturecode.store.entry import Entry
from git_naturecode.store.lock import hold
from git_naturecode.store.log import Log

SEGMENT_BYTES = 65_536
_TRIES = 20
_MARK = "draining"

Batch = dict[str, list[Entry]]


def drain(log: Log, lock: str, device: str, now_ms: int, wait: float = 0.0) -> int:
    """Take all that waits in the spool of `log` into one commit; how many texts that were.

    Waits up to `wait` seconds for others who drain; 0 leaves it to them. Idempotent: an entry
    that already stands in the log is not written again. Raises RefLocked when a foreign lock on
    the ref did not go away, NaturecodeError when the commit cannot be read back.
    """
    if not log.spool.waiting():
        return 0
    with hold(lock, wait) as held:
        if not held:
            return 0
        names = log.spool.waiting()
        if not names:
            return 0
        mark = os.path.join(log.spool.folder + "-" + _MARK)
        interrupted = os.path.exists(mark)
        with open(mark, "wb"):
            pass
        _commit(log, _batch(log, names), device, now_ms, interrupted, wait)
        log.spool.drained(names)
        os.unlink(mark)
        log.spool.sweep(now_ms)
        return len(names)


def _batch(log: Log, names: list[str]) -> Batch:
    batch: Batch = {}
    for name in names:
        segment = format.parse(log.spool.read(name))
        batch.setdefault(segment.entity, []).extend(segment.entries)
    return batch


def _commit(
    log: Log, batch: Batch, device: str, now_ms: int, interrupted: bool, patience: float
) -> None:
    for _ in range(_TRIES):
        head = log.head()
        base = log.tree()
        files: dict[str, Content | None] = {}
        for entity, entries in batch.items():
            files.update(_appended(log, base, entity, device, entries, interrupted))
        if not files:
            return
        count = sum(len(entries) for entries in batch.values())
        subject = f"Add {count} entr{'y' if count == 1 else 'ies'}"
        text = seal.message(subject, seal.of(log.objects, head))
        change = Change(base, files, (head,) if head else (), now_ms // 1000, text)
        new = log.advance(head, change, patience)
        if new is not None:
            verify(log, new, files)
            return
    raise RefLocked(f"{log.ref} keeps moving")


def _appended(
    log: Log, base: str | None, entity: str, device: str, entries: list[Entry], interrupted: bool
) -> dict[str, Content | None]:
    """The segments of `entity` that change when `entries` are appended to our log of it."""
    number, content = last_segment(log, base, entity, device)
    if interrupted:
        there = set(_own_ids(log, base, entity, device))
        entries = [entry for entry in entries if entry.key not in there]
    files: dict[str, Content | None] = {}
    for entry in entries:
        if len(content) >= SEGMENT_BYTES:
            number, content = number + 1, b""
        content = content or format.preamble(entity, device, number).encode()
        content += format.block(entry).encode()
        files[paths.segment_path(entity, device, number)] = content
    return files


def last_segment(log: Log, base: str | None, entity: str, device: str) -> tuple[int, bytes]:
    """Number and content of the last segment of `device` about `entity`; (1, b"") if none."""
    folder = tree.find(log.objects, base, paths.entity_folder(entity))
    if folder is None:
        return 1, b""
    start = f"{device}.".encode()
    own = [e for e in tree.entries(log.objects, folder.oid) if e.name.startswith(start)]
    if not own:
        return 1, b""
    newest = max(own, key=lambda e: (len(e.name), e.name))
    number = int(newest.name.split(b".")[1])
    return number, log.objects.read(newest.oid)[1]


def _own_ids(log: Log, base: str | None, entity: str, device: str) -> Iterable[tuple[str, str]]:
    folder = tree.find(log.objects, base, paths.entity_folder(entity))
    for line in tree.entries(log.objects, folder.oid) if folder else ():
        if line.name.startswith(f"{device}.".encode()):
            for entry in format.parse(log.objects.read(line.oid)[1]).entries:
                yield entry.key


def verify(log: Log, new: str, files: dict[str, Content | None]) -> None:
    """Read `new` back: the ref points to it and each of `files` is there as written.

    Only then may the spool be cleared; raises NaturecodeError otherwise.
    """
    if log.head() != new:
        raise NaturecodeError(f"{log.ref} moved while it was written", "run the command again")
    root = tree.tree_of(log.objects, new)
    for path, content in files.items():
        if isinstance(content, bytes) and tree.read_path(log.objects, root, path) != content:
            raise NaturecodeError(
                f"what was written to {log.ref} cannot be read back",
                "check the disk with `git fsck`; the entries wait in the spool",
            )
