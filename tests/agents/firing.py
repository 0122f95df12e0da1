"""Agents to test with: their transcripts grow and their hooks fire at the real program."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from box import Clone
from git_naturecode import ids

# The hook with more time than it gives itself, after which it would let a path get lost: tests
# run where much else does.
_PATIENT = """
import sys
from git_naturecode import __main__ as program
from git_naturecode.agents import hook, notes
hook.SECONDS, notes._PATIENCE = 100, 100.0
program.main()
"""


def fire(
    clone: Clone, tool: str, told: Any, *, cwd: Path | None = None, **env: str
) -> "subprocess.CompletedProcess[bytes]":
    """Run the hook of `tool` with `told` (JSON, or bytes as they are) on stdin."""
    data = told if isinstance(told, bytes) else json.dumps(told).encode()
    return subprocess.run(
        [sys.executable, "-c", _PATIENT, "hook", "agent", tool], cwd=cwd or clone.path,
        input=data, capture_output=True, check=False,
        env={**os.environ, **clone.env, **env},
    )  # fmt: skip


def quietly(clone: Clone, tool: str, told: Any, **more: Any) -> None:
    """Run the hook, which says nothing and succeeds."""
    done = fire(clone, tool, told, **more)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def noted(clone: Clone) -> dict[str, list[str]]:
    """What is noted in this work tree, by session: the paths."""
    folder = Path(clone.git("rev-parse", "--absolute-git-dir").strip()) / "naturecode/agents"
    found = {}
    for path in sorted(folder.glob("[!.]*")):  # as sh takes *
        first, *paths = path.read_text(errors="surrogateescape").split("\n")[:-1]
        assert first.isdigit()
        found[path.name] = paths
    return found


def capture(clone: Clone) -> Clone:
    """Switch capture on."""
    (clone.path / ".git/naturecode/capture").touch()
    return clone


@dataclass
class Claude:
    """A running Claude Code: it writes its transcript, edits files, and fires its hooks."""

    clone: Clone
    session: str = "11111111-aaaa-4bbb-8ccc-000000000001"
    folder: Path | None = None
    second: int = 0
    env: dict[str, str] = field(default_factory=dict)

    @property
    def cwd(self) -> Path:
        return self.folder or self.clone.path

    @property
    def transcript(self) -> Path:
        name = "".join(c if c.isalnum() else "-" for c in os.path.realpath(self.cwd))
        home = Path(os.environ["HOME"])
        return home / ".claude/projects" / name / f"{self.session}.jsonl"

    @property
    def id(self) -> str:
        """The session that it is imported into."""
        return ids.imported_entity("session", "claude-code", self.session, 1_795_600_800_000)

    def write_line(self, kind: str, content: Any, **more: Any) -> None:
        self.second += 1
        line = {
            "type": kind, "uuid": f"{self.session[:4]}-{self.second}", "sessionId": self.session,
            "cwd": str(self.cwd), "gitBranch": "main", "version": "2.1.0",
            "timestamp": f"2026-11-25T10:{self.second // 60:02d}:{self.second % 60:02d}.000Z",
            "message": {"role": kind, "content": content}, **more,
        }  # fmt: skip
        self.transcript.parent.mkdir(parents=True, exist_ok=True)
        with open(self.transcript, "a", encoding="utf-8") as file:
            file.write(json.dumps(line, separators=(",", ":")) + "\n")

    def event(self, name: str, **more: Any) -> dict[str, Any]:
        return {
            "session_id": self.session, "transcript_path": str(self.transcript),
            "cwd": str(self.cwd), "hook_event_name": name, "permission_mode": "default", **more,
        }  # fmt: skip

    def fire(self, name: str, **more: Any) -> None:
        quietly(self.clone, "claude-code", self.event(name, **more), cwd=self.cwd, **self.env)

    def asked(self, text: str = "Please change it") -> None:
        self.write_line("user", text)

    def edit(self, path: str, text: str) -> None:
        """Write a file as its tool Write does, and fire PostToolUse."""
        full = self.cwd / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text)
        given = {"file_path": str(full), "content": text}
        call = f"t{self.session[:4]}{self.second}"
        use = {"type": "tool_use", "id": call, "name": "Write", "input": given}
        self.write_line("assistant", [use])
        result = {"type": "tool_result", "tool_use_id": call, "content": "written"}
        self.write_line("user", [result])
        self.fire("PostToolUse", tool_name="Write", tool_input=given, tool_use_id=call)
