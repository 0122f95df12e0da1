"""Members as the lines that count say: their roles, keys, names, and what they claim."""

from collections.abc import Iterable
from typing import NamedTuple

from git_naturecode.domain.policy import parsed, roles
from git_naturecode.domain.policy.facts import NOTHING, Reason, Rights, same
from git_naturecode.domain.policy.graph import Graph
from git_naturecode.domain.policy.registers import Claim, Claims, Ref, Register
from git_naturecode.domain.policy.teams import Teams

PROVEN, BY_ADMIN, BY_OTHERS, BY_HIMSELF = range(4)


class Given(NamedTuple):
    """A role as it was given."""

    rights: Rights
    allow: tuple[str, ...]
    deny: tuple[str, ...]


class Called(NamedTuple):
    """What somebody is called."""

    name: str
    email: str


class Person:
    """Somebody who was added: by which operation, and all that was rightly said about him."""

    def __init__(self, ref: Ref, order: tuple[int, str, int], id: str, name: str) -> None:
        self.ref = ref
        self.order = order
        self.id = id
        self.label = name or id
        self.given: Register[Given] = Register()
        self.keys: Register[frozenset[str]] = Register()
        self.invites: Register[str] = Register()
        self.called: Register[Called] = Register()
        self.known = 0  # the lines that gave him a key or a device
        self.joins: list[tuple[int, str]] = []  # the number of each, and the code's key


