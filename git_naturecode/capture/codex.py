"""Rollouts of Codex: one JSON object per line, one file per thread and subagent.

Keys as of versions 0.99 to 0.142 (research/capture.md 5): `{timestamp, type, payload}`, where the
`response_item`s are what was said; of `event_msg`, which repeats them, only rollbacks count.
Rollouts of 2025 are read too: items without that envelope, under a first line with the session.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ..domain.continued import Copied, marked
from ..store.entry import Draft
from .calls import Call, about, patched, type_of, written_out
from .codex_lines import added, is_ours, lines, unwrapped
from .continued import unless_alone
from .drafts import Drafting, Said, tilde
from .fields import Record, reach, records, text, unfolded, written
from .format import Found
from .images import image_at
from .lines import complete_lines, parse
from .names import Ordinals
from .times import Ticking, ms_of, when

Json = Any
TOOL = "codex"
_LOOK = 1_048_576
_MISSES = 2  # broken lines before the first that tells whose file it is
_NAME = re.compile(r"rollout-[\dT-]+-([0-9a-f-]{36})\.jsonl?$")
# Texts that Codex puts before the user's own, in his name (markers of its contextual fragments).
_CONTEXT = re.compile(
    r"\s*(?:<(?:user_instructions|environment_context|environment_context_delta|turn_aborted|skill"
    r"|user_shell_command|subagent_notification|goal_context|tool_context|hook_prompt|apps_"
    r"instructions|skills_instructions|plugins_instructions|collaboration_mode|INSTRUCTIONS)\b"
    r"|# AGENTS\.md instructions for )",
    re.I,
)
_CWD = re.compile(r"<cwd>([^<\n]{1,1000})</cwd>|Current working directory: ([^\n]{1,1000})")
_CODE = re.compile(r"(?:Exit code: |Process exited with code |exit code:? )(-?\d{1,10})\b")
_FAILED = re.compile(
    r"aborted by user|execution error|apply_patch verification failed|unsupported call"
    r"|failed to parse function arguments|exec_command failed|command timed out"
)


@dataclass
class Thread:
    """What the beginning of a file tells about its thread."""

    id: str = ""
    t: str = ""
    project: str = ""
    version: str = ""
    branch: str = ""
    parent: str = ""
    forked: str = ""
    said: str = ""
    copied: Copied | None = None

    def take(self, line: Record) -> None:
        """Learn from one more line."""
        kind, payload = unwrapped(line)
        if kind == "session_meta" and not self.id:
            self._meet(payload)
            self.t = self.t or when(line.get("timestamp")) or ""
        self.t = self.t or when(line.get("timestamp")) or ""
        self.project = self.project or text(payload, "cwd")
        if payload.get("type") == "message" and payload.get("role") == "user":
            self._hear(payload)

    def _meet(self, meta: Record) -> None:
        self.id = text(meta, "id") or text(meta, "session_id")
        self.t = when(meta.get("timestamp")) or ""
        self.version = text(meta, "cli_version")
        self.branch = text(meta, "git", "branch")
        self.forked = text(meta, "forked_from_id")
        spawned = text(meta, "source", "subagent", "thread_spawn", "parent_thread_id")
        self.parent = spawned or text(meta, "parent_thread_id")
        self.copied = marked(meta)

    def _hear(self, message: Record) -> None:
        for part in _parts(message.get("content")):
            if not _CONTEXT.match(part):
                self.said = self.said or part
            elif not self.project and (cwd := _CWD.search(part)):
                self.project = (cwd[1] or cwd[2]).strip()

    @property
    def session(self) -> str:
        """The session that the thread belongs to: a subagent's is that of its parent."""
        return self.parent or self.id


def look(path: str, for_title: bool = False, anew: bool = False) -> Thread | None:
    """What the beginning of `path` tells; None when it is no rollout of Codex.

    Reads until it knows the thread and its time (and what the user said, `for_title`); `anew`
    passes over what was copied from another session.
    """
    thread, size, ours, misses = Thread(), 0, False, 0
    for line in added(path) if anew else lines(path):
        size += line.size
        if line.value is not None and (ours or is_ours(line.value)):
            ours = True
            thread.take(line.value)
        elif not ours and (misses := misses + 1) > _MISSES:
            return None
        if (thread.id and thread.t and thread.project and not for_title) or size > _LOOK:
            break
        if thread.said:
            break
    if ours and not thread.id and (name := _NAME.search(os.path.basename(path))):
        thread.id = name[1]
    return thread if thread.id and thread.t else None


