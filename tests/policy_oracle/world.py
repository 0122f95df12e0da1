"""A team of clones that write signed lines, sync now and then, lie, and attack one another."""

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policy_oracle import wire
from policy_oracle.wire import Device, Line, Op

_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
_DAY = "20261126"


@dataclass(frozen=True)
class Said:
    """An entry of a session: its header and text, and the names that others call it by."""

    entity: str
    header: Mapping[str, Any]
    body: str | None

    @property
    def line(self) -> str:
        """The header as it is hashed."""
        return wire.canonical(self.header).decode()

    @property
    def key(self) -> tuple[str, str]:
        """(id, hash)."""
        text = self.line if self.body is None else f"{self.line}\n{self.body}"
        return (str(self.header["id"]), wire.sha256(text.encode()))

    @property
    def kind(self) -> str:
        """What sort of entry it is."""
        return str(self.header["kind"])

    @property
    def by(self) -> str:
        """The address that it says it is from."""
        return str(self.header["by"])


@dataclass(frozen=True)
class Person:
    """Somebody with a member id, an address and a member key."""

    name: str

    @property
    def id(self) -> str:
        """Its member id."""
        return f"member-{_DAY}-{tail(self.name)}"

    @property
    def email(self) -> str:
        """Its address."""
        return f"{self.name}@example.com"

    def record(self, role: str, **more: Any) -> dict[str, Any]:
        """A member record as `team add` writes it."""
        return {
            "id": self.id, "name": self.name, "email": self.email, "role": role, "teams": [],
            "keys": [wire.member_key(self.name)], "allow": [], "deny": [], **more,
        }  # fmt: skip


@dataclass
class Clone:
    """One clone: its device, who sits before it, and what has reached it."""

    person: Person
    device: Device
    have: set[str] = field(default_factory=set)
    log: list[Line] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    before: set[str] = field(default_factory=set)
    minute: int = 0

    @property
    def name(self) -> str:
        """The name of its device."""
        return self.device.name


