"""A repository in which a session of Claude Code says and does things, as its transcript tells."""

import os
from pathlib import Path
from typing import Any

from box import Clone
from git_naturecode import ids
from git_naturecode.ids import imported_entry
from transcripts import S, line, result, use, write


class Work:
    """A repository and a session in it, which a test lets say and do things."""

    def __init__(self, clone: Clone) -> None:
        self.clone, self.lines, self.number = clone, list[Any](), 0
        slug = "".join(c if c.isalnum() else "-" for c in os.path.realpath(clone.path))
        self.folder = Path(os.environ["HOME"], ".claude/projects", slug)
        self.folder.mkdir(parents=True)
        self.say("user", "Add a test")

    @property
    def transcript(self) -> Path:
        """The file of the session."""
        return self.folder / f"{S}.jsonl"

    @property
    def tail(self) -> str:
        """The last part of the id that the session has once it was imported."""
        return ids.imported_tail("claude-code", S)

    def say(self, kind: str, content: Any, **more: Any) -> None:
        """One more line, a second later."""
        self.number += 1
        made = line(kind, f"u{self.number}", content, **more)
        made["timestamp"] = f"2026-11-22T10:{self.number // 60:02d}:{self.number % 60:02d}.000Z"
        self.lines.append({**made, "cwd": more.get("cwd", str(self.clone.path))})
        write(self.transcript, self.lines)

    def edit(self, name: str, old: str, new: str, *, told: bool = True) -> str:
        """Replace `old` by `new` in a file as the tool does; the id of the call's entry."""
        file = Path(self.clone.path, name)
        before = file.read_text() if file.exists() else ""
        self.number += 1
        call = f"toolu_{self.number}"
        after = before.replace(old, new) if old else new
        asked = use(call, "Edit", file_path=str(file), old_string=old, new_string=new)
        self.say("assistant", [asked])
        answer = {"filePath": str(file), "oldString": old, "newString": new, "originalFile": before}
        self.say("user", [result(call, "ok")], **({"toolUseResult": answer} if told else {}))
        file.parent.mkdir(exist_ok=True)
        file.write_text(after)
        return imported_entry("claude-code", S, call, "done")

    def commit(self, *args: str) -> str:
        """Commit everything a minute later; the id of the commit."""
        self.number += 60
        at = f"2026-11-22T10:{self.number // 60:02d}:{self.number % 60:02d}Z"
        self.clone.git("add", "-A")
        self.clone.env.update(GIT_AUTHOR_DATE=at, GIT_COMMITTER_DATE=at)
        self.clone.git("commit", "-q", *(args or ("-m", "change")))
        return self.clone.git("rev-parse", "HEAD").strip()

    def imported(self, *args: str) -> str:
        """Import the session as it is by now; its id."""
        self.clone.nc("session", "import", *args, str(self.transcript))
        listed = self.clone.nc("session", "list", "--json").json["items"]
        return next(str(one["id"]) for one in listed if one["origin"] == S)
