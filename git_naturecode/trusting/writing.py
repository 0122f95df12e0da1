"""Writing trust lines: one signature over what is new, in one commit with what it signs."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial

from git_naturecode import identity, trusting
from git_naturecode.git import tree
from git_naturecode.git.objects import Content, Objects, parse_tree
from git_naturecode.store import drained, join, paths, trust, unsigned
from git_naturecode.store.device import config_folder
from git_naturecode.store.drain import Batch, drain_held
from git_naturecode.store.entry import Json
from git_naturecode.store.lock import alone, hold
from git_naturecode.store.segments import SEGMENT_BYTES, ending
from git_naturecode.store.store import Store
from git_naturecode.store.trust_db import covered
from git_naturecode.store.trust_file import Key
from git_naturecode.store.unsigned import Written
from git_naturecode.trusting import chain

_WAIT = 30.0
_LINE_BYTES = 200 * 1024  # of operations in one line; a reader takes 256 KiB
_NAMES = 500  # in one operation
Op = Mapping[str, Json]
Files = Callable[[str | None], Mapping[str, bytes]]
Lines = Callable[[str | None, Batch], Sequence[bytes]]


def append(store: Store, ops: Sequence[Op], device: str) -> list[str]:
    """See trusting.append."""
    with alone(store.lock, _WAIT):
        store.team.begin()
        return _Writing(store, device or store.device).write(ops)


def sign(store: Store) -> int:
    """See trusting.sign."""
    with hold(store.lock, _WAIT) as held:
        if not held:
            return 0
        store.team.begin()
        return _Writing(store, store.device).sign()


@contextmanager
def signed(store: Store, ops: Mapping[str, Sequence[Op]]) -> Iterator[Files]:
    """See trusting.signed."""
    trusting.keeper(store).refresh()
    with ExitStack() as stack:
        lines: dict[str, list[bytes]] = {}
        for device in sorted(ops):
            writing = _Writing(store, device)
            kept = stack.enter_context(chain.alone(writing.keys, device))
            lines[device] = [*kept, *writing.sign_lines(kept, ops[device])]

        def files(root: str | None) -> dict[str, bytes]:
            found = (missing(store.team.objects, root, one, lines[one]) for one in lines)
            return {path: data for parts in found for path, data in parts}

        yield files


class _Writing:
    """One commit with trust lines of one device; the lock of the clone is held."""

    def __init__(self, store: Store, device: str) -> None:
        self.store = store
        self.keeper = trusting.keeper(store)
        self.db = self.keeper.db
        self.device = device
        self.log = store.team
        self.keys = os.path.join(config_folder(store.environ), "keys")

    def write(self, ops: Sequence[Op]) -> list[str]:
        """Sign and commit `ops`; the digests of their lines."""
        self.keeper.refresh()
        with chain.alone(self.keys, self.device) as kept:
            fresh = self.sign_lines(kept, ops)
            self._commit(lambda _root, _batch: [*kept, *fresh])
        self.keeper.added([*kept, *fresh], self.device)
        return [trust.digest(line) for line in fresh]

    def sign(self) -> int:
        """Sign and commit what this device wrote and has not signed."""
        state, spool = self.store.state_dir, self.log.spool
        drained.note(state, spool, list(spool.hours()))
        done: list[Written] = []
        with chain.alone(self.keys, self.device) as kept:
            fresh: list[bytes] = []

            def lines(root: str | None, batch: Batch) -> list[bytes]:
                if not fresh:  # else the branch has moved, and what was signed stays signed
                    done.extend(self._unsigned(root, batch))
                    if not all(map(self._is_signed, done)):
                        self.keeper.refresh()
                    new = [one for one in done if not self._is_signed(one)]
                    if new:
                        fresh.extend(self.sign_lines(kept, list(signatures(new))))
                return [*kept, *fresh] if fresh or unsigned.is_marked(self.store.state_dir) else []

            self._commit(lines)
        self.keeper.added(fresh, self.device)
        there = set(done)
        unsigned.drop(state, [w for w in unsigned.read(state) if self._is_over(w, there)])
        drained.looked(state, spool)
        return sum(len(keys) for line in fresh for _, keys in _covered(line))

    def _unsigned(self, root: str | None, batch: Batch) -> Iterator[Written]:
        """What this device wrote into the tree `root`, or is about to with `batch`."""
        fresh = set(batch.written)
        written = dict.fromkeys([*unsigned.read(self.store.state_dir), *fresh])
        mine = [one for one in written if one.device == self.device]
        there = _standing(self.log.objects, root, [one for one in mine if one not in fresh])
        yield from (one for one in mine if one in fresh or one in there)

    def _is_signed(self, one: Written) -> bool:
        return self.db.is_covered(one.entity, (one.id, one.hash), self.device)

    def _is_over(self, one: Written, done: set[Written]) -> bool:
        """True when nothing is left to do for `one`: signed, another's, or never written at all."""
        return one in done or one.device != self.device or not self.store.team.spool.waiting()

    def sign_lines(self, kept: list[bytes], ops: Sequence[Op]) -> list[bytes]:
        """The lines that say `ops`, on the disk by now but in no log."""
        from git_naturecode.crypto import keys

        unlock = self.store.unlock
        public = keys.public_key(self.keys, self.device, unlock)
        sign = partial(keys.sign, self.keys, self.device, unlock=unlock)
        tip = chain.end(kept, self.db.tip(self.device))
        if not tip.seq and self.device == self.store.device:
            introduced = bool(ops) and ops[0].get("op") == "device"
            ops = ops if introduced else [*identity.first_ops(self.store), *ops]
        deps, team, fresh = self._deps(kept), self.db.get("team"), list[bytes]()
        for part in _parts(ops):
            said: dict[str, Json] = {
                "v": trust.VERSION, "dev": self.device, "key": public.hex(),
                "at": str(self.store.stamps.take()[0]), "seq": tip.seq + 1, "prev": tip.digest,
                "root": tip.root, "deps": deps, "ops": part,
            }  # fmt: skip
            if team:
                said["team"] = team
            fresh.append(trust.signed(said, sign))
            digest = trust.digest(fresh[-1])
            tip = tip._replace(seq=tip.seq + 1, digest=digest, root=tip.root or digest)
            deps = []
        unsigned.mark(self.store.state_dir)
        chain.keep(self.keys, self.device, [*kept, *fresh])
        return fresh

    def _deps(self, kept: list[bytes]) -> list[str]:
        """The ends of the chains of others that this device has not named yet."""
        named = self.db.named_by(self.device)
        for line in kept:
            named.update(one for one in (trust.read(line) or {}).get("deps", ()))
        return sorted(one for one in self._ends() if one not in named)

    def _ends(self) -> Iterable[str]:
        if self.db.get("team"):  # a stranger's lines would be too many to name
            return self.keeper.standing.tips(self.device)
        tips = self.db.tips()
        return [tip.digest for device, tip in tips.items() if device != self.device and tip.seq]

    def _commit(self, lines: Lines) -> None:
        def files(root: str | None, batch: Batch) -> dict[str, Content]:
            wanted = lines(root, batch)
            return dict(missing(self.log.objects, root, self.device, wanted)) if wanted else {}

        drain_held(self.log, self.store.now_ms(), _WAIT, files, self.store.derived)
        unsigned.unmark(self.store.state_dir)


