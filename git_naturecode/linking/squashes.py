"""Squashes: commits that hold the whole change of a branch, or of a chain of linked commits."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from git_naturecode.git import commits as git
from git_naturecode.git.objects import CommitInfo
from git_naturecode.linking.known import Known
from git_naturecode.store.store import Store

_MOST_TIPS = 200
_MOST_SEEN = 20_000  # commits of the history that are looked at
_MOST_SQUASHES = 300
_MOST_WHOLES = 2_000  # changes of whole chains that are compared
_MOST_APART = 1_000  # commits of one chain
_DAY = 86_400

Graph = Mapping[str, Sequence[str]]
"""Commits and their parents."""


class Squashes:
    """The commits that may be squashes, and the chains that they may be squashes of.

    Everything that costs a git process is asked for all of them together.
    """

    def __init__(
        self, store: Store, known: Known, infos: Mapping[str, CommitInfo],
        patches: Mapping[str, str],
    ) -> None:  # fmt: skip
        self._store, self._known, self._infos, self._patches = store, known, infos, patches

    def of(self, commits: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
        """(Base, end) of each chain whose whole change one of `commits` is."""
        single = (
            oid for oid in commits if oid in self._patches and len(self._infos[oid].parents) == 1
        )
        wanted = list(islice(single, _MOST_SQUASHES))
        tips = _tips(self._store, self._known) if wanted else {}
        if not tips:
            return {}
        graph = git.graph(self._store.repo, [*tips, *wanted], _MOST_SEEN)
        pairs = [
            (oid, self._base(graph, oid, end, chain), end)
            for oid, end, chain in self._likely(list(self._chains(graph, wanted, tips)))
        ]
        found: dict[str, list[tuple[str, str]]] = {}
        for oid, base, end in self._equal([pair for pair in pairs if pair[1]][:_MOST_WHOLES]):
            found.setdefault(oid, []).append((base, end))
        return found

    def _chains(
        self, graph: Graph, wanted: Iterable[str], tips: Mapping[str, int]
    ) -> Iterator[tuple[str, str, set[str]]]:
        """Each commit, with an end that does not hold it and is not later, and all up to there."""
        for oid in wanted:
            before = _before(graph, [self._infos[oid].parents[0]], frozenset())
            latest = self._infos[oid].seconds + _DAY  # clocks differ
            ends = (end for end, seconds in tips.items() if seconds <= latest)
            for end in islice((e for e in ends if e in graph and e not in before), _MOST_TIPS):
                chain = _before(graph, [end], before)
                if oid not in chain and len(chain) <= _MOST_APART:
                    yield oid, end, chain

    def _likely(
        self, chains: Sequence[tuple[str, str, set[str]]]
    ) -> Iterator[tuple[str, str, set[str]]]:
        """Those of `chains` that touch all that the commit changes; merges could hide more."""
        asked = {one for oid, _, chain in chains for one in (oid, *chain)}
        paths = git.changed(self._store.repo, asked)
        for oid, end, chain in chains:
            if all(one in paths for one in chain):
                touched = frozenset[bytes]().union(*(paths[one] for one in chain))
                if not paths.get(oid, frozenset()) <= touched:
                    continue
            yield oid, end, chain

    def _base(self, graph: Graph, oid: str, end: str, chain: set[str]) -> str:
        below = {above for one in chain for above in graph[one] if above not in chain}
        if len(below) == 1:
            return below.pop()
        return git.merge_base(self._store.repo, self._infos[oid].parents[0], end)

    def _equal(self, pairs: Sequence[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
        """Those of (commit, base, end) of which the whole changes just what the commit does."""
        wholes: dict[tuple[str, str], str] = {}
        left = list(dict.fromkeys((base, end) for _, base, end in pairs))
        while left:
            turn: dict[str, str] = {}
            for base, end in left:
                turn.setdefault(end, base)
            ids = git.patch_ids(self._store.repo, turn)
            wholes |= {(base, end): ids.get(end, "") for end, base in turn.items()}
            left = [pair for pair in left if pair not in wholes]
        for oid, base, end in pairs:
            if wholes[base, end] == self._patches[oid]:
                yield oid, base, end


def _tips(store: Store, known: Known) -> dict[str, int]:
    """The ends of branches, and all linked commits, with when they were made; the latest first.

    A linked commit below the end of a branch counts too: the branch may have gone on.
    """
    refs = store.team.objects.refs("refs/heads/") | store.team.objects.refs("refs/remotes/")
    ours = {name for name in refs if name.endswith(f"/{store.branch}")}
    tips = {oid for name, oid in refs.items() if name not in ours}
    infos = git.infos(
        store.team.objects, sorted(tips | set(known.index.values("session", "commit")))
    )
    found = sorted(infos, key=lambda oid: (infos[oid].seconds, oid), reverse=True)
    return {oid: infos[oid].seconds for oid in found}


def _before(graph: Graph, ends: Sequence[str], stop: "frozenset[str] | set[str]") -> set[str]:
    """`ends` and what is before them in `graph`, without what is in `stop`."""
    seen = {end for end in ends if end not in stop}
    left = list(seen)
    while left:
        fresh = [one for one in graph.get(left.pop(), ()) if one not in seen and one not in stop]
        seen.update(fresh)
        left += fresh
    return seen
