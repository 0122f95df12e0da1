"""Times of transcripts: ISO texts or numbers since the epoch, told as ISO with milliseconds."""

import re
from typing import Any

from ..clock import iso, parse_iso

_PLAIN = re.compile(
    r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3])(?::[0-5]\d){2}\.\d{3}Z"
)
_SECONDS_UNTIL = 100_000_000_000
_LITTLE_MS = 3_600_000


def when(value: Any) -> str | None:
    """`value` (ISO text, or seconds or milliseconds since the epoch) as ISO with ms, or None."""
    if isinstance(value, str):
        if _PLAIN.fullmatch(value):
            return value
        return _iso_of(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        try:
            return iso(int(value if value >= _SECONDS_UNTIL else value * 1000))
        except (OverflowError, ValueError):
            return None
    return None


def _iso_of(text: str) -> str | None:
    text = text.strip()
    if len(text) > 40:
        return None
    try:
        return iso(parse_iso(text))
    except (ValueError, OverflowError):
        return when(int(text)) if text.isascii() and text.isdigit() and len(text) < 17 else None


def ms_of(text: str | None) -> int:
    """Milliseconds since the epoch of a time that `when` gave (0 for None)."""
    return parse_iso(text) if text else 0


def later(text: str, ms: int) -> str:
    """A time that `when` gave, `ms` later: what one line of a source says in several blocks."""
    return iso(parse_iso(text) + ms) if ms and text else text


class Ticking:
    """Times of messages in their order: one that stands still, is missing, or is a little earlier
    than the one before it becomes 1 ms later than that.

    Views sort by time; without this, what two clones imported of one source could change places.
    """

    def __init__(self, start: str) -> None:
        self._last = start
        self._used = False

    def at(self, value: Any) -> str:
        """The time of the next message, whose source says `value`."""
        told = when(value) or self._last
        behind = ms_of(self._last) - ms_of(told)
        if self._used and 0 <= behind < _LITTLE_MS:
            told = when(ms_of(self._last) + 1) or told
        self._last, self._used = told, True
        return told
