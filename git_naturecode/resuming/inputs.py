"""What a tool call was given and what it gave, out of the one entry that a session keeps of it."""

import json

from git_naturecode.domain.said import Message
from git_naturecode.store.entry import Json

# Under which key tools take the one thing that a call is about.
_KEYS = {
    "shell": "command",
    "write": "file_path",
    "read": "file_path",
    "search": "pattern",
    "task": "description",
    "generic": "description",
}
_NAMED = {
    "exec_command": "cmd",
    "WebFetch": "url",
    "web_fetch": "url",
    "WebSearch": "query",
    "google_web_search": "query",
    "web_search": "query",
    "NotebookEdit": "notebook_path",
    "LS": "path",
    "list_directory": "path",
    "Skill": "skill",
}
_SCRIPT = ("bash", "-lc")  # how Codex gives a line to its tool `shell`


def parts(message: Message) -> tuple[dict[str, Json], str]:
    """The input of a call as far as it was kept, and its output.

    An import with `--full` kept the whole input above the output; else there is the one thing that
    the call was about.
    """
    given, output = message.call
    return _whole(message, given) if given else _about(message), output


def _whole(message: Message, text: str) -> dict[str, Json]:
    try:
        found = json.loads(text)
        json.dumps(found, allow_nan=False)  # Python reads 1e999; nobody else reads what it makes
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    if message.header.get("type") == "shell":
        return {_key(message): text}
    return _about(message) | {"input": text}


def _about(message: Message) -> dict[str, Json]:
    target = message.header.get("target")
    if not isinstance(target, str) or not target:
        return {}
    if message.header.get("tool") == "shell":
        return {"command": [*_SCRIPT, target]}
    return {_key(message): target}


def _key(message: Message) -> str:
    name, kind = str(message.header.get("tool")), str(message.header.get("type"))
    return _NAMED.get(name) or _KEYS.get(kind, "description")
