"""Whom a person means: an address, the name of somebody around, of a member, or of a team."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from git_naturecode.domain import teams as known_teams
from git_naturecode.domain.people import ADDRESS, People, named
from git_naturecode.errors import Negative
from git_naturecode.store.store import Store
from git_naturecode.teaming.looking import look

if TYPE_CHECKING:
    from git_naturecode.domain.policy import Standing


def people(
    store: Store, around: People, wanted: Sequence[str], *, teams: bool = True
) -> Iterator[str]:
    """The addresses that `wanted` mean; a team (if `teams`) stands for its members.

    Those `around` a session come first. Raises Negative for a name that nobody has.
    """
    standing = None
    for one in wanted:
        try:
            yield named(around, one)
        except Negative as unknown:
            standing = standing or look(store)
            if re.fullmatch(ADDRESS, one) or standing is None:
                raise
            yield from _members(standing, one, unknown, teams=teams)


def _members(standing: "Standing", wanted: str, unknown: Negative, *, teams: bool) -> list[str]:
    try:
        return [known_teams.find_member(standing, wanted).email]
    except Negative:
        if not teams:
            raise unknown from None
    try:
        team = known_teams.find_team(standing, wanted)
    except Negative:
        raise unknown from None
    return [one.email for one in known_teams.members(standing, team)]
