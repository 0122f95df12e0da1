"""Giving keys to devices that came, and new keys where devices went: what a sync does besides."""

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from git_naturecode.domain.kinds import SESSION, open_index
from git_naturecode.errors import NaturecodeError
from git_naturecode.store.entry import Json
from git_naturecode.store.store import TEAM, Store

if TYPE_CHECKING:
    from git_naturecode.sealed.vault import Keys

_SEEN, _DONE = "sealed", "sealed-renewed"


def note(store: Store) -> None:
    """Remember that this clone has something to do with encrypted sessions."""
    path = os.path.join(store.state_dir, _SEEN)
    with suppress(OSError):
        if not os.path.exists(path):
            with open(path, "xb"):
                pass


def is_due(store: Store) -> bool:
    """True when anything has changed since `renew` looked last; costs a look at two files."""
    if not os.path.exists(os.path.join(store.state_dir, _SEEN)):
        return False
    return _read(store).get("tree") != store.team.tree()


def renew(store: Store) -> int:
    """Begin the epochs that are due in the sessions that this user can read; how many those were.

    Devices that were added get a key so; those that were revoked get none of the next. Only
    sessions are looked at that have changed, unless a device came or went.
    """
    from git_naturecode.sealed.vault import Keys

    keys, before = Keys(store), _read(store)
    devices = keys.members.fingerprint()
    known = before.get("sessions") if before.get("devices") == devices else None
    known = known if isinstance(known, dict) else {}
    rows = _rows(store)
    made = sum(
        _renewed(store, keys, entity)
        for entity, changed in rows.items()
        if known.get(entity) != changed
    )
    if made:
        store.settle()
        rows = _rows(store)
    _write(store, {"tree": store.team.tree(), "devices": devices, "sessions": rows})
    return made


def _renewed(store: Store, keys: "Keys", entity: str) -> int:
    with suppress(NaturecodeError):  # what is wrong with one shall not hold up the others
        entries = keys.renewed(entity)
        store.keep(TEAM, entity, entries)
        return len(entries)
    return 0


def _rows(store: Store) -> dict[str, Json]:
    """The encrypted sessions, and when each was last changed."""
    index = open_index(store)
    try:
        index.refresh()
        asked = {"encrypted": ["yes"], "status": ["active", "closed"]}
        return {str(row["id"]): row["updatedAt"] for row in index.page(SESSION, asked).rows}
    finally:
        index.close()


def _read(store: Store) -> dict[str, Json]:
    try:
        with open(os.path.join(store.state_dir, _DONE), encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(store: Store, value: dict[str, Json]) -> None:
    path = os.path.join(store.state_dir, _DONE)
    with suppress(OSError), open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)
