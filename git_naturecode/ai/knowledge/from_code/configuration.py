"""What can be set, where, and what holds when nobody does: environment, options, classes."""

import posixpath
import re
from collections.abc import Iterator

from git_naturecode.ai.knowledge.from_code import configuration_files
from git_naturecode.ai.knowledge.from_code.facts import (
    File,
    Part,
    Place,
    Project,
    Setting,
    Statement,
    Topic,
)
from git_naturecode.ai.knowledge.from_code.python_settings import shown
from git_naturecode.ai.knowledge.from_code.sentences import code, counted, listed, quoted
from git_naturecode.ai.knowledge.from_code.structure import main_files

_MOST = 40
_NO_DEFAULT = ("", "…", "None", "''", '""', "False")
_EXAMPLE = re.compile(r"^\.env\.(?:example|sample|template|dist)$")
_ROW = re.compile(r"^[ \t]*(?:export\s+)?([A-Za-z_]\w{0,80})\s*=\s*([^\n#]*?)\s*(?:#\s*(.*))?$")
Where = tuple[File, Setting]


def topic(project: Project) -> Topic:
    """Configuration patterns."""
    found = [(one, said) for one in main_files(project) for said in one.settings]
    parts = (
        Part("Environment variables", tuple(_variables(project, found))),
        Part("Configuration keys", tuple(_keys(found))),
        Part("Classes that hold settings", tuple(_classes(found))),
        Part("Options of the command line", tuple(_options(found))),
        Part("Files", tuple(configuration_files.statements(project))),
    )
    return Topic("configuration", "Configuration", tuple(one for one in parts if one.statements))


def _variables(project: Project, found: list[Where]) -> Iterator[Statement]:
    by: dict[str, list[Where]] = {}
    for one, said in found:
        if said.kind == "variable":
            by.setdefault(said.name, []).append((one, said))
    about = _examples(project)
    names = [*by, *(name for name in about if name not in by)]
    for name in sorted(names)[:_MOST]:
        text, places = f"{code(name)}", []
        uses = by.get(name, [])
        defaults = list(
            dict.fromkeys(said.default for _, said in uses if said.default not in _NO_DEFAULT)
        )
        if defaults:
            text += f", else {listed(defaults[:2], 2)}"
        words, place = about.get(name, ("", None))
        text += f": {words}" if words else ""
        text += "" if text.endswith((".", "!", "…")) else "."
        files = list(dict.fromkeys(one.path for one, _ in uses))
        if len(files) > 1:
            text += f" Read in {counted(len(files), 'file')}."
        elif not uses:
            text += " No file that was read reads it by this name."
        places += [one.place(said.line) for one, said in uses[:2]]
        places += [place] if place else []
        yield Statement(text, tuple(places))
    if len(names) > _MOST:
        yield Statement(f"{counted(len(names) - _MOST, 'variable')} more.")


def _examples(project: Project) -> dict[str, tuple[str, Place | None]]:
    """Variables in a sample file, and ENV lines of a Dockerfile, with what is said of them."""
    found: dict[str, tuple[str, Place | None]] = {}
    for path, one in sorted(project.documents.items()):
        if not _EXAMPLE.match(posixpath.basename(path)):
            continue
        above = ""
        for number, row in enumerate(one.text.split("\n")[:500], 1):
            if row.strip().startswith("#"):
                above = row.strip("# \t")
                continue
            match = _ROW.match(row)
            if match:
                said = quoted(match[3] or above, 160) if (match[3] or above) else ""
                value = shown(match[1], match[2].strip("\"'"))
                said += (
                    f"{' (' if said else ''}sample {code(value)}{')' if said else ''}"
                    if value
                    else ""
                )
                found.setdefault(match[1], (said, Place(path, number)))
            above = ""
    return found


def _keys(found: list[Where]) -> Iterator[Statement]:
    by: dict[str, list[Where]] = {}
    for one, said in found:
        if said.kind == "key":
            by.setdefault(said.name, []).append((one, said))
    for name in sorted(by)[:_MOST]:
        uses = by[name]
        defaults = [said.default for _, said in uses if said.default not in _NO_DEFAULT]
        text = code(name) + (f", else {code(defaults[0])}" if defaults else "")
        files = list(dict.fromkeys(one.path for one, _ in uses))
        text += f", read in {counted(len(files), 'file')}." if len(files) > 1 else "."
        yield Statement(text, tuple(one.place(said.line) for one, said in uses[:2]))
    if len(by) > _MOST:
        yield Statement(f"{counted(len(by) - _MOST, 'key')} more.")


def _classes(found: list[Where]) -> Iterator[Statement]:
    by: dict[tuple[str, str], list[Where]] = {}
    for one, said in found:
        if said.kind == "field":
            by.setdefault((one.path, said.owner), []).append((one, said))
    for (_, owner), some in sorted(by.items(), key=lambda one: (-len(one[1]), one[0]))[:12]:
        one = some[0][0]
        known = next((d for d in one.definitions if d.name == owner), None)
        fields = [
            f"{code(s.name)}" + (f" = {code(s.default)}" if s.default else "") for _, s in some[:12]
        ]
        more = f" and {len(some) - 12} more" if len(some) > 12 else ""
        doc = f" ({known.doc.rstrip('.')})" if known and known.doc else ""
        place = one.place(known.line, known.end) if known else one.place(some[0][1].line)
        yield Statement(f"**{code(owner)}**{doc}: {', '.join(fields)}{more}.", (place,))


def _options(found: list[Where]) -> Iterator[Statement]:
    by: dict[str, list[Where]] = {}
    for one, said in found:
        if said.kind == "option":
            by.setdefault(one.path, []).append((one, said))
    for path, some in sorted(by.items(), key=lambda one: (-len(one[1]), one[0]))[:15]:
        if len(some) == 1 or len(by) > 6:
            names = [said.name for _, said in some]
            yield Statement(
                f"{code(path)}: {listed(names, 8)}.", (some[0][0].place(some[0][1].line),)
            )
            continue
        for one, said in some[:15]:
            text = code(said.name) + (
                f" (else {code(said.default)})" if said.default not in _NO_DEFAULT else ""
            )
            text += f": {said.about}" if said.about else "."
            yield Statement(text, (one.place(said.line),))
    if len(by) > 15:
        yield Statement(f"{counted(len(by) - 15, 'file')} more with options.")
