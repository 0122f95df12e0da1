"""Status: how this clone stands towards its remotes, in plain words."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from git_naturecode import trusting
from git_naturecode.domain.kinds import KB, REVIEW, SESSION
from git_naturecode.domain.people import key
from git_naturecode.errors import NaturecodeError
from git_naturecode.git import remote, tree
from git_naturecode.linking import queue
from git_naturecode.store import followed, paths, place, put_back, remotes, touched, unsigned
from git_naturecode.store.index import Index
from git_naturecode.store.judged import QUARANTINED
from git_naturecode.store.remotes import Memory
from git_naturecode.store.store import TEAM, Store
from git_naturecode.store.trust_file import FILE

_FEW = 10  # articles that are named


class Towards(NamedTuple):
    """How we stand towards one remote: logs that it lacks, logs that we lack, what is remembered.

    `known` says whether anything was ever fetched from it, `unpurged` that it may still hold what
    was purged here.
    """

    remote: str
    ahead: int
    behind: int
    known: bool
    memory: Memory
    unpurged: bool = False


class Trusted(NamedTuple):
    """The team that this clone trusts, if any: its names, its mode; what is kept out of sight.

    `twins` counts devices whose key was used in two places.
    """

    names: str
    mode: str
    quarantined: int
    twins: int


class Status(NamedTuple):
    """Counts of what is here, what waits, and how far the remotes are known to be.

    `usual` is the remote that sync goes to, `others` those that were synced with besides;
    `folder` says why which files of this work tree's folder are not as they should be. Of
    what was committed and rewritten `unlinked` pieces were not looked at yet, and `sessionless`
    commits wait for a session that is not here; `unsigned` entries of this clone are written and
    not signed; `to_review` reviews wait for this person, `articles` are in the knowledge base, and
    in `marked` of them somebody has to decide between texts, `settle` names the first of these by
    (id, slug); `edits` says of each file of an article that was changed in the folder that it
    waits to be taken in, or why it cannot be; `trusted` is None where there is no team.
    """

    branch: str
    shared: int
    private: int
    queued: int
    usual: Towards | None
    others: tuple[Towards, ...]
    automatic: bool
    folder: dict[str, str]
    unlinked: int = 0
    sessionless: int = 0
    trusted: Trusted | None = None
    unsigned: int = 0
    to_review: int = 0
    articles: int = 0
    marked: int = 0
    settle: tuple[tuple[str, str], ...] = ()
    edits: Mapping[str, str] = {}


def _unlinked(store: Store) -> int:
    return queue.count(store.state_dir) + followed.count(store.repo, store.config)


def _to_review(store: Store, index: Index) -> int:
    """How many reviews wait for this person, who is asked for only where one waits for anybody."""
    if not index.values(REVIEW, "waiting"):
        return 0
    try:
        return index.count(REVIEW, {"waiting": (key(store.person),)})
    except NaturecodeError:  # git does not know who this is
        return 0


def _marked(index: Index) -> tuple[int, tuple[tuple[str, str], ...]]:
    found = index.page(KB, {"marked": ("yes",)}, limit=_FEW)
    return found.total, tuple((str(row["id"]), str(row["slug"])) for row in found.rows)


def status(store: Store, index: Index) -> Status:
    """Look at this clone; no remote is asked anything, its last known state counts."""
    every, shared = index.count(SESSION), index.count(SESSION, {"shared": ("yes",)})
    queued = sum(len(log.spool.waiting()) for log in store.sides)
    name = remote.choose(store.config)
    usual = _towards(store, index, name) if name else None
    edited = edits(store)
    others = [_towards(store, index, other) for other in store.config.remotes() if other != name]
    return Status(
        store.branch, shared, every - shared, queued, usual,
        tuple(one for one in others if one.memory.last and (one.known or one.unpurged)),
        store.config.flag("naturecode.autoSync", False),
        {path: why for path, why in place.notes(store).items() if path not in edited},
        _unlinked(store), queue.sessionless(store.state_dir), _trusted(store),
        unsigned.count(store.state_dir),
        _to_review(store, index), index.count(KB, {"state": ("live",)}), *_marked(index),
        edited,
    )  # fmt: skip


def edits(store: Store) -> dict[str, str]:
    """What is to be said of each file of an article that was changed in this work tree."""
    looked = touched.look(store)
    if not (looked or put_back.noted(store)):
        return {}
    from git_naturecode.kb import passed_over, taking_in
    from git_naturecode.kb import put_back as putting_back

    return {
        **taking_in.waiting(store), **putting_back.waiting(store, looked),
        **passed_over.waiting(looked),
    }  # fmt: skip


def _trusted(store: Store) -> Trusted | None:
    """What was found of the team when its lines came in; costs nothing where there is none."""
    if store.judge is None or (not store.judge.version and not _has_team(store)):
        return None
    db = trusting.keeper(store).db
    held = db.marked(QUARANTINED)
    if held and store.judge.enforces:
        is_dropped = trusting.keeper(store).dropping()
        held = [one for one in held if not is_dropped(one[0], (one[1], one[2]))]
    mode = "enforced" if store.judge.enforces else "open"
    count = len(held) if store.judge.enforces else 0
    return Trusted(db.get("names"), mode, count, len(db.get("twins").split()))


def _has_team(store: Store) -> bool:
    return os.path.exists(os.path.join(store.state_dir, FILE)) and trusting.has_team(store)


def _towards(store: Store, index: Index, name: str) -> Towards:
    theirs = store.team.objects.resolve(f"refs/remotes/{name}/{store.branch}")
    ahead, behind = _apart(store, index, theirs)
    memory = remotes.load(store.state_dir, store.config, name)
    unpurged = _is_unpurged(store, theirs, memory)
    return Towards(name, ahead, behind, theirs is not None, memory, unpurged)


def _is_unpurged(store: Store, theirs: str | None, memory: Memory) -> bool:
    """True when `theirs`, where a remote stood last, does not obey a purge that our branch obeys.

    Where that was forgotten, since it held the texts, what was noted then counts.
    """
    log = store.team
    need = log.obeyed(log.head())
    if not need or theirs is None:
        return bool(need) and memory.unpurged
    return not need <= log.obeyed(theirs)


def _apart(store: Store, index: Index, theirs: str | None) -> tuple[int, int]:
    """How many log files we have that they lack or have otherwise, and the other way round."""
    objects, ours = store.team.objects, store.team.head()
    if ours is None or theirs == ours:
        return 0, 0
    if theirs is None:
        return index.segments(TEAM), 0
    a, b = tree.tree_of(objects, theirs), tree.tree_of(objects, ours)
    changed = [one for one in tree.differences(objects, a, b) if paths.is_told(one[0])]
    if objects.is_ancestor(theirs, ours):
        return len(changed), 0
    if objects.is_ancestor(ours, theirs):
        return 0, len(changed)
    ahead = sum(new is not None for _, _, new in changed)
    return ahead, sum(old is not None for _, old, _ in changed)
