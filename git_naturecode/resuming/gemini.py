"""Chats of Gemini CLI: a line about the chat, then one line per message, calls inside of them.

Keys as in real files of version 0.23 and, for the form with lines, of its versions of 2026.
"""

import glob
import hashlib
import json
import os
import re
from collections.abc import Iterator

from git_naturecode.domain import continued
from git_naturecode.resuming.conversation import Conversation, Step
from git_naturecode.resuming.transcript import Names, Record, Where, copied, uuid

TOOL, NAME = "gemini", "Gemini CLI"
_VARIABLE = "GEMINI_CLI_HOME"
_OWNER = ".project_root"
_NOT_IN_NAME = re.compile(r"[^a-z0-9]+")
_SHORT = 8  # characters of the id in the name of a file
EMPTY = "[no output]"


def name(seed: bytes, conversation: Conversation) -> str:
    """A UUID of version 4, as Gemini CLI makes them."""
    return uuid(seed)


def base(where: Where) -> str:
    """`.gemini` in `GEMINI_CLI_HOME` or the user's home folder."""
    own = where.environ.get(_VARIABLE)
    return os.path.join(own, ".gemini") if own else where.home(_VARIABLE, ".gemini")


def there(base: str, where: Where, name: str) -> str:
    """Its file, on whatever day it was made."""
    chats = glob.escape(os.path.join(_project(base, where), "chats"))
    return next(iter(glob.glob(f"{chats}/session-*-{name[:_SHORT]}.json*")), "")


def path(base: str, where: Where, name: str) -> str:
    """A file of now in the folder that Gemini CLI has for the work tree."""
    time = where.now[:16].replace(":", "-")
    chats = os.path.join(_project(base, where), "chats")
    return os.path.join(chats, f"session-{time}-{name[:_SHORT]}.jsonl")


def owner(base: str, where: Where) -> tuple[str, str]:
    """The file by which Gemini CLI knows whose a folder is, and what it says."""
    return os.path.join(_project(base, where), _OWNER), _root(where)


def _root(where: Where) -> str:
    return os.path.realpath(where.work_tree)


def _hash(where: Where) -> str:
    return hashlib.sha256(os.fsencode(_root(where))).hexdigest()


def _project(base: str, where: Where) -> str:
    """The folder of the work tree: the one that is registered or marked as its, or the one of
    older versions; else the name that Gemini CLI itself would choose for it."""
    tmp, root = os.path.join(base, "tmp"), _root(where)
    registered = _registered(base)
    slug = registered.get(root)
    if slug and _owner(tmp, slug) in ("", root):
        return os.path.join(tmp, slug)
    try:
        names = sorted(os.listdir(tmp))
    except FileNotFoundError:
        names = []
    for one in names:
        if _owner(tmp, one) == root:
            return os.path.join(tmp, one)
    if _hash(where) in names:
        return os.path.join(tmp, _hash(where))
    taken = {*registered.values(), *(one for one in names if _owner(tmp, one))}
    slug = _NOT_IN_NAME.sub("-", os.path.basename(root).lower()).strip("-") or "project"
    number = 0
    while (free := f"{slug}-{number}" if number else slug) in taken:
        number += 1
    return os.path.join(tmp, free)


def _registered(base: str) -> dict[str, str]:
    """Path -> name of the folder, as far as Gemini CLI has written that down."""
    try:
        with open(os.path.join(base, "projects.json"), encoding="utf-8") as file:
            found = json.load(file)["projects"].items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    plain = re.compile(r"[A-Za-z0-9._-]+")
    return {
        path: name
        for path, name in found
        if isinstance(name, str) and plain.fullmatch(name) and name not in (".", "..")
    }


def _owner(tmp: str, name: str) -> str:
    try:
        with open(os.path.join(tmp, name, _OWNER), encoding="utf-8", errors="replace") as file:
            return file.read(4096).strip()
    except OSError:
        return ""


def command(name: str) -> list[str]:
    """The command that goes on."""
    return ["gemini", "--resume", name]


def records(conversation: Conversation, where: Where, name: str) -> Iterator[Record]:
    """The lines. Calls stand in the message of the assistant that they follow."""
    origin = continued.Copied(conversation.session, conversation.last)
    yield {
        "sessionId": name,
        "projectHash": _hash(where),
        "startTime": where.now,
        "lastUpdated": where.now,
        "kind": "main",
        continued.MARK: continued.mark(origin),
    }
    names = Names(name)
    message: Record = {}
    for step in conversation.steps:
        if step.call is not None and message.get("type") == "gemini":
            message.setdefault("toolCalls", []).append(_call(step, names))
            continue
        if message:
            yield message
        message = _message(step, names) | copied(conversation, step)
    yield message


def _message(step: Step, names: Names) -> Record:
    message: Record = {"id": names.uuid(), "timestamp": step.time}
    if step.role == "user":
        return {**message, "type": "user", "content": [{"text": step.text}]}
    if step.role == "system":
        return {**message, "type": "info", "content": step.text}
    message = {**message, "type": "gemini", "content": step.text, "thoughts": [], "tokens": None}
    if step.model:
        message["model"] = step.model
    return message | ({"toolCalls": [_call(step, names)]} if step.call else {})


def _call(step: Step, names: Names) -> Record:
    assert step.call is not None
    call = names.call(f"{step.call.name}-")
    key = "output" if step.call.ok else "error"
    response = {"id": call, "name": step.call.name, "response": {key: step.call.output or EMPTY}}
    return {
        "id": call,
        "name": step.call.name,
        "args": step.call.input,
        "result": [{"functionResponse": response}],
        "status": "success" if step.call.ok else "error",
        "timestamp": step.time,
        "displayName": step.call.name,
        "description": "",
        "renderOutputAsMarkdown": False,
    }
