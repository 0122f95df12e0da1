"""Who belongs to the team, and as what: adding, removing, roles."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from shlex import quote
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.domain import teams
from git_naturecode.domain.people import key as folded
from git_naturecode.domain.policy import ops, roles
from git_naturecode.domain.policy.facts import Asking, Member, TeamInfo
from git_naturecode.errors import Negative, NotPermitted, Usage
from git_naturecode.store.store import Store
from git_naturecode.teaming.here import Here, admins, print_of, sound

_CODES = "invitations.json"  # codes that this clone made, so that a lost line can be said again


class Added(NamedTuple):
    """Somebody in the team: since when, and the code that he still has to use ("": none).

    `new` is False where he was there before; `asked` are requests under his address that nobody
    answered, which somebody else may have made.
    """

    member: Member
    team: TeamInfo
    new: bool
    code: str = ""
    asked: tuple[Asking, ...] = ()


def add(
    here: Here, email: str, role: str, team: TeamInfo, *, request: bool = False, key: str = ""
) -> Added:
    """Make `email` a member of `team`.

    Whose key is known is one at once: a member of before, the one who asked for it (`request`),
    the holder of the public `key`. Another is invited, and becomes one with his code.
    Raises NotPermitted where the others would not take it, Negative where nobody asked.
    """
    teams.address(email)
    standing, role = here.standing, role_named(role)
    asked = _asked(here, email)
    if request or key.startswith("SHA256:"):
        key = _requested(asked, email, key)
    known = next((m for m in standing.members.values() if folded(m.email) == folded(email)), None)
    if known is not None and known.state == "active" and not key:
        return _into(here, known, team)
    if known is not None and known.state == "active":
        raise Negative(
            f"{known.email} is a member already",
            "a new key is added by one of his own devices: git naturecode device add",
        )
    member = known.id if known else _new_id(here.store)
    name = next((one.name for one in asked if one.keys[:1] == (key,)), known.name if known else "")
    keys: Sequence[str] = [key] if key else known.keys if known and known.state == "removed" else ()
    record = ops.record(member, name, known.email if known else email, role, keys, [team.id])
    if keys:
        here.say(ops.member(record))
        return Added(here.standing.members[member], team, True)
    if known and (code := _kept(here.store, known.invite)):
        return Added(known, team, False, code, asked)
    from git_naturecode.crypto import invitation

    made = invitation.make(here.store.random(invitation.RANDOM_BYTES), standing.team)
    here.say(ops.member(record, made.public))
    _keep(here.store, made.public, made.text)
    return Added(here.standing.members[member], team, known is None, made.text, asked)


def _into(here: Here, member: Member, team: TeamInfo) -> Added:
    new = team.id not in member.teams
    if new:
        here.say(ops.team_member(team.id, member.id, True))
    return Added(here.standing.members[member.id], team, new)


def _asked(here: Here, email: str) -> tuple[Asking, ...]:
    wanted = folded(email)
    return tuple(sound(one for one in here.standing.requests if folded(one.email) == wanted))


def _requested(asked: Sequence[Asking], email: str, wanted: str) -> str:
    """The key that somebody asked to join with; `wanted` is one, or the beginning of its print."""
    keys = list(dict.fromkeys(one.keys[0] for one in asked))
    prints = {key: print_of(key) for key in keys}
    found = [key for key in keys if key == wanted or prints[key].startswith(wanted)]
    if not keys:
        raise Negative(
            f"nobody has asked to join as {email}",
            "he asks with `git naturecode team join` and `git naturecode sync`; then sync here. "
            f"Or invite him: git naturecode team add {quote(email)}",
        )
    if len(found) != 1:
        raise Negative(
            f"{len(keys)} keys ask to join as {email}: {', '.join(prints.values())}",
            "ask him which is his: "
            f"git naturecode team add {quote(email)} --request --key SHA256:...",
        )
    return found[0]


def remove(here: Here, member: Member, team: TeamInfo | None) -> None:
    """Take `member` out of `team` (None: out of all, with every right).

    Raises NotPermitted where the others would not take it, or nobody could undo it.
    """
    if team is not None:
        here.say(ops.team_member(team.id, member.id, False))
        return
    gone = ops.remove(member.id)
    here.require(gone)
    _keep_an_admin(here, member)
    here.say(gone)
    _forget(here.store, member.invite)


def set_role(
    here: Here, member: Member, role: str, allow: Sequence[str] = (), deny: Sequence[str] = ()
) -> Member:
    """Give `member` the role, and single permissions beside it; what he is after that.

    Exceptions of before stay but where `allow` or `deny` say otherwise.
    """
    role = role_named(role)
    for one in (*allow, *deny):
        if one not in roles.PERMISSIONS and one not in roles.MEMBER_PERMISSIONS:
            known = ", ".join((*roles.PERMISSIONS, *roles.MEMBER_PERMISSIONS))
            raise Usage(f"{one!r} is not a permission", f"use {known}")
    if both := set(allow) & set(deny):
        raise Usage(f"{', '.join(sorted(both))} cannot be both allowed and denied")
    allowed = sorted((set(member.allow) | set(allow)) - set(deny))
    denied = sorted((set(member.deny) | set(deny)) - set(allow))
    if (role, allowed, denied) == (member.role, sorted(member.allow), sorted(member.deny)):
        return member
    changed = ops.role(member.id, role, allowed, denied, member.role_ops)
    here.require(changed)
    if role != roles.ADMIN:
        _keep_an_admin(here, member)
    here.say(changed)
    return here.standing.members[member.id]


def _keep_an_admin(here: Here, member: Member) -> None:
    if [one.id for one in admins(here.standing)] == [member.id]:
        raise NotPermitted(
            f"{member.email} is the only admin: nobody could change the team any more",
            "make somebody else one first: git naturecode team role EMAIL admin",
        )


def role_named(text: str) -> str:
    """The role that `text` means; raises Usage for another word."""
    found = roles.named(text)
    if found in ("", roles.NONE):
        known = [one for one in roles.ROLES if one != roles.NONE]
        raise Usage(f"{text!r} is not a role", "use " + ", ".join(known))
    return found


def _new_id(store: Store) -> str:
    return ids.new_entity("member", store.now_ms(), store.random)


def _kept(store: Store, public: str) -> str:
    """The code with this public key, if this clone made it."""
    code = _codes(store).get(public, "") if public else ""
    return code if isinstance(code, str) else ""


def _keep(store: Store, public: str, code: str) -> None:
    _write(store, {**_codes(store), public: code})


def _forget(store: Store, public: str) -> None:
    codes = _codes(store)
    if codes.pop(public, None):
        _write(store, codes)


def _codes(store: Store) -> dict[str, str]:
    with suppress(FileNotFoundError, ValueError):
        with open(os.path.join(store.state_dir, _CODES), encoding="utf-8") as file:
            found = json.load(file)
        return found if isinstance(found, dict) else {}
    return {}


def _write(store: Store, codes: dict[str, str]) -> None:
    path = os.path.join(store.state_dir, _CODES)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(path + ".new", flags, 0o600), "w", encoding="utf-8") as file:
        json.dump(codes, file)
    os.replace(path + ".new", path)
