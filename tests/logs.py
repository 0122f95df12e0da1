"""Made-up histories of tools that keep many conversations in one file, and of NatureCode."""

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

# The tables of llm that matter here, with their columns and types as llm makes them.
OLD = """
CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT, model TEXT);
CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, system TEXT, prompt_json TEXT,
  options_json TEXT, response TEXT, response_json TEXT, conversation_id TEXT, duration_ms INTEGER,
  datetime_utc TEXT, input_tokens INTEGER, resolved_model TEXT, reasoning TEXT);
CREATE TABLE attachments (id TEXT PRIMARY KEY, type TEXT, path TEXT, url TEXT, content BLOB);
CREATE TABLE prompt_attachments (response_id TEXT, attachment_id TEXT, "order" INTEGER);
CREATE TABLE fragments (id INTEGER PRIMARY KEY, hash TEXT, content TEXT, datetime_utc TEXT,
  source TEXT);
CREATE TABLE prompt_fragments (response_id TEXT, fragment_id INTEGER, "order" INTEGER);
CREATE TABLE tool_calls (id INTEGER PRIMARY KEY, response_id TEXT, tool_id INTEGER, name TEXT,
  arguments TEXT, tool_call_id TEXT);
CREATE TABLE tool_results (id INTEGER PRIMARY KEY, response_id TEXT, tool_id INTEGER, name TEXT,
  output TEXT, tool_call_id TEXT, instance_id INTEGER, exception TEXT);
"""
NEW = """
CREATE TABLE messages (hash TEXT PRIMARY KEY, parent_hash TEXT, role TEXT, provider_metadata TEXT);
CREATE TABLE parts (id INTEGER PRIMARY KEY, message_hash TEXT, position INTEGER, type TEXT,
  tool_name TEXT, text TEXT, payload TEXT);
CREATE TABLE threads (id TEXT PRIMARY KEY, name TEXT, tip_message_hash TEXT, forked_from TEXT,
  datetime_utc TEXT);
CREATE TABLE turns (id TEXT PRIMARY KEY, thread_id TEXT, parent_message_hash TEXT,
  tip_message_hash TEXT, model TEXT, resolved_model TEXT, datetime_utc TEXT);
"""


def at(second: int) -> str:
    return f"2026-11-22T10:00:{second:02d}.250000+00:00"


class LlmLog:
    """A log of llm that is being written."""

    def __init__(self, path: Path, tables: str = OLD + NEW) -> None:
        self.path = path
        path.unlink(missing_ok=True)
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.executescript(f"PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF; {tables}")

    def close(self) -> Path:
        self.db.close()
        return self.path

    def add(self, table: str, **row: Any) -> None:
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        self.db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))

    def response(self, talk: str, number: int, prompt: str, answer: str, **more: Any) -> str:
        name = f"01r{number:04d}"
        row = {"id": name, "model": "old-model", "prompt": prompt, "response": answer, **more}
        self.add("responses", conversation_id=talk, datetime_utc=at(number), **row)
        return name

    def message(self, parent: str | None, role: str, *parts: Any) -> str:
        """A message with its parts (texts, or rows); its hash."""
        name = "b2:" + hashlib.sha256(repr((parent, role, parts)).encode()).hexdigest()[:32]
        self.add("messages", hash=name, parent_hash=parent, role=role)
        for position, part in enumerate(parts):
            row = {"type": "text", "text": part} if isinstance(part, str) else dict(part)
            if not isinstance(row.get("payload"), str | None):
                row["payload"] = json.dumps(row["payload"])
            self.add("parts", message_hash=name, position=position, **row)
        return name

    def turn(self, thread: str, number: int, parent: str, tip: str) -> None:
        self.add(
            "turns", id=f"01t{number:04d}", thread_id=thread, parent_message_hash=parent,
            tip_message_hash=tip, model="new-model", datetime_utc=at(number),
        )  # fmt: skip

    def thread(self, name: str, title: str, tip: str, forked: str | None = None) -> None:
        self.add("threads", id=name, name=title, tip_message_hash=tip, forked_from=forked,
                 datetime_utc=at(1))  # fmt: skip


