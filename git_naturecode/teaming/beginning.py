"""How a new session begins in a team: who can read it, and who takes part from the first."""

from typing import TYPE_CHECKING, NamedTuple

from git_naturecode.domain import drafts, teams
from git_naturecode.domain.people import key
from git_naturecode.errors import NaturecodeError
from git_naturecode.store.entry import Draft
from git_naturecode.store.store import Store
from git_naturecode.teaming.looking import look

if TYPE_CHECKING:
    from git_naturecode.domain.policy import Member, Standing, TeamInfo

_SETTING = "naturecode.sessionVisibility"


class Plan(NamedTuple):
    """Who shall be able to read a new session, and who takes part beside whoever begins it."""

    visibility: str
    joining: "tuple[Member, ...]" = ()
    held: str = ""

    @property
    def drafts(self) -> list[Draft]:
        """The entries that say who takes part."""
        return [drafts.taking_part(one.email, one.name) for one in self.joining]


def plan(store: Store, wanted: str | None) -> Plan:
    """How a session begins that shall be `wanted`; None: as the team has set it.

    What the team has set only tightens: it is public only where this clone accepts that
    (naturecode.sessionVisibility); `held` names what was asked for and not followed.
    """
    standing = look(store)
    team = mine(store, standing) if standing else None
    asked = str(teams.settings(team)["sessionVisibility"])
    found = wanted or teams.tighter(asked, accepted_visibility(store))
    held = asked if wanted is None and found != asked and found == "team" else ""
    joins = found != "private" and teams.settings(team)["autoJoin"]
    if standing is None or team is None or not joins:
        return Plan(found, (), held)
    inside = [
        one
        for one in teams.members(standing, team)
        if one.state == "active" and one.role != "bot" and key(one.email) != key(store.person)
    ]
    return Plan(found, tuple(inside), held)


def mine(store: Store, standing: "Standing") -> "TeamInfo | None":
    """The team that counts for what is begun here: the configured one, else the only one.

    Of several it is the only one that this person is in.
    """
    known = teams.teams(standing)
    if wanted := store.config.get("naturecode.team"):
        return teams.find_team(standing, wanted) if known else None
    if len(known) > 1:
        device = standing.devices.get(store.device)
        known = [one for one in known if device and device.member in one.members]
    return known[0] if len(known) == 1 else None


def accepted_visibility(store: Store) -> str:
    """The most open visibility that a session has here by default.

    Raises Usage where the configuration names none.
    """
    return str(teams.setting("sessionVisibility", store.config.get(_SETTING) or "team"))


def accept(store: Store, visibility: str) -> None:
    """Have new sessions of this clone be as open as `visibility` where the team wants that."""
    store.repo.program.run("config", "--local", _SETTING, visibility)


def greeting(store: Store) -> tuple[str, str]:
    """What somebody should know who sets a clone up where there is a team, and what he can do.

    Both are "" where there is nothing to say.
    """
    standing = look(store)
    if standing is None:
        return "", ""
    from git_naturecode.domain.policy.facts import same
    from git_naturecode.teaming.here import Here
    from git_naturecode.teaming.words import article

    here = Here(store)
    names = " and ".join(one.name for one in teams.teams(standing)) or "a team"
    if here.me is not None and here.me.state == "active":
        try:
            says = f"git says that {store.person} writes here"
            mine = same(store.person) in here.me.emails
        except NaturecodeError:
            says, mine = "git does not know who writes here", False
        mend = f"{says}, the team knows you as {here.me.email}: git config user.email "
        advice = "" if mine else mend + here.me.email
        return f"you are {article(here.me.role)} of {names} here", advice
    return (
        f"this repository belongs to {names}; its fingerprint, to compare with its people: "
        f"{here.fingerprint}",
        "to write in shared sessions, join with the code that you were sent: git naturecode team "
        "join CODE; without one, ask: git naturecode team join",
    )
