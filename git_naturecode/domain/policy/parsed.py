"""Reading the operations of trust lines strictly, whatever their writer meant to break.

Each is an object of JSON with `op`, and becomes one of the tuples below.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from git_naturecode.domain.policy import roles
from git_naturecode.store.entry import Json

ENFORCED, OPEN = "enforced", "open"
_MOST_TEXT = 320
_MOST_KEY = 4096
_MOST_LIST = 1_000
_ID = re.compile(r"[a-z]{2,16}-[0-9a-z][0-9a-z-]{0,62}(~[0-9a-f]{8})?")
_DEVICE = re.compile(r"[0-9a-hjkmnp-tv-z]{16}")
_HEX32 = re.compile(r"[0-9a-f]{64}")
_HEX64 = re.compile(r"[0-9a-f]{128}")
_REFERENCE = re.compile(r"[0-9a-f]{64}:[0-9]{1,6}")
_KEY = re.compile(r"ssh-(ed25519|rsa) [A-Za-z0-9+/=]+")
_EXPIRES = re.compile(r"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
_SETTING = re.compile(r"[A-Za-z][A-Za-z0-9.-]{0,63}")


class Record(NamedTuple):
    """What a team says of a member."""

    id: str
    name: str
    email: str
    keys: tuple[str, ...]
    role: str
    teams: tuple[str, ...]
    allow: tuple[str, ...]
    deny: tuple[str, ...]
    devices: tuple[str, ...]


class Certificate(NamedTuple):
    """What a member key signed about a device; `signature` is an armored SSHSIG."""

    key: str
    expires: str
    signature: str


class Device(NamedTuple):
    """A device tells its sealing key and label, and shows its certificate."""

    seal: str
    label: str
    cert: Certificate | None


class Genesis(NamedTuple):
    """A team begins: with its founder, on what was there."""

    id: str
    name: str
    settings: Mapping[str, Json]
    founder: Record
    mode: str
    heads: Mapping[str, str]
    inherited: tuple[str, ...]


class AddMember(NamedTuple):
    """Somebody is added, asked to join by a code, or brought back; `invite` is the code's key."""

    member: Record
    invite: str


class Join(NamedTuple):
    """Somebody joins with the code that he was given."""

    member: str
    name: str
    email: str
    keys: tuple[str, ...]
    proof: str


class Request(NamedTuple):
    """Somebody who was not asked would like to join."""

    name: str
    email: str
    keys: tuple[str, ...]


class Role(NamedTuple):
    """A member gets a role."""

    member: str
    role: str
    allow: tuple[str, ...]
    deny: tuple[str, ...]
    over: tuple[str, ...]


class Remove(NamedTuple):
    """A member is removed."""

    member: str


class Revoke(NamedTuple):
    """A device is one no more. `after` is (seq, digest) of the last line that still counts."""

    device: str
    after: tuple[int, str] | None


class AddDevice(NamedTuple):
    """A member vouches for another device of his; an admin for one of `member`."""

    device: str
    key: str
    seal: str
    label: str
    expires: str
    member: str


class Policy(NamedTuple):
    """The mode changes."""

    mode: str


class Team(NamedTuple):
    """A further team begins, or gets another name."""

    id: str
    name: str


class TeamDelete(NamedTuple):
    """A team ends."""

    id: str


class TeamMember(NamedTuple):
    """A member belongs to a team, or does no more."""

    team: str
    member: str
    belongs: bool


class Set(NamedTuple):
    """A setting of a team."""

    team: str
    key: str
    value: Json
    over: tuple[str, ...]


class Keys(NamedTuple):
    """A member replaces his keys: from now on the old ones admit no new device."""

    member: str
    keys: tuple[str, ...]


class Other(NamedTuple):
    """What does not change who may do what: `sign`, `adopt`, `drop`, and what is not known."""

    name: str


