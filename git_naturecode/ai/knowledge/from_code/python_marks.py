"""Patterns in Python that can be shown: registries, hooks, routes, commands, singletons."""

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from git_naturecode.ai.knowledge.from_code.facts import Mark
from git_naturecode.ai.knowledge.from_code.python_names import dotted, spelled, text_of

if TYPE_CHECKING:
    from git_naturecode.ai.knowledge.from_code.python_facts import Stated

REGISTRY, REGISTERED, ROUTE, COMMAND, MANAGER = (
    "registry", "registered", "route", "command", "context manager",
)  # fmt: skip
SINGLE, PLUGIN, MAIN, CACHE, VALUE, LAZY = (
    "one for all", "plugin", "main", "cache", "value type", "lazy names",
)  # fmt: skip
Function = ast.FunctionDef | ast.AsyncFunctionDef
_LEAST = 3  # entries of a dictionary that is a registry
_ROUTES = frozenset(
    ("route", "get", "post", "put", "delete", "patch", "websocket", "api_route", "head")
)
_MOST = 100


def marks(stated: "Sequence[Stated]", text: str, module: str) -> list[Mark]:
    """The patterns in a file, by line."""
    top = [one.node for one in stated if not one.depth or (one.depth == 1 and not one.owner)]
    own = {one.name for one in top if isinstance(one, Function | ast.ClassDef)}
    classes = {one.name for one in top if isinstance(one, ast.ClassDef)}
    known = {
        (name.asname or name.name).split(".")[0]
        for one in top
        if isinstance(one, ast.Import | ast.ImportFrom)
        for name in one.names
    }
    found: list[Mark] = []
    for one in stated:
        found += _of(one, classes, own | known)
    if "import_module" in text or "entry_points" in text or "hookspec" in text:
        found += _plugins(stated)
    if "global " in text:
        found += _globals(stated)
    return sorted(found, key=lambda one: one.line)[:_MOST]


def _of(one: "Stated", own: set[str], known: set[str]) -> Iterator[Mark]:
    node = one.node
    if isinstance(node, ast.Assign | ast.AnnAssign) and not one.depth:
        yield from _assigned(node, own, known)
    elif isinstance(node, ast.ClassDef) and one.depth <= 1:
        yield from _class(node)
    elif isinstance(node, Function) and one.way != "lazy":
        yield from _function(node, one)
    elif isinstance(node, ast.If) and not one.depth and _is_main(node.test):
        yield Mark(MAIN, "__main__", node.lineno, node.end_lineno or node.lineno)


def _is_main(test: ast.expr) -> bool:
    if not isinstance(test, ast.Compare) or len(test.comparators) != 1:
        return False
    sides = (test.left, test.comparators[0])
    return any(spelled(one) == "__name__" for one in sides) and any(
        text_of(one) == "__main__" for one in sides
    )


def _assigned(node: ast.Assign | ast.AnnAssign, own: set[str], known: set[str]) -> Iterator[Mark]:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if not isinstance(target, ast.Name) or node.value is None:
        return
    value, end = node.value, node.end_lineno or node.lineno
    if isinstance(value, ast.Dict) and len(value.values) >= _LEAST:
        keys = tuple(text for text in map(text_of, value.keys) if text)
        names = [spelled(one) for one in value.values]
        # What is written in capitals is a constant, and no function or class to be looked up.
        are_known = all(
            name.split(".")[0] in known and not name.split(".")[-1].isupper() for name in names
        )
        if len(keys) == len(value.keys) and (are_known or all(map(_is_module, value.values))):
            yield Mark(REGISTRY, target.id, node.lineno, end, keys)
    elif isinstance(value, ast.Call) and spelled(value.func) in own and target.id.islower():
        yield Mark(SINGLE, target.id, node.lineno, end, (spelled(value.func),))


def _is_module(node: ast.expr) -> bool:
    """Whether a text names a module or what is in one, to be imported when it is wanted."""
    text = text_of(node) or ""
    return text.count(".") >= 1 and all(
        part.isidentifier() for part in text.replace(":", ".").split(".")
    )


