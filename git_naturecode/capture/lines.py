"""JSON lines of a file that somebody may still be writing, one at a time."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

Json = Any
_DECODE = json.JSONDecoder().raw_decode
_TOOL_RESULT = b',"toolUseResult":'


def parse(line: bytes) -> dict[str, Json] | None:
    """The object on `line`, None when it is none (broken, or another kind of value)."""
    try:
        # Half the time of json.loads for short lines: that looks for other encodings first.
        text = line.decode("utf-8", "surrogatepass")
        value, end = _DECODE(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or (end != len(text) and text[end:].strip()):
        return None
    return value


def complete_lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of `file` without a torn last one (no line end and no whole JSON object)."""
    for line in file:
        if line.endswith(b"\n") or parse(line) is not None:
            yield line


def parse_without_result(line: bytes) -> dict[str, Json] | None:
    """Like `parse`, but without `toolUseResult` and what follows it, where that is possible.

    Claude Code keeps each tool result twice in a line; the second copy is half of all bytes. The
    key cannot stand inside a string (its quotes would be escaped), and where it belongs to an
    inner object the text before it is no whole object, so that the line is read in full.
    """
    at = line.find(_TOOL_RESULT)
    if at > 0 and line.endswith((b"}\n", b"}\r\n", b"}")):
        value = parse(line[:at] + b"}")
        if value is not None and "uuid" in value and "timestamp" in value:
            return value
    return parse(line)
