"""Transcripts of Gemini CLI: one object with `messages` (.json), or one message per line (.jsonl).

Keys as of version 0.23 (real files) and research/capture.md 5. In the line form a message may come
again (its newer version) and `$set` may replace keys; the last version of each message counts.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..domain.continued import Copied, marked
from ..ids import digest32
from ..store.entry import Draft
from .calls import Call, about, type_of, written_out
from .continued import unless_alone
from .drafts import Drafting, Said, tilde
from .format import Found
from .images import image
from .lines import complete_lines, parse
from .names import Ordinals
from .times import later, ms_of, when

Json = Any
TOOL = "gemini"
_LOOK = 65_536
_ROLES = {
    "user": "user",
    "gemini": "assistant",
    "info": "system",
    "error": "system",
    "warning": "system",
}
_FINISHED = {"success": True, "error": False, "cancelled": False}
_SESSION = re.compile(r'"sessionId"\s*:\s*"([^"\\]{1,200})"')
_START = re.compile(r'"startTime"\s*:\s*"([^"\\]{1,40})"')
_TITLE = "Gemini CLI session"


@dataclass(frozen=True)
class Chat:
    """What the beginning of a file tells about its session."""

    session: str
    t: str
    copied: Copied | None = None


def look(path: str) -> Chat | None:
    """What the beginning of `path` tells; None when it is no transcript of Gemini CLI."""
    with open(path, "rb") as file:
        head = file.read(_LOOK)
    if b'"projectHash"' not in head or b'"uuid"' in head.split(b"\n", 1)[0]:
        return None
    text = head.decode("utf-8", "replace")
    session, start = _SESSION.search(text), _START.search(text)
    t = when(start[1]) if start else None
    copied = marked(parse(head.split(b"\n", 1)[0]))
    return Chat(session[1], t, copied) if session and t else None


def project(path: str) -> str:
    """The folder that the `.project_root` file beside the chats names, or ""."""
    beside = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(path))), ".project_root")
    try:
        with open(beside, encoding="utf-8", errors="replace") as file:
            return file.read(4096).strip()
    except OSError:
        return ""


def conversations(path: str, head: bytes) -> Iterator[Found]:
    """The session in `path`; none when it is no transcript of Gemini CLI."""
    if head.startswith(b"{") and (chat := look(path)):
        continued = chat.copied.session if chat.copied else ""
        yield Found(TOOL, chat.session, path, ms_of(chat.t), project(path), continued=continued)


def read(found: Found, drafting: Drafting) -> "Iterator[Draft | None]":
    """The drafts of a file; None for each line that is broken."""
    return unless_alone(_read(found, drafting)) if found.continued else _read(found, drafting)


def _read(found: Found, drafting: Drafting) -> "Iterator[Draft | None]":
    path, anew = found.path, bool(found.continued)
    last: dict[str, int] = {}
    first, title = "", ""
    head: dict[str, Json] = {}
    for number, message in enumerate(_messages(path, head, anew)):
        if message is None:
            yield None
            continue
        last[_id(message) or str(number)] = number
        first = first or when(message.get("timestamp")) or ""
        if not title and message.get("type") == "user":
            title = _text_of(message.get("content"))
    root = project(path)
    chat = look(path)
    t = first or (chat.t if chat else "")
    summary = head.get("summary")
    summary = summary if isinstance(summary, str) else ""
    forked = chat.copied if anew and chat else None
    if draft := drafting.open(summary or title or _TITLE, t, {"cwd": tilde(root)}, forked):
        yield draft
    if summary and (draft := drafting.summary_of(len(last), summary)):
        yield draft
    reader = _Reader(drafting, root, t)
    for number, message in enumerate(_messages(path, {}, anew)):
        if message is not None and last.get(_id(message) or str(number)) == number:
            yield from reader.message(message)


def _messages(path: str, head: dict[str, Json], anew: bool) -> "Iterator[dict[str, Json] | None]":
    """Every version of every message in the order of the file; None for a broken line.

    Fills `head` with what is told about the session itself. `anew` leaves out what was copied from
    another session, also where the tool wrote it once more, without the mark.
    """
    copies: set[str] = set()
    for message in _versions(path, head):
        if anew and message is not None:
            if marked(message):
                copies.add(_id(message))
            if _id(message) in copies:
                continue
        yield message


def _versions(path: str, head: dict[str, Json]) -> "Iterator[dict[str, Json] | None]":
    with open(path, "rb") as file:
        line = file.readline()
        if parse(line) is None:
            yield from _inner(_whole(line + file.read()), head)
            return
        file.seek(0)
        for line in complete_lines(file):
            if line.strip():
                yield from _inner(parse(line), head)


def _whole(data: bytes) -> dict[str, Json] | None:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _inner(
    record: dict[str, Json] | None, head: dict[str, Json]
) -> "Iterator[dict[str, Json] | None]":
    if record is None:
        yield None
        return
    if isinstance(record.get("$set"), dict):
        record = record["$set"]
    if "type" in record and "content" in record:
        yield record
        return
    head.update((key, value) for key, value in record.items() if key != "messages")
    messages = record.get("messages")
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict):
            yield message


def _id(message: dict[str, Json]) -> str:
    value = message.get("id")
    return value if isinstance(value, str) else ""


class _Reader:
    """Turns messages into drafts."""

    def __init__(self, drafting: Drafting, root: str, t: str) -> None:
        self._drafting = drafting
        self._root = root
        self._t = self._told = t
        self._names = Ordinals()
        self._named = True

    def message(self, message: dict[str, Json]) -> Iterator[Draft]:
        time = when(message.get("timestamp"))
        self._t = time or self._t
        # What tells no time comes after what was told before it, for every clone.
        self._told = time or later(self._told, 1)
        role = _ROLES.get(str(message.get("type")), "")
        model = message.get("model")
        self._named = bool(_id(message))
        source = _id(message) or self._names.of(self._t, str(message.get("type")))
        said = Said(source, "", role, "", self._told, model if isinstance(model, str) else "")
        if role and self._drafting.full:
            for number, thought in enumerate(_list(message, "thoughts")):
                yield from self._thought(said, number, thought)
        if role:
            yield from self._say(replace(said, text=_text_of(message.get("content"))))
        for number, call in enumerate(_list(message, "toolCalls")):
            yield from self._call(said, number, call)

    def _thought(self, said: Said, number: int, thought: dict[str, Json]) -> Iterator[Draft]:
        lines = [thought.get("subject"), thought.get("description")]
        text = "\n\n".join(line for line in lines if isinstance(line, str) and line)
        t = when(thought.get("timestamp")) or said.t
        yield from self._say(replace(said, text=text, t=t, flags=("think",)), f"think{number}/")

    def _say(self, said: Said, part: str = "") -> Iterator[Draft]:
        """Where the message has a random id of its own, without which nobody can test a guess,
        a text's part is the hash of the redacted text: a message that changed between two states
        of a file gives a new entry, one that did not gives the same."""
        if not said.text:
            return
        if self._named:
            part += digest32((self._drafting.clean(said.text),), 8)
        if draft := self._drafting.message(replace(said, part=part)):
            yield draft

    def _call(self, said: Said, number: int, record: dict[str, Json]) -> Iterator[Draft]:
        name, given = str(record.get("name") or ""), record.get("args")
        call_id = _id(record) or f"{said.source}/{number}"
        entry = self._drafting.done_id(call_id)
        if entry is None:
            return
        call = Call(
            call_id,
            entry,
            name,
            type_of(name),
            about(given, self._root),
            when(record.get("timestamp")) or later(said.t, 1 + number),
            input=written_out(given) if self._drafting.full else "",
            shown=record.get("resultDisplay"),
        )
        ok = _FINISHED.get(str(record.get("status")))
        if ok is None:
            draft = self._drafting.call(call)
        else:
            draft = self._drafting.done(call, _output(record), ok)
        if draft:
            yield draft


def _list(message: dict[str, Json], key: str) -> list[dict[str, Json]]:
    value = message.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text_of(content: Json) -> str:
    """A text, or the parts of one; data parts give a placeholder."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        return ""
    return "\n".join(text for part in content if (text := _part(part)))


def _part(part: Json) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict):
        return ""
    if isinstance(part.get("text"), str):
        return str(part["text"])
    data = part.get("inlineData")
    if isinstance(data, dict):
        return image(str(data.get("mimeType") or ""), str(data.get("data") or ""))
    return ""


def _output(record: dict[str, Json]) -> str:
    """The result as the model saw it, else as it was shown."""
    result, shown = record.get("result"), record.get("resultDisplay")
    texts = [_response(item) for item in (result if isinstance(result, list) else [result])]
    if any(texts):
        return "\n".join(text for text in texts if text)
    if isinstance(shown, str):
        return shown
    return json.dumps(shown, ensure_ascii=False, indent=2) if shown else ""


def _response(item: Json) -> str:
    if isinstance(item, dict) and isinstance(item.get("functionResponse"), dict):
        response = item["functionResponse"].get("response")
        if isinstance(response, dict):
            texts = [response.get(key) for key in ("output", "error")]
            if any(isinstance(text, str) for text in texts):
                return "\n".join(text for text in texts if isinstance(text, str) and text)
            return json.dumps(response, ensure_ascii=False, indent=2)
    return _part(item)
