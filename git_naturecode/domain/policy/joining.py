"""Joining by a code: whose it is, that it is used once, which keys come along."""

from git_naturecode.domain.policy import parsed, roles
from git_naturecode.domain.policy.facts import Reason, same
from git_naturecode.domain.policy.people import People
from git_naturecode.domain.policy.persons import BY_HIMSELF, PROVEN, By, Called, Person, used
from git_naturecode.domain.policy.registers import Ref


class Joining:
    """All who would join, and who of them may."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._graph = people.graph
        self._all: dict[str, list[tuple[int, int, parsed.Join]]] = {}
        for number, place in enumerate(self._graph.governing):
            for index, op in self._graph.said[place]:
                if isinstance(op, parsed.Join):
                    self._all.setdefault(op.member, []).append((number, index, op))

    def join(self, op: parsed.Join, index: int, number: int, place: int) -> Reason | None:
        """The device of the line `place` joins; the reason when it may not."""
        line, seen = self._graph.lines[place], self._graph.seen[place]
        found = self._people.named(op.member, seen)
        if len(found) != 1 or self._people.rights(found[0].ref, seen).role == roles.NONE:
            return Reason("not-allowed", f"nobody is invited as {op.member}")
        person = found[0]
        invite = self._code(person, op, number, index)
        if not invite:
            return Reason("not-allowed", "its code is not the one of the invitation")
        if any(code == invite and seen >> joined & 1 for joined, code in person.joins):
            return used("the invitation was used already")
        if self._is_rivalled(op, person.ref, invite, number):
            person.spent.add(invite)
            return used("the invitation was used twice at once: invite anew")
        run = self._graph.run(place)
        before = self._people.bound(line.device, run - 1) if run else None
        bound = self._people.bind(line.device, line.seq, seen, before)
        if bound is not None and bound.person != person.ref:
            return used(f"its device is one of {self._people.persons[bound.person].label}")
        taken = self._people.taken(op.keys, op.email, (), person, seen)
        if taken is not None:
            return taken
        self._let_in(person, op, (number, index), place, invite)
        return None

    def _let_in(self, person: Person, op: parsed.Join, here: Ref, place: int, invite: str) -> None:
        number, index = here
        line = self._graph.lines[place]
        self._people.joined.setdefault(line.device, []).append((line.seq, person.ref, number))
        person.joins.append((number, invite))
        person.known |= 1 << number
        shown = frozenset(key for key in op.keys if self._people.has_shown(place, key))
        for key in shown:
            self._people.keys.add(key, self._people.claim(By(here, person.ref, PROVEN), person.ref))
        if shown:
            known = self._people.keys_of(person.ref, self._graph.past[number])
            person.keys.add(number, index, known | shown)
        if op.name or op.email:
            person.called.add(number, index, Called(op.name, op.email))
        if op.email:
            self._people.mails.add(
                same(op.email), self._people.claim(By(here, person.ref, BY_HIMSELF), person.ref)
            )

    def _code(self, person: Person, op: parsed.Join, number: int, index: int) -> str:
        """The key of the code that `op` was made with; "" when there is no such one."""
        line = self._graph.lines[self._graph.governing[number]]
        if self._is_cut(person.ref, self._graph.governing[number]):
            return ""
        name = f"{line.digest}:{index}"
        for said in person.invites.live(self._graph.past, self._graph.past[number]):
            if self._people.proofs.is_invited(name, op, said.value, line.team, line.device):
                return said.value
        return ""

    def _is_rivalled(self, op: parsed.Join, ref: Ref, invite: str, number: int) -> bool:
        """True when somebody else used the code `invite` too, and neither had seen the other."""
        past = self._graph.past
        mine = self._graph.lines[self._graph.governing[number]]
        for other, index, rival in self._all.get(op.member, ()):
            place = self._graph.governing[other]
            line = self._graph.lines[place]
            if other == number or past[number] >> other & 1 or past[other] >> number & 1:
                continue
            alike = bool(op.keys) and set(op.keys) == set(rival.keys)
            if alike or line.team != mine.team or self._graph.is_frozen(place):
                continue
            gone = self._is_cut(ref, place)
            name = f"{line.digest}:{index}"
            if not gone and self._people.proofs.is_invited(
                name, rival, invite, line.team, line.device
            ):
                return True
        return False

    def _is_cut(self, ref: Ref, place: int) -> bool:
        """True when the device of the line `place` was revoked so that it cannot join as `ref`."""
        device = self._graph.lines[place].device
        cuts = self._people.revocations(device, ref)
        return any(cut.takes(self._graph, place) for cut in cuts)
