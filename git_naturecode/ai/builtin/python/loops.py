"""Python code that does within a loop what costs least outside of it."""

import ast
import re
from collections.abc import Iterator

from git_naturecode.ai.builtin.found import PERFORMANCE, Found
from git_naturecode.ai.builtin.python import names

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_QUERIES = re.compile(
    r"(?:^|\.)(?:cursor|cur|conn|connection|db|session|engine|c)\.(?:execute|query|scalar|scalars)$"
    r"|\.objects\.(?:get|filter|create|exclude|get_or_create|update_or_create)\b|\.query\.(?:get|filter\w*)\b"
)
_LISTS = frozenset(("list", "sorted"))


def look(tree: ast.AST) -> Iterator[Found]:
    """What `tree` does in loops."""
    for node in ast.walk(tree):
        if isinstance(node, _LOOPS):
            yield from _queries(node)
            yield from _strings(node)
            yield from _compiled(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _membership(node)


def _inside(node: ast.For | ast.AsyncFor | ast.While) -> Iterator[ast.AST]:
    """What is in the body of a loop, without functions and inner loops' own bodies."""
    waiting: list[ast.AST] = [*node.body]
    while waiting:
        one = waiting.pop()
        if isinstance(one, _FUNCTIONS):
            continue
        yield one
        if not isinstance(one, _LOOPS):
            waiting.extend(ast.iter_child_nodes(one))


def _queries(loop: ast.For | ast.AsyncFor | ast.While) -> Iterator[Found]:
    if isinstance(loop, ast.While):
        return
    targets = {one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)}
    for node in _inside(loop):
        if not isinstance(node, ast.Call) or not _QUERIES.search(names.dotted(node.func)):
            continue
        used = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        if used & targets:
            yield _found(
                node, "query-in-loop", "medium", 0.6,
                "A query for each turn of the loop: a thousand turns are a thousand ways to the "
                "database. Ask once for all (`IN`, a join, `executemany`, `select_related`).",
            )  # fmt: skip


def _strings(loop: ast.For | ast.AsyncFor | ast.While) -> Iterator[Found]:
    for node in _inside(loop):
        if (
            isinstance(node, ast.AugAssign)
            and isinstance(node.op, ast.Add)
            and isinstance(node.target, ast.Name)
            and _is_text(node.value)
        ):
            yield _found(
                node, "string-in-loop", "low", 0.5,
                "The text is copied as a whole at each turn of the loop. Put the pieces in a list, "
                "and `join` them behind the loop.",
            )  # fmt: skip


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        left: ast.expr = node
        for _ in range(200):
            if not isinstance(left, ast.BinOp):
                break
            if isinstance(left.right, ast.Constant) and isinstance(left.right.value, str):
                return True
            left = left.left
        return isinstance(left, ast.Constant | ast.JoinedStr) and _is_text(left)
    return isinstance(node, ast.Call) and names.dotted(node.func) == "str"


def _compiled(loop: ast.For | ast.AsyncFor | ast.While) -> Iterator[Found]:
    for node in _inside(loop):
        if (
            isinstance(node, ast.Call)
            and names.dotted(node.func) == "re.compile"
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield _found(
                node, "compile-in-loop", "low", 0.6,
                "The same expression is compiled at each turn of the loop. Compile it once, above.",
            )  # fmt: skip


def _membership(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Found]:
    """`x in names` in a loop, where `names` is a list made in the same function."""
    lists = {
        node.targets[0].id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name) and _is_list(node.value)
    }  # fmt: skip
    if not lists:
        return
    for loop in ast.walk(function):
        if not isinstance(loop, _LOOPS):
            continue
        for node in _inside(loop):
            if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.In | ast.NotIn):
                continue
            right = node.comparators[0]
            if isinstance(right, ast.Name) and right.id in lists:
                yield _found(
                    node, "search-in-list", "low", 0.5,
                    f"Each turn of the loop goes through the list `{right.id[:40]}`. Look it up in "
                    "a set.",
                )  # fmt: skip


def _is_list(node: ast.expr) -> bool:
    if isinstance(node, ast.ListComp):
        return True
    return isinstance(node, ast.Call) and names.dotted(node.func) in _LISTS


def _found(node: ast.expr | ast.stmt, rule: str, severity: str, sure: float, message: str) -> Found:
    return Found(
        f"nc/python/{rule}", severity, sure, message, node.lineno, node.end_lineno or node.lineno,
        aspect=PERFORMANCE,
    )  # fmt: skip
