"""Teams as text, as JSON, and as the file by which git checks signatures."""

import re
from collections.abc import Iterator, Sequence
from shlex import quote
from typing import NamedTuple

from git_naturecode.domain import teams
from git_naturecode.domain.policy.facts import Asking, DeviceInfo, Member, TeamInfo
from git_naturecode.domain.policy.roles import MEMBER_PERMISSIONS
from git_naturecode.domain.policy.standing import Standing
from git_naturecode.render.paint import Paint
from git_naturecode.render.show import fit, line
from git_naturecode.store.entry import Json

_MOST_NAME, _LEAST_NAME = 48, 16
_MOST_ASKING = 10
_ONE_PERSON = r"[^\s*?!,\"]+"  # a principal of git's file may be a pattern, and then means many


class Shown(NamedTuple):
    """A team with what a page about it says: its members, six words, who looks, who asks to join.

    `asking` are the requests and the print of each one's key, `alone` who is in no team at all.
    """

    standing: Standing
    team: TeamInfo
    members: tuple[Member, ...]
    words: str
    me: str
    asking: tuple[tuple[Asking, str], ...]
    alone: tuple[Member, ...] = ()


def team_text(shown: Shown, paint: Paint) -> str:
    """A team to read."""
    return "\n".join(_lines(shown, paint))


def _lines(shown: Shown, paint: Paint) -> Iterator[str]:
    standing, team = shown.standing, shown.team
    yield f"{paint.bold(line(team.name))}  {paint.yellow(team.id)}"
    yield f"mode: {standing.mode}" + (
        " (only what members may do counts)" if standing.mode == "enforced" else
        " (everything counts; what no member signed is shown as unverified)"
    )  # fmt: skip
    yield f"fingerprint: {shown.words}"
    for name, value in teams.settings(team).items():
        yield f"{name}: {line(value_text(value))}"
    yield ""
    width = max([_LEAST_NAME, *(len(_person(one)) for one in shown.members)])
    for one in shown.members:
        yield _member(shown, one, min(width, _MOST_NAME), paint)
    if shown.alone:
        yield ""
        yield "in no team, with rights all the same (git naturecode team remove takes them):"
        yield from (_member(shown, one, min(width, _MOST_NAME), paint) for one in shown.alone)
    for request, print_ in shown.asking[:_MOST_ASKING]:
        who = line(request.email)
        yield ""
        yield f"{who} asks to join, with the key {print_}; if it is he:"
        yield f"  git naturecode team add {quote(who)} --request"
    if len(shown.asking) > _MOST_ASKING:
        yield f"and {len(shown.asking) - _MOST_ASKING} more ask to join (--json lists all)"


def _member(shown: Shown, one: Member, width: int, paint: Paint) -> str:
    marks = []
    if one.id == shown.standing.founder:
        marks.append("founder")
    if one.id == shown.me:
        marks.append("you")
    if more := exceptions(one):
        marks.append(more)
    if one.state == "invited":
        state = "invited" if one.invite else "invited; his code was used twice: invite him anew"
    else:
        number = len(_devices(shown.standing, one))
        state = f"since {one.joined[:10]}  {number} device{'' if number == 1 else 's'}"
    rest = f"  ({', '.join(marks)})" if marks else ""
    return f"{fit(_person(one), width)}  {one.role:<11}  {state}{paint.dim(rest)}"


def _person(one: Member) -> str:
    return line(f"{one.name} <{one.email}>" if one.name else one.email)


def exceptions(one: Member) -> str:
    """What a member may and may not beside his role."""
    said = [f"+{permission}" for permission in one.allow]
    return ", ".join(said + [f"-{permission}" for permission in one.deny])


def value_text(value: Json) -> str:
    """A setting's value as a person writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def teams_text(standing: Standing, known: Sequence[TeamInfo], chosen: str) -> str:
    """A list of teams, one line each; the one that this clone has chosen has a star."""
    width = max(_LEAST_NAME, *(len(line(one.name)) for one in known))
    made = []
    for one in known:
        number = len(teams.members(standing, one))
        star = "*" if chosen and chosen in (one.id, one.name, teams.slug(one.name)) else " "
        made.append(
            f"{star} {fit(line(one.name), min(width, _MOST_NAME))}  {one.id}  "
            f"{number} member{'' if number == 1 else 's'}"
        )
    return "\n".join(made)


def team_json(standing: Standing, team: TeamInfo) -> dict[str, Json]:
    """One team of a list."""
    return {
        "id": team.id, "name": team.name, "settings": teams.settings(team),
        "members": len(teams.members(standing, team)),
    }  # fmt: skip


def shown_json(shown: Shown) -> dict[str, Json]:
    """A team with its members, by the keys of the specification, and ours beside them."""
    return {
        "id": shown.team.id, "name": shown.team.name, "mode": shown.standing.mode,
        "settings": teams.settings(shown.team), "genesis": shown.standing.team,
        "fingerprint": shown.words, "me": shown.me or None,
        "members": [member_json(shown.standing, one) for one in shown.members],
        "inNoTeam": [member_json(shown.standing, one) for one in shown.alone],
        "requests": [
            {"email": one.email, "name": one.name, "key": one.keys[0], "fingerprint": print_,
             "deviceId": one.device}
            for one, print_ in shown.asking
        ],
    }  # fmt: skip


def member_json(standing: Standing, one: Member) -> dict[str, Json]:
    """A member: who, as what, since when, what he may do."""
    return {
        "id": one.id, "name": one.name, "email": one.email, "role": one.role,
        "joinedAt": one.joined or None, "state": one.state, "teams": sorted(one.teams),
        "permissions": {name: name in one.permissions for name in MEMBER_PERMISSIONS},
        "allow": list(one.allow), "deny": list(one.deny),
        "rolePermissions": sorted(p for p in one.permissions if ":" in p),
        "devices": [
            {"id": device, "label": info.label, "revoked": bool(info.revoked),
             "expires": info.expires or None}
            for device, info in sorted(_devices(standing, one).items())
        ],
    }  # fmt: skip


def _devices(standing: Standing, one: Member) -> dict[str, DeviceInfo]:
    return {
        device: info
        for device, info in standing.devices.items()
        if info.member == one.id and not info.revoked
    }


def allowed_signers(members: Sequence[Member]) -> str:
    """The keys of `members` as git and ssh-keygen read them (gpg.ssh.allowedSignersFile)."""
    return "".join(
        f"{one.email} {key}\n"
        for one in members
        if one.state == "active" and re.fullmatch(_ONE_PERSON, one.email)
        for key in one.keys
    )
