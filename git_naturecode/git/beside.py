"""Work on many objects that a second process does beside this one, with a git of its own.

It gives back values of JSON and nothing else happens in it. When it dies, or was never there, who
asks for its results is told so and does the work himself.
"""

import fcntl
import json
import os
import signal
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from git_naturecode.git.objects import Objects
from git_naturecode.git.program import ProgramObjects
from git_naturecode.git.repo import Repo

SWITCH = "NATURECODE_PROCESSES"  # 1 in the environment: everything is done in one process
Json = Any
Lot = TypeVar("Lot")
LEAST = 5  # lots, for which a second process is started
EACH = 3  # of so many lots the first process keeps one, for it has other things to do besides
_BUSY = 2  # processes that want each processor
_PIPE_BYTES = 1 << 20  # so that it can be some lots ahead


class Beside:
    """The process `number` and the pipe from which its results come, one line for each lot."""

    def __init__(self, number: int, pipe: int) -> None:
        self.number = number
        self._lines = os.fdopen(pipe, "rb")

    def next(self) -> Json | None:
        """What the work on the next lot gave, waited for; None when the process is gone."""
        line = self._lines.readline()
        return json.loads(line) if line.endswith(b"\n") else None

    def close(self) -> None:
        """End the process; no result will come any more."""
        self._lines.close()
        with suppress(ProcessLookupError):
            os.kill(self.number, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.number, 0)


class Sharing:
    """`work` on `lots` of which this process does some, and another one, if it is worth it, most.

    To be closed.
    """

    def __init__(
        self, repo: Repo, lots: Sequence[Lot], work: Callable[[Objects, Lot], Json]
    ) -> None:
        self._other: Beside | None = None
        if len(lots) >= LEAST and is_worth_it(repo):
            theirs = [lot for number, lot in enumerate(lots) if number % EACH]
            self._other = start(repo, theirs, work)

    def come_to(self, number: int) -> Json | None:
        """What the other one made of lot `number`, waited for; None where it is ours to do.

        Lots are asked for in their order.
        """
        found = self._other.next() if self._other is not None and number % EACH else None
        if self._other is not None and number % EACH and found is None:
            self.close()
        return found

    def close(self) -> None:
        """End the other process."""
        if self._other is not None:
            self._other.close()
            self._other = None


def is_worth_it(repo: Repo) -> bool:
    """True when a second process can be had and would have a processor of its own.

    On a busy machine it would only be waited for. A process with several threads is never forked:
    another one might hold a lock just now.
    """
    if repo.program.environ.get(SWITCH) == "1" or threading.active_count() > 1:
        return False
    allowed = getattr(os, "sched_getaffinity", None)
    processors = len(allowed(0)) if allowed else os.cpu_count() or 1
    return processors > 1 and os.getloadavg()[0] < _BUSY * processors


def start(repo: Repo, lots: Iterable[Lot], work: Callable[[Objects, Lot], Json]) -> Beside | None:
    """Begin `work`, given the objects of `repo`, on each of `lots`, in a process of its own.

    None where the system allows no more processes. To be closed.
    """
    out, into = os.pipe()
    try:
        number = os.fork()
    except OSError:
        os.close(out)
        os.close(into)
        return None
    if not number:
        _child(into, repo, lots, work)
    os.close(into)
    return Beside(number, out)


def _child(
    into: int, repo: Repo, lots: Iterable[Lot], work: Callable[[Objects, Lot], Json]
) -> None:
    """All that the second process does; it never returns, and never tells of a failure."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first one ends this one
        _let_go(into)
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            with suppress(OSError):
                fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        objects = ProgramObjects(repo)
        with os.fdopen(into, "wb", closefd=False) as lines:
            for lot in lots:
                lines.write(json.dumps(work(objects, lot)).encode() + b"\n")
                lines.flush()
    finally:
        os._exit(0)


def _let_go(kept: int) -> None:
    """Close all that the first process has open but `kept`: its locks, pipes and terminal.

    A lock would otherwise outlive the process that took it.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    for number in map(int, os.listdir("/dev/fd")):
        if number > 2 and number != kept:
            with suppress(OSError):  # the list itself is one of them
                os.close(number)
