"""What no policy may ever say, in the most generous reading, and what it may never take away.

These are derived anew from causal pasts alone, apart from `rules`: a mistake in the one is seen
by the other.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from policy_oracle import wire
from policy_oracle.rules import ALIASES, RANK
from policy_oracle.wire import Line, Op


class Outcome(NamedTuple):
    """What a policy said about some lines."""

    mode: str
    authority: Mapping[str, tuple[str, str] | None]
    """Of each line (member id, role), or None."""
    refused: frozenset[str]
    members: Mapping[str, str]
    """The role of each member in the end; "" for who was removed."""
    geneses: tuple[str, ...]


class Watch:
    """Looks for broken invariants in the outcome for some lines of the team `team`."""

    def __init__(self, lines: Mapping[str, Line], team: str, outcome: Outcome) -> None:
        self.lines = lines
        self.team = team
        self.outcome = outcome
        self._pasts: dict[str, frozenset[str]] = {}
        self._could: dict[tuple[str, str], int] = {}
        genesis = next(op for op in lines[team].ops if op["op"] == "genesis")
        self.founder = str(genesis["founder"]["id"])
        self.checked = 0

    def broken(self) -> Iterator[str]:
        """Each broken invariant in words."""
        for digest, said in self.outcome.authority.items():
            self.checked += 1
            line = self.lines[digest]
            if said is None:
                yield from self._muted(line)
                continue
            member, role = said[0].split("~")[0], said[1]  # ~: one id for two people
            if RANK[role] > self.could(member, digest):
                yield f"{_name(line)} has the role {role}, which nobody could give {member}"
            if line.team not in ("", self.team):
                yield f"{_name(line)} is of another team and counts"
            if not self._is_bound(line, member):
                yield f"{_name(line)} speaks for {member}, whose device it never was"
            if self._has_twin(line):
                yield f"{_name(line)} counts, though its place is taken twice"
            yield from self._unseen(line, member)
        yield from self._founder_stays()
        yield from self._mode()

    def past(self, digest: str) -> frozenset[str]:
        """All that a line has seen."""
        if digest not in self._pasts:
            seen: set[str] = set()
            line = self.lines[digest]
            for one in (line.prev, *line.deps):
                if one in self.lines:
                    seen |= {one} | self.past(one)
            self._pasts[digest] = frozenset(seen)
        return self._pasts[digest]

    def could(self, member: str, digest: str) -> int:
        """The highest rank that anybody who could give it ever gave `member` before a line."""
        key = (member, digest)
        if key not in self._could:
            best = RANK["admin"] if self._is_founded(member, digest) else 0
            for other in self.past(digest):
                for op in self.lines[other].ops:
                    if _about(op) == member and self._could_say(other, op):
                        best = max(best, RANK[_gives(op)])
            self._could[key] = best
        return self._could[key]

    def _is_founded(self, member: str, digest: str) -> bool:
        return member == self.founder and (digest == self.team or self.team in self.past(digest))

    def _could_say(self, digest: str, op: Op) -> bool:
        line = self.lines[digest]
        if line.team != self.team:
            return False
        ranks = [self.could(one, digest) for one in self._members_of(line)]
        rank = max(ranks, default=0)
        if op["op"] == "member" and RANK[_gives(op)] <= RANK["contributor"]:
            return rank >= RANK["maintainer"]
        return rank >= RANK["admin"]

    def _members_of(self, line: Line) -> set[str]:
        if line.device in self._named_by_devices:
            return set(self._keys)
        certified = self._certificates.get(line.device, frozenset())
        return {
            member
            for member, keys in self._keys.items()
            if keys & certified or (line.device, member) in self._named
        }

    def _is_bound(self, line: Line, member: str) -> bool:
        """True when anything that was ever said ties the device of `line` to `member`."""
        return member in self._members_of(line)

    @cached_property
    def _ops(self) -> list[tuple[Line, Op]]:
        return [(line, op) for line in self.lines.values() for op in line.ops]

    @cached_property
    def _certificates(self) -> dict[str, frozenset[str]]:
        """The member keys that vouch for each device."""
        found: dict[str, set[str]] = {}
        for line, op in self._ops:
            genuine = wire.GENUINE.get(op.get("cert", {}).get("sig", ""))
            if op["op"] == "device" and genuine and genuine[1:3] == (line.device, line.key):
                found.setdefault(line.device, set()).add(genuine[0])
        return {device: frozenset(keys) for device, keys in found.items()}

    @cached_property
    def _keys(self) -> dict[str, frozenset[str]]:
        """All keys that anybody ever gave to each member."""
        found: dict[str, set[str]] = {}
        for _, op in self._ops:
            if op["op"] in ("member", "genesis", "join"):
                found.setdefault(_about(op), set()).update(_record(op).get("keys", ()))
        return {member: frozenset(keys) for member, keys in found.items()}

    @cached_property
    def _named(self) -> set[tuple[str, str]]:
        """(device, member) where a record or a join names the device itself."""
        found = {(line.device, _about(op)) for line, op in self._ops if op["op"] == "join"}
        for _, op in self._ops:
            if op["op"] in ("member", "genesis"):
                found |= {(device, _about(op)) for device in _record(op).get("devices", ())}
        return found

    @cached_property
    def _named_by_devices(self) -> set[str]:
        return {str(op["device"]) for _, op in self._ops if op["op"] == "add-device"}

    @cached_property
    def _twins(self) -> dict[str, int]:
        """The first place of each device that is taken twice."""
        places = sorted((line.device, line.seq) for line in self.lines.values())
        found: dict[str, int] = {}
        for one, other in pairwise(places):
            if one == other:
                found.setdefault(one[0], one[1])
        return found

    def _has_twin(self, line: Line) -> bool:
        return line.seq >= self._twins.get(line.device, line.seq + 1)

    def _unseen(self, line: Line, member: str) -> Iterator[str]:
        """What the founder took away stays away from all that he had not seen."""
        for other in self.lines.values():
            if self.outcome.authority.get(other.digest) != (self.founder, "admin"):
                continue
            if other.digest in self.outcome.refused or len(other.ops) != 1:
                continue
            op = other.ops[0]
            is_beside = line.digest not in self.past(other.digest) | {other.digest}
            is_beside &= other.digest not in self.past(line.digest)
            if op["op"] == "remove" and op["member"] == member != self.founder and is_beside:
                yield f"{_name(line)} counts, though {_name(other)} removed {member} unseen"
            if (
                op["op"] == "revoke"
                and op["device"] == line.device
                and not op["after"]
                and line.digest not in self.past(other.digest) | {other.digest}
            ):
                yield f"{_name(line)} counts, though {_name(other)} had revoked its device"

    def _muted(self, line: Line) -> Iterator[str]:
        """Nobody is silenced whom no operation names: whatever strangers do."""
        if line.team != self.team or self._is_faulty(line) or self._is_waiting(line):
            return
        first = [
            (other, op)
            for other in self.past(line.digest)
            for op in self.lines[other].ops
            if op["op"] in ("member", "genesis") and self._is_bound(line, _about(op))
        ]
        if len(first) != 1 or self.lines[first[0][0]].digest not in self._safe_adds():
            return
        member = _about(first[0][1])
        if not self._is_certified_for_ever(line, first[0][1]):
            return
        named = [
            op
            for other in self.lines.values()
            for op in other.ops
            if (_about(op) == member and op["op"] not in ("member", "genesis", "join"))
            or (op["op"] in ("revoke", "add-device") and op.get("device") == line.device)
        ]
        adds = sum(
            _about(op) == member and op["op"] in ("member", "genesis")
            for other in self.lines.values()
            for op in other.ops
        )
        if not named and adds == 1:
            yield f"{_name(line)} of {member} has no authority, though nobody took any from him"

    def _safe_adds(self) -> set[str]:
        """The genesis and the line of the founder after it."""
        founding = self.lines[self.team]
        if any(op["op"] == "revoke" and op["device"] == founding.device for _, op in self._ops):
            return set()
        return {self.team} | {
            one.digest
            for one in self.lines.values()
            if one.device == founding.device and one.prev == self.team and not self._is_faulty(one)
        }

    def _is_certified_for_ever(self, line: Line, op: Op) -> bool:
        record = op.get("member") or op["founder"]
        return any(
            said.get("cert", {}).get("key") in record["keys"] and not said["cert"]["expires"]
            for other in self.past(line.digest)
            if self.lines[other].device == line.device
            for said in self.lines[other].ops
            if said["op"] == "device"
        )

    def _is_faulty(self, line: Line) -> bool:
        return self._has_twin(line) or any(
            one.device == line.device and one.team not in ("", self.team)
            for one in self.lines.values()
            if one.digest in self.past(line.digest)
        )

    def _is_waiting(self, line: Line) -> bool:
        return any(
            before and before not in self.lines
            for one in self.past(line.digest) | {line.digest}
            for before in (self.lines[one].prev, *self.lines[one].deps)
        )

    def _founder_stays(self) -> Iterator[str]:
        own = [
            op
            for line in self.lines.values()
            if self._is_bound(line, self.founder)
            for op in line.ops
            if op["op"] in ("role", "remove", "member") and _about(op) == self.founder
        ]
        if not own and self.outcome.members.get(self.founder) != "admin":
            yield "the founder is no admin any more, and it was not himself"

    def _mode(self) -> Iterator[str]:
        if self.outcome.mode != "enforced":
            could = any(
                (op["op"] == "genesis" and line.digest == self.team and op["mode"] == "open")
                or (
                    op["op"] == "policy"
                    and op["mode"] == "open"
                    and self._could_say(line.digest, op)
                )
                for line in self.lines.values()
                for op in line.ops
            )
            if not could:
                yield f"the mode is {self.outcome.mode}, which nobody could set"


def _about(op: Op) -> str:
    kind = op["op"]
    if kind in ("role", "remove", "join"):
        return str(op["member"])
    if kind == "member":
        return str(op["member"]["id"])
    return str(op["founder"]["id"]) if kind == "genesis" else ""


def _record(op: Op) -> Mapping[str, Any]:
    found: Mapping[str, Any] = op if op["op"] == "join" else op.get("member") or op["founder"]
    return found


def _gives(op: Op) -> str:
    if op["op"] == "genesis":
        return ""
    if op["op"] in ("remove", "join"):
        return ""
    role = str(op["member"]["role"] if op["op"] == "member" else op["role"])
    return ALIASES.get(role, role)


def _name(line: Line) -> str:
    kinds = "+".join(str(op["op"]) for op in line.ops)
    return f"line {line.seq} of {line.device} ({kinds}, {line.digest[:8]})"
