"""A small world of devices that write trust lines and show them to each other; no cryptography.

A certificate is the word `good`, a proof of an invitation the hex of the code's key twice: so that
a history of a thousand lines costs milliseconds.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from git_naturecode import ids
from git_naturecode.domain.policy import Line, Standing, evaluate, ops, parsed

Json = Any
START = 1_790_000_000


class Plain:
    """Checks without arithmetic."""

    def certificate(self, cert: parsed.Certificate, device: str, key: str, seal: str) -> bool:
        return cert.signature == f"good {device}"

    def signature(self, key: str, signature: str, data: bytes) -> bool:
        return signature == proof(key, data)

    def device(self, key: str) -> str:
        return ids.base32(hashlib.sha256(bytes.fromhex(key)).digest(), 16)


CHECKS = Plain()


def proof(key: str, data: bytes) -> str:
    """What stands for the signature of `data` by the key of a code."""
    return hashlib.sha256(bytes.fromhex(key) + data).hexdigest() * 2


def key_of(name: str) -> str:
    """The member key of somebody."""
    return f"ssh-ed25519 {name.capitalize()}"


def at(minute: int) -> str:
    """A stamp, some minutes after the beginning of time."""
    day, rest = divmod(minute, 1440)
    return f"2026-11-{1 + day:02d}T{rest // 60:02d}:{rest % 60:02d}:00.000Z/0000"


class Device:
    """A device that writes lines; it knows what others have shown it."""

    def __init__(self, world: "World", name: str) -> None:
        self.world = world
        self.key = hashlib.sha256(name.encode()).hexdigest()
        self.id = CHECKS.device(self.key)
        self.lines: list[Line] = []
        self.known: dict[str, Line] = {}

    def say(self, *said: Json, team: str | None = None, deps: Sequence[str] | None = None,
            minute: int | None = None) -> Line:  # fmt: skip
        """Write a line, having seen all that is known here (or only `deps`)."""
        line = self.make(self.lines, said, team=team, deps=deps, minute=minute)
        self.lines.append(line)
        self.known[line.digest] = line
        self.world.lines[line.digest] = line
        return line

    def make(self, chain: Sequence[Line], said: Iterable[Json], *, team: str | None = None,
             deps: Sequence[str] | None = None, minute: int | None = None) -> Line:  # fmt: skip
        """A line after those of `chain`."""
        if deps is None:
            named = {d for known in self.known.values() for d in (*known.deps, known.prev)}
            deps = [d for d, k in self.known.items() if d not in named and k.device != self.id]
        team = self.world.team if team is None else team
        when = at(self.world.tick() if minute is None else minute)
        prev = chain[-1].digest if chain else ""
        root = chain[0].digest if chain else ""
        fields = [self.id, self.key, len(chain) + 1, prev, root, team, sorted(deps), when, [*said]]
        digest = hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
        return Line(digest, self.id, self.key, len(chain) + 1, prev, root, team,
                    tuple(sorted(deps)), when, tuple(said))  # fmt: skip

    def see(self, *others: "Device") -> "Device":
        """Learn all that `others` know."""
        for other in others:
            self.known.update(other.known)
        return self

    def op(self, member: str, expires: str = "") -> Json:
        """The `device` operation, certified by the key of `member` ("": not at all)."""
        seal = hashlib.sha256(self.key.encode()).hexdigest()
        if not member:
            return ops.device(seal, "laptop")
        return ops.device(seal, "laptop", key_of(member), expires, f"good {self.id}")


class World:
    """All devices, and all lines in the order in which they were written."""

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}
        self.team = ""
        self.minutes = 0

    def tick(self) -> int:
        self.minutes += 1
        return self.minutes

    def device(self, name: str, member: str | None = None) -> Device:
        """A new device; with `member` it has said by whose key it is certified."""
        device = Device(self, name)
        if member is not None:
            device.say(device.op(member), team="")
        return device

    def found(self, device: Device, name: str = "ada", **more: Json) -> Line:
        """`device` begins a team whose founder is `name`."""
        record = ops.record(f"member-{name}", name, f"{name}@x.example", "admin", [key_of(name)])
        heads = {line.device: line.digest for line in device.known.values()}
        line = device.say(ops.genesis("team-one", "One", record, heads, "00", **more), team="")
        self.team = line.digest
        return line

    def standing(self, *devices: Device, pinned: str = "") -> Standing:
        """What all lines, or those that `devices` know, add up to."""
        known = {d: line for one in devices for d, line in one.known.items()} or self.lines
        return evaluate(known.values(), pinned, CHECKS)


def record(name: str, role: str = "contributor", **more: Json) -> Json:
    """A member's record, with his key."""
    more = {"keys": [key_of(name)], **more}
    return ops.record(f"member-{name}", name, f"{name}@x.example", role, **more)


def add(name: str, role: str = "contributor", **more: Json) -> Json:
    """Somebody is added by his key."""
    return ops.member(record(name, role, **more))
