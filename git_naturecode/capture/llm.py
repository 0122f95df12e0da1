"""Logs of llm: an SQLite database with many conversations, in two generations of tables.

`threads`, `turns`, `messages` and `parts` are the present ones: a message is known by its hash and
names its parent, a thread points at its tip. `conversations` and `responses` are older and stay
in a database that has both, where a conversation that went on is a thread of the same id. The
older tables name what they tell by the id of its response; what the newer ones tell has the name
that it has there, if it says the same, or else that of its place in the thread.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from ..ids import digest32
from ..store.entry import Draft
from .calls import Call, about, type_of, written_out
from .drafts import Drafting, Said
from .fields import written
from .format import Found
from .llm_log import Log, Piece, Talk
from .names import Ordinals
from .times import Ticking, ms_of, when

Json = Any
TOOL = "llm"
_MAGIC = b"SQLite format 3\0"
_SAID = ("user", "assistant", "system")


def default_path(home: str, environ: Mapping[str, str]) -> str:
    """Where llm keeps its log, as `llm logs path` tells it."""
    if own := environ.get("LLM_USER_PATH"):
        return os.path.join(own, "logs.db")
    mac = os.path.join(home, "Library", "Application Support", "io.datasette.llm")
    config = environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    folder = mac if os.path.isdir(mac) else os.path.join(config, "io.datasette.llm")
    return os.path.join(folder, "logs.db")


def conversations(path: str, head: bytes) -> Iterator[Found]:
    """The conversations in `path`; none when it is no log of llm. They name no project."""
    if not head.startswith(_MAGIC):
        return
    try:
        with closing(Log(path)) as log:
            talks = log.talks()
    except (sqlite3.Error, OverflowError):
        return
    share = os.path.getsize(path) // max(len(talks), 1)
    for talk in sorted(talks, key=lambda talk: (talk.first, talk.id)):
        first, last = ms_of(when(talk.first)), ms_of(when(talk.last))
        yield Found(TOOL, talk.id, path, first, "", 0, share, last or -1)


def read(found: Found, drafting: Drafting) -> "Iterator[Draft | None]":
    """The drafts of one conversation; None where the database is broken."""
    try:
        with closing(Log(found.path)) as log:
            for talk in log.talks(found.session):
                if talk.id == found.session:
                    yield from _read(log, talk, drafting)
    except (sqlite3.Error, OverflowError):
        yield None


def _read(log: Log, talk: Talk, drafting: Drafting) -> Iterator[Draft]:
    first = when(talk.first) or ""
    generations = sorted(talk.generations, reverse=True)  # the old one first: it has the true times
    said = (p.brief for g in generations for p in log.pieces(talk, g) if p.kind == "user")
    title = talk.name or next(filter(None, said), "") or "llm conversation"
    if draft := drafting.open(title, first, {"forked": talk.forked}):
        yield draft
    older: dict[str, str] = {}
    for generation in generations:
        reader = _Reader(drafting, first, older)
        for piece in log.pieces(talk, generation):
            yield from reader.piece(piece)
        yield from reader.rest()


class _Reader:
    """Turns the pieces of one conversation into drafts; `older` are the names that the older tables
    gave, by what is said. That is never written."""

    def __init__(self, drafting: Drafting, first: str, older: dict[str, str]) -> None:
        self._drafting = drafting
        self._ticking = Ticking(first)
        self._names = Ordinals()
        self._says = Ordinals()
        self._older = older
        self._calls: dict[str, Call | None] = {}

    def piece(self, piece: Piece) -> Iterator[Draft]:
        t = self._ticking.at(piece.t)
        if piece.kind in _SAID:
            yield from self._say(piece.kind, piece, t)
        elif piece.kind == "think" and self._drafting.full:
            yield from self._say("assistant", piece, t, "think")
        elif piece.kind == "call":
            self._remember(piece, t)
        elif piece.kind == "result":
            yield from self._result(piece, t)

    def rest(self) -> Iterator[Draft]:
        """The calls that have no result in the log."""
        for call in self._calls.values():
            if call is not None and (draft := self._drafting.call(call)):
                yield draft

    def _say(self, role: str, piece: Piece, t: str, *flags: str) -> Iterator[Draft]:
        if not piece.text:
            return
        name = self._name(piece, role, *flags, says=piece.brief)
        model = piece.model if role == "assistant" else ""
        flags = ("side", *flags) if piece.side else flags
        said = piece.text if self._drafting.full else piece.brief
        if draft := self._drafting.message(Said(name, "", role, said, t, model, flags)):
            yield draft

    def _remember(self, piece: Piece, t: str) -> None:
        name = self._name(piece, "call", says=f"{piece.name}\0{written(piece.given)}")
        entry = self._drafting.done_id(name)
        call = None
        if entry is not None:
            call = Call(
                name, entry, piece.name, type_of(piece.name), about(piece.given, ""), t,
                side=piece.side, input=written_out(piece.given) if self._drafting.full else "",
            )  # fmt: skip
        self._calls[self._key(piece)] = call

    def _result(self, piece: Piece, t: str) -> Iterator[Draft]:
        key = piece.call or next(
            (key for key in self._calls if key.startswith(f"{piece.name}\0")), ""
        )
        if key in self._calls:
            call = self._calls.pop(key)
            draft = self._drafting.done(call, piece.text, piece.ok) if call else None
        else:
            name = self._name(piece, "result", says=f"{piece.name}\0{piece.text}")
            entry = self._drafting.done_id(name)
            call = Call(name, entry or "", piece.name, type_of(piece.name), "", t, side=piece.side)
            draft = self._drafting.orphan(call, piece.text, piece.ok) if entry else None
        if draft:
            yield draft

    def _name(self, piece: Piece, *kind: str, says: str) -> str:
        said = self._says.of(*kind, digest32((says,), 20))
        place = self._names.of(piece.source, *kind)
        if piece.source:
            return self._older.setdefault(said, place)
        return self._older.get(said, place)

    def _key(self, piece: Piece) -> str:
        """What a result will name its call by; where a call has no id, its tool and number."""
        return piece.call or f"{piece.name}\0{len(self._calls)}"
