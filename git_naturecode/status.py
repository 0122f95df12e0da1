"""Status: how this clone stands towards its remote, in plain words."""

from dataclasses import dataclass

from git_naturecode.domain.kinds import SESSION
from git_naturecode.git import remote, tree
from git_naturecode.store import place
from git_naturecode.store.index import Index
from git_naturecode.store.store import TEAM, Store


@dataclass(frozen=True)
class Status:
    """Counts of what is here, what waits, and how far the remote is known to be.

    `folder` says why which files of this work tree's folder are not as they should be.
    """

    branch: str
    remote: str | None
    shared: int
    private: int
    queued: int
    ahead: int
    behind: int
    known: bool
    folder: dict[str, str]


def status(store: Store, index: Index) -> Status:
    """Look at this clone; the remote is asked nothing, its last known state counts."""
    every, shared = index.count(SESSION), index.count(SESSION, {"shared": ("yes",)})
    queued = sum(len(log.spool.waiting()) for log in store.sides)
    name = remote.choose(store.config)
    theirs = store.team.objects.resolve(f"refs/remotes/{name}/{store.branch}") if name else None
    ahead, behind = _apart(store, index, theirs)
    return Status(
        store.branch, name, shared, every - shared, queued, ahead, behind, theirs is not None,
        place.notes(store),
    )  # fmt: skip


def _apart(store: Store, index: Index, theirs: str | None) -> tuple[int, int]:
    """How many log files we have more or longer, and how many they have."""
    objects, ours = store.team.objects, store.team.head()
    if ours is None or theirs == ours:
        return 0, 0
    if theirs is None:
        return index.segments(TEAM), 0
    a, b = tree.tree_of(objects, theirs), tree.tree_of(objects, ours)
    changed = sum(path.startswith("log/") for path, _, _ in tree.differences(objects, a, b))
    if objects.is_ancestor(theirs, ours):
        return changed, 0
    return (0, changed) if objects.is_ancestor(ours, theirs) else (changed, changed)
