"""Sharing with a team: which one is meant, and whether this person may."""

from collections.abc import Sequence

from git_naturecode.domain import drafts, teams
from git_naturecode.domain import session as sessions
from git_naturecode.store.store import Store
from git_naturecode.teaming.gate import Gate
from git_naturecode.teaming.looking import look


def audience(store: Store, wanted: str) -> sessions.Audience:
    """The team that `wanted` means, as it is written into a session.

    Raises Negative, with the known names, where there is none.
    """
    standing = look(store)
    if standing is None:
        raise teams.unknown_team(wanted)
    team = teams.find_team(standing, wanted)
    return sessions.Audience(team.id, team.name)


def require_sharing(
    store: Store, leaving: Sequence[sessions.Session], team: sessions.Audience | None
) -> None:
    """Raise NotPermitted unless this person may share all of `leaving` (with `team`).

    Without any: unless he may share what nobody has here yet.
    """
    gate = Gate(store)
    if gate.standing is None:
        return
    begun, shared = drafts.opening("", "team", ""), drafts.setting([], "visibility", "team")
    if not leaving:
        gate.require([begun, shared])
    for one in leaving:
        gate.require([shared] if one.shared else [begun, shared], one)
        if team is not None:
            gate.require([drafts.audience([], team.id, team.name)], one)
