"""Sessions of NatureCode: one JSON object per file, `session-<number>.json`.

Keys as its session design documents them (research/capture.md 1); no program is known to have
written them, so that an object is taken for one by its id and its conversation alone. The keys of
a shared session (`sessionId`, `messages` at the top, `messageId`) are read as well.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

from ..store.entry import Draft
from .calls import TYPES, Call, relative
from .drafts import Drafting, Said, tilde
from .fields import Record, record, records, text
from .format import Found
from .lines import parse
from .names import Ordinals
from .times import Ticking, ms_of, when

Json = Any
TOOL = "naturecode"
LARGEST = 64 << 20  # bytes of a file, which is read as a whole
_LOOK = 65_536
_ID = re.compile(rb'"(?:id|sessionId)"\s*:\s*"(?:shared-)?session-\w')
_TALK = (b'"conversation"', b'"messages"')
_SESSION = re.compile(r"(?:shared-)?(session-[\w.-]{1,200})")
_ROLES = {
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "model": "assistant",
    "system": "system",
    "tool": "tool",
    "function": "tool",
}
_CLOSED = ("archived", "closed", "completed", "ended")


def conversations(path: str, head: bytes) -> Iterator[Found]:
    """The session in `path`; none when it is no session of NatureCode."""
    if not head.startswith(b"{"):
        return
    with open(path, "rb") as file:
        beginning = file.read(_LOOK)
    if not _ID.search(beginning) or not any(key in beginning for key in _TALK):
        return
    session = _whole(path)
    if session is not None and (name := _name(session)):
        times = [ms_of(when(m.get("timestamp"))) for m in _messages(session)]
        begun = _begun(session) or min(times, default=0)
        ended = max(times, default=0) or ms_of(when(session.get("lastAccessed")))
        yield Found(TOOL, name, path, begun, _project(session), last_ms=ended or -1)


def read(found: Found, drafting: Drafting) -> "Iterator[Draft | None]":
    """The drafts of a file; None where it is broken."""
    session = _whole(found.path)
    if session is None or _name(session) != found.session:
        yield None
        return
    reader = _Reader(drafting, session)
    if draft := reader.open(session):
        yield draft
    yield from reader.state(session)
    for message in _messages(session):
        if draft := reader.message(message):
            yield draft
    for operation in records(session, "context", "fileOperations"):
        if draft := reader.operation(operation):
            yield draft


class _Reader:
    """Turns the parts of one session into drafts."""

    def __init__(self, drafting: Drafting, session: Record) -> None:
        self._drafting = drafting
        self._project = _project(session)
        self._model = text(session, "configuration", "model")
        self._begun = when(session.get("createdAt")) or ""
        self._ticking = Ticking(self._begun or _first(session))
        self._names = Ordinals()

    def open(self, session: Record) -> Draft | None:
        said = (_text_of(m) for m in _messages(session) if _role(m) == "user")
        title = text(session, "name") or next(filter(None, said), "") or "NatureCode session"
        origin = {"cwd": tilde(self._project), "by": text(session, "configuration", "provider")}
        return self._drafting.open(title, self._begun or _first(session), origin)

    def state(self, session: Record) -> Iterator[Draft]:
        """Summary, status and tags."""
        summary = text(session, "conversation", "summary") or text(session, "summary")
        count = len(_messages(session))
        drafts = [self._drafting.summary_of(count, summary)] if summary else []
        if text(session, "status").lower() in _CLOSED:
            drafts.append(self._change("set", "status", "closed"))
        tags = session.get("tags")
        for tag in tags if isinstance(tags, list) else ():
            if isinstance(tag, str) and tag:
                drafts.append(self._change("add", "tags", tag))
        if self._drafting.full and (told := text(session, "state", "aiContext", "systemPrompt")):
            t = self._begun or _first(session)
            drafts.append(self._drafting.message(Said("prompt", "", "system", told, t)))
        yield from filter(None, drafts)

    def message(self, message: Record) -> Draft | None:
        said, role = _text_of(message), _role(message)
        t = self._ticking.at(message.get("timestamp"))
        told = when(message.get("timestamp")) or ""
        source = text(message, "messageId") or self._names.of(told, role)
        if not said:
            return None
        model = (text(message, "model") or self._model) if role == "assistant" else ""
        return self._drafting.message(Said(source, "", role, said, t, model))

    def operation(self, operation: Record) -> Draft | None:
        """A file that was read or written, as a call without a text."""
        path, kind = text(operation, "path"), text(operation, "type")
        t = when(operation.get("timestamp")) or self._begun
        name = self._names.of(t, "file", kind)
        entry = self._drafting.done_id(name)
        if not path or entry is None:
            return None
        sort = kind if kind in TYPES else "read" if kind in ("open", "view") else "write"
        call = Call(name, entry, kind, sort, relative(path, self._project), t)
        return self._drafting.done(call, "", None)

    def _change(self, kind: str, field: str, value: str) -> Draft | None:
        return self._drafting.change(kind, field, value)


def _whole(path: str) -> Record | None:
    if os.path.getsize(path) > LARGEST:
        return None
    with open(path, "rb") as file:
        return parse(file.read().removeprefix(b"\xef\xbb\xbf").lstrip())


def _name(session: Record) -> str:
    """The session's id as people type it: `shared-` before it means the same session."""
    found = _SESSION.fullmatch(text(session, "id") or text(session, "sessionId"))
    talk = isinstance(session.get("conversation"), dict) or isinstance(
        session.get("messages"), list
    )
    return found[1] if found and talk else ""


def _messages(session: Record) -> list[Record]:
    return records(session, "conversation", "messages") or records(session, "messages")


def _begun(session: Record) -> int:
    return ms_of(when(session.get("createdAt")))


def _first(session: Record) -> str:
    return next((t for m in _messages(session) if (t := when(m.get("timestamp")))), "")


def _project(session: Record) -> str:
    return text(session, "projectPath") or text(session, "context", "workingDirectory")


def _role(message: Record) -> str:
    named = (text(message, key).lower() for key in ("role", "type"))
    return next((_ROLES[name] for name in named if name in _ROLES), "user")


def _text_of(message: Record) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [record(message, "content")]
    texts = (part if isinstance(part, str) else text(part, "text") for part in parts)
    return "\n".join(filter(None, texts))
