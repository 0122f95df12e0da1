"""What a project depends on, and what for: said beside it, by the package, and by what is used."""

import os
import re
from collections.abc import Callable, Iterator, Mapping

from git_naturecode.ai.knowledge.from_code.declared import Declared, declared
from git_naturecode.ai.knowledge.from_code.facts import (
    File,
    Import,
    Part,
    Place,
    Project,
    Statement,
    Topic,
)
from git_naturecode.ai.knowledge.from_code.naming import Resolver
from git_naturecode.ai.knowledge.from_code.sentences import code, counted, first, listed, quoted
from git_naturecode.ai.knowledge.from_code.structure import main_files

Summary = Callable[[str, str], str]
"""The name of a package and its language -> what it says of itself, "" where it is not at hand."""
# Where what is imported is called otherwise than what is installed.
_CALLED = {
    "pyyaml": "yaml", "pillow": "PIL", "beautifulsoup4": "bs4", "scikit-learn": "sklearn",
    "opencv-python": "cv2", "python-dateutil": "dateutil", "markdown-it-py": "markdown_it",
    "pygithub": "github", "python-gitlab": "gitlab", "msgpack-python": "msgpack", "attrs": "attr",
    "protobuf": "google", "psycopg2-binary": "psycopg2", "mysqlclient": "MySQLdb",
    "python-dotenv": "dotenv", "pyjwt": "jwt", "gitpython": "git", "setuptools": "setuptools",
    "pytest-asyncio": "pytest_asyncio", "django-rest-framework": "rest_framework",
    "djangorestframework": "rest_framework", "discord.py": "discord", "pycryptodome": "Crypto",
}  # fmt: skip
_MOST_OF_GROUP = 40
Used = list[tuple[File, Import]]


def topic(project: Project, summary: Summary) -> Topic:
    """Dependencies and their purposes."""
    found = declared(project.documents)
    used = _used(project)
    kinds: dict[str, dict[tuple[str, str], list[Declared]]] = {}
    for one in found:
        key = one.system, re.sub(r"[-_.]+", "-", one.name).lower()
        kinds.setdefault(_heading(one.group), {}).setdefault(key, []).append(one)
    parts = []
    named: set[str] = set()
    for heading in sorted(kinds, key=_HEADINGS.index):
        told = []
        for same in kinds[heading].values():
            names = _imported(same[0], used)
            named.update(names)
            uses = [use for name in names for use in used[name]]
            told.append(_one(same, uses, summary, project))
        more = len(told) - _MOST_OF_GROUP
        told = told[:_MOST_OF_GROUP]
        if more > 0:
            told.append(Statement(f"{more} more."))
        parts.append(Part(heading, tuple(told)))
    rest = tuple(_undeclared(project, used, named, bool(found)))
    parts.append(Part("Imported, and in no manifest" if found else "What is imported", rest))
    return Topic("dependencies", "Dependencies", tuple(p for p in parts if p.statements))


_HEADINGS = ("Needed to run", "For those who want more of it", "For those who work on it")


def _heading(group: str) -> str:
    if not group:
        return _HEADINGS[0]
    is_extra = group.startswith("extra ") or group in ("optional", "peer")
    return _HEADINGS[1] if is_extra else _HEADINGS[2]


def _used(project: Project) -> dict[str, Used]:
    """Package of others -> the imports of it."""
    resolver = Resolver(project.files, project.documents)
    found: dict[str, Used] = {}
    for one in project.files.values():
        for what in one.imports:
            name = resolver.outside(one, what)
            if name:
                found.setdefault(name, []).append((one, what))
    return found


def _imported(one: Declared, used: Mapping[str, Used]) -> list[str]:
    """Under which names the files import `one`."""
    if one.system == "Go":
        return [name for name in used if name == one.name or name.startswith(one.name + "/")]
    if one.system == "Java":
        group = one.name.split(":")[0]
        return [name for name in used if name.startswith(group) or group.startswith(name)]
    if one.system == "JavaScript":
        plain = one.name.removeprefix("@types/")
        return [name for name in (one.name, plain) if name in used][:1]
    key = re.sub(r"[-_.]+", "-", one.name).lower()
    guess = re.sub(r"[-.]", "_", one.name)
    names = [
        _CALLED.get(key, guess),
        guess,
        guess.lower(),
        guess.lower().removeprefix("python_"),
        one.name,
    ]
    for name in names:
        if name in used:
            return [name]
    return []


