"""Whose a device is, and in whose name and with which rights each of its lines speaks."""

import copy
from bisect import insort
from collections.abc import Iterable
from typing import NamedTuple

from git_naturecode.domain.policy import parsed, roles
from git_naturecode.domain.policy.cuts import Cut
from git_naturecode.domain.policy.facts import (
    NOTHING,
    Authority,
    DeviceInfo,
    Member,
    Reason,
    Rights,
)
from git_naturecode.domain.policy.graph import Graph, Reach
from git_naturecode.domain.policy.persons import Person, Registry
from git_naturecode.domain.policy.proofs import Proofs
from git_naturecode.domain.policy.registers import Ref


class Binding(NamedTuple):
    """Whose a device is, until when, and by which certificate, if by one."""

    person: Ref
    expires: str = ""
    key: str = ""


class _Shown(NamedTuple):
    """A certificate that a device shows: the name of the operation, the device's key, the rest."""

    name: str
    key: str
    seal: str
    cert: parsed.Certificate


class _Basis(NamedTuple):
    binding: Binding
    rights: Rights
    cuts: tuple[Cut, ...]
    reason: Reason | None
    authority: Authority | None


class People(Registry):
    """Everybody and their devices, under the cuts that are known."""

    def __init__(
        self, graph: Graph, genesis: int, reach: Reach, proofs: Proofs, cuts: Iterable[Cut]
    ) -> None:
        super().__init__(graph, genesis)
        self.reach = reach
        self.proofs = proofs
        self.revoked: dict[str, list[Cut]] = {}
        self._cuts: dict[Ref, list[Cut]] = {}
        self._bound: dict[str, list[Binding | None]] = {}
        self._bases: dict[tuple[str, int], _Basis] = {}
        self._owners: dict[str, Binding | None] | None = None
        self.cut(cuts)

    def moved(self, graph: Graph) -> "People":
        """These people over a graph that has lines more, none of which governs."""
        other = copy.copy(self)
        other.graph, other.reach = graph, Reach(graph)
        other._bound, other._bases, other._owners = {}, {}, None
        return other

    def cut(self, cuts: Iterable[Cut]) -> None:
        """Take rights by `cuts` as well."""
        for cut in cuts:
            if cut.person is not None:
                found = self._cuts.setdefault(cut.person, [])
            else:
                found = self.revoked.setdefault(cut.device, [])
            insort(found, cut, key=lambda one: one.reason.by)  # never in the order of arrival
        self._bases.clear()

    def forget(self) -> None:
        """Make nothing of what was said of lines while not all were judged: names may differ."""
        self._bases.clear()

    # -- whose a line is ------------------------------------------------------------------------

    def authority(self, place: int) -> Authority | Reason:
        """In whose name the line `place` speaks, and with which rights."""
        line = self.graph.lines[place]
        return self.authority_at(line.device, self.graph.run(place), place)

    def authority_at(self, device: str, run: int, place: int) -> Authority | Reason:
        """`authority`, for the line `place` with what its device had seen in `run`."""
        basis = self._basis(device, run)
        if basis.authority is not None:
            return self._expired(basis, place) or basis.authority
        rights, reason, taken = self._cut_down(basis, place)
        if reason is not None:
            return reason
        return self._as_authority(basis.binding.person, rights, self._seen(device, run), taken)

    def standing(self, place: int) -> tuple[Binding, Rights, Reason | None]:
        """Whose the line `place` is and what he may do; nobody where there is a reason."""
        line = self.graph.lines[place]
        basis = self._basis(line.device, self.graph.run(place))
        rights, reason, _ = self._cut_down(basis, place)
        return basis.binding, rights, reason

    def _cut_down(self, basis: _Basis, place: int) -> tuple[Rights, Reason | None, str]:
        """What the cuts leave to the line `place`, why nothing, and what took something."""
        rights, taken = basis.rights, ""
        reason = basis.reason or self._expired(basis, place)
        if reason is not None:
            return rights, reason, ""
        for cut in basis.cuts:
            left = rights.meet(cut.rights) if cut.takes(self.graph, place) else rights
            if left.role == roles.NONE:
                return left, cut.reason, ""
            if left != rights:
                rights, taken = left, cut.reason.text
        return rights, None, taken

    def _expired(self, basis: _Basis, place: int) -> Reason | None:
        expires = basis.binding.expires
        if expires and self.graph.latest[place][:19] > expires[:19]:
            return Reason("expired", f"the certificate of its device ended {expires[:10]}")
        return None

    def _basis(self, device: str, run: int) -> _Basis:
        found = self._bases.get((device, run))
        if found is None:
            found = self._bases[device, run] = self._look(device, run)
        return found

    def _look(self, device: str, run: int) -> _Basis:
        binding = self.bound(device, run)
        if binding is None:
            return _Basis(_NOBODY, NOTHING, (), _STRANGER, None)
        seen = self._seen(device, run)
        rights = self.rights(binding.person, seen)
        if rights.role == roles.NONE:
            label = self.persons[binding.person].label
            return _Basis(binding, rights, (), Reason("removed", f"{label} was removed"), None)
        cuts = [c for c in self._cuts.get(binding.person, ()) if not seen >> c.number & 1]
        cuts = [*self.revocations(device, binding.person), *_useful(cuts, device)]
        who = None if cuts else self._as_authority(binding.person, rights, seen)
        return _Basis(binding, rights, tuple(cuts), None, who)

    def revocations(self, device: str, ref: Ref | None) -> list[Cut]:
        """What revoked `device`, as far as it reaches one of `ref` (None: of nobody)."""
        found = self.revoked.get(device, [])
        return [cut for cut in found if ref is None or cut.reaches(ref, self.persons[ref].order)]

    def _as_authority(self, ref: Ref, rights: Rights, seen: int, note: str = "") -> Authority:
        return Authority(
            self.name_of(ref), rights.role, rights.permissions, self.emails(ref, seen),
            self.teams.of(ref, seen), note,
        )  # fmt: skip

    def _seen(self, device: str, run: int) -> int:
        return self.graph.seen[self.graph.runs[device][run]]

    # -- whose a device is ----------------------------------------------------------------------

    def bound(self, device: str, run: int) -> Binding | None:
        """Whose `device` is in its `run`; asked only once all that it had seen was judged."""
        known = self._bound.setdefault(device, [])
        while len(known) <= run:
            place = self.graph.runs[device][len(known)]
            seq, seen = self.graph.lines[place].seq, self.graph.seen[place]
            # He may change his key in the first line that he writes as a member.
            before = (known[-1] if known else None) or self.bind(device, seq - 1, seen, None)
            known.append(self.bind(device, seq, seen, before))
        return known[run]

    def owner(self, device: str, seen: int, place: int) -> Ref | None:
        """Whose `device` is for who has seen the lines in `seen`, and what the line `place` had.

        For -1 that is everything.
        """
        found = self._binding(device, seen, place)
        return found.person if found else None

    def _binding(self, device: str, seen: int, place: int) -> Binding | None:
        chain = self.graph.chains.get(device, [])
        last = min(len(chain), self.graph.frozen.get(device, len(chain) + 1) - 1)
        if place >= 0:
            last = min(last, self.reach.highest(place).get(device, 0))
        if last:
            before = self.bound(device, self.graph.run(chain[last - 1]))
            return self.bind(device, last, seen, before)
        return self.bind(device, 0, seen, None)

    def bind(self, device: str, seq: int, seen: int, before: Binding | None) -> Binding | None:
        """Whose `device` is by its first `seq` lines, for who has seen the lines in `seen`.

        `before` is whose it was a line earlier.
        """
        if device == self.graph.lines[self.genesis].device:
            return Binding(self.founder)
        found = self._by_certificate(device, seq, seen)
        for joined, ref, _ in self.joined.get(device, ()):
            if joined <= seq:  # by its own word; a certificate of its member may end it
                return found if found and found.person == ref else Binding(ref)
        if found is None and before is not None and before.key:
            found = before  # once let in it stays, whatever becomes of the key
        if found is not None:
            return found
        claim = self.devices.holder(device, seen)
        return Binding(claim.person, claim.value) if claim else None

    def _by_certificate(self, device: str, seq: int, seen: int) -> Binding | None:
        shown = self._shown(device, seq)
        if shown is None:
            return None
        key = shown.cert.key
        claim = self.keys.holder(key, seen)
        if claim is None or key not in self.keys_of(claim.person, seen):
            return None
        if not self._is_good(shown, device):
            return None
        return Binding(claim.person, shown.cert.expires, key)

    def _shown(self, device: str, seq: int) -> _Shown | None:
        """The newest certificate of `device` up to its line `seq`, before it said two things."""
        for place in reversed(self.graph.told.get(device, ())):
            line = self.graph.lines[place]
            if line.seq > seq:
                continue
            for index, op in reversed(self.graph.said[place]):
                if isinstance(op, parsed.Device) and op.cert is not None:
                    return _Shown(f"{line.digest}:{index}", line.key, op.seal, op.cert)
        return None

    def _is_good(self, shown: _Shown, device: str) -> bool:
        return self.proofs.is_certified(shown.name, shown.cert, device, shown.key, shown.seal)

    def has_shown(self, place: int, key: str) -> bool:
        """True when the device of the line `place` holds a good certificate by `key`."""
        line = self.graph.lines[place]
        shown = self._shown(line.device, line.seq)
        return shown is not None and shown.cert.key == key and self._is_good(shown, line.device)

    # -- for people to read ---------------------------------------------------------------------

    def founding(self) -> Authority:
        """In whose name the line that began the team speaks."""
        ref = self.founder
        seen = 1 << ref[0]
        return self._as_authority(ref, self.rights(ref, seen), seen)

    def present(self, device: str) -> Authority | Reason:
        """In whose name `device` would speak now, having seen everything."""
        ref = self.owner(device, -1, -1)
        if ref is None:
            return _STRANGER
        for cut in self.revocations(device, ref):
            return cut.reason
        rights = self.rights(ref, -1)
        if rights.role == roles.NONE:
            return Reason("removed", f"{self.persons[ref].label} was removed")
        return self._as_authority(ref, rights, -1)

    def member(self, person: Person, order: int) -> Member:
        """What is known of `person`, the member number `order`."""
        graph, past = self.graph, self.graph.past
        rights, given = self.rights(person.ref, -1), person.given.live(past, -1)
        live = person.called.live(past, -1)
        called = [said.value for said in sorted(live, key=lambda s: graph.order(s.number))]
        names, mails = [c.name for c in called if c.name], [c.email for c in called if c.email]
        known = self.is_known(person.ref, -1)
        state = "active" if known else "invited"
        codes = self.codes(person, -1).keys() - person.spent
        joined = graph.lines[graph.governing[person.ref[0]]]
        return Member(
            self.name_of(person.ref), names[0] if names else "", mails[0] if mails else "",
            rights.role, rights.permissions,
            tuple(sorted(set.intersection(*(set(said.value.allow) for said in given)))),
            tuple(sorted(set.union(*(set(said.value.deny) for said in given)))),
            self.teams.of(person.ref, -1), tuple(sorted(self.keys_of(person.ref, -1))),
            self._devices_of(person.ref),
            "removed" if rights.role == roles.NONE else state,
            min(codes, default="") if rights.role != roles.NONE else "", joined.at[:24], order,
            tuple(sorted(self.teams.reference(said.number, said.op) for said in given)),
            self.emails(person.ref, -1),
            self._since(person),
        )  # fmt: skip

    def _since(self, person: Person) -> str:
        """The line that first gave `person` a key or a device; "" while there is none."""
        rest, orders = person.known, []
        while rest:
            number = rest.bit_length() - 1
            rest ^= 1 << number
            orders.append(self.graph.order(number))
        return min(orders, default=(0, ""))[1]

    def device(self, device: str) -> DeviceInfo:
        """What is known of `device`."""
        told, key, expires = None, "", ""
        for place in self.graph.told.get(device, ()):
            if not self.graph.is_frozen(place):
                said = (op for _, op in self.graph.said[place])
                told = [op for op in said if isinstance(op, parsed.Device)][-1]
        chain = self.graph.chains.get(device)
        key = self.graph.lines[chain[0]].key if chain else ""
        binding = self._binding(device, -1, -1)
        expires = binding.expires if binding else ""
        named = self.named_device(device)
        seal = told.seal if told and told.seal else (named.seal if named else "")
        label = told.label if told and told.label else (named.label if named else "")
        return DeviceInfo(
            self.name_of(binding.person) if binding else "", key or (named.key if named else ""),
            seal, label, bool(self.revocations(device, binding.person if binding else None)),
            expires,
        )  # fmt: skip

    def _devices_of(self, ref: Ref) -> tuple[str, ...]:
        known = {*self.graph.chains, *self.devices.things()}
        if self._owners is None:
            self._owners = {device: self._binding(device, -1, -1) for device in known}
        return tuple(sorted(d for d, b in self._owners.items() if b and b.person == ref))


def _useful(cuts: list[Cut], device: str) -> list[Cut]:
    """Those of `cuts` that take what no other does, which had seen less of `device`."""
    kept: list[Cut] = []
    left: Rights | None = None
    for cut in sorted(cuts, key=lambda cut: cut.high.get(device, 0)):
        less = cut.rights if left is None else left.meet(cut.rights)
        if less != left:
            kept.append(cut)
            left = less
    return kept


_STRANGER = Reason("unknown-device", "its device belongs to no member")
_NOBODY = Binding((-1, -1))
