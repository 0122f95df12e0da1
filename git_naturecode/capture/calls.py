"""Tool calls: which type of work a tool does, and the one thing that a call is about."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Any

# The types are those of SpecStory's session schema; the names those of Claude Code and Gemini CLI.
_TYPES = {
    "write": "Edit Write MultiEdit NotebookEdit write_file replace edit create_file apply_patch",
    "read": "Read NotebookRead LS WebFetch read_file read_many_files list_directory web_fetch",
    "search": "Grep Glob LSP WebSearch ToolSearch search_file_content glob google_web_search",
    "shell": "Bash BashOutput KillBash KillShell run_shell_command shell",
    "task": "Task Agent TodoWrite TaskCreate TaskUpdate TaskOutput ExitPlanMode write_todos",
}
_TYPE_OF = {name: kind for kind, names in _TYPES.items() for name in names.split()}
TYPES = frozenset([*_TYPES, "generic"])
_PATHS = ("file_path", "filePath", "notebook_path", "absolute_path", "dir_path")
_TOPICS = (
    "pattern",
    "query",
    "url",
    "description",
    "skill",
    "subject",
    "name",
    "title",
    "prompt",
    "path",
)


@dataclass(frozen=True)
class Call:
    """A tool call whose result may still be to come. `entry` is the id of its entry once it is
    done; `about` and `input` are not yet redacted."""

    id: str
    entry: str
    name: str
    type: str
    about: str
    t: str
    side: bool = False
    model: str = ""
    input: str = ""


def type_of(name: str) -> str:
    """write, read, search, shell, task or generic, by the tool's name."""
    return _TYPE_OF.get(name, "generic")


def about(arguments: Json, project: str) -> str:
    """What a call is about: path (relative to `project`), command, pattern, address, or topic."""
    if isinstance(arguments, str):
        return arguments
    if not isinstance(arguments, Mapping):
        return ""
    command = arguments.get("command", arguments.get("cmd"))
    if isinstance(command, list):
        command = " ".join(str(word) for word in command)
    if isinstance(command, str) and command:
        return command
    for key in _PATHS:
        if isinstance(path := arguments.get(key), str) and path:
            return relative(path, project)
    topics = (arguments[key] for key in _TOPICS if isinstance(arguments.get(key), str))
    return next((relative(topic, project) for topic in topics if topic), "")


def relative(path: str, project: str) -> str:
    """`path` as seen from the folder `project`, where it lies in it."""
    if (
        project
        and path.startswith(project)
        and path[len(project) : len(project) + 1] in ("/", "\\")
    ):
        return path[len(project) + 1 :]
    return path


def written_out(arguments: Json) -> str:
    """A call's input to read: the command or text alone, or indented JSON."""
    if isinstance(arguments, str):
        return arguments
    if isinstance(arguments, Mapping) and set(arguments) <= {"command", "description", "timeout"}:
        command = arguments.get("command")
        if isinstance(command, str):
            return command
    return json.dumps(arguments, ensure_ascii=False, indent=2)
