"""What builds and analyses have said of the commits of a review, as it came from other notes."""

import json
from collections.abc import Iterable

from git_naturecode.clock import iso
from git_naturecode.domain.review.model import Report
from git_naturecode.domain.said import text_of
from git_naturecode.store.entry import Entry, Json

NOTES = ("ci", "analyses")
_MOST_LINE = 16_000  # characters; what a program says of one run is short
_LATEST = 253_402_300_799  # the last second of the year 9999


def reports(entries: Iterable[Entry]) -> list[Report]:
    """The reports among `entries`, by time; a line that is none is passed over.

    They are lines of JSON (git-appraise, schema/ci.json and schema/analysis.json).
    """
    found = []
    for entry in entries:
        if entry.kind == "source" and text_of(entry, "note") in NOTES and entry.body:
            made = _report(text_of(entry, "note"), text_of(entry, "on"), entry.body)
            if made is not None:
                found.append(made)
    return sorted(found, key=lambda one: (one.time, one.agent, one.url))


def _report(what: str, commit: str, line: str) -> Report | None:
    try:
        value = json.loads(line) if len(line) <= _MOST_LINE else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    told = {str(name).casefold(): one for name, one in value.items()}
    time = _time(told.get("timestamp"))
    words = (_text(told.get(name)) for name in ("status", "agent", "url"))
    return Report(what, commit, time, *words)


def _time(value: Json) -> str:
    seconds = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 13 else 0
    return iso(seconds * 1000) if 0 < seconds <= _LATEST else ""


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
