"""A team as it is shown: everything about it that people and programs want to know."""

from git_naturecode.domain import teams
from git_naturecode.domain.policy import words
from git_naturecode.domain.policy.facts import TeamInfo
from git_naturecode.render.team import Shown
from git_naturecode.teaming.here import Here, print_of, sound


def shown(here: Here, team: TeamInfo) -> Shown:
    """`team` with all that a page about it says."""
    standing, me = here.standing, here.me
    inside = teams.members(standing, team)
    known = {one.id for one in teams.teams(standing)}
    alone = [one for one in teams.members(standing) if not known.intersection(one.teams)]
    return Shown(
        standing, standing.teams[team.id], tuple(inside), words.fingerprint(standing.team),
        me.id if me else "",
        tuple((one, print_of(one.keys[0])) for one in sound(standing.requests)),
        tuple(alone),
    )  # fmt: skip
