"""What lines say without anybody's leave: that a team begins, what a device is, who would join."""

from collections.abc import Iterator

from git_naturecode.domain.policy import parsed
from git_naturecode.domain.policy.facts import Asking, DeviceInfo
from git_naturecode.domain.policy.graph import Graph


def requests(graph: Graph) -> dict[str, Asking]:
    """The last request to join of each device, answered or not."""
    last: dict[str, tuple[int, Asking]] = {}
    for place, known in graph.said.items():
        line = graph.lines[place]
        for _, op in known:
            if isinstance(op, parsed.Request) and not graph.is_frozen(place):
                asking = Asking(line.device, op.name, op.email, op.keys, line.digest, line.at)
                if line.device not in last or line.seq >= last[line.device][0]:
                    last[line.device] = line.seq, asking
    return {device: asking for device, (_, asking) in last.items()}


def geneses(graph: Graph) -> Iterator[str]:
    """The lines in which a team begins."""
    for place in graph.governing:
        line = graph.lines[place]
        if not line.team and any(isinstance(op, parsed.Genesis) for _, op in graph.said[place]):
            yield line.digest


def told(graph: Graph, device: str) -> DeviceInfo:
    """What a device tells of itself where there is no team."""
    line, op = None, None
    for place in graph.told.get(device, ()):
        if not graph.is_frozen(place):
            line = graph.lines[place]
            op = next(o for _, o in reversed(graph.said[place]) if isinstance(o, parsed.Device))
    key = graph.lines[graph.chains[device][0]].key if graph.chains.get(device) else ""
    cert = op.cert if op else None
    return DeviceInfo(
        "", line.key if line else key, op.seal if op else "", op.label if op else "", False,
        cert.expires if cert else "",
    )  # fmt: skip
