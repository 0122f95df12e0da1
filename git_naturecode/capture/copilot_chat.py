"""Chats of VS Code with Copilot: a session as one object, or as a log of changes to one.

Keys as of `ISerializableChatData` version 3 and `objectMutationLog.ts` of VS Code: a line of the
log is `{kind: 0, v}` (the whole), 1 `{k, v}` (set), 2 `{k, v, i}` (cut at i, append) or 3 `{k}`
(delete). "Chat: Export Session" writes the object without the session's id.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..store.entry import Draft
from .calls import Call, about, relative, type_of, written_out
from .drafts import Drafting, Said, tilde
from .fields import Record, reach, record, records, text, unfolded, written
from .format import Found
from .lines import complete_lines, parse
from .names import Ordinals
from .times import Ticking, when
from .workspaces import folder_of, path_of

Json = Any
_LOOK = 65_536
_MOST = 256 << 20  # bytes of a chat: a log has to be known as a whole
_WHOLE, _SET, _PUSH, _DELETE = range(4)
_EPOCH = "1970-01-01T00:00:00.000Z"
_PENDING = (0, 4)  # states of an answer that is still being written
_LINK = re.compile(r"\[[^\]]*\]\((file:[^)\s]+)\)")
_FENCE = " \n`"
_DEEP = 40


def look(path: str) -> Record | None:
    """The session in `path`; None when it is no chat of VS Code."""
    with open(path, "rb") as file:
        head = file.read(_LOOK)
        if b'"requests"' not in head and b'"kind"' not in head[:64]:
            return None
        if os.fstat(file.fileno()).st_size > _MOST:
            return None
        file.seek(0)
        line = _bare(next(complete_lines(file), b""))
        first = parse(line)
        if first is not None:
            return _chat(_replayed(path) if "kind" in first else first)
        file.seek(0)
        return _chat(parse(_bare(file.read()))) if line.strip() == b"{" else None


def _bare(data: bytes) -> bytes:
    return data.removeprefix(b"\xef\xbb\xbf")


def _chat(state: Json) -> Record | None:
    """`state` where it is a session in which something was said."""
    requests = records(state, "requests")
    ours = any("message" in request and "response" in request for request in requests)
    return state if ours else None


def _replayed(path: str) -> Json:
    """What a log of changes comes to; what does not fit is passed over."""
    state: Json = None
    with open(path, "rb") as file:
        for line in complete_lines(file):
            change = parse(line)
            if change is None:
                continue
            if change.get("kind") == _WHOLE:
                state = change.get("v")
            elif isinstance(keys := change.get("k"), list) and keys:
                _apply(state, keys, change)
    return state


def _apply(state: Json, keys: list[Json], change: Record) -> None:
    for key in keys[:-1]:
        state = _inside(state, key)
    last, kind, value = keys[-1], change.get("kind"), change.get("v")
    if kind == _PUSH:
        values = _inside(state, last)
        if values is None and isinstance(state, dict) and isinstance(last, str):
            values = state[last] = []
        if isinstance(values, list):
            cut = change.get("i")
            if isinstance(cut, int) and cut >= 0:
                del values[cut:]
            values.extend(value if isinstance(value, list) else ())
    elif isinstance(state, dict) and isinstance(last, str):
        if kind == _SET:
            state[last] = value
        elif kind == _DELETE:
            state.pop(last, None)
    elif isinstance(state, list) and isinstance(last, int) and kind == _SET:
        if 0 <= last < len(state):
            state[last] = value
        elif last == len(state):
            state.append(value)


def _inside(state: Json, key: Json) -> Json:
    if isinstance(state, dict) and isinstance(key, str):
        return state.get(key)
    if isinstance(state, list) and isinstance(key, int) and 0 <= key < len(state):
        return state[key]
    return None


def session(chat: Record) -> str:
    """The session's id; an exported one is named after its first request."""
    first = records(chat, "requests")[0]
    return text(chat, "sessionId") or text(first, "requestId") or begun(chat)


def begun(chat: Record) -> str:
    """When a chat began: as it says, or its first request."""
    times = [when(request.get("timestamp")) for request in records(chat, "requests")]
    return when(chat.get("creationDate")) or next(filter(None, times), _EPOCH)


def ended(chat: Record) -> str | None:
    """When the last message was said, where the chat tells it."""
    return when(chat.get("lastMessageDate"))


def project(path: str) -> str:
    """The folder of the workspace in whose storage the chat lies, or ""."""
    return folder_of(os.path.dirname(os.path.dirname(os.path.abspath(path))))


