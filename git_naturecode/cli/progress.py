"""How far long work is, and stopping it at a good place."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from git_naturecode.cli.answers import count
from git_naturecode.cli.context import Context

if TYPE_CHECKING:
    from git_naturecode.importing import Step

_OFTEN = 0.1  # seconds between two states of a line that overwrites itself
_SELDOM = 5.0  # seconds between two lines in a pipe
_MEGA = 1e6
_MINUTE, _HOUR = 60, 3600


class Meter:
    """Tells on stderr how far work over many `things` is.

    On a terminal one line overwrites itself; in a pipe there is a line only every five seconds, so
    that quick work says nothing.
    """

    def __init__(
        self, context: Context, things: str, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._context, self._things, self._now = context, things, now
        self._terminal = context.err.isatty()
        self._begun = now()
        self._next = self._begun + (0.0 if self._terminal else _SELDOM)
        self._shown = False

    def step(self, step: "Step") -> None:
        """Say how far it is, where it is time to."""
        now = self._now()
        if now < self._next:
            return
        self._next = now + (_OFTEN if self._terminal else _SELDOM)
        text = self._text(step, now - self._begun)
        if self._terminal:
            self._context.progress(text)
            self._shown = True
        else:
            self._context.tell(text)

    def note(self, text: str) -> None:
        """Say something in between."""
        self.done()
        self._context.tell(text)

    def done(self) -> None:
        """Take the line away."""
        if self._shown:
            self._context.progress_done()
            self._shown = False

    def _text(self, step: "Step", seconds: float) -> str:
        parts = [
            f"{step.done} of {count(step.total, self._things)}",
            f"{step.size / _MEGA:.1f} of {step.total_size / _MEGA:.1f} MB",
            count(step.entries, "entry"),
        ]
        if step.size and seconds > 1:
            rate = step.size / seconds
            parts.append(f"{rate / _MEGA:.1f} MB/s")
            parts.append(f"{_duration((step.total_size - step.size) / rate)} left")
        return ", ".join(parts)


def _duration(seconds: float) -> str:
    """Seconds in the two units that matter."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


@contextmanager
def stoppable(told: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Gives a question that is answered by True once somebody has pressed Ctrl-C.

    `told` is called then. Whoever presses it again does not want to wait: KeyboardInterrupt. Where
    it was ignored when we were started, as a shell does for what a script runs behind its back, it
    is meant for somebody else.
    """
    asked = threading.Event()

    def handle(_: int, __: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        told()

    before = signal.getsignal(signal.SIGINT)
    elsewhere = threading.current_thread() is not threading.main_thread()
    if elsewhere or before is signal.SIG_IGN:
        yield asked.is_set
        return
    signal.signal(signal.SIGINT, handle)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
