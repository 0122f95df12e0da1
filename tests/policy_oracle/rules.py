"""Who had which authority in which line: the rules by brute force, for every reading they allow.

Written from the pages alone. Where they leave a choice (who is senior of two who were added at
once?) each answer is a `Reading`; what all readings agree on is binding, the rest is not judged.
Nothing here is clever: causal pasts are sets of lines, and every question is asked of all lines.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from policy_oracle import wire
from policy_oracle.wire import Line, Op

RANK = {"": 0, "none": 0, "viewer": 1, "bot": 1, "contributor": 2, "maintainer": 3, "admin": 4}
ALIASES = {"member": "contributor"}
ROLE_OPS = ("member", "role", "remove", "genesis")
_PENDING = object()
_END = ""


class Reading(NamedTuple):
    """One way to understand what the pages leave open."""

    tie: str = "low"  # of two who were added at once, the senior is: low, high (digest), past
    returns: str = "keeps"  # somebody who was removed and comes back: keeps his place, or new
    cuts: str = "demotion"  # what takes from what it has not seen: a demotion, or any role


READINGS = (
    Reading(), Reading(tie="high"), Reading(tie="past"), Reading(returns="new"),
    Reading(cuts="any"), Reading("high", "new", "any"),
)  # fmt: skip


USUAL = READINGS[0]


class Circular(Exception):
    """The pages do not say: two acts depend on each other."""


class Place(NamedTuple):
    """An operation: its line and its place there. Line "" stands after everything."""

    line: str
    number: int


class Use(NamedTuple):
    """A join with a code that was good: where it was given, and by whom the join is."""

    place: Place
    given: Place
    code: str
    who: Any


class Oracle:
    """What one reading of the rules says about a set of lines."""

    def __init__(self, lines: Iterable[Line], pinned: str = "", reading: Reading = USUAL) -> None:
        self.present = {line.digest: line for line in lines}
        self.reading = reading
        self.chain_faults: dict[str, str] = {}
        self._memo: dict[Any, Any] = {}
        self._pasts: dict[str, frozenset[str]] = {}
        self._check_chains()
        self._check_waiting()
        self.geneses = sorted(
            digest
            for digest, line in self.good.items()
            if not line.team and any(op.get("op") == "genesis" for op in line.ops)
        )
        self.team = self._choose(pinned)
        for digest, line in self.good.items():
            if self.team and line.team and line.team != self.team:
                self.chain_faults[digest] = "team"

    # Chains.

    def _check_chains(self) -> None:
        of: dict[str, dict[int, list[Line]]] = {}
        for line in self.present.values():
            of.setdefault(line.device, {}).setdefault(line.seq, []).append(line)
        for slots in of.values():
            self._check_chain(slots)

    def _check_chain(self, slots: Mapping[int, list[Line]]) -> None:
        fault, last, root = "", "", ""
        for seq in range(1, max(slots) + 1):
            here = slots.get(seq, [])
            if not fault and not here:
                fault = "waiting"
            elif not fault and len(here) > 1:
                fault = "equivocation"
            elif not fault and (here[0].prev != last or here[0].root != root):
                fault = "chain"
            if fault:
                self.chain_faults.update({line.digest: fault for line in here})
            else:
                last, root = here[0].digest, root or here[0].digest

    def _check_waiting(self) -> None:
        waits = {digest for digest, fault in self.chain_faults.items() if fault == "waiting"}
        while True:
            more = {
                line.digest
                for line in self.present.values()
                if line.digest not in waits
                and any(d not in self.present or d in waits for d in _before(line))
            }
            if not more:
                break
            waits |= more
        for digest in waits:
            self.chain_faults.setdefault(digest, "waiting")

    @property
    def good(self) -> dict[str, Line]:
        """The lines whose chain is whole and whose past is here."""
        return {d: line for d, line in self.present.items() if d not in self.chain_faults}

    def past(self, digest: str) -> frozenset[str]:
        """Everything that a line has seen, also what nobody may say."""
        if digest == _END:
            return frozenset(self.present)
        if digest not in self._pasts:
            seen: set[str] = set()
            for one in _before(self.present[digest]):
                if one in self.present:
                    seen |= {one} | self.past(one)
            self._pasts[digest] = frozenset(seen)
        return self._pasts[digest]

    def precedes(self, a: Place, b: Place) -> bool:
        """True when whoever did `b` had seen `a`."""
        return a.number < b.number if a.line == b.line else a.line in self.past(b.line)

    # The team.

    def _choose(self, pinned: str) -> str:
        if pinned:
            return pinned if pinned in self.geneses else ""
        return self.geneses[0] if len(self.geneses) == 1 else ""

    @cached_property
    def genesis(self) -> Op:
        """The operation that founded the team."""
        line = self.present[self.team]
        return next(op for op in line.ops if op.get("op") == "genesis")

    @cached_property
    def founder(self) -> str:
        """The member id of the founder."""
        return str(self.genesis["founder"]["id"])

    @cached_property
    def mode(self) -> str:
        """The mode after everything."""
        if not self.team:
            return "open"
        found = [
            (place, str(op["mode"]))
            for place, op in self._ops("genesis", "policy")
            if self.effective(place)
        ]
        live = {m for p, m in found if not any(self.precedes(p, other) for other, _ in found)}
        return live.pop() if len(live) == 1 else "?"

    def is_before_the_team(self, digest: str) -> bool:
        """True for what was said before the team was there, or without knowing of it."""
        return not self.present[digest].team and digest != self.team

    def is_inherited(self, digest: str) -> bool:
        """True for a line that the founder had before him and took in."""
        heads = set(self.genesis["heads"].values())
        return digest in heads or any(digest in self.past(one) for one in heads & set(self.present))

    def _counts(self, digest: str) -> bool:
        """True for lines that can do something in the team at all."""
        return digest not in self.chain_faults and not self.is_before_the_team(digest)

    @cached_property
    def _all_ops(self) -> list[tuple[Place, Op]]:
        return [
            (Place(digest, index), op)
            for digest in sorted(self.present)
            if self._counts(digest)
            for index, op in enumerate(self.present[digest].ops)
            if op.get("op") != "genesis" or digest == self.team
        ]

    def _ops(self, *kinds: str) -> Iterator[tuple[Place, Op]]:
        return ((place, op) for place, op in self._all_ops if op.get("op") in kinds)

    # Authority.

    def standing(self, digest: str) -> tuple[str, str] | None:
        """(member id, role) of a line; None when it has no authority in the team."""
        if not self.team or not self._counts(digest):
            return None
        if digest == self.team:
            return (self.founder, "admin")
        place = Place(digest, 0)
        member = self.owner(self.present[digest].device, place)
        role = self.role(member, place) if member and not self.is_cut(place) else ""
        return (member, role) if RANK[role] else None

    def effective(self, place: Place) -> bool:
        """True when an operation does what it says."""
        return self._allowed(place)

    def _allowed(self, place: Place) -> bool:
        return bool(self._once(("allowed", place), lambda: self._may(place)))

    def _may(self, place: Place) -> bool:
        op = self.op(place)
        kind = op.get("op")
        if kind == "genesis":
            return place.line == self.team
        if kind == "join":
            return self._may_join(place, op)
        signer = self.owner(self.present[place.line].device, place)
        if not signer:
            return False
        target = self._target(place, op)
        if kind == "revoke" and not target:
            raise Circular  # of a device that its author did not know for anybody's
        if kind in ("role", "remove", "revoke") and (
            not target or self._is_senior(target, signer, place)
        ):
            return False
        if target == self.founder != signer:
            return False
        if kind == "member" and target and self._is_senior(target, signer, place):
            return False
        if self.is_cut(place):
            return False
        begun = Place(place.line, 0)  # what a line says speaks with the rights that it began with
        role = self.role(signer, begun)
        if target == signer and kind in ("role", "remove"):
            if place.number and self.told_role(signer, begun) != self.told_role(signer, place):
                raise Circular  # he changes himself twice in one line
            # Everybody may leave; nobody raises himself.
            return RANK[role] > 0 and RANK[_gives(op)] <= RANK[self.told_role(signer, begun)]
        if kind in ("revoke", "add-device") and (target or signer) == signer:
            return RANK[role] > 0
        if kind == "member" and role == "maintainer":
            if target and not self.role(target, place):
                raise Circular  # may he bring back whom an admin removed?
            return not target and _role(op["member"]["role"]) in ("viewer", "contributor")
        if kind in ("adopt", "drop"):
            return RANK[role] >= RANK["maintainer"]
        return role == "admin"

    # Joining. A seat is who was added; its uses are the joins with codes that were good.

    def _may_join(self, place: Place, op: Op) -> bool:
        return self._comes_in(place) and bool(self.role(_seat(op), place))

    def _comes_in(self, place: Place) -> bool:
        """Of one invitation one person comes in: whoever did first, or whom somebody has seen."""
        return bool(self._once(("in", place), lambda: self._is_let_in(place, self.op(place))))

    def _is_let_in(self, place: Place, op: Op) -> bool:
        seat = _seat(op)
        mine = self._use(place, op)
        if mine is None:
            return False
        uses = [use for use in self._uses(seat) if self._is_one_invitation(seat, use, mine)]
        uses = [use for use in uses if not self._is_taken_back(seat, use, uses)]
        if mine not in uses:
            return False
        first = [
            use for use in uses
            if not any(o.who != use.who and self.precedes(o.place, use.place) for o in uses)
        ]  # fmt: skip
        if mine not in first:
            return False
        again = [o for o in first if o.code == mine.code and self.precedes(o.place, place)]
        if any(self._comes_in(other.place) for other in again):
            return False
        return len({use.who for use in first}) == 1 or self._has_won(seat, mine, first)

    def _has_won(self, seat: str, mine: "Use", first: list["Use"]) -> bool:
        """True when the best word is for `mine`, and nobody has given one as good for another."""
        best: dict[Any, list[Any]] = {}
        for who in {use.who for use in first}:
            own = {use.place.line for use in first if use.who == who}
            rest = {use.place.line for use in first if use.who != who}
            best[who] = self._words(seat, own, rest)
        return any(
            all(
                self._goes_before(one, other)
                for who, others in best.items() if who != mine.who for other in others
            )
            for one in best[mine.who]
        )  # fmt: skip

    def _words(self, seat: str, seen: set[str], unseen: set[str]) -> list[tuple[str, str]]:
        """Who says, (member, role), that he has seen some of `seen` and none of `unseen`.

        Only who might have given that seat, and was there before it.
        """
        worth = self._worth(seat, seen | unseen)
        own = {self.present[place.line].device for place, op in self._ops("join")
               if _seat(op) == seat}  # fmt: skip
        found = []
        for digest in sorted(self.present):
            past = self.past(digest)
            if past & seen and not past & unseen and self.present[digest].device not in own:
                said = self.standing(digest)
                if said and self._could_give(said, seat, worth):
                    found.append(said)
        return found

    def _could_give(self, said: tuple[str, str], seat: str, worth: str) -> bool:
        member, role = said
        if not self._is_senior(member, seat, Place(_END, 0)):
            return False
        return role == "admin" or (role == "maintainer" and RANK[worth] <= RANK["contributor"])

    def _worth(self, seat: str, uses: set[str]) -> str:
        """The role that the seat had for who had not seen it used."""
        words = [
            (place, op)
            for place, op in self._ops(*ROLE_OPS)
            if _names(op) == seat
            and place.line not in uses
            and not self.past(place.line) & uses
            and self.effective(place)
        ]
        live = [_gives(op) for p, op in words if not any(self.precedes(p, o) for o, _ in words)]
        return min(live, key=RANK.__getitem__, default="")

    def _goes_before(self, one: tuple[str, str], other: tuple[str, str]) -> bool:
        """An admin's word before another's, then the senior's."""
        if (one[1] == "admin") != (other[1] == "admin"):
            return one[1] == "admin"
        return one[0] != other[0] and self._is_senior(one[0], other[0], Place(_END, 0))

    def _is_taken_back(self, seat: str, use: "Use", uses: list["Use"]) -> bool:
        """True when somebody, who had not seen the person use it, took the code back."""
        own = [other for other in uses if other.who == use.who]
        seen = {other.place.line for other in own}
        rest = {other.place.line for other in uses if other.who != use.who}
        ends = {
            end.line: said
            for end, op in self._ops("member", "remove")
            if _names(op) == seat
            and (op["op"] == "remove" or op["invite"])
            and all(self.precedes(other.given, end) for other in own)
            and not self.past(end.line) & seen
            and not any(_is_code(op, self.op(other.given)) for other in own)
            and self.effective(end)
            and (said := self.standing(end.line))
            and self._is_senior(said[0], seat, Place(_END, 0))
        }
        if not ends:
            return False
        words = self._words(seat, seen, rest | set(ends))
        return not any(
            all(not self._goes_before(end, word) for end in ends.values()) for word in words
        )

    def _is_one_invitation(self, seat: str, a: "Use", b: "Use") -> bool:
        """True when who gave the codes had seen the same uses of the seat."""
        uses = {use.place.line for use in self._uses(seat)}
        return self.past(a.given.line) & uses == self.past(b.given.line) & uses

    def _uses(self, seat: str) -> list["Use"]:
        found = self._once(("uses", seat), lambda: self._find_uses(seat))
        return list(found)

    def _find_uses(self, seat: str) -> list["Use"]:
        joins = [(place, op) for place, op in self._ops("join") if _seat(op) == seat]
        return [use for place, op in joins if (use := self._use(place, op))]

    def _use(self, place: Place, op: Op) -> "Use | None":
        """The use that a join makes of a code that was good for who used it."""
        seat, device = _seat(op), self.present[place.line].device
        if not self.told_role(seat, place) or self.is_cut(place):
            return None
        given = [
            other
            for other, said in self._ops("member")
            if said["invite"] and _names(said) == seat and self.precedes(other, place)
            and _proves(str(said["invite"]), self.team, device, op) and self.effective(other)
        ]  # fmt: skip
        if not given:
            return None
        (code,) = given  # a code is given once in these histories
        for other, said in self._ops("member", "remove"):
            ends = _names(said) == seat and (said["op"] == "remove" or said["invite"])
            is_between = self.precedes(code, other) and self.precedes(other, place)
            if ends and is_between and self.effective(other):
                return None
        return Use(place, code, str(self.op(code)["invite"]), self._person(place, op))

    def _person(self, place: Place, op: Op) -> Any:
        """The member keys that the device has shown; the device itself where there is none."""
        own = self.present[place.line]
        shown = {
            self._certified(self.present[digest], said, place)
            for digest in self.past(place.line) | {place.line}
            for said in self.present[digest].ops
            if self.present[digest].device == own.device and said.get("op") == "device"
        }
        return frozenset(shown & set(op["keys"])) or own.device

    def _target(self, place: Place, op: Op) -> str:
        """The member whom an operation is about, if he is known there."""
        kind = op.get("op")
        if kind == "revoke":
            return self.owner(str(op["device"]), place)
        if kind not in ("role", "remove", "member"):
            return ""
        name = str(op["member"]["id"] if kind == "member" else op["member"])
        return name if self._joined(name, place) else ""

    def role(self, member: str, place: Place) -> str:
        """His role there, after what others have taken from him without its having been seen."""
        role = self.told_role(member, place)
        for other, op in self._ops("role", "remove", "member"):
            if (
                _names(op) == member
                and not self.precedes(other, place)
                and not self.precedes(place, other)
                and other.line != place.line
                and RANK[_gives(op)] < RANK[role]
                and self.effective(other)
                and (op["op"] != "member" or self._joined(member, other))
                and (
                    self.reading.cuts == "any"
                    or RANK[_gives(op)] < RANK[self.told_role(member, other)]
                )
            ):
                role = _gives(op)
        return role

    def told_role(self, member: str, place: Place) -> str:
        """The last word on his role in what `place` has seen; of several last ones the lowest."""
        return str(self._once(("role", member, place), lambda: self._last_word(member, place)))

    def _last_word(self, member: str, place: Place) -> str:
        words = [
            (other, op)
            for other, op in self._ops(*ROLE_OPS)
            if _names(op) == member and self.precedes(other, place) and self.effective(other)
        ]
        live = [
            _gives(op)
            for other, op in words
            if not any(self.precedes(other, later) for later, _ in words)
        ]
        return min(live, key=RANK.__getitem__, default="")

    def is_cut(self, place: Place) -> bool:
        """True when the device had been revoked, or is, by somebody who had not seen this."""
        line = self.present[place.line]
        for other, op in self._ops("revoke"):
            if op["device"] != line.device:
                continue
            after = op.get("after")
            by = self.present[other.line]
            if after and by.device == line.device and by.seq > int(after[0]):
                raise Circular  # it takes away the ground that it stands on
            if other.line == place.line:
                continue
            if not after and self._is_revoked_already(other, line.device):
                continue
            seen = line.seq <= int(after[0]) if after else self.precedes(place, other)
            if not seen and self.effective(other):
                return True
        return False

    def _is_revoked_already(self, place: Place, device: str) -> bool:
        """True where it was known to be revoked: saying so again takes nothing more."""
        return any(
            op["device"] == device and self.precedes(other, place) and self.effective(other)
            for other, op in self._ops("revoke")
        )

    def owner(self, device: str, place: Place) -> str:
        """The member whose device this is, as far as `place` has seen; "" for nobody's."""
        return str(self._once(("owner", device, place), lambda: self._find_owner(device, place)))

    def _find_owner(self, device: str, place: Place) -> str:
        found = set(self._bound(device, place))
        if len(found) > 1:
            raise Circular  # who was first is for a test of its own
        return found.pop() if found else ""

    def _bound(self, device: str, place: Place) -> Iterator[str]:
        for digest in sorted(self.past(place.line) | ({place.line} - {_END})):
            line = self.present[digest]
            if line.device == device and digest not in self.chain_faults:
                for index, op in enumerate(line.ops):
                    if op.get("op") == "device" and (
                        digest != place.line or index < place.number or index == 0
                    ):
                        yield from self._holders(self._certified(line, op, place), place)
        for other, op in self._ops("member", "genesis", "add-device"):
            if not self.precedes(other, place):
                continue
            if op["op"] == "add-device":
                if op["device"] == device and self.effective(other):
                    yield self.owner(self.present[other.line].device, other)
            elif device in _record(op).get("devices", ()) and self.effective(other):
                yield str(_record(op)["id"])

    def _certified(self, line: Line, op: Op, place: Place) -> str:
        """The member key that vouches for the device of `line`; "" when none does any more."""
        said = op.get("cert")
        if not said:
            return ""
        true = (said["key"], line.device, line.key, op["seal"], said["expires"])
        if wire.GENUINE.get(said["sig"]) != true:
            return ""
        if said["expires"] and place.line:
            times = [self.present[d].at for d in {place.line} | self.past(place.line)]
            if max(times)[:24] > said["expires"]:
                return ""
        return str(said["key"])

    def _holders(self, key: str, place: Place) -> Iterator[str]:
        for other, op in self._ops("member", "genesis", "join"):
            record = op if op["op"] == "join" else _record(op)
            is_his = bool(key) and key in record["keys"] and self.precedes(other, place)
            if is_his and (self._comes_in(other) if op["op"] == "join" else self.effective(other)):
                yield _seat(record) if op["op"] == "join" else str(record["id"])

    # Seniority.

    def _joined(self, member: str, place: Place) -> list[Place]:
        found = [
            other
            for other, op in self._ops("member", "genesis")
            if _record(op)["id"] == member and self.precedes(other, place) and self.effective(other)
        ]
        firsts = [a for a in found if not any(self.precedes(b, a) for b in found)]
        if len(firsts) > 1:
            raise Circular  # one id for two people
        if len(found) > 1 and self.reading.returns == "new":
            return [a for a in found if not any(self.precedes(a, b) for b in found)]
        return firsts

    def _is_senior(self, a: str, b: str, place: Place) -> bool:
        """True when `a` was in before `b`."""
        if a == b or b == self.founder:
            return False
        if a == self.founder:
            return True
        first, second = self._joined(a, place), self._joined(b, place)
        if not first or not second:
            return bool(first)
        if any(self.precedes(x, y) for x in first for y in second):
            return True
        if any(self.precedes(y, x) for x in first for y in second):
            return False
        x, y = min(first), min(second)
        if self.reading.tie == "past" and len(self.past(x.line)) != len(self.past(y.line)):
            return len(self.past(x.line)) < len(self.past(y.line))
        return x > y if self.reading.tie == "high" else x < y

    def op(self, place: Place) -> Op:
        """The operation at a place."""
        return self.present[place.line].ops[place.number]

    def _once(self, name: Any, work: Any) -> Any:
        known = self._memo.get(name)
        if known is _PENDING:
            raise Circular
        if known is None:
            self._memo[name] = _PENDING
            try:
                known = self._memo[name] = work()
            finally:
                if self._memo[name] is _PENDING:
                    del self._memo[name]
        return known

    # After everything.

    def members(self) -> dict[str, str]:
        """Each member's role in the end ("" for who was removed)."""
        if not self.team:
            return {}
        names = sorted({str(_record(op)["id"]) for _, op in self._ops("member", "genesis")})
        end = Place(_END, 0)
        return {name: self.told_role(name, end) for name in names if self._joined(name, end)}

    def in_effect(self) -> dict[Place, bool]:
        """Of each operation of the team whether it does what it says."""
        return {
            place: self.effective(place)
            for place, op in self._all_ops
            if op.get("op") not in ("sign", "device", "request")
        }


