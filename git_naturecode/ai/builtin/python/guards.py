"""Tests that code makes of a value before it uses it, and what the value is good for after them."""

import ast
from collections.abc import Iterator

from git_naturecode.ai.builtin.python import names
from git_naturecode.ai.builtin.taint.values import EVERY, PATH, PATH_IF_RESOLVED

_ALL = frozenset(
    ("isdigit", "isdecimal", "isnumeric", "isalnum", "isalpha", "isidentifier", "fullmatch")
)
_OF_PATHS = frozenset((
    "commonprefix", "commonpath", "is_relative_to", "isabs", "relative_to",
    "samefile",
))  # fmt: skip
_RESOLVES = frozenset(
    (
        "abspath",
        "realpath",
        "normpath",
        "dirname",
        "relpath",
        "commonprefix",
        "commonpath",
        "basename",
        "resolve",
    )
)
_UP = frozenset(("..", "../", "/..", "/../", "/", "\\", "."))
_MATCHES = frozenset(("match", "search", "fullmatch"))
_NUMERIC = frozenset(("int", "float", "bool", "Number", "Integral", "Decimal", "UUID", "date"))


def passed(test: ast.expr) -> Iterator[tuple[str, frozenset[str]]]:
    """The names that `test` looks at, each with the purposes for which that makes it clean."""
    for count, node in enumerate(ast.walk(test)):
        if count > 500:
            return
        if isinstance(node, ast.Call):
            yield from _call(node)
        elif isinstance(node, ast.Compare):
            yield from _compare(node)


def _call(node: ast.Call) -> Iterator[tuple[str, frozenset[str]]]:
    name = names.last(names.dotted(node.func))
    if name in _ALL and isinstance(node.func, ast.Attribute):
        yield from ((one, EVERY) for one in _names(node.func.value))
    if name == "startswith" and isinstance(node.func, ast.Attribute):
        # Of a text with `..` in it, it says nothing where it begins.
        purpose = PATH if _resolves(node.func.value) else PATH_IF_RESOLVED
        yield from ((one, frozenset((purpose,))) for one in _names(node.func.value))
    elif name in _OF_PATHS:
        where = node.func.value if isinstance(node.func, ast.Attribute) else node
        of_path = [one for each in (where, *node.args) for one in _names(each)]
        yield from ((one, frozenset((PATH,))) for one in of_path)
    if name in _MATCHES:
        yield from ((one, EVERY) for given in node.args for one in _names(given))
    if name == "isinstance" and len(node.args) == 2:
        kinds = {names.last(names.dotted(one)) for one in ast.walk(node.args[1])}
        if kinds & _NUMERIC:
            yield from ((one, EVERY) for one in _names(node.args[0]))
    if names.checks(name):
        yield from ((one, EVERY) for given in node.args for one in _names(given))


def _compare(node: ast.Compare) -> Iterator[tuple[str, frozenset[str]]]:
    for operator, right in zip(node.ops, node.comparators, strict=True):
        left = node.left
        if isinstance(operator, ast.Eq | ast.NotEq):
            for side in (left, right):
                if _resolves(side):
                    yield from ((one, frozenset((PATH,))) for one in _names(side))
        elif not isinstance(operator, ast.In | ast.NotIn):
            continue
        elif isinstance(left, ast.Constant):
            if left.value in _UP:
                yield from ((one, frozenset((PATH,))) for one in _names(right))
        elif names.last(names.dotted(left)) in ("sep", "pardir", "altsep"):
            yield from ((one, frozenset((PATH,))) for one in _names(right))
        elif _is_list_of_allowed(right):
            yield from ((one, EVERY) for one in _names(left))


def _resolves(node: ast.expr) -> bool:
    """True for what a path really is, or a part of that: to compare it is to look at it."""
    calls = (one for one in ast.walk(node) if isinstance(one, ast.Call))
    return any(names.last(names.dotted(one.func)) in _RESOLVES for one in calls)


def _is_list_of_allowed(node: ast.expr) -> bool:
    """True for a list that stands in the code, or is named like a constant or an allow list."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return all(isinstance(one, ast.Constant | ast.Name) for one in node.elts)
    name = names.last(names.dotted(node))
    return name.isupper() or any(word in name.casefold() for word in ("allow", "valid", "known"))


def _names(node: ast.expr) -> list[str]:
    """The plain or dotted name that `node` is, or those within it."""
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return [names.dotted(node)]
    found = []
    for count, one in enumerate(ast.walk(node)):
        if count > 100:
            break
        if isinstance(one, ast.Name | ast.Attribute):
            found.append(names.dotted(one))
    return found
