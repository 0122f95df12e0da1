"""Whose a transcript is, from its first lines: what the importers find, at the cost of a hook.

Loading the importers takes longer than a hook may. A test holds these to what they say of every
transcript that it has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from git_naturecode.agents.ground import read_plain

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing would cost a tenth of what a hook may take
    from typing import Any

    Json = Any
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOOKS = (65_536, 4_194_304)  # bytes: the second where the first line is a long one
_CLAUDE = frozenset(["user", "assistant", "system", "summary", "custom-title"])
_SAID = frozenset(["user", "assistant", "system"])
_SESSION = re.compile(r'"sessionId"\s*:\s*"([^"\\]{1,200})"')
_START = re.compile(r'"startTime"\s*:\s*"([^"\\]{1,40})"')


def of(tool: str, path: str) -> tuple[str, int] | None:
    """The tool's session that `path` is a part of and when it begins (ms); None if unknown."""
    look = {"claude-code": _claude, "codex": _codex, "gemini": _gemini}.get(tool)
    for size in _LOOKS if look else ():
        head = read_plain(path, size)
        if look and (found := look(head, len(head) < size)):
            return found
        if len(head) < size:
            return None
    return None


def _claude(head: bytes, whole: bool) -> tuple[str, int] | None:
    session, ms = "", -1
    for record in _records(head, whole):
        if record.get("type") not in _CLAUDE or not _text(record, "uuid"):
            continue
        if not isinstance(record.get("sessionId"), str):
            continue
        session = session or _text(record, "sessionId")
        if ms < 0 and record["type"] in _SAID:
            ms = _ms(record.get("timestamp"))
        if session and ms >= 0:
            return session, ms
    return None


def _codex(head: bytes, whole: bool) -> tuple[str, int] | None:
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
    ms = _ms(payload.get("timestamp"))
    ms = ms if ms >= 0 else _ms(first.get("timestamp"))
    return (session, ms) if session and ms >= 0 else None


def _gemini(head: bytes, _whole: bool) -> tuple[str, int] | None:
    text = head.decode("utf-8", "replace")
    session, start = _SESSION.search(text), _START.search(text)
    ms = _ms(start[1]) if start else -1
    return (session[1], ms) if session and ms >= 0 else None


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


def _ms(value: Json) -> int:
    """Milliseconds since the epoch of an ISO 8601 time, -1 where it is none."""
    try:
        when = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
        if when is None:
            return -1
        since = when.replace(tzinfo=when.tzinfo or UTC) - _EPOCH
        return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000
    except (ValueError, OverflowError):
        return -1
