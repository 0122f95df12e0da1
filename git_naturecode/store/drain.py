"""Draining: what waits in the spool becomes one commit on the branch of its log."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from git_naturecode import trace
from git_naturecode.errors import NaturecodeError, Unsupported
from git_naturecode.git import tree
from git_naturecode.git.objects import Change, Content, Missing, RefLocked
from git_naturecode.store import drained, format, join, noted, own, seal, unsigned
from git_naturecode.store.entry import Entry
from git_naturecode.store.lock import hold
from git_naturecode.store.log import Log
from git_naturecode.store.segments import Segments
from git_naturecode.store.spool import AGAIN, Spool

_TRIES = 20
TEAM = "team"
More = Callable[[str | None, "Batch"], Mapping[str, Content]]
"""The tree to build on and what is drained -> further files of the same commit."""


class Derived(Protocol):
    """Whoever knows files that are made of entries, and stand in the commit that adds these."""

    def beside(
        self, base: str | None, files: Mapping[str, Content | None]
    ) -> Mapping[str, Content | None]:
        """What has to stand beside `files` when they are laid over the tree `base`."""
        ...

    def made(self, old: str | None, new: str, files: Mapping[str, Content | None]) -> None:
        """The commit `new` laid `files`, with those beside them, over that of `old`."""
        ...


@dataclass
class Batch:
    """What is to be written: entries by entity and device; `again` may stand there already."""

    names: list[str] = field(default_factory=list)
    entries: dict[tuple[str, str], list[Entry]] = field(default_factory=dict)
    again: bool = False

    def fresh(
        self, log: Log, root: str | None, purged: join.Purged = join.NOTHING
    ) -> dict[str, Content | None]:
        """The files that change when what is not in the tree `root` yet is added to it.

        Of what `purged` names only the stub is.
        """
        files: dict[str, Content | None] = {}
        for (entity, device), entries in self.entries.items():
            own = Segments(log.objects, root, entity, device)
            known = {one.key: one for one in _without(entries, device, purged)}.values()
            new = [one for one in known if not own.holds(one, anywhere=self.again)]
            files.update(own.appended(new))
        return files

    @property
    def tells(self) -> bool:
        """True when something of it is about commits."""
        return any(one.kind in noted.KINDS for some in self.entries.values() for one in some)

    @property
    def written(self) -> Iterable[unsigned.Written]:
        """What is to be signed once."""
        for (entity, device), entries in self.entries.items():
            yield from (unsigned.Written(device, entity, *one.key) for one in entries)


def drain(
    log: Log, lock: str, now_ms: int, wait: float = 0.0, derived: Derived | None = None
) -> int:
    """Take all that waits in the spool of `log` into one commit; how many texts that were.

    Waits up to `wait` seconds for others who drain; 0 leaves it to them. Idempotent: an entry
    that already stands in the log is not written again. Raises RefLocked when a foreign lock on
    the ref did not go away, NaturecodeError when the commit cannot be read back.
    """
    if not log.spool.waiting() and not log.spool.doubted:
        return 0
    with hold(lock, wait) as held:
        return drain_held(log, now_ms, wait, derived=derived) if held else 0


def drain_held(
    log: Log, now_ms: int, wait: float, more: More | None = None, derived: Derived | None = None
) -> int:
    """`drain` for one who holds the lock; what `more` gives goes into the same commit, and what
    is made of all that by `derived`."""
    spool = log.spool
    if spool.doubted:
        _undrain(log)
    batch = collect(spool)
    if batch.names or more:
        _write(log, batch, now_ms, wait, more, derived if log.name == TEAM else None)
        spool.drained(batch.names, now_ms)
        over = spool.over(now_ms)
        if over and log.name == TEAM:
            drained.note(log.state_dir, spool, over)
        spool.sweep(now_ms)
    return len(batch.names)


def collect(spool: Spool) -> Batch:
    """All that waits in `spool`; what cannot be read is set aside, so that it stops nobody.

    A text goes to the log of the device that wrote it, also when another one drains it (a copied
    clone has the texts of the first one waiting too): only so does the join see that both are one.
    """
    batch = Batch()
    for name in spool.waiting():
        data = spool.read(name)
        try:
            segment = format.parse(data)
        except Unsupported:
            if (format.version(data) or 0) <= 1:  # a newer program will know what to do with it
                _set_aside(spool, name, "cannot be read")
            continue
        batch.entries.setdefault((segment.entity, segment.device), []).extend(segment.entries)
        batch.again |= name.endswith(AGAIN)
        batch.names.append(name)
        if segment.problems:
            _set_aside(spool, name, segment.problems[0])
    return batch


def _set_aside(spool: Spool, name: str, why: str) -> None:
    spool.set_aside(name)
    trace.note("spool", f"moved {name} to {spool.unreadable}: {why}")


def _undrain(log: Log) -> None:
    """Give the journal back after objects were lost, as soon as there is a whole commit again."""
    log.tree()
    trace.note("spool", f"{log.spool.undrain()} texts of the journal are drained again")
    log.spool.trust()


def _write(
    log: Log, batch: Batch, now_ms: int, patience: float, more: More | None,
    derived: Derived | None,
) -> None:  # fmt: skip
    if log.name == TEAM:
        unsigned.note(log.state_dir, batch.written)
    for _ in range(_TRIES):
        head = log.head()
        base = log.tree_at(head)
        sealed = log.obeyed(head)
        try:
            files = batch.fresh(log, base, withheld(log, sealed, base))
        except Missing:
            raise log.broken() from None
        if more:
            files.update(more(base, batch))
        if derived:
            files.update(derived.beside(base, files))
        if not files:
            if derived and head:
                derived.made(head, head, files)
            return
        new = log.advance(head, _change(batch, head, base, sealed, files, now_ms), patience)
        # Where it moved on at once, the next round looks whether our entries are still there.
        if new is not None and log.head() == new:
            verify(log, new, head, files)
            if log.name == TEAM:
                own.made(log, head, new, tells=batch.tells)
            if derived:
                derived.made(head, new, files)
            return
    raise RefLocked(f"{log.ref} keeps moving")


def withheld(log: Log, sealed: seal.Records, root: str | None) -> join.Purged:
    """What must not be written again on a branch with this seal and the tree `root`.

    A commit that obeys a purge is looked at by nobody again, so that a text which was still
    waiting (in a copied clone, in a journal that was given back) must not get into its children.
    """
    if not sealed:
        return join.NOTHING
    from git_naturecode.store import purge  # only after somebody purged something

    return purge.withheld(log.objects, root, log.state_dir)


def _without(entries: list[Entry], device: str, purged: join.Purged) -> list[Entry]:
    if not purged:
        return entries
    from git_naturecode.store import purge

    return purge.without(entries, device, purged)


def _change(
    batch: Batch, head: str | None, base: str | None, sealed: seal.Records,
    files: Mapping[str, Content | None], now_ms: int,
) -> Change:  # fmt: skip
    count = sum(map(len, batch.entries.values()))
    subject = f"Add {count} entr{'y' if count == 1 else 'ies'}" if count else "Add records"
    text = seal.message(subject, sealed)
    return Change(base, files, (head,) if head else (), now_ms // 1000, text)


def verify(log: Log, new: str, old: str | None, files: Mapping[str, Content | None]) -> None:
    """Read the commit `new` back: each of `files` is there as written.

    Only then may the spool be cleared. Else the ref is set back to `old`, so that the next
    command can work, and NaturecodeError raised.
    """
    if _is_there(log, new, files.items()):
        return
    log.spool.doubt()
    log.move(old, new, 0.0)
    raise NaturecodeError(
        f"what was written to {log.ref} cannot be read back",
        "nothing is lost, it waits in the spool: run the command again, once no `git gc "
        "--prune=now` or `git prune` works here; check the disk with `git fsck` if it comes back",
    )


def _is_there(log: Log, new: str, files: Iterable[tuple[str, Content | None]]) -> bool:
    """True when each of `files` is as written; every folder is read once, however many it holds."""
    wanted = dict(files)
    try:
        there = tree.find_all(log.objects, tree.tree_of(log.objects, new), wanted)
        if any((path in there) == (content is None) for path, content in wanted.items()):
            return False
        contents = log.objects.read_many(entry.oid for entry in there.values())
        return all(data == wanted[path] for path, (_, data) in zip(there, contents, strict=True))
    except Missing:
        return False
