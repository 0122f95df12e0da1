"""The database of Cursor (`state.vscdb`): conversations and their bubbles, by key, as JSON.

`composerData:<id>` tells a conversation and the order of its bubbles, `bubbleId:<id>:<bubble>` each
of them; older versions keep the bubbles inside. Keys as of versions 0.50 to 3.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from ..store.entry import Draft
from .calls import Call, about, type_of, written_out
from .drafts import Drafting, Said, tilde
from .fields import Record, reach, record, records, text, unfolded, written
from .format import Found
from .lines import parse
from .sqlite import MAGIC, reading
from .times import Ticking, ms_of, when
from .workspaces import folder_of, path_of

__all__ = ["MAGIC", "chats", "read"]

Json = Any
_ROLES = {1: "user", 2: "assistant"}
_DONE = {"completed": True, "error": False, "cancelled": False, "rejected": False}
_OUTPUTS = ("output", "contents", "content", "result", "stdout", "error", "message")
_EPOCH = "1970-01-01T00:00:00.000Z"
_BUBBLE = 2_000  # bytes that a bubble is counted as, before it is read
_MOST = 64 << 20  # bytes of one value


@dataclass(frozen=True)
class Chat:
    """A conversation in the database."""

    id: str
    first_ms: int
    last_ms: int
    project: str
    size: int


def chats(path: str) -> Iterator[Chat]:
    """The conversations in `path` in which something was said; none when it is not of Cursor."""
    try:
        with reading(path) as database:
            if not _has_table(database, "cursorDiskKV"):
                return
            projects = _projects(path)
            keys = _keys(database, "composerData:")
            for key in keys:
                composer = _value(database, key)
                name = key.partition(":")[2]
                if composer is None or not (bubbles := _names(composer)):
                    continue
                project = projects.get(name) or _project(database, name, composer, bubbles)
                first, last = _begun(composer), when(composer.get("lastUpdatedAt"))
                size = _BUBBLE * (len(bubbles) + 1)
                yield Chat(name, ms_of(first), ms_of(last), project, size)
    except sqlite3.Error:
        return


def _has_table(database: sqlite3.Connection, name: str) -> bool:
    query = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
    row = database.execute(query, (name,)).fetchone()
    return bool(row and row[0] and not row[0].upper().startswith(b"CREATE VIRTUAL"))


def _keys(database: sqlite3.Connection, prefix: str) -> list[str]:
    query = "SELECT key FROM cursorDiskKV WHERE key >= ? AND key < ? ORDER BY key"
    rows = database.execute(query, (prefix, prefix[:-1] + ";"))
    return [key.decode("utf-8", "replace") for (key,) in rows if isinstance(key, bytes)]


def _value(database: sqlite3.Connection, key: str) -> Record | None:
    query = "SELECT value FROM cursorDiskKV WHERE key = ? AND length(value) <= ?"
    row = database.execute(query, (key, _MOST)).fetchone()
    return parse(row[0]) if row and isinstance(row[0], bytes) else None


def _names(composer: Record) -> list[str]:
    """The bubbles of a conversation in their order."""
    headers = records(composer, "fullConversationHeadersOnly") or records(composer, "conversation")
    return [name for header in headers if (name := text(header, "bubbleId"))]


def _begun(composer: Record) -> str:
    return when(composer.get("createdAt")) or _EPOCH


def _projects(path: str) -> dict[str, str]:
    """Conversation -> the folder of the workspace that lists it, from the databases beside."""
    storage = os.path.join(os.path.dirname(os.path.dirname(path)), "workspaceStorage")
    found: dict[str, str] = {}
    try:
        names = sorted(os.listdir(storage))
    except OSError:
        return found
    for name in names:
        place = os.path.join(storage, name)
        folder, database = folder_of(place), os.path.join(place, "state.vscdb")
        if folder and os.path.isfile(database):
            found.update((listed, folder) for listed in _listed(database))
    return found


def _listed(path: str) -> list[str]:
    query = "SELECT value FROM ItemTable WHERE key = 'composer.composerData'"
    try:
        with reading(path) as database, closing(database.execute(query)) as rows:
            row = rows.fetchone()
    except (sqlite3.Error, OSError):
        return []
    told = parse(row[0]) if row and isinstance(row[0], bytes) else None
    return [text(one, "composerId") for one in records(told, "allComposers")]


def _project(database: sqlite3.Connection, name: str, composer: Record, bubbles: list[str]) -> str:
    """The folder that the conversation itself tells, or ""."""
    uri = record(composer, "workspaceIdentifier", "uri")
    if folder := text(uri, "fsPath") or text(uri, "path"):
        return folder
    first = _inside(composer).get(bubbles[0]) or _value(database, f"bubbleId:{name}:{bubbles[0]}")
    uris = reach(first, "workspaceUris")
    return path_of(uris[0]) if isinstance(uris, list) and uris and isinstance(uris[0], str) else ""


def _inside(composer: Record) -> dict[str, Record]:
    """The bubbles that older versions keep inside the conversation."""
    found = {text(one, "bubbleId"): one for one in records(composer, "conversation")}
    mapped = record(composer, "conversationMap")
    return {**{k: v for k, v in mapped.items() if isinstance(v, dict)}, **found}


def read(found: Found, drafting: Drafting) -> "Iterator[Draft | None]":
    """The drafts of one conversation; None for each bubble that is broken or gone."""
    try:
        with reading(found.path) as database:
            yield from _conversation(database, found, drafting)
    except sqlite3.Error:
        yield None


def _conversation(
    database: sqlite3.Connection, found: Found, drafting: Drafting
) -> "Iterator[Draft | None]":
    composer = _value(database, f"composerData:{found.session}")
    if composer is None:
        yield None
        return
    inside, names = _inside(composer), _names(composer)

    def bubble(name: str) -> Record | None:
        return inside.get(name) or _value(database, f"bubbleId:{found.session}:{name}")

    said = (text(one, "text") for name in names if (one := bubble(name)) and one.get("type") == 1)
    title = text(composer, "name") or next(filter(None, said), "Cursor session")
    origin = {"cwd": tilde(found.project), "branch": text(composer, "createdOnBranch")}
    if draft := drafting.open(title, _begun(composer), origin):
        yield draft
    generating = composer.get("generatingBubbleIds")
    growing = set(map(str, generating)) if isinstance(generating, list) else set()
    if text(composer, "status") == "generating" and names:
        growing.add(names[-1])
    reader = _Reader(drafting, found.project, composer)
    for name in names:
        one = bubble(name)
        if one is None:
            yield None
        else:
            yield from reader.bubble(name, one, growing=name in growing)


class _Reader:
    """Turns bubbles into drafts."""

    def __init__(self, drafting: Drafting, project: str, composer: Record) -> None:
        self._drafting = drafting
        self._project = project
        self._model = text(composer, "modelConfig", "modelName")
        self._ticking = Ticking(_begun(composer))

    def bubble(self, name: str, bubble: Record, *, growing: bool) -> Iterator[Draft]:
        kind = bubble.get("type")
        role = _ROLES.get(kind, "") if isinstance(kind, int) else ""
        t = self._ticking.at(bubble.get("createdAt"))
        model = text(bubble, "modelInfo", "modelName") or self._model
        said = Said(name, "", role, "", t, model if role == "assistant" else "")
        if self._drafting.full and (thought := _thought(bubble)):
            yield from self._say(replace(said, part="think", text=thought, flags=("think",)))
        if role:
            yield from self._say(replace(said, text=text(bubble, "text")), growing=growing)
        if tool := record(bubble, "toolFormerData"):
            yield from self._tool(name, tool, t)

    def _say(self, said: Said, *, growing: bool = False) -> Iterator[Draft]:
        """A text; one that is growing is replaced once it is whole."""
        if growing and self._drafting.has(self._drafting.id(said.source, said.part)):
            return
        if growing:
            said = replace(said, part="growing")
        if draft := self._drafting.message(said, "" if growing or said.part else "growing"):
            yield draft

    def _tool(self, name: str, tool: Record, t: str) -> Iterator[Draft]:
        call_id = text(tool, "toolCallId") or name
        entry = self._drafting.done_id(call_id)
        if entry is None:
            return
        params, given = unfolded(tool.get("params")), unfolded(tool.get("rawArgs"))
        target = about(params, self._project) or about(given, self._project)
        called = text(tool, "name")
        call = Call(call_id, entry, called, type_of(called), target, t)
        if self._drafting.full:
            call = replace(call, input=written_out(given or params))
        ok = _DONE.get(text(tool, "status"))
        if ok is None:
            draft = self._drafting.call(call)
        else:
            result = unfolded(tool.get("result"))
            denied = text(tool, "userDecision") == "rejected" or reach(result, "rejected") is True
            failed = reach(result, "exitCode") not in (None, 0)
            draft = self._drafting.done(call, _output(result), ok and not denied and not failed)
        if draft:
            yield draft


def _thought(bubble: Record) -> str:
    blocks = records(bubble, "allThinkingBlocks")
    pieces = [text(bubble, "thinking", "text"), *(text(one, "thinking") for one in blocks)]
    return "\n\n".join(dict.fromkeys(filter(None, pieces)))


def _output(result: Json) -> str:
    told = next((said for key in _OUTPUTS if (said := text(result, key))), "")
    return told or written(result)
