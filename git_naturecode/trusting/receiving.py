"""What a server's pre-receive hook objects to, by what the branch would hold after the push."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.errors import Unsafe, Unsupported
from git_naturecode.git import tree
from git_naturecode.git.objects import Content, TreeEntry
from git_naturecode.store import forgetting, format, join, obedience, paths, purge
from git_naturecode.store.entry import Entry
from git_naturecode.store.hygiene import Bounds, Gate
from git_naturecode.store.judged import QUARANTINED, Key
from git_naturecode.store.laying import Laying
from git_naturecode.store.store import TEAM, Placed, Store
from git_naturecode.store.trust_db import TrustDb
from git_naturecode.store.trust_file import MEMORY
from git_naturecode.trusting import ENFORCED
from git_naturecode.trusting.keeping import Keeper

_MOST = 20  # reasons that are told
_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_OUTBOX = "refs/naturecode/outbox/"
# What a stranger may ask for, and what is judged by the entries that it covers.
_ASKING = frozenset({"sign", "device", "request", "join", "purge", "backup"})


class Update(NamedTuple):
    """A ref that a push moves, from `old` to `new` (None: it is not there)."""

    old: str | None
    new: str | None
    ref: str


def read(lines: Sequence[str]) -> list[Update]:
    """The lines that git gives to a pre-receive hook; ValueError for what is none."""
    found = []
    for line in lines:
        old, new, ref = line.rstrip("\n").split(" ", 2)
        if not (_OID.fullmatch(old) and _OID.fullmatch(new)):
            raise ValueError(line)
        found.append(Update(old if old.strip("0") else None, new if new.strip("0") else None, ref))
    return found


def objections(store: Store, updates: Sequence[Update]) -> list[str]:
    """Why a push may not be accepted; nothing where it may."""
    found: list[str] = []
    for update in updates:
        if update.ref == store.team.ref:
            found += _branch(store, update)
        elif update.ref.startswith(_OUTBOX) and update.new:
            found += _outbox(store, update.new)
    return found[:_MOST]


def _branch(store: Store, update: Update) -> list[str]:
    if update.new is None:
        return [f"{update.ref} holds what everybody said, and is not deleted"]
    try:
        return [*_history(store, update), *_contents(store, update.old, update.new, whole=True)]
    except Unsafe as unsafe:
        return [unsafe.message]


def _outbox(store: Store, new: str) -> list[str]:
    try:
        return _contents(store, store.team.head(), new, whole=False)
    except Unsafe as unsafe:
        return [unsafe.message]


def _history(store: Store, update: Update) -> Iterator[str]:
    """A branch is only replaced by one that obeys a purge more."""
    objects, verify = store.team.objects, forgetting.verifier(store)
    assert update.new is not None
    if update.old is None or objects.is_ancestor(update.old, update.new):
        return
    before = obedience.obeyed(objects, update.old, verify)
    if not obedience.obeyed(objects, update.new, verify) > before:
        yield "the branch is not replaced, but for a purge: run git naturecode sync"


def _contents(store: Store, old: str | None, new: str, *, whole: bool) -> list[str]:
    objects = store.team.objects
    gate = Gate(objects, store.now_ms(), Bounds())
    root, base = gate.commit(new).tree, tree.tree_of(objects, old)
    gathering = purge.Gathering(gate, forgetting.verifier(store))
    for one in filter(None, (base, root)):
        gathering.add(one)
    exact = _Looking(gate, base, gathering.book.purged).lay(root)
    if gate.refused:
        return gate.problems
    if whole and not exact:
        return ["it lacks what the branch has, or has it in disorder: run git naturecode sync"]
    return _rights(store, base, root)


class _Looking(Laying):
    """Lays a tree over another one to see what comes out; git lets no hook write that down."""

    def _put(self, path: str, content: Content, says: bytes | str) -> None:
        pass

    def _now(self, path: str, known: TreeEntry | None) -> bytes | None:
        data = super()._now(path, known)
        return join.purge(data, self.purged) if data and path.startswith("log/") else data


def _rights(store: Store, base: str | None, root: str) -> list[str]:
    """Who may not say what is new in the tree `root`."""
    before = Keeper(store, root=base, alone=True)
    before.refresh()
    team, known = before.standing.team, set(before.standing.geneses)
    db = TrustDb(MEMORY)
    before.db.copy_to(db)
    after = Keeper(store, db, root=root, alone=True, pinned=team)
    try:
        fresh = after.refresh()
        standing = after.standing
        found = []
        if team and set(standing.geneses) - known:
            found.append("another team is begun in it; there is one here")
        for line in fresh if after.mode == ENFORCED else ():
            why = standing.refused.get(line.digest)
            asked = {op.get("op") for op in line.said["ops"] if isinstance(op, dict)}
            if why and why.code != "waiting" and not asked <= _ASKING:
                found.append(f"a line of device {line.device}: {why.text}")
        if after.mode == ENFORCED:
            found += _entries(store, after, base, root)
        return found
    finally:
        before.close()
        after.close()


def _entries(store: Store, keeper: Keeper, base: str | None, root: str) -> Iterator[str]:
    objects = store.team.objects
    changed: dict[str, set[Key]] = {}
    for path, old, new in tree.differences(objects, base, root):
        place = paths.parse_segment_path(path)
        if place and new:
            known = {one.key for one in _parsed(objects.read(old)[1])} if old else set()
            fresh = {one.key for one in _parsed(objects.read(new)[1])}
            changed.setdefault(place[0], set()).update(fresh - known)
    for entity, keys in sorted(changed.items()):
        placed = list(_placed(store, root, entity))
        marks = keeper.marks(entity.split("-")[0], ids.tail(entity), placed)
        for key in sorted(keys):
            mark = marks.get(key)
            if mark and mark.state == QUARANTINED:
                yield f"{entity}, entry {key[0]}: {mark.reason}"


def _placed(store: Store, root: str, entity: str) -> Iterator[Placed]:
    objects, above = store.team.objects, paths.entity_folder(entity)
    folder = tree.find(objects, root, above)
    for line in tree.entries(objects, folder.oid) if folder and folder.is_tree else ():
        place = paths.parse_segment_path(f"{above}/{line.name.decode('utf-8', 'replace')}")
        if place:
            for one in _parsed(objects.read(line.oid)[1]):
                yield Placed(one, entity, place[1], TEAM)


def _parsed(data: bytes) -> Sequence[Entry]:
    try:
        return format.parse(data).entries
    except Unsupported:  # of a later program
        return ()
