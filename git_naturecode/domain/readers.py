"""Who can read an encrypted session, as far as that can be told without any key."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from git_naturecode.store.entry import Entry, Json


class Readers(NamedTuple):
    """Addresses: of those who have a key, and of those who wait for one. Nobody has verified it."""

    here: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


def readers(entries: Iterable[Entry], session: str) -> Readers:
    """What the newest epoch of `session` among `entries` says."""
    best, found = (0, ""), Readers()
    for entry in entries:
        if entry.kind != "epoch" or entry.body is None:
            continue
        try:
            said: Json = json.loads(entry.body)
            number, roster, waiting = said["epoch"], said["roster"], said["waiting"]
            here = sorted({str(one["who"]) for one in roster.values()})
            order = (int(number), entry.at)
            waits = sorted(map(str, waiting))
            mine = said["session"] == session
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            continue
        if mine and order > best:
            best, found = order, Readers(tuple(here), tuple(waits))
    return found
