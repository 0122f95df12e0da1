"""What the tools themselves ask of a transcript, told from real files and their documentation.

Shares no code with what writes them. Each function raises AssertionError, else gives the roles of
the turns that an interface of a model would be sent.
"""

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
TOOL = re.compile(r"[A-Za-z0-9_-]{1,64}")
CALL = re.compile(r"[A-Za-z0-9_-]{1,64}")


def records(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines, as strict readers of JSON take them."""
    data = path.read_bytes()
    assert data.endswith(b"\n")
    lines = data.decode("utf-8", "strict").split("\n")[:-1]
    found = [json.loads(line, parse_constant=_no_number) for line in lines]
    for one in found:
        assert isinstance(one, dict)
        json.dumps(one, ensure_ascii=False).encode("utf-8", "strict")  # no half characters
    return found


def _no_number(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def real_keys(paths: Iterable[Path]) -> dict[str, set[str]]:
    """Which keys every line of a type has in real files of Claude Code."""
    keys: dict[str, set[str]] = {}
    for path in paths:
        for line in path.read_text().splitlines():
            record = json.loads(line)
            kind = record["type"]
            keys[kind] = keys.get(kind, set(record)) & set(record)
    return keys


def claude(path: Path, keys: dict[str, set[str]] | None = None) -> list[str]:
    """One chain of lines; results right after their calls; nothing empty; the user begins."""
    lines = records(path)
    parent = None
    seen: set[str] = set()
    open_calls: list[str] = []
    turns: list[str] = []
    for line in lines:
        kind = line["type"]
        assert kind in ("user", "assistant", "system")
        assert not keys or keys.get(kind, set()) - {"slug", "subtype"} <= set(line)
        assert UUID.fullmatch(line["uuid"])
        assert line["uuid"] not in seen
        assert line["parentUuid"] == parent
        assert line["sessionId"] == path.stem
        assert TIME.fullmatch(line["timestamp"])
        assert line["isSidechain"] is False
        assert line["cwd"].startswith("/")
        seen.add(line["uuid"])
        parent = line["uuid"]
        if kind == "system":
            assert line["content"].strip()
            assert line["subtype"]
            continue
        turns.append(kind)
        assert line["message"]["role"] == kind
        open_calls = _claude_content(line, open_calls, seen)
    assert not open_calls
    assert turns[0] == "user"
    messages: dict[str, int] = {}
    for number, line in enumerate(lines):
        if line["type"] == "assistant":  # what has one id is one message, and stands together
            name = line["message"]["id"]
            between = lines[messages.get(name, number) : number]
            assert all(one["type"] != "user" for one in between)
            messages.setdefault(name, number)
    return turns


def _claude_content(line: dict[str, Any], open_calls: list[str], seen: set[str]) -> list[str]:
    content = line["message"]["content"]
    if isinstance(content, str):
        assert content.strip()
        assert not open_calls
        return []
    (block,) = content
    if block["type"] == "text":
        assert line["type"] == "assistant"
        assert block["text"].strip()
        assert not open_calls
        assert line["message"]["model"]
        assert line["message"]["type"] == "message"
        return []
    if block["type"] == "tool_use":
        assert line["type"] == "assistant"
        assert TOOL.fullmatch(block["name"])
        assert not open_calls
        assert CALL.fullmatch(block["id"])
        assert block["id"] not in seen
        assert isinstance(block["input"], dict)
        seen.add(block["id"])
        return [block["id"]]
    assert block["type"] == "tool_result"
    assert line["type"] == "user"
    assert [block["tool_use_id"]] == open_calls
    assert line["sourceToolAssistantUUID"] == line["parentUuid"]
    assert block["content"].strip() or not block.get("is_error")
    return []


def codex(path: Path) -> list[str]:
    """A line about the thread, then items; every call has one output after it."""
    first, *lines = records(path)
    assert set(first) == {"timestamp", "type", "payload"}
    assert first["type"] == "session_meta"
    meta = first["payload"]
    for key in ("id", "timestamp", "cwd", "originator", "cli_version", "source"):
        assert isinstance(meta[key], str)
        assert meta[key]
    assert UUID.fullmatch(meta["id"])
    assert path.name.endswith(f"-{meta['id']}.jsonl")
    assert re.fullmatch(r"rollout-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-.{36}\.jsonl", path.name)
    day = re.fullmatch(r"rollout-(\d{4})-(\d\d)-(\d\d)T.*", path.name)
    assert day
    assert path.parts[-4:-1] == day.groups()
    calls: dict[str, int] = {}
    turns, said, shown = [], [], []
    for line in lines:
        assert set(line) == {"timestamp", "type", "payload"}
        assert TIME.fullmatch(line["timestamp"])
        payload = line["payload"]
        if line["type"] == "event_msg":
            assert payload["type"] in ("user_message", "agent_message")
            shown.append(payload["message"])
            continue
        assert line["type"] == "response_item"
        if payload["type"] == "message":
            kind = {"user": "input_text", "assistant": "output_text"}[payload["role"]]
            (part,) = payload["content"]
            assert part["type"] == kind
            assert part["text"].strip()
            turns.append(payload["role"])
            said.append(part["text"])
        elif payload["type"] == "function_call":
            assert CALL.fullmatch(payload["call_id"])
            assert payload["call_id"] not in calls
            assert isinstance(json.loads(payload["arguments"]), dict)
            assert TOOL.fullmatch(payload["name"])
            calls[payload["call_id"]] = 0
        else:
            assert payload["type"] == "function_call_output"
            assert isinstance(payload["output"], str)
            calls[payload["call_id"]] += 1
    assert set(calls.values()) <= {1}
    assert said == shown
    assert turns[0] == "user"
    return turns


def gemini(path: Path, keys: Sequence[set[str]] = ()) -> list[str]:
    """A line about the chat, then messages, whose calls hold their results."""
    first, *lines = records(path)
    assert {"sessionId", "projectHash", "startTime", "lastUpdated"} <= set(first)
    assert "id" not in first
    assert first["kind"] == "main"
    assert re.fullmatch(r"[0-9a-f]{64}", first["projectHash"])
    assert UUID.fullmatch(first["sessionId"])
    assert path.name.startswith("session-")
    assert path.name.endswith(f"-{first['sessionId'][:8]}.jsonl")
    assert path.parent.name == "chats"
    seen: set[str] = set()
    turns = []
    for line in lines:
        assert {"id", "timestamp", "type", "content"} <= set(line)
        assert line["id"] not in seen
        assert not keys or any(one <= set(line) for one in keys)
        assert UUID.fullmatch(line["id"])
        assert TIME.fullmatch(line["timestamp"])
        seen.add(line["id"])
        if line["type"] == "info":
            assert line["content"].strip()
            continue
        calls = line.get("toolCalls", [])
        if line["type"] == "user":
            assert not calls
            assert all(part["text"].strip() for part in line["content"])
            turns.append("user")
            continue
        assert line["type"] == "gemini"
        assert line["content"].strip() or calls
        turns.append("assistant")
        for call in calls:
            assert call["id"] not in seen
            assert TOOL.fullmatch(call["name"])
            assert isinstance(call["args"], dict)
            seen.add(call["id"])
            (result,) = call["result"]
            response = result["functionResponse"]
            assert (response["id"], response["name"]) == (call["id"], call["name"])
            assert call["status"] in ("success", "error")
            (key,) = response["response"]
            assert key == {"success": "output", "error": "error"}[call["status"]]
            assert response["response"][key]
    assert turns[0] == "user"
    return turns