def read(found: Found, drafting: Drafting) -> "Iterator[Draft | None]":
    """The drafts of a chat; None where it cannot be read."""
    chat = look(found.path)
    if chat is None:
        yield None
        return
    requests = records(chat, "requests")
    asked = (_asked(request) for request in requests)
    title = text(chat, "customTitle") or next(filter(None, asked), "Copilot chat")
    if draft := drafting.open(title, begun(chat), {"cwd": tilde(found.project)}):
        yield draft
    reader = _Reader(drafting, found.project, Ticking(begun(chat)))
    for number, request in enumerate(requests):
        yield from reader.request(request, number, last=number == len(requests) - 1)


def _asked(request: Record) -> str:
    message = request.get("message")
    return message if isinstance(message, str) else text(message, "text")


class _Reader:
    """Turns requests and their answers into drafts."""

    def __init__(self, drafting: Drafting, project: str, ticking: Ticking) -> None:
        self._drafting = drafting
        self._project = project
        self._ticking = ticking
        self._names = Ordinals()

    def request(self, request: Record, number: int, *, last: bool) -> Iterator[Draft]:
        """What was asked and answered; the last answer may still be growing."""
        source = text(request, "requestId") or f"request {number}"
        flags = ("meta",) if request.get("isSystemInitiated") is True else ()
        t = self._ticking.at(request.get("timestamp"))
        said = Said(source, "", "user", _asked(request), t, flags=flags)
        if draft := self._drafting.message(said):
            yield draft
        growing = last and _is_growing(request)
        yield from self._answer(source, request, growing)
        if trouble := text(request, "result", "errorDetails", "message"):
            said = Said(source, "error", "system", trouble, self._ticking.at(None))
            if draft := self._drafting.message(said):
                yield draft

    def _answer(self, source: str, request: Record, growing: bool) -> Iterator[Draft]:
        """Texts that follow each other are one message; tools and thoughts stand between."""
        pieces: list[str] = []
        texts = thoughts = 0
        model = _model(request)
        for part in _parts(request):
            kind = text(part, "kind")
            if (piece := _piece(part, self._project)) is not None:
                pieces.append(piece)
            elif kind == "thinking" and (thought := _thought(part)):
                yield from self._text(source, f"r{texts}", pieces, model)
                texts, pieces = texts + bool(pieces), []
                yield from self._think(source, f"t{thoughts}", thought, model)
                thoughts += 1
            elif kind.startswith("toolInvocation") or kind == "textEditGroup":
                yield from self._text(source, f"r{texts}", pieces, model)
                texts, pieces = texts + bool(pieces), []
                yield from self._tool(source, request, part, growing)
        yield from self._text(source, f"r{texts}", pieces, model, growing=growing)

    def _text(
        self, source: str, part: str, pieces: list[str], model: str, *, growing: bool = False
    ) -> Iterator[Draft]:
        """One text; one that is growing is replaced once it is whole, as a call by its result."""
        said = "".join(pieces)
        if not said.strip(_FENCE):
            return
        t = self._ticking.at(None)
        if growing and self._drafting.has(self._drafting.id(source, part)):
            return
        message = Said(source, f"{part}/growing" if growing else part, "assistant", said, t, model)
        replaced = "" if growing else f"{part}/growing"
        if draft := self._drafting.message(message, replaced):
            yield draft

    def _think(self, source: str, part: str, thought: str, model: str) -> Iterator[Draft]:
        t = self._ticking.at(None)
        if self._drafting.full:
            said = Said(source, part, "assistant", thought, t, model, ("think",))
            if draft := self._drafting.message(said):
                yield draft

    def _tool(self, source: str, request: Record, part: Record, growing: bool) -> Iterator[Draft]:
        """One call; what came of it is only known once the answer is whole."""
        t = self._ticking.at(None)
        edited = _path(part.get("uri")) if text(part, "kind") == "textEditGroup" else ""
        call_id = text(part, "toolCallId")
        call_id = call_id or self._names.of(source, text(part, "kind"), text(part, "toolId"))
        entry = self._drafting.done_id(call_id)
        if entry is None:
            return
        call = Call(call_id, entry, "edit", "write", relative(edited, self._project), t)
        if not edited:
            call = self._invoked(request, part, call)
        if growing or part.get("isComplete") is False:
            draft = self._drafting.call(call)
        elif edited:
            draft = self._drafting.done(call, "", True)
        else:
            draft = self._drafting.done(call, _output(part, _result(request, call_id)), _ok(part))
        if draft:
            yield draft

    def _invoked(self, request: Record, part: Record, call: Call) -> Call:
        asked = _round(request, call.id)
        name = text(part, "toolId") or text(asked, "name")
        given = unfolded(asked.get("arguments"))
        command = text(part, "toolSpecificData", "commandLine", "original") or text(
            part, "toolSpecificData", "command"
        )
        target = about(given, self._project) or command or _shown(part, self._project)
        return replace(
            call,
            name=name,
            type=type_of(name),
            about=target,
            side=bool(text(part, "subAgentInvocationId") or part.get("fromSubAgent") is True),
            input=written_out(given if given is not None else command)
            if self._drafting.full
            else "",
        )


