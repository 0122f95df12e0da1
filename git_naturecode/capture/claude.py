"""Transcripts of Claude Code: one JSON object per line, one file per session and subagent.

Line types and keys as of versions 2.0 and 2.1 (research/capture.md 5): `user` and `assistant`
with `message.content` (a text, or blocks), `system`, `summary`; whatever else is skipped.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..domain.continued import Copied, marked
from ..store.entry import Draft
from .calls import Call, about, type_of, written_out
from .continued import unless_alone
from .drafts import Drafting, Said, tilde
from .format import Found
from .images import image
from .lines import complete_lines, parse, parse_without_result
from .names import Ordinals
from .times import later, ms_of, when

Json = Any
TOOL = "claude-code"
_WANTED = frozenset([b"user", b"assistant", b"system", b"summary", b"custom-title"])
_TYPE = b'"type":"'
_LOOK = 65_536
_LOOK_FOR_TITLE = 1_048_576
_NOT_SAID = re.compile(
    r"\s*<(?:command|local-command|system-reminder|bash-|task-|ide_)"
    r"|Caveat: The messages below|\[Request interrupted|\s*$"
)
_COMMAND = re.compile(r"<command-name>\s*([^<]*?)\s*</command-name>")
_ARGUMENTS = re.compile(r"<command-args>\s*(.*?)\s*</command-args>", re.S)


@dataclass
class Beginning:
    """What the first lines of a file tell about its session; `anew` those that are no copies."""

    session: str = ""
    t: str = ""
    project: str = ""
    version: str = ""
    branch: str = ""
    summary: str = ""
    said: str = ""
    command: str = ""
    slug: str = ""
    copied: Copied | None = None
    anew: bool = False

    def take(self, record: dict[str, Json]) -> None:
        """Learn from one more line."""
        kind = record.get("type")
        if kind == "summary":
            self.summary = self.summary or _text(record, "summary")
        elif kind == "custom-title":
            self.summary = _text(record, "customTitle") or self.summary
        if not _text(record, "uuid") or not isinstance(record.get("sessionId"), str):
            return
        self.session = self.session or _text(record, "sessionId")
        self.project = self.project or _text(record, "cwd")
        self.version = self.version or _text(record, "version")
        self.branch = self.branch or _text(record, "gitBranch")
        self.slug = self.slug or _text(record, "slug")
        copied = marked(record)
        if copied:
            self.copied = copied if copied.message or not self.copied else self.copied
        if copied and self.anew:
            return
        if kind in ("user", "assistant", "system"):
            self.t = self.t or when(record.get("timestamp")) or ""
        if kind == "user" and not self.said and not record.get("isMeta"):
            for _, block in _content(record):
                self._hear(block if isinstance(block, str) else _text(block, "text"))

    def _hear(self, text: str) -> None:
        """Note what the user said first, or at least which command he gave."""
        if not self.said and not _NOT_SAID.match(text):
            self.said = text
        if not self.command and (name := _COMMAND.search(text)):
            arguments = _ARGUMENTS.search(text)
            self.command = f"{name[1]} {arguments[1] if arguments else ''}".strip()

    @property
    def title(self) -> str:
        """The tool's own title, or what the user said first."""
        return self.summary or self.said or self.command or self.slug or "Claude Code session"


def look(path: str, for_title: bool = False, anew: bool = False) -> Beginning | None:
    """What the beginning of `path` tells; None when it is no transcript of Claude Code.

    Reads until it knows the session and its time (and what the user said, `for_title`); `anew`
    passes over what was copied from another session.
    """
    beginning, size, misses = Beginning(anew=anew), 0, 0
    with open(path, "rb") as file:
        for line in complete_lines(file):
            record = parse(line) if _is_wanted(line) else None
            size += 0 if anew and marked(record) else len(line)
            if record is not None and isinstance(record.get("type"), str):
                beginning.take(record)
            elif not line.startswith(b'{"') and line.strip():
                misses += 1
            enough = beginning.session and beginning.t
            if enough and (not for_title or beginning.said or size > _LOOK_FOR_TITLE):
                break
            if size > _LOOK and not enough and (misses or size > 64 * _LOOK):
                break
    return beginning if beginning.session and beginning.t else None


def conversations(path: str, head: bytes) -> Iterator[Found]:
    """The session that `path` is a part of; none when it is no transcript of Claude Code."""
    if head.startswith(b"{") and (code := look(path)):
        continued = code.copied.session if code.copied else ""
        first_ms = ms_of(code.t)
        yield Found(TOOL, code.session, path, first_ms, code.project, continued=continued)


def read(found: Found, drafting: Drafting) -> "Iterator[Draft | None]":
    """The drafts of a file; None for each line that is broken."""
    return unless_alone(_read(found, drafting)) if found.continued else _read(found, drafting)


def _read(found: Found, drafting: Drafting) -> "Iterator[Draft | None]":
    path, anew = found.path, bool(found.continued)
    beginning = look(path, for_title=True, anew=anew) or Beginning()
    reader = _Reader(drafting, beginning)
    origin = {
        "version": beginning.version,
        "cwd": tilde(beginning.project),
        "branch": beginning.branch,
    }
    forked = beginning.copied if anew else None
    if draft := drafting.open(beginning.title, beginning.t, origin, forked):
        yield draft
    with open(path, "rb") as file:
        for line in complete_lines(file):
            if not _is_wanted(line):
                continue
            record = parse_without_result(line)
            if record is None:
                if line.strip():
                    yield None
                continue
            if not anew or not marked(record):
                yield from reader.line(record)
    yield from reader.rest()


