"""Beginning a team, naming it, deleting it, and what it sets."""

import hashlib
from typing import NamedTuple

from git_naturecode import ids, trusting
from git_naturecode.domain import teams
from git_naturecode.domain.policy import ops, roles
from git_naturecode.domain.policy.facts import TeamInfo
from git_naturecode.errors import Negative, NotPermitted, Usage
from git_naturecode.store import attachments
from git_naturecode.store.entry import Json
from git_naturecode.store.store import TEAM
from git_naturecode.teaming.here import Here

_HASHES_A_FILE = 100_000  # of 65 bytes each; a file of the branch may have 10 MiB


class Made(NamedTuple):
    """A team, whether it is new, and what its genesis took in: chains, uncovered entries."""

    team: TeamInfo
    new: bool
    first: bool = False
    chains: int = 0
    inherited: int = 0


class Changed(NamedTuple):
    """A setting before and after."""

    team: TeamInfo
    name: str
    before: Json
    value: Json


def create(here: Here, name: str, mode: str = "enforced") -> Made:
    """Begin the team `name`: the first one is the root of all trust in this repository.

    Said again it is there already. Raises NotPermitted where somebody else has begun one.
    """
    name = teams.proper_name(name)
    standing = here.standing
    if standing.team or len(standing.geneses) > 1:
        here.require_team()
        return _another(here, name, mode)
    trusting.sign(here.store)
    uncovered = sorted(trusting.uncovered(here.store))
    files = _listed(uncovered)
    attachments.put(here.store, TEAM, files)
    store, now = here.store, here.store.now_ms()
    standing = here.again()
    heads = {device: digest for device, (_, digest) in standing.heads.items()}
    team = ids.new_entity("team", now, store.random)
    founder = ops.record(
        ids.new_entity("member", now, store.random), store.config.get("user.name"), store.person,
        roles.ADMIN, [here.key], [team],
    )  # fmt: skip
    nonce = store.random(16).hex()
    begun = ops.genesis(team, name, founder, heads, nonce, mode=mode, inherited=list(files))
    here.pin(here.append(begun))
    return Made(here.standing.teams[team], True, True, len(heads), len(uncovered))


def _another(here: Here, name: str, mode: str) -> Made:
    standing = here.standing
    same = [one for one in teams.teams(standing) if teams.slug(one.name) == teams.slug(name)]
    if here.me is None:
        known = ", ".join(one.name for one in teams.teams(standing)) or "without a name"
        raise NotPermitted(
            f"this repository has a team already ({known})", "git naturecode team join"
        )
    if same:
        return Made(same[0], False)
    new = ids.new_entity("team", here.store.now_ms(), here.store.random)
    again = not teams.teams(standing) and mode != standing.mode
    more = [ops.policy(mode)] if again else []
    here.say(ops.team(new, name), *more, also=[ops.team_member(new, here.me.id, True)])
    return Made(here.standing.teams[new], True)


def _listed(hashes: list[str]) -> dict[str, bytes]:
    """The files that list `hashes`, by their own SHA-256."""
    files = {}
    for start in range(0, len(hashes), _HASHES_A_FILE):
        data = "".join(f"{one}\n" for one in hashes[start : start + _HASHES_A_FILE]).encode()
        files[hashlib.sha256(data).hexdigest()] = data
    return files


def delete(here: Here, team: TeamInfo) -> bool:
    """Delete `team`: its name and its settings; members, their roles and all sessions stay.

    True where it was the only one: then everybody may write again (mode open).
    """
    last = len(teams.teams(here.standing)) == 1
    mode = [ops.policy("open")] if last and here.standing.mode != "open" else []
    here.say(*mode, ops.team_delete(team.id))
    return last


def change(here: Here, team: TeamInfo, name: str, text: str) -> Changed:
    """Set `name` of `team` to what `text` means; the same as before is not said again.

    Raises Usage for what no team has, or a value that it cannot have.
    """
    standing = here.standing
    if name == "mode":
        if text not in teams.MODES:
            raise Usage(f"mode cannot be {text!r}", "use " + ", ".join(teams.MODES))
        if standing.mode != text:
            here.say(ops.policy(text))
        return Changed(team, name, standing.mode, text)
    if name == "name":
        return _rename(here, team, teams.proper_name(text))
    value = teams.setting(name, text)
    before = teams.settings(team)[name]
    if value != before or name not in team.settings:
        here.say(ops.set(team.id, name, value, list(team.setting_ops.get(name, ()))))
    return Changed(team, name, before, value)


def _rename(here: Here, team: TeamInfo, name: str) -> Changed:
    for one in teams.teams(here.standing):
        if one.id != team.id and teams.slug(one.name) == teams.slug(name):
            raise Negative(f"there is a team {one.name} already", "choose another name")
    if name != team.name:
        here.say(ops.team(team.id, name))
    return Changed(team, "name", team.name, name)
