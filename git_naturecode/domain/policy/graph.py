"""The lines of all devices as one graph: who had seen what, without any thought of who may do what.

A line is placed once all lines that it names are; until then it waits. What a line had seen is
kept as one integer, with a bit for each governing line in its past: so ten thousand lines of
ordinary work cost no more than the few that say who may do what.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from git_naturecode.domain.policy import parsed
from git_naturecode.domain.policy.facts import Equivocation, Line, Reason
from git_naturecode.store.entry import Json

MOST_GOVERNING = 256  # operations in one line; what is beyond is not looked at
_GOVERNS = (
    parsed.Genesis, parsed.AddMember, parsed.Join, parsed.Role, parsed.Remove, parsed.Revoke,
    parsed.AddDevice, parsed.Policy, parsed.Team, parsed.TeamDelete, parsed.TeamMember,
    parsed.Set, parsed.Keys,
)  # fmt: skip
PLAIN = frozenset({"sign", "purge", "backup"})
Known = tuple[int, parsed.Op]


class Graph:
    """All lines known, each with a number (`places[digest]`) above those of the lines it names.

    `runs[device]` are the lines of a device from which on it has seen something else that
    governs, or has told something of itself: between them it is always the same.
    """

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.lines: list[Line] = []  # without their ops: `said` has what matters of these
        self.parents: list[tuple[int, ...]] = []
        self.seen: list[int] = []
        self.latest: list[str] = []
        self.depth: list[int] = []  # the lines of the longest way down: more than any it had seen
        self.number: list[int] = []  # which governing line it is, -1: none
        self.governing: list[int] = []
        self.past: list[int] = []  # `seen` of each governing line
        self.chains: dict[str, list[int]] = {}
        self.runs: dict[str, list[int]] = {}
        self.run_seqs: dict[str, list[int]] = {}
        self.said: dict[int, tuple[Known, ...]] = {}
        self.told: dict[str, list[int]] = {}  # the lines in which a device tells of itself
        self.joined: dict[str, dict[str, int]] = {}  # the first line that names each team
        self.slots: dict[str, dict[int, str]] = {}
        self.frozen: dict[str, int] = {}
        self.twins: dict[str, dict[int, set[str]]] = {}
        self.waiting: dict[str, Line] = {}
        self.wanted: dict[str, set[str]] = {}
        self.owned: set[str] = set()  # devices whose lists no other graph shares
        self.broken: set[int] = set()  # they do not continue their chain

    def copy(self) -> "Graph":
        """One that can grow without this one; what it shares it copies before it changes it."""
        other = Graph()
        for name, value in vars(self).items():
            setattr(other, name, value.copy())
        other.wanted = {digest: set(names) for digest, names in self.wanted.items()}
        other.twins = {
            device: {seq: set(found) for seq, found in kept.items()}
            for device, kept in self.twins.items()
        }
        other.owned = set()
        return other

    def _own(self, device: str) -> None:
        """Make what is kept about `device` this graph's own."""
        if device in self.owned:
            return
        self.owned.add(device)
        self.slots[device] = dict(self.slots.get(device, ()))
        self.joined[device] = dict(self.joined.get(device, ()))
        for kept in (self.chains, self.runs, self.run_seqs, self.told):
            kept[device] = list(kept.get(device, ()))

    def add(self, lines: Iterable[Line]) -> list[int]:
        """Take in `lines`; the numbers of those that could be placed, some of them known before."""
        placed: list[int] = []
        for line in lines:
            if self.knows(line.digest):
                continue
            self._witness(line)
            ready = [line]
            while ready:
                line = ready.pop()
                missing = self._missing(line)
                if missing is not None:
                    self.waiting[line.digest] = line
                    self.wanted.setdefault(missing, set()).add(line.digest)
                    continue
                placed.append(self._place(line, self._is_broken(line)))
                for digest in self.wanted.pop(line.digest, ()):
                    ready.append(self.waiting.pop(digest))
        return placed

    def knows(self, digest: str) -> bool:
        """True for a line that was taken in, whatever came of it."""
        return digest in self.places or digest in self.waiting

    def is_frozen(self, place: int) -> bool:
        """True for a line that does not count whatever it says: its device had said two things.

        A line that does not continue its chain is in none, and nothing that it says is kept.
        """
        line = self.lines[place]
        frozen = self.frozen.get(line.device)
        return frozen is not None and line.seq >= frozen

    def run(self, place: int) -> int:
        """Which run of its device the line is in."""
        line = self.lines[place]
        return bisect_right(self.run_seqs[line.device], line.seq) - 1

    def order(self, number: int) -> tuple[int, str]:
        """Sorts governing lines such that what was seen comes before who saw it."""
        return self.past[number].bit_count(), self.lines[self.governing[number]].digest

    def heads(self) -> dict[str, tuple[int, str]]:
        """(seq, digest) of the last line of each device, before it said two things at once."""
        found = {}
        for device, chain in self.chains.items():
            last = min(len(chain), self.frozen.get(device, len(chain) + 1) - 1)
            if last:
                found[device] = (last, self.lines[chain[last - 1]].digest)
        return found

    def equivocations(self) -> tuple[Equivocation, ...]:
        """Each device that said two things under one number, with the lines of the first such."""
        return tuple(
            Equivocation(device, seq, tuple(sorted(self.twins[device][seq])))
            for device, seq in sorted(self.frozen.items())
        )

    def missing(self) -> dict[str, Reason]:
        """Why each waiting line waits."""
        text = "a line that it builds on is not here yet"
        return {digest: Reason("waiting", text) for digest in self.waiting}

    # -- one line -------------------------------------------------------------------------------

    def _witness(self, line: Line) -> None:
        self._own(line.device)
        slots = self.slots[line.device]
        first = slots.setdefault(line.seq, line.digest)
        if first == line.digest:
            return
        twins = self.twins.setdefault(line.device, {})
        twins.setdefault(line.seq, {first}).add(line.digest)
        self.frozen[line.device] = min(line.seq, self.frozen.get(line.device, line.seq))

    def _missing(self, line: Line) -> str | None:
        """A line that `line` names and that is not here: it waits for one after the other."""
        if line.prev and line.prev not in self.places:
            return line.prev
        return next((digest for digest in line.deps if digest not in self.places), None)

    def _is_broken(self, line: Line) -> bool:
        if not line.prev:
            return line.seq != 1 or bool(line.root)
        before = self.lines[self.places[line.prev]]
        if self.places[line.prev] in self.broken:
            return True
        root = before.root or before.digest
        return (before.device, before.seq + 1, root) != (line.device, line.seq, line.root)

    def _place(self, line: Line, is_broken: bool) -> int:
        named = (line.prev, *line.deps) if line.prev else line.deps
        return self._put(line, tuple(sorted({self.places[d] for d in named})), is_broken)

    def _put(self, line: Line, parents: tuple[int, ...], is_broken: bool) -> int:
        self._own(line.device)  # it may have waited since an earlier graph
        place = len(self.lines)
        seen, latest = 0, line.at
        for parent in parents:
            bits = self.seen[parent]
            if self.number[parent] >= 0:
                bits |= 1 << self.number[parent]
            if bits | seen != seen:
                seen = bits if not seen else seen | bits
            latest = max(latest, self.latest[parent])
        known = () if is_broken else _known(line.ops)
        governs = any(isinstance(op, _GOVERNS) for _, op in known)
        self.places[line.digest] = place
        self.lines.append(line._replace(ops=()))
        self.parents.append(parents)
        self.seen.append(seen)
        self.latest.append(latest)
        self.depth.append(1 + max((self.depth[parent] for parent in parents), default=0))
        self.number.append(len(self.governing) if governs else -1)
        if governs:
            self.governing.append(place)
            self.past.append(seen)
        if known:
            self.said[place] = known
        if is_broken:
            self.broken.add(place)
            return place
        if any(isinstance(op, parsed.Device) for _, op in known):
            self.told[line.device].append(place)
        self._chain(line, place, bool(known))
        return place

    def _chain(self, line: Line, place: int, told: bool) -> None:
        chain = self.chains[line.device]
        before = chain[-1] if chain else None
        chain.append(place)
        self.joined[line.device].setdefault(line.team, line.seq)
        if before is None or told or self.seen[before] != self.seen[place]:
            self.runs[line.device].append(place)
            self.run_seqs[line.device].append(line.seq)