def conversations(path: str, head: bytes) -> Iterator[Found]:
    """The session that `path` is a part of; none when it is no rollout of Codex."""
    if head.startswith(b"{") and (thread := look(path)):
        continued = thread.copied.session if thread.copied else ""
        first_ms = ms_of(thread.t)
        yield Found(TOOL, thread.session, path, first_ms, thread.project, continued=continued)


def read(found: Found, drafting: Drafting) -> "Iterator[Draft | None]":
    """The drafts of a file; None for each line that is broken."""
    return unless_alone(_read(found, drafting)) if found.continued else _read(found, drafting)


def _read(found: Found, drafting: Drafting) -> "Iterator[Draft | None]":
    anew = bool(found.continued)
    thread = look(found.path, for_title=True, anew=anew) or Thread(found.session)
    origin = {
        "version": thread.version,
        "cwd": tilde(thread.project),
        "branch": thread.branch,
        "forked": thread.forked,
    }
    title = _named(found.path, thread.session) or thread.said or "Codex session"
    if draft := drafting.open(title, thread.t, origin, thread.copied if anew else None):
        yield draft
    reader = _Reader(drafting, thread)
    for line in added(found.path) if anew else lines(found.path):
        if line.value is None:
            yield None
        else:
            yield from reader.line(line.value)
    yield from reader.rest()


def _named(path: str, session: str) -> str:
    """The name that the user gave to a thread: the last in the index beside `sessions/`."""
    folder = os.path.dirname(os.path.abspath(path))
    for _ in range(5):
        index = os.path.join(folder, "session_index.jsonl")
        try:
            return _names(index, os.stat(index).st_mtime_ns).get(session, "")
        except OSError:
            folder = os.path.dirname(folder)
    return ""


@lru_cache(maxsize=2)
def _names(index: str, changed_ns: int) -> dict[str, str]:
    """Thread -> name of the index at `index`, read again only where it has changed."""
    names: dict[str, str] = {}
    with open(index, "rb") as file:
        for line in complete_lines(file):
            entry = parse(line)
            if entry is not None and text(entry, "thread_name"):
                names[text(entry, "id")] = text(entry, "thread_name")
    return names


