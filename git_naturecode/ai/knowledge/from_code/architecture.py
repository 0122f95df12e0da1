"""How a project is built: its parts and their order, where it begins, what others see of it."""

import posixpath
import re
from collections.abc import Iterator

from git_naturecode.ai.knowledge.from_code import manifests, patterns
from git_naturecode.ai.knowledge.from_code.facts import (
    Definition,
    File,
    Part,
    Place,
    Project,
    Statement,
    Topic,
)
from git_naturecode.ai.knowledge.from_code.python_marks import MAIN
from git_naturecode.ai.knowledge.from_code.sentences import (
    code,
    counted,
    first,
    listed,
    quoted,
    roughly,
)
from git_naturecode.ai.knowledge.from_code.structure import Structure, Unit, structure

_MOST_UNITS = 40
_NOT_COUNTED = "Without tests, examples, and what is imported for types alone."
_MOST_NAMES = 25
_MOST = 10
_FEW = 3  # parts from which on there is an order to speak of


def topic(project: Project, others: dict[str, int]) -> Topic:
    """Architecture patterns used."""
    built = structure(project)
    parts = (
        Part("What it is", tuple(_whole(project, others, built.base))),
        Part("Where it begins", tuple(_begins(project))[:_MOST]),
        Part("Its parts", tuple(_units(built)), _intro(built)),
        Part("Which part knows which", tuple(_directions(built)), _NOT_COUNTED),
        Part("What others see of it", tuple(_public(project, built))),
        Part("Patterns", tuple(patterns.statements(project))),
    )
    return Topic("architecture", "Architecture", tuple(one for one in parts if one.statements))


def _whole(project: Project, others: dict[str, int], base: str) -> Iterator[Statement]:
    said = manifests.described(project.documents)
    if said:
        yield Statement(quoted(said[0]), (said[1],))
    about = _readme(project)
    if about and (not said or about[0].rstrip(".") != quoted(said[0]).rstrip(".")):
        yield Statement(about[0], (about[1],))
    for one in project.of("Go"):
        if one.doc and posixpath.dirname(one.path) + "/" == (base or "/"):
            yield Statement(one.doc, (one.place(*one.doc_lines),))
            break
    by: dict[str, list[File]] = {}
    for one in project.files.values():
        by.setdefault(one.language, []).append(one)
    told = []
    for language, files in sorted(by.items(), key=lambda one: -sum(f.lines for f in one[1])):
        tests = [one for one in files if one.is_test]
        text = f"{counted(len(files), 'file')} of {language}"
        text += f" ({roughly(sum(one.lines for one in files))}"
        more = roughly(sum(one.lines for one in tests)) if tests else ""
        text += f", {more} of them in tests)" if tests else ")"
        told.append(text)
    told += [f"{counted(number, 'file')} of {name}" for name, number in sorted(others.items())]
    if told:
        yield Statement(", ".join(told) + ".")


def _readme(project: Project) -> tuple[str, Place] | None:
    """The first paragraph of the README that stands highest."""
    found = [
        path for path in project.documents if posixpath.basename(path).lower().startswith("readme")
    ]
    for path in sorted(found, key=lambda one: (one.count("/"), one))[:1]:
        lines = project.documents[path].text.split("\n")[:80]
        paragraph: list[str] = []
        start = 0
        in_tag = False
        for number, line in enumerate(lines, 1):
            text = line.strip()
            is_tag = in_tag or text.startswith("<")
            in_tag = is_tag and not text.endswith(">")
            text = "" if is_tag else text
            is_noise = not text or text.startswith(
                ("#", "=", "-", "!", "[", "<", "..", "|", ">", "```", "*  *")
            )
            if is_noise or set(text) <= set("=-~*_ "):
                if paragraph:
                    break
                continue
            if (
                number < len(lines)
                and lines[number].strip()
                and set(lines[number].strip()) <= set("=-~")
            ):
                continue  # a heading that is underlined
            start = start or number
            paragraph.append(text)
        if paragraph:
            whole = " ".join(paragraph)
            for name in re.findall(r"\[([^\]\n]{1,80})\](?!\()", whole):
                if f"\n[{name}]:" in project.documents[path].text:
                    whole = whole.replace(f"[{name}]", name)
            text = first(whole, 400)
            return text, Place(path, start, start + len(paragraph) - 1)
    return None


