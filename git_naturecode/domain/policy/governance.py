"""Who may do what: the governing lines judged one by one, each in what it had seen (DESIGN 7).

Every operation counts or does not by the rights that its member had in its causal past. What a
removal takes from lines that its author had not seen is a cut: cuts are found by judging all
lines, and all lines are judged again under them, those of the most senior member first, until
there are no more. docs/design/policy.md says why that ends, and soon.
"""

import copy
from collections import deque
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from git_naturecode.domain.policy import parsed, roles
from git_naturecode.domain.policy.contests import Decision
from git_naturecode.domain.policy.cuts import Cut, Turn
from git_naturecode.domain.policy.facts import NOTHING, Authority, Reason, Rights
from git_naturecode.domain.policy.graph import PLAIN, Graph, Reach
from git_naturecode.domain.policy.joining import Joining
from git_naturecode.domain.policy.people import People
from git_naturecode.domain.policy.persons import INVITES, Person
from git_naturecode.domain.policy.proofs import Proofs
from git_naturecode.domain.policy.registers import Ref

CutKey = tuple[int, int]


class Context(NamedTuple):
    """Who says something: as which person, with which rights, having seen which lines.

    `number` and `place` are -1 for somebody who would say it now.
    """

    person: Person
    rights: Rights
    seen: int
    device: str
    number: int = -1
    place: int = -1


