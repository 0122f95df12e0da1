"""Rollouts of Codex: a line about the thread, then one line for each item.

Each is `{timestamp, type, payload}`; keys as of versions 0.99 to 0.142 (research/capture.md 5).
"""

import glob
import json
import os
from collections.abc import Iterator

from git_naturecode import clock
from git_naturecode.domain import continued
from git_naturecode.resuming.conversation import Conversation, Step
from git_naturecode.resuming.transcript import Names, Record, Where, uuid

TOOL, NAME = "codex", "Codex"
_VARIABLE = "CODEX_HOME"
_VERSION = "0.142.0"


def name(seed: bytes, conversation: Conversation) -> str:
    """A UUID of version 7, as Codex makes them; its time is that of the last step."""
    return uuid(seed, clock.parse_iso(conversation.steps[-1].time))


def base(where: Where) -> str:
    """`CODEX_HOME`, else `~/.codex`."""
    return where.environ.get(_VARIABLE) or where.home(_VARIABLE, ".codex")


def there(base: str, where: Where, name: str) -> str:
    """Its file, on whatever day it was made, and also where Codex has archived or packed it."""
    begin = glob.escape(base)
    for place in ("sessions/*/*/*", "archived_sessions"):
        for found in glob.glob(f"{begin}/{place}/rollout-*-{name}.jsonl*"):
            if not found.endswith(".new"):
                return found
    return ""


def path(base: str, where: Where, name: str) -> str:
    """A file in the folder of today."""
    day, time = where.now[:10].split("-"), where.now[:19].replace(":", "-")
    return os.path.join(base, "sessions", *day, f"rollout-{time}-{name}.jsonl")


def command(name: str) -> list[str]:
    """The command that goes on."""
    return ["codex", "resume", name]


def records(conversation: Conversation, where: Where, name: str) -> Iterator[Record]:
    """The lines. Each text stands there for the model and, as an event, for the user's eyes."""
    names = Names(name)
    lines = [line for step in conversation.steps for line in _lines(step, names)]
    origin = continued.Copied(conversation.session, conversation.last, len(lines))
    meta: Record = {
        "id": name,
        "timestamp": where.now,
        "cwd": where.work_tree,
        "originator": "codex_cli_rs",
        "cli_version": _VERSION,
        "source": "cli",
        "model_provider": "openai",
        continued.MARK: continued.mark(origin),
    }
    if where.branch:
        meta["git"] = {"branch": where.branch}
    yield {"timestamp": where.now, "type": "session_meta", "payload": meta}
    yield from lines


def _lines(step: Step, names: Names) -> Iterator[Record]:
    if step.call is not None:
        yield from _call(step, names)
    elif step.role == "user":
        yield _item(step, _message(step, "input_text"))
        yield _event(step, {"type": "user_message", "message": step.text})
    elif step.role == "assistant":
        yield _item(step, _message(step, "output_text"))
        yield _event(step, {"type": "agent_message", "message": step.text})


def _message(step: Step, kind: str) -> Record:
    content = [{"type": kind, "text": step.text}]
    return {"type": "message", "role": step.role, "content": content}


def _call(step: Step, names: Names) -> Iterator[Record]:
    assert step.call is not None
    call = names.call("call_")
    given = json.dumps(step.call.input, ensure_ascii=False)
    named = {"type": "function_call", "name": step.call.name, "arguments": given, "call_id": call}
    yield _item(step, named)
    # There is no other place that says so.
    output = step.call.output if step.call.ok else f"execution error\n{step.call.output}"
    yield _item(step, {"type": "function_call_output", "call_id": call, "output": output})


def _item(step: Step, payload: Record) -> Record:
    return {"timestamp": step.time, "type": "response_item", "payload": payload}


def _event(step: Step, payload: Record) -> Record:
    return {"timestamp": step.time, "type": "event_msg", "payload": payload}
