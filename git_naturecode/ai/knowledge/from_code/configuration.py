"""What can be set, where, and what holds when nobody does: environment, files, options, classes."""

import posixpath
import re
from collections.abc import Iterator

from git_naturecode.ai.knowledge.from_code.facts import (
    File,
    Part,
    Place,
    Project,
    Setting,
    Statement,
    Topic,
)
from git_naturecode.ai.knowledge.from_code.manifests import highest, line_of
from git_naturecode.ai.knowledge.from_code.naming import get, toml
from git_naturecode.ai.knowledge.from_code.python_settings import shown
from git_naturecode.ai.knowledge.from_code.sentences import code, counted, listed, quoted
from git_naturecode.ai.knowledge.from_code.structure import main_files

_MOST = 40
_NO_DEFAULT = ("", "…", "None", "''", '""', "False")
_EXAMPLE = re.compile(r"^\.env\.(?:example|sample|template|dist)$")
_ROW = re.compile(r"^[ \t]*(?:export\s+)?([A-Za-z_]\w{0,80})\s*=\s*([^\n#]*?)\s*(?:#\s*(.*))?$")
_TOOLS = (
    "ruff", "mypy", "pytest", "black", "isort", "coverage", "pyright", "pylint", "flake8", "tox",
    "hatch", "setuptools", "poetry", "pdm", "cibuildwheel", "towncrier", "hypothesis", "uv",
)  # fmt: skip
Where = tuple[File, Setting]


def topic(project: Project) -> Topic:
    """Configuration patterns."""
    found = [(one, said) for one in main_files(project) for said in one.settings]
    parts = (
        Part("Environment variables", tuple(_variables(project, found))),
        Part("Configuration keys", tuple(_keys(found))),
        Part("Classes that hold settings", tuple(_classes(found))),
        Part("Options of the command line", tuple(_options(found))),
        Part("Files", tuple(_files(project))),
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


def _files(project: Project) -> Iterator[Statement]:
    for path in highest(project.documents, "pyproject.toml")[:2]:
        text = project.documents[path].text
        tools = get(toml(text), "tool")
        for name in tools if isinstance(tools, dict) else ():
            line = line_of(text, rf"^\[+tool\.[\"']?{re.escape(name)}\b")
            if name in _TOOLS and line:
                keys = _plain(tools[name], name)
                yield Statement(
                    f"{code(name)} is set up in {code(path)}{keys}.", (Place(path, line),)
                )
    names = (
        "tox.ini",
        "setup.cfg",
        "pytest.ini",
        ".coveragerc",
        "Makefile",
        "justfile",
        "Dockerfile",
        "docker-compose.yml",
        "docker-compose.yaml",
        "compose.yml",
        "compose.yaml",
        ".pre-commit-config.yaml",
    )
    for path in highest(project.documents, *names)[:12]:
        text = project.documents[path].text
        name = posixpath.basename(path)
        if name in ("Makefile", "justfile"):
            found = list(re.finditer(r"^([A-Za-z][\w-]*)[^:=\n]*:(?!=)", text, re.M))
            targets = list(dict.fromkeys(one[1] for one in found))
            if targets:
                line = text.count("\n", 0, found[0].start()) + 1
                tool = "make" if name == "Makefile" else "just"
                yield Statement(f"{code(tool)} has {listed(targets, 12)}.", (Place(path, line),))
        elif name == "Dockerfile":
            images = re.findall(r"^FROM\s+(\S{1,100})", text, re.M)
            if images:
                yield Statement(
                    f"The container is built on {listed(list(dict.fromkeys(images)), 4)}.",
                    (Place(path, line_of(text, r"^FROM\s")),),
                )
        elif name == ".pre-commit-config.yaml":
            hooks = re.findall(r"^[ \t]*-\s*id:\s*([\w.-]{1,80})", text, re.M)
            if hooks:
                yield Statement(
                    f"Before each commit: {listed(list(dict.fromkeys(hooks)), 10)} (pre-commit).",
                    (Place(path, line_of(text, r"^[ \t]*-\s*id:")),),
                )
        elif "compose" in name:
            services = _services(text)
            if services:
                yield Statement(
                    f"Services that are started together: {listed(services, 8)}.",
                    (Place(path, line_of(text, r"^services:")),),
                )
        else:
            sections = re.findall(r"^\[([^\]\n]{1,80})\]", text, re.M)
            if sections:
                yield Statement(
                    f"{code(path)} sets up {listed(sections, 8)}.",
                    (Place(path, line_of(text, r"^\[")),),
                )


def _plain(table: object, name: str) -> str:
    """The plain values of a table of settings, those that matter to who writes code."""
    wanted = (
        "line-length",
        "target-version",
        "strict",
        "python_version",
        "select",
        "fail_under",
        "profile",
        "ignore_missing_imports",
    )
    said = []
    for key, value in table.items() if isinstance(table, dict) else ():
        if key in wanted and isinstance(value, str | int | bool):
            said.append(
                f"{code(key)} {code(str(value).lower() if isinstance(value, bool) else str(value))}"
            )
    del name
    return f": {', '.join(said[:5])}" if said else ""


def _services(text: str) -> list[str]:
    """The names below `services:`, by their indentation; nothing is built from the YAML."""
    found: list[str] = []
    inside, width = False, 0
    for row in text.split("\n")[:2_000]:
        if not row.strip() or row.lstrip().startswith("#"):
            continue
        indent = len(row) - len(row.lstrip())
        if not indent:
            inside, width = row.startswith("services:"), 0
        elif inside:
            width = width or indent
            match = re.match(r"\s*([\w.-]{1,80}):\s*$", row)
            if indent == width and match:
                found.append(match[1])
    return found
