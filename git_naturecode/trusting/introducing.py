"""Introducing a device: another clone of a member says whose it is before it says anything else."""

import os
from contextlib import suppress

from git_naturecode import trusting
from git_naturecode.git import tree
from git_naturecode.store import memory
from git_naturecode.store.store import Store

_DONE, _NO_TEAM, _TRUST = "introduced-to-team", "no-team", "log/trust"


def introduce(store: Store) -> bool:
    """Say whose this clone's device is, where a team wants to know and it has said nothing yet.

    Only when the key that certifies it is one of an active member's: a stranger's device is
    introduced by whatever it signs. True when something was written. Costs a look at a few files
    once it is done, and where there is no team while neither the branch nor the pin changes.
    """
    marker = os.path.join(store.state_dir, _DONE)
    if os.path.exists(marker):
        return False
    state = trusting.state(store)
    if memory.was_done(store, _NO_TEAM, state):
        return False
    if tree.find(store.team.objects, store.team.tree(), _TRUST) is None:
        return False
    keeper = trusting.keeper(store)
    keeper.refresh()
    if not trusting.has_team(store):
        if keeper.is_complete:
            memory.done(store, _NO_TEAM, state)
        return False
    said = bool(keeper.db.tip(store.device).seq)
    if not said and not _is_certified(store):
        return False
    if not said:
        trusting.append(store, [])
    with suppress(OSError), open(marker, "wb"):
        pass
    return not said


def _is_certified(store: Store) -> bool:
    """True when the key of an active member certifies this device."""
    from git_naturecode import identity

    found = identity.certificate(store)
    if not isinstance(found, dict):
        return False
    members = trusting.standing(store).members.values()
    return any(one.state == "active" and found.get("key") in one.keys for one in members)
