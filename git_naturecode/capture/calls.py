"""Tool calls: which type of work a tool does, and the one thing that a call is about."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .fields import written

Json = Any

# The types are those of SpecStory's session schema; the names those of the tools, one line each:
# Claude Code, Gemini CLI, Codex, Copilot (without the `copilot_` before some), Cursor.
_TYPES = {
    "write": (
        "Edit Write MultiEdit NotebookEdit",
        "write_file replace edit create_file",
        "apply_patch",
        "insert_edit_into_file replace_string_in_file multi_replace_string_in_file edit_file create"
        " insertEdit replaceString multiReplaceString applyPatch createFile createDirectory"
        " create_directory edit_notebook_file create_new_jupyter_notebook str_replace_editor"
        " editNotebook",
        "StrReplace Delete EditNotebook edit_file_v2 search_replace delete_file reapply",
    ),
    "read": (
        "Read NotebookRead LS WebFetch",
        "read_file read_many_files list_directory web_fetch",
        "view_image read_mcp_resource list_mcp_resources",
        "readFile listDirectory list_dir fetchWebPage fetch_webpage vscode_fetchWebPage_internal"
        " getErrors get_errors readNotebookCellOutput get_changed_files getChangedFiles view"
        " viewImage",
        "ReadLints read_lints read_file_v2 list_dir_v2 FetchMcpResource",
    ),
    "search": (
        "Grep Glob LSP WebSearch ToolSearch",
        "search_file_content glob google_web_search",
        "web_search tool_search",
        "findFiles findTextInFiles searchCodebase searchWorkspaceSymbols semantic_search"
        " grep_search file_search list_code_usages listCodeUsages test_search githubRepo"
        " github_repo grep",
        "SemanticSearch codebase_search semantic_search_full ripgrep ripgrep_raw_search"
        " glob_file_search",
    ),
    "shell": (
        "Bash BashOutput KillBash KillShell",
        "run_shell_command",
        "shell shell_command exec_command write_stdin local_shell container.exec unified_exec",
        "run_in_terminal runInTerminal get_terminal_output getTerminalOutput run_task runTests"
        " bash powershell write_bash read_bash stop_bash write_powershell read_powershell"
        " stop_powershell",
        "Shell run_terminal_cmd run_terminal_command run_terminal_command_v2 AwaitShell",
    ),
    "task": (
        "Task Agent TodoWrite TaskCreate TaskUpdate TaskOutput ExitPlanMode",
        "write_todos",
        "update_plan spawn_agent send_input wait close_agent resume_agent",
        "runSubagent manage_todo_list manageTodoList update_todo task",
        "todo_write CreatePlan create_plan task_v2",
    ),
}
_TYPE_OF = {name: kind for kind, tools in _TYPES.items() for t in tools for name in t.split()}
TYPES = frozenset([*_TYPES, "generic"])
_PATHS = (
    "file_path",
    "filePath",
    "notebook_path",
    "absolute_path",
    "dir_path",
    "target_file",
    "targetFile",
    "relativeWorkspacePath",
)
_PATCHED = re.compile(r"^\*\*\* (?:Add|Update|Delete) File: (.+?)[ \t\r]*$", re.M)
_SHELLS = frozenset(["bash", "sh", "zsh", "powershell", "pwsh", "cmd"])
_TOPICS = (
    "pattern",
    "query",
    "search_term",
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
    done; `about` and `input` are not yet redacted. `shown` is what the tool showed of its result,
    as it stands in the source, where a file before and after an edit is told there."""

    id: str
    entry: str
    name: str
    type: str
    about: str
    t: str
    side: bool = False
    model: str = ""
    input: str = ""
    shown: Json = None


def type_of(name: str) -> str:
    """write, read, search, shell, task or generic, by the tool's name."""
    return _TYPE_OF.get(name.removeprefix("copilot_"), "generic")


def about(arguments: Json, project: str) -> str:
    """What a call is about: path (relative to `project`), command, pattern, address, or topic."""
    if isinstance(arguments, str):
        return arguments
    if not isinstance(arguments, Mapping):
        return ""
    command = arguments.get("command", arguments.get("cmd"))
    if isinstance(command, list):
        command = _spoken(command)
    if isinstance(command, str) and command:
        return command
    for key in _PATHS:
        if isinstance(path := arguments.get(key), str) and path:
            return relative(path, project)
    topics = (arguments[key] for key in _TOPICS if isinstance(arguments.get(key), str))
    return next((relative(topic, project) for topic in topics if topic), "")


def patched(patch: str) -> str:
    """The files that a patch in the form of Codex changes, separated by commas."""
    return ", ".join(dict.fromkeys(_PATCHED.findall(patch)))


def _spoken(words: Sequence[Json]) -> str:
    """A command's words as one line, without the shell that runs it."""
    name = str(words[0]).replace("\\", "/").rsplit("/", 1)[-1] if words else ""
    if len(words) == 3 and name.removesuffix(".exe") in _SHELLS:
        return str(words[2])
    return " ".join(str(word) for word in words)


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
    if isinstance(arguments, Mapping) and set(arguments) <= {"command", "description", "timeout"}:
        command = arguments.get("command")
        if isinstance(command, str):
            return command
    return written(arguments)
