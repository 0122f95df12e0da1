"""What manifests say of a project: what it is, where it begins."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from git_naturecode.ai.knowledge.from_code.facts import Document, Place, Statement
from git_naturecode.ai.knowledge.from_code.naming import get, of_json, toml
from git_naturecode.ai.knowledge.from_code.sentences import code

_MOST = 30
_COMMAND = re.compile(r"^(CMD|ENTRYPOINT)\s+(.{1,300})", re.M)
Documents = Mapping[str, Document]


def highest(documents: Documents, *names: str) -> list[str]:
    """The paths of the documents called so, those nearest to the top first."""
    found = [path for path in documents if posixpath.basename(path) in names]
    return sorted(found, key=lambda one: (one.count("/"), one))


def line_of(text: str, pattern: str, start: int = 0) -> int:
    """The number of the line, from 1, in which `pattern` begins; 0 for none."""
    found = re.compile(pattern, re.M).search(text, start)
    return (
        text.count("\n", 0, found.start() + len(found[0]) - len(found[0].lstrip())) + 1
        if found
        else 0
    )


def described(documents: Documents) -> tuple[str, Place] | None:
    """What the manifest that stands highest says that the project is."""
    for path in highest(documents, "pyproject.toml", "package.json", "Cargo.toml", "setup.cfg"):
        text = documents[path].text
        name = posixpath.basename(path)
        if name == "package.json":
            said, pattern = get(of_json(text), "description"), r'"description"\s*:'
        elif name == "setup.cfg":
            found = re.search(r"^description\s*=\s*(\S.*)", text, re.M)
            said, pattern = found[1] if found else "", r"^description\s*="
        else:
            value = toml(text)
            said = get(value, "project", "description") or get(value, "package", "description")
            said = said or get(value, "tool", "poetry", "description")
            pattern = r"^description\s*="
        if isinstance(said, str) and said.strip():
            line = line_of(text, pattern)
            return " ".join(said.split()), Place(path, line, line)
    return None


def entries(documents: Documents) -> Iterator[Statement]:
    """Commands and entry points that manifests name."""
    for path in highest(documents, "pyproject.toml")[:3]:
        yield from _python(path, documents[path].text)
    for path in highest(documents, "package.json")[:3]:
        yield from _node(path, documents[path].text)
    for path in highest(documents, "Cargo.toml")[:3]:
        yield from _rust(path, documents[path].text)
    for path in highest(documents, "Dockerfile")[:2]:
        text = documents[path].text
        for found in _COMMAND.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield Statement(f"The container starts {code(found[2].strip())}.", (Place(path, line),))
    for path in highest(documents, "Procfile")[:1]:
        for number, row in enumerate(documents[path].text.split("\n")[:_MOST], 1):
            if ":" in row and not row.startswith("#"):
                name, _, what = row.partition(":")
                yield Statement(
                    f"Process {code(name)}: {code(what.strip())}.", (Place(path, number),)
                )


def _named(value: Any) -> list[tuple[str, str]]:
    if not isinstance(value, dict):
        return []
    return [(k, v) for k, v in value.items() if isinstance(k, str) and isinstance(v, str)][:_MOST]


def _python(path: str, text: str) -> Iterator[Statement]:
    said = toml(text)
    for table in (
        ("project", "scripts"),
        ("project", "gui-scripts"),
        ("tool", "poetry", "scripts"),
    ):
        for name, target in _named(get(said, *table)):
            line = line_of(text, rf"^[\"']?{re.escape(name)}[\"']?\s*=")
            yield Statement(f"The command {code(name)} calls {code(target)}.", (Place(path, line),))
    groups = get(said, "project", "entry-points")
    for group, inner in groups.items() if isinstance(groups, dict) else ():
        for name, target in _named(inner):
            line = line_of(text, rf"^[\"']?{re.escape(name)}[\"']?\s*=")
            yield Statement(f"{code(name)} in the entry points {code(group)} is {code(target)}.",
                            (Place(path, line),))  # fmt: skip


def _node(path: str, text: str) -> Iterator[Statement]:
    said = of_json(text)
    main = said.get("main")
    if isinstance(main, str):
        yield Statement(
            f"Who imports it gets {code(main)}.",
            (Place(path, line_of(text, r'^[ \t]*"main"\s*:')),),
        )
    exports = said.get("exports")
    names = [k for k in exports if k.startswith(".")][:8] if isinstance(exports, dict) else []
    if len(names) > 1:
        yield Statement("What can be imported: " + ", ".join(map(code, names)) + ".",
                        (Place(path, line_of(text, r'^[ \t]*"exports"\s*:')),))  # fmt: skip
    programs = said.get("bin")
    name = said.get("name")
    if isinstance(programs, str) and isinstance(name, str):
        programs = {name: programs}
    for command, target in _named(programs):
        yield Statement(f"The command {code(command)} runs {code(target)}.",
                        (Place(path, line_of(text, r'^[ \t]*"bin"\s*:')),))  # fmt: skip
    for command, target in _named(said.get("scripts")):
        if command in ("start", "dev", "serve", "build"):
            line = line_of(text, rf'^[ \t]*"{command}"\s*:')
            yield Statement(f"{code('npm run ' + command)}: {code(target)}.", (Place(path, line),))


def _rust(path: str, text: str) -> Iterator[Statement]:
    said = toml(text)
    programs = said.get("bin")
    for one in programs[:_MOST] if isinstance(programs, list) else ():
        name, target = get(one, "name"), get(one, "path")
        if isinstance(name, str):
            where = f" from {code(target)}" if isinstance(target, str) else ""
            line = line_of(text, rf"^name\s*=\s*\"{re.escape(name)}\"")
            yield Statement(f"The program {code(name)} is built{where}.", (Place(path, line),))
    features = said.get("features")
    if isinstance(features, dict) and features:
        names = list(features)[:8]
        yield Statement("Features that can be chosen: " + ", ".join(map(code, names)) + ".",
                        (Place(path, line_of(text, r"^\[features\]")),))  # fmt: skip


def mains(documents: Documents) -> Iterator[str]:
    """The files that packages of Node name as what others import."""
    for path in highest(documents, "package.json")[:1]:
        said = of_json(documents[path].text)
        for name in (said.get("main"), said.get("types"), "index.js", "src/index.ts"):
            if isinstance(name, str):
                whole = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
                yield whole
                yield whole + ".js"