class Governance:
    """What the lines of one team add up to."""

    def __init__(self, graph: Graph, genesis: int, proofs: Proofs) -> None:
        self.graph = graph
        self.genesis = genesis
        self.reach = Reach(graph)
        self.cuts: dict[CutKey, Cut] = {}
        self.decided: dict[Ref, Decision] = {}
        self.proofs = proofs
        self._by_device: dict[str, list[int]] = {}
        for place in graph.governing:
            self._by_device.setdefault(graph.lines[place].device, []).append(place)
        self._begin()
        self._settle()

    def moved(self, graph: Graph) -> "Governance":
        """The same over a graph that has lines more, none of which governs."""
        other = copy.copy(self)
        other.graph = graph
        other.people = self.people.moved(graph)
        return other

    @property
    def is_contested(self) -> bool:
        """True when lines that govern nothing may change who was let in."""
        return any(decision.watched for decision in self.decided.values())

    def is_stirred(self, graph: Graph, places: Iterable[int]) -> bool:
        """True when the lines `places`, which govern nothing, may change who was let in."""
        watched = [both for decision in self.decided.values() for both in decision.watched]
        return any(
            graph.seen[place] & seen and not graph.seen[place] & unseen
            for place in places for seen, unseen in watched
        )  # fmt: skip

    def authority(self, place: int) -> Authority | Reason:
        """In whose name, and with which rights, the line `place` speaks."""
        return self.people.authority(place)

    # -- judging again until no cut is left -----------------------------------------------------

    def _begin(self) -> None:
        self.people = People(self.graph, self.genesis, self.reach, self.proofs, self.cuts.values())
        self.joining = Joining(self.people, self.decided)
        self.faults: dict[int, Reason] = {}
        self._candidates: dict[CutKey, Cut] = {}
        self._revoked: dict[tuple[str, Ref], list[int]] = {}
        self._speakers: dict[Ref, list[int]] = {}

    def _settle(self) -> None:
        self._pass()
        while self._turns():
            self._begin()
            self._pass()
        self.people.forget()

    def _turns(self) -> bool:
        """Keep the cuts that were found and decide about seats, the most senior first.

        True as soon as a cut takes rights from a governing line, or something was assumed of a
        seat that is decided otherwise: all that was judged after it has to be judged again. Nobody
        junior has a say in either, so that they stay.
        """
        seats = deque(self.joining.seats())
        found = ((key, cut) for key, cut in self._candidates.items() if key not in self.cuts)
        for turn, group in groupby(sorted(found, key=_turn), key=_turn):
            if self._decides(seats, turn):
                return True
            new = dict(group)
            self.cuts |= new
            if any(map(self._takes, new.values())):
                return True
            self.people.cut(new.values())
        return self._decides(seats, None)

    def _decides(self, seats: deque[Person], turn: Turn | None) -> bool:
        """Decide about those of `seats` that are senior to who has his `turn` to cut (to all)."""
        while seats and (turn is None or (seats[0].order, False) <= turn):
            if self.joining.decide(seats.popleft()):
                return True
        return False

    def _takes(self, cut: Cut) -> bool:
        """True when `cut` takes rights from a governing line."""
        if cut.person is not None:
            places = self._speakers.get(cut.person, [])
        else:
            places = self._by_device.get(cut.device, [])
        return any(cut.takes(self.graph, place) for place in places)

    def _pass(self) -> None:
        for number, place in enumerate(self.graph.governing):
            if place == self.genesis:
                self._found(number, place)
            elif self.people.is_ours(place):
                self._line(number, place)

    # -- lines ----------------------------------------------------------------------------------

    def _found(self, number: int, place: int) -> None:
        for index, op in self.graph.said[place]:
            if isinstance(op, parsed.Genesis):
                self.people.found(number, index, op)
                return

    def _line(self, number: int, place: int) -> None:
        self._joins(number, place)
        line = self.graph.lines[place]
        binding, rights, reason = self.people.standing(place)
        if reason is not None:
            return
        person = self.people.persons[binding.person]
        self._speakers.setdefault(person.ref, []).append(place)
        who = Context(person, rights, self.graph.seen[place], line.device, number, place)
        for index, op in self.graph.said[place]:
            why = self.objection(op, who)
            if why is not None:
                self.faults.setdefault(place, why._replace(op=index))
            else:
                self._apply(op, index, who)

    def _joins(self, number: int, place: int) -> None:
        """Somebody joins by his own log, before he is anybody."""
        for index, op in self.graph.said[place]:
            if isinstance(op, parsed.Join):
                why = self.joining.join(op, index, number, place)
                if why is not None:
                    self.faults.setdefault(place, why._replace(op=index))

    # -- operations -----------------------------------------------------------------------------

    def objection(self, op: parsed.Op, who: Context) -> Reason | None:
        """Why `who` may not say `op`; None when he may."""
        seen = who.seen | (1 << who.number if who.number >= 0 else 0)
        match op:
            case parsed.Malformed():
                return Reason("malformed", op.text)
            case parsed.AddMember():
                return self._add_objection(op, who, seen)
            case parsed.Role():
                return self._role_objection(op, who, seen)
            case parsed.Remove():
                return self._remove_objection(op, who, seen)
            case parsed.Revoke():
                return self._revoke_objection(op, who, seen)
            case parsed.AddDevice():
                return self._device_objection(op, who, seen)
            case parsed.Keys():
                return self._keys_objection(op, who, seen)
            case parsed.Policy():
                return None if self._is_admin(who) else _needs("the mode is changed by an admin")
            case parsed.Team() | parsed.TeamDelete() | parsed.TeamMember() | parsed.Set():
                return self._team_objection(op, who, seen)
            case parsed.Genesis():
                return Reason("not-allowed", "there is a team already")
            case parsed.Other():
                return other_objection(op, who.rights.role)
            case _:
                return None

    def _is_admin(self, who: Context) -> bool:
        return who.rights.role == roles.ADMIN and "team:edit" in who.rights.permissions

    def _target(self, name: str, who: Context, seen: int) -> Person | Reason:
        """The member `name`, if `who` may change him at all."""
        found = self.people.named(name, seen)
        if not found:
            return Reason("not-allowed", f"there is no member {name}")
        if len(found) > 1:
            return Reason("not-allowed", f"{name} means more than one member")
        return self._above(found[0], who) or found[0]

    def _above(self, target: Person, who: Context) -> Reason | None:
        if target.ref == who.person.ref:
            return None
        if target.ref == self.people.founder:
            return Reason("senior", "only the founder changes the founder")
        if target.order < who.person.order:
            return Reason("senior", f"{target.label} was here before {who.person.label}")
        return None

    def _add_objection(self, op: parsed.AddMember, who: Context, seen: int) -> Reason | None:
        record = op.member
        if record.role == roles.NONE:
            return Reason("malformed", "nobody is added with no role")
        admin = self._is_admin(who)
        may = admin or "team:invite" in who.rights.permissions
        if not may:
            return _needs(f"a {who.rights.role} may not add members")
        most = min(INVITES, roles.RANK[who.rights.role])
        if not admin and (roles.RANK[record.role] > most or record.allow or record.deny):
            return _needs(f"a {who.rights.role} may not add a {record.role}")
        known = self.people.named(record.id, seen)
        person: Person | None = None
        if known:
            target = self._target(record.id, who, seen)
            if isinstance(target, Reason):
                return target
            person = target
            given = roles.permissions(record.role, record.allow, record.deny)
            now = self.people.rights(person.ref, seen)
            if person.ref == who.person.ref and not now.covers(Rights(record.role, given)):
                return Reason("not-allowed", "nobody gives himself more rights")
            waits = not self.people.is_known(person.ref, seen) and now.role != roles.NONE
            mine = waits and person.adder == who.person.ref and roles.RANK[now.role] <= most
            if not admin and not mine:
                return _needs("a member is changed by an admin")
        return self.people.taken(record.keys, record.email, record.devices, person, seen)

    def _role_objection(self, op: parsed.Role, who: Context, seen: int) -> Reason | None:
        target = self._target(op.member, who, seen)
        if isinstance(target, Reason):
            return target
        new = Rights(op.role, roles.permissions(op.role, op.allow, op.deny))
        if target.ref == who.person.ref:
            if not self.people.rights(target.ref, seen).covers(new):
                return Reason("not-allowed", "nobody gives himself more rights")
        elif not self._is_admin(who):
            return _needs(f"a {who.rights.role} may not change roles")
        return self._over_objection(op.over, seen)

    def _over_objection(self, over: tuple[str, ...], seen: int) -> Reason | None:
        for reference in over:
            place = self.graph.places.get(reference.partition(":")[0])
            number = self.graph.number[place] if place is not None else -1
            if number < 0 or not seen >> number & 1:
                return Reason("not-seen", "it replaces what its author had not seen")
        return None

    def _remove_objection(self, op: parsed.Remove, who: Context, seen: int) -> Reason | None:
        target = self._target(op.member, who, seen)
        if isinstance(target, Reason):
            return target
        if target.ref != who.person.ref and not self._is_admin(who):
            return _needs(f"a {who.rights.role} may not remove members")
        return None

    def _revoke_objection(self, op: parsed.Revoke, who: Context, seen: int) -> Reason | None:
        owner = self.people.owner(op.device, seen, who.place)
        if owner == who.person.ref:
            return None
        if not self._is_admin(who):
            return _needs("a device is revoked by its member or an admin")
        return self._above(self.people.persons[owner], who) if owner else None

    def _device_objection(self, op: parsed.AddDevice, who: Context, seen: int) -> Reason | None:
        if not self.proofs.is_device(op.device, op.key):
            return Reason("malformed", "its key is not the key of this device")
        target = who.person
        if op.member:
            found = self._target(op.member, who, seen)
            if isinstance(found, Reason):
                return found
            target = found
        if target.ref != who.person.ref and not self._is_admin(who):
            return _needs("a device is added by its member or an admin")
        return self.people.taken((), "", (op.device,), target, seen)

    def _keys_objection(self, op: parsed.Keys, who: Context, seen: int) -> Reason | None:
        named = self.people.named(op.member, seen) if op.member else [who.person]
        if [person.ref for person in named] != [who.person.ref]:
            return _needs("everybody changes his own keys")
        taken = self.people.taken(op.keys, "", (), who.person, seen)
        if taken is None and who.place >= 0 and not self._holds(op.keys, who, seen):
            return _needs("a key is his whose device shows a certificate by it")
        return taken

    def _holds(self, keys: Iterable[str], who: Context, seen: int) -> bool:
        """True when each of `keys` is his, or has certified the device that says so.

        Public keys are public: who only names one would speak for all devices of its owner.
        """
        his = self.people.keys_of(who.person.ref, seen)
        return all(key in his or self.people.has_shown(who.place, key) for key in keys)

    def _team_objection(self, op: parsed.Op, who: Context, seen: int) -> Reason | None:
        may = who.rights.permissions
        if isinstance(op, parsed.TeamDelete):
            if "team:delete" not in may:
                return _needs(f"a {who.rights.role} may not delete teams")
            return self.people.teams.unknown(op.id, seen)
        leaves = isinstance(op, parsed.TeamMember) and not op.belongs and [
            person.ref for person in self.people.named(op.member, seen)
        ] == [who.person.ref]  # fmt: skip
        if "team:edit" not in may and not leaves:
            return _needs(f"a {who.rights.role} may not change teams")
        if isinstance(op, parsed.TeamMember):
            target = self.people.named(op.member, seen)
            if len(target) != 1:
                return Reason("not-allowed", f"there is no member {op.member}")
            above = None if op.belongs else self._above(target[0], who)
            if above is not None:
                return above
            return self.people.teams.unknown(op.team, seen)
        if isinstance(op, parsed.Set):
            return self.people.teams.unknown(op.team, seen) or self._over_objection(op.over, seen)
        return None

    def _apply(self, op: parsed.Op, index: int, who: Context) -> None:
        here = who.number, index
        if isinstance(op, parsed.Revoke):
            before = self._revoked.setdefault((op.device, who.person.ref), [])
            if op.after is None and any(who.seen >> number & 1 for number in before):
                return  # it takes nothing that is not taken
            before.append(who.number)
            self._cut(here, who, Cut.of_device(self.graph, self.reach, op, who.place))
        elif isinstance(op, (parsed.AddMember, parsed.Role, parsed.Remove)):
            seen = who.seen | 1 << who.number
            name = op.member.id if isinstance(op, parsed.AddMember) else op.member
            known = self.people.named(name, seen)
            old = self.people.rights(known[0].ref, seen) if known else NOTHING
            self.people.apply(op, here, who.person.ref, who.rights)
            if known:
                new = self.people.rights(known[0].ref, seen)
                if not new.covers(old):
                    cut = Cut.of_member(
                        self.graph, self.reach, known[0].ref, known[0].label, new, who.place
                    )
                    self._cut(here, who, cut)
        else:
            self.people.apply(op, here, who.person.ref, who.rights)

    def _cut(self, key: CutKey, who: Context, cut: Cut) -> None:
        target = cut.person or self.people.owner(cut.device, who.seen, who.place)
        self._candidates[key] = cut._replace(
            turn=(who.person.order, target != who.person.ref), signer=who.person.ref,
            is_admin=self._is_admin(who),
        )  # fmt: skip


def _turn(found: tuple[CutKey, Cut]) -> Turn:
    return found[1].turn


def other_objection(op: parsed.Other, role: str) -> Reason | None:
    """Why a member with `role` may not say `op`, of which the policy knows only the name."""
    if op.name in PLAIN or roles.RANK[role] >= roles.RANK[roles.MAINTAINER]:
        return None
    if op.name in ("adopt", "drop"):
        return _needs(f"a {role} may not {op.name} entries")
    return Reason("unknown", f"a {role} may not say {op.name[:40]!r}")


def _needs(text: str) -> Reason:
    return Reason("not-allowed", text)