def signatures(written: Iterable[Written]) -> Iterator[Op]:
    """The operations that together sign `written`."""
    by: dict[str, list[list[str]]] = {}
    for one in written:
        by.setdefault(one.entity, []).append([one.id, one.hash])
    for entity, named in sorted(by.items()):
        named.sort()
        for start in range(0, len(named), _NAMES):
            yield {"op": "sign", "entity": entity, "names": named[start : start + _NAMES]}


def missing(
    objects: Objects, root: str | None, device: str, lines: Sequence[bytes]
) -> Iterator[tuple[str, bytes]]:
    """Path and new content of each part of the log of `device` that changes to hold all `lines`."""
    sizes, above = {}, paths.trust_path(device).rpartition("/")[0]
    folder = tree.find(objects, root, above)
    for entry in tree.entries(objects, folder.oid) if folder and folder.is_tree else ():
        place = paths.TRUST.fullmatch(f"{above}/{entry.name.decode('utf-8', 'replace')}")
        if place and place["device"] == device:
            sizes[int(place["number"])] = entry.oid
    left = dict.fromkeys(lines)
    contents: dict[int, bytes] = {}
    for number in sorted(sizes, reverse=True):
        contents[number] = objects.read(sizes[number])[1]
        there = set(contents[number].split(b"\n"))
        left = {line: None for line in left if line not in there}
        if not left:
            return
    number = 1
    changed: dict[int, bytes] = {}
    for line in left:
        while len(contents.get(number, b"")) >= SEGMENT_BYTES:
            number += 1
        contents[number] = join.join_lines(contents.get(number, b""), line + b"\n")
        changed[number] = contents[number]
    for number, content in changed.items():
        yield paths.trust_path(device, number), content


def _parts(ops: Sequence[Op]) -> Iterator[list[Op]]:
    """`ops` in their order, as many to a line as fit."""
    part, size = list[Op](), 0
    for op in ops:
        more = len(trust.canonical(op))
        if part and size + more > _LINE_BYTES:
            yield part
            part, size = [], 0
        part.append(op)
        size += more
    if part:
        yield part


def _standing(objects: Objects, root: str | None, written: Iterable[Written]) -> set[Written]:
    """Those of `written` that stand in the tree `root`, in the log that they were written into.

    All folders are asked for together, and all segments: a sync may have a thousand to look at.
    """
    by: dict[str, list[Written]] = {}
    for one in written:
        by.setdefault(paths.entity_folder(one.entity), []).append(one)
    folders = {e.oid: path for path, e in tree.find_many(objects, root, by).items() if e.is_tree}
    segments: dict[str, list[Written]] = {}
    for oid, data in objects.read_many(folders):
        those = by[folders[oid]]
        names = {f"{one.device}.".encode() for one in those}
        for entry in parse_tree(data, objects.hexsz):
            if not entry.is_tree and any(entry.name.startswith(name) for name in names):
                segments[entry.oid] = those
    found = set[Written]()
    for oid, data in objects.read_many(segments):
        found.update(one for one in segments[oid] if ending(one.id, one.hash) in data)
    return found


def _covered(line: bytes) -> Iterator[tuple[str, list[Key]]]:
    said = trust.read(line)
    return covered(said) if said else iter(())
