"""Made-up conversations of the assistants that live in editors: Copilot and Cursor."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

T = "2026-11-22T10:00:{:02d}.{:03d}Z"


def jsonl(records: Iterable[Any]) -> str:
    return "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records)


def event(kind: str, second: int, name: str = "", **data: Any) -> dict[str, Any]:
    """A line of an event stream of Copilot."""
    return {
        "type": kind,
        "data": data,
        "id": name or f"e{second}",
        "timestamp": T.format(second, 0),
    }


def copilot_events(text: str = "hi", project: str = "/home/ada/p") -> list[dict[str, Any]]:
    """The lines of an event stream of Copilot."""
    context = {"cwd": project, "branch": text}
    request = {"toolCallId": "c1", "name": text, "arguments": json.dumps({"command": text})}
    start, complete = "tool.execution_start", "tool.execution_complete"
    return [
        event("session.start", 0, sessionId="s1", copilotVersion=text, context=context),
        event("session.model_change", 0, newModel=text),
        event("system.message", 1, content=text),
        event("user.message", 2, content=text, attachments=[]),
        event("assistant.message", 3, content=text, reasoningText=text, toolRequests=[request]),
        event(start, 4, toolCallId="c1", toolName=text, arguments={"command": text}),
        event(complete, 5, toolCallId="c1", success=True, result={"content": text}),
        event(complete, 6, toolCallId="c0", success=False, error={"message": text}),
        event("session.compaction_complete", 7, summaryContent=text),
        event("session.error", 8, message=text),
        event(start, 9, toolCallId="c2", toolName="view", arguments={"path": text}),
        event("brand.new", 10, content=text),
    ]  # fmt: skip


def asked(name: str, text: str, *parts: Any, **more: Any) -> dict[str, Any]:
    """A request of a chat of VS Code with its answer."""
    return {
        "requestId": name,
        "timestamp": 1795341600000,
        "message": {"text": text},
        "response": list(parts),
        "result": {},
        "modelId": "copilot/gpt-x",
        **more,
    }


def invoked(name: str, tool: str, **more: Any) -> dict[str, Any]:
    """A tool call in such an answer."""
    return {
        "kind": "toolInvocationSerialized",
        "toolCallId": name,
        "toolId": tool,
        "isComplete": True,
        **more,
    }


def copilot_chat(text: str = "hi") -> dict[str, Any]:
    """A chat of VS Code with everything in it."""
    call = {"id": "c1", "name": text, "arguments": json.dumps({"command": text})}
    metadata = {
        "toolCallRounds": [{"toolCalls": [call]}],
        "toolCallResults": {
            "c1": {"content": [{"value": {"node": {"children": [{"text": text}]}}}]}
        },
        "resolvedModel": text,
    }
    terminal = {"commandLine": {"original": text}, "terminalCommandOutput": {"text": text}}
    first = asked(
        "r1",
        text,
        {"kind": "thinking", "value": text},
        {"value": text},
        invoked("c1", text),
        {"kind": "inlineReference", "name": text, "inlineReference": {"fsPath": text}},
        invoked("c2", "run_in_terminal", toolSpecificData=terminal),
        {"kind": "textEditGroup", "uri": {"fsPath": text}, "edits": [[{"text": text}]]},
        invoked("c3", "mcp", resultDetails={"output": [{"value": text}]}, pastTenseMessage=text),
        {"value": text},
        result={"metadata": metadata, "errorDetails": {"message": text}},
    )
    return {
        "version": 3,
        "sessionId": "s2",
        "creationDate": 1795341600000,
        "customTitle": text,
        "requests": [first, asked("r2", text, {"value": text})],
    }  # fmt: skip


def logged(chat: dict[str, Any]) -> list[dict[str, Any]]:
    """The log of changes by which a chat of VS Code came about, part by part."""
    lines: list[dict[str, Any]] = [{"kind": 0, "v": {**chat, "requests": []}}]
    for number, request in enumerate(chat["requests"]):
        early = {k: v for k, v in request.items() if k != "result"}
        lines.append({"kind": 2, "k": ["requests"], "v": [{**early, "response": []}]})
        path = ["requests", number, "response"]
        lines += [{"kind": 2, "k": path, "v": [part]} for part in request["response"]]
        if "result" in request:
            lines.append({"kind": 1, "k": ["requests", number, "result"], "v": request["result"]})
    return lines


def write_copilot_events(folder: Path, text: str) -> Path:
    path = folder / "copilot-events.jsonl"
    path.write_text(jsonl(copilot_events(text)))
    return path


def write_copilot_chat(folder: Path, text: str) -> Path:
    path = folder / "copilot-chat.json"
    path.write_text(json.dumps(copilot_chat(text), indent=2))
    return path


def write_copilot_log(folder: Path, text: str) -> Path:
    path = folder / "copilot-log.jsonl"
    path.write_text(jsonl(logged(copilot_chat(text))))
    return path


def told(role: str, *blocks: Any) -> dict[str, Any]:
    """A line of a transcript of Cursor's agents."""
    content = [{"type": "text", "text": b} if isinstance(b, str) else b for b in blocks]
    return {"role": role, "message": {"content": content}}


