"""The policy under test: the only module here that knows the product, by its published names."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from git_naturecode.domain import policy
from git_naturecode.domain.policy import parsed, proofs
from git_naturecode.domain.policy import standing as standings
from git_naturecode.store import trust
from git_naturecode.store.entry import Entry
from git_naturecode.store.store import Placed
from policy_oracle.wire import Line
from policy_oracle.world import Said, World

Known = Mapping[tuple[str, str, str], Said]


class _Checks(proofs.Real):
    """The checks as they are, each made once: the orders of a history ask for the same."""

    def __init__(self) -> None:
        self._certificate = lru_cache(super().certificate)

    def certificate(self, cert: parsed.Certificate, device: str, key: str, seal: str) -> bool:
        return self._certificate(cert, device, key, seal)


_CHECKS = _Checks()


class Judged:
    """What the policy makes of lines, and of the entries `said` that they may cover."""

    def __init__(
        self, lines: Iterable[Line], pinned: str = "", said: Known | None = None,
        files: Mapping[str, Collection[str]] | None = None,
    ) -> None:  # fmt: skip
        self._lines = list(lines)
        self._said = {} if said is None else said
        self._files = files or {}
        self._verdicts: dict[str, dict[tuple[str, str], policy.Verdict]] = {}
        self.standing = policy.evaluate(_lines(self._lines), pinned, _CHECKS)

    def extend(self, lines: Iterable[Line]) -> None:
        """More lines have come."""
        lines = list(lines)
        self._lines += lines
        self._verdicts.clear()
        self.standing = self.standing.extended(_lines(lines))

    @property
    def mode(self) -> str:
        """`open` or `enforced`."""
        return self.standing.mode

    @property
    def geneses(self) -> tuple[str, ...]:
        """Every line that began a team."""
        return tuple(self.standing.geneses)

    @property
    def members(self) -> dict[str, str]:
        """The role of each member in the end; "" for who was removed."""
        return {
            name: "" if member.state == "removed" else member.role
            for name, member in self.standing.members.items()
        }

    def permissions(self, member: str) -> frozenset[str]:
        """All that a member may do in the end."""
        return self.standing.members[member].permissions

    def authority(self, line: Line) -> tuple[str, str] | None:
        """Member id and role of a line of the team."""
        basis, found = self.standing.basis(line.digest)
        if basis != standings.IN or isinstance(found, policy.Reason):
            return None
        return (found.member_id, found.role)

    def is_refused(self, line: Line) -> bool:
        """True when a line, or an operation in it, has no effect for lack of a right."""
        return line.digest in self.standing.refused

    def reason(self, line: Line) -> str:
        """Why a line is refused."""
        return self.standing.refused[line.digest].text

    def entry(self, said: Said) -> tuple[str, str]:
        """State and reason of an entry."""
        if said.entity not in self._verdicts:
            self._verdicts[said.entity] = self._judge(said.entity)
        verdict = self._verdicts[said.entity][said.key]
        assert verdict.counts is (verdict.state != "quarantined")
        return (verdict.state, verdict.reason)

    def counts(self, said: Said) -> bool:
        """True when an entry is not in quarantine."""
        return self.entry(said)[0] != "quarantined"

    def everything(self) -> Any:
        """All that is observable, in a form that can be compared."""
        standing = self.standing
        return (
            standing.mode, standing.team, standing.founder, standing.geneses,
            standing.equivocations, standing.inherited, standing.requests, standing.heads,
            standing.members, standing.devices, standing.teams, standing.refused,
            {line.digest: standing.basis(line.digest) for line in self._lines},
            {device: (standing.now(device), standing.tips(device)) for device in standing.devices},
            {(one.entity, *one.key): self.entry(one) for one in self._said.values()},
        )  # fmt: skip

    def _judge(self, entity: str) -> dict[tuple[str, str], policy.Verdict]:
        placed = [
            Placed(Entry(one.line, one.body), entity, str(one.header["id"])[-16:], "team")
            for one in self._said.values()
            if one.entity == entity
        ]
        placed.sort(key=lambda one: one.entry.order)
        names: dict[tuple[str, tuple[str, str]], list[tuple[str, str]]] = {}
        for line in self._lines:
            for op in line.ops:
                if isinstance(op, Mapping) and op.get("op") in ("sign", "adopt"):
                    for key in _names(op):
                        of = (str(op["op"]), key)
                        names.setdefault(of, []).append((str(op.get("entity")), line.digest))

        def lines(op: str, key: tuple[str, str]) -> list[str]:
            return [digest for where, digest in names.get((op, key), []) if where == entity]

        def elsewhere(key: tuple[str, str]) -> list[tuple[str, str]]:
            return [one for one in names.get(("sign", key), []) if one[0] != entity]

        keys = [one.entry.key for one in placed]
        hashes = frozenset().union(*(self._files.get(f, ()) for f in self.standing.inherited))
        return policy.judge(
            self.standing, entity, placed, {key: lines("sign", key) for key in keys},
            {key: lines("adopt", key) for key in keys}, elsewhere, hashes,
        )  # fmt: skip


def look(world: World, lines: Iterable[Line] | None = None, pinned: str | None = None) -> Judged:
    """What the policy makes of a world, or of some of its lines."""
    chosen = world.lines.values() if lines is None else lines
    return Judged(chosen, world.team if pinned is None else pinned, world.said, world.files)


def is_genuine(raw: bytes, device: str) -> bool:
    """True when the product takes a line for one that `device` signed."""
    return trust.is_genuine(raw, device)


def _lines(lines: Iterable[Line]) -> Iterator[policy.Line]:
    """Lines as the product has them once it has read them; it drops those that it would not."""
    for line in lines:
        said = {
            "v": 1, "dev": line.device, "key": line.key, "seq": line.seq, "prev": line.prev,
            "root": line.root, "deps": list(line.deps), "at": line.at, "ops": list(line.ops),
            "sig": "", **({"team": line.team} if line.team else {}),
        }  # fmt: skip
        read = policy.line_of(line.digest, said)
        if read is not None:
            yield read


def _names(op: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = op.get("names")
    return [
        (str(name[0]), str(name[1]))
        for name in (found if isinstance(found, list) else [])
        if isinstance(name, list) and len(name) == 2
    ]