class Verdicts(NamedTuple):
    """What all readings agree on. Lines and places that are missing here are not judged."""

    standing: Mapping[str, tuple[str, str] | None]
    effects: Mapping[Place, bool]
    members: Mapping[str, str]
    faults: Mapping[str, str]


def agreed(lines: Iterable[Line], pinned: str = "") -> Verdicts | None:
    """The verdicts that every reading of the rules gives; None where the rules run in a circle."""
    lines = list(lines)
    all_of_them = []
    for reading in READINGS:
        oracle = Oracle(lines, pinned, reading)
        try:
            all_of_them.append(
                Verdicts(
                    {line.digest: oracle.standing(line.digest) for line in lines},
                    oracle.in_effect() if oracle.team else {},
                    oracle.members(),
                    oracle.chain_faults,
                )
            )
        except Circular:
            return None
    shared = all_of_them[0]
    for other in all_of_them[1:]:
        shared = Verdicts(
            _common(shared.standing, other.standing),
            _common(shared.effects, other.effects),
            _common(shared.members, other.members),
            _common(shared.faults, other.faults),
        )
    return shared


def _common(a: Mapping[Any, Any], b: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in a.items() if key in b and b[key] == value}


def _before(line: Line) -> list[str]:
    return [*([line.prev] if line.prev else []), *line.deps]


def _record(op: Op) -> Mapping[str, Any]:
    found: Mapping[str, Any] = op["founder"] if op["op"] == "genesis" else op["member"]
    return found


def _names(op: Op) -> str:
    return str(_record(op)["id"] if op["op"] in ("member", "genesis") else op["member"])


def _seat(op: Op) -> str:
    """Whom a join is as; a mark after the id means the same one."""
    return str(op["member"]).partition("~")[0]


def _is_code(a: Op, b: Op) -> bool:
    return bool(a.get("invite")) and a.get("invite") == b.get("invite")


def _gives(op: Op) -> str:
    if op["op"] == "remove":
        return ""
    return (
        "admin"
        if op["op"] == "genesis"
        else _role(op["member"]["role"] if op["op"] == "member" else op["role"])
    )


def _role(name: Any) -> str:
    return ALIASES.get(str(name), str(name))


def _proves(code: str, team: str, device: str, op: Op) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    text = wire.canonical(
        {"team": team, "member": op["member"], "keys": op["keys"], "device": device}
    )
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(code)).verify(
            bytes.fromhex(str(op["proof"])), b"naturecode/join/v1\0" + text
        )
    except (InvalidSignature, ValueError):
        return False
    return True