class Registry:
    """Everybody who was added, as far as the lines have been judged."""

    def __init__(self, graph: Graph, genesis: int) -> None:
        self.graph = graph
        self.genesis = genesis
        self.founder: Ref = (graph.number[genesis], -1)
        self.persons: dict[Ref, Person] = {}
        self.mode: Register[str] = Register()
        self.keys = Claims(graph.past)
        self.devices = Claims(graph.past)
        self.mails = Claims(graph.past)
        self.teams = Teams(graph)
        self.joined: dict[str, list[tuple[int, Ref]]] = {}
        self._names: dict[str, list[Ref]] = {}
        self.named_devices: dict[str, parsed.AddDevice] = {}
        self._rights: dict[tuple[Ref, int], Rights] = {}

    # -- what somebody is -----------------------------------------------------------------------

    def rights(self, ref: Ref, seen: int) -> Rights:
        """What `ref` may do for who has seen the lines in `seen`: of concurrent words the least."""
        person = self.persons[ref]
        key = (ref, person.given.mask & seen)
        if key not in self._rights:
            self._rights[key] = self._least(person, seen)
        return self._rights[key]

    def _least(self, person: Person, seen: int) -> Rights:
        given = [said.value.rights for said in person.given.live(self.graph.past, seen)]
        if not given:
            return NOTHING
        least = given[0]
        for other in given[1:]:
            least = least.meet(other)
        return least if least.role != roles.NONE else NOTHING

    def keys_of(self, ref: Ref, seen: int) -> frozenset[str]:
        """The member keys that let in devices of `ref`."""
        live = self.persons[ref].keys.live(self.graph.past, seen)
        return frozenset().union(*(said.value for said in live))

    def emails(self, ref: Ref, seen: int) -> frozenset[str]:
        """Every address that `ref` has had."""
        said = self.persons[ref].called.all(seen)
        return frozenset(same(one.value.email) for one in said if one.value.email)

    def named(self, name: str, seen: int) -> list[Person]:
        """Who is called `name`: one, unless two were added under one id at the same time."""
        id, _, mark = name.partition("~")
        found = [
            self.persons[ref] for ref in self._names.get(id, ()) if seen >> ref[0] & 1
        ]  # fmt: skip
        return [p for p in found if not mark or self._mark(p.ref) == mark]

    def name_of(self, ref: Ref) -> str:
        """The id of `ref`, with a mark where somebody else has the same."""
        id = self.persons[ref].id
        return id if len(self._names[id]) == 1 else f"{id}~{self._mark(ref)}"

    def _mark(self, ref: Ref) -> str:
        return self.graph.lines[self.graph.governing[ref[0]]].digest[:8]

    def is_known(self, ref: Ref, seen: int) -> bool:
        """True when `ref` has a key or a device: he is not only invited."""
        return bool(self.persons[ref].known & seen)

    def taken(
        self, keys: Iterable[str], email: str, devices: Iterable[str], person: Person | None,
        seen: int,
    ) -> Reason | None:  # fmt: skip
        """Why `person` cannot have these: somebody else has; None when nobody has."""
        ref = person.ref if person else None
        for key in keys:
            for other in self.keys.others(key, seen, ref):
                return used(f"this key is the one of {self.persons[other].label}")
        for device in devices:
            others = self.devices.others(device, seen, ref)
            others += [r for _, r in self.joined.get(device, ()) if r != ref and seen >> r[0] & 1]
            for other in others:
                return used(f"device {device} is one of {self.persons[other].label}")
        if email:
            for other in self.mails.others(same(email), seen, ref):
                if self.rights(other, seen).role != roles.NONE:
                    return used(f"{email} is the address of {self.persons[other].label}")
        return None

    # -- what is said ---------------------------------------------------------------------------

    def found(self, number: int, index: int, op: parsed.Genesis) -> None:
        """The team begins with its founder, who may do everything."""
        self.founder = (number, index)
        record = op.founder._replace(role=roles.ADMIN, allow=(), deny=())
        self._born((number, index), (-1, "", 0), record, BY_ADMIN, "")
        self.persons[self.founder].known |= 1 << number
        self.teams.found(number, index, op, self.founder)
        self.mode.add(number, index, op.mode)

    def apply(self, op: parsed.Op, here: Ref, signer: Ref, rights: Rights) -> None:
        """`op`, which `signer` may say, counts."""
        number, index = here
        seen = self.graph.past[number] | 1 << number
        match op:
            case parsed.AddMember():
                level = BY_ADMIN if rights.role == roles.ADMIN else BY_OTHERS
                self._add(op, here, level, seen)
            case parsed.Role():
                given = roles.permissions(op.role, op.allow, op.deny)
                value = Given(Rights(op.role, given), op.allow, op.deny)
                self.named(op.member, seen)[0].given.add(number, index, value)
            case parsed.Remove():
                value = Given(NOTHING, (), ())
                self.named(op.member, seen)[0].given.add(number, index, value)
            case parsed.AddDevice():
                ref = self.named(op.member, seen)[0].ref if op.member else signer
                level = BY_ADMIN if rights.role == roles.ADMIN else BY_HIMSELF
                self.named_devices[op.device] = op
                self._own(op.device, ref, here, level, op.expires)
            case parsed.Keys():
                self._change_keys(op.keys, here, self.persons[signer])
            case parsed.Policy():
                self.mode.add(number, index, op.mode)
            case parsed.TeamMember():
                self.teams.belong(op.team, self.named(op.member, seen)[0].ref, op.belongs, here)
            case _:
                self.teams.apply(op, here)

    def _add(self, op: parsed.AddMember, here: Ref, level: int, seen: int) -> None:
        record = op.member
        known = self.named(record.id, seen)
        if not known:
            order = (*self.graph.order(here[0]), here[1])
            self._born(here, order, record, level, op.invite)
            return
        person, (number, index) = known[0], here
        given = roles.permissions(record.role, record.allow, record.deny)
        value = Given(Rights(record.role, given), record.allow, record.deny)
        person.given.add(number, index, value)
        self._tell(person, record, here, level, op.invite)

    def _born(
        self, ref: Ref, order: tuple[int, str, int], record: parsed.Record, level: int, invite: str
    ) -> None:
        person = self.persons[ref] = Person(ref, order, record.id, record.name or record.email)
        self._names.setdefault(record.id, []).append(ref)
        given = roles.permissions(record.role, record.allow, record.deny)
        value = Given(Rights(record.role, given), record.allow, record.deny)
        person.given.add(ref[0], ref[1], value)
        self._tell(person, record, ref, level, invite)

    def _tell(
        self, person: Person, record: parsed.Record, here: Ref, level: int, invite: str
    ) -> None:
        number, index = here
        if record.keys:
            person.keys.add(number, index, frozenset(record.keys))
            person.known |= 1 << number
        for key in record.keys:
            self.keys.add(key, self.claim(level, here, person.ref))
        for device in record.devices:
            self._own(device, person.ref, here, level)
        if record.name or record.email:
            person.called.add(number, index, Called(record.name, record.email))
        if record.email:
            self.mails.add(same(record.email), self.claim(level, here, person.ref))
        if invite:
            person.invites.add(number, index, invite)
        for team in record.teams:
            self.teams.belong(team, person.ref, True, here)

    def _own(self, device: str, ref: Ref, here: Ref, level: int, expires: str = "") -> None:
        self.persons[ref].known |= 1 << here[0]
        self.devices.add(device, self.claim(level, here, ref, expires))

    def claim(self, level: int, here: Ref, ref: Ref, value: str = "") -> Claim:
        """What the operation `here` claims for `ref`."""
        return Claim(level, self.graph.order(here[0]), here[1], here[0], ref, value)

    def _change_keys(self, keys: Iterable[str], here: Ref, person: Person) -> None:
        number, index = here
        person.keys.add(number, index, frozenset(keys))
        for key in keys:
            level = PROVEN if self.has_shown(self.graph.governing[number], key) else BY_HIMSELF
            self.keys.add(key, self.claim(level, here, person.ref))

    def has_shown(self, place: int, key: str) -> bool:
        """True when the device of the line `place` holds a good certificate by `key`."""
        raise NotImplementedError


def used(text: str) -> Reason:
    """Something is somebody's already."""
    return Reason("used", text)
