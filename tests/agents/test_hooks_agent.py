"""`hooks install --agent`: what a user sees of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agents.firing import capture, noted
from box import Box, Clone
from git_naturecode.agents.tools import TOOLS


@pytest.fixture
def clone(box: Box) -> Clone:
    made = box.repo()
    made.nc("init", "--no-hooks")
    return made


def test_install_status_uninstall(clone: Clone, sealed: Path) -> None:
    exclude = clone.path / ".git/info/exclude"
    before = exclude.read_bytes()
    said = clone.nc("hooks", "install", "--agent", "claude-code")
    assert "settings.local.json: changed" in said.out
    assert "capture is off" in said.err
    assert "left to the team" in said.err
    assert clone.git("status", "--short") == ""
    assert "is there already" in clone.nc("hooks", "install", "--agent", "claude-code").out
    clone.nc("hooks", "install", "--agent", "codex", "--user")
    told = clone.nc("hooks", "status", "--json").json["agents"]
    assert [(one["agent"], one["scope"]) for one in told] == [
        ("claude-code", "local"), ("codex", "user"),
    ]  # fmt: skip
    assert "claude-code: in" in clone.nc("hooks", "status").out
    assert "removed" in clone.nc("hooks", "uninstall", "--agent", "claude-code").out
    assert clone.nc("hooks", "uninstall", "--agent", "codex").out.startswith("the hook of codex is")
    assert clone.nc("hooks", "uninstall", "--agent", "codex", "--user", "--json").json["items"]
    assert not (clone.path / ".claude").exists()
    assert not (sealed / ".codex").exists()
    assert exclude.read_bytes() == before


def test_a_file_that_git_ignores_or_tracks_is_not_excluded(clone: Clone) -> None:
    exclude = clone.path / ".git/info/exclude"
    before = exclude.read_bytes()
    (clone.path / ".gitignore").write_text(".claude/*.local.json\n")
    clone.nc("hooks", "install", "--agent", "claude-code")
    assert exclude.read_bytes() == before
    clone.nc("hooks", "uninstall", "--agent", "claude-code")
    (clone.path / ".gemini").mkdir()
    (clone.path / ".gemini/settings.json").write_text("{}\n")
    clone.git("add", "-A")
    assert "tracked by git" in clone.nc("hooks", "install", "--agent", "gemini").err


@pytest.mark.parametrize(
    "args",
    [
        ["--user"], ["--agent", "vim"], ["--agent", "codex", "--files"], ["--agent", "../x"],
        ["--agent"], ["--agent", "codex", "more"],
    ],
)  # fmt: skip
def test_wrong_usage(clone: Clone, args: list[str]) -> None:
    clone.nc("hooks", "install", *args, code=2)
    assert clone.git("status", "--short") == ""


def test_broken_settings_are_left_alone(clone: Clone) -> None:
    path = clone.path / ".claude/settings.local.json"
    path.parent.mkdir()
    path.write_text("{")
    assert "cannot be changed" in clone.nc("hooks", "install", "--agent", "claude-code", code=1).err
    assert path.read_text() == "{"


@pytest.mark.parametrize("tool", TOOLS)
def test_the_command_that_was_installed_does_it(clone: Clone, tool: str) -> None:

    capture(clone)
    clone.nc("hooks", "install", "--agent", tool)
    known = TOOLS[tool]
    file = clone.path / (known.local or known.project)
    hooks = json.loads(file.read_text())["hooks"]
    (event,) = {"PostToolUse", "AfterTool", "afterFileEdit"}.intersection(known.events)
    (item,) = hooks[event]
    (hook,) = item.get("hooks", [item])
    path = str(clone.path / "a.py")
    given = {"file_path": path, "command": "*** Add File: a.py\n"}
    told = {
        "session_id": "s", "conversation_id": "s", "cwd": str(clone.path), "file_path": path,
        "workspace_roots": [str(clone.path)], "hook_event_name": event, "tool_input": given,
        "tool_name": item.get("matcher", "").split("|")[0],
    }  # fmt: skip
    folder = Path(sys.executable).parent
    done = subprocess.run(
        ["/bin/sh", "-c", hook["command"]], cwd=clone.path, input=json.dumps(told).encode(),
        capture_output=True, check=True, env={**os.environ, "PATH": f"{folder}:/usr/bin:/bin"},
    )  # fmt: skip
    assert (done.stdout, done.stderr) == (b"", b"")
    (paths,) = noted(clone).values()
    assert paths == ["a.py"]
