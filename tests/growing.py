"""How the work on a text grows with the text."""

import time
from collections.abc import Callable

_TRIES = 4
_ROOM = 0.1  # seconds, for what does not grow at all


def grows_evenly(work: Callable[[int], object], size: int) -> bool:
    """True when four times as much, `size`, takes at most ten times the processor time.

    With the square of the size it would be sixteen times. Others may cost one of the two its
    cache; what grows with the square does so each time.
    """
    return any(_seconds(work, size) < 10 * _seconds(work, size // 4) + _ROOM for _ in range(_TRIES))


def _seconds(work: Callable[[int], object], size: int) -> float:
    begun = time.process_time()
    work(size)
    return time.process_time() - begun
