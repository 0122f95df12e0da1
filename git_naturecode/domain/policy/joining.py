"""Joining by a code: whose it is, that it is used once, which keys come along."""

from collections.abc import Hashable

from git_naturecode.domain.policy import parsed, roles
from git_naturecode.domain.policy.contests import USED, Contest, Decision, Use
from git_naturecode.domain.policy.facts import Reason
from git_naturecode.domain.policy.people import People
from git_naturecode.domain.policy.persons import BY_HIMSELF, PROVEN, By, Called, Person, used
from git_naturecode.domain.policy.registers import Ref

Said = tuple[int, int, parsed.Join]
_NOT_HIS = "its code is not the one of the invitation"


class Joining:
    """All who would join, and who of them may.

    `decided` is what was decided about seats, by their `ref`. About any other it is assumed that
    whoever used a good code may: in no order, since all lines are judged again where it is not so.
    """

    def __init__(self, people: People, decided: dict[Ref, Decision]) -> None:
        self.decided = decided
        self._people = people
        self._graph = people.graph
        self._assumed: set[tuple[Ref, int]] = set()
        self._all: dict[str, list[Said]] = {}
        for number, place in enumerate(self._graph.governing):
            for index, op in self._graph.said[place]:
                if isinstance(op, parsed.Join) and people.is_ours(place):
                    self._all.setdefault(_bare(op.member), []).append((number, index, op))

    def join(self, op: parsed.Join, index: int, number: int, place: int) -> Reason | None:
        """The device of the line `place` joins; the reason when it may not."""
        line, seen = self._graph.lines[place], self._graph.seen[place]
        person = self._invited(op, seen)
        if person is None:
            return Reason("not-allowed", f"nobody is invited as {op.member}")
        use = self._use(person, op, number, index)
        if use is None:
            return Reason("not-allowed", _NOT_HIS)
        if any(code == use.code and (seen | 1 << number) >> n & 1 for n, code in person.joins):
            return used(USED)
        why = self._verdict(person, use)
        if why:
            return used(why)
        run = self._graph.run(place)
        before = self._people.bound(line.device, run - 1) if run else None
        bound = self._people.bind(line.device, line.seq, seen, before)
        if bound is not None and bound.person != person.ref:
            return used(f"its device is one of {self._people.persons[bound.person].label}")
        taken = self._people.taken(op.keys, op.email, (), person, seen)
        if taken is not None:
            return taken
        self._let_in(person, op, (number, index), place, use.code)
        return None

    def seats(self) -> list[Person]:
        """Who would be joined as, and is not decided about yet, the most senior first."""
        found = [
            person for id in self._all for person in self._people.named(id, -1)
            if person.ref not in self.decided
        ]  # fmt: skip
        return sorted(found, key=lambda person: person.order)

    def decide(self, person: Person) -> bool:
        """Decide who of those who would be `person` may; True when not all were assumed so."""
        uses: dict[int, Use] = {}
        for number, index, op in reversed(self._all[person.id]):  # the first in a line stays
            if self._invited(op, self._graph.past[number]) is person:
                use = self._use(person, op, number, index)
                uses |= {number: use} if use else {}
        decision = Contest(self._people, person, list(uses.values())).decide()
        self.decided[person.ref] = decision
        person.spent = decision.spent
        return any(why and (person.ref, number) in self._assumed
                   for number, why in decision.why.items())  # fmt: skip

    def _invited(self, op: parsed.Join, seen: int) -> Person | None:
        found = self._people.named(op.member, seen)
        if len(found) != 1 or self._people.rights(found[0].ref, seen).role == roles.NONE:
            return None
        return found[0]

    def _verdict(self, person: Person, use: Use) -> str:
        decision = self.decided.get(person.ref)
        if decision is not None:
            person.spent = decision.spent
            return decision.why.get(use.number, USED)
        self._assumed.add((person.ref, use.number))
        return ""

    def _let_in(self, person: Person, op: parsed.Join, here: Ref, place: int, code: str) -> None:
        number, index = here
        line = self._graph.lines[place]
        self._people.joined.setdefault(line.device, []).append((line.seq, person.ref, number))
        person.joins.append((number, code))
        person.known |= 1 << number
        shown = _shown(self._people, number, op)
        for key in shown:
            self._people.keys.add(key, self._people.claim(By(here, person.ref, PROVEN), person.ref))
        if shown:
            known = self._people.keys_of(person.ref, self._graph.past[number])
            person.keys.add(number, index, known | shown)
        if op.name or op.email:
            person.called.add(number, index, Called(op.name, op.email))
        own = self._people.claim(By(here, person.ref, BY_HIMSELF), person.ref)
        self._people.has_mail(op.email, own)

    def _use(self, person: Person, op: parsed.Join, number: int, index: int) -> Use | None:
        """The use that `op` makes of a code; None when it makes none."""
        if self._is_cut(person.ref, number):
            return None
        for code, issued in self._people.codes(person, self._graph.past[number]).items():
            if self._is_invited(number, index, op, code):
                return Use(number, code, issued, _who(self._people, number, op))
        return None

    def _is_invited(self, number: int, index: int, op: parsed.Join, code: str) -> bool:
        line = self._graph.lines[self._graph.governing[number]]
        name = f"{line.digest}:{index}"
        return self._people.proofs.is_invited(name, op, code, line.team, line.device)

    def _is_cut(self, ref: Ref, number: int) -> bool:
        """True when the device of the line `number` was revoked so that it cannot join as `ref`."""
        place = self._graph.governing[number]
        cuts = self._people.revocations(self._graph.lines[place].device, ref)
        return any(cut.takes(self._graph, place) for cut in cuts)


def _bare(member: str) -> str:
    """The id in `member`: whoever adds a mark means the same seat."""
    return member.partition("~")[0]


def _shown(people: People, number: int, op: parsed.Join) -> frozenset[str]:
    """The keys in `op` by which its device has shown a certificate."""
    place = people.graph.governing[number]
    return frozenset(key for key in op.keys if people.has_shown(place, key))


def _who(people: People, number: int, op: parsed.Join) -> Hashable:
    """The same for devices of one person. A key that anybody may have copied says nothing."""
    line = people.graph.lines[people.graph.governing[number]]
    return _shown(people, number, op) or line.device
