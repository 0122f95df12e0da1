"""Who had seen what, for any two lines, and what nobody has named yet."""

from collections.abc import Callable

from git_naturecode.domain.policy.graph import Graph

MOST_TIPS = 1_000
_KEPT = 64


class Sights:
    """Answers about one graph, remembered for some lines."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._after: dict[int, bytearray] = {}

    def sees(self, later: int, earlier: int) -> bool:
        """True when the line `later` names `earlier` in some steps, or is this one."""
        if later <= earlier:
            return later == earlier
        number = self._graph.number[earlier]
        if number >= 0:
            return bool(self._graph.seen[later] >> number & 1)
        return bool(self._sweep(earlier)[later])

    def tips(self, device: str, counts: Callable[[int], bool]) -> tuple[str, ...]:
        """Lines for which `counts` is true that no other such line names; none of `device`."""
        graph = self._graph
        named = bytearray(len(graph.lines))
        for place in range(len(graph.lines) - 1, -1, -1):
            if named[place] or counts(place):
                for parent in graph.parents[place]:
                    named[parent] = 1
        found = [
            line.digest for place, line in enumerate(graph.lines)
            if not named[place] and line.device != device and counts(place)
        ]  # fmt: skip
        return tuple(sorted(sorted(found)[:MOST_TIPS]))

    def _sweep(self, earlier: int) -> bytearray:
        """For each line whether it has `earlier` in its past."""
        marks = self._after.get(earlier)
        if marks is None:
            if len(self._after) >= _KEPT:
                self._after.pop(next(iter(self._after)))
            graph = self._graph
            marks = bytearray(len(graph.lines))
            marks[earlier] = 1
            for place in range(earlier + 1, len(graph.lines)):
                if any(marks[parent] for parent in graph.parents[place]):
                    marks[place] = 1
            self._after[earlier] = marks
        return marks
