"""Teams as people speak of them: their settings, and which member or team somebody means."""

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

from git_naturecode.domain.people import ADDRESS, key
from git_naturecode.domain.session import VISIBILITIES
from git_naturecode.errors import Negative, Usage
from git_naturecode.store.entry import Json

if TYPE_CHECKING:
    from git_naturecode.domain.policy import Member, Standing, TeamInfo

# What a team may set, and what holds where it has not.
DEFAULTS: dict[str, Json] = {
    "defaultModel": "deepseek-chat", "sessionVisibility": "team", "autoJoin": False,
}  # fmt: skip
MODES = ("open", "enforced")
MOST_NAME = 100  # characters
NEAREST = 3
_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_MODEL = r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}"


def setting(name: str, text: str) -> Json:
    """The value that `text` means for the setting `name` of DEFAULTS, as it is written down.

    Raises Usage where there is no such setting, or it cannot have that value.
    """
    if name not in DEFAULTS:
        raise Usage(f"{name!r} is not a setting of a team", "use " + ", ".join(settable()))
    if name == "autoJoin":
        if text.lower() not in _YES + _NO:
            raise Usage(f"autoJoin cannot be {text!r}", "use true or false")
        return text.lower() in _YES
    if name == "sessionVisibility":
        if text not in VISIBILITIES:
            raise Usage(f"sessionVisibility cannot be {text!r}", "use " + ", ".join(VISIBILITIES))
        return text
    if not re.fullmatch(_MODEL, text):
        raise Usage(f"{text!r} cannot be the name of a model", "use one such as deepseek-chat")
    return text


def settable() -> list[str]:
    """All that `team set` can change."""
    return [*DEFAULTS, "mode", "name"]


def settings(team: "TeamInfo | None") -> dict[str, Json]:
    """Every setting of `team` with its value; one that this program cannot use is as if unset."""
    found = dict(DEFAULTS)
    for name, value in (team.settings if team else {}).items():
        try:
            found[name] = setting(name, str(value).lower() if value in (True, False) else value)
        except (Usage, AttributeError, TypeError):
            continue
    return found


def tighter(one: str, other: str) -> str:
    """Of two visibilities the one that fewer people can read."""
    return min(one, other, key=VISIBILITIES.index)


def proper_name(name: str) -> str:
    """`name` as the name of a team: one line; raises Usage where it says nothing or too much."""
    name = " ".join(name.split())
    if not name:
        raise Usage("a team needs a name")
    if len(name) > MOST_NAME:
        raise Usage(f"the name has {len(name)} characters", f"{MOST_NAME} are the most")
    return name


def slug(name: str) -> str:
    """`name` as it can be typed without quotes: `Backend Team` is `backend-team`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def teams(standing: "Standing") -> "list[TeamInfo]":
    """The teams that there are, by their names."""
    known = (team for team in standing.teams.values() if not team.deleted)
    return sorted(known, key=lambda team: (team.name.casefold(), team.id))


def find_team(standing: "Standing", wanted: str) -> "TeamInfo":
    """The team that `wanted` means: its name, the same without blanks and capitals, or its id.

    Raises Negative with the known names.
    """
    known = teams(standing)
    found = [one for one in known if one.id == wanted or one.name == wanted]
    found = found or [one for one in known if slug(one.name) == slug(wanted) != ""]
    if len(found) == 1:
        return found[0]
    if found:
        raise Negative(
            f"{len(found)} teams are called {wanted!r}", "name it by its id: " + _ids(found)
        )
    if not known:
        raise unknown_team(wanted)
    raise Negative(
        f"there is no team {wanted!r}", "there is " + ", ".join(one.name for one in known)
    )


def chosen_team(standing: "Standing", wanted: str) -> "TeamInfo":
    """`find_team`, or without a name the only team; raises Usage where there are several."""
    if wanted:
        return find_team(standing, wanted)
    known = teams(standing)
    if len(known) == 1:
        return known[0]
    if not known:
        raise no_team()
    raise Usage(
        f"this repository has {len(known)} teams",
        f"choose one: --team {slug(known[0].name) or known[0].id} (or of "
        + ", ".join(one.name for one in known[1:])
        + "), for good with: git config naturecode.team NAME",
    )


def unknown_team(wanted: str) -> Negative:
    """What is said of a team that somebody names where there is none at all."""
    return Negative(
        f"there is no team {wanted!r}: this repository has no team yet",
        "git naturecode team create NAME",
    )


def no_team() -> Negative:
    """What is said where there is no team at all."""
    return Negative(
        "this repository has no team yet",
        "git naturecode team create NAME; if another clone has one: git naturecode sync",
    )


def members(standing: "Standing", team: "TeamInfo | None" = None) -> "list[Member]":
    """Who is in `team`, or in any; the invited too, the most senior first."""
    return [
        one
        for one in standing.members.values()
        if one.state != "removed" and (team is None or team.id in one.teams)
    ]


def find_member(standing: "Standing", wanted: str) -> "Member":
    """The member, or invited one, that `wanted` means: an address, a name, or an id.

    Raises Negative with the nearest.
    """
    known = members(standing)
    found = [one for one in known if key(one.email) == key(wanted)]
    found = found or [one for one in known if one.id == wanted]
    found = found or [one for one in known if one.name and key(one.name) == key(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        alike = len({key(one.email) for one in found}) < len(found)
        names = [one.id if alike else one.email for one in found]
        raise Negative(
            f"{len(found)} members are called {wanted!r}", "write one of " + ", ".join(names)
        )
    raise Negative(f"{wanted} is not a member", _nearest(wanted, known))


def address(text: str) -> str:
    """`text` where it is an e-mail address; raises Usage for anything else."""
    if not re.fullmatch(ADDRESS, text):
        raise Usage(f"{text!r} is not an e-mail address", "write it like ben@example.com")
    return text


def _nearest(wanted: str, known: "Iterable[Member]") -> str:
    import difflib

    every = {one.email.partition("@")[0]: one.email for one in known}  # many share what follows
    near = difflib.get_close_matches(wanted.partition("@")[0], list(every), NEAREST, 0.5)
    if near:
        names = ", ".join(every[one] for one in near)
        return f"did you mean {names}? `git naturecode team show` lists all"
    return "`git naturecode team show` lists them"


def _ids(found: "Iterable[TeamInfo]") -> str:
    return ", ".join(one.id for one in found)
