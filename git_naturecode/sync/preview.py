"""What a sync would do, found out without moving any ref: what comes, what goes, how much."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from git_naturecode import ids
from git_naturecode.domain import session as sessions
from git_naturecode.domain.kinds import KB, REVIEW, SESSION
from git_naturecode.errors import Unsupported
from git_naturecode.git import tree
from git_naturecode.git.objects import Objects
from git_naturecode.git.remote import Link
from git_naturecode.store import format, paths, remotes, seal
from git_naturecode.store import notes as noting
from git_naturecode.store.entry import Entry
from git_naturecode.store.store import TEAM, Placed, Store
from git_naturecode.sync import incoming, notes
from git_naturecode.sync.gate import complete, reconciled
from git_naturecode.sync.theirs import Theirs, ask, fetch

MOST_NAMES = 50
NAMED = (SESSION, REVIEW, KB)


@dataclass
class Side:
    """What would come, or go: logs and other files, their entries and bytes, spans redacted in
    them, how many `things` of each kind they are about (id and name of the first MOST_NAMES, by
    kind), annotated objects, records of purges.
    """

    files: int = 0
    entries: int = 0
    size: int = 0
    redacted: int = 0
    things: dict[str, int] = field(default_factory=dict)
    named: list[tuple[str, str]] = field(default_factory=list)
    notes: int = 0
    purges: int = 0

    def __bool__(self) -> bool:
        return bool(self.files or self.notes or self.purges)


@dataclass
class Preview:
    """`queued` counts texts that are in no log yet and would go along; `empty` is a remote to
    which nothing would be pushed, because it has no code branch yet.
    """

    remote: str
    url: str
    coming: Side
    going: Side
    queued: int = 0
    empty: bool = False
    problems: list[str] = field(default_factory=list)


def preview(store: Store, link: Link) -> Preview:
    """Ask and fetch from the remote of `link`, join, and say what a sync would bring and take.

    Raises Remote and Unsafe as a sync would.
    """
    taken = remotes.load(store.state_dir, store.config, link.name).taken
    theirs = ask(link, store.team.ref, taken)
    empty = theirs.tip is None and not link.list_refs(["refs/heads/*"])
    place = incoming.place(store, link.name)
    try:
        return _compared(store, link, place, theirs, empty)
    finally:
        incoming.forget(store, incoming.below(store, place))


def _compared(store: Store, link: Link, place: str, theirs: Theirs, empty: bool) -> Preview:
    bad = fetch(store, link, place, theirs)
    if store.team.ref in bad:
        raise bad[store.team.ref]
    objects, head = store.team.objects, store.team.head()
    states = [oid for ref, oid in theirs.outboxes.items() if ref not in bad]
    complete(store, [oid for oid in (theirs.tip, *states) if oid])
    joined = reconciled(store, head, theirs.tip, states)
    found = Preview(link.name, store.config.get(f"remote.{link.name}.url"), Side(), Side())
    found.coming = _side(objects, head, joined.commit)
    found.going = _side(objects, theirs.tip, joined.commit)
    found.queued = len(store.team.spool.waiting())
    found.empty = empty
    refused = [f"kept out: {ref}: {why.message}" for ref, why in bad.items()]
    found.problems = [*joined.problems, *refused]
    _notes(store, found, {ref: oid for ref, oid in theirs.notes.items() if ref not in bad})
    return found


def _notes(store: Store, found: Preview, theirs: dict[str, str]) -> None:
    mine = notes.ours(store)
    for ref in noting.REFS:
        if mine.get(ref) == theirs.get(ref):
            continue
        if ref not in theirs:
            found.going.notes += 1
            continue
        joined = notes.join(store, ref, mine.get(ref), theirs[ref])
        found.coming.notes += joined.received
        found.going.notes += joined.sent
        found.problems += joined.problems


def _side(objects: Objects, old: str | None, new: str) -> Side:
    """What the commit `new` (a join) has more than `old`."""
    side = Side()
    root = tree.tree_of(objects, new)
    entities: dict[str, str] = {}
    for path, before, after in tree.differences(objects, tree.tree_of(objects, old), root):
        if after is None or path.startswith("log/trust/"):  # signatures need no telling
            continue
        side.files += 1
        side.size += objects.header(after)[1] - (objects.header(before)[1] if before else 0)
        if place := paths.parse_segment_path(path):
            known = {entry.key for entry in _entries(objects, before)}
            fresh = [one for one in _entries(objects, after) if one.key not in known]
            side.entries += len(fresh)
            side.redacted += sum(len(_labels(entry)) for entry in fresh)
            entities[place[0]] = path.rsplit("/", 1)[0]
    for kind in NAMED:
        ours = sorted(one for one in entities if one.startswith(f"{kind}-"))
        side.things[kind] = len(ours)
        for entity in ours[: MOST_NAMES - len(side.named)]:
            side.named.append((entity, _name(objects, root, entity, entities[entity])))
    side.purges = len(seal.of(objects, new) - seal.of(objects, old))
    return side


def _entries(objects: Objects, blob: str | None) -> Iterable[Entry]:
    if blob is not None:
        with suppress(Unsupported):  # of a later program
            return format.parse(objects.read(blob)[1]).entries
    return ()


def _labels(entry: Entry) -> list[object]:
    found = entry.header.get("red", [])
    return list(found) if isinstance(found, list) else []


def _name(objects: Objects, root: str | None, entity: str, folder: str) -> str:
    """What the thing `entity` is called in the tree `root`; "" where it was deleted."""
    found = tree.find(objects, root, folder)
    placed = []
    for one in tree.entries(objects, found.oid) if found else ():
        device = one.name.decode("utf-8", "replace").split(".")[0]
        placed += [Placed(e, entity, device, TEAM) for e in _entries(objects, one.oid)]
    name, is_deleted = _called(entity.partition("-")[0], placed)
    return "" if is_deleted else name or ids.tail(entity)


def _called(kind: str, placed: list[Placed]) -> tuple[str, bool]:
    """The name of a thing, and whether it was deleted."""
    if kind == KB:
        from git_naturecode.domain.kb.build import build as built

        article = built(placed)
        return article.title, article.deleted is not None
    if kind == REVIEW:
        from git_naturecode.domain.review.build import build

        review = build(placed)
        return review.title, review.deleted is not None
    session = sessions.build(placed)
    return session.name, session.deleted is not None
