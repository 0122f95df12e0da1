"""Reading several conversations ahead, in other processes, while the caller writes them down."""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for

from ..redact import Redactor
from ..store.entry import Draft
from .format import Found
from .reading import read
from .seen import Seen

WORTH_IT = 16 << 20  # bytes in all, below which starting processes costs more than it saves
LARGEST = 64 << 20  # bytes of one conversation, above which it is streamed by the caller
_AHEAD = 2  # conversations read ahead for each process
_PATIENCE = 0.1  # seconds between two looks whether to stop


@dataclass(frozen=True)
class Task:
    """One conversation: its parts in order, and the ids that are known of it."""

    parts: tuple[Found, ...]
    known: frozenset[str]
    full: bool

    @property
    def size(self) -> int:
        """Bytes of all its parts."""
        return sum(part.size for part in self.parts)


Drafts = Iterable[Draft]


def read_all(
    tasks: Iterable[Callable[[], Task]], total: int, redactor: Redactor, stop: Callable[[], bool]
) -> Iterator[Drafts]:
    """The new drafts of each task, in order of the tasks, until `stop` says True.

    A task is asked for only when its turn to be read comes. `total`, the bytes of those below
    LARGEST, decides whether other processes are started; what they read has passed `redactor`
    there. Raises what reading raises.
    """
    workers = min(os.cpu_count() or 1, 4)
    if total < WORTH_IT or workers < 2:
        for task in tasks:
            if stop():
                return
            yield read_one(task(), redactor)
        return
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin, (redactor,))
    whole = False
    try:
        yield from _read_with(pool, workers * _AHEAD, tasks, redactor, stop)
        whole = not stop()
    finally:
        # Where it was stopped nobody waits for what is being read; it ends with this process.
        pool.shutdown(wait=whole, cancel_futures=True)


def _read_with(
    pool: ProcessPoolExecutor, ahead: int, tasks: Iterable[Callable[[], Task]], redactor: Redactor,
    stop: Callable[[], bool],
) -> Iterator[Drafts]:  # fmt: skip
    waiting: deque[Future[list[Draft]] | Drafts] = deque()
    for make in tasks:
        task = make()
        large = task.size > LARGEST
        waiting.append(read_one(task, redactor) if large else _submit(pool, task))
        if len(waiting) >= ahead:
            if not _is_ready(waiting[0], stop):
                return
            yield _result(waiting.popleft())
    while waiting and _is_ready(waiting[0], stop):
        yield _result(waiting.popleft())


def _submit(pool: ProcessPoolExecutor, task: Task) -> "Future[list[Draft]]":
    """Have `task` read. What is started for that never gets Ctrl-C: only we know how to stop."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(_read, task)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _is_ready(found: "Future[list[Draft]] | Drafts", stop: Callable[[], bool]) -> bool:
    """Wait until it can be written; False when told to stop."""
    while not stop():
        if not isinstance(found, Future) or wait([found], _PATIENCE).done:
            return True
    return False


def read_one(task: Task, redactor: Redactor) -> Iterator[Draft]:
    """The new drafts of one conversation, each id once."""
    seen = Seen()

    def known(name: str) -> bool:
        return name in task.known or name in seen

    for part in task.parts:
        for draft in read(part, redactor, full=task.full, known=known):
            if draft.id is None or not known(draft.id):
                yield draft
            if draft.id:
                seen.add(draft.id)


def _result(found: "Future[list[Draft]] | Drafts") -> Drafts:
    return found.result() if isinstance(found, Future) else found


_redactor: Redactor | None = None


def _begin(redactor: Redactor) -> None:
    global _redactor
    _redactor = redactor
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the one that wants its work is gone; else it would wait for ever."""
    parent = parent_process()
    assert parent is not None
    wait_for([parent.sentinel])
    os._exit(1)


def _read(task: Task) -> list[Draft]:
    assert _redactor is not None
    return list(read_one(task, _redactor))
