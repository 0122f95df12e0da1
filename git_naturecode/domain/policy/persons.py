"""Members as the lines that count say: their roles, keys, names, and what they claim."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple

from git_naturecode.domain.policy import parsed, roles
from git_naturecode.domain.policy.facts import NOTHING, Reason, Rights, same
from git_naturecode.domain.policy.graph import Graph
from git_naturecode.domain.policy.registers import Claim, Claims, Ref, Register, Seniority
from git_naturecode.domain.policy.teams import Teams

PROVEN, BY_ADMIN, BY_OTHERS, BY_HIMSELF = range(4)
INVITES = roles.RANK[roles.CONTRIBUTOR]
"""The rank up to which somebody may be added who is not an admin."""


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

    def __init__(self, ref: Ref, order: Seniority, id: str, name: str) -> None:
        self.ref = ref
        self.order = order
        self.id = id
        self.label = name or id
        self.given: Register[Given] = Register()
        self.rights: dict[int, Rights] = {}  # by what was seen of `given`
        self.keys: Register[frozenset[str]] = Register()
        self.invites: Register[str] = Register()
        self.called: Register[Called] = Register()
        self.known = 0  # the lines that gave him a key or a device
        self.adder: Ref | None = None
        self.spent: frozenset[str] = frozenset()  # codes that let nobody in any more
        self.joins: list[tuple[int, str]] = []  # the number of each, and the code's key


class By(NamedTuple):
    """By which operation something is said, by whom, on what ground (`Claim.level`)."""

    here: Ref
    signer: Ref
    level: int


class Registry(ABC):
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
        self.joined: dict[str, list[tuple[int, Ref, int]]] = {}  # its seq, who, its number
        self._names: dict[str, list[Ref]] = {}
        self._named_devices: dict[str, list[tuple[tuple[int, str], parsed.AddDevice]]] = {}

    def is_ours(self, place: int) -> bool:
        """True for a line that names the team and is a good part of its chain."""
        team = self.graph.lines[self.genesis].digest
        return self.graph.lines[place].team == team and not self.graph.is_frozen(place)

    # -- what somebody is -----------------------------------------------------------------------

    def rights(self, ref: Ref, seen: int) -> Rights:
        """What `ref` may do for who has seen the lines in `seen`: of concurrent words the least."""
        person = self.persons[ref]
        key = person.given.mask & seen
        if key not in person.rights:
            person.rights[key] = self._least(person, seen)
        return person.rights[key]

    def _least(self, person: Person, seen: int) -> Rights:
        given = [said.value.rights for said in person.given.live(self.graph.past, seen)]
        return reduce(Rights.meet, given) if given else NOTHING

    def keys_of(self, ref: Ref, seen: int) -> frozenset[str]:
        """The member keys that let in devices of `ref`."""
        live = self.persons[ref].keys.live(self.graph.past, seen)
        return frozenset().union(*(said.value for said in live))

    def issued(self, person: Person, seen: int) -> dict[str, int]:
        """The codes that `person` was ever given, each with the line that first did."""
        found: dict[str, int] = {}
        said = person.invites.all(seen)
        for one in sorted(said, key=lambda one: self.graph.order(one.number)):
            found.setdefault(one.value, one.number)
        return found

    def ends(self, person: Person, seen: int = -1) -> dict[int, str]:
        """The lines that take back earlier codes, with the new code ("": he was removed)."""
        gone = (one for one in person.given.all(seen) if one.value.rights.role == roles.NONE)
        found = {one.number: one.value for one in person.invites.all(seen)}
        return dict.fromkeys((one.number for one in gone), "") | found

    def codes(self, person: Person, seen: int) -> dict[str, int]:
        """Of `issued` those that hold: given last, and not before he was removed."""
        issued, past = self.issued(person, seen), self.graph.past
        gone = [number for number, code in self.ends(person, seen).items() if not code]
        live = {said.value for said in person.invites.live(past, seen)}
        return {
            code: number for code, number in issued.items()
            if code in live and not any(past[end] >> number & 1 for end in gone)
        }  # fmt: skip

    def emails(self, ref: Ref, seen: int) -> frozenset[str]:
        """Every address that `ref` has had."""
        said = self.persons[ref].called.all(seen)
        return frozenset(same(one.value.email) for one in said) - {""}

    def holder(self, address: str) -> Ref | None:
        """Whose `address` is by all that was said; None for nobody's. See `Standing.holder`."""
        every = self.mails.every(same(address))
        there = [one for one in every if self.rights(one.person, -1).role != roles.NONE] or every
        best = {one.person for one in there if one.level == there[0].level}
        if len(best) > 1 and there[0].level == BY_ADMIN:
            best = {one for one in best if self.is_known(one, -1)}
        return best.pop() if len(best) == 1 else None

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

    def named_device(self, device: str) -> parsed.AddDevice | None:
        """How `device` was named by the first member who vouched for it."""
        return min(self._named_devices.get(device, ()), default=(None, None))[1]

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
            joined = self.joined.get(device, ())
            others += [r for _, r, number in joined if r != ref and seen >> number & 1]
            for other in others:
                return used(f"device {device} is one of {self.persons[other].label}")
        for other in self.mails.others(same(email), seen, ref):
            if self.rights(other, seen).role != roles.NONE:
                return used(f"{email} is the address of {self.persons[other].label}")
        return None

    # -- what is said ---------------------------------------------------------------------------

    def found(self, number: int, index: int, op: parsed.Genesis) -> None:
        """The team begins with its founder, who may do everything."""
        self.founder = (number, index)
        record = op.founder._replace(role=roles.ADMIN, allow=(), deny=())
        by = By(self.founder, self.founder, BY_ADMIN)
        self._born((-1, "", 0), record, by, "")
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
                self._add(op, By(here, signer, level), seen)
            case parsed.Role():
                given = roles.permissions(op.role, op.allow, op.deny)
                value = Given(Rights(op.role, given), op.allow, op.deny)
                _give(self.named(op.member, seen)[0], here, value)
            case parsed.Remove():
                _give(self.named(op.member, seen)[0], here, Given(NOTHING, (), ()))
            case parsed.AddDevice():
                ref = self.named(op.member, seen)[0].ref if op.member else signer
                level = BY_ADMIN if rights.role == roles.ADMIN else BY_HIMSELF
                named = self._named_devices.setdefault(op.device, [])
                named.append((self.graph.order(number), op))
                self._own(op.device, ref, By(here, signer, level), op.expires)
            case parsed.Keys():
                self._change_keys(op.keys, here, self.persons[signer])
            case parsed.Policy():
                self.mode.add(number, index, op.mode)
            case parsed.TeamMember():
                self.teams.belong(op.team, self.named(op.member, seen)[0].ref, op.belongs, here)
            case _:
                self.teams.apply(op, here)

    def _add(self, op: parsed.AddMember, by: By, seen: int) -> None:
        record = op.member
        known = self.named(record.id, seen)
        if not known:
            order = (*self.graph.order(by.here[0]), by.here[1])
            self._born(order, record, by, op.invite)
            self.persons[by.here].adder = by.signer
            return
        person = known[0]
        given = roles.permissions(record.role, record.allow, record.deny)
        value = Given(Rights(record.role, given), record.allow, record.deny)
        _give(person, by.here, value)
        self._tell(person, record, by, op.invite)

    def _born(self, order: Seniority, record: parsed.Record, by: By, invite: str) -> None:
        ref = by.here
        person = self.persons[ref] = Person(ref, order, record.id, record.name or record.email)
        self._names.setdefault(record.id, []).append(ref)
        given = roles.permissions(record.role, record.allow, record.deny)
        value = Given(Rights(record.role, given), record.allow, record.deny)
        _give(person, ref, value)
        self._tell(person, record, by, invite)

    def _tell(self, person: Person, record: parsed.Record, by: By, invite: str) -> None:
        number, index = by.here
        if record.keys:
            person.keys.add(number, index, frozenset(record.keys))
            person.known |= 1 << number
        for key in record.keys:
            self.keys.add(key, self.claim(by, person.ref))
        for device in record.devices:
            self._own(device, person.ref, by)
        if record.name or record.email:
            person.called.add(number, index, Called(record.name, record.email))
        self.has_mail(record.email, self.claim(by, person.ref))
        if invite:
            person.invites.add(number, index, invite)
        for team in record.teams:
            self.teams.belong(team, person.ref, True, by.here)

    def has_mail(self, email: str, claim: Claim) -> None:
        """Somebody has an address; to have none is nobody's own."""
        if same(email):
            self.mails.add(same(email), claim)

    def _own(self, device: str, ref: Ref, by: By, expires: str = "") -> None:
        self.persons[ref].known |= 1 << by.here[0]
        self.devices.add(device, self.claim(by, ref, expires))

    def claim(self, by: By, ref: Ref, value: str = "") -> Claim:
        """What is claimed for `ref`."""
        rank, (number, index) = self.persons[by.signer].order, by.here
        return Claim(by.level, rank, self.graph.order(number), index, number, ref, value)

    def _change_keys(self, keys: Iterable[str], here: Ref, person: Person) -> None:
        number, index = here
        person.keys.add(number, index, frozenset(keys))
        for key in keys:
            level = PROVEN if self.has_shown(self.graph.governing[number], key) else BY_HIMSELF
            self.keys.add(key, self.claim(By(here, person.ref, level), person.ref))

    @abstractmethod
    def has_shown(self, place: int, key: str) -> bool:
        """True when the device of the line `place` holds a good certificate by `key`."""


def _give(person: Person, here: Ref, value: Given) -> None:
    person.given.add(*here, value)
    person.rights.clear()


def used(text: str) -> Reason:
    """Something is somebody's already."""
    return Reason("used", text)