def _is_growing(request: Record) -> bool:
    state = reach(request, "modelState", "value")
    if isinstance(state, int):
        return state in _PENDING
    return "result" not in request and request.get("isCanceled") is not True


def _parts(request: Record) -> list[Record]:
    parts = request.get("response")
    if isinstance(parts, dict):
        parts = parts.get("parts", parts.get("value"))
    found = parts if isinstance(parts, list) else []
    return [{"value": part} if isinstance(part, str) else part
            for part in found if isinstance(part, str | dict)]  # fmt: skip


def _piece(part: Record, project: str) -> str | None:
    """A part of a text; None for what is none."""
    kind = text(part, "kind")
    if kind in ("", "markdownContent", "markdownVuln", "warning"):
        value = part.get("value", part.get("content"))
        return value if isinstance(value, str) else text(value, "value")
    if kind == "inlineReference":
        reference = record(part, "inlineReference")
        name = text(part, "name") or text(reference, "name")
        path = _path(reference) or _path(reach(reference, "location", "uri"))
        return f"`{name or tilde(relative(path, project))}`"
    return None


def _path(uri: Json) -> str:
    return text(uri, "fsPath") or text(uri, "path") or path_of(text(uri, "external"))


def _thought(part: Record) -> str:
    value = part.get("value")
    pieces = value if isinstance(value, list) else [value]
    return "\n".join(piece for piece in pieces if isinstance(piece, str) and piece)


def _shown(part: Record, project: str) -> str:
    """What the editor showed about a call: the file that it links, or the words."""
    for key in ("invocationMessage", "pastTenseMessage"):
        message = part.get(key)
        told = message if isinstance(message, str) else text(message, "value")
        if link := _LINK.search(told):
            return relative(path_of(link[1]), project)
        if told:
            return told
    return ""


def _round(request: Record, call_id: str) -> Record:
    """What the model asked for in the call: name and arguments."""
    for one in records(request, "result", "metadata", "toolCallRounds"):
        for call in records(one, "toolCalls"):
            if text(call, "id").partition("__vscode")[0] == call_id.partition("__vscode")[0]:
                return call
    return {}


def _result(request: Record, call_id: str) -> str:
    """What the model was given as the call's result."""
    results = record(request, "result", "metadata", "toolCallResults")
    found = results.get(call_id) or next(
        (value for name, value in results.items()
         if name.partition("__vscode")[0] == call_id.partition("__vscode")[0]),
        None,
    )  # fmt: skip
    pieces = [_inner(piece.get("value")) for piece in records(found, "content")]
    return "\n".join(filter(None, pieces))


def _inner(value: Json, deep: int = 0) -> str:
    """The texts within a rendered prompt, in their order."""
    if isinstance(value, str):
        return value
    if deep > _DEEP:
        return ""
    if isinstance(value, list):
        return "".join(_inner(item, deep + 1) for item in value)
    if isinstance(value, dict):
        own = value.get("text")
        if isinstance(own, str):
            return own + ("\n" if value.get("lineBreakBefore") else "")
        return "".join(_inner(value.get(key), deep + 1) for key in ("node", "children"))
    return ""


def _output(part: Record, result: str) -> str:
    if result:
        return result
    data, details = record(part, "toolSpecificData"), part.get("resultDetails")
    pieces = [text(data, "terminalCommandOutput", "text"), text(data, "result")]
    pieces += [text(piece, "value") for piece in records(details, "output")
               if piece.get("isText") is not False]  # fmt: skip
    return "\n".join(filter(None, pieces)) or (written(details) if not records(details) else "")


def _ok(part: Record) -> bool:
    code = reach(part, "toolSpecificData", "terminalCommandState", "exitCode")
    confirmed = part.get("isConfirmed")
    denied = confirmed is False or reach(confirmed, "type") == 0
    return not (denied or code or reach(part, "resultDetails", "isError") is True)


def _model(request: Record) -> str:
    resolved = text(request, "result", "metadata", "resolvedModel")
    return resolved or text(request, "modelId").rpartition("/")[2]
