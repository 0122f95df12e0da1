"""Histories that SpecStory saved as Markdown (v2.1): header lines per message, tools as HTML.

The format escapes nothing, so a line of a text that looks like a header begins a message.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..store.entry import Draft
from .calls import TYPES, Call, relative
from .drafts import Drafting, Said, tilde
from .format import Found
from .names import Ordinals, Texts
from .times import Ticking, ms_of, when

TOOL = "specstory"
_LOOK = 65_536
_TITLE = "SpecStory session"
_SESSION = re.compile(r"^<!-- (.{1,60}?) Session (\S{1,200}) \((\S+ ?\S*)\) -->", re.M)
_HEADER = re.compile(
    r"_\*\*(?P<who>User|Agent)(?P<a> - sidechain)? \((?P<what>[^()]*(?:\([^()]*\)[^()]*)*)\)"
    r"(?P<b> - sidechain)?\*\*_(?P<c> - sidechain)?\s*"
)
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?$")
_RULE = re.compile(r"(?:\A\s*|\r?\n[ \t]*\r?\n)---\s*\Z")
_ATTRIBUTE = re.compile(r'data-tool-(type|name)="([^"]*)"')
_SUMMARY = re.compile(r"\s*<summary>.*?</summary>[ \t]*\r?\n?", re.S)
_OUTPUT = re.compile(r"^(`{3,})text[ \t]*\r?\n", re.M)
_INLINE = re.compile(r"^[^`\n]{0,80}`([^`\n]+)`[ \t\r]*$", re.M)
_FENCED = re.compile(r"^`{3,}(?!text)\w*[ \t]*\r?\n([^\n]+)", re.M)
_FAILED = re.compile(r"Exit code [1-9]|<tool_use_error>")
_CLOSING = {"<tool-use": "</tool-use>", "<think>": "</think>"}


@dataclass(frozen=True)
class Story:
    """What the beginning of a file tells about its session; `by` is the tool it came from."""

    session: str
    t: str
    by: str


@dataclass
class _Block:
    """A message, or a piece of one: lines of one kind under one header."""

    who: str = ""
    model: str = ""
    t: str = ""
    side: bool = False
    kind: str = ""
    lines: list[str] = field(default_factory=list)

    def empty(self, kind: str = "") -> "_Block":
        return _Block(self.who, self.model, self.t, self.side, kind)

    @property
    def text(self) -> str:
        return _RULE.sub("", "".join(self.lines)).strip("\r\n")


def look(path: str) -> Story | None:
    """What the beginning of `path` tells; None when it is no history of SpecStory."""
    with open(path, "rb") as file:
        head = file.read(_LOOK).decode("utf-8", "replace")
    match = _SESSION.search(head)
    if match is None or "SpecStory" not in head.split("\n", 1)[0]:
        return None
    t = when(match[3])
    return Story(match[2], t, match[1]) if t else None


def project(path: str) -> str:
    """The folder that holds `.specstory/`, in which `path` lies, or ""."""
    before, found, _ = os.path.abspath(path).rpartition(os.sep + ".specstory" + os.sep)
    return before if found else ""


def conversations(path: str, head: bytes) -> Iterator[Found]:
    """The session in `path`; none when it is no history of SpecStory."""
    if head.startswith(b"<!--") and (story := look(path)):
        yield Found(TOOL, story.session, path, ms_of(story.t), project(path))


def read(found: Found, drafting: Drafting) -> Iterator[Draft | None]:
    """The drafts of a file."""
    path = found.path
    story = look(path)
    blocks = (block for block in _blocks(path) if block.who == "User" and not block.kind)
    title = next((block.text for block in blocks if block.text), _TITLE)
    root = project(path)
    t = story.t if story else ""
    origin = {"cwd": tilde(root), "by": story.by if story else ""}
    if draft := drafting.open(title, t, origin):
        yield draft
    reader = _Reader(drafting, root, t)
    for block in _blocks(path):
        if draft := reader.draft(block):
            yield draft


def _blocks(path: str) -> Iterator[_Block]:
    """The pieces of the file in its order; a tool or thought that never ends counts as text."""
    block, closing = _Block(), ""
    for line in _lines(path):
        header = None if closing else _HEADER.fullmatch(line)
        if header:
            yield block
            block = _begun(header)
            continue
        opening = next((o for o in _CLOSING if not closing and line.startswith(o)), "")
        if opening and block.who:
            yield block
            block, closing = block.empty(opening), _CLOSING[opening]
        block.lines.append(line)
        if closing and line.rstrip().endswith(closing):
            yield block
            block, closing = block.empty(), ""
    if closing:
        block.kind = ""
    yield block


def _lines(path: str) -> Iterator[str]:
    with open(path, "rb") as file:
        for line in file:
            try:
                yield line.decode("utf-8", "surrogatepass")
            except UnicodeDecodeError:
                yield line.decode("utf-8", "replace")


def _begun(header: "re.Match[str]") -> _Block:
    stamp = _STAMP.search(header["what"])
    model = header["what"][: stamp.start()].strip() if stamp else header["what"]
    t = (when(stamp[0]) or "") if stamp else ""
    side = bool(header["a"] or header["b"] or header["c"])
    return _Block(header["who"], model if header["who"] == "Agent" else "", t, side)


class _Reader:
    """Turns pieces into drafts. Each is named by its time, its kind and the how many-th such it is;
    where the file tells no times, by its redacted text: a file is written anew as a whole."""

    def __init__(self, drafting: Drafting, root: str, t: str) -> None:
        self._drafting = drafting
        self._root = root
        self._t = t
        self._ticking = Ticking(t)
        self._shown = t
        self._names = Ordinals()
        self._texts = Texts(drafting.clean)

    def draft(self, block: _Block) -> Draft | None:
        if not block.who or not block.text:
            return None
        self._t = block.t or self._t
        self._shown = self._ticking.at(self._t)
        if block.kind == "<tool-use":
            return self._tool(block)
        return self._say(block)

    def _say(self, block: _Block) -> Draft | None:
        text, flags = block.text, ("side",) if block.side else ()
        if block.kind == "<think>":
            if not self._drafting.full:
                return None
            text, flags = _thought(text), (*flags, "think")
        role = "user" if block.who == "User" else "assistant"
        source = self._name(block, role, *flags, text=text)
        return self._drafting.message(
            Said(source, "0", role, text, self._shown, block.model, flags)
        )

    def _tool(self, block: _Block) -> Draft | None:
        opening, _, rest = block.text.partition(">")
        attributes = dict(_ATTRIBUTE.findall(opening))
        inner = (
            rest.removesuffix("</tool-use>").removesuffix("</details>").removeprefix("<details>")
        )
        inner = _SUMMARY.sub("", inner, count=1).strip("\r\n")
        given, output = _halves(inner)
        kind = attributes.get("type", "")
        call_id = self._name(block, "tool", kind, text=block.text)
        entry = self._drafting.done_id(call_id)
        if entry is None:
            return None
        call = Call(
            call_id,
            entry,
            attributes.get("name", ""),
            kind if kind in TYPES else "generic",
            relative(_about(given), self._root),
            self._shown,
            side=block.side,
            input=given if self._drafting.full else "",
        )
        if output is None:  # or not yet
            return self._drafting.call(call)
        return self._drafting.done(call, output, not _FAILED.match(output))

    def _name(self, block: _Block, *kind: str, text: str) -> str:
        if block.t:
            return self._names.of(block.t, *kind)
        return self._texts.of(*kind, self._t, text)


def _thought(text: str) -> str:
    text = text.removeprefix("<think>").removesuffix("</think>").strip("\r\n")
    text = text.removeprefix("<details>").removesuffix("</details>")
    return _SUMMARY.sub("", text, count=1).strip("\r\n")


def _halves(inner: str) -> tuple[str, str | None]:
    """Input and output of a tool: the output stands in a fence of its own, where there is one."""
    match = _OUTPUT.search(inner)
    if match is None:
        return inner, None
    output = inner[match.end() :].rstrip("\r\n")
    output = output.removesuffix(match[1]).removesuffix("\n").removesuffix("\r")
    return inner[: match.start()].rstrip("\r\n"), output


def _about(given: str) -> str:
    match = _INLINE.search(given) or _FENCED.search(given)
    return match[1].strip().removeprefix("./") if match else ""
