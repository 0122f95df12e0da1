"""Runs: what one sender says within a minute is read as one message; the log keeps them single."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from git_naturecode import clock
from git_naturecode.domain.said import ENCRYPTED, Message

RUN_MS = 60_000


class Run(NamedTuple):
    """Consecutive messages of one sender and role, the first of which is number `number` (from 1).

    A tool call, and a message that is flagged or commented, is a run of its own.
    """

    number: int
    messages: tuple[Message, ...]

    @property
    def first(self) -> Message:
        """The message that the run begins with."""
        return self.messages[0]

    @property
    def text(self) -> str:
        """All texts, one below the other."""
        return "\n".join(message.text for message in self.messages)

    @property
    def start(self) -> str:
        """The time of the first message."""
        return self.first.time

    @property
    def end(self) -> str:
        """The time of the last message."""
        return self.messages[-1].time

    @property
    def handle(self) -> str:
        """How a person names it: `#3`, or `#3-5`."""
        last = self.number + len(self.messages) - 1
        return f"#{self.number}" if last == self.number else f"#{self.number}-{last}"


def runs(messages: Iterable[Message]) -> Iterator[Run]:
    """`messages`, in the order of their times, as runs.

    A message belongs to a run when it is less than 60,000 ms after its first one.
    """
    part: list[Message] = []
    number = 1
    for message in messages:
        if part and not _goes_on(part, message):
            yield Run(number, tuple(part))
            number, part = number + len(part), []
        part.append(message)
    if part:
        yield Run(number, tuple(part))


def _goes_on(part: Sequence[Message], message: Message) -> bool:
    first = part[0]
    if _only_encrypted(part[-1]) and _only_encrypted(message):
        return True  # there is nothing in them to tell them apart
    if (first.by, first.role, first.header.get("model")) != (
        message.by,
        message.role,
        message.header.get("model"),
    ):
        return False
    if not _plain(part[-1]) or not _plain(message):
        return False
    try:
        apart = clock.parse_iso(message.time) - clock.parse_iso(first.time)
    except (ValueError, OverflowError):  # a time that a tool or a stranger wrote in his own way
        return False
    return 0 <= apart < RUN_MS


def _only_encrypted(message: Message) -> bool:
    return message.flags == (ENCRYPTED,) and not message.comments


def _plain(message: Message) -> bool:
    """True when nothing has to be said about this message by itself."""
    kind = tuple(message.header.get(key) for key in ("think", "side", "meta", "cut"))
    return message.role != "tool" and not (message.flags or message.comments or any(kind))
