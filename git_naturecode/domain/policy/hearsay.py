"""What lines say without anybody's leave: that a team begins, what a device is, who would join."""

from collections.abc import Iterator

from git_naturecode.domain.policy import parsed
from git_naturecode.domain.policy.facts import Asking, DeviceInfo
from git_naturecode.domain.policy.graph import Graph


def requests(graph: Graph) -> dict[str, Asking]:
    """The last request to join of each device, answered or not."""
    last: dict[str, Asking] = {}
    for place, known in graph.said.items():  # those of a device in their order
        line = graph.lines[place]
        for _, op in known:
            if isinstance(op, parsed.Request) and not graph.is_frozen(place):
                asking = Asking(line.device, op.name, op.email, op.keys, line.digest, line.at)
                last[line.device] = asking
    return last


def geneses(graph: Graph) -> Iterator[str]:
    """The lines in which a team begins."""
    for place in graph.governing:
        line = graph.lines[place]
        if not line.team and any(isinstance(op, parsed.Genesis) for _, op in graph.said[place]):
            yield line.digest


def told(graph: Graph, device: str) -> DeviceInfo:
    """What a device tells of itself where there is no team."""
    op = None
    for place in graph.told[device]:
        if not graph.is_frozen(place):
            op = next(o for _, o in reversed(graph.said[place]) if isinstance(o, parsed.Device))
    chain = graph.chains[device]
    key = graph.lines[chain[0]].key if chain else ""
    if op is None:
        return DeviceInfo("", key, "", "", False, "")
    return DeviceInfo("", key, op.seal, op.label, False, op.cert.expires if op.cert else "")
