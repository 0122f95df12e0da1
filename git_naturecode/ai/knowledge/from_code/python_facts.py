"""What a Python file says of itself, by its syntax tree; it is never imported or run."""

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from git_naturecode.ai.builtin.python.parse import parse
from git_naturecode.ai.knowledge.from_code import python_marks, python_settings, reasons
from git_naturecode.ai.knowledge.from_code.facts import Definition, File, Import, Tested
from git_naturecode.ai.knowledge.from_code.lexing import lexed
from git_naturecode.ai.knowledge.from_code.python_names import dotted, spelled, walk
from git_naturecode.ai.knowledge.from_code.sentences import first

_MOST_DEPTH = 60  # of statements within statements
_MOST = 400  # definitions of one file
_BODIES = ("body", "orelse", "finalbody")
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Stated(NamedTuple):
    """A statement, and what it stands in: "", lazy (a function), typing, optional; depth 0 is the
    top of the file, of a class `owner` is its name."""

    node: ast.stmt
    way: str
    depth: int
    owner: str


def read(path: str, text: str, module: str, *, is_test: bool) -> File:
    """What is kept of a file of Python that is called `module`."""
    parsed = parse(text)
    lexical = lexed(text, "Python")
    package = module if path.endswith("__init__.py") else module.rpartition(".")[0]
    stated = [one for tree in parsed.trees for one in _statements(tree)]
    nodes = python_settings.wanted(text, parsed.trees)
    doc, doc_lines = "", (0, 0)
    if parsed.trees:
        doc, doc_lines = _doc(parsed.trees[0])
    definitions = tuple(_definitions(stated))[:_MOST]
    return File(
        path, "Python", text.count("\n") + (not text.endswith("\n") and bool(text)), is_test,
        module, first(doc), doc_lines, tuple(_imports(stated, package, parsed.trees, is_test)),
        definitions, tuple(python_settings.settings(nodes, stated)),
        reasons.noted(lexical, list(_docs(stated, doc, doc_lines))),
        tuple(python_marks.marks(stated, text, module)),
        _tested(stated) if is_test or "pytest.fixture" in text else Tested(),
        tuple(_exported(stated)), not parsed.lost,
    )  # fmt: skip


def _statements(tree: ast.Module) -> Iterator[Stated]:
    """All statements, in the order of their lines within one block."""
    waiting = [Stated(one, "", 0, "") for one in reversed(tree.body)]
    while waiting:
        one = waiting.pop()
        yield one
        if one.depth >= _MOST_DEPTH:
            continue
        inside = list(_inside(one))
        waiting += reversed(inside)


def _inside(one: Stated) -> Iterator[Stated]:
    node, way, depth = one.node, one.way, one.depth + 1
    owner = one.owner
    if isinstance(node, Function):
        way, owner = way or "lazy", ""
    elif isinstance(node, ast.ClassDef):
        owner = node.name
    elif isinstance(node, ast.If) and spelled(node.test).endswith("TYPE_CHECKING"):
        yield from (Stated(child, "typing", depth, owner) for child in node.body)
        yield from (Stated(child, way, depth, owner) for child in node.orelse)
        return
    elif isinstance(node, ast.Try) and any(map(_is_import_error, node.handlers)):
        way = way or "optional"
    for name in _BODIES:
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield from (Stated(c, way, depth, owner) for c in block if isinstance(c, ast.stmt))
    for handler in getattr(node, "handlers", ()):
        yield from (Stated(child, way, depth, owner) for child in handler.body)
    for case in getattr(node, "cases", ()):
        yield from (Stated(child, way, depth, owner) for child in case.body)


def _is_import_error(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        one is not None and spelled(one) in ("ImportError", "ModuleNotFoundError") for one in kinds
    )


def _imports(
    stated: Sequence[Stated], package: str, trees: Sequence[ast.Module], is_test: bool
) -> Iterator[Import]:
    whole: dict[str, str] = {}
    found: list[Import] = []
    for node, way, _, _ in stated:
        if isinstance(node, ast.Import):
            for name in node.names:
                whole[name.asname or name.name.split(".")[0]] = name.name
                found.append(Import(name.name, (), node.lineno, way))
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package.split(".") if package else []
                above = parts[: len(parts) - node.level + 1]
                if node.level > len(parts) + 1:
                    continue
                base = ".".join([*above, *([base] if base else [])])
            names = tuple(name.name for name in node.names)
            found.append(Import(base, names, node.lineno, way))
    used = {} if is_test else _uses(whole, trees)
    for one in found:
        yield one._replace(uses=tuple(used.get(one.module, ()))) if not one.names else one


