"""Whose a transcript is, from its first lines: what the importers find, at the cost of a hook.

Loading the importers takes longer than a hook may. A test holds these to what they say of every
transcript that it has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from git_naturecode.agents.ground import read_plain

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing would cost a tenth of what a hook may take
    from typing import Any

    Json = Any
_USUAL = re.compile(
    r"20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3])(?::[0-5]\d){2}\.\d{3}Z"
)
_LOOKS = (65_536, 4_194_304)  # bytes: the second where the first line is a long one
_CLAUDE = frozenset(["user", "assistant", "system", "summary", "custom-title"])
_SAID = frozenset(["user", "assistant", "system"])
_SESSION = re.compile(r'"sessionId"\s*:\s*"([^"\\]{1,200})"')
_START = re.compile(r'"startTime"\s*:\s*"([^"\\]{1,40})"')


def of(tool: str, path: str) -> tuple[str, str] | None:
    """The tool's session that `path` is a part of and the day of its beginning; None if unknown."""
    look = {"claude-code": _claude, "codex": _codex, "gemini": _gemini}.get(tool)
    for size in _LOOKS if look else ():
        head = read_plain(path, size)
        if look and (found := look(head, len(head) < size)):
            return found
        if len(head) < size:
            return None
    return None


def _claude(head: bytes, whole: bool) -> tuple[str, str] | None:
    session = day = ""
    for record in _records(head, whole):
        if record.get("type") not in _CLAUDE or not _text(record, "uuid"):
            continue
        if not isinstance(record.get("sessionId"), str):
            continue
        session = session or _text(record, "sessionId")
        if not day and record["type"] in _SAID:
            day = _day(record.get("timestamp"))
        if session and day:
            return session, day
    return None


def _codex(head: bytes, whole: bool) -> tuple[str, str] | None:
    first = next(_records(head, whole), None)
    payload = first.get("payload") if first else None
    if first is None or first.get("type") != "session_meta" or not isinstance(payload, dict):
        return None
    found: Json = payload.get("source")
    for key in ("subagent", "thread_spawn", "parent_thread_id"):
        found = found.get(key) if isinstance(found, dict) else None
    parent = found if isinstance(found, str) else ""
    session = parent or _text(payload, "parent_thread_id")
    session = session or _text(payload, "id") or _text(payload, "session_id")
    day = _day(payload.get("timestamp")) or _day(first.get("timestamp"))
    return (session, day) if session and day else None


def _gemini(head: bytes, _whole: bool) -> tuple[str, str] | None:
    text = head.decode("utf-8", "replace")
    session, start = _SESSION.search(text), _START.search(text)
    day = _day(start[1]) if start else ""
    return (session[1], day) if session and day else None


def _records(head: bytes, whole: bool) -> Iterator[dict[str, Json]]:
    lines = head.split(b"\n")
    for line in lines if whole else lines[:-1]:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            yield value


def _text(record: dict[str, Json], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""


def _day(value: Json) -> str:
    """The UTC day `YYYYMMDD` of an ISO 8601 time, "" where it is none."""
    if not isinstance(value, str):
        return ""
    if _USUAL.fullmatch(value):
        return value[:10].replace("-", "")
    from datetime import UTC, datetime

    try:
        when = datetime.fromisoformat(value.strip())
        return when.replace(tzinfo=when.tzinfo or UTC).astimezone(UTC).strftime("%Y%m%d")
    except (ValueError, OverflowError):
        return ""
