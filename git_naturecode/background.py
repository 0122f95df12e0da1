"""Work that nobody waits for: drained, indexed and synced by one detached process at a time."""

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from git_naturecode import trace
from git_naturecode.errors import NaturecodeError
from git_naturecode.store.alone import Alone
from git_naturecode.store.entry import Json
from git_naturecode.store.store import Store

COMMAND = "background"
SWITCH = "NATURECODE_BACKGROUND"  # 0 in the environment: no command starts it
RETRY_SECONDS = 60.0  # a job that failed is left alone for so long
_MOST_ROUNDS = 10_000
_NICE = 10


class Job(NamedTuple):
    """Something that may be behind.

    `stale` is asked at the end of every command, so it may cost a few file reads and no process;
    `run` does one bounded piece of the work and is called again as long as it is stale.
    """

    name: str
    stale: Callable[[Store], bool]
    run: Callable[[Store], None]


_PATIENCE = 15.0


def _drain_waits(store: Store) -> bool:
    return any(log.spool.waiting() for log in store.sides)


def _drain(store: Store) -> None:
    store.settle(_PATIENCE)


def _links_wait(store: Store) -> bool:
    from git_naturecode.store import followed, noted

    if os.path.exists(os.path.join(store.state_dir, followed.QUEUE)):
        return True
    return followed.is_behind(store.repo, store.config) or noted.were_changed(store)


def _link(store: Store) -> None:
    from git_naturecode import linking

    linking.drain(store)
    linking.keep_notes(store)


def _has_to_hide(store: Store) -> bool:
    return os.path.exists(os.path.join(store.state_dir, "hide"))


def _hide(store: Store) -> None:
    from git_naturecode import hiding

    hiding.carry(store)


def _has_to_forget(store: Store) -> bool:
    return os.path.exists(os.path.join(store.state_dir, "forget"))


def _forget(store: Store) -> None:
    from git_naturecode.store import forgetting

    forgetting.forget(store)


def _articles_are_behind(store: Store) -> bool:
    from git_naturecode.kb import beside

    return beside.is_behind(store)


def _show_articles(store: Store) -> None:
    from git_naturecode.kb import beside

    beside.refresh(store)


def _texts_miss(store: Store) -> bool:
    from git_naturecode.store.index_file import is_behind

    return is_behind(store.state_dir)


def _fill(store: Store) -> None:
    from git_naturecode.domain.kinds import open_index

    index = open_index(store)
    try:
        index.fill()
    finally:
        index.close()


def _meaning_waits(store: Store) -> bool:
    return os.path.exists(os.path.join(store.state_dir, "learn"))  # kb/learning.py, not loaded yet


def _learn(store: Store) -> None:
    from git_naturecode.kb import learning

    learning.work(store)


def _folder_is_behind(store: Store) -> bool:
    from git_naturecode.store import place

    return place.is_stale(store)


def _folder(store: Store) -> None:
    from git_naturecode.folder.update import update_all

    update_all(store)


def _agents_asked(store: Store) -> bool:
    from git_naturecode.agents import asked

    return asked.waits(store.repo.common_dir)


def _take_in(store: Store) -> None:
    from git_naturecode.agents import taking

    taking.work(store)


def _views_wait(store: Store) -> bool:
    if not os.path.isdir(os.path.join(store.state_dir, "viewed")):
        return False
    from git_naturecode import kb

    return kb.views_wait(store)


def _write_views(store: Store) -> None:
    from git_naturecode import kb

    kb.write_views(store)


JOBS: tuple[Job, ...] = (
    Job("capture", _agents_asked, _take_in),
    Job("views", _views_wait, _write_views),
    Job("drain", _drain_waits, _drain),
    Job("links", _links_wait, _link),
    Job("forget", _has_to_forget, _forget),
    Job("hide", _has_to_hide, _hide),
    Job("articles", _articles_are_behind, _show_articles),
    Job("index", _texts_miss, _fill),
    Job("folder", _folder_is_behind, _folder),
    Job("meaning", _meaning_waits, _learn),
)


def start(store: Store) -> bool:
    """Start the detached process where a job is stale and none is at work; True when it did.

    Never fails and never waits: what is behind stays behind until the next command.
    """
    if not allowed(store):
        return False
    try:
        return bool(_stale(store)) and Alone(store, COMMAND).launch({})
    except (OSError, NaturecodeError) as error:
        trace.note("background", str(error))
        return False


def allowed(store: Store) -> bool:
    """True unless the user has switched the background off."""
    off = store.environ.get(SWITCH) == "0"
    return not off and store.config.flag("naturecode.background", True)


def work(store: Store) -> int:
    """Run every job until none is stale; how many pieces of work that were.

    Returns at once where another process is at it. What fails is noted for `status`.
    """
    return Alone(store, COMMAND).work(lambda: _rounds(store), lambda: bool(_stale(store)))


def be_nice() -> None:
    """Leave the processor to those who wait for something."""
    with suppress(OSError):
        os.nice(_NICE)


def failures(store: Store) -> dict[str, str]:
    """Job -> what went wrong when it was last tried, of those that have not worked since."""
    return {name: str(found.get("error", "")) for name, found in _failed(store).items()}


def _rounds(store: Store) -> int:
    """Run the first job that is stale until none is: it waits for one piece of another at most."""
    pieces = 0
    left = {job.name: _MOST_ROUNDS for job in JOBS}
    while job := next((one for one in _stale(store) if left[one.name]), None):
        left[job.name] -= 1
        try:
            job.run(store)
        except (NaturecodeError, OSError) as error:
            trace.note("background", f"{job.name}: {error}")
            _note(store, job.name, getattr(error, "message", str(error)))
            left[job.name] = 0
        else:
            _note(store, job.name, None)
            pieces += 1
    return pieces


def _stale(store: Store) -> list[Job]:
    """The jobs that are behind, without those that have just failed."""
    failed = _failed(store)
    now = time.time()
    return [
        job
        for job in JOBS
        if abs(now - float(failed.get(job.name, {}).get("at", 0))) > RETRY_SECONDS
        and job.stale(store)
    ]


def _failed(store: Store) -> dict[str, dict[str, Json]]:
    """What went wrong lately, by job: `at` (seconds since the epoch) and `error`."""
    try:
        with open(_failures(store), encoding="utf-8") as file:
            found = json.load(file)
        return {name: dict(one) for name, one in found.items() if float(one["at"])}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def _note(store: Store, name: str, error: str | None) -> None:
    """Remember that the job `name` failed with `error`, or (None) that it worked."""
    known = _failed(store)
    if error is None and name not in known:
        return
    rest = {key: value for key, value in known.items() if key != name}
    if error is not None:
        rest[name] = {"at": time.time(), "error": error}
    path = _failures(store)
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(rest, file)
    os.replace(path + ".new", path)


def _failures(store: Store) -> str:
    return os.path.join(store.state_dir, "background.failed")