def write_llm(folder: Path, text: str) -> Path:
    log = LlmLog(folder / "logs.db")
    log.add("conversations", id="01old", name=text)
    log.add("fragments", id=1, hash="ab", content=text, source=text)
    log.add("attachments", id="a1", type="image/png", path=text, content=b"x")
    first = log.response("01old", 1, text, text, system=text, reasoning=text, model=text)
    log.add("prompt_fragments", response_id=first, fragment_id=1, order=0)
    log.add("prompt_attachments", response_id=first, attachment_id="a1", order=0)
    log.add("tool_calls", response_id=first, name=text, arguments=json.dumps({"command": text}),
            tool_call_id="c1")  # fmt: skip
    second = log.response("01old", 2, "", text)
    log.add("tool_results", response_id=second, name=text, output=text, tool_call_id="c1")
    asked = log.message(None, "user", text, {"type": "text", "payload": {"text_ref": [
        {"fragment": 1}, {"literal": f"\n{text}"}]}})  # fmt: skip
    called = log.message(
        asked, "assistant",
        {"type": "reasoning", "text": text},
        {"type": "tool_call", "tool_name": text,
         "payload": {"arguments": {"command": text}, "tool_call_id": "c2"}},
    )  # fmt: skip
    told = log.message(called, "user", {"type": "tool_result", "tool_name": text,
                       "payload": {"output": text, "tool_call_id": "c2"}})  # fmt: skip
    tip = log.message(told, "assistant", text)
    log.thread("01new", text, tip)
    log.turn("01new", 3, asked, called)
    log.turn("01new", 4, told, tip)
    return log.close()


def naturecode(text: str, **more: Any) -> dict[str, Any]:
    return {
        "id": "session-1234567890",
        "name": text,
        "createdAt": "2026-11-22T10:00:00Z",
        "lastAccessed": "2026-11-22T11:00:00Z",
        "projectPath": f"/home/ada/{text}",
        "status": "archived",
        "tags": ["api", text],
        "configuration": {"provider": text, "model": text, "temperature": 0.7},
        "conversation": {
            "messages": [
                {"role": "user", "content": text, "timestamp": "2026-11-22T10:00:15Z"},
                {"role": "assistant", "content": text, "timestamp": "2026-11-22T10:00:45Z"},
            ],
            "summary": text,
            "tokenCount": 12,
        },
        "context": {
            "workingDirectory": f"/home/ada/{text}",
            "fileOperations": [{"type": "read", "path": text, "timestamp": "2026-11-22T10:01:00Z"}],
        },
        "state": {"aiContext": {"systemPrompt": text}},
        **more,
    }


def write_naturecode(folder: Path, text: str) -> Path:
    path = folder / "session-1234567890.json"
    path.write_text(json.dumps(naturecode(text), indent=1))
    return path


def user(text: str) -> str:
    return "".join(f"#### {line}  \n" for line in text.split("\n"))


def notice(text: str) -> str:
    return "".join(f"> {line}  \n" for line in text.split("\n"))


def began(stamp: str, text: str = "aider src/a.py") -> str:
    about = notice(f"{text}\nAider v0.60.0\nModel: gpt-x with diff edit format\nRepo-map: none")
    return f"\n# aider chat started at {stamp}\n\n{about}\n"


def aider(text: str) -> str:
    first = (
        began("2026-11-22 10:00:00", text)
        + f"{user(text)}\n{text}\n\n"
        + notice(f"Tokens: 5 sent\n{text}\nApplied edit to {text}")
    )
    return first + began("2026-11-22 11:00:00") + f"{user('/add ' + text)}\n{user('thanks')}\n"


def write_aider(folder: Path, text: str) -> Path:
    path = folder / ".aider.chat.history.md"
    path.write_bytes(aider(text).encode("utf-8", "surrogatepass"))
    return path
