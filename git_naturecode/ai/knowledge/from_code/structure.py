"""The parts that a project is made of, which of them imports which, and in what order."""

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from git_naturecode.ai.knowledge.from_code.facts import File, Place, Project
from git_naturecode.ai.knowledge.from_code.naming import Resolver

_BESIDES = re.compile(
    r"^(?:.*/)?(?:docs|examples?|bench(?:marks?)?|scripts?|tools?|hack|samples?|demos?|\.[\w-]+)/",
    re.I,
)
_MOST_OF = 0.8  # of the files below a folder: then it is the one that counts


class Unit(NamedTuple):
    """A part: a folder below the base, or a file there by itself.

    `doc` is what it says of itself, at `place`; `depth` is 0 for what imports nothing of the
    project, else one more than the deepest that it imports.
    """

    name: str
    path: str
    files: tuple[File, ...]
    doc: str
    place: Place
    depth: int = 0

    @property
    def lines(self) -> int:
        """Lines of its files."""
        return sum(one.lines for one in self.files)

    @property
    def is_folder(self) -> bool:
        """Whether it is more than one file."""
        return self.path != self.files[0].path


class Structure(NamedTuple):
    """`edges` are (importer, imported) -> the places of those imports; `loops` parts that import
    each other, by name; `outside` package of others -> part -> places."""

    base: str
    units: Mapping[str, Unit]
    edges: Mapping[tuple[str, str], tuple[Place, ...]]
    loops: tuple[tuple[str, ...], ...]
    outside: Mapping[str, Mapping[str, tuple[Place, ...]]]

    def imports(self, name: str) -> list[str]:
        """The parts that `name` imports, those that it imports most first."""
        found = [(-len(where), to) for (one, to), where in self.edges.items() if one == name]
        return [to for _, to in sorted(found)]

    def importers(self, name: str) -> list[str]:
        """The parts that import `name`."""
        found = [(-len(where), one) for (one, to), where in self.edges.items() if to == name]
        return [one for _, one in sorted(found)]


def is_besides(path: str) -> bool:
    """Whether a path is of documentation, examples, scripts: not of the thing itself."""
    return bool(_BESIDES.match(path))


def main_files(project: Project) -> list[File]:
    """The files that are the thing itself: no tests, examples, documentation, scripts."""
    files = [one for one in project.files.values() if not one.is_test]
    inner = [one for one in files if not _BESIDES.match(one.path)]
    return inner or files or list(project.files.values())


def structure(project: Project) -> Structure:
    """How the project is built."""
    files = main_files(project)
    base = _base(files)
    units = _units(files, base)
    unit_of = {one.path: name for name, unit in units.items() for one in unit.files}
    resolver = Resolver(project.files, project.documents)
    edges: dict[tuple[str, str], list[Place]] = {}
    outside: dict[str, dict[str, list[Place]]] = {}
    for one in files:
        here = unit_of.get(one.path, "")
        if not here:
            continue
        for what in one.imports:
            if what.way == "typing":
                continue
            place = one.place(what.line)
            for path in resolver.targets(one, what):
                to = unit_of.get(path)
                if to and to != here:
                    edges.setdefault((here, to), []).append(place)
            package = resolver.outside(one, what)
            if package:
                outside.setdefault(package, {}).setdefault(here, []).append(place)
    order, loops = _order(units, edges)
    placed = {name: unit._replace(depth=order[name]) for name, unit in units.items()}
    return Structure(
        base,
        placed,
        {pair: tuple(where) for pair, where in edges.items()},
        loops,
        {name: {k: tuple(v) for k, v in by.items()} for name, by in outside.items()},
    )


def _base(files: Sequence[File]) -> str:
    """The deepest folder that holds most of the files and has more than one thing in it."""
    base = ""
    inside = [one.path for one in files]
    while True:
        below: dict[str, int] = {}
        for path in inside:
            rest = path[len(base) :]
            if "/" in rest:
                name = rest.split("/", 1)[0]
                below[name] = below.get(name, 0) + 1
        if not below:
            return base
        name, count = max(below.items(), key=lambda one: (one[1], one[0]))
        beside = len(inside) - count
        # One that merely is the largest of several parts is no wrapper around them.
        if count < _MOST_OF * len(inside) or beside > 4 or (len(below) > 2 and base):
            return base
        base += name + "/"
        inside = [path for path in inside if path.startswith(base)]


