"""Asking again where that helps: as often, as late and as long as the limits and the host say."""

import random
import time
from collections.abc import Callable, Generator
from contextlib import closing
from typing import NamedTuple

from git_naturecode.ai.providers.protocol import PASSING, Answer, Finish, Limits, ProviderFailed

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0  # seconds, where the host names none


class Ending(NamedTuple):
    """What a host says of its answer when it is complete; see `Answer`."""

    model: str
    tokens_in: int | None
    tokens_out: int | None
    finish: Finish


Stream = Generator[str, None, Ending]
"""The pieces of an answer as they come; what it returns says how it ended."""


class Chance(NamedTuple):
    """What asking takes from the world: the time in seconds, how to wait, a number below 1."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random


WORLD = Chance()


class Deadline(NamedTuple):
    """When a question has to be over."""

    end: float
    now: Callable[[], float]

    def left(self) -> float:
        """The seconds that are left, 0 at least."""
        return max(0.0, self.end - self.now())


def ask(
    attempt: Callable[[Deadline], Stream], limits: Limits, *,
    on_text: Callable[[str], None] | None = None, chance: Chance = WORLD,
    on_wait: Callable[[float, str], None] | None = None,
) -> Answer:  # fmt: skip
    """The answer of the first attempt that brings one; `on_wait` hears of each pause, and why.

    A pause is as long as the host wants it. Where it wants more than what is left of the time, or
    the answer was being heard when it broke off, nothing more is tried.

    Raises ProviderFailed, with what had come by then.
    """
    deadline = Deadline(chance.now() + limits.seconds, chance.now)
    for number in range(1, limits.tries + 1):
        heard: list[str] = []
        try:
            return _hear(attempt(deadline), heard, limits, on_text)
        except ProviderFailed as failure:
            failure.partial = failure.partial or "".join(heard)
            is_final = on_text is not None and heard
            if failure.kind not in PASSING or is_final or number == limits.tries:
                raise
            pause = _pause(failure, number, chance)
            if pause >= deadline.left():
                raise
            if on_wait is not None:
                on_wait(pause, failure.message)
        chance.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _hear(
    stream: Stream, heard: list[str], limits: Limits, on_text: Callable[[str], None] | None
) -> Answer:
    size = 0
    with closing(stream):
        while True:
            try:
                piece = next(stream)
            except StopIteration as end:
                return _sound(Answer("".join(heard), *end.value))
            piece = _whole(piece)
            size += len(piece.encode("utf-8", "surrogatepass"))
            if size > limits.size:
                raise ProviderFailed(
                    f"the answer has more than {limits.size} bytes", kind="too large"
                )
            heard.append(piece)
            if on_text is not None and piece:
                on_text(piece)


def _whole(piece: str) -> str:
    """`piece` without halves of characters, which JSON can hold and UTF-8 cannot."""
    if piece.isascii():
        return piece
    return piece.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _sound(answer: Answer) -> Answer:
    if not answer.text.strip() and answer.finish != "refused":
        raise ProviderFailed("the model answered nothing", kind="empty")
    return answer


def _pause(failure: ProviderFailed, number: int, chance: Chance) -> float:
    """What the host wants, else twice as long each time; never the same for two who wait."""
    usual = min(_LONGEST_PAUSE, _FIRST_PAUSE * float(2 ** (number - 1)))
    usual *= 0.5 + chance.random() / 2
    return usual if failure.retry_after is None else failure.retry_after + usual / 10
