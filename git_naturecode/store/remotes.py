"""What this clone remembers of each remote: what it refuses, how the last syncs went."""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.clock import DAY_MS
from git_naturecode.config import Config
from git_naturecode.store.entry import Json

AGAIN_MS = DAY_MS  # what was refused is asked for again after that time
MINUTE_MS = 60_000
PUSHES_A_MINUTE = 6  # what hosts advise; only syncs that nobody asked for are held to it
_MAX_TEXT = 300
_MAX_TAKEN = 100

BRANCH, FORCE, NOTES, OUTBOX, DELETION = "branch", "force", "notes", "outbox", "deletion"
"""What a host may refuse: our branch at all, to force it, notes, outboxes, to delete a ref."""


class Event(NamedTuple):
    """Something that happened at `at` (ms since the epoch), in words ("": nothing went wrong)."""

    at: int
    text: str = ""


class Memory:
    """What is known of one remote, kept in the file `path`.

    `left` is our state that waits in its outbox; `taken` are outboxes that are taken in already
    and that nobody may delete; `pushes` the times (ms) of the latest pushes; `failures` how many
    automatic syncs in a row failed; `unpurged` says that it may hold what was purged here.
    """

    def __init__(self, path: str, url: str) -> None:
        self.path = path
        self.url = url
        self.refused: dict[str, Event] = {}
        self.last: Event | None = None
        self.automatic: Event | None = None
        self.failures = 0
        self.left = ""
        self.taken: list[str] = []
        self.pushes: list[int] = []
        self.unpurged = False

    def refuses(self, what: str, now_ms: int) -> bool:
        """True when it refused `what` (BRANCH, NOTES, ...) lately, so that asking is no use."""
        event = self.refused.get(what)
        return event is not None and abs(now_ms - event.at) < AGAIN_MS

    def refuse(self, what: str, why: str, now_ms: int) -> bool:
        """Remember that it refused `what`; True when that is news."""
        new = what not in self.refused
        self.refused[what] = Event(now_ms, why[:_MAX_TEXT])
        return new

    def pushed(self, now_ms: int) -> None:
        """Remember a push."""
        self.pushes = [*self._recent(now_ms), now_ms][-PUSHES_A_MINUTE:]

    def wait_ms(self, now_ms: int) -> int:
        """How long an automatic sync has to wait until it may push again."""
        recent = self._recent(now_ms)
        return 0 if len(recent) < PUSHES_A_MINUTE else recent[0] + MINUTE_MS - now_ms

    def took(self, oids: list[str]) -> None:
        """Remember outboxes that are taken in and cannot be deleted."""
        self.taken = list(dict.fromkeys([*self.taken, *oids]))[-_MAX_TAKEN:]

    def save(self, random: ids.RandomBytes) -> None:
        """Write it down; whoever reads meanwhile sees the one or the other."""
        os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
        value = {name: value for name, value in vars(self).items() if name != "path"}
        with open(f"{self.path}.{ids.base32(random(5), 8)}", "w", encoding="utf-8") as file:
            json.dump(value, file)
        os.replace(file.name, self.path)

    def _recent(self, now_ms: int) -> list[int]:
        return sorted(at for at in self.pushes if 0 <= now_ms - at < MINUTE_MS)


def load(state_dir: str, config: Config, name: str) -> Memory:
    """What is remembered of the remote `name`; nothing where its address has changed since."""
    path, url = _path(state_dir, name), _mark(config, name)
    try:
        with open(path, encoding="utf-8") as file:
            known = json.load(file)
        if known["url"] == url:
            return _read(Memory(path, url), known)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        pass
    return Memory(path, url)


def component(name: str) -> str:
    """The remote's name as one part of a ref or file name."""
    plain = re.fullmatch(r"[0-9A-Za-z_][0-9A-Za-z_-]{0,63}", name)
    return name if plain else ids.digest32((name,), 16)


def _path(state_dir: str, name: str) -> str:
    return os.path.join(state_dir, "remotes", f"{component(name)}.json")


def _mark(config: Config, name: str) -> str:
    """The remote's address, so that its change is seen; it may hold a password."""
    where = [*config.all(f"remote.{name}.url"), *config.all(f"remote.{name}.pushurl")]
    return hashlib.sha256("\n".join(where).encode("utf-8", "replace")).hexdigest()[:16]


def _read(memory: Memory, known: Mapping[str, Json]) -> Memory:
    refused = known["refused"]
    taken, pushes = known["taken"], known["pushes"]
    assert isinstance(refused, dict)
    assert isinstance(taken, list)
    assert isinstance(pushes, list)
    memory.refused = {what: event for what, one in refused.items() if (event := _event(one))}
    memory.last, memory.automatic = _event(known["last"]), _event(known["automatic"])
    memory.failures = int(str(known["failures"]))
    memory.left = str(known["left"])
    memory.taken = list(map(str, taken))
    memory.pushes = [int(str(at)) for at in pushes]
    memory.unpurged = known.get("unpurged") is True
    return memory


def _event(value: Json) -> Event | None:
    return Event(int(str(value[0])), str(value[1])) if isinstance(value, list) else None
