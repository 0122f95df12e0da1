"""Reading several conversations ahead, in other processes, while the caller writes them down."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from ..redact import Redactor
from ..store.entry import Draft
from .format import Found
from .reading import read
from .seen import Seen

WORTH_IT = 16 << 20  # bytes in all, below which starting processes costs more than it saves
LARGEST = 64 << 20  # bytes of one conversation, above which it is streamed by the caller
_AHEAD = 2  # conversations read ahead for each process


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
    tasks: Iterable[Callable[[], Task]], total: int, redactor: Redactor
) -> Iterator[Drafts]:
    """The new drafts of each task, in order of the tasks.

    A task is asked for only when its turn to be read comes. `total`, the bytes of those below
    LARGEST, decides whether other processes are started; what they read has passed `redactor`
    there. Raises what reading raises.
    """
    workers = min(os.cpu_count() or 1, 4)
    if total < WORTH_IT or workers < 2:
        yield from (read_one(task(), redactor) for task in tasks)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _begin, (redactor,)) as pool:
        waiting: deque[Future[list[Draft]] | Drafts] = deque()
        for make in tasks:
            task = make()
            large = task.size > LARGEST
            waiting.append(read_one(task, redactor) if large else pool.submit(_read, task))
            if len(waiting) >= workers * _AHEAD:
                yield _ready(waiting.popleft())
        while waiting:
            yield _ready(waiting.popleft())


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


def _ready(found: "Future[list[Draft]] | Drafts") -> Drafts:
    return found.result() if isinstance(found, Future) else found


_redactor: Redactor | None = None


def _begin(redactor: Redactor) -> None:
    global _redactor
    _redactor = redactor


def _read(task: Task) -> list[Draft]:
    assert _redactor is not None
    return list(read_one(task, _redactor))
