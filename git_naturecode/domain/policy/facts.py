"""What the policy is told and what it says: lines, reasons, rights, members, devices, teams."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from git_naturecode.clock import STAMP
from git_naturecode.domain.policy import roles
from git_naturecode.store.entry import Json

_DIGEST = re.compile(r"|[0-9a-f]{64}")
_AT = re.compile(STAMP)
MOST_DEPS = 2_000


class Line(NamedTuple):
    """A line of a trust log whose signature was found good; `digest` is its SHA-256 in hex."""

    digest: str
    device: str
    key: str
    seq: int
    prev: str
    root: str
    team: str
    deps: tuple[str, ...]
    at: str
    ops: tuple[Mapping[str, Json], ...]


def line_of(digest: str, said: Mapping[str, Json]) -> Line | None:
    """The line with the fields `said`, signed and canonical; None when one is not what it should
    be, which no line is that this program writes.
    """
    device, key, seq, at = (said.get(name) for name in ("dev", "key", "seq", "at"))
    names = [said.get("prev"), said.get("root"), said.get("team", "")]
    deps, ops = said.get("deps"), said.get("ops")
    if not (isinstance(device, str) and isinstance(key, str) and isinstance(at, str)):
        return None
    if not isinstance(seq, int) or isinstance(seq, bool) or seq < 1 or not _AT.fullmatch(at):
        return None
    if not isinstance(deps, list) or len(deps) > MOST_DEPS or not isinstance(ops, list):
        return None
    digests = [one for one in [*names, *deps] if isinstance(one, str) and _DIGEST.fullmatch(one)]
    if len(digests) != len(names) + len(deps) or "" in deps:
        return None
    prev, root, team = digests[:3]
    return Line(digest, device, key, seq, prev, root, team, tuple(deps), at, tuple(ops))


class Reason(NamedTuple):
    """Why something does not count.

    `code` is one of `equivocation broken waiting other-team before-team unknown-device expired
    revoked removed withdrawn malformed not-allowed senior not-seen used unknown`, `text` one
    phrase for people, `by` the digest of the line that is behind it, if one is, `op` the number of
    the operation that it is about (-1: the whole line).
    """

    code: str
    text: str
    by: str = ""
    op: int = -1


class Rights(NamedTuple):
    """A role, and all permissions of who has it."""

    role: str
    permissions: frozenset[str]

    def meet(self, other: "Rights") -> "Rights":
        """What both allow."""
        return Rights(roles.lower(self.role, other.role), self.permissions & other.permissions)

    def covers(self, other: "Rights") -> bool:
        """True when whoever has these has all of `other`."""
        higher = roles.RANK[self.role] >= roles.RANK[other.role]
        return higher and self.permissions >= other.permissions


NOTHING = Rights(roles.NONE, frozenset())


class Authority(NamedTuple):
    """In whose name a line speaks, and what he might do when it was written.

    `note` says what took some of his rights later on, if something did.
    """

    member_id: str
    role: str
    permissions: frozenset[str]
    emails: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    note: str = ""


def lacks(who: Authority, permission: str) -> str:
    """Why `who` may not do what needs `permission`; "" when he may."""
    if permission in who.permissions:
        return ""
    return who.note or f"needs {permission}, and a {who.role} has it not"


class Member(NamedTuple):
    """A member as all lines together have him.

    `state` is `active`, `invited` (has no key and no device yet) or `removed`; `emails` are all
    his addresses, casefolded; `invite` is the key (hex) of the code that he can still join with;
    `joined` when he was added, `order` his seniority, from 0 for the founder; `role_ops` is what
    a new `role` names in `over`; `since` is the line that made him known by a key or device.
    """

    id: str
    name: str
    email: str
    role: str
    permissions: frozenset[str]
    allow: tuple[str, ...]
    deny: tuple[str, ...]
    teams: frozenset[str]
    keys: tuple[str, ...]
    devices: tuple[str, ...]
    state: str
    invite: str
    joined: str
    order: int
    role_ops: tuple[str, ...]
    emails: frozenset[str]
    since: str


class DeviceInfo(NamedTuple):
    """A device: whose it is ("": nobody's), and what it told of itself; keys in hex."""

    member: str
    key: str
    seal: str
    label: str
    revoked: bool
    expires: str


class TeamInfo(NamedTuple):
    """A team. `setting_ops[key]` is what a new `set` of this key names in `over`.

    `former` are those who belonged to it and do no more.
    """

    id: str
    name: str
    settings: Mapping[str, Json]
    setting_ops: Mapping[str, tuple[str, ...]]
    members: frozenset[str]
    deleted: bool
    former: frozenset[str] = frozenset()


class Asking(NamedTuple):
    """A request to join that nobody has answered."""

    device: str
    name: str
    email: str
    keys: tuple[str, ...]
    digest: str
    at: str


class Equivocation(NamedTuple):
    """A device that said two things under one number: all lines with that number."""

    device: str
    seq: int
    digests: tuple[str, ...]


class Verdict(NamedTuple):
    """What is to be thought of an entry.

    `state` is `verified`, `copied`, `vouched`, `inherited`, `adopted`, `unverified` or
    `quarantined`; `reason` one phrase where it is not plainly verified; `signer` the member who
    stands behind it, "" for nobody.
    """

    state: str
    reason: str = ""
    signer: str = ""

    @property
    def counts(self) -> bool:
        """False only in quarantine."""
        return self.state != QUARANTINED


VERIFIED, COPIED, VOUCHED, INHERITED, ADOPTED, UNVERIFIED, QUARANTINED = (
    "verified", "copied", "vouched", "inherited", "adopted", "unverified", "quarantined",
)  # fmt: skip


def same(address: str) -> str:
    """What two spellings of one address have in common."""
    return address.strip().casefold()


def texts(value: Json) -> Sequence[str]:
    """The texts in `value`, a list from elsewhere."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