def _class(node: ast.ClassDef) -> Iterator[Mark]:
    end = node.end_lineno or node.lineno
    names = {one.name for one in node.body if isinstance(one, Function)}
    if {"__enter__", "__exit__"} <= names or {"__aenter__", "__aexit__"} <= names:
        yield Mark(MANAGER, node.name, node.lineno, end)
    if "__init_subclass__" in names:
        yield Mark(REGISTERED, node.name, node.lineno, end, ("by being a subclass",))
    kinds = [dotted(one).split(".")[-1] for one in (*node.bases, *node.decorator_list)]
    for name in ("NamedTuple", "dataclass", "TypedDict", "BaseModel", "Enum", "IntEnum", "StrEnum",
                 "define", "frozen", "Struct"):  # fmt: skip
        if name in kinds:
            yield Mark(VALUE, node.name, node.lineno, end, (name,))
            return


def _function(node: Function, one: "Stated") -> Iterator[Mark]:
    end = node.end_lineno or node.lineno
    if node.name == "__getattr__" and not one.depth:
        yield Mark(LAZY, node.name, node.lineno, end)
    for mark in node.decorator_list:
        name = dotted(mark)
        base, _, last = name.rpartition(".")
        if last in ("contextmanager", "asynccontextmanager"):
            yield Mark(MANAGER, node.name, node.lineno, end)
        elif last in ("lru_cache", "cache", "cached_property"):
            yield Mark(CACHE, node.name, node.lineno, end, (last,))
        elif last in ("hookimpl", "hookspec"):
            yield Mark(PLUGIN, node.name, node.lineno, end, (last,))
        elif base and last in _ROUTES and isinstance(mark, ast.Call) and mark.args:
            path = text_of(mark.args[0])
            if path is not None and path.startswith("/"):
                yield Mark(ROUTE, path, node.lineno, end, (last, node.name))
        elif last in ("command", "group") and isinstance(mark, ast.Call) and base != "pytest":
            said = text_of(mark.args[0]) if mark.args else None
            yield Mark(COMMAND, said or node.name.replace("_", "-"), node.lineno, end, (node.name,))
        elif last in ("register", "registers", "registered", "task", "shared_task", "receiver",
                      "subscribe", "listens_for", "event"):  # fmt: skip
            yield Mark(REGISTERED, name, node.lineno, end, (node.name,))


def _plugins(stated: "Sequence[Stated]") -> Iterator[Mark]:
    """Modules that are imported by a name that the code works out, and groups of entry points."""
    for one in stated:
        node = one.node
        if not isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign | ast.Return | ast.For):
            continue
        value = node.iter if isinstance(node, ast.For) else node.value
        for call in ast.walk(value) if value is not None else ():
            if not isinstance(call, ast.Call):
                continue
            last = dotted(call.func).split(".")[-1]
            if last == "import_module" and call.args and text_of(call.args[0]) is None:
                yield Mark(PLUGIN, "import_module", call.lineno, call.end_lineno or call.lineno)
            elif last in ("entry_points", "iter_entry_points"):
                groups = [*call.args, *(k.value for k in call.keywords if k.arg == "group")]
                said = next((text for text in map(text_of, groups) if text), "")
                yield Mark(PLUGIN, said or "entry_points", call.lineno, call.end_lineno or 0)


def _globals(stated: "Sequence[Stated]") -> Iterator[Mark]:
    """Names at the top that hold None until a function fills them."""
    empty = {
        target.id: node.lineno
        for node, _, depth, _ in stated
        if not depth and isinstance(node, ast.Assign | ast.AnnAssign)
        and isinstance(node.value, ast.Constant) and node.value.value is None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }  # fmt: skip
    for one in stated:
        if isinstance(one.node, ast.Global):
            for name in one.node.names:
                if name in empty:
                    line = empty.pop(name)
                    yield Mark(SINGLE, name, line, line, ("filled once",))
