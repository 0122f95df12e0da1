"""Made-up conversations in the form of each tool: one text in every place that can hold one."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from editors import (
    T,
    jsonl,
    write_copilot_chat,
    write_copilot_events,
    write_copilot_log,
    write_cursor_lines,
    write_cursor_page,
    write_cursor_store,
)
from logs import write_aider, write_llm, write_naturecode


def rollout(kind: str, second: int, **payload: Any) -> dict[str, Any]:
    """A line of Codex."""
    return {"timestamp": T.format(second, 0), "type": kind, "payload": payload}


def item(second: int, kind: str, **payload: Any) -> dict[str, Any]:
    """A line of Codex with something said or done."""
    return rollout("response_item", second, type=kind, **payload)


def spoken(second: int, role: str, *texts: str) -> dict[str, Any]:
    """A message in a rollout of Codex."""
    kind = "output_text" if role == "assistant" else "input_text"
    return item(
        second, "message", role=role, content=[{"type": kind, "text": text} for text in texts]
    )


def codex(text: str = "hi", project: str = "/home/ada/p") -> list[dict[str, Any]]:
    """The lines of a rollout of Codex."""
    return [
        rollout(
            "session_meta",
            0,
            id="44444444-aaaa-4bbb-8ccc-000000000001",
            timestamp=T.format(0, 0),
            cwd=project,
            cli_version=text,
            git={"branch": text},
        ),
        rollout("turn_context", 0, cwd=project, model=text),
        spoken(1, "developer", text),
        spoken(1, "user", f"<environment_context>{text}</environment_context>"),
        spoken(1, "user", text),
        rollout("event_msg", 1, type="user_message", message=text),
        item(2, "reasoning", summary=[{"type": "summary_text", "text": text}]),
        item(3, "function_call", name=text, call_id="c1", arguments=json.dumps({"cmd": text})),
        item(4, "function_call_output", call_id="c1", output=text),
        item(5, "custom_tool_call", name="apply_patch", call_id="c2", input=text),
        item(
            6,
            "custom_tool_call_output",
            call_id="c2",
            output=json.dumps({"output": text, "metadata": {"exit_code": 0}}),
        ),
        item(7, "local_shell_call", call_id="c3", action={"command": ["bash", "-lc", text]}),
        item(
            8, "function_call_output", call_id="gone", output=[{"type": "input_text", "text": text}]
        ),
        item(9, "web_search_call", status="completed", action={"type": "search", "query": text}),
        spoken(10, "assistant", text),
        rollout("compacted", 11, message=text, replacement_history=[{"text": text}]),
        rollout("event_msg", 12, type="thread_rolled_back", num_turns=1),
        rollout("world_state", 13, text=text),
    ]


def claude(text: str) -> list[Any]:
    """The lines of a transcript of Claude Code."""
    base = {
        "sessionId": "s1",
        "cwd": f"/home/ada/{text}",
        "gitBranch": text,
        "version": text,
        "slug": text,
    }

    def line(uuid: str, kind: str, content: Any, **more: Any) -> dict[str, Any]:
        message = {"role": kind, "model": text, "content": content}
        return {
            "type": kind,
            "uuid": uuid,
            **base,
            "timestamp": f"2026-11-22T10:00:{int(uuid):02d}.000Z",
            "message": message,
            **more,
        }

    def use(call: str, **given: Any) -> dict[str, Any]:
        return {"type": "tool_use", "id": call, "name": text, "input": given}

    return [
        {"type": "summary", "summary": text, "leafUuid": "l"},
        line("1", "user", text),
        line(
            "2",
            "assistant",
            [{"type": "text", "text": text}, {"type": "thinking", "thinking": text}],
        ),
        line(
            "3",
            "assistant",
            [
                use("t1", command=f"first\n{text}"),
                use("t2", file_path=f"/p/{text}"),
                use("t3", pattern=text),
                use("t4", deep=[{"a": text}]),
            ],
        ),
        line(
            "4",
            "user",
            [{"type": "tool_result", "tool_use_id": f"t{n}", "content": text} for n in (1, 2)],
            toolUseResult={"stdout": text},
        ),
        line(
            "5",
            "user",
            [
                {
                    "type": "tool_result",
                    "tool_use_id": "t3",
                    "content": [{"type": "text", "text": text}],
                }
            ],
        ),
        line("6", "user", [{"type": "tool_result", "tool_use_id": "gone", "content": text}]),
        {**line("7", "user", None), "type": "system", "content": text},
        line("8", "assistant", [use("t5", command=text)]),
    ]


def gemini(text: str) -> dict[str, Any]:
    """A transcript of Gemini CLI."""
    call = {
        "id": "k",
        "name": text,
        "args": {"command": text},
        "status": "success",
        "resultDisplay": text,
    }
    said = [
        {
            "id": "1",
            "type": "user",
            "timestamp": "2026-11-22T10:00:00.000Z",
            "content": text,
        },
        {
            "id": "2",
            "type": "gemini",
            "content": [{"text": text}],
            "model": text,
            "toolCalls": [call],
            "thoughts": [{"subject": text, "description": text}],
        },
    ]
    head = {
        "sessionId": "s",
        "projectHash": "x",
        "startTime": "2026-11-22T10:00:00.000Z",
        "summary": text,
    }
    return {**head, "messages": said}


HISTORY = """<!-- Generated by SpecStory, Markdown v2.1.0 -->
<!-- X Session s (2026-11-22 10:00:00Z) -->
_**User (2026-11-22 10:00:00Z)**_