def _one(same: list[Declared], uses: Used, summary: Summary, project: Project) -> Statement:
    one = max(same, key=lambda each: len(each.comment))
    text = f"**{code(one.name)}**" + (f" {code(one.version, 40)}" if one.version else "")
    purpose = quoted(one.comment) if one.comment else ""
    groups = [each.group.removeprefix("extra ") for each in same if each.group]
    text += f" ({listed(groups, 4)})" if groups and groups != ["dev"] else ""
    if not purpose:
        said = summary(one.name, one.system)
        purpose = first(said, 160) if said else ""
    text += f": {purpose}" if purpose else ""
    text += "" if text.endswith((".", "!", "…")) else "."
    places = [each.place for each in same[:3]]
    if uses:
        told, where = _uses(uses)
        text += told
        places += where
    elif (
        project.of(one.system)
        and one.group in ("",)
        and one.system in ("Python", "JavaScript", "Go")
    ):
        text += " No file that was read imports it."
    return Statement(text, tuple(places))


def _uses(uses: Used) -> tuple[str, list[Place]]:
    files = list(dict.fromkeys(one.path for one, _ in uses))
    names: dict[str, int] = {}
    for _, what in uses:
        for name in (*what.names, *what.uses):
            names[name] = names.get(name, 0) + 1
    ordered = [n for n in sorted(names, key=lambda n: (-names[n], n)) if n not in ("*", "default")]
    taken = f", for {listed(ordered[:6], 6)}" if ordered else ""
    sorts = [one.is_test for one, _ in uses]
    where = " of tests" if all(sorts) else ""
    ways = {what.way for _, what in uses}
    how = (
        " when it is needed"
        if ways == {"lazy"}
        else " where it is installed"
        if ways == {"optional"}
        else ""
    )
    how = " for types only" if ways == {"typing"} else how
    chosen = sorted(uses, key=lambda use: (use[0].is_test, use[1].way == "typing", use[0].path))
    first_use = chosen[0]
    return (
        f" Imported{how} in {counted(len(files), 'file')}{where}{taken}.",
        [first_use[0].place(first_use[1].line)],
    )


def _undeclared(
    project: Project, used: Mapping[str, Used], named: set[str], any_declared: bool
) -> Iterator[Statement]:
    found = [
        (name, uses) for name, uses in used.items()
        if name not in named and not name.startswith("_")
        and not (any_declared and any(name.startswith(one) for one in named))
    ]  # fmt: skip
    own = {one.path for one in main_files(project)}
    found = [
        (name, [u for u in uses if u[1].way != "typing" and u[0].path in own])
        for name, uses in found
    ]
    for name, uses in sorted(found, key=lambda one: (-len(one[1]), one[0]))[:15]:
        if not uses:
            continue
        told, places = _uses(uses)
        yield Statement(f"**{code(name)}**." + told, tuple(places))


def summaries(top: str) -> Summary:
    """Summaries out of what is installed below `top` or beside this program; nothing is imported,
    no network is asked."""
    known: dict[tuple[str, str], str] = {}

    def summary(name: str, system: str) -> str:
        if (name, system) not in known:
            known[name, system] = _summary(top, name, system)
        return known[name, system]

    return summary


def _summary(top: str, name: str, system: str) -> str:
    if system == "JavaScript":
        from git_naturecode.ai.knowledge.from_code.naming import of_json

        path = os.path.join(os.path.realpath(top), "node_modules", name, "package.json")
        if "/." in name or name.startswith(".") or os.path.realpath(path) != path:
            return ""
        said = of_json(_read(path))
        text = said.get("description")
        return text if isinstance(text, str) else ""
    if system != "Python":
        return ""
    import importlib.metadata

    try:
        found = importlib.metadata.metadata(name)["Summary"]
    except (importlib.metadata.PackageNotFoundError, ValueError, KeyError, OSError):
        return ""
    return found if isinstance(found, str) and found != "UNKNOWN" else ""


def _read(path: str) -> str:
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(opened, "rb") as file:
            return file.read(256 << 10).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
