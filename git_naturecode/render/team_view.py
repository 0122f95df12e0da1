"""A team as a file of the data branch, to be read on a forge; no program reads it back."""

import json
import re

from git_naturecode.domain import teams
from git_naturecode.domain.policy.facts import Member, TeamInfo
from git_naturecode.domain.policy.standing import Standing
from git_naturecode.render.show import line

RENDERER = 1  # a file by a later one stays as it is
_MOST_BYTES = 60_000  # a YAML file of the branch may have 64 KiB; later members are left out
_HEAD = """\
# Made by `git naturecode` from the signed log; changing it changes nothing.
# What holds, and who signed it: git naturecode team show, git naturecode trust show
"""
_WRITTEN_BY = re.compile(rb"^renderer: ([0-9]{1,9})$", re.M)


def path(team: TeamInfo) -> str:
    """Where the file of `team` stands."""
    return f"team/{team.id}.yml"


def text(standing: Standing, team: TeamInfo, words: str) -> bytes:
    """The file of `team`; `words` is the fingerprint of its root.

    The same logs give the same bytes in every clone.
    """
    inside = sorted(teams.members(standing, team), key=lambda one: (one.order, one.id))
    made = [f"renderer: {RENDERER}", f"id: {_quoted(team.id)}", f"name: {_quoted(team.name)}"]
    made += [f"deleted: {_quoted(team.deleted)}", f"mode: {_quoted(standing.mode)}"]
    made += [f"fingerprint: {_quoted(words)}", "settings:"]
    made += [f"  {key}: {_quoted(value)}" for key, value in teams.settings(team).items()]
    made += [f"members: # {len(inside)}" if inside else "members: []"]
    data = (_HEAD + "\n".join(made) + "\n").encode("utf-8", "replace")
    for one in inside:
        data += ("\n".join(_member(one)) + "\n").encode("utf-8", "replace")
        if len(data) > _MOST_BYTES:
            break
    return data


def is_newer(data: bytes) -> bool:
    """True for the file of a later renderer."""
    found = _WRITTEN_BY.search(data)
    return found is not None and int(found[1]) > RENDERER


def _member(one: Member) -> list[str]:
    said = {
        "email": one.email, "name": one.name, "role": one.role, "state": one.state,
        "since": one.joined[:10],
    }  # fmt: skip
    if one.allow or one.deny:
        said |= {"allow": " ".join(one.allow), "deny": " ".join(one.deny)}
    return [
        ("  - " if number == 0 else "    ") + f"{key}: {_quoted(value)}"
        for number, (key, value) in enumerate(said.items())
    ]


def _quoted(value: object) -> str:
    """A scalar that is YAML and JSON at once, on one line, with nothing that hides in it."""
    return json.dumps(line(value) if isinstance(value, str) else value, ensure_ascii=False)
