"""Which two states a reviewer compares: the whole change, or what is new since he looked last."""

from typing import NamedTuple

from git_naturecode.domain.people import key
from git_naturecode.domain.review import keeping
from git_naturecode.domain.review.looked import Looked
from git_naturecode.domain.review.model import Review, Revision
from git_naturecode.errors import Negative
from git_naturecode.git import commits, merging
from git_naturecode.git.run import GitFailed
from git_naturecode.reviewing import revising
from git_naturecode.store.store import Store


class Compared(NamedTuple):
    """The two states: commits, or for `old` the tree of an older one brought onto the new base.

    `paths` are the only files that are of interest (None: all), `note` is to be told with it.
    """

    old: str
    new: str
    paths: tuple[str, ...] | None = None
    note: str = ""


def whole(looked: Looked) -> Compared:
    """The change as it stands."""
    return Compared(looked.base, looked.head)


def of(one: Revision) -> Compared:
    """The change as it stood in a revision."""
    return Compared(one.base, one.head, note=f"revision {one.number}, {one.time[:10]}")


def revision(review: Review, wanted: str) -> Revision:
    """The revision with the number `wanted`; raises Negative where there is none."""
    for one in review.revisions:
        if str(one.number) == wanted.removeprefix("r"):
            return one
    raise Negative(
        f"{review.id} has no revision {wanted!r}", f"it has {len(review.revisions)} of them"
    )


def last_seen(review: Review, person: str) -> Revision:
    """The newest revision of which `person` has said something; raises Negative without one."""
    mine = key(person)
    seen = {one.revision for one in review.verdicts if key(one.by) == mine}
    for thread in review.threads:
        seen |= {one.revision for one in thread.comments if key(one.by) == mine}
    found = [one for one in review.revisions if one.id in seen]
    if not found:
        raise Negative(
            f"you have said nothing of {review.id} yet",
            f"git naturecode review diff {review.id[16:]} shows the whole change",
        )
    return found[-1]


def since(store: Store, before: Revision, now: Revision) -> Compared:
    """What is new in `now` against `before`: what came with another base is left out, and so are
    the files that change as they did."""
    repo = store.repo
    for one in (before, now):
        if not commits.resolve(repo, one.head):
            raise Negative(
                f"revision {one.number} ({one.head[:12]}) is not in this clone",
                "it was replaced by a forced push before it was fetched here",
            )
    if before.head == now.head:
        return Compared(before.head, now.head, (), f"nothing is new since revision {before.number}")
    told = f"since revision {before.number}"
    paths = _changed(store, before, now)
    if before.base == now.base:
        return Compared(before.head, now.head, paths, told)
    tree = _carried(store, before.head, now.base)
    if tree:
        return Compared(tree, now.head, paths, told + ", on the new base")
    return Compared(
        before.head, now.head, paths, told + "; what came with the new base shows, too, since both "
        "touch the same lines",
    )  # fmt: skip


def _carried(store: Store, change: str, onto: str) -> str:
    """The tree that merging commit `change` into commit `onto` gives; "" where both touch the same
    lines, where git is too old (before 2.38), and where nothing can be written."""
    try:
        done = merging.tried(store.repo, onto, change)
    except (GitFailed, Negative):
        return ""
    return "" if done.conflicts else done.tree


def _changed(store: Store, before: Revision, now: Revision) -> tuple[str, ...] | None:
    """The files that change otherwise than they did, by what they are called now and were before;
    None where that cannot be told."""
    texts = [revising.table_of(store, one) for one in (before, now)]
    try:
        old, new = (keeping.rows(text) for text in texts if text is not None)
    except ValueError:
        return None
    found = set[str]()
    for path in old.keys() | new.keys():
        one, other = old.get(path), new.get(path)
        if one != other:
            found |= {name for row in (one, other) if row for name in (row.path, row.old) if name}
    return tuple(sorted(found))
