"""Transcripts of Cursor's agents: `{role, message: {content}}` per line, without ids and times.

They lie in `~/.cursor/projects/<folder>/agent-transcripts/<id>/`, subagents one folder below. A
message is named by its place: lines are only added. Times tick from the one that the user's first
message tells, or else from the time of the file.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from ..clock import iso
from ..ids import digest32
from ..redact import Redactor
from ..store.entry import Draft
from .calls import Call, about, type_of, written_out
from .drafts import Drafting, Said, tilde
from .fields import Record, record, records, text
from .format import Found
from .images import image_at
from .lines import complete_lines, parse
from .times import Ticking, when

Json = Any
_LOOK = 262_144
_MISSES = 2
_ROLES = ("user", "assistant")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ASKED = re.compile(r"<user_query>\s?(.*?)\s?</user_query>", re.S)
_TOLD_AT = re.compile(
    r"<timestamp>\w+, (\w{3})\w* (\d{1,2}), (\d{4})"
    r"(?:, (\d{1,2}):(\d\d) ([AP])M(?: \(UTC(?:([+-]\d{1,2})(?::?(\d\d))?)?\))?)?</timestamp>"
)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_NOTICE = re.compile(r"\s*<(?:timestamp>[^<]*</timestamp>\s*<)?system_(?:notification|reminder)>")
_HIDDEN = re.compile(r"(?:\A|\s+)\[REDACTED\]\s*\Z")  # where Cursor itself left reasoning out


@dataclass(frozen=True)
class Script:
    """What a file tells about its session, and the subagent whose it is, if any."""

    session: str
    t: str
    agent: str = ""

    @property
    def side(self) -> bool:
        """True for what a subagent did."""
        return bool(self.agent)


def look(path: str) -> Script | None:
    """What the beginning of `path` tells; None when it is no transcript of Cursor."""
    first, misses, size, t = "", 0, 0, ""
    with open(path, "rb") as file:
        for line in complete_lines(file):
            size += len(line)
            told = parse(line)
            if told is None or not _is_ours(told):
                if not first and line.strip() and (misses := misses + 1) > _MISSES:
                    return None
            else:
                first = first or "\n".join(_texts(told)) or "-"
                t = t or next(filter(None, map(_told_at, _texts(told))), "")
            if t or size > _LOOK:
                break
    if not first:
        return None
    session, agent = _session(path)
    if not session:
        # Of the redacted text: a hash of what was there would let anybody test a guess of it.
        session = digest32((Redactor().text(first)[0],), 20)
    return Script(session, t or iso(_file_ms(path, session)), agent)


def _is_ours(line: Record) -> bool:
    message = line.get("message")
    return (
        text(line, "role") in _ROLES
        and "type" not in line
        and isinstance(message, dict)
        and isinstance(message.get("content"), list | str)
    )


def _session(path: str) -> tuple[str, str]:
    """The session that the file's name or place tells, and the subagent, if it is one's."""
    folder, name = os.path.split(os.path.abspath(path))
    above = os.path.basename(os.path.dirname(folder))
    if os.path.basename(folder) == "subagents" and _ID.fullmatch(above):
        return above, os.path.splitext(name)[0]
    found = _ID.search(name)
    return (found[0] if found else ""), ""


def _file_ms(path: str, session: str) -> int:
    """About when the session began: the folder of its own is hardly touched after its first."""
    times = [os.stat(path).st_mtime_ns]
    folder = os.path.dirname(os.path.abspath(path))
    if os.path.basename(folder) == session:
        times.append(os.stat(folder).st_mtime_ns)
    return min(times) // 1_000_000


def _told_at(said: str) -> str:
    """The time that Cursor put before what the user said, or ""."""
    found = _TOLD_AT.search(said)
    if not found or found[1] not in _MONTHS:
        return ""
    hour = int(found[4] or 0) % 12 + (12 if found[6] == "P" else 0)
    try:
        away = timedelta(hours=int(found[7] or 0), minutes=int(found[8] or 0))
        zone = timezone(away) if away else UTC
        day = (int(found[3]), _MONTHS.index(found[1]) + 1, int(found[2]))
        return when(datetime(*day, hour, int(found[5] or 0), tzinfo=zone).isoformat()) or ""
    except (ValueError, OverflowError):
        return ""


def read(found: Found, drafting: Drafting) -> "Iterator[Draft | None]":
    """The drafts of a transcript; None for each line that is broken."""
    script = look(found.path) or Script(found.session, iso(found.first_ms))
    reader = _Reader(drafting, found.project, script)
    title, drafts = "", iter(_lines(found.path))
    with open(found.path, "rb") as file:
        for line in complete_lines(file):
            told = parse(line)
            if told is not None and text(told, "role") == "user":
                title = next((said for said in map(asked, _texts(told)) if said), "")
            if title:
                break
    origin = {"cwd": tilde(found.project)}
    if draft := drafting.open(title or "Cursor session", script.t, origin):
        yield draft
    for number, line_told in enumerate(drafts, 1):
        if line_told is None:
            yield None
        elif _is_ours(line_told):
            yield from reader.line(line_told, number)


def _lines(path: str) -> Iterator[Record | None]:
    with open(path, "rb") as file:
        for line in complete_lines(file):
            if line.strip():
                yield parse(line)


def _texts(line: Record) -> list[str]:
    content = record(line, "message").get("content")
    if isinstance(content, str):
        return [content]
    return [text(block, "text") for block in records(content) if text(block, "text")]


def asked(said: str) -> str:
    """What the user asked himself, without what Cursor put around it."""
    queries = _ASKED.findall(said)
    if queries:
        return "\n\n".join(queries)
    return "" if _NOTICE.match(said) else _TOLD_AT.sub("", said).strip("\n")


class _Reader:
    """Turns lines into drafts."""

    def __init__(self, drafting: Drafting, project: str, script: Script) -> None:
        self._drafting = drafting
        self._project = project
        self._ticking = Ticking(script.t)
        self._flags: tuple[str, ...] = ("side",) if script.side else ()
        self._prefix = f"{script.agent}/" if script.agent else ""

    def line(self, line: Record, number: int) -> Iterator[Draft]:
        """The drafts of the line which is the `number`th of its file."""
        role, content = text(line, "role"), record(line, "message").get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        for place, block in enumerate(records(blocks)):
            kind, source = text(block, "type"), f"{self._prefix}{number}/{place}"
            if kind == "tool_use":
                yield from self._call(source, block)
            elif kind == "image":
                yield from self._say(source, role, image_at(text(block, "url")) or "[image]", None)
            elif role == "user":
                yield from self._user(source, text(block, "text"))
            else:
                said = _HIDDEN.sub("", text(block, "text"))
                yield from self._say(source, role, said, None)

    def _user(self, source: str, said: str) -> Iterator[Draft]:
        stamp = _told_at(said) or None
        if own := asked(said):
            yield from self._say(source, "user", own, stamp)
        elif _NOTICE.match(said):
            yield from self._say(source, "user", said, stamp, "meta")

    def _say(
        self, source: str, role: str, said: str, stamp: str | None, *flags: str
    ) -> Iterator[Draft]:
        if not said:
            return
        t = self._ticking.at(stamp)
        message = Said(source, "", role, said, t, flags=(*self._flags, *flags))
        if draft := self._drafting.message(message):
            yield draft

    def _call(self, call_id: str, block: Record) -> Iterator[Draft]:
        """A call; what came of it is not in the transcript."""
        name, given = text(block, "name"), block.get("input")
        target, t = about(given, self._project), self._ticking.at(None)
        call = Call(call_id, "", name, type_of(name), target, t, side=bool(self._flags))
        if self._drafting.full:
            call = replace(call, input=written_out(given))
        if draft := self._drafting.call(call):
            yield draft