class Reach:
    """What lines had seen of every device: the highest number, found by walking back.

    For the lines of one device, asked for in their order, every line is walked once.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._walks: dict[str, tuple[bytearray, dict[str, int]]] = {}
        self._found: dict[int, dict[str, int]] = {}

    def highest(self, place: int) -> Mapping[str, int]:
        """device -> number of its newest line in the past of the line `place`, and this itself."""
        found = self._found.get(place)
        if found is None:
            found = self._found[place] = self._walk(place)
        return found

    def _walk(self, place: int) -> dict[str, int]:
        graph = self._graph
        line = graph.lines[place]
        marked, high = self._walks.get(line.device, (bytearray(), {}))
        if high.get(line.device, 0) > line.seq:
            marked, high = bytearray(), {}  # asked for out of order
        marked.extend(bytes(len(graph.lines) - len(marked)))
        self._walks[line.device] = (marked, high)
        stack = [place]
        while stack:
            here = stack.pop()
            if marked[here]:
                continue
            marked[here] = 1
            there = graph.lines[here]
            if high.get(there.device, 0) < there.seq:
                high[there.device] = there.seq
            stack.extend(graph.parents[here])
        return dict(high)


def _is_plain(said: Json) -> bool:
    """True for an operation that changes nothing here, whatever else is in it."""
    name = said.get("op") if isinstance(said, dict) else None
    return isinstance(name, str) and name in PLAIN  # it may be anything, also what has no hash


def _known(said: Iterable[Mapping[str, Json]]) -> tuple[Known, ...]:
    """The operations that matter here, each with its number in the line."""
    found: list[Known] = []
    for number, one in enumerate(said):
        if _is_plain(one):
            continue
        op = parsed.parse(one)
        if len(found) >= MOST_GOVERNING:
            found.append((number, parsed.Malformed("", "is one too many in one line")))
            break
        found.append((number, op))
    return tuple(found)
