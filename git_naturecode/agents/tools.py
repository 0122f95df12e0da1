"""Where each AI tool keeps its hooks, and what ours are there (docs/design/agents.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Any
SECONDS = 10  # what a tool waits for a hook of ours, which ends by itself long before
NAME = "naturecode"


@dataclass(frozen=True)
class Tool:
    """A tool: its files (relative to the work tree, or to the user's home), its events.

    `events` are those that ours is run at, each with the tools of it that count ("": all).
    `local` is a file of the work tree that no tool of the team shares. `home` is the variable
    that names another folder than `user_folder`.
    """

    name: str
    project: str
    user: str
    user_folder: str
    home: str
    events: Mapping[str, str]
    local: str = ""
    comments: bool = False
    flat: bool = False  # a hook stands in its event's array itself, not in a group
    milliseconds: bool = False
    first: Mapping[str, Json] = ()  # type: ignore[assignment]
    advice: str = ""

    def item(self, event: str, command: str) -> dict[str, Json]:
        """What stands in the array of `event` to have `command` run."""
        wait = SECONDS * 1000 if self.milliseconds else SECONDS
        if self.flat:
            return {"command": command}
        hook: dict[str, Json] = {"type": "command", "command": command, "timeout": wait}
        if self.milliseconds:
            hook = {"name": NAME, **hook}
        matcher = self.events[event]
        return {**({"matcher": matcher} if matcher else {}), "hooks": [hook]}


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "claude-code", ".claude/settings.json", "settings.json", ".claude",
            "CLAUDE_CONFIG_DIR",
            {
                "SessionStart": "", "PostToolUse": "Edit|Write|MultiEdit|NotebookEdit", "Stop": "",
                "SubagentStop": "", "PreCompact": "", "SessionEnd": "",
            },
            local=".claude/settings.local.json",
            advice="sessions that run already go on without it until they are started again",
        ),
        Tool(
            "codex", ".codex/hooks.json", "hooks.json", ".codex", "CODEX_HOME",
            {
                "SessionStart": "", "PostToolUse": "apply_patch|Edit|Write", "Stop": "",
                "SubagentStop": "", "PreCompact": "", "SessionEnd": "",
            },
            advice="Codex runs a new hook only once you have trusted it: type /hooks there",
        ),
        Tool(
            "gemini", ".gemini/settings.json", ".gemini/settings.json", "", "GEMINI_CLI_HOME",
            {
                "SessionStart": "", "AfterTool": "write_file|replace|edit", "AfterAgent": "",
                "PreCompress": "", "SessionEnd": "",
            },
            comments=True, milliseconds=True,
            advice="Gemini CLI may ask whether you trust it; hooksConfig.enabled must not be false",
        ),
        Tool(
            "cursor", ".cursor/hooks.json", "hooks.json", ".cursor", "CURSOR_CONFIG_DIR",
            {
                "sessionStart": "", "afterFileEdit": "", "stop": "", "subagentStop": "",
                "preCompact": "", "sessionEnd": "",
            },
            flat=True, first={"version": 1},
            advice="Cursor reads it when it starts; its settings list it under Hooks",
        ),
    )
}  # fmt: skip