class World:
    """All lines and entries that were ever written, and the clones that wrote them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: dict[str, Line] = {}
        self.said: dict[tuple[str, str, str], Said] = {}
        self.clones: dict[str, Clone] = {}
        self.files: dict[str, frozenset[str]] = {}
        self.team = ""
        self._numbers = 0
        self._minute = 0

    def clone(self, name: str, person: str = "", *, device: bool = True, **more: Any) -> Clone:
        """A clone called `name`; its first line names its device unless told otherwise."""
        made = Clone(Person(person or name), wire.device(name))
        self.clones[name] = made
        if device:
            self.write(made, self.device_op(made, **more))
        return made

    def device_op(self, clone: Clone, *, certified: bool = True, expires: str = "") -> Op:
        """What the first line of a clone says of it."""
        op: dict[str, Any] = {"op": "device", "seal": clone.device.seal, "label": clone.name}
        if certified:
            op["cert"] = wire.certificate(clone.person.name, clone.name, expires)
        return op

    def write(
        self, clone: Clone, *ops: Op, at: str = "", deps: Sequence[str] | None = None,
        team: str | None = None, seen: set[str] | None = None,
    ) -> Line:  # fmt: skip
        """The next line of `clone`, which tells what it has seen (or `seen`, or `deps`)."""
        view = clone.have if seen is None else seen
        heads = self.heads(view, clone.device.id) if deps is None else {}
        news = sorted(head for dev, head in heads.items() if clone.told.get(dev) != head)
        if team is None:
            team = self.team if self.team in clone.have else ""
        line = wire.signed(
            clone.device, len(clone.log) + 1, clone.log[-1].digest if clone.log else "",
            clone.log[0].digest if clone.log else "", team, news if deps is None else deps,
            at or self.clock(clone), ops,
        )  # fmt: skip
        clone.told.update(heads)
        return self.publish(clone, line)

    def publish(self, clone: Clone, line: Line) -> Line:
        """`line` stands in the log of `clone` from now on."""
        clone.log.append(line)
        clone.have.add(line.digest)
        self.lines[line.digest] = line
        return line

    def fork(self, clone: Clone, *ops: Op) -> Line:
        """A second line in the place of the last one of `clone`: nobody but a thief does that."""
        last = clone.log[-1]
        line = wire.signed(
            clone.device, last.seq, last.prev, last.root, last.team, last.deps,
            self.clock(clone), ops,
        )  # fmt: skip
        self.lines[line.digest] = line
        return line

    def heads(self, view: set[str], without: str = "") -> dict[str, str]:
        """The last line in `view` of each device but `without`."""
        found: dict[str, Line] = {}
        for digest in sorted(view):
            line = self.lines[digest]
            if line.device != without and (
                line.device not in found or found[line.device].seq < line.seq
            ):
                found[line.device] = line
        return {dev: line.digest for dev, line in found.items()}

    def past(self, digests: Sequence[str]) -> set[str]:
        """These lines and all that they have seen."""
        found: set[str] = set()
        todo = list(digests)
        while todo:
            one = todo.pop()
            if one and one not in found and one in self.lines:
                found.add(one)
                todo += [self.lines[one].prev, *self.lines[one].deps]
        return found

    def sync(self, *names: str) -> None:
        """These clones (all, without names) have the same lines afterwards."""
        chosen = [self.clones[name] for name in names or self.clones]
        whole: set[str] = set().union(*(clone.have for clone in chosen))
        for clone in chosen:
            clone.before = set(clone.have)
            clone.have = set(whole)

    def found(
        self,
        clone: Clone,
        *,
        mode: str = "enforced",
        inherited: Sequence[str] = (),
        nonce: str = "",
    ) -> Line:
        """`clone` founds the team."""
        text = "".join(f"{one}\n" for one in sorted(inherited))
        file = wire.sha256(text.encode())
        if inherited:
            self.files[file] = frozenset(inherited)
        op = {
            "op": "genesis", "mode": mode, "founder": clone.person.record("admin"),
            "team": {"id": f"team-{_DAY}-{tail('team')}", "name": "team", "settings": {}},
            "heads": self.heads(clone.have), "inherited": [file] if inherited else [],
            "nonce": nonce or wire.sha256(clone.name.encode()),
        }  # fmt: skip
        line = self.write(clone, op, team="")
        self.team = self.team or line.digest
        return line

    def say(
        self, clone: Clone, entity: str, kind: str = "message", *, by: str = "",
        body: str | None = "x", **more: Any,
    ) -> Said:  # fmt: skip
        """An entry as the store of `clone` would write it."""
        self._numbers += 1
        name = f"{self._numbers:013d}".replace("l", "1") + f"-{clone.device.id}"
        header = {
            "at": self.clock(clone), "by": by or clone.person.email, "id": name, "kind": kind,
            "salt": f"{self._numbers:032x}", **more,
        }  # fmt: skip
        said = Said(entity, header, body)
        return self.add(said)

    def add(self, said: Said) -> Said:
        """An entry stands in a log, whoever put it there."""
        self.said[(said.entity, *said.key)] = said
        return said

    def clock(self, clone: Clone) -> str:
        """A stamp later than all before."""
        self._minute += 1
        clone.minute = self._minute
        return stamp(self._minute)


def stamp(minute: int, day: str = "2026-11-26") -> str:
    """A stamp at a minute of a day."""
    return f"{day}T{minute // 60 % 24:02d}:{minute % 60:02d}:00.000Z/0000"


def tail(name: str) -> str:
    """Eight letters that only `name` has."""
    hashed = hashlib.sha256(name.encode()).digest()
    return "".join(_BASE32[byte & 31] for byte in hashed[:8])


def session(name: str) -> str:
    """The id of the session called `name`."""
    return f"session-{_DAY}-{tail(name)}"


def article(name: str) -> str:
    """The id of the article of the knowledge base called `name`."""
    return f"kb-{_DAY}-{tail(name)}"


def sign(*entries: Said) -> list[Op]:
    """One `sign` operation for each session that `entries` are of."""
    of: dict[str, list[list[str]]] = {}
    for one in entries:
        of.setdefault(one.entity, []).append(list(one.key))
    return [{"op": "sign", "entity": entity, "names": sorted(of[entity])} for entity in sorted(of)]
