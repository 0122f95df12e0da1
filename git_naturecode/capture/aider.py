"""Histories of aider: `.aider.chat.history.md`, many sessions in one file, as Markdown.

A session begins with `# aider chat started at <local time>`; lines `#### ...` are what the user
typed, lines `> ...` what the program said, all others the assistant's. Nothing is escaped: a
heading of level four or a quotation of the assistant counts as one of these, as it does for aider
itself (`fidelity: lossy`). There are no ids and no other times, and no time zone: see _name.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from ..ids import digest32
from ..store.entry import Draft
from .calls import Call
from .drafts import Drafting, Said, tilde
from .format import Found
from .names import Ordinals
from .times import Ticking, ms_of, when

TOOL = "aider"
HISTORY = ".aider.chat.history.md"
_LOOK = 65_536
_BEGINS = b"# aider chat started at "
_STAMP = re.compile(rb"# aider chat started at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s*")
_SAID, _NOTICE = b"####", b">"
# What the program says of itself first; the line with its arguments might hold a secret.
_ABOUT = re.compile(rb"> (?:Aider v|Models?:|Main model:|Weak model:|Git repo:|Repo-map:)")
_ABOUT_LINES = 40
_VERSION = re.compile(r"Aider v?(\S+)")
_MODEL = re.compile(r"(?:Main m|M)odels?: (\S+?),? with ")
_EDITED = re.compile(r"Applied edit to (.+)")


@dataclass
class _Session:
    """A session in a file: its time as written, where it begins and ends, what names it."""

    stamp: str
    at: int
    end: int
    said: bool = False
    about: list[bytes] = field(default_factory=list)


@dataclass
class _Block:
    """Lines of one kind that follow each other."""

    kind: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.lines).strip("\r\n")


def conversations(path: str, head: bytes) -> Iterator[Found]:
    """The sessions in `path` in which anything was said; none when it is no history of aider."""
    if not head.startswith(_BEGINS):
        with open(path, "rb") as file:
            if b"\n" + _BEGINS not in file.read(_LOOK):
                return
    folder, file_name = os.path.split(os.path.abspath(path))
    folder = folder if file_name == HISTORY else ""
    met: Counter[str] = Counter()
    following = islice(_sessions(path), 1, None)
    for session in _sessions(path):
        after = next(following, None)
        if session.said:
            name = f"{session.stamp}-{_name(session)}"
            met[name] += 1
            name += f".{met[name]}" if met[name] > 1 else ""
            # It was over when the next one began; the file tells when the last one was.
            last = ms_of(when(after.stamp)) if after else -1
            size, begun = session.end - session.at, ms_of(when(session.stamp))
            yield Found(TOOL, name, path, begun, folder, session.at, size, last)


def _name(session: _Session) -> str:
    """What tells two sessions of one second apart, in every copy of the file and however much of
    it is left: what the program said of itself when it began."""
    return digest32([line.decode("utf-8", "replace").strip() for line in session.about], 8)


def _sessions(path: str) -> Iterator[_Session]:
    """All sessions in `path`; what stands before the first of them has no time, and is left."""
    session: _Session | None = None
    at = 0
    with open(path, "rb") as file:
        for line in file:
            begun = _STAMP.fullmatch(line) if line.startswith(_BEGINS) else None
            if begun and when(begun[1].decode()):
                if session is not None:
                    yield session
                session = _Session(begun[1].decode(), at, at)
            elif session is not None:
                _learn(session, line)
            at += len(line)
            if session is not None:
                session.end = at
    if session is not None:
        yield session


def _learn(session: _Session, line: bytes) -> None:
    if line.startswith(_SAID):
        session.said = True
    elif not session.said and _ABOUT.match(line) and len(session.about) < _ABOUT_LINES:
        session.about.append(line)


def read(found: Found, drafting: Drafting) -> "Iterator[Draft | None]":
    """The drafts of one session."""
    reader = _Reader(drafting, found)
    first = list(islice(_blocks(found), 64))
    if draft := reader.open(first):
        yield draft
    last: _Block | None = None
    for block in _blocks(found):
        if last is not None:
            yield from reader.block(last)
        last = block
    if last is not None:
        yield from reader.block(last, growing=found.last_ms < 0)


def _blocks(found: Found) -> Iterator[_Block]:
    """The pieces of one session. A blank line ends all but what the assistant said."""
    block = _Block()
    for line in _lines(found):
        kind = _kind(line)
        if kind != block.kind and (kind or block.kind != "assistant"):
            if block.text:
                yield block
            block = _Block(kind)
        if kind or block.kind:
            block.lines.append(_bare(line, kind))
    if block.text:
        yield block


def _lines(found: Found) -> Iterator[str]:
    with open(found.path, "rb") as file:
        file.seek(found.at)
        left = found.size - len(file.readline())
        while left > 0 and (line := file.readline(left)):
            left -= len(line)
            marked = line.startswith((_SAID, _NOTICE)) or _SAID.startswith(line)
            if marked and not line.endswith(b"\n"):
                return  # it is still being written
            try:
                yield line.decode("utf-8", "surrogatepass")
            except UnicodeDecodeError:
                yield line.decode("utf-8", "replace")


def _kind(line: str) -> str:
    if line.startswith("####") and not line.startswith("#####"):
        return "user"
    if line.startswith(">") and not line.startswith(">>"):  # as the end of an edit block does
        return "notice"
    return "assistant" if line.strip() else ""


def _bare(line: str, kind: str) -> str:
    """`line` without what marks its kind: the sign before it and the two blanks behind it."""
    if kind == "user":
        return line.removeprefix("####").removeprefix(" ").rstrip() + "\n"
    if kind == "notice":
        return line.removeprefix(">").removeprefix(" ").rstrip() + "\n"
    return line


class _Reader:
    """Turns pieces into drafts."""

    def __init__(self, drafting: Drafting, found: Found) -> None:
        self._drafting = drafting
        self._folder = found.project
        self._stamp = when(found.session[:19]) or ""
        self._ticking = Ticking(self._stamp)
        self._names = Ordinals()
        self._growing = False
        self._model = ""

    def open(self, first: Iterable[_Block]) -> Draft | None:
        said = [block.text for block in first if block.kind == "user"]
        talk = (text for text in said if not text.startswith("/"))
        about = next((block.text for block in first if block.kind == "notice"), "")
        version = _VERSION.search(about)
        origin = {
            "version": version[1] if version else "",
            "cwd": tilde(self._folder),
            "fidelity": "lossy",
        }
        title = next(talk, "") or next(iter(said), "") or "aider session"
        return self._drafting.open(title, self._stamp, origin)

    def block(self, block: _Block, *, growing: bool = False) -> Iterator[Draft]:
        """A piece; the last of a file may be `growing`, and is then replaced once it is whole."""
        self._growing = growing
        if block.kind == "notice":
            yield from self._notice(block.text)
        elif block.kind == "user":
            # What a command says to the assistant is written once more, without the command.
            flags = ("meta",) if block.text.startswith("/") else ()
            yield from self._say("user", block.text, "", flags)
        else:
            yield from self._say("assistant", block.text, self._model)

    def _say(
        self, role: str, text: str, model: str, flags: tuple[str, ...] = ()
    ) -> Iterator[Draft]:
        name, t = self._names.of(role), self._ticking.at(None)
        growing = self._growing and role == "assistant"
        if growing and self._drafting.has(self._drafting.id(name, "")):
            return
        said = Said(name, "growing" if growing else "", role, text, t, model, flags)
        if draft := self._drafting.message(said, "" if growing else "growing"):
            yield draft

    def _notice(self, text: str) -> Iterator[Draft]:
        """What the program said, as one output, and each edit as a call that writes."""
        if model := _MODEL.search(text):
            self._model = model[1]
        lines = text.split("\n")
        edits = 0
        for number, line in enumerate(lines):
            if edited := _EDITED.fullmatch(line.strip()):
                # What goes on in the next line is seen by the redaction, then cut off.
                target = "\n".join([edited[1], *lines[number + 1 :]])
                yield from self._call("edit", "write", target, "")
                edits += 1
        if edits < len(lines):
            yield from self._call("aider", "generic", text, text)

    def _call(self, name: str, kind: str, target: str, output: str) -> Iterator[Draft]:
        call_id, t = self._names.of(name), self._ticking.at(None)
        entry = self._drafting.done_id(call_id)
        if entry is None:
            return
        call = Call(call_id, entry, name, kind, target, t)
        if self._growing and output:
            draft = self._drafting.orphan(call, output, None)
        else:
            draft = self._drafting.done(call, output, True if name == "edit" else None)
        if draft:
            yield draft