def cursor_lines(text: str = "hi") -> list[dict[str, Any]]:
    """The lines of a transcript of Cursor's agents."""
    use = {"type": "tool_use", "name": text, "input": {"command": text}}
    return [
        told("user", f"<user_query>\n{text}\n</user_query>"),
        told("user", f"<system_notification>{text}</system_notification>"),
        told("assistant", text, use, {"type": "tool_use", "name": "Read", "input": {"path": text}}),
        told("assistant", f"{text}\n\n[REDACTED]"),
        {"role": "user", "message": {"content": text}},
        {"type": "turn_ended", "status": text},
    ]


def bubble(name: str, kind: int, text: str, **more: Any) -> dict[str, Any]:
    """A bubble of Cursor's database."""
    created = "2026-11-22T10:00:00.000Z"
    return {"bubbleId": name, "type": kind, "text": text, "createdAt": created, **more}


def cursor_store(path: Path, session: str, bubbles: list[dict[str, Any]], **more: Any) -> Path:
    """A conversation of Cursor in a database, as newer versions keep it."""
    headers = [{"bubbleId": one["bubbleId"], "type": one["type"]} for one in bubbles]
    composer = {
        "composerId": session,
        "createdAt": 1795341600000,
        "lastUpdatedAt": 1795341605000,
        "fullConversationHeadersOnly": headers,
        **more,
    }
    with closing(sqlite3.connect(path)) as database:
        table = "(key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)"
        database.execute(f"CREATE TABLE IF NOT EXISTS cursorDiskKV {table}")
        rows = [(f"composerData:{session}", composer)]
        rows += [(f"bubbleId:{session}:{one['bubbleId']}", one) for one in bubbles]
        for key, value in rows:
            database.execute("INSERT INTO cursorDiskKV VALUES (?, ?)", (key, json.dumps(value)))
        database.commit()
    return path


def write_cursor_lines(folder: Path, text: str) -> Path:
    path = folder / "cursor.jsonl"
    path.write_text(jsonl(cursor_lines(text)))
    return path


def write_cursor_page(folder: Path, text: str) -> Path:
    path = folder / "cursor.md"
    head = "# Red\n_Exported on 22/11/2026 at 10:00:00 CET from Cursor (3.1)_\n"
    page = f"{head}\n---\n\n**User**\n\n{text}\n\n---\n\n**Cursor**\n\n{text}\n"
    path.write_bytes(page.encode("utf-8", "surrogatepass"))
    return path


def write_cursor_store(folder: Path, text: str) -> Path:
    path = folder / "state.vscdb"
    path.unlink(missing_ok=True)
    tool = {
        "toolCallId": "c1",
        "name": text,
        "status": "completed",
        "params": json.dumps({"command": text}),
        "rawArgs": json.dumps({"a": text}),
        "result": json.dumps({"output": text}),
    }
    bubbles = [
        bubble("b1", 1, text),
        bubble("b2", 2, "", thinking={"text": text}),
        bubble("b3", 2, "", toolFormerData=tool),
        bubble("b4", 2, text, modelInfo={"modelName": text}),
        bubble("b5", 2, "", toolFormerData={**tool, "toolCallId": "c2", "status": "loading"}),
    ]
    return cursor_store(path, "c1", bubbles, name=text, createdOnBranch=text)
