"""Pins: which team this clone trusts, since when, and what each remote has had of its logs.

Kept in `<git common dir>/naturecode/trust.json`, never pushed, and not disposable: without it a
remote could set us back, and a second team could take the place of the first.
"""

import json
import os
from collections.abc import Callable, Mapping
from typing import NamedTuple

from git_naturecode.errors import NaturecodeError
from git_naturecode.store.lock import hold

_FILE = "trust.json"
_WAIT = 10.0


class Pins(NamedTuple):
    """`team` is the genesis line that is trusted ("": none yet), `since` when it was seen first.

    `heads` has, for each remote, the end of each chain that it had: device -> digest of the line.
    `dropped` are entries in quarantine that this person does not want to hear of again.
    """

    team: str = ""
    since: str = ""
    heads: Mapping[str, Mapping[str, str]] = {}
    dropped: frozenset[str] = frozenset()


NONE = Pins()


def load(state_dir: str) -> Pins:
    """The pins of this clone. Raises NaturecodeError where the file cannot be read as such."""
    path = os.path.join(state_dir, _FILE)
    try:
        with open(path, encoding="utf-8") as file:
            said = json.load(file)
        heads = {
            str(remote): {str(device): str(digest) for device, digest in ends.items()}
            for remote, ends in said.get("heads", {}).items()
        }
        dropped = frozenset(map(str, said.get("dropped", ())))
        return Pins(str(said.get("team", "")), str(said.get("since", "")), heads, dropped)
    except FileNotFoundError:
        return NONE
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise NaturecodeError(
            f"what this clone trusts cannot be read ({path}: {error})",
            "bring the file back, or delete it and compare the six words of `git naturecode trust "
            "show` with those of somebody in the team",
        ) from None


def change(state_dir: str, make: Callable[[Pins], Pins]) -> Pins:
    """Keep what `make` gives for the present pins, on the disk before this returns; gives it."""
    path = os.path.join(state_dir, _FILE)
    with hold(path + ".lock", _WAIT):
        before = load(state_dir)
        pins = make(before)
        if pins != before:
            _save(path, pins)
    return pins


def _save(path: str, pins: Pins) -> None:
    said = {
        "team": pins.team, "since": pins.since, "dropped": sorted(pins.dropped),
        "heads": {remote: dict(ends) for remote, ends in pins.heads.items()},
    }  # fmt: skip
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(said, file, sort_keys=True, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)
