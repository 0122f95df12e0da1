"""What every act on a team begins with: what holds here, who I am in it, what I may change."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from git_naturecode import identity, trusting
from git_naturecode.domain import teams
from git_naturecode.domain.people import ADDRESS
from git_naturecode.domain.policy import words
from git_naturecode.domain.policy.facts import Asking, Member, TeamInfo
from git_naturecode.domain.policy.standing import Standing
from git_naturecode.errors import NeedsConsent, NotPermitted
from git_naturecode.store.entry import Json
from git_naturecode.store.store import Store
from git_naturecode.teaming.words import article, those_who_may

Op = Mapping[str, Json]
_SETTING = "naturecode.team"


class Here:
    """The team of this repository as this clone knows it, and what this clone says about it.

    `standing` is what holds after everything that was said up to now.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._standing: Standing | None = None

    @property
    def standing(self) -> Standing:
        """What holds now."""
        if self._standing is None:
            self._standing = trusting.standing(self.store)
        return self._standing

    def again(self) -> Standing:
        """What holds after something else was signed, too."""
        self._standing = None
        return self.standing

    @cached_property
    def key(self) -> str:
        """The public key by which this person certifies his devices; made where he has none.

        Raises NaturecodeError when no key of his can be used.
        """
        return identity.member_key(self.store)

    @property
    def me(self) -> Member | None:
        """The member that this clone is a device of, or will be with its next signed line."""
        standing = self.standing
        device = standing.devices.get(self.store.device)
        if device is not None and device.member in standing.members:
            return standing.members[device.member]
        if device is not None and device.revoked:
            return None
        known = (one for one in standing.members.values() if one.state == "active")
        return next((one for one in known if self.key in one.keys), None)

    @property
    def key_print(self) -> str:
        """The print of that key, `SHA256:...`."""
        return print_of(self.key)

    @property
    def fingerprint(self) -> str:
        """The six words by which people compare which team they trust."""
        return words.fingerprint(self.standing.team)

    def teams_of(self, member: Member | None) -> list[TeamInfo]:
        """The teams that `member` is in."""
        known = teams.teams(self.standing)
        return [one for one in known if member is not None and one.id in member.teams]

    def require_team(self) -> Standing:
        """What holds, where there is a team.

        Raises Negative where there is none, NeedsConsent where there are two to choose from.
        """
        standing = self.standing
        if not standing.team and len(standing.geneses) > 1:
            raise NeedsConsent(
                f"{len(standing.geneses)} teams were begun here, and none of them is trusted yet",
                "`git naturecode trust show` shows both; ask the others for their six words, then "
                "git naturecode trust pin",
            )
        if not standing.team:
            raise teams.no_team()
        return standing

    def team(self, wanted: str) -> TeamInfo:
        """The team that `wanted` means; "": the configured one, else the only one."""
        standing = self.require_team()
        return teams.chosen_team(standing, wanted or self.store.config.get(_SETTING))

    def say(self, *ops: Op, also: Sequence[Op] = ()) -> None:
        """Sign `ops`, in one line; and `also`, which only make sense after these.

        Raises NotPermitted where the others would refuse one of `ops`: nothing is written then.
        """
        self.require(*ops)
        self.append(*ops, *also)

    def require(self, *ops: Op) -> None:
        """Raise NotPermitted where the others would refuse one of `ops`."""
        standing = self.again() if trusting.introduce(self.store) else self.standing
        for op in ops:
            if why := standing.objection(self.store.device, op):
                raise self.refused(why.text)

    def append(self, *ops: Op) -> str:
        """Sign `ops` untried; the digest of their (last) line."""
        digests = trusting.append(self.store, list(ops))
        self._standing = None
        return digests[-1] if digests else ""

    def pin(self, genesis: str) -> None:
        """Trust the team of this genesis from now on."""
        trusting.pin(self.store, genesis)
        self._standing = None

    def refused(self, why: str) -> NotPermitted:
        """What is said where somebody may not change the team, and whom he can ask."""
        standing, me = self.standing, self.me
        if me is None:
            return NotPermitted(
                f"{self.store.person} is not a member of this repository's team, so the others "
                f"would not take it ({why})",
                "git naturecode team join",
            )
        return NotPermitted(
            f"{me.email} is {article(me.role)} and may not do that: {why}",
            "ask " + those_who_may(admins(standing)),
        )


def print_of(key: str) -> str:
    """`SHA256:...` of a public key, as ssh-keygen prints it; "" for what is none."""
    from git_naturecode.crypto import ssh_keys
    from git_naturecode.crypto.ssh_wire import Malformed

    try:
        return ssh_keys.fingerprint(ssh_keys.blob_of(key))
    except Malformed:
        return ""


def admins(standing: Standing) -> list[Member]:
    """Who may change everything, the most senior first."""
    found = teams.members(standing)
    return [one for one in found if one.role == "admin" and one.state == "active"]


def sound(requests: Iterable[Asking]) -> list[Asking]:
    """Those of `requests` that name an address and a key: anybody may have written them."""
    return [
        one
        for one in requests
        if one.keys and print_of(one.keys[0]) and re.fullmatch(ADDRESS, one.email)
    ]
