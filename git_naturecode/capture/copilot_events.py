"""Event streams of Copilot CLI (`events.jsonl`) and of Copilot Chat: one event per line.

`{type, data, id, timestamp, parentId}`, types and keys as of the session-events schema of its SDK;
whatever only shows progress is passed over.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..store.entry import Draft
from .calls import Call, about, type_of, written_out
from .drafts import Drafting, Said, tilde
from .fields import Record, reach, record, records, text, unfolded, written
from .format import Found
from .lines import complete_lines, parse
from .names import Ordinals
from .times import Ticking, when
from .workspaces import beside, folder_of

Json = Any
_LOOK = 1_048_576
_MISSES = 2
_TYPE = re.compile(r"(?:session|user|assistant|tool|subagent|hook|system|skill|permission)\.\w+")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CWD = re.compile(r"^cwd: ['\"]?(.+?)['\"]?\s*$", re.M)


@dataclass
class Stream:
    """What the beginning of a file tells about its session."""

    session: str = ""
    t: str = ""
    project: str = ""
    version: str = ""
    branch: str = ""
    model: str = ""
    title: str = ""
    said: str = ""

    def take(self, event: Record) -> None:
        """Learn from one more event."""
        data, kind = record(event, "data"), text(event, "type")
        self.t = self.t or when(event.get("timestamp")) or when(data.get("startTime")) or ""
        if kind == "session.start":
            self.session = self.session or text(data, "sessionId")
            self.version = self.version or text(data, "copilotVersion")
            self.model = self.model or text(data, "selectedModel")
        if kind in ("session.start", "session.resume", "session.context_changed"):
            context = record(data, "context") or data
            self.project = self.project or text(context, "cwd") or text(context, "gitRoot")
            self.branch = self.branch or text(context, "branch")
        if kind == "session.title_changed":
            self.title = text(data, "title") or self.title
        if kind == "user.message":
            self.said = self.said or text(data, "content")


def look(path: str, for_title: bool = False) -> Stream | None:
    """What the beginning of `path` tells; None when it is no event stream of Copilot.

    Reads until it knows the session and its time (and what the user said, `for_title`).
    """
    stream, size, misses, ours = Stream(), 0, 0, False
    with open(path, "rb") as file:
        for line in complete_lines(file):
            size += len(line)
            event = parse(line)
            if event is not None and (ours or _is_ours(event)):
                ours = True
                stream.take(event)
            elif not ours and line.strip() and (misses := misses + 1) > _MISSES:
                return None
            if size > _LOOK or (stream.session and stream.t and (stream.said or not for_title)):
                break
    if not ours:
        return None
    stream.session = stream.session or _named(path)
    stream.project = stream.project or _project(path)
    return stream if stream.session and stream.t else None


def _is_ours(event: Record) -> bool:
    return isinstance(event.get("data"), dict) and bool(_TYPE.fullmatch(text(event, "type")))


def _named(path: str) -> str:
    """The session that a file without its beginning is named after: itself or its folder."""
    folder, name = os.path.split(os.path.abspath(path))
    found = _ID.search(name) or _ID.fullmatch(os.path.basename(folder))
    return found[0] if found else ""


def _project(path: str) -> str:
    """The folder of a session that does not tell it itself, from the files beside it, or ""."""
    folder = os.path.dirname(os.path.abspath(path))
    if told := _CWD.search(beside(folder, "workspace.yaml")):
        return told[1]
    return folder_of(os.path.dirname(os.path.dirname(folder)))


def read(found: Found, stream: Stream, drafting: Drafting) -> "Iterator[Draft | None]":
    """The drafts of a file; None for each line that is broken."""
    origin = {"version": stream.version, "cwd": tilde(stream.project), "branch": stream.branch}
    title = stream.title or stream.said or "Copilot session"
    if draft := drafting.open(title, stream.t, origin):
        yield draft
    reader = _Reader(drafting, stream)
    with open(found.path, "rb") as file:
        for line in complete_lines(file):
            event = parse(line)
            if event is not None:
                yield from reader.event(event)
            elif line.strip():
                yield None
    yield from reader.rest()


class _Reader:
    """Turns events into drafts."""

    def __init__(self, drafting: Drafting, stream: Stream) -> None:
        self._drafting = drafting
        self._project = stream.project
        self._model = stream.model
        self._ticking = Ticking(stream.t)
        self._names = Ordinals()
        self._source = ""
        self._calls: dict[str, Call | None] = {}
        self._thought = ""

    def event(self, event: Record) -> Iterator[Draft]:
        data, kind = record(event, "data"), text(event, "type")
        stamp = when(event.get("timestamp")) or ""
        self._source = text(event, "id") or self._names.of(stamp, kind)
        if event.get("ephemeral") is True:
            return
        if kind == "session.model_change":
            self._model = text(data, "newModel") or self._model
        elif kind == "user.message":
            yield from self._say(event, "user", _with_files(data))
        elif kind in ("assistant.message", "assistant.reasoning"):
            yield from self._assistant(event, kind, data)
        elif kind in ("tool.execution_start", "tool.user_requested"):
            self._start(data, event)
        elif kind == "tool.execution_complete":
            yield from self._complete(data, event)
        elif kind in ("session.error", "session.warning"):
            yield from self._say(event, "system", text(data, "message"))
        elif kind == "session.compaction_complete":
            yield from self._say(event, "user", text(data, "summaryContent"), "meta")
        elif kind == "system.message" and self._drafting.full:
            yield from self._say(event, "system", text(data, "content"), "meta")

    def rest(self) -> Iterator[Draft]:
        """The calls that have no result in this file."""
        for call in self._calls.values():
            if call is not None and (draft := self._drafting.call(call)):
                yield draft

    def _assistant(self, event: Record, kind: str, data: Record) -> Iterator[Draft]:
        message = kind == "assistant.message"
        thought = text(data, "reasoningText" if message else "content")
        if self._drafting.full and thought != self._thought:
            yield from self._say(event, "assistant", thought, "think")
        self._thought = thought or self._thought
        if not message:
            return
        yield from self._say(event, "assistant", text(data, "content"))
        for request in records(data, "toolRequests"):
            self._start({**request, "toolName": text(request, "name"), **_parent(data)}, event)

    def _say(self, event: Record, role: str, said: str, *flags: str) -> Iterator[Draft]:
        if not said:
            return
        data, stamp = record(event, "data"), event.get("timestamp")
        if _parent(data):
            flags = ("side", *flags)
        model = text(data, "model") or self._model if role == "assistant" else ""
        part = "think" if "think" in flags else ""
        message = Said(self._source, part, role, said, self._ticking.at(stamp), model, flags)
        if draft := self._drafting.message(message):
            yield draft

    def _start(self, data: Record, event: Record) -> None:
        call_id = text(data, "toolCallId")
        if not call_id or call_id in self._calls:
            return
        entry = self._drafting.done_id(call_id)
        t = self._ticking.at(event.get("timestamp"))
        if entry is None:
            self._calls[call_id] = None
            return
        name, given = text(data, "toolName"), unfolded(data.get("arguments"))
        target, side = about(given, self._project), bool(_parent(data))
        call = Call(call_id, entry, name, type_of(name), target, t, side=side)
        if self._drafting.full:
            call = replace(call, input=written_out(given))
        self._calls[call_id] = call

    def _complete(self, data: Record, event: Record) -> Iterator[Draft]:
        call_id = text(data, "toolCallId")
        output, ok = _output(data), data.get("success") is not False
        if call_id in self._calls:
            # What is done stays known: the message that asks for a call may come once more.
            call, self._calls[call_id] = self._calls[call_id], None
            draft = self._drafting.done(call, output, ok) if call else None
        elif entry := self._drafting.done_id(call_id):
            t = self._ticking.at(event.get("timestamp"))
            call = Call(call_id, entry, text(data, "toolName"), "generic", "", t)
            draft = self._drafting.orphan(call, output, ok)
        else:
            draft = None
        if draft:
            yield draft


def _parent(data: Record) -> Record:
    """The part of an event's data that says that a subagent is at work."""
    parent = text(data, "parentToolCallId")
    return {"parentToolCallId": parent} if parent else {}


def _with_files(data: Record) -> str:
    said = text(data, "content")
    names = (text(one, "displayName") or text(one, "path") for one in records(data, "attachments"))
    return "\n".join([said, *(f"[file: {name}]" for name in names if name)]) if said else ""


def _output(data: Record) -> str:
    result = data.get("result")
    if isinstance(result, str):
        return result
    told = text(result, "content") or text(result, "detailedContent")
    return told or text(data, "error", "message") or written(reach(data, "result"))
