"""What the files of configuration set up: tools, tasks, containers, services, hooks."""

import posixpath
import re
from collections.abc import Callable, Iterator

from git_naturecode.ai.knowledge.from_code.facts import Place, Project, Statement
from git_naturecode.ai.knowledge.from_code.manifests import highest, line_of
from git_naturecode.ai.knowledge.from_code.naming import get, toml
from git_naturecode.ai.knowledge.from_code.sentences import code, listed

_TOOLS = (
    "ruff", "mypy", "pytest", "black", "isort", "coverage", "pyright", "pylint", "flake8", "tox",
    "hatch", "setuptools", "poetry", "pdm", "cibuildwheel", "towncrier", "hypothesis", "uv",
)  # fmt: skip
_SET = (
    "line-length", "target-version", "strict", "python_version", "select", "fail_under", "profile",
    "ignore_missing_imports",
)  # fmt: skip
_MOST_PROJECTS, _MOST_FILES = 2, 12


def statements(project: Project) -> Iterator[Statement]:
    """What the tools of Python projects are set to, then what each other file sets up."""
    for path in highest(project.documents, "pyproject.toml")[:_MOST_PROJECTS]:
        yield from _tools(path, project.documents[path].text)
    for path in highest(project.documents, *_READ)[:_MOST_FILES]:
        read = _READ[posixpath.basename(path)]
        if said := read(path, project.documents[path].text):
            yield said


def _tools(path: str, text: str) -> Iterator[Statement]:
    tools = get(toml(text), "tool")
    for name in tools if isinstance(tools, dict) else ():
        line = line_of(text, rf"^\[+tool\.[\"']?{re.escape(name)}\b")
        if name in _TOOLS and line:
            said = f"{code(name)} is set up in {code(path)}{_plain(tools[name])}."
            yield Statement(said, (Place(path, line),))


def _plain(table: object) -> str:
    """The plain values of a table of settings, those that matter to who writes code."""
    said = []
    for key, value in table.items() if isinstance(table, dict) else ():
        if key in _SET and isinstance(value, str | int | bool):
            shown = str(value).lower() if isinstance(value, bool) else str(value)
            said.append(f"{code(key)} {code(shown)}")
    return f": {', '.join(said[:5])}" if said else ""


def _tasks(path: str, text: str) -> Statement | None:
    found = list(re.finditer(r"^([A-Za-z][\w-]*)[^:=\n]*:(?!=)", text, re.M))
    if not found:
        return None
    targets = list(dict.fromkeys(one[1] for one in found))
    tool = "make" if posixpath.basename(path) == "Makefile" else "just"
    line = text.count("\n", 0, found[0].start()) + 1
    return Statement(f"{code(tool)} has {listed(targets, 12)}.", (Place(path, line),))


def _container(path: str, text: str) -> Statement | None:
    images = _each(r"^FROM\s+(\S{1,100})", text)
    said = f"The container is built on {listed(images, 4)}."
    return _stated(path, text, images, said, r"^FROM\s")


def _hooks(path: str, text: str) -> Statement | None:
    hooks = _each(r"^[ \t]*-\s*id:\s*([\w.-]{1,80})", text)
    said = f"Before each commit: {listed(hooks, 10)} (pre-commit)."
    return _stated(path, text, hooks, said, r"^[ \t]*-\s*id:")


def _started(path: str, text: str) -> Statement | None:
    services = _services(text)
    said = f"Services that are started together: {listed(services, 8)}."
    return _stated(path, text, services, said, r"^services:")


def _sections(path: str, text: str) -> Statement | None:
    sections = re.findall(r"^\[([^\]\n]{1,80})\]", text, re.M)
    return _stated(path, text, sections, f"{code(path)} sets up {listed(sections, 8)}.", r"^\[")


_READ: dict[str, Callable[[str, str], Statement | None]] = {
    **dict.fromkeys(("tox.ini", "setup.cfg", "pytest.ini", ".coveragerc"), _sections),
    **dict.fromkeys(("Makefile", "justfile"), _tasks),
    "Dockerfile": _container,
    **dict.fromkeys(
        ("docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"), _started
    ),
    ".pre-commit-config.yaml": _hooks,
}


def _each(pattern: str, text: str) -> list[str]:
    return list(dict.fromkeys(re.findall(pattern, text, re.M)))


def _stated(path: str, text: str, names: list[str], said: str, at: str) -> Statement | None:
    """The statement `said` of what is there, at the first line that `at` fits; None for nothing."""
    return Statement(said, (Place(path, line_of(text, at)),)) if names else None


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
