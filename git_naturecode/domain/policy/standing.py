"""What all trust lines of a repository add up to: the team, its members, what each line may say."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from git_naturecode.domain.policy import hearsay, ops, parsed, roles
from git_naturecode.domain.policy.facts import (
    Asking,
    Authority,
    DeviceInfo,
    Equivocation,
    Line,
    Member,
    Reason,
    TeamInfo,
    same,
)
from git_naturecode.domain.policy.governance import Context, Governance, other_objection
from git_naturecode.domain.policy.graph import Graph
from git_naturecode.domain.policy.persons import Person
from git_naturecode.domain.policy.proofs import Checks, Proofs, Real
from git_naturecode.domain.policy.registers import Ref
from git_naturecode.domain.policy.sights import Sights

IN, INHERITED, EARLIER = "in", "inherited", "earlier"


class Standing:
    """What a set of lines adds up to; nothing changes it. Two with the same lines are alike.

    `pinned` is the digest of the genesis line that the user holds to be his team's, "" for none.
    While that line is not here, nobody may do anything.
    """

    def __init__(self, graph: Graph, pinned: str, proofs: Proofs) -> None:
        self._graph = graph
        self._pinned = pinned
        self._proofs = proofs
        self.geneses = tuple(sorted(hearsay.geneses(graph)))
        self.team = self._choose()
        place = graph.places[self.team] if self.team in self.geneses else -1
        self._governance = Governance(graph, place, proofs) if place >= 0 else None
        self._reasons: dict[int, Reason] = {}
        self._weigh(range(len(graph.lines)))

    def extended(self, new: Iterable[Line]) -> "Standing":
        """This and the lines `new`, which may be known already; the same as evaluating all.

        What it costs grows with `new`, unless they change what was judged before.
        """
        new = [line for line in new if not self._graph.knows(line.digest)]
        if not new:
            return self
        graph = self._graph.copy()
        frozen = dict(graph.frozen)
        placed = graph.add(new)
        governs = any(graph.number[place] >= 0 for place in placed)
        if governs or graph.frozen != frozen or self._is_stirred(graph, placed):
            return Standing(graph, self._pinned, self._proofs)
        return self._grown(graph, placed)

    def pin(self, pinned: str) -> "Standing":
        """The same lines as somebody sees them who holds `pinned` to be his team."""
        if pinned == self._pinned:
            return self
        return Standing(self._graph.copy(), pinned, self._proofs)

    # -- what there is --------------------------------------------------------------------------

    @property
    def pinned(self) -> str:
        """The genesis line that was asked for."""
        return self._pinned

    @cached_property
    def mode(self) -> str:
        """`enforced`: what nobody may say is kept out of sight. `open`: it is shown as such."""
        if self._governance is None:
            return parsed.ENFORCED if self.team else parsed.OPEN
        live = self._governance.people.mode.live(self._graph.past, -1)
        return parsed.ENFORCED if any(s.value == parsed.ENFORCED for s in live) else parsed.OPEN

    @cached_property
    def inherited(self) -> tuple[str, ...]:
        """The files (sha256) that list which entries were here before the team, line by line."""
        genesis = self._genesis
        return genesis.inherited if genesis else ()

    @cached_property
    def founder(self) -> str:
        """The member who began the team; "" where there is none."""
        governance = self._governance
        return governance.people.name_of(governance.people.founder) if governance else ""

    @cached_property
    def members(self) -> dict[str, Member]:
        """Everybody who was ever added, by his id."""
        governance = self._governance
        if governance is None:
            return {}
        ranked = sorted(governance.people.persons.values(), key=lambda person: person.order)
        found = (self._member(person, order) for order, person in enumerate(ranked))
        return {member.id: member for member in found}

    @cached_property
    def devices(self) -> dict[str, DeviceInfo]:
        """Every device that has a line here or was named."""
        claimed = self._governance.people.devices.things() if self._governance else []
        return {device: self._device(device) for device in sorted({*self._graph.chains, *claimed})}

    @cached_property
    def teams(self) -> dict[str, TeamInfo]:
        """All teams, by their id."""
        governance = self._governance
        if governance is None:
            return {}
        names = {ref: governance.people.name_of(ref) for ref in governance.people.persons}
        return governance.people.teams.infos(names)

    @cached_property
    def requests(self) -> tuple[Asking, ...]:
        """Who would like to join and was not answered: the last word of each device."""
        last = hearsay.requests(self._graph)
        strangers = (a for d, a in sorted(last.items()) if not self.devices[d].member)
        return tuple(a for a in strangers if not self.devices[a.device].revoked)

    @cached_property
    def heads(self) -> dict[str, tuple[int, str]]:
        """(seq, digest) of the last line of each device."""
        return self._graph.heads()

    @cached_property
    def equivocations(self) -> tuple[Equivocation, ...]:
        """Devices that said two things under one number: nothing from there on counts."""
        return self._graph.equivocations()

    @cached_property
    def refused(self) -> dict[str, Reason]:
        """Why a line, or an operation in it (`Reason.op`), does not count."""
        graph = self._graph
        found = graph.missing()
        found |= {graph.lines[place].digest: why for place, why in self._reasons.items()}
        for place, why in (self._governance.faults if self._governance else {}).items():
            digest = graph.lines[place].digest
            if digest not in found:
                found[digest] = why
            elif found[digest].code == "unknown-device":  # who would join is told why not
                found[digest] = why._replace(op=-1)
        found = {**self._odd(), **found}
        for device, seq in graph.frozen.items():  # also what never found its place
            for number, digest in graph.slots[device].items():
                if number >= seq:
                    found[digest] = _TWO_THINGS
            for twins in graph.twins[device].values():
                found |= dict.fromkeys(twins, _TWO_THINGS)
        return found

    @property
    def is_unsettled(self) -> bool:
        """True when lines that govern nothing may change what is thought of earlier ones."""
        is_contested = self._governance is not None and self._governance.is_contested
        return bool(self._graph.frozen) or is_contested

    # -- lines ----------------------------------------------------------------------------------

    def authority(self, digest: str) -> Authority | Reason:
        """In whose name the line `digest` speaks and what he might do, or why it does not count."""
        state, found = self.basis(digest)
        if state == IN or isinstance(found, Reason):
            return found
        return Reason("before-team", "it was written before there was a team")

    def is_maintainer(self, digest: str) -> bool:
        """True when the line `digest` speaks for a maintainer or an admin."""
        found = self.authority(digest)
        return isinstance(found, Authority) and (
            roles.RANK[found.role] >= roles.RANK[roles.MAINTAINER]
        )

    def basis(self, digest: str) -> tuple[str, Authority | Reason]:
        """How the line `digest` stands to the team, and in whose name it speaks.

        IN: it names the team. INHERITED: the team began with it. EARLIER: its device had not
        joined then, and did so later; it has the rights that it had at first.
        """
        place = self._graph.places.get(digest)
        if place is None:
            why = self.refused.get(digest) or Reason("waiting", "its line is not here")
            return IN, why
        return self._basis(place)

    def writer(self, digest: str) -> str:
        """The member who wrote the line `digest`, "" where it does not count; of one that the team
        began with, whose its device is now: nobody adds to those any more."""
        state, who = self.basis(digest)
        if isinstance(who, Reason):
            return ""
        if state != INHERITED:
            return who.member_id
        return self.devices[self._graph.lines[self._graph.places[digest]].device].member

    def seen(self, later: str, earlier: str) -> bool:
        """True when the line `later` was written by who had seen `earlier`, or is this one."""
        a, b = self._graph.places.get(later), self._graph.places.get(earlier)
        return a is not None and b is not None and self._sights.sees(a, b)

    def depth(self, line: str) -> int:
        """Sorts lines (none that waits) such that what was seen comes before who saw it."""
        return self._graph.depth[self._graph.places[line]]

    def now(self, device: str) -> Authority | Reason:
        """In whose name `device` would speak now, having seen all lines."""
        governance = self._governance
        if governance is None:
            return _NO_GENESIS if self.team else Reason("before-team", "there is no team")
        if device in self._graph.frozen:
            return _TWO_THINGS
        return governance.people.present(device)

    def objection(self, device: str, op: Mapping[str, object]) -> Reason | None:
        """Why `device` may not say `op` now; None when it may."""
        who = self.now(device)
        said = parsed.parse(op)
        governance = self._governance
        if governance is None or isinstance(said, (parsed.Join, parsed.Request, parsed.Device)):
            return Reason("malformed", ops.problem(op)) if ops.problem(op) else None
        if isinstance(who, Reason):
            return who
        ref = governance.people.owner(device, -1, -1)
        assert ref is not None
        person, rights = governance.people.persons[ref], governance.people.rights(ref, -1)
        return governance.objection(said, Context(person, rights, -1, device))

    def tips(self, device: str) -> tuple[str, ...]:
        """What the next line of `device` names in `deps`, so that it has seen all that counts.

        Lines that no other names, at most MOST_TIPS; lines of strangers only where there is no
        team, since they are many where somebody wants to disturb.
        """
        return self._sights.tips(device, self._counts)

    def holders(self, address: str) -> frozenset[str]:
        """The members, also former ones, whose address this is; not who was only invited."""
        return self._holders.get(same(address), frozenset())

    def holder(self, address: str) -> str:
        """The member whose address this is, also who was only invited; "" for nobody.

        Of several he of whom it is said on the best ground (`Claim.level`), one who was removed
        after all others; where admins say it of several, who has come in before who was asked.
        Nobody where that is so of two: each may have hidden what he had seen.
        """
        if self._governance is None:
            return ""
        ref = self._governance.people.holder(address)
        return self._governance.people.name_of(ref) if ref else ""

    # -- inside ---------------------------------------------------------------------------------

    @cached_property
    def _holders(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for member in self.members.values():
            for address in member.emails if member.since else ():
                found[address] = found.get(address, frozenset()) | {member.id}
        return found

    @cached_property
    def _sights(self) -> Sights:
        return Sights(self._graph)

    @cached_property
    def _genesis(self) -> parsed.Genesis | None:
        place = self._graph.places.get(self.team, -1)
        known = self._graph.said.get(place, ())
        return next((op for _, op in known if isinstance(op, parsed.Genesis)), None)

    def _odd(self) -> dict[str, Reason]:
        """What is wrong also in lines that govern nothing: malformed, or for maintainers only."""
        found: dict[str, Reason] = {}
        for place, known in self._graph.said.items():
            state, who = self._basis(place)
            if state != IN or not isinstance(who, Authority):
                continue
            for index, op in known:
                why = None
                if isinstance(op, parsed.Malformed):
                    why = Reason("malformed", op.text)
                elif isinstance(op, parsed.Other) and who.role:
                    why = other_objection(op, who.role)
                if why is not None:
                    found.setdefault(self._graph.lines[place].digest, why._replace(op=index))
        return found

    def _counts(self, place: int) -> bool:
        return place not in self._reasons

    def _choose(self) -> str:
        if self._pinned:
            return self._pinned
        return self.geneses[0] if len(self.geneses) == 1 else ""

    def _is_stirred(self, graph: Graph, placed: Iterable[int]) -> bool:
        return bool(self._governance and self._governance.is_stirred(graph, placed))

    def _grown(self, graph: Graph, placed: Iterable[int]) -> "Standing":
        """A standing that has some lines more, none of which governs."""
        other = Standing.__new__(Standing)
        other._graph, other._pinned, other._proofs = graph, self._pinned, self._proofs
        other.geneses, other.team = self.geneses, self.team
        other._governance = self._governance.moved(graph) if self._governance else None
        other._reasons = dict(self._reasons)
        placed = list(placed)
        for device in {graph.lines[place].device for place in placed}:
            joined = graph.joined[device].get(self.team, 0)
            placed += graph.chains[device][:joined]  # what was said before counts from now on
        other._weigh(placed)
        return other

    def _weigh(self, places: Iterable[int]) -> None:
        for place in places:
            why = self._reason(place)
            if why is not None:
                self._reasons[place] = why
            else:
                self._reasons.pop(place, None)

    def _reason(self, place: int) -> Reason | None:
        found = self._basis(place)[1]
        return found if isinstance(found, Reason) else None

    def _basis(self, place: int) -> tuple[str, Authority | Reason]:
        graph, governance = self._graph, self._governance
        line = graph.lines[place]
        if governance is None:
            return IN, self._spoilt(place) or (_NO_GENESIS if self.team else NO_TEAM)
        if line.digest == self.team:
            return IN, governance.people.founding()
        spoilt = self._spoilt(place)
        if spoilt is not None:
            return IN, spoilt
        if line.team == self.team:
            return IN, governance.authority(place)
        if line.team:
            return IN, Reason("other-team", "it names another team")
        return self._before(place, governance)

    def _spoilt(self, place: int) -> Reason | None:
        if place in self._graph.broken:
            return _BROKEN
        return _TWO_THINGS if self._graph.is_frozen(place) else None

    def _before(self, place: int, governance: Governance) -> tuple[str, Authority | Reason]:
        graph, genesis = self._graph, self._genesis
        assert genesis is not None
        line = graph.lines[place]
        head = graph.places.get(genesis.heads.get(line.device, ""))
        if head is not None:
            last = graph.lines[head]
            if last.device == line.device and line.seq <= last.seq:
                return INHERITED, NO_TEAM_YET
        first = graph.joined[line.device].get(self.team)
        if first is None or graph.is_frozen(graph.chains[line.device][first - 1]):
            return EARLIER, Reason("before-team", "it names no team, and its device joined none")
        if first < line.seq:
            return EARLIER, Reason("before-team", "it names no team, though its device joined one")
        run = graph.run(graph.chains[line.device][first - 1])
        return EARLIER, governance.people.authority_at(line.device, run, place)

    def _member(self, person: Person, order: int) -> Member:
        assert self._governance is not None
        return self._governance.people.member(person, order)

    def _device(self, device: str) -> DeviceInfo:
        if self._governance is None:
            return hearsay.told(self._graph, device)
        return self._governance.people.device(device)


NO_TEAM = Authority("", "", frozenset())
"""Whoever speaks where there is no team."""
NO_TEAM_YET = Authority("", "", frozenset(), note="from before there was a team")
_NO_GENESIS = Reason("waiting", "the line that began the team is not here")
_BROKEN = Reason("broken", "it does not continue its chain")
_TWO_THINGS = Reason("equivocation", "its device said two things under one number")


def evaluate(lines: Iterable[Line], pinned: str = "", checks: Checks | None = None) -> Standing:
    """What `lines` add up to, in whatever order they are given.

    `pinned` is the digest of the genesis line that the user holds to be his team's; without one
    there is a team only if there is just one genesis.
    """
    graph = Graph()
    graph.add(lines)
    return Standing(graph, pinned, Proofs(checks or Real()))


__all__ = ["EARLIER", "IN", "INHERITED", "Ref", "Standing", "evaluate"]
