"""Repair: the sessions of commits without a link, found again by what survived.

In this order: trailers in the message; a linked commit with an equal tree (its message was
changed, or a forge has rewritten the history); one with an equal patch by the same author (moved
elsewhere); a branch or a chain of linked commits whose whole change this commit is (a squash).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from git_naturecode.domain import links
from git_naturecode.domain.links import Link
from git_naturecode.git import commits as git
from git_naturecode.linking.known import Known
from git_naturecode.linking.squashes import Squashes
from git_naturecode.store.store import Store

_MOST_CHAIN = 1000
_SMALL = 3  # changed lines below which an equal patch proves nothing


def look(store: Store, commit: str) -> list[Link]:
    """The links that the commit with the full id `commit` ought to have; nothing is written."""
    known = Known(store)
    try:
        return look_many(store, known, [commit]).get(commit, [])
    finally:
        known.close()


def look_many(store: Store, known: Known, commits: Iterable[str]) -> dict[str, list[Link]]:
    """The same for many commits in few git processes; those for which nothing was found miss.

    Sessions from which a commit was detached, and deleted ones, are not proposed.
    """
    return _Repair(store, known, list(dict.fromkeys(commits))).run()


@dataclass
class _Repair:
    """One look at `wanted`."""

    store: Store
    known: Known
    wanted: Sequence[str]

    def run(self) -> dict[str, list[Link]]:
        """Each way in its turn, for those for which the ways before found nothing."""
        self.infos = git.infos(self.store.team.objects, self.wanted)
        found: dict[str, list[Link]] = {}
        linked = self.known.links(self.infos)
        left = [oid for oid in self.infos if not linked[oid]]
        for way in (self._by_trailers, self._by_tree, self._by_patch, self._by_squash):
            if left:
                found |= {oid: new for oid, new in way(left).items() if new}
                left = [oid for oid in left if oid not in found]
        right = {oid: once(self.known, new) for oid, new in found.items()}
        return {oid: new for oid, new in right.items() if new}

    def _by_trailers(self, commits: Iterable[str]) -> dict[str, list[Link]]:
        return {
            oid: [
                Link(session, oid, via="repair")
                for session in links.sessions_named(self.infos[oid].message)
                if self.known.about(session)
            ]
            for oid in commits
        }

    def _by_tree(self, commits: Sequence[str]) -> dict[str, list[Link]]:
        """Equal trees, unless the one is simply before the other (a merge, an empty commit)."""
        with_tree = self.known.with_tree(self.infos[oid].tree for oid in commits)
        close = [oid for oid in commits if with_tree[self.infos[oid].tree]]
        self._need_patches(close)
        found = {}
        for oid in close:
            patch = self.patches.get(oid, "")
            equal = [
                old for old in with_tree[self.infos[oid].tree]
                if old.patch == patch and patch and not self._is_before(old.commit, oid)
            ]  # fmt: skip
            found[oid] = [_from(oid, old) for old in equal]
        return found

    def _by_patch(self, commits: Sequence[str]) -> dict[str, list[Link]]:
        self._need_patches(commits)
        wanted = {oid: self.patches[oid] for oid in commits if oid in self.patches}
        with_patch = self.known.with_patch(wanted.values())
        close = {
            oid: [old for old in with_patch[patch] if old.commit != oid]
            for oid, patch in wanted.items()
        }
        sizes = git.sizes(self.store.repo, (oid for oid, olds in close.items() if olds))
        self.olds = git.infos(
            self.store.team.objects, (old.commit for olds in close.values() for old in olds)
        )
        return {
            oid: [_from(oid, old) for old in olds if self._is_same(oid, old, sizes.get(oid, 0))]
            for oid, olds in close.items()
        }

    def _is_same(self, oid: str, old: Link, size: int) -> bool:
        """True when `oid`, with the patch of `old`, is that commit and no other like it.

        Git keeps the author. Two people, or one at two times, make the same small change too: then
        it was written at the same time, or says the same (a revert of a revert quotes it).
        """
        new, before = self.infos[oid], self.olds.get(old.commit)
        if before is None:  # gone, or in another clone
            return size >= _SMALL
        said, quoted = (one.message.strip().partition("\n")[0] for one in (new, before))
        alike = new.authored == before.authored or (bool(quoted) and quoted in said)
        return new.author == before.author and (size >= _SMALL or alike)

    def _by_squash(self, commits: Sequence[str]) -> dict[str, list[Link]]:
        """The whole change of a branch, or of a chain of linked commits, in one commit."""
        found = {}
        for oid, chains in (
            Squashes(self.store, self.known, self.infos, self.patches).of(commits).items()
        ):
            new = (of_chain(self.store, self.known, oid, base, end) for base, end in chains)
            found[oid] = next(filter(None, new), [])
        return found

    def _need_patches(self, commits: Iterable[str]) -> None:
        missing = [oid for oid in commits if oid not in self._asked]
        self._asked.update(missing)
        self.patches |= git.patch_ids(self.store.repo, dict.fromkeys(missing, ""))

    def __post_init__(self) -> None:
        self._asked: set[str] = set()
        self.patches: dict[str, str] = {}

    def _is_before(self, old: str, new: str) -> bool:
        return self.store.team.objects.is_ancestor(old, new)


def once(known: Known, fresh: Iterable[Link]) -> list[Link]:
    """Each session and commit once, without those that were detached, and deleted sessions."""
    found: dict[tuple[str, str], Link] = {}
    for one in fresh:
        about = known.about(one.session)
        if about is None or about.deleted or one.commit in about.links.undone:
            continue
        there = found.get((one.session, one.commit))
        origins = (*(there.origins if there else ()), *one.origins)
        found[one.session, one.commit] = one._replace(origins=tuple(dict.fromkeys(origins)))
    return list(found.values())


def _from(commit: str, old: Link) -> Link:
    """A link of `commit` that continues `old`."""
    return Link(
        old.session, commit, via="repair", origins=(old.commit,), tool=old.tool, model=old.model,
        messages=old.messages,
    )  # fmt: skip


def of_chain(store: Store, known: Known, commit: str, base: str, tip: str) -> list[Link]:
    """The links of `commit`, which holds all that the commits from `base` to `tip` change."""
    chain = git.between(store.repo, base, tip, _MOST_CHAIN)
    linked = known.links(chain)
    found = [_from(commit, old) for oid in reversed(chain) for old in linked[oid]]
    there = {link.session for link in found}
    infos = git.infos(store.team.objects, chain)
    for oid in reversed(chain):
        for session in links.sessions_named(infos[oid].message) if oid in infos else ():
            if session not in there and known.about(session):
                found.append(Link(session, commit, via="repair", origins=(oid,)))
    return once(known, found)
