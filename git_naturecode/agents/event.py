"""What a tool tells its hook on stdin, in the words of all tools (docs/design/agents.md)."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:  # see beginning.py
    from typing import Any

    Json = Any
# What an event means: the session goes on from here, it wrote files, it pauses, it is over.
BEGIN, WROTE, PAUSE, END = "begin", "wrote", "pause", "end"
_CLAUDE = {
    "SessionStart": BEGIN, "PostToolUse": WROTE, "Stop": PAUSE, "SubagentStop": PAUSE,
    "PreCompact": PAUSE, "SessionEnd": END,
}  # fmt: skip
MEANINGS: dict[str, dict[str, str]] = {
    "claude-code": _CLAUDE,
    "codex": _CLAUDE,
    "gemini": {
        "SessionStart": BEGIN, "AfterTool": WROTE, "AfterAgent": PAUSE, "PreCompress": PAUSE,
        "SessionEnd": END,
    },
    "cursor": {
        "sessionStart": BEGIN, "afterFileEdit": WROTE, "stop": PAUSE, "subagentStop": PAUSE,
        "preCompact": PAUSE, "sessionEnd": END,
    },
}  # fmt: skip
_WRITERS = (
    "Edit", "Write", "MultiEdit", "NotebookEdit", "apply_patch", "write_file", "replace", "edit",
    "create_file",
)  # fmt: skip
_PATHS = ("file_path", "notebook_path", "filePath", "absolute_path", "path")
_PATCHED = re.compile(r"^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+?)[ \t\r]*$", re.M)
_STARTED_IN = {"claude-code": "CLAUDE_PROJECT_DIR", "gemini": "GEMINI_PROJECT_DIR"}
_MOST_PATHS = 1_000
_LONGEST = 4_096


class Event:
    """One thing that happened in a tool's session; paths are as the tool told them."""

    __slots__ = ("folder", "meaning", "paths", "session", "tool", "transcript")

    def __init__(
        self, tool: str, meaning: str, session: str, transcript: str, folder: str,
        paths: tuple[str, ...],
    ) -> None:  # fmt: skip
        self.tool = tool
        self.meaning = meaning
        self.session = session
        self.transcript = transcript
        self.folder = folder
        self.paths = paths


def parse(tool: str, data: bytes) -> Event | None:
    """The event in `data`, JSON from anywhere; None where it is none that counts."""
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    meaning = MEANINGS.get(tool, {}).get(_text(told, "hook_event_name"), "")
    session = _text(told, "conversation_id") or _text(told, "session_id")
    if not meaning or not session:
        return None
    paths = _paths(tool, told) if meaning == WROTE else ()
    return Event(tool, meaning, session, _text(told, "transcript_path"), _folder(told), paths)


def folders(event: Event, environ: Mapping[str, str]) -> list[str]:
    """Where its tool was started, then where it is now: an agent may change its folder."""
    first = environ.get(_STARTED_IN.get(event.tool, ""), "")
    return [one for one in (first, event.folder) if os.path.isabs(one)]


def _folder(told: Mapping[str, Json]) -> str:
    roots = told.get("workspace_roots")
    first = roots[0] if isinstance(roots, list) and roots and isinstance(roots[0], str) else ""
    return _text(told, "cwd") or first


def _paths(tool: str, told: Mapping[str, Json]) -> tuple[str, ...]:
    if tool == "cursor":
        found = [_text(told, "file_path")]
    else:
        given = told.get("tool_input")
        if _text(told, "tool_name") not in _WRITERS or not isinstance(given, dict):
            return ()
        found = [_text(given, key) for key in _PATHS]
        patch = _text(given, "command") or _text(given, "input") or _text(given, "patch")
        found += _PATCHED.findall(patch)[:_MOST_PATHS]
    return tuple(dict.fromkeys(path for path in found if path))


def _text(told: Mapping[str, Json], key: str) -> str:
    value = told.get(key)
    if not isinstance(value, str) or "\0" in value:
        return ""
    return value if key in ("command", "input", "patch") or len(value) <= _LONGEST else ""
