"""The heading of an entry in a segment: derived from its header, for people, ignored on reading."""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache

from git_naturecode import clock
from git_naturecode.store.entry import Json

_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(?::[0-9]{2}(?:[.,][0-9]+)?)?"
    r"(?:Z|([+-])([0-9]{2}):?([0-9]{2}))?"
)
# Written out, not asked of `unicodedata`: every clone must make the same heading, whatever
# version of Unicode its Python knows.
_UNPRINTABLE = re.compile(
    "[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\uffff]+"
)
_ACTIVE = re.compile(r"[!-/:-@\[-`{-~]")
_HARMLESS = frozenset("-.,@/():+%")
_NAME_LENGTH = 80


def heading(header: Mapping[str, Json]) -> str:
    """`#### WHO · 2026-11-22 10:30` for an entry with `header`."""
    time = header.get("t")
    return f"#### {_who(header)} · {_minute(time if isinstance(time, str) else '', header['at'])}"


def _who(header: Mapping[str, Json]) -> str:
    role = header.get("role")
    if role == "assistant":
        name = header.get("model") or role
    elif role == "tool":
        name = header.get("tool") or role
    else:
        name = header.get("by")
    return _shown_name(name if isinstance(name, str) else "unknown")


@lru_cache(maxsize=1024)
def _shown_name(name: str) -> str:
    name = _UNPRINTABLE.sub(" ", name).strip(" ")[:_NAME_LENGTH].strip(" ")
    shown = _ACTIVE.sub(lambda c: c[0] if c[0] in _HARMLESS else "\\" + c[0], name)
    return shown or "unknown"


def _minute(time: str, at: str) -> str:
    found = _TIME.fullmatch(time)
    if not found:
        return f"{at[:10]} {at[11:16]}"
    day, minute, sign, hours, minutes = found.groups()
    if not sign or (hours == "00" and minutes == "00"):
        return f"{day} {minute}"
    try:
        east = timedelta(hours=int(hours), minutes=int(minutes)) // timedelta(milliseconds=1)
        local = clock.parse_iso(f"{day}T{minute}:00Z")
        utc = clock.iso(local - east if sign == "+" else local + east)
    except (ValueError, OverflowError):
        return f"{at[:10]} {at[11:16]}"
    return f"{utc[:10]} {utc[11:16]}"
