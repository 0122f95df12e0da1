"""What encryption asks of the team: whose device is whose, who may invite, who gets a key."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from git_naturecode import clock
from git_naturecode.domain.rosters import Device
from git_naturecode.store.store import Store

if TYPE_CHECKING:
    from git_naturecode.domain.policy import Member, Standing

_INVITE = "session:invite"
_ACTIVE = "active"


class Members:
    """The team as the trust log of this clone shows it (`rosters.Standing`)."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: tuple[str | None, Standing] | None = None

    @property
    def _standing(self) -> "Standing":
        """As it is at the present head of the branch."""
        from git_naturecode import trusting

        head = self._store.team.head()
        if self._known is None or self._known[0] != head:
            self._known = (head, trusting.standing(self._store))
        return self._known[1]

    @property
    def team(self) -> str:
        """The digest of the team's genesis; "" where there is no team."""
        return self._standing.team

    def addresses(self, device: str) -> frozenset[str]:
        """The addresses of the member whose device this is or was; nothing for a stranger's.

        Without those that somebody else has as well, by better right or so that nobody can tell.
        """
        member = self._of(device)
        if member is None:
            return frozenset()
        holder = self._standing.holder
        return frozenset(one for one in member.emails if holder(one) == member.id)

    def may_invite(self, device: str) -> bool:
        """True when the member whose device this is may invite to any session."""
        member = self._of(device)
        return member is not None and _INVITE in member.permissions

    def devices(self, who: str) -> Sequence[Device]:
        """The devices of the present member `who` that are neither revoked nor expired."""
        holder = self._standing.members.get(self._standing.holder(who))
        if holder is None or holder.state != _ACTIVE:
            return []
        now = clock.iso(self._store.now_ms())
        return [
            Device(name, one.seal)
            for name, one in sorted(self._standing.devices.items())
            if one.member == holder.id
            and one.seal
            and not one.revoked
            and not (one.expires and one.expires < now)
        ]

    def fingerprint(self) -> str:
        """What changes when a device comes or goes, or a person, or a team."""
        standing = self._standing
        people = sorted(
            (one.id, one.state, sorted(one.emails)) for one in standing.members.values()
        )
        devices = sorted(standing.devices.items())
        teams = sorted(
            (one.id, one.deleted, sorted(one.members)) for one in standing.teams.values()
        )
        now = clock.iso(self._store.now_ms())
        expired = [name for name, one in devices if one.expires and one.expires < now]
        found = json.dumps([people, devices, teams, expired])
        return hashlib.sha256(found.encode()).hexdigest()

    def audience(self, team: str) -> list[str]:
        """The addresses of all present members of the team with the id `team`."""
        found = self._standing.teams.get(team)
        return self._addresses(found.members if found and not found.deleted else ())

    def once(self, team: str) -> list[str]:
        """The addresses of all present members of any team who belong to `team`, or did so."""
        found = self._standing.teams.get(team)
        return self._addresses(found.members | found.former if found else ())

    def _addresses(self, members: Iterable[str]) -> list[str]:
        those = (self._standing.members.get(one) for one in sorted(members))
        return [one.email for one in those if one is not None and one.state == _ACTIVE]

    def _of(self, device: str) -> "Member | None":
        known = self._standing.devices.get(device)
        return self._standing.members.get(known.member) if known else None