def _is_wanted(line: bytes) -> bool:
    """False when the line's own `type` (no object opens before it) is one that is not kept."""
    at = line.find(_TYPE)
    if at < 0 or line.find(b"{", 1, at) >= 0:
        return True
    end = line.find(b'"', at + len(_TYPE))
    return line[at + len(_TYPE) : end] in _WANTED


class _Reader:
    """Turns the lines of one file into drafts; keeps the calls whose results are to come."""

    def __init__(self, drafting: Drafting, beginning: Beginning) -> None:
        self._drafting = drafting
        self._project = beginning.project
        self._t = beginning.t
        self._calls: dict[str, Call | None] = {}
        self._summary = ""
        self._source = ""
        self._names = Ordinals()

    def line(self, record: dict[str, Json]) -> Iterator[Draft]:
        kind = record.get("type")
        self._t = when(record.get("timestamp")) or self._t
        if kind == "summary":
            yield from self._set_summary(record)
        elif kind in ("user", "assistant", "system"):
            told = (self._t, kind, _text(record, "agentId"))
            self._source = _text(record, "uuid") or self._names.of(*told)
            if kind != "system":
                yield from self._blocks(record)
            elif isinstance(text := record.get("content"), str):
                yield from self._say(record, "system", 0, text)

    def rest(self) -> Iterator[Draft]:
        """The calls that have no result in this file."""
        for call in self._calls.values():
            if call is not None and (draft := self._drafting.call(call)):
                yield draft

    def _set_summary(self, record: dict[str, Json]) -> Iterator[Draft]:
        value = _text(record, "summary")
        source = _text(record, "leafUuid") or self._names.of(self._t, "summary")
        if value and (draft := self._drafting.summary(source, "summary", value, self._summary)):
            yield draft
        if value:
            self._summary = self._drafting.id(source, "summary")

    def _blocks(self, record: dict[str, Json]) -> Iterator[Draft]:
        role = _text(record, "type")
        for index, block in _content(record):
            if isinstance(block, str):
                yield from self._say(record, role, index, block)
                continue
            kind = block.get("type")
            if kind == "tool_use":
                self._remember(record, index, block)
            elif kind == "tool_result":
                yield from self._result(record, index, block)
            elif kind == "thinking" and self._drafting.full:
                yield from self._say(record, role, index, _text(block, "thinking"), "think")
            else:
                yield from self._say(record, role, index, _text_of(block))

    def _say(
        self, record: dict[str, Json], role: str, index: int, text: str, *flags: str
    ) -> Iterator[Draft]:
        if not text:
            return
        if record.get("isMeta") or record.get("isCompactSummary"):
            flags = ("meta", *flags)
        if record.get("isSidechain"):
            flags = ("side", *flags)
        model = _model(record) if role == "assistant" else ""
        said = Said(self._source, str(index), role, text, later(self._t, index), model, flags)
        if draft := self._drafting.message(said):
            yield draft

    def _remember(self, record: dict[str, Json], index: int, block: dict[str, Json]) -> None:
        call_id = _text(block, "id") or f"{self._source}/{index}"
        entry = self._drafting.done_id(call_id)
        if entry is None:
            self._calls[call_id] = None
            return
        name, given = _text(block, "name"), block.get("input")
        project = _text(record, "cwd") or self._project
        self._calls[call_id] = Call(
            call_id,
            entry,
            name,
            type_of(name),
            about(given, project),
            later(self._t, index),
            side=bool(record.get("isSidechain")),
            input=written_out(given) if self._drafting.full else "",
        )

    def _result(
        self, record: dict[str, Json], index: int, block: dict[str, Json]
    ) -> Iterator[Draft]:
        call_id = _text(block, "tool_use_id") or f"{self._source}/{index}"
        ok = not block.get("is_error")
        if call_id in self._calls:
            call = self._calls.pop(call_id)
            draft = self._drafting.done(call, _output(block.get("content")), ok) if call else None
        elif entry := self._drafting.done_id(call_id):
            side = bool(record.get("isSidechain"))
            call = Call(call_id, entry, "", "generic", "", later(self._t, index), side=side)
            draft = self._drafting.orphan(call, _output(block.get("content")), ok)
        else:
            draft = None
        if draft:
            yield draft


def _text(record: dict[str, Json], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""


def _model(record: dict[str, Json]) -> str:
    message = record.get("message")
    return _text(message, "model") if isinstance(message, dict) else ""


def _content(record: dict[str, Json]) -> "Iterator[tuple[int, str | dict[str, Json]]]":
    """The blocks of a line's message with their place in it."""
    message = record.get("message")
    content = message.get("content") if isinstance(message, dict) else message
    if isinstance(content, str):
        yield 0, content
    for index, block in enumerate(content if isinstance(content, list) else ()):
        if isinstance(block, str | dict):
            yield index, block


def _text_of(block: dict[str, Json]) -> str:
    if block.get("type") == "text":
        return _text(block, "text")
    if block.get("type") in ("image", "document"):
        source = block.get("source")
        source = source if isinstance(source, dict) else {}
        return image(_text(source, "media_type"), _text(source, "data"))
    return ""


def _output(content: Json) -> str:
    """A tool's result as one text."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    blocks = (block for block in content if isinstance(block, str | dict))
    texts = (block if isinstance(block, str) else _text_of(block) for block in blocks)
    return "\n".join(text for text in texts if text)
