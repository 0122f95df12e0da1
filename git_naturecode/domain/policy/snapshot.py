"""A standing as JSON, to be kept by who has verified its lines, and had again at little cost."""

from collections.abc import Iterable, Mapping

from git_naturecode.domain.policy.facts import Line, Reason
from git_naturecode.domain.policy.graph import Graph, is_plain
from git_naturecode.store.entry import Json

VERSION = 1


def graph_to_json(graph: Graph) -> dict[str, Json]:
    """All that `graph` knows; signatures and what signed operations name are not in it."""
    devices = {device: number for number, device in enumerate(graph.slots)}
    teams: dict[str, int] = {}
    lines = []
    for place, line in enumerate(graph.lines):
        team = teams.setdefault(line.team, len(teams))
        row: list[Json] = [
            line.digest, devices[line.device], line.seq, team, line.at, list(graph.parents[place])
        ]  # fmt: skip
        if place in graph.said:
            row.append(_shortened(line.ops))
        lines.append(row)
    return {
        "devices": [[device, _key(graph, device)] for device in devices],
        "teams": list(teams),
        "lines": lines,
        "broken": sorted(graph.broken),
        "waiting": [[*line[:-1], list(line.ops)] for line in graph.waiting.values()],
        "twins": {
            device: {str(seq): sorted(found) for seq, found in kept.items()}
            for device, kept in graph.twins.items()
        },
    }


def graph_from_json(said: Mapping[str, Json]) -> Graph:
    """What `graph_to_json` told."""
    graph = Graph()
    broken = frozenset(said["broken"])
    for place, (digest, device, seq, team, at, parents, *rest) in enumerate(said["lines"]):
        name, key = said["devices"][device]
        before = (graph.lines[parent] for parent in parents)
        root = next(
            (b.root or b.digest for b in before if (b.device, b.seq) == (name, seq - 1)), ""
        )
        known = tuple(rest[0]) if rest else ()
        line = Line(digest, name, key, seq, "", root, said["teams"][team], (), at, known)
        graph.restore(line, tuple(parents), place in broken)
    for *fields, known in said["waiting"]:
        digest, device, key, seq, prev, root, team, deps, at = fields
        line = Line(digest, device, key, seq, prev, root, team, tuple(deps), at, tuple(known))
        graph.add([line])
    for device, kept in said["twins"].items():
        graph.restore_twins(device, {int(seq): set(found) for seq, found in kept.items()})
    return graph


def reasons_to_json(reasons: Mapping[int, Reason]) -> list[Json]:
    """Why lines do not count, each reason once."""
    found: dict[Reason, list[int]] = {}
    for place, reason in reasons.items():
        found.setdefault(reason, []).append(place)
    return [[*reason, places] for reason, places in found.items()]


def reasons_from_json(said: Iterable[Json]) -> dict[int, Reason]:
    """What `reasons_to_json` told."""
    return {
        place: Reason(code, text, by, op) for code, text, by, op, places in said for place in places
    }


def _key(graph: Graph, device: str) -> str:
    chain = graph.chains[device]
    if chain:
        return graph.lines[chain[0]].key
    found = (line.key for line in [*graph.lines, *graph.waiting.values()] if line.device == device)
    return next(found, "")


def _shortened(said: Iterable[Mapping[str, Json]]) -> list[Json]:
    """The operations of a line, of those that do not matter here only what they are."""
    return [{"op": one["op"]} if is_plain(one) else one for one in said]
