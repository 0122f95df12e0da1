"""The graph of revisions: heads, common ancestors, and what of it is kept of a hostile log."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush

Parents = Mapping[str, Sequence[str]]
"""The parents of each revision, by ids; some may be unknown, none need be."""
_ONE, _OTHER, _STALE = 1, 2, 4
_BOTH = _ONE | _OTHER


class Graph:
    """Revisions and their parents, without parents that nobody knows and without circles.

    Nobody can have seen a revision that had seen his own: where a log says so, none of those in
    the circle counts as a parent of another one in it.
    """

    def __init__(self, parents: Parents) -> None:
        self.parents: dict[str, tuple[str, ...]] = {
            name: tuple(sorted({one for one in parents[name] if one in parents and one != name}))
            for name in sorted(parents)
        }
        self.rank = _ranked(self.parents)
        if len(self.rank) < len(self.parents):
            self._cut()
            self.rank = _ranked(self.parents)

    def _cut(self) -> None:
        circle = _circles(self.parents, [one for one in self.parents if one not in self.rank])
        for name, number in circle.items():
            kept = (one for one in self.parents[name] if circle.get(one) != number)
            self.parents[name] = tuple(kept)

    def heads(self) -> list[str]:
        """The revisions that are nobody's parent, sorted."""
        inner = {parent for parents in self.parents.values() for parent in parents}
        return [name for name in self.parents if name not in inner]

    def ancestors(self, names: Iterable[str]) -> set[str]:
        """`names` and all that they have seen."""
        found, waiting = set(names), list(names)
        while waiting:
            for parent in self.parents[waiting.pop()]:
                if parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        return found

    def newest(self, names: Iterable[str]) -> list[str]:
        """Those of `names` that no other of them has seen, sorted."""
        chosen = set(names)
        if len(chosen) > 1:
            below = {parent for name in chosen for parent in self.parents[name]}
            chosen -= self.ancestors(below)
        return sorted(chosen)

    def standing(self, names: Iterable[str], is_standing: Collection[str]) -> list[str]:
        """`names`, in place of each that is not among `is_standing` what it was made of.

        Those that another of them has seen are left out.
        """
        found: set[str] = set()
        seen, waiting = set(names), list(names)
        while waiting:
            name = waiting.pop()
            if name in is_standing:
                found.add(name)
                continue
            for parent in self.parents[name]:
                if parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
        return self.newest(found)

    def bases(self, ones: Iterable[str], other: str) -> list[str]:
        """The best common ancestors of `other` and of all that `ones` have seen, sorted.

        Walks from the newest down, as `git merge-base --all` does, and no farther than it must.
        """
        flags: dict[str, int] = {}
        queue: list[tuple[int, str]] = []
        fresh = 0
        for name, flag in (*((one, _ONE) for one in ones), (other, _OTHER)):
            if name not in flags:
                heappush(queue, (-self.rank[name], name))
                fresh += 1
            flags[name] = flags.get(name, 0) | flag
        found: list[str] = []
        while fresh:
            name = heappop(queue)[1]
            flag = flags[name]
            if not flag & _STALE:
                fresh -= 1
                if flag & _BOTH == _BOTH:
                    found.append(name)
                    flag |= _STALE
            for parent in self.parents[name]:
                before = flags.get(parent)
                now = (before or 0) | flag
                flags[parent] = now
                if before is None:
                    heappush(queue, (-self.rank[parent], parent))
                    fresh += not now & _STALE
                else:
                    fresh -= not before & _STALE and bool(now & _STALE)
        return sorted(found)


def _ranked(parents: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """A number for each revision, above those of its parents; none for what leads to a circle."""
    children: dict[str, list[str]] = {}
    missing: dict[str, int] = {}
    for name, named in parents.items():
        missing[name] = len(named)
        for parent in named:
            children.setdefault(parent, []).append(name)
    ready = [name for name, count in missing.items() if not count]
    rank: dict[str, int] = {}
    for name in ready:
        rank[name] = len(rank)
        for child in children.get(name, ()):
            missing[child] -= 1
            if not missing[child]:
                ready.append(child)
    return rank


def _circles(parents: Mapping[str, Sequence[str]], among: Sequence[str]) -> dict[str, int]:
    """The number of the circle, or tangle of them, in which each of `among` stands.

    R. Tarjan, Depth-first search and linear graph algorithms, 1972; without recursion.
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    found: dict[str, int] = {}
    path: list[str] = []
    for start in among:
        if start in index:
            continue
        work: list[tuple[str, Iterator[str]]] = []
        _enter(start, parents, index, low, path, work)
        while work:
            name, rest = work[-1]
            after = next(rest, None)
            if after is None:
                work.pop()
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[name])
                if low[name] == index[name]:
                    number = index[name]
                    while name not in found:
                        found[path.pop()] = number
            elif after not in index:
                _enter(after, parents, index, low, path, work)
            elif after not in found:
                low[name] = min(low[name], index[after])
    return found


def _enter(
    name: str, parents: Mapping[str, Sequence[str]], index: dict[str, int], low: dict[str, int],
    path: list[str], work: list[tuple[str, Iterator[str]]],
) -> None:  # fmt: skip
    index[name] = low[name] = len(index)
    path.append(name)
    work.append((name, iter(parents[name])))
