"""Patterns that the code shows: interfaces and what meets them, registries, hooks, values."""

from collections import Counter
from collections.abc import Iterator

from git_naturecode.ai.knowledge.from_code import python_marks as marks
from git_naturecode.ai.knowledge.from_code.facts import Definition, File, Mark, Project, Statement
from git_naturecode.ai.knowledge.from_code.sentences import code, counted, listed
from git_naturecode.ai.knowledge.from_code.structure import main_files

_MOST = 12
_ROUTES = 15
_ABSTRACT = frozenset({"Protocol", "ABC", "metaclass=ABCMeta", "metaclass=abc.ABCMeta"})
_KINDS = ("interface", "trait")
Where = tuple[File, Definition]


def statements(project: Project) -> Iterator[Statement]:
    """All that can be shown, what shapes a project most first."""
    files = main_files(project)
    marked = [(one, mark) for one in files for mark in one.marks]
    yield from _interfaces(files, marked)
    yield from _families(files)
    yield from _registries(marked)
    yield from _plugins(marked)
    yield from _routes(marked)
    yield from _commands(marked)
    yield from _values(marked)
    yield from _managers(marked)
    yield from _singles(marked)
    yield from _asynchronous(files)


def _classes(files: list[File]) -> dict[str, list[Where]]:
    found: dict[str, list[Where]] = {}
    for one in files:
        for said in one.definitions:
            found.setdefault(said.name, []).append((one, said))
    return found


def _children(files: list[File]) -> dict[str, list[Where]]:
    """Name of a base, without what stands before the last dot -> what is derived from it."""
    found: dict[str, list[Where]] = {}
    for one in files:
        for said in one.definitions:
            for base in said.bases:
                found.setdefault(base.split(".")[-1], []).append((one, said))
    return found


def _is_abstract(said: Definition) -> bool:
    bases = {base.split(".")[-1] if "=" not in base else base for base in said.bases}
    return bool(bases & _ABSTRACT) or said.kind in _KINDS or "abstract methods" in said.marks


def _interfaces(files: list[File], marked: list[tuple[File, Mark]]) -> Iterator[Statement]:
    known, children = _classes(files), _children(files)
    met: dict[str, list[str]] = {}
    for _, mark in marked:
        if mark.kind == "implements":
            met.setdefault(mark.name.split("::")[-1].split(".")[-1], []).append(mark.about[0])
    found = [
        (one, said, children.get(said.name, []), met.get(said.name, []))
        for some in known.values()
        if len(some) == 1
        for one, said in some
        if _is_abstract(said)
        and (said.kind not in _KINDS or "export" in said.marks or said.doc)
        # In TypeScript most interfaces are nothing but the types of values.
        and (one.language != "TypeScript" or children.get(said.name))
    ]
    found.sort(key=lambda one: (-len(one[2]) - len(one[3]), one[0].path))
    for one, said, below, by in found[:_MOST]:
        what = "a protocol" if "Protocol" in str(said.bases) else "an interface"
        what = "a trait" if said.kind == "trait" else what
        what = (
            "an abstract base"
            if said.kind == "class" and "Protocol" not in str(said.bases)
            else what
        )
        text = f"{code(said.name)} is {what}" + (f": {said.doc}" if said.doc else ".")
        text += "" if text.endswith((".", "…")) else "."
        names = list(dict.fromkeys([*(d.name for _, d in below if d.kind not in _KINDS), *by]))
        more = list(dict.fromkeys(d.name for _, d in below if d.kind in _KINDS))
        text += f" Implemented by {listed(names, 6)}." if names else ""
        text += f" Extended by {listed(more, 6)}." if more else ""
        places = [one.place(said.line, said.end), *(f.place(d.line, d.end) for f, d in below[:3])]
        yield Statement(text, tuple(places))


def _families(files: list[File]) -> Iterator[Statement]:
    """Errors that have one base, and other classes with at least three below them."""
    known, children = _classes(files), _children(files)
    found = []
    for name, below in children.items():
        some = known.get(name, [])
        if len(some) == 1 and len(below) >= 3 and not _is_abstract(some[0][1]):
            found.append((*some[0], below))
    found.sort(key=lambda one: (-len(one[2]), one[0].path))
    for one, said, below in found[:6]:
        is_error = said.name.endswith(("Error", "Exception")) or any(
            base.split(".")[-1].endswith(("Exception", "Error")) for base in said.bases
        )
        names = [d.name for _, d in below]
        what = "is the base of the errors" if is_error else "is the base of"
        doc = f" ({said.doc.rstrip('.')})" if said.doc else ""
        places = (one.place(said.line, said.end), *(f.place(d.line, d.end) for f, d in below[:2]))
        yield Statement(f"{code(said.name)}{doc} {what} {listed(names, 8)}.", places)


def _registries(marked: list[tuple[File, Mark]]) -> Iterator[Statement]:
    found = [(one, mark) for one, mark in marked if mark.kind == marks.REGISTRY]
    found.sort(key=lambda one: (-len(one[1].about), one[0].path))
    for one, mark in found[:8]:
        yield Statement(
            f"{code(mark.name)} in {code(one.path)} is a registry: what belongs to "
            f"{listed(list(mark.about), 6)} is looked up there.",
            (one.place(mark.line, mark.end),),
        )
    by: dict[str, list[tuple[File, Mark]]] = {}
    for one, mark in marked:
        if mark.kind == marks.REGISTERED:
            by.setdefault(mark.name, []).append((one, mark))
    for name, some in sorted(by.items(), key=lambda one: (-len(one[1]), one[0]))[:5]:
        places = tuple(one.place(mark.line, mark.end) for one, mark in some[:2])
        if some[0][1].about == ("by being a subclass",):
            yield Statement(
                f"{code(name)} is told of each of its subclasses (`__init_subclass__`).", places
            )
        elif len(some) > 1:
            yield Statement(
                f"{counted(len(some), 'function')} register by {code('@' + name)}.", places
            )


