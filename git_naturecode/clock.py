"""Time: the hybrid clock that orders entries, and the one place that reads the system's clock.

A stamp is `2026-11-22T10:30:05.123Z/0000`: milliseconds (UTC) and a counter, fixed width, so that
comparing two stamps as text compares them as times. Rules after research/merge.md A3.
"""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from git_naturecode.errors import Usage

DAY_MS = 86_400_000
STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/\d{4}"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_COUNTER = 9999

NowMs = Callable[[], int]


def system_ms() -> int:
    """Milliseconds since the epoch by the system's clock."""
    return time.time_ns() // 1_000_000


class Stamp(NamedTuple):
    """A reading of the hybrid clock; compares by (ms, counter)."""

    ms: int
    counter: int

    def __str__(self) -> str:
        return f"{iso(self.ms)}/{self.counter:04d}"

    def next(self) -> "Stamp":
        """The smallest stamp above this one."""
        if self.counter == _MAX_COUNTER:
            return Stamp(self.ms + 1, 0)
        return Stamp(self.ms, self.counter + 1)


ZERO = Stamp(0, 0)


def tick(now_ms: int, last: Stamp) -> Stamp:
    """The stamp of a new entry: above `last` and not below the system's clock."""
    return Stamp(now_ms, 0) if now_ms > last.ms else last.next()


def witness(last: Stamp, seen: Stamp, now_ms: int) -> Stamp:
    """`last` after having seen `seen`; a stamp more than a day ahead never moves our clock."""
    return max(last, seen) if seen.ms <= now_ms + DAY_MS else last


def parse(text: str) -> Stamp:
    """Read a stamp; ValueError when it is not one."""
    if not re.fullmatch(STAMP, text):
        raise ValueError(f"not a stamp: {text!r}")
    return Stamp(parse_iso(text[:24]), int(text[25:]))


def iso(ms: int) -> str:
    """`2026-11-22T10:30:05.123Z` for `ms` milliseconds since the epoch."""
    seconds, rest = divmod(ms, 1000)
    return f"{_iso_second(seconds)}.{rest:03d}Z"


@lru_cache(maxsize=64)
def _iso_second(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")


def parse_iso(text: str) -> int:
    """Milliseconds since the epoch of an ISO 8601 time (UTC where it names no zone).

    Raises ValueError when it is not one.
    """
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return (when - _EPOCH) // timedelta(milliseconds=1)


_UNITS = {"m": 60_000, "h": 3_600_000, "d": DAY_MS, "w": 7 * DAY_MS, "mo": 30 * DAY_MS}


def since(text: str, now_ms: int) -> int:
    """The time (ms) that `text` names: `30m 12h 7d 4w 3mo` before `now_ms`, or an ISO date.

    Raises Usage when it is neither.
    """
    return max(_named(text, now_ms, -1), 0)


def until(text: str, now_ms: int) -> int:
    """The time (ms) that `text` names: `30m 12h 7d 4w 3mo` after `now_ms`, or an ISO date.

    Raises Usage when it is neither, or not after `now_ms`.
    """
    then = _named(text, now_ms, 1)
    if then <= now_ms:
        raise Usage(f"{text!r} has passed", "write 12h, 7d, 4w, 3mo or a date to come")
    return then


def _named(text: str, now_ms: int, sign: int) -> int:
    found = re.fullmatch(r"(\d{1,6})(mo|[mhdw])", text)
    if found:
        return now_ms + sign * int(found[1]) * _UNITS[found[2]]
    try:
        return parse_iso(text)
    except ValueError:
        raise Usage(f"{text!r} is not a time", "write 30m, 12h, 7d, 4w, 3mo or a date") from None
