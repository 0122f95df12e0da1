"""Cuts: what a removal, demotion or revocation takes from lines that its author had not seen."""

from collections.abc import Mapping
from typing import NamedTuple

from git_naturecode.domain.policy import parsed, roles
from git_naturecode.domain.policy.facts import NOTHING, Reason, Rights
from git_naturecode.domain.policy.graph import Graph, Reach
from git_naturecode.domain.policy.registers import Ref, Seniority

Turn = tuple[Seniority, bool]
"""The more senior whoever cuts the earlier, what he cuts of himself first of all."""
_NOBODY: Turn = ((-1, "", 0), False)


class Cut(NamedTuple):
    """What governing line `number` leaves of `person`, or of `device`: no more than `rights`.

    `high`: how many lines of each device its author had seen. `after` (seq, digest) is the last
    line of the device that still counts, whatever he had seen.
    """

    number: int
    person: Ref | None
    device: str
    rights: Rights
    high: Mapping[str, int]
    after: tuple[int, str] | None
    reason: Reason
    turn: Turn = _NOBODY
    signer: Ref = (-1, -1)
    is_admin: bool = False

    @staticmethod
    def of_member(
        graph: Graph, reach: Reach, person: Ref, label: str, rights: Rights, place: int
    ) -> "Cut":
        """A member was removed, or has fewer rights from the line `place` on."""
        what = "removal" if rights.role == roles.NONE else "demotion"
        digest = graph.lines[place].digest
        reason = Reason("withdrawn", f"withdrawn after {what} of {label}", digest)
        return Cut(
            graph.number[place], person, "", rights, reach.highest(place), None, reason
        )  # fmt: skip

    @staticmethod
    def of_device(graph: Graph, reach: Reach, op: parsed.Revoke, place: int) -> "Cut":
        """A device was revoked by the line `place`."""
        digest = graph.lines[place].digest
        reason = Reason("revoked", f"withdrawn after revocation of device {op.device}", digest)
        number = graph.number[place]
        return Cut(number, None, op.device, NOTHING, reach.highest(place), op.after, reason)

    def reaches(self, person: Ref, order: Seniority) -> bool:
        """True when it takes from `person` what it takes of a device: from nobody who is senior to
        its author, whether or not he knew whose the device is.
        """
        return person == self.signer or (self.is_admin and order > self.turn[0])

    def takes(self, graph: Graph, place: int) -> bool:
        """True when it takes rights from the line `place`, one of its person or its device."""
        line = graph.lines[place]
        return self.cuts(line.device, line.seq, line.digest, graph.seen[place])

    def cuts(self, device: str, seq: int, digest: str, seen: int) -> bool:
        """`takes`, for the line `seq` of `device`, whose device had seen the lines in `seen`."""
        if seen >> self.number & 1:
            return bool(self.device)  # of a member the register of his role tells
        if self.after is None:
            return seq > self.high.get(device, 0)
        return seq > self.after[0] or (seq == self.after[0] and digest != self.after[1])