def _units(files: Iterable[File], base: str) -> dict[str, Unit]:
    grouped: dict[str, list[File]] = {}
    for one in files:
        inside = one.path[len(base) :] if one.path.startswith(base) else one.path
        first, slash, _ = inside.partition("/")
        prefix = base if one.path.startswith(base) else ""
        key = prefix + first if slash else one.path
        if one.language == "Go" and not slash:  # all files of a folder are one package there
            key = posixpath.dirname(one.path) or one.path
        grouped.setdefault(key, []).append(one)
    found: dict[str, Unit] = {}
    tells = {base + name for name in ("__init__.py", "index.js", "index.ts")}
    if len(grouped) > len(tells & grouped.keys()):
        for path in tells & grouped.keys():
            del grouped[path]  # it names what others may use, and is told of there
    for path, inner in sorted(grouped.items()):
        shown = path[len(base) :] if path.startswith(base) else path
        if inner[0].language == "Go" and path == base.rstrip("/"):
            shown = inner[0].module or posixpath.basename(path)
        is_file = len(inner) == 1 and inner[0].path == path
        if len(inner) == 1 and not path.startswith(base):
            path = shown = inner[0].path
        name = shown.rsplit(".", 1)[0] if is_file and "." in shown else shown
        name = name if name not in found else shown
        doc, place = _says(path, inner)
        found[name] = Unit(name, path, tuple(inner), doc, place)
    return found


_TELLS = ("__init__.py", "mod.rs", "lib.rs", "index.ts", "index.js", "doc.go", "package-info.java")


def _says(path: str, files: Sequence[File]) -> tuple[str, Place]:
    """What a part says of itself, and where."""
    named = {one.path: one for one in files}
    for name in _TELLS:
        one = named.get(posixpath.join(path, name))
        if one and one.doc:
            return one.doc, one.place(*one.doc_lines)
    if len(files) == 1 and files[0].doc and not files[0].doc.startswith("Package "):
        return files[0].doc, files[0].place(*files[0].doc_lines)
    said = [one for one in files if one.doc and one.language == "Go"]
    if said and posixpath.dirname(said[0].path) == path:
        return said[0].doc, said[0].place(*said[0].doc_lines)
    return "", Place(files[0].path) if len(files) == 1 else Place(path)


def _order(
    units: Mapping[str, Unit], edges: Mapping[tuple[str, str], Sequence[Place]]
) -> tuple[dict[str, int], tuple[tuple[str, ...], ...]]:
    """The depth of each part, and the groups that import each other (Tarjan 1972, without
    recursion: each group comes after all that it leads to)."""
    below: dict[str, list[str]] = {name: [] for name in units}
    for one, to in edges:
        below[one].append(to)
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    depth: dict[str, int] = {}
    loops: list[tuple[str, ...]] = []
    for start in sorted(units):
        if start in number:
            continue
        work = [(start, iter(sorted(below[start])))]
        number[start] = low[start] = len(number)
        stack.append(start)
        while work:
            name, rest = work[-1]
            after = next(rest, None)
            if after is not None:
                if after not in number:
                    number[after] = low[after] = len(number)
                    stack.append(after)
                    work.append((after, iter(sorted(below[after]))))
                elif after not in depth:
                    low[name] = min(low[name], number[after])
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[name])
            if low[name] != number[name]:
                continue
            at = stack.index(name)
            group, stack[at:] = stack[at:], []
            under = [depth[to] for one in group for to in below[one] if to not in group]
            for one in group:
                depth[one] = max(under, default=-1) + 1
            if len(group) > 1:
                loops.append(tuple(sorted(group)))
    return depth, tuple(sorted(loops))