def _begins(project: Project) -> Iterator[Statement]:
    """Entry points: what manifests name, and files that are programs."""
    yield from manifests.entries(project.documents)
    for path, one in sorted(project.files.items()):
        if one.is_test or posixpath.basename(path) == "setup.py":
            continue
        for mark in one.marks:
            if mark.kind == MAIN:
                does = f": {one.doc}" if one.doc else ""
                yield Statement(
                    f"{code(path)} is a program{does}", (one.place(mark.line, mark.end),)
                )
                break
        else:
            if posixpath.basename(path) == "__main__.py":
                does = f": {one.doc}" if one.doc else ""
                yield Statement(
                    f"`python -m {one.module.rpartition('.')[0]}` runs this{does}",
                    (one.place(*one.doc_lines),),
                )


def _intro(built: Structure) -> str:
    at = f"Below {code(built.base)}" if built.base else "At the top"
    return f"{at} stand {counted(len(built.units), 'part')}; what is imported by others comes last."


def _units(built: Structure) -> Iterator[Statement]:
    units = sorted(built.units.values(), key=lambda one: (-one.depth, -one.lines, one.name))
    if len(units) > _MOST_UNITS:
        kept = sorted(units, key=lambda one: -one.lines)[:_MOST_UNITS]
        units = [one for one in units if one in kept]
    for unit in units:
        yield Statement(_unit(unit, built), (unit.place,))
    left = len(built.units) - len(units)
    if left > 0:
        yield Statement(f"{counted(left, 'part')} more, each smaller than these.")


def _unit(unit: Unit, built: Structure) -> str:
    size = f"{counted(len(unit.files), 'file')}, " if unit.is_folder else ""
    text = f"**{code(unit.name)}** ({size}{roughly(unit.lines)})"
    holds = _holds(unit) if not unit.doc else []
    text += f": {unit.doc}" if unit.doc else f" holds {listed(holds, 4)}." if holds else "."
    text += "" if text.endswith((".", "!", "?", "…")) else "."
    imports = built.imports(unit.name)
    if imports:
        text += f" Imports {listed(imports, 6)}."
    return text


def _holds(unit: Unit) -> list[str]:
    """What is defined in a part that says nothing of itself: the largest that others may use."""
    found = [
        (one.line - one.end, "function" in one.kind, file.path, one.line, one.name)
        for file in unit.files
        for one in file.definitions
        if not one.name.startswith("_") and (file.language == "Python" or "export" in one.marks)
    ]
    names = [one[-1] for one in sorted(found)]
    return list(dict.fromkeys(names))[:4]


def _directions(built: Structure) -> Iterator[Statement]:
    """Which way imports go, what everything rests on, and what is let in at one place only."""
    if len(built.units) >= _FEW and built.edges:
        yield from _order(built)
    if len(built.units) >= _FEW:
        yield from _doors(built)