SECRET

_**Agent (m 2026-11-22 10:00:00Z)**_

<think><details><summary>T</summary>
SECRET
</details></think>

<tool-use data-tool-type="shell" data-tool-name="Bash"><details>

`x`

SECRET

```text
SECRET
```
</details></tool-use>
"""


def node(name: str, parent: str | None, role: str, content: Any, **more: Any) -> dict[str, Any]:
    """A node of a conversation of ChatGPT; its name tells its second."""
    if isinstance(content, str):
        content = {"content_type": "text", "parts": [content]}
    message = {
        "id": name,
        "author": {"role": role, "name": more.pop("author", None)},
        "create_time": 1795341600.0 + len(name),
        "content": content,
        "recipient": "all",
        "weight": 1.0,
        "metadata": {},
        **more,
    }
    return {"id": name, "parent": parent, "children": [], "message": message}


def chat(nodes: Iterable[dict[str, Any]], shown: str, **more: Any) -> dict[str, Any]:
    """A conversation of ChatGPT."""
    mapping = {one["id"]: one for one in nodes}
    for one in mapping.values():
        if one["parent"] in mapping:
            mapping[one["parent"]]["children"].append(one["id"])
    return {
        "title": "Red",
        "create_time": 1795341600.0,
        "conversation_id": "66666666-aaaa-4bbb-8ccc-000000000001",
        "current_node": shown,
        "default_model_slug": "gpt-x",
        "mapping": mapping,
        **more,
    }


def chatgpt(text: str) -> dict[str, Any]:
    """A conversation of ChatGPT with everything in it."""
    parts = [text, {"content_type": "image_asset_pointer", "size_bytes": 3}]
    thought = {"summary": text, "content": text}
    names = ["a" * n for n in range(1, 12)]
    rest: list[tuple[str, Any, dict[str, Any]]] = [
        ("user", {"content_type": "user_editable_context", "user_profile": text}, {}),
        ("user", text, {"metadata": {"attachments": [{"name": text}]}}),
        ("assistant", {"content_type": "thoughts", "thoughts": [thought]}, {}),
        ("assistant", {"content_type": "code", "text": text}, {"recipient": "python"}),
        ("tool", {"content_type": "execution_output", "text": text}, {"author": "python"}),
        ("assistant", json.dumps({"search_query": [{"q": text}]}), {"recipient": "web.run"}),
        ("tool", {"content_type": "tether_quote", "url": text, "text": text}, {"author": text}),
        ("assistant", {"content_type": "odd", "text": text}, {"metadata": {"model_slug": text}}),
        ("assistant", {"content_type": "multimodal_text", "parts": parts}, {}),
        ("user", text, {}),
    ]
    nodes: list[dict[str, Any]] = [{"id": "a", "parent": None, "children": [], "message": None}]
    for name, parent, (role, content, more) in zip(names[1:], names, rest, strict=False):
        nodes.append(node(name, parent, role, content, **more))
    return chat(nodes, names[-1], title=text)


def write_chatgpt(folder: Path, text: str) -> Path:
    path = folder / "chatgpt.json"
    path.write_text(json.dumps([chatgpt(text), chat([node("n", None, "user", text)], "n", id="2")]))
    return path


def write_claude(folder: Path, text: str) -> Path:
    path = folder / "claude.jsonl"
    path.write_text(jsonl(claude(text)))
    return path


def write_gemini(folder: Path, text: str) -> Path:
    path = folder / "gemini.json"
    path.write_text(json.dumps(gemini(text), indent=1))
    return path


def write_specstory(folder: Path, text: str) -> Path:
    path = folder / "specstory.md"
    path.write_bytes(HISTORY.replace("SECRET", text).encode("utf-8", "surrogatepass"))
    return path


def write_codex(folder: Path, text: str) -> Path:
    path = folder / "codex.jsonl"
    path.write_text(jsonl(codex(text)))
    return path


# How to write a conversation full of one text, and how many entries come of it at the least.
WRITERS: dict[str, tuple[Callable[[Path, str], Path], int]] = {
    "claude-code": (write_claude, 10),
    "gemini": (write_gemini, 4),
    "specstory": (write_specstory, 3),
    "codex": (write_codex, 9),
    "chatgpt": (write_chatgpt, 7),
    "copilot-events": (write_copilot_events, 7),
    "copilot-chat": (write_copilot_chat, 9),
    "copilot-log": (write_copilot_log, 9),
    "cursor-lines": (write_cursor_lines, 7),
    "cursor-page": (write_cursor_page, 2),
    "cursor-store": (write_cursor_store, 5),
    "naturecode": (write_naturecode, 7),
    "aider": (write_aider, 8),
    "llm": (write_llm, 9),
}
_NO_JSON = ("specstory", "cursor-page", "cursor-store", "aider", "llm")
# Those of them that are JSON or lines of it.
JSON = [name for name in WRITERS if name not in _NO_JSON]
