"""Transcripts of Claude Code: one JSON object per line, each naming the one before it.

Keys as in real files of versions 2.0 and 2.1 (research/capture.md 5).
"""

import os
import re
from collections.abc import Iterator

from git_naturecode.errors import Negative
from git_naturecode.resuming.conversation import Conversation, Step
from git_naturecode.resuming.transcript import Names, Record, Where, copied, uuid

TOOL, NAME = "claude-code", "Claude Code"
_VARIABLE = "CLAUDE_CONFIG_DIR"
_VERSION = "2.1.0"
_SLUG = 200  # characters, from which on Claude Code cuts a folder's name and adds a hash of its own
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9]")
_NO_USAGE = {
    "input_tokens": 0,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 0,
    "output_tokens": 0,
}


def name(seed: bytes, conversation: Conversation) -> str:
    """A UUID of version 4, as Claude Code makes them."""
    return uuid(seed)


def base(where: Where) -> str:
    """`CLAUDE_CONFIG_DIR`, else `~/.claude`, or `~/.config/claude` where only that is there."""
    own = [part for part in where.environ.get(_VARIABLE, "").split(",") if part]
    if own:
        return own[0]
    usual, other = where.home(_VARIABLE, ".claude"), where.home(_VARIABLE, ".config", "claude")
    return other if os.path.isdir(other) and not os.path.isdir(usual) else usual


def there(base: str, where: Where, name: str) -> str:
    """Its file, where that is there."""
    try:
        found = path(base, where, name)
    except Negative:
        return ""
    return found if os.path.exists(found) else ""


def path(base: str, where: Where, name: str) -> str:
    """The file in the folder that is named after the work tree."""
    return os.path.join(_project(os.path.join(base, "projects"), where.work_tree), f"{name}.jsonl")


def _project(projects: str, work_tree: str) -> str:
    # As JavaScript counts, a character outside of the first plane is two.
    slug = "".join(
        "--" if ord(one) > 0xFFFF else _NOT_IN_NAME.sub("-", one)
        for one in os.path.realpath(work_tree)
    )
    if len(slug) <= _SLUG:
        return os.path.join(projects, slug)
    start = slug[:_SLUG] + "-"
    try:
        found = [one for one in os.listdir(projects) if one.startswith(start)]
    except FileNotFoundError:
        found = []
    if len(found) != 1:
        raise Negative(
            "the path of this work tree is so long that only Claude Code knows the folder's name",
            "start it here once, then try again, or use a work tree with a shorter path",
        )
    return os.path.join(projects, found[0])


def command(name: str) -> list[str]:
    """The command that goes on."""
    return ["claude", "--resume", name]


def records(conversation: Conversation, where: Where, name: str) -> Iterator[Record]:
    """The lines: texts of users and assistants; a call and its result are two."""
    writer = _Writer(conversation, where, name)
    for step in conversation.steps:
        yield from writer.step(step)


class _Writer:
    """Turns steps into lines; what the assistant says at a time is one message of the interface."""

    def __init__(self, conversation: Conversation, where: Where, name: str) -> None:
        self._conversation, self._where, self._name = conversation, where, name
        self._names = Names(name)
        self._parent: str | None = None
        self._message = ""
        models = (step.model for step in conversation.steps if step.model)
        self._model = next(models, "unknown")  # until another one is named

    def step(self, step: Step) -> Iterator[Record]:
        """The lines of one step."""
        if step.call is not None:
            yield from self._call(step)
        elif step.role == "assistant":
            yield self._assistant(step, {"type": "text", "text": step.text})
        elif step.role == "system":
            more: Record = {"subtype": "informational", "content": step.text}
            yield self._line("system", step, {**more, "isMeta": False, "level": "info"})
        else:
            yield self._user(step, step.text, {"isMeta": True} if step.meta else {})

    def _call(self, step: Step) -> Iterator[Record]:
        assert step.call is not None
        call = self._names.call("toolu_")
        named = {"type": "tool_use", "id": call, "name": step.call.name, "input": step.call.input}
        yield self._assistant(step, named)
        result: Record = {"tool_use_id": call, "type": "tool_result", "content": step.call.output}
        if not step.call.ok:
            result["is_error"] = True
        yield self._user(step, [result], {"sourceToolAssistantUUID": self._parent})

    def _assistant(self, step: Step, block: Record) -> Record:
        self._model = step.model or self._model
        self._message = self._message or "msg_" + self._names.next("message").hex()[:24]
        message = {
            "model": self._model,
            "id": self._message,
            "type": "message",
            "role": "assistant",
            "content": [block],
            "stop_reason": "tool_use" if block["type"] == "tool_use" else "end_turn",
            "stop_sequence": None,
            "usage": _NO_USAGE,
        }
        return self._line("assistant", step, {"message": message})

    def _user(self, step: Step, content: str | list[Record], more: Record) -> Record:
        self._message = ""
        return self._line("user", step, {"message": {"role": "user", "content": content}, **more})

    def _line(self, kind: str, step: Step, more: Record) -> Record:
        before, self._parent = self._parent, self._names.uuid()
        return {
            "parentUuid": before,
            "isSidechain": False,
            "userType": "external",
            "cwd": self._where.work_tree,
            "sessionId": self._name,
            "version": _VERSION,
            "gitBranch": self._where.branch,
            "type": kind,
            **more,
            "uuid": self._parent,
            "timestamp": step.time,
            **copied(self._conversation, step),
        }