class Malformed(NamedTuple):
    """An operation that is not as it has to be."""

    name: str
    why: str

    @property
    def text(self) -> str:
        """The reason, as a sentence has it."""
        return f"{self.name or 'an operation'} {self.why}"


Op = (
    Device | Genesis | AddMember | Join | Request | Role | Remove | Revoke | AddDevice | Policy
    | Team | TeamDelete | TeamMember | Set | Keys | Other | Malformed
)  # fmt: skip


def parse(said: Json) -> Op:
    """The operation in `said`, an element of a line's `ops`; never raises."""
    name = said.get("op") if isinstance(said, dict) else None
    if not isinstance(name, str):
        return Malformed("", "is no operation")
    reader = _READERS.get(name)
    if reader is None:
        return Other(name[:_MOST_TEXT])
    try:
        return reader(_Fields(said))
    except _Wrong as wrong:
        return Malformed(name, str(wrong))


class _Wrong(Exception):
    """Why an operation is none; its text is one phrase."""


class _Fields:
    """The fields of one operation, asked for one by one; raises _Wrong."""

    def __init__(self, said: Json) -> None:
        if not isinstance(said, dict):
            raise _Wrong("is not an object")
        self.said = said

    def text(self, name: str, pattern: re.Pattern[str] | None = None, default: Json = None) -> str:
        """The text `name`, wholly like `pattern`."""
        value = self.said.get(name, default)
        most = _MOST_TEXT if pattern is None else _MOST_KEY
        if not isinstance(value, str) or len(value) > most:
            raise _Wrong(f"{name} is no short text")
        if pattern is not None and not pattern.fullmatch(value):
            raise _Wrong(f"{name} is not what it should be")
        return value

    def maybe(self, name: str, pattern: re.Pattern[str]) -> str:
        """The text `name`, which may be empty or absent."""
        return self.text(name, pattern) if self.said.get(name) else ""

    def texts(self, name: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
        """The list of texts `name`, absent when empty."""
        values = self.said.get(name, [])
        if not isinstance(values, list) or len(values) > _MOST_LIST:
            raise _Wrong(f"{name} is no list, or too long")
        good = all(isinstance(v, str) and len(v) <= _MOST_KEY and pattern.fullmatch(v)
                   for v in values)  # fmt: skip
        if not good:
            raise _Wrong(f"{name} holds what it should not")
        return tuple(values)

    def role(self, name: str = "role") -> str:
        """The role `name`, by the name that it has in the table."""
        value = self.said.get(name)
        found = roles.named(value) if isinstance(value, str) else ""
        if not found:
            raise _Wrong("there is no such role")
        return found

    def permissions(self, name: str) -> tuple[str, ...]:
        """A list of permissions."""
        values = self.texts(name, _SETTING_OR_PERMISSION)
        known = {*roles.PERMISSIONS, *roles.MEMBER_PERMISSIONS}
        if not known.issuperset(values):
            raise _Wrong(f"{name} names a permission that there is not")
        return values

    def mode(self) -> str:
        """The mode."""
        value = self.said.get("mode")
        if value not in (ENFORCED, OPEN):
            raise _Wrong("there is no such mode")
        return str(value)


_SETTING_OR_PERMISSION = re.compile(r"[A-Za-z]+(:[a-z]+)?")


def _record(said: Json) -> Record:
    fields = _Fields(said)
    return Record(
        fields.text("id", _ID), fields.text("name", default=""), fields.text("email", default=""),
        fields.texts("keys", _KEY), fields.role(), fields.texts("teams", _ID),
        fields.permissions("allow"), fields.permissions("deny"), fields.texts("devices", _DEVICE),
    )  # fmt: skip


def _device(fields: _Fields) -> Device:
    cert = None
    if fields.said.get("cert") is not None:
        shown = _Fields(fields.said["cert"])
        armored = shown.said.get("sig")
        if not isinstance(armored, str) or len(armored) > _MOST_KEY:
            raise _Wrong("its certificate has no signature")
        cert = Certificate(shown.text("key", _KEY), shown.text("expires", _EXPIRES, ""), armored)
    return Device(fields.maybe("seal", _HEX32), fields.text("label", default=""), cert)


def _genesis(fields: _Fields) -> Genesis:
    team = _Fields(fields.said.get("team"))
    settings = team.said.get("settings", {})
    heads = fields.said.get("heads", {})
    if not isinstance(settings, dict) or len(settings) > _MOST_LIST:
        raise _Wrong("settings are none")
    good = isinstance(heads, dict) and all(
        _DEVICE.fullmatch(name) and isinstance(head, str) and _HEX32.fullmatch(head)
        for name, head in heads.items()
    )
    if not good:
        raise _Wrong("heads are none")
    founder = _record(fields.said.get("founder"))
    return Genesis(
        team.text("id", _ID), team.text("name"), settings, founder, fields.mode(), heads,
        fields.texts("inherited", _HEX32),
    )  # fmt: skip


def _add_member(fields: _Fields) -> AddMember:
    return AddMember(_record(fields.said.get("member")), fields.maybe("invite", _HEX32))


def _join(fields: _Fields) -> Join:
    return Join(
        fields.text("member", _ID), fields.text("name", default=""),
        fields.text("email", default=""), fields.texts("keys", _KEY), fields.text("proof", _HEX64),
    )  # fmt: skip


def _request(fields: _Fields) -> Request:
    name, email = fields.text("name", default=""), fields.text("email", default="")
    return Request(name, email, fields.texts("keys", _KEY))


def _role(fields: _Fields) -> Role:
    return Role(
        fields.text("member", _ID), fields.role(), fields.permissions("allow"),
        fields.permissions("deny"), fields.texts("over", _REFERENCE),
    )  # fmt: skip


def _revoke(fields: _Fields) -> Revoke:
    after = fields.said.get("after")
    if after is None:
        return Revoke(fields.text("device", _DEVICE), None)
    good = (
        isinstance(after, list) and len(after) == 2
        and isinstance(after[0], int) and not isinstance(after[0], bool) and after[0] >= 0
        and isinstance(after[1], str) and (_HEX32.fullmatch(after[1]) or after == [0, ""])
    )  # fmt: skip
    if not good:
        raise _Wrong("after is not a number and a digest")
    return Revoke(fields.text("device", _DEVICE), (after[0], after[1]))


def _add_device(fields: _Fields) -> AddDevice:
    return AddDevice(
        fields.text("device", _DEVICE), fields.text("key", _HEX32), fields.maybe("seal", _HEX32),
        fields.text("label", default=""), fields.text("expires", _EXPIRES, ""),
        fields.maybe("member", _ID),
    )  # fmt: skip


def _team_member(fields: _Fields) -> TeamMember:
    belongs = fields.said.get("in")
    if not isinstance(belongs, bool):
        raise _Wrong("in is neither true nor false")
    return TeamMember(fields.text("team", _ID), fields.text("member", _ID), belongs)


def _set(fields: _Fields) -> Set:
    return Set(
        fields.text("team", _ID), fields.text("key", _SETTING), fields.said.get("value"),
        fields.texts("over", _REFERENCE),
    )  # fmt: skip


_READERS: dict[str, Callable[[_Fields], Op]] = {
    "device": _device,
    "genesis": _genesis,
    "member": _add_member,
    "join": _join,
    "request": _request,
    "role": _role,
    "remove": lambda fields: Remove(fields.text("member", _ID)),
    "revoke": _revoke,
    "add-device": _add_device,
    "policy": lambda fields: Policy(fields.mode()),
    "team": lambda fields: Team(fields.text("id", _ID), fields.text("name")),
    "team-delete": lambda fields: TeamDelete(fields.text("id", _ID)),
    "team-member": _team_member,
    "set": _set,
    "keys": lambda fields: Keys(fields.maybe("member", _ID), fields.texts("keys", _KEY)),
}
