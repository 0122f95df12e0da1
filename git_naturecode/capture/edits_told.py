"""What the arguments of a tool call say about files: parts replaced, whole texts, patches."""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..domain.attribution import Edit, Hunk, Piece
from .fields import records
from .lines import parse

Json = Any
_PATHS = (
    "file_path", "filePath", "notebook_path", "target_file", "targetFile", "absolute_path",
    "relativeWorkspacePath", "path",
)  # fmt: skip
_OLD = ("old_string", "oldString", "old_str")
_NEW = ("new_string", "newString", "new_str")
_WHOLE = ("content", "contents", "file_text")
_EVERY = ("replace_all", "replaceAll", "allow_multiple")
_DELETING = frozenset({"Delete", "delete_file"})
_PATCH = re.compile(r"^\*\*\* Begin Patch[ \t\r]*\n(.*?)(?:^\*\*\* End Patch|\Z)", re.M | re.S)
_FILE = re.compile(r"\*\*\* (Add|Update|Delete) File: (.+?)[ \t\r]*")
_MOVED = re.compile(r"\*\*\* Move to: (.+?)[ \t\r]*")
_HUNK = re.compile(r"@@(?: (.*?))?[ \t\r]*")
_MOST_HUNKS = 10_000


def unfolded_input(text: str) -> Json:
    """The arguments of a call as `written_out` has written them down."""
    found = parse(text.encode("utf-8", "surrogatepass")) if text.startswith("{") else None
    return text if found is None else found


def changes(name: str, given: Json, project: str) -> Iterator[Edit]:
    """The edits that the call of tool `name` with arguments `given` asks for, one for each file.

    They lack their message and time. `project` is the folder that relative paths start from.
    """
    for one in _texts(given):
        for patch in _PATCH.findall(one):
            folder = _first(given, ("workdir",)) if isinstance(given, Mapping) else None
            yield from _patched(patch, os.path.join(project, folder or ""))
            return
    if not isinstance(given, Mapping):
        return
    parts = [*records(given, "edits"), *records(given, "replacements")] or [dict(given)]
    by_path: dict[str, list[dict[str, Json]]] = {}
    for part in parts:
        if named := _first(part, _PATHS) or _first(given, _PATHS):
            by_path.setdefault(os.path.normpath(os.path.join(project, named)), []).append(part)
    for path, own in by_path.items():
        whole = next((text for part in own if (text := _first(part, _WHOLE)) is not None), None)
        pieces = tuple(piece for part in own if (piece := _piece(part)))
        if name in _DELETING:
            yield Edit("", "", path, deletes=True)
        elif pieces:
            yield Edit("", "", path, pieces)
        elif whole is not None:
            yield Edit("", "", path, after=whole)


def hunks_of(patch: Json) -> tuple[Hunk, ...]:
    """The hunks of a `structuredPatch`: lines with a blank, minus or plus before them."""
    found = []
    for one in patch if isinstance(patch, list) else ():
        lines = one.get("lines") if isinstance(one, Mapping) else None
        if isinstance(lines, list):
            found.append(_hunk([line for line in lines if isinstance(line, str)]))
    return tuple(hunk for hunk in found if hunk.old or hunk.new)


def _texts(given: Json) -> Iterator[str]:
    """Every text in the arguments that may hold a patch."""
    if isinstance(given, str):
        yield given
    elif isinstance(given, Mapping):
        for key in ("patch", "input", "command", "cmd"):
            yield from _texts(given.get(key))
    elif isinstance(given, list):
        yield from (item for item in given if isinstance(item, str))


def _first(given: Mapping[str, Json], keys: tuple[str, ...]) -> str | None:
    return next((given[key] for key in keys if isinstance(given.get(key), str)), None)


def _piece(part: Mapping[str, Json]) -> Piece | None:
    old, new = _first(part, _OLD), _first(part, _NEW)
    if new is None or old is None:
        return None
    several = part.get("expected_replacements")
    every = any(part.get(key) is True for key in _EVERY)
    return Piece(old, new, every or (isinstance(several, int) and several > 1))


def _patched(patch: str, folder: str) -> Iterator[Edit]:
    """The files of a patch in the form of Codex: see its apply_patch instructions."""
    kind, path, moved = "", "", ""
    lines: list[str] = []
    for line in [*patch.split("\n"), "*** End"]:
        begins = _FILE.fullmatch(line)
        if begins or line == "*** End":
            if path:
                yield _one(kind, os.path.normpath(os.path.join(folder, path)), moved, lines)
            if begins:
                kind, path, moved, lines = begins[1], begins[2], "", []
        elif (to := _MOVED.fullmatch(line)) and path:
            moved = os.path.normpath(os.path.join(folder, to[1]))
        elif not line.startswith("*** End of File"):
            lines.append(line.removesuffix("\r"))


def _one(kind: str, path: str, moved: str, lines: list[str]) -> Edit:
    if kind == "Delete":
        return Edit("", "", path, deletes=True)
    if kind == "Add":
        return Edit("", "", path, after="".join(f"{x[1:]}\n" for x in lines if x[:1] == "+"))
    hunks = tuple(_hunks(lines))[:_MOST_HUNKS]
    return Edit("", "", moved or path, hunks=hunks, moved_from=path if moved else "")


def _hunks(lines: list[str]) -> Iterator[Hunk]:
    under: str = ""
    part: list[str] = []
    for line in [*lines, "@@"]:
        begins = _HUNK.fullmatch(line)
        if begins:
            hunk = _hunk(part, under)
            if hunk.old or hunk.new:
                yield hunk
            under, part = begins[1] or "", []
        else:
            part.append(line)


def _hunk(lines: list[str], under: str = "") -> Hunk:
    """Lines that begin with a blank, minus or plus; an empty one is an empty line around."""
    if lines and not lines[-1]:
        lines = lines[:-1]
    old = tuple(line[1:] for line in lines if line[:1] in ("", " ", "-"))
    new = tuple(line[1:] for line in lines if line[:1] in ("", " ", "+"))
    return Hunk(old, new, under)
