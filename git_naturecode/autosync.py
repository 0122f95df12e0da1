"""Automatic sync: what was written is shared by a detached process, in bundles, seldom enough."""

import os
import time
from collections.abc import Callable

from git_naturecode import trace
from git_naturecode.errors import NaturecodeError
from git_naturecode.git import remote
from git_naturecode.store import remotes
from git_naturecode.store.alone import Alone
from git_naturecode.store.remotes import Event, Memory
from git_naturecode.store.store import Store

COMMAND = "autosync"
KEY = "naturecode.autoSync"
ON_PUSH = "naturecode.syncOnPush"
SWITCH = "NATURECODE_BACKGROUND"  # 0 in the environment: nothing is started
GATHER_SECONDS = 2.0  # what is written within that time goes along in one push
_RETRY_MS, _LONGEST_MS = 60_000, 3_600_000
# Nobody is there to answer: neither a terminal nor a window may ask for a password.
UNATTENDED = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "SSH_ASKPASS_REQUIRE": "never"}


def start(store: Store) -> bool:
    """Start the detached sync where the user wants one and something waits; True when it did.

    Never fails and never waits. Costs the read of a setting where it is off.
    """
    try:
        if store.environ.get(SWITCH) == "0" or not store.config.flag(KEY, False):
            return False
        return waits(store) and launch(store)
    except (OSError, NaturecodeError) as error:
        trace.note("autosync", str(error))
        return False


def launch(store: Store) -> bool:
    """Start the detached sync, unless one is at work, which then looks once more."""
    return Alone(store, COMMAND).launch(UNATTENDED)


def pushed(store: Store, name: str, sleep: Callable[[float], None] = time.sleep) -> int:
    """Sync after the user's own push to the remote `name`; how many syncs that were.

    Only what is already shared goes, only to the remote that we sync with, and only where
    something waits.
    """
    if not store.config.flag(ON_PUSH, True) or name != remote.choose(store.config):
        return 0
    if not waits(store):
        return 0
    Alone(store, COMMAND).ask()
    return work(store, sleep)


def waits(store: Store) -> bool:
    """True when something is here that the remote lacks, and it is time to try; asks nobody."""
    name = remote.choose(store.config)
    if name is None:
        return False
    memory, now = remotes.load(store.state_dir, store.config, name), store.now_ms()
    if memory.automatic and abs(now - memory.automatic.at) < _pause_ms(memory):
        return False
    if store.team.spool.waiting() or _commits_wait(store):
        return True
    head = store.team.head()
    return head is not None and head not in (
        store.team.objects.resolve(f"refs/remotes/{name}/{store.branch}"), memory.left
    )  # fmt: skip


def work(store: Store, sleep: Callable[[float], None] = time.sleep) -> int:
    """Sync until nothing waits any more; how many syncs that were.

    Returns at once where another process is at it. How it went is remembered for `status`.
    """

    def gathered() -> int:
        sleep(GATHER_SECONDS)
        return _sync(store, sleep)

    return Alone(store, COMMAND).work(gathered, lambda: waits(store))


def _sync(store: Store, sleep: Callable[[float], None]) -> bool:
    from git_naturecode import sync

    name = remote.choose(store.config)
    if name is None:
        return False
    memory = remotes.load(store.state_dir, store.config, name)
    sleep(memory.wait_ms(store.now_ms()) / 1000)
    try:
        outcome = sync.sync(store, name, _nobody, automatic=True)
        said = outcome.failure.message if outcome.failure else ""
    except (NaturecodeError, OSError) as error:
        said = getattr(error, "message", str(error))
    memory = remotes.load(store.state_dir, store.config, name)
    memory.automatic = Event(store.now_ms(), said)
    memory.failures = memory.failures + 1 if said else 0
    memory.save(store.random)
    return True


def _pause_ms(memory: Memory) -> int:
    """How long it is left alone after failures: a minute, two, four, at most an hour."""
    if not memory.failures:
        return 0
    return int(min(_RETRY_MS << min(memory.failures - 1, 10), _LONGEST_MS))


def _nobody(_text: str) -> None:
    pass


def _commits_wait(store: Store) -> bool:
    """True when commits wait to be linked to shared sessions; a sync does that first."""
    try:
        return os.path.getsize(os.path.join(store.state_dir, "queue")) > 0
    except OSError:
        return False
