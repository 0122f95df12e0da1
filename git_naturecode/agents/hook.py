"""`git-naturecode hook agent TOOL`: what an AI tool runs at its events, at the cost of a hook.

It says nothing and always succeeds: a tool may take what a hook prints, or how it ends, for an
instruction. Where capture is off, or there is no repository, it does nothing.
"""

import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

from git_naturecode import ids
from git_naturecode.agents import asked, beginning, event, ground, notes
from git_naturecode.git import detached
from git_naturecode.store.lock import hold

TYPE_CHECKING = False
if TYPE_CHECKING:  # see beginning.py
    from typing import NoReturn

SECONDS = 3  # after which it ends, whatever it waits for
COMMAND = "capture"
LOCK = "capture.lock"
_MOST = 16 << 20  # bytes of one event


def main(arguments: list[str]) -> "NoReturn":
    """Answer one event; leaves the process with 0 in any case."""
    try:
        signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
        signal.alarm(SECONDS)
        answer(arguments, os.environ, time.time())
    except BaseException:
        if os.environ.get("GIT_NATURECODE_TRACE"):
            _leave_trace()
    finally:
        os._exit(0)


def _leave_trace() -> None:
    import traceback

    from git_naturecode import trace

    with suppress(BaseException):
        trace.note("hook", traceback.format_exc().replace("\n", " | "))


def answer(arguments: list[str], environ: Mapping[str, str], now: float) -> None:
    """Note what the event on stdin says, and have its transcript taken in where that is due."""
    if environ.get("NATURECODE") == "0" or len(arguments) != 1 or os.isatty(0):
        return
    found = event.parse(arguments[0], _stdin())
    here = _ground(found, environ) if found else None
    if found is None or here is None:
        return
    session = _session(found, here, now)
    with suppress(OSError):
        _note(found, here, session, now)
    if found.meaning != event.WROTE:
        asked.put(here.common_dir, asked.Asked(found.tool, found.session, found.transcript))
        _start(here, environ)
    notes.tidy(here.git_dir, now)


def _stdin() -> bytes:
    data = bytearray()
    while len(data) <= _MOST and (part := os.read(0, 1 << 16)):
        data += part
    return bytes(data) if len(data) <= _MOST else b""


def _ground(found: event.Event, environ: Mapping[str, str]) -> ground.Ground | None:
    """The work tree that the session is at work in, if its clone captures.

    The clone is that in which the tool was started; an agent may have gone to a work tree of it.
    """
    places = [ground.around(one) for one in event.folders(found, environ)]
    first = next((place for place in places if place), None)
    if first is None or not first.is_captured:
        return None
    return next((p for p in reversed(places) if p and p.common_dir == first.common_dir), first)


def _session(found: event.Event, here: ground.Ground, now: float) -> str:
    """The id that an import gives to the session; the day in it is only for people."""
    told = beginning.of(found.tool, found.transcript) if found.transcript else None
    source, day = told or (found.session, time.strftime("%Y%m%d", time.gmtime(now)))
    tail = ids.imported_tail(found.tool, source)
    return notes.known_as(here.git_dir, tail) or f"session-{day}-{tail}"


def _note(found: event.Event, here: ground.Ground, session: str, now: float) -> None:
    if found.meaning == event.BEGIN and not os.path.exists(found.transcript):
        return  # nothing was said yet, and perhaps never will be
    by_place: dict[str, list[str]] = {here.git_dir: []}
    for path in found.paths:
        full = os.path.normpath(os.path.join(found.folder, path))
        place = ground.around(os.path.dirname(full))
        if place is None or place.common_dir != here.common_dir:
            continue
        if (inside := ground.inside(place, full)) is not None:
            by_place.setdefault(place.git_dir, []).append(inside)
    for git_dir, paths in by_place.items():
        with suppress(UnicodeError):
            notes.note(git_dir, session, paths, now)
    if found.meaning == event.END:
        notes.end(here.git_dir, session)


def _start(here: ground.Ground, environ: Mapping[str, str]) -> None:
    """Have what was asked for taken in, unless somebody is at it: who is looks again."""
    if environ.get("NATURECODE_BACKGROUND") == "0":
        return
    with hold(os.path.join(here.common_dir, "naturecode", LOCK), 0) as free:
        if not free:
            return
    # -P: else Python would look for modules in the work tree, which is anybody's.
    argv = [sys.executable, "-P", "-m", "git_naturecode", "-C", here.top, COMMAND]
    detached.detach(argv, detached.foreign_environment(environ))
