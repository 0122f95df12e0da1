"""The export of ChatGPT: an array of conversations, each a tree of messages.

The branch that was shown last is read, from `current_node` up to the root; its siblings, which are
edits and other answers, are left out, and so is what was hidden or has no weight. One file holds
many conversations (`conversations.json`, of newer exports several `conversations-*.json`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ..ids import digest32
from ..store.entry import Draft
from .calls import Call, about, written_out
from .drafts import Drafting, Said
from .fields import Record, reach, record, records, text, unfolded, written
from .format import Found
from .items import at as item_at
from .items import places
from .lines import parse
from .times import Ticking, ms_of, when

Json = Any
TOOL = "chatgpt"
_LOOK = 65_536
_MOST = 256 << 20  # bytes of a file that is one conversation
_TYPES = {
    "python": "shell",
    "container": "shell",
    "browser": "search",
    "web": "search",
    "file_search": "search",
    "myfiles_browser": "search",
    "canmore": "write",
}
_MISSES = 2  # items without messages before the first that has some
_EPOCH = "1970-01-01T00:00:00.000Z"
_CONTEXT = frozenset(["user_editable_context", "model_editable_context"])
_THOUGHTS = frozenset(["thoughts", "reasoning_recap"])


def conversations(path: str, head: bytes) -> Iterator[Found]:
    """The conversations in `path`; none when it is no export of ChatGPT."""
    if head.startswith(b"{"):
        if chat := _single(path):
            yield _found(path, chat, 0, -1)
        return
    if not head.startswith(b"["):
        return
    known, misses = False, 0
    for offset, length in places(path):
        chat = item_at(path, offset, length)
        if chat is not None and isinstance(chat.get("mapping"), dict):
            known = True
            yield _found(path, chat, offset, length)
        elif not known and (misses := misses + 1) > _MISSES:
            return


def _single(path: str) -> Record | None:
    """The conversation that the whole file is, as page exporters write it."""
    with open(path, "rb") as file:
        if b'"mapping"' not in file.read(_LOOK):
            return None
        file.seek(0)
        chat = parse(file.read(_MOST).removeprefix(b"\xef\xbb\xbf"))
    return chat if isinstance(reach(chat, "mapping"), dict) else None


def _found(path: str, chat: Record, offset: int, length: int) -> Found:
    last = ms_of(when(chat.get("update_time"))) or -1
    return Found(TOOL, _id(chat), path, ms_of(_begun(chat)), "", offset, length, last)


def _id(chat: Record) -> str:
    told = text(chat, "conversation_id") or text(chat, "id")
    if told:
        return told
    # Not of its title: whoever knows the rest could test a guess of that against the hash.
    nodes = record(chat, "mapping")
    root = next((name for name, node in nodes.items() if not reach(node, "parent")), "")
    return digest32((root, str(chat.get("create_time"))), 20)


def _begun(chat: Record) -> str:
    """When a conversation began: as it says, or its first message."""
    nodes = record(chat, "mapping").values()
    times = (when(reach(node, "message", "create_time")) for node in nodes)
    return when(chat.get("create_time")) or min(filter(None, times), default=_EPOCH)


def read(found: Found, drafting: Drafting) -> "Iterator[Draft | None]":
    """The drafts of one conversation; None where it cannot be read."""
    whole = found.length < 0
    chat = _single(found.path) if whole else item_at(found.path, found.at, found.length)
    if chat is None:
        yield None
        return
    messages = _branch(chat)
    asked = (m for m in messages if text(m, "author", "role") == "user" and not _hidden(m))
    first = next((said for m in asked if (said := _text_of(m))), "")
    title = text(chat, "title") or first or "ChatGPT conversation"
    if draft := drafting.open(title, _begun(chat), {}):
        yield draft
    reader = _Reader(drafting, chat)
    for message in messages:
        yield from reader.message(message)
    yield from reader.rest()


def _branch(chat: Record) -> list[Record]:
    """The messages from the root to the node that was shown last, or to the latest leaf."""
    mapping = record(chat, "mapping")
    name, branch = chat.get("current_node"), []
    if not isinstance(name, str) or name not in mapping:
        leaves = [n for n, node in mapping.items() if not reach(node, "children")]
        name = max(leaves, key=lambda n: ms_of(when(_stamp(mapping[n]))), default="")
    seen: set[str] = set()
    while isinstance(name, str) and name in mapping and name not in seen:
        seen.add(name)
        message = record(mapping[name], "message")
        if message:
            branch.append({**message, "id": text(message, "id") or name})
        name = reach(mapping[name], "parent")
    return branch[::-1]


def _stamp(node: Json) -> Json:
    return reach(node, "message", "create_time")


@dataclass
class _Pending:
    """A tool call whose results come in the messages after it."""

    call: Call | None
    tool: str
    outputs: list[str] = field(default_factory=list)
    ok: bool = True


class _Reader:
    """Turns the messages of one branch into drafts."""

    def __init__(self, drafting: Drafting, chat: Record) -> None:
        self._drafting = drafting
        self._model = text(chat, "default_model_slug")
        self._ticking = Ticking(_begun(chat))
        self._pending: _Pending | None = None

    def message(self, message: Record) -> Iterator[Draft]:
        role = text(message, "author", "role")
        if role == "tool":
            yield from self._result(message)
            return
        yield from self.rest()
        kind, to = text(message, "content", "content_type"), text(message, "recipient")
        hidden = _hidden(message) or kind in _CONTEXT
        if role not in ("user", "assistant", "system") or message.get("weight") in (0, False):
            return
        if (hidden or kind in _THOUGHTS) and not self._drafting.full:
            return
        if role == "assistant" and to not in ("", "all"):
            self._call(message, to)
            return
        flags = ("think",) if kind in _THOUGHTS else ("meta",) if hidden else ()
        said = self._said(message, role, flags)
        if draft := self._drafting.message(said):
            yield draft

    def rest(self) -> Iterator[Draft]:
        """The call that is still open."""
        pending, self._pending = self._pending, None
        if pending is None or pending.call is None:
            return
        if pending.outputs:
            output = "\n".join(filter(None, pending.outputs))
            draft = self._drafting.done(pending.call, output, pending.ok)
        else:
            draft = self._drafting.call(pending.call)
        if draft:
            yield draft

    def _said(self, message: Record, role: str, flags: tuple[str, ...]) -> Said:
        model = text(message, "metadata", "model_slug") or self._model
        t = self._ticking.at(message.get("create_time"))
        said = _text_of(message)
        return Said(
            text(message, "id"), "", role, said, t, model if role == "assistant" else "", flags
        )

    def _call(self, message: Record, to: str) -> None:
        t = self._ticking.at(message.get("create_time"))
        call_id, call = text(message, "id"), None
        if entry := self._drafting.done_id(call_id):
            said = _text_of(message)
            given = unfolded(said)
            target = said if isinstance(given, str) else _about(given)
            call = Call(call_id, entry, to, _TYPES.get(_head(to), "generic"), target, t)
            if self._drafting.full:
                call = replace(call, input=written_out(given))
        self._pending = _Pending(call, to)

    def _result(self, message: Record) -> Iterator[Draft]:
        name, output = text(message, "author", "name"), _text_of(message)
        failed = reach(message, "metadata", "aggregate_result", "in_kernel_exception")
        if self._pending is not None and _head(name) in ("", _head(self._pending.tool)):
            self._pending.outputs.append(output)
            self._pending.ok &= not failed
            return
        yield from self.rest()
        if message.get("weight") in (0, False) or _hidden(message):
            return
        call_id = text(message, "id")
        if entry := self._drafting.done_id(call_id):
            t = self._ticking.at(message.get("create_time"))
            call = Call(call_id, entry, name, _TYPES.get(_head(name), "generic"), "", t)
            if draft := self._drafting.orphan(call, output, not failed):
                yield draft


def _head(name: str) -> str:
    return name.partition(".")[0]


def _about(given: Json) -> str:
    """What a call is about; a search names its first question."""
    for question in (*records(given, "search_query"), *records(given, "queries")):
        if asked := text(question, "q"):
            return asked
    queries = reach(given, "queries")
    if isinstance(queries, list) and queries and isinstance(queries[0], str):
        return queries[0]
    return about(given, "")


def _hidden(message: Record) -> bool:
    return bool(reach(message, "metadata", "is_visually_hidden_from_conversation"))


def _text_of(message: Record) -> str:
    """What a message says, its images and files as placeholders."""
    content = record(message, "content")
    kind, parts = text(content, "content_type"), content.get("parts")
    if kind == "thoughts":
        pieces = [f"{_plain(t, 'summary')}\n\n{_plain(t, 'content')}".strip()
                  for t in records(content, "thoughts")]  # fmt: skip
    elif kind in _CONTEXT:
        keys = ("user_profile", "user_instructions", "model_set_context")
        pieces = [text(content, key) for key in keys]
    elif isinstance(parts, list):
        pieces = [part if isinstance(part, str) else _placeholder(part) for part in parts]
        pieces += [_file(one) for one in records(message, "metadata", "attachments")]
    else:
        pieces = [text(content, key) for key in ("title", "url", "text", "result", "content")]
    return "\n".join(piece for piece in pieces if piece)


def _plain(value: Record, key: str) -> str:
    """A text, or the texts of a list of pieces."""
    if isinstance(value.get(key), list):
        return "\n".join(filter(None, (text(piece, "text") for piece in value[key])))
    return text(value, key)


def _placeholder(part: Json) -> str:
    kind = text(part, "content_type")
    if kind == "image_asset_pointer":
        size = reach(part, "size_bytes")
        return f"[image: {size} bytes]" if isinstance(size, int) else "[image]"
    if "audio" in kind or "video" in kind:
        return text(part, "text") or f"[{kind.replace('_', ' ')}]"
    return text(part, "text") or written(part)


def _file(one: Record) -> str:
    name = text(one, "name")
    return "" if text(one, "mime_type").startswith("image/") or not name else f"[file: {name}]"