def _uses(whole: dict[str, str], trees: Sequence[ast.Module]) -> dict[str, list[str]]:
    """Module -> what is used of it, in the order in which it is used."""
    import sys

    wanted = {
        name: module
        for name, module in whole.items()
        if module.split(".")[0] not in sys.stdlib_module_names
    }
    found: dict[str, dict[str, None]] = {}
    if not wanted:
        return {}
    used = [
        (node.lineno, node.col_offset, wanted[node.value.id], node.attr)
        for tree in trees
        for node in walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in wanted
    ]
    for _, _, module, name in sorted(used):
        found.setdefault(module, {})[name] = None
    return {module: list(names)[:12] for module, names in found.items()}


def _definitions(stated: Sequence[Stated]) -> Iterator[Definition]:
    """The classes and functions at the top of the file."""
    for node, way, depth, owner in stated:
        is_top = depth <= 1 and not owner and way != "lazy"
        if not is_top or not isinstance(node, Function | ast.ClassDef):
            continue
        doc = first(_doc(node)[0])
        marks = tuple(filter(None, (dotted(one) for one in node.decorator_list)))
        if isinstance(node, ast.ClassDef):
            bases = tuple(filter(None, (dotted(one) for one in node.bases)))
            bases += tuple(
                f"metaclass={dotted(one.value)}" for one in node.keywords if one.arg == "metaclass"
            )
            methods = tuple(one.name for one in node.body if isinstance(one, Function))
            abstract = tuple(
                one.name
                for one in node.body
                if isinstance(one, Function)
                and any(dotted(mark).endswith("abstractmethod") for mark in one.decorator_list)
            )
            marks += ("abstract methods",) if abstract else ()
            yield Definition(
                "class", node.name, node.lineno, node.end_lineno or node.lineno, doc, bases, marks,
                methods,
            )  # fmt: skip
        else:
            kind = "async function" if isinstance(node, ast.AsyncFunctionDef) else "function"
            yield Definition(
                kind, node.name, node.lineno, node.end_lineno or node.lineno, doc, (), marks
            )


def _doc(node: ast.Module | ast.ClassDef | Function) -> tuple[str, tuple[int, int]]:
    """The docstring of `node`, with its lines."""
    if not node.body:
        return "", (0, 0)
    said = node.body[0]
    if not (isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant)):
        return "", (0, 0)
    if not isinstance(said.value.value, str):
        return "", (0, 0)
    import inspect

    return inspect.cleandoc(said.value.value), (said.lineno, said.end_lineno or said.lineno)


def _docs(
    stated: Sequence[Stated], doc: str, lines: tuple[int, int]
) -> Iterator[tuple[int, int, str]]:
    if doc:
        yield (*lines, doc)
    for node, _, depth, _ in stated:
        if depth <= 2 and isinstance(node, Function | ast.ClassDef):
            text, (start, end) = _doc(node)
            if text:
                yield start, end, text


def _exported(stated: Sequence[Stated]) -> Iterator[str]:
    """The names in `__all__`."""
    for node, _, depth, _ in stated:
        if depth or not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(one, ast.Name) and one.id == "__all__" for one in targets):
            value = node.value
            for one in value.elts if isinstance(value, ast.List | ast.Tuple) else ():
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield one.value


def _tested(stated: Sequence[Stated]) -> Tested:
    tests = start = 0
    fixtures: list[Definition] = []
    marks: dict[str, int] = {}
    tools: dict[str, None] = {}
    for node, way, _, _ in stated:
        if isinstance(node, ast.Import | ast.ImportFrom):
            name = node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
            tools[name.split(".")[0]] = None
        if not isinstance(node, Function) or way == "lazy":
            continue
        decorators = [dotted(one) for one in node.decorator_list]
        if any(one.endswith("fixture") for one in decorators):
            doc = first(_doc(node)[0])
            fixtures.append(Definition(
                "fixture", node.name, node.lineno, node.end_lineno or node.lineno, doc
            ))  # fmt: skip
            continue
        is_test = node.name.startswith("test")
        tests += is_test
        start = start or (node.lineno if is_test else 0)
        for one in decorators:
            if is_test and one.startswith("pytest.mark."):
                name = one.removeprefix("pytest.mark.")
                marks[name] = marks.get(name, 0) + 1
            elif is_test and one in ("given", "hypothesis.given"):
                marks["given"] = marks.get("given", 0) + 1
    return Tested(tests, start, tuple(fixtures), tuple(sorted(marks.items())), tuple(tools))
