"""The lines of a rollout of Codex, whatever version wrote it, and which of them are copies."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..domain.continued import marked
from .fields import Record, record, records, text
from .lines import complete_lines, parse

Json = Any
_WHOLE = 64 << 20  # bytes of a rollout that is one object (of the first, TypeScript version)
_TYPES = frozenset(["session_meta", "response_item", "event_msg", "turn_context", "compacted"])
_ITEMS = frozenset(
    ["message", "reasoning", "function_call", "function_call_output", "local_shell_call"]
)
_BEGINS = re.compile(rb'\s*\{\s*"session"\s*:')


@dataclass(frozen=True)
class Line:
    """A line of a file: its bytes, and its object where it has one."""

    size: int
    value: Record | None


def lines(path: str) -> Iterator[Line]:
    """The lines that are not blank; of a rollout that is one object, its parts as such lines."""
    with open(path, "rb") as file:
        for number, line in enumerate(complete_lines(file)):
            value = parse(line)
            if number == 0 and _is_whole(line, value):
                yield from _whole(path)
                return
            if line.strip():
                yield Line(len(line), value)


def added(path: str) -> Iterator[Line]:
    """The lines of a thread that goes on from a session, without those copied from there."""
    copies = 0
    for line in lines(path):
        copied = marked(record(line.value, "payload"))
        if copied and text(line.value, "type") == "session_meta":
            copies = copied.lines
        elif copies:
            copies -= 1
            continue
        yield line


def _is_whole(line: bytes, value: Record | None) -> bool:
    """True when the first line of a file begins a rollout that is one object."""
    if value is not None:
        return "items" in value and "session" in value
    return line.strip() == b"{"


def _whole(path: str) -> Iterator[Line]:
    with open(path, "rb") as file:
        begins = _BEGINS.match(file.read(256))
        file.seek(0)
        size = os.fstat(file.fileno()).st_size
        value = parse(file.read()) if begins and size <= _WHOLE else None
    session = record(value, "session")
    if not session:
        yield Line(size, None)
        return
    yield Line(0, {"type": "session_meta", "payload": session})
    yield from (Line(0, item) for item in records(value, "items"))


def is_ours(line: Record) -> bool:
    if text(line, "type") in _TYPES and isinstance(line.get("payload"), dict):
        return True
    if "type" not in line and isinstance(line.get("id"), str):
        return "instructions" in line and "timestamp" in line
    return False


def unwrapped(line: Record) -> tuple[str, Record]:
    """A line's type and payload; those of a line without an envelope."""
    payload = line.get("payload")
    if isinstance(payload, dict):
        return text(line, "type"), payload
    if text(line, "type") in _ITEMS:
        return "response_item", line
    return ("session_meta" if "instructions" in line else ""), line
