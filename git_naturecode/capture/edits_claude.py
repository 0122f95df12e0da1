"""The edits in a transcript of Claude Code, whose results tell the file before and what was done.

`toolUseResult` of Edit: filePath, originalFile, oldString, newString, replaceAll, structuredPatch,
userModified; of Write: filePath, originalFile, content; of MultiEdit: edits, originalFileContents;
of NotebookEdit: notebook_path, original_file, updated_file (versions 2.0 and 2.1). Files can be
large, so a line is only parsed where it names one of the wanted files or ends a call that does.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..domain.attribution import Edit, Piece
from ..ids import imported_entry
from .edits_told import changes, hunks_of
from .fields import Record, record, text
from .format import Found
from .lines import complete_lines, parse
from .times import when

Json = Any
_TOOLS = frozenset({"Edit", "Write", "MultiEdit", "NotebookEdit"})
_MOST_NAMES = 50
_BEFORE = ("originalFile", "originalFileContents", "original_file")
_AFTER = ("content", "updated_file")


@dataclass(frozen=True)
class _Asked:
    """A call whose result is still to come."""

    name: str
    given: Record
    project: str


def edits(found: Found, names: Iterable[str]) -> Iterator[Edit]:
    """The edits that went well, in the order of their results; see edits.edits."""
    reader, wanted = _Reader(found), _searched(names)
    with open(found.path, "rb") as file:
        for line in complete_lines(file):
            if reader.may_matter(line, wanted):
                value = parse(line)
                if value is not None:
                    yield from reader.line(value)


def _searched(names: Iterable[str]) -> list[bytes]:
    """What stands in a line that names one of the files `names`; nothing: look at every line."""
    found = sorted({os.path.basename(name) for name in names})
    plain = all(
        name.isascii() and name.isprintable() and not set(name) & set('"\\') for name in found
    )
    return [name.encode() for name in found] if plain and len(found) <= _MOST_NAMES else []


class _Reader:
    """Knows the calls that are not answered yet."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self._asked: dict[str, _Asked] = {}

    def may_matter(self, line: bytes, wanted: list[bytes]) -> bool:
        """True when `line` may ask for an edit of a wanted file, or may answer such a call."""
        if b'"tool_result"' in line:
            named = not wanted or any(name in line for name in wanted)
            return named or any(call.encode() in line for call in self._asked)
        return b'"tool_use"' in line and (not wanted or any(name in line for name in wanted))

    def line(self, value: Record) -> Iterator[Edit]:
        """The edits that one line of the file brings to their end."""
        source, content = text(value, "uuid"), record(value, "message").get("content")
        for index, block in enumerate(content if isinstance(content, list) else ()):
            if not isinstance(block, dict):
                continue
            if block.get("type") == "tool_use" and text(block, "name") in _TOOLS:
                call = text(block, "id") or f"{source}/{index}"
                project = text(value, "cwd") or self._found.project
                self._asked[call] = _Asked(text(block, "name"), record(block, "input"), project)
            elif block.get("type") == "tool_result":
                call = text(block, "tool_use_id") or f"{source}/{index}"
                asked = self._asked.pop(call, None)
                if not block.get("is_error"):
                    yield from self._done(value, call, asked)

    def _done(self, value: Record, call: str, asked: _Asked | None) -> Iterator[Edit]:
        # The importer names a result whose call is in another file otherwise.
        part = "done" if asked else "result"
        entry = imported_entry(self._found.tool, self._found.session, call, part)
        told = value.get("toolUseResult")
        t = when(value.get("timestamp")) or ""
        if isinstance(told, dict) and (made := _told(told, asked)):
            yield replace(made, message=entry, t=t)
        elif asked and not isinstance(told, str):
            for edit in changes(asked.name, asked.given, asked.project):
                yield replace(edit, message=entry, t=t)


def _told(told: Record, asked: _Asked | None) -> Edit | None:
    """The edit that a result tells; None when it tells of none."""
    path = text(told, "filePath") or text(told, "notebook_path")
    if not path:
        return None
    path = os.path.normpath(os.path.join(asked.project if asked else "", path))
    before = next((told[key] for key in _BEFORE if isinstance(told.get(key), str)), None)
    after = next((told[key] for key in _AFTER if isinstance(told.get(key), str)), None)
    if after is not None:
        before = "" if told.get("type") == "create" else before
        return _judged(Edit("", "", path, before=before, after=after), told, asked)
    parts = told.get("edits") if isinstance(told.get("edits"), list) else [told]
    pieces = tuple(_whole(piece, before) for part in parts or () if (piece := _piece(part)))
    hunks = hunks_of(told.get("structuredPatch"))
    if before is not None and not _fit(before, pieces) and hunks:
        pieces = ()  # quotes or blanks were mended before it was written
    else:
        hunks = ()
    if not pieces and not hunks:
        return None
    return _judged(Edit("", "", path, pieces, hunks, before), told, asked)


def _judged(edit: Edit, told: Record, asked: _Asked | None) -> Edit:
    """`edit`; where the person changed it before it was written, with what had been proposed."""
    if told.get("userModified") is not True or asked is None:
        return edit
    texts = [part for one in changes(asked.name, asked.given, "") for part in _written(one)]
    return replace(edit, proposed="\n".join(texts))


def _written(edit: Edit) -> list[str]:
    return [*(piece.new for piece in edit.pieces), edit.after or ""]


def _piece(part: Json) -> Piece | None:
    if not isinstance(part, dict):
        return None
    old, new = (part.get(f"{which}String", part.get(f"{which}_string")) for which in ("old", "new"))
    if not isinstance(old, str) or not isinstance(new, str):
        return None
    return Piece(old, new, (part.get("replaceAll") or part.get("replace_all")) is True)


def _whole(piece: Piece, before: str | None) -> Piece:
    """What is replaced by nothing goes with its line break, where one follows: the tool does so."""
    whole = piece.old + "\n"
    if piece.new or piece.old.endswith("\n") or before is None or whole not in before:
        return piece
    return replace(piece, old=whole)


def _fit(before: str, pieces: tuple[Piece, ...]) -> bool:
    """True when each piece can be replaced where it should be."""
    whole = before.replace("\r\n", "\n")
    for piece in pieces:
        old = piece.old.replace("\r\n", "\n")
        if old and old not in whole:
            return False
        whole = whole.replace(old, piece.new) if old else piece.new
    return bool(pieces)