def _order(built: Structure) -> Iterator[Statement]:
    if not built.loops:
        yield Statement("No two parts import each other: imports go one way.")
    for loop in built.loops[:5]:
        places = [
            where[0]
            for (one, to), where in sorted(built.edges.items())
            if one in loop and to in loop
        ]
        yield Statement(f"{listed(list(loop), 10)} import each other.", tuple(places[:4]))
    tops = [
        u for u in built.units.values() if not built.importers(u.name) and built.imports(u.name)
    ]
    names = [one.name for one in sorted(tops, key=lambda one: (-one.lines, one.name))]
    if names:
        verb = "is" if len(names) == 1 else "are"
        whom = "it" if len(names) == 1 else "them"
        yield Statement(f"At the top {verb} {listed(names, 6)}: no other part imports {whom}.")
    most = sorted(built.units, key=lambda one: (-len(built.importers(one)), one))[:5]
    told = [
        f"{code(name)} (by {counted(len(built.importers(name)), 'part')})"
        for name in most
        if len(built.importers(name)) >= _FEW
    ]
    if told:
        places = [built.units[name].place for name in most if len(built.importers(name)) >= _FEW]
        yield Statement(f"Imported most: {', '.join(told)}.", tuple(places))
    bare = [
        u for u in built.units.values() if not built.imports(u.name) and built.importers(u.name)
    ]
    if bare:
        names = [
            one.name
            for one in sorted(bare, key=lambda one: (-len(built.importers(one.name)), one.name))
        ]
        yield Statement(f"Import no other part: {listed(names, 10)}.")


def _doors(built: Structure) -> Iterator[Statement]:
    """Packages of others that one part alone imports: whoever needs them goes through it."""
    found = [(name, next(iter(by.items()))) for name, by in built.outside.items() if len(by) == 1]
    found = [one for one in found if len({place.path for place in one[1][1]}) > 1 or
             built.units[one[1][0]].is_folder]  # fmt: skip
    for name, (unit, places) in sorted(found, key=lambda one: (-len(one[1][1]), one[0]))[:_MOST]:
        if len(built.importers(unit)) == 0 and len(found) > _MOST:
            continue
        yield Statement(f"Only {code(unit)} imports {code(name)}.", tuple(places[:2]))


def _public(project: Project, built: Structure) -> Iterator[Statement]:
    """What the package as a whole exports."""
    found: list[tuple[str, File | None, Definition | None]] = []
    for path in (built.base + "__init__.py", *manifests.mains(project.documents)):
        one = project.files.get(path)
        if one is None:
            continue
        names = list(one.exports)
        if not names and one.language == "Python":
            own = one.module.split(".")[0]
            names = [
                name
                for what in one.imports
                if what.module.split(".")[0] == own
                for name in what.names
                if name[:1].isalpha()
            ]
        defined = _defined(project)
        for name in dict.fromkeys(names):
            found.append((name, *defined.get(name, (one, None))))
        break
    if not found and built.base is not None:
        for unit in built.units.values():
            for one in unit.files:
                if one.language in ("Go",) and posixpath.dirname(one.path) + "/" == built.base:
                    found += [(d.name, one, d) for d in one.definitions if "export" in d.marks and
                              not one.is_test and d.kind != "function"]  # fmt: skip
                elif one.language == "Rust" and posixpath.basename(one.path) == "lib.rs":
                    names = [n for i in one.imports for n in i.names]
                    known = _defined(project)
                    found += [(n, *known[n]) for n in dict.fromkeys(names) if n in known]
    told = sorted(found, key=lambda one: one[2] is None or not one[2].doc)
    for name, file, said in told[:_MOST_NAMES]:
        if said is None or file is None:
            continue
        text = f"{code(name)} ({said.kind})" + (f": {said.doc}" if said.doc else "")
        yield Statement(text, (file.place(said.line, said.end),))
    left = [name for name, _, said in told if said is None] + [
        n for n, _, s in told[_MOST_NAMES:] if s
    ]
    if left and found:
        yield Statement(f"Besides {listed(left, 12)}.")


def _defined(project: Project) -> dict[str, tuple[File, Definition]]:
    """Name -> where it is defined, of names that are defined once."""
    found: dict[str, list[tuple[File, Definition]]] = {}
    for one in project.files.values():
        if one.is_test:
            continue
        for definition in one.definitions:
            found.setdefault(definition.name, []).append((one, definition))
    return {name: some[0] for name, some in found.items() if len(some) == 1}
