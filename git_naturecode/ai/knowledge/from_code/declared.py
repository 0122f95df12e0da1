"""Which packages manifests declare, with what stands beside each: version, group, comment."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from git_naturecode.ai.knowledge.from_code.facts import Document, Place
from git_naturecode.ai.knowledge.from_code.manifests import line_of
from git_naturecode.ai.knowledge.from_code.naming import get, of_json, toml

_MOST = 300
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_SPEC = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]{0,99})\s*(?:\[[^\]\n]{0,200}\])?\s*(?P<version>[=<>!~^(][^;#\n]{0,100})?"
)
_TABLES = (
    ("dependencies", ""), ("peerDependencies", "peer"), ("optionalDependencies", "optional"),
    ("devDependencies", "dev"),
)  # fmt: skip
_BANNER = re.compile(r"^[\W_]*$|^type:|^noqa")


class Declared(NamedTuple):
    """A dependency. `group` is "" for what it needs to run; `comment` stands beside it; `system`
    is of which language its packages are."""

    name: str
    version: str
    group: str
    place: Place
    comment: str
    system: str


def declared(documents: Mapping[str, Document]) -> list[Declared]:
    """All of them, those of the manifests nearest to the top first; each name of a group once."""
    found: dict[tuple[str, str, str], Declared] = {}
    for path in sorted(documents, key=lambda one: (one.count("/"), one)):
        read = _reader(path)
        for one in read(path, documents[path].text) if read else ():
            found.setdefault((one.system, _same(one.name), one.group), one)
            if len(found) >= _MOST:
                return list(found.values())
    return list(found.values())


def _same(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _reader(path: str) -> Any:
    name = posixpath.basename(path)
    exact = {
        "pyproject.toml": _pyproject, "setup.cfg": _setup_cfg, "package.json": _node,
        "Cargo.toml": _cargo, "go.mod": _go, "pom.xml": _maven, "Gemfile": _gems,
        "build.gradle": _gradle, "build.gradle.kts": _gradle, "Pipfile": _pipfile,
    }  # fmt: skip
    if name in exact:
        return exact[name]
    return _requirements if "requirements" in path and name.endswith((".txt", ".in")) else None


@lru_cache(maxsize=4)
def _lines(text: str) -> list[str]:
    return text.split("\n")


def _comment(text: str, line: int, mark: str = "#") -> str:
    """The comment behind what stands in `line`, else the one on the lines right above it."""
    lines = _lines(text)
    if not 0 < line <= len(lines):
        return ""
    found = re.search(rf"(?:^|[\s,\"']){re.escape(mark)}\s*(\S.*)$", lines[line - 1])
    if found:
        return "" if _BANNER.match(found[1]) else found[1].strip()
    above = lines[line - 2].strip() if line > 1 else ""
    if above.startswith(mark):
        words = above.lstrip(mark).strip()
        # Of several below one comment only the first is surely meant by it.
        return "" if _BANNER.match(words) else words
    return ""


def _spec(text: str) -> tuple[str, str]:
    found = _SPEC.match(text.strip())
    return (found["name"], (found["version"] or "").strip(" ()")) if found else ("", "")


def _listed(path: str, text: str, specs: Any, group: str, start: int = 0) -> Iterator[Declared]:
    for spec in specs[:_MOST] if isinstance(specs, list) else ():
        name, version = _spec(spec) if isinstance(spec, str) else ("", "")
        if name:
            line = line_of(text, rf"[\"']{re.escape(spec)}[\"']", start)
            line = line or line_of(text, rf"[\"']{re.escape(name)}\b")
            yield Declared(name, version, group, Place(path, line), _comment(text, line), "Python")


def _pyproject(path: str, text: str) -> Iterator[Declared]:
    said = toml(text)
    yield from _listed(path, text, get(said, "project", "dependencies"), "")
    optional = get(said, "project", "optional-dependencies")
    for group, specs in optional.items() if isinstance(optional, dict) else ():
        at = re.search(rf"^[\"']?{re.escape(group)}[\"']?\s*=", text, re.M)
        yield from _listed(path, text, specs, f"extra {group}", at.start() if at else 0)
    groups = said.get("dependency-groups")
    for group, specs in groups.items() if isinstance(groups, dict) else ():
        table = text.find("[dependency-groups]")
        at = re.compile(rf"^[\"']?{re.escape(group)}[\"']?\s*=", re.M).search(text, max(table, 0))
        yield from _listed(path, text, specs, group, at.start() if at else 0)
    poetry = get(said, "tool", "poetry")
    yield from _tables(path, text, get(poetry, "dependencies"), "", "Python")
    for group, inner in (
        (get(poetry, "group") or {}).items() if isinstance(get(poetry, "group"), dict) else ()
    ):
        yield from _tables(path, text, get(inner, "dependencies"), group, "Python")
    yield from _listed(path, text, get(said, "build-system", "requires"), "build")


def _tables(path: str, text: str, table: Any, group: str, system: str) -> Iterator[Declared]:
    for name, value in table.items() if isinstance(table, dict) else ():
        if name == "python" or not _NAME.fullmatch(name):
            continue
        version = value if isinstance(value, str) else get(value, "version")
        line = line_of(text, rf"^[\"']?{re.escape(name)}[\"']?\s*=")
        line = line or line_of(text, rf"^\[[\w.-]*{re.escape(name)}\]")
        yield Declared(
            name,
            version if isinstance(version, str) else "",
            group,
            Place(path, line),
            _comment(text, line),
            system,
        )


def _pipfile(path: str, text: str) -> Iterator[Declared]:
    said = toml(text)
    yield from _tables(path, text, said.get("packages"), "", "Python")
    yield from _tables(path, text, said.get("dev-packages"), "dev", "Python")


def _setup_cfg(path: str, text: str) -> Iterator[Declared]:
    group, inside, section = "", False, ""
    for number, row in enumerate(text.split("\n"), 1):
        if row.startswith("["):
            section, inside = row.strip("[] \t"), False
        elif section == "options" and re.match(r"install_requires\s*=", row):
            group, inside = "", True
            row = " " + row.partition("=")[2]
        elif section == "options.extras_require" and (at := re.match(r"([\w-]+)\s*=", row)):
            group, inside = f"extra {at[1]}", True
            row = " " + row.partition("=")[2]
        elif row[:1] not in (" ", "\t", ""):
            inside = False
        if inside and row.strip() and not row.strip().startswith("#"):
            name, version = _spec(row)
            if name:
                yield Declared(
                    name, version, group, Place(path, number), _comment(text, number), "Python"
                )


def _requirements(path: str, text: str) -> Iterator[Declared]:
    named = re.search(r"requirements[-_./]?([\w-]*?)\.(?:txt|in)$", path)
    other = re.search(r"([\w-]+?)[-_]requirements", posixpath.basename(path))
    group = (named[1] if named else "") or (other[1] if other else "")
    group = "" if group in ("base", "main", "prod", "production", "txt") else group
    is_made = (
        "# via" in text or "autogenerated" in text[:500]
    )  # its comments are those of a program
    for number, row in enumerate(text.split("\n"), 1):
        row = row.strip()
        if not row or row.startswith(("#", "-")) or "://" in row.split("#")[0]:
            continue
        name, version = _spec(row.split("#")[0].split(";")[0])
        if name:
            said = "" if is_made else _comment(text, number)
            yield Declared(name, version, group, Place(path, number), said, "Python")


def _node(path: str, text: str) -> Iterator[Declared]:
    said = of_json(text)
    for table, group in _TABLES:
        inner = said.get(table)
        at = text.find(f'"{table}"')
        for name, version in inner.items() if isinstance(inner, dict) else ():
            if not re.fullmatch(r"(?:@[\w.-]{1,100}/)?[\w.-]{1,100}", name):
                continue
            line = line_of(text, rf'^[ \t]*"{re.escape(name)}"\s*:', max(at, 0))
            yield Declared(
                name,
                version if isinstance(version, str) else "",
                group,
                Place(path, line),
                "",
                "JavaScript",
            )


def _cargo(path: str, text: str) -> Iterator[Declared]:
    said = toml(text)
    for table, group in (
        ("dependencies", ""),
        ("dev-dependencies", "dev"),
        ("build-dependencies", "build"),
    ):
        yield from _tables(path, text, said.get(table), group, "Rust")
    yield from _tables(path, text, get(said, "workspace", "dependencies"), "", "Rust")


def _go(path: str, text: str) -> Iterator[Declared]:
    for number, row in enumerate(text.split("\n"), 1):
        found = re.match(
            r"\s*(?:require\s+)?([\w.-]+\.[\w.-]+/\S+)\s+(v\S+)\s*(?://\s*(.*))?$", row
        )
        if found and not (found[3] or "").startswith("indirect"):
            yield Declared(found[1], found[2], "", Place(path, number), found[3] or "", "Go")


def _maven(path: str, text: str) -> Iterator[Declared]:
    for found in re.finditer(r"<dependency>(.{0,1000}?)</dependency>", text, re.S):
        fields = dict(
            re.findall(r"<(groupId|artifactId|version|scope)>\s*([^<\s]{1,200})\s*</", found[1])
        )
        if "artifactId" in fields:
            line = text.count("\n", 0, found.start()) + 1
            before = text[: found.start()].rstrip()
            said = re.search(r"<!--\s*(.{1,300}?)\s*-->$", before[-400:], re.S)
            name = f"{fields.get('groupId', '')}:{fields['artifactId']}".lstrip(":")
            yield Declared(
                name,
                fields.get("version", ""),
                fields.get("scope", ""),
                Place(path, line),
                " ".join(said[1].split()) if said else "",
                "Java",
            )


def _gems(path: str, text: str) -> Iterator[Declared]:
    group = ""
    for number, row in enumerate(text.split("\n"), 1):
        if at := re.match(r"\s*group\s+:(\w+)", row):
            group = at[1]
        elif re.match(r"end\b", row):
            group = ""
        elif found := re.match(r"\s*gem\s+[\"']([\w-]+)[\"'](?:\s*,\s*[\"']([^\"']+)[\"'])?", row):
            yield Declared(
                found[1], found[2] or "", group, Place(path, number), _comment(text, number), "Ruby"
            )


def _gradle(path: str, text: str) -> Iterator[Declared]:
    form = (
        r"\s*(implementation|api|compileOnly|runtimeOnly|testImplementation|testRuntimeOnly)"
        r"[\s(]+[\"']([^\"':]+:[^\"':]+)(?::([^\"']+))?[\"']"
    )
    for number, row in enumerate(text.split("\n"), 1):
        found = re.match(form, row)
        if found:
            group = "test" if found[1].startswith("test") else ""
            yield Declared(
                found[2],
                found[3] or "",
                group,
                Place(path, number),
                _comment(text, number, "//"),
                "Java",
            )
