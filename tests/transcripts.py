"""Made-up transcripts of Claude Code, line by line, and what is read of them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from git_naturecode.capture import read
from git_naturecode.redact import Redactor
from git_naturecode.store.entry import Draft

S = "11111111-aaaa-4bbb-8ccc-000000000001"


def line(kind: str, uuid: str, content: Any, second: int = 0, **more: Any) -> dict[str, Any]:
    message = {
        "role": kind,
        "content": content,
        **({"model": "claude-x"} if kind == "assistant" else {}),
    }
    return {
        "type": kind,
        "uuid": uuid,
        "sessionId": S,
        "cwd": "/home/ada/p",
        "gitBranch": "main",
        "version": "2.1.0",
        "timestamp": f"2026-11-22T10:00:{second:02d}.000Z",
        "message": message,
        **more,
    }


def use(call: str, name: str, **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": call, "name": name, "input": arguments}


def result(call: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": call, "content": content, **more}


def write(path: Path, lines: Iterable[Any]) -> str:
    texts = (x if isinstance(x, str) else json.dumps(x, separators=(",", ":")) for x in lines)
    text = "".join(text if text.endswith("\n") or "torn" in text else text + "\n" for text in texts)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return str(path)


def drafts(path: str, **options: Any) -> list[Draft]:
    return list(read(path, Redactor(), **options))


def messages(path: str, **options: Any) -> list[Draft]:
    return [draft for draft in drafts(path, **options) if draft.kind == "message"]


CONVERSATION = [
    {
        "type": "file-history-snapshot",
        "messageId": "x",
        "snapshot": {"timestamp": "2026-01-01T00:00:00.000Z"},
    },
    line("user", "u1", "\nAdd a test\nfor retry", 1),
    line("assistant", "u2", [{"type": "thinking", "thinking": "hm"}], 2),
    line(
        "assistant",
        "u3",
        [
            {"type": "text", "text": "I do."},
            use("t1", "Edit", file_path="/home/ada/p/src/a.py", old_string="1", new_string="2"),
        ],
        3,
    ),
    line(
        "user",
        "u4",
        [result("t1", "updated")],
        4,
        toolUseResult={"filePath": "/p/a.py", "uuid": "no"},
    ),
    line(
        "assistant", "u5", [use("t2", "Bash", command="make test\nmake lint", description="d")], 5
    ),
]
