"""Teams at work: who begins one, joins, may do what; and how sessions begin in it.

Only what is asked for is loaded: a sync needs no more than the pages of a team.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from git_naturecode.teaming.gate import Gate

if TYPE_CHECKING:
    from git_naturecode.domain.people import People
    from git_naturecode.domain.session import Audience, Session
    from git_naturecode.store.store import Store
    from git_naturecode.teaming.beginning import Plan

__all__ = ["Gate", "audience", "greeting", "people", "plan", "require_sharing"]


def plan(store: "Store", wanted: str | None) -> "Plan":
    """How a session begins that shall be as visible as `wanted`; None: as the team has set it."""
    from git_naturecode.teaming import beginning

    return beginning.plan(store, wanted)


def greeting(store: "Store") -> tuple[str, str]:
    """What somebody should know who sets a clone up where there is a team, and what he can do."""
    from git_naturecode.teaming import beginning

    return beginning.greeting(store)


def people(
    store: "Store", around: "People", wanted: Sequence[str], *, teams: bool = True
) -> Iterator[str]:
    """The addresses that `wanted` mean: addresses, names of members, and of teams (if `teams`)."""
    from git_naturecode.teaming import naming

    return naming.people(store, around, wanted, teams=teams)


def audience(store: "Store", wanted: str) -> "Audience":
    """The team that `wanted` means, as it is written into a session."""
    from git_naturecode.teaming import sharing

    return sharing.audience(store, wanted)


def require_sharing(store: "Store", leaving: "Sequence[Session]", team: "Audience | None") -> None:
    """Raise NotPermitted unless this person may share all of `leaving` (with `team`)."""
    from git_naturecode.teaming import sharing

    sharing.require_sharing(store, leaving, team)