class _Reader:
    """Turns the lines of one file into drafts."""

    def __init__(self, drafting: Drafting, thread: Thread) -> None:
        self._drafting = drafting
        self._project = thread.project
        self._model = ""
        self._flags: tuple[str, ...] = ("side",) if thread.parent else ()
        self._prefix = f"{thread.id}/" if thread.parent else ""
        self._ticking = Ticking(thread.t)
        self._calls: dict[str, Call | None] = {}
        self._names = Ordinals()

    def line(self, line: Record) -> Iterator[Draft]:
        kind, payload = unwrapped(line)
        if kind == "turn_context":
            self._model = text(payload, "model") or self._model
            self._project = text(payload, "cwd") or self._project
        elif kind == "response_item":
            yield from self._item(payload, line.get("timestamp"))
        elif kind == "compacted":
            said = text(payload, "message")
            yield from self._say("user", said, line.get("timestamp"), "meta", kind="compacted")
        elif kind == "event_msg" and payload.get("type") == "thread_rolled_back":
            turns = payload.get("num_turns")
            count = turns if isinstance(turns, int) else 0
            said = f"[the last {count} turn{'' if count == 1 else 's'} rolled back]"
            yield from self._say("system", said, line.get("timestamp"))

    def rest(self) -> Iterator[Draft]:
        """The calls that have no result in this file."""
        for call in self._calls.values():
            if call is not None and (draft := self._drafting.call(call)):
                yield draft

    def _item(self, item: Record, stamp: Json) -> Iterator[Draft]:
        kind = text(item, "type")
        if kind == "message":
            yield from self._message(item, stamp)
        elif kind == "reasoning":
            if self._drafting.full:
                parts = [*records(item, "summary"), *records(item, "content")]
                said = "\n\n".join(filter(None, (text(part, "text") for part in parts)))
                yield from self._say("assistant", said, stamp, "think")
        elif kind.endswith("_output"):
            yield from self._result(item, stamp)
        elif kind.endswith("_call"):
            yield from self._call(item, kind, stamp)

    def _message(self, item: Record, stamp: Json) -> Iterator[Draft]:
        role = text(item, "role")
        if role not in ("user", "assistant", "developer", "system"):
            return
        parts = _parts(item.get("content"))
        own = [part for part in parts if role == "assistant" or not _CONTEXT.match(part)]
        if role in ("developer", "system"):
            own = []
        yield from self._say("assistant" if role == "assistant" else "user", "\n".join(own), stamp)
        if self._drafting.full:
            context = "\n".join(part for part in parts if part not in own)
            role = "system" if role in ("developer", "system") else "user"
            yield from self._say(role, context, stamp, "meta")

    def _say(
        self, role: str, said: str, stamp: Json, *flags: str, kind: str = ""
    ) -> Iterator[Draft]:
        """A text; `kind` keeps what always comes apart from what comes only with `full`."""
        source = self._name(stamp, kind or role, *flags)
        if not said:
            return
        model = self._model if role == "assistant" else ""
        t = self._ticking.at(stamp)
        message = Said(source, "", role, said, t, model, (*self._flags, *flags))
        if draft := self._drafting.message(message):
            yield draft

    def _call(self, item: Record, kind: str, stamp: Json) -> Iterator[Draft]:
        name = text(item, "name") or kind.removesuffix("_call")
        given = unfolded(item.get("arguments", item.get("input", item.get("action"))))
        call_id = self._prefix + (
            text(item, "call_id") or text(item, "id") or self._name(stamp, "call", name)
        )
        t = self._ticking.at(stamp)
        entry = self._drafting.done_id(call_id)
        if entry is None:
            self._calls[call_id] = None
            return
        target = patched(_patch(given)) or about(given, self._project)
        call = Call(call_id, entry, name, type_of(name), target, t, side=bool(self._flags))
        if self._drafting.full:
            call = replace(call, input=written_out(given))
        if kind in ("web_search_call", "image_generation_call"):  # their results are not written
            done = item.get("status") in (None, "completed")
            draft = self._drafting.done(call, "", True) if done else self._drafting.call(call)
            if draft:
                yield draft
        else:
            self._calls[call_id] = call

    def _result(self, item: Record, stamp: Json) -> Iterator[Draft]:
        call_id = self._prefix + text(item, "call_id")
        output, ok = _output(item.get("output", item.get("tools")))
        if call_id in self._calls:
            call = self._calls.pop(call_id)
            draft = self._drafting.done(call, output, ok) if call else None
        elif entry := self._drafting.done_id(call_id):
            t = self._ticking.at(stamp)
            call = Call(call_id, entry, "", "generic", "", t, side=bool(self._flags))
            draft = self._drafting.orphan(call, output, ok)
        else:
            draft = None
        if draft:
            yield draft

    def _name(self, stamp: Json, *parts: str) -> str:
        """An id for an item, which has none: its time, its kind, and the how many-th such it is."""
        return self._names.of(f"{self._prefix}{when(stamp) or ''}", *parts)


def _parts(content: Json) -> list[str]:
    """The texts of a message, images as placeholders."""
    if isinstance(content, str):
        return [content] if content else []
    parts = content if isinstance(content, list) else []
    found = (
        text(part, "text") or image_at(text(part, "image_url"))
        for part in parts
        if isinstance(part, dict)
    )
    return [part for part in found if part]


def _patch(given: Json) -> str:
    if isinstance(given, str):
        return given
    found = text(given, "patch") or text(given, "input")
    command = reach(given, "command")
    if not found and isinstance(command, list) and command[:1] == ["apply_patch"]:
        found = "\n".join(part for part in command[1:] if isinstance(part, str))
    return found


def _output(output: Json) -> tuple[str, bool | None]:
    """A result as one text, and whether the call went well: None when nothing is told."""
    output = unfolded(output)
    if isinstance(output, list):
        return "\n".join(_parts(output)), True
    if isinstance(output, dict):
        said = output.get("output", output.get("content"))
        code = reach(output, "metadata", "exit_code")
        ok = output.get("success", code == 0 if isinstance(code, int) else None)
        if not isinstance(said, str):
            said = "\n".join(_parts(said)) or written(output)
        return said, ok if isinstance(ok, bool) else True
    said = output if isinstance(output, str) else ""
    head = said[:400]
    if code := _CODE.search(head):
        return said, int(code[1]) == 0
    return said, not _FAILED.search(head)