def _plugins(marked: list[tuple[File, Mark]]) -> Iterator[Statement]:
    found = [(one, mark) for one, mark in marked if mark.kind == marks.PLUGIN]
    groups = [
        (one, mark) for one, mark in found if mark.name not in ("import_module",) and not mark.about
    ]
    for one, mark in groups[:5]:
        yield Statement(
            f"Plugins are found by the entry points {code(mark.name)}.",
            (one.place(mark.line, mark.end),),
        )
    for what in ("hookspec", "hookimpl"):
        some = [(one, mark) for one, mark in found if what in mark.about]
        if some:
            names = [mark.name for _, mark in some]
            yield Statement(
                f"{counted(len(some), 'hook')} marked {code('@' + what)}: {listed(names)}.",
                tuple(one.place(mark.line, mark.end) for one, mark in some[:2]),
            )
    lazy = [(one, mark) for one, mark in found if mark.name == "import_module"]
    if lazy:
        yield Statement(
            "Modules are imported by name when they are wanted, in "
            f"{listed([one.path for one, _ in lazy], 4)}.",
            tuple(one.place(mark.line, mark.end) for one, mark in lazy[:4]),
        )
    for one, mark in [(one, mark) for one, mark in marked if mark.kind == marks.LAZY][:3]:
        yield Statement(
            f"{code(one.module or one.path)} makes names when they are asked for (`__getattr__`).",
            (one.place(mark.line, mark.end),),
        )


def _routes(marked: list[tuple[File, Mark]]) -> Iterator[Statement]:
    found = [(one, mark) for one, mark in marked if mark.kind == marks.ROUTE]
    for one, mark in found[:_ROUTES]:
        verb = "" if mark.about[0] == "route" else f"{mark.about[0].upper()} "
        to = f" is answered by {code(mark.about[1])}" if mark.about[1] else " is answered here"
        yield Statement(f"{code(verb + mark.name)}{to}.", (one.place(mark.line, mark.end),))
    if len(found) > _ROUTES:
        yield Statement(f"{counted(len(found) - _ROUTES, 'route')} more.")


def _commands(marked: list[tuple[File, Mark]]) -> Iterator[Statement]:
    found = [(one, mark) for one, mark in marked if mark.kind == marks.COMMAND]
    if found:
        names = [mark.name for _, mark in found]
        yield Statement(
            f"{counted(len(found), 'command')} of the command line: {listed(names, 12)}.",
            tuple(one.place(mark.line, mark.end) for one, mark in found[:3]),
        )


def _values(marked: list[tuple[File, Mark]]) -> Iterator[Statement]:
    """Which kinds of value types there are; told of those that are used more than twice."""
    found: dict[str, list[tuple[File, Mark]]] = {}
    for one, mark in marked:
        if mark.kind == marks.VALUE:
            found.setdefault(mark.about[0], []).append((one, mark))
    for kind, some in sorted(found.items(), key=lambda one: (-len(one[1]), one[0])):
        if len(some) > 2:
            names = [mark.name for _, mark in some]
            yield Statement(
                f"{counted(len(some), 'class')} are of the kind {code(kind)}, among them "
                f"{listed(names[:5])}.",
                tuple(one.place(mark.line, mark.end) for one, mark in some[:2]),
            )


def _managers(marked: list[tuple[File, Mark]]) -> Iterator[Statement]:
    found = [
        (one, mark) for one, mark in marked
        if mark.kind == marks.MANAGER and not mark.name.startswith("_")
    ]  # fmt: skip
    if found:
        names = list(dict.fromkeys(mark.name for _, mark in found))
        yield Statement(
            f"{counted(len(found), 'context manager')} (used by `with`): {listed(names, 8)}.",
            tuple(one.place(mark.line, mark.end) for one, mark in found[:3]),
        )


def _singles(marked: list[tuple[File, Mark]]) -> Iterator[Statement]:
    found = [(one, mark) for one, mark in marked if mark.kind == marks.SINGLE]
    for one, mark in found[:6]:
        how = "is empty until a function fills it"
        if mark.about != ("filled once",):
            how = f"is the one {code(mark.about[0])} that the module makes"
        yield Statement(
            f"{code(mark.name)} in {code(one.path)} {how}.", (one.place(mark.line, mark.end),)
        )


def _asynchronous(files: list[File]) -> Iterator[Statement]:
    count: Counter[str] = Counter()
    first = None
    for one in files:
        for said in one.definitions:
            if said.kind in ("function", "async function"):
                count[said.kind] += 1
                if said.kind == "async function" and first is None:
                    first = one.place(said.line, said.end)
    if first and count["async function"] > 2:
        total = sum(count.values())
        yield Statement(
            f"{count['async function']:,} of {total:,} functions outside classes are asynchronous.",
            (first,),
        )
