"""Python code that is hard to keep right: what hides errors, what surprises, what is too much."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from git_naturecode.ai.builtin.found import MAINTAINABILITY, Found
from git_naturecode.ai.builtin.python import names

_MOST_LINES, _MOST_BRANCHES, _MOST_PARAMETERS, _MOST_DEPTH = 80, 15, 8, 5
_MOST_TRAIL = 2_000
_BRANCHES = (
    ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.BoolOp,
    ast.comprehension, ast.match_case,
)  # fmt: skip
_BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def look(tree: ast.AST) -> Iterator[Found]:
    """What is hard to keep in `tree`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            yield from _handler(node)
        elif isinstance(node, _FUNCTIONS):
            yield from _defaults(node)
            yield from _size(node)
            yield from _unused(node)
        elif isinstance(node, ast.Compare):
            yield from _identity(node)
        elif isinstance(node, ast.Assert):
            yield from _always_true(node)
        if isinstance(node, ast.stmt | ast.ExceptHandler):
            yield from _unreachable(node)


def _found(
    node: ast.AST, rule: str, severity: str, sure: float, message: str,
    trail: frozenset[int] = frozenset(), *, grown: bool = False,
) -> Found:  # fmt: skip
    line = getattr(node, "lineno", 1)
    end = (
        line
        if isinstance(node, ast.stmt | ast.ExceptHandler)
        else getattr(node, "end_lineno", line)
    )
    return Found(
        f"nc/python/{rule}",
        severity,
        sure,
        message,
        line,
        end,
        aspect=MAINTAINABILITY,
        trail=trail,
        grown=grown,
    )


def _handler(node: ast.ExceptHandler) -> Iterator[Found]:
    raises = any(isinstance(one, ast.Raise) for one in ast.walk(node))
    kind = names.last(names.dotted(node.type)) if node.type is not None else ""
    if node.type is None and not raises:
        yield _found(
            node, "bare-except", "medium", 0.8,
            "This catches everything, also an interrupt and the end of the program. Name the "
            "errors that are meant.",
        )  # fmt: skip
    elif kind in ("Exception", "BaseException") and _is_empty(node.body):
        yield _found(
            node, "swallowed-error", "medium", 0.7,
            "Any error is passed over in silence here, also those that nobody has thought of. Name "
            "the ones that are meant, or log it.",
        )  # fmt: skip


def _is_empty(body: list[ast.stmt]) -> bool:
    return all(
        isinstance(one, ast.Pass)
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        for one in body
    )


def _defaults(node: "ast.FunctionDef | ast.AsyncFunctionDef") -> Iterator[Found]:
    for default in (*node.args.defaults, *(one for one in node.args.kw_defaults if one)):
        made = isinstance(default, ast.Call) and names.dotted(default.func) in (
            "list",
            "dict",
            "set",
        )
        if made or isinstance(default, ast.List | ast.Dict | ast.Set):
            yield _found(
                default, "mutable-default", "medium", 0.85,
                f"All calls of `{node.name[:60]}` share this one value: what one changes, the next "
                "one sees. Take `None`, and make it within.",
            )  # fmt: skip


def _size(node: "ast.FunctionDef | ast.AsyncFunctionDef") -> Iterator[Found]:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    trail = frozenset(
        range(node.lineno, min(node.lineno + 2000, (node.end_lineno or node.lineno) + 1))
    )
    name = node.name[:60]
    branches = sum(isinstance(one, _BRANCHES) for one in ast.walk(node))
    if lines > _MOST_LINES:
        yield _found(
            node, "long-function", "low", 0.6,
            f"`{name}` is {lines} lines long. What has a name of its own in it could be a function "
            "of its own.", trail, grown=True,
        )  # fmt: skip
    if branches > _MOST_BRANCHES:
        yield _found(
            node, "complex-function", "low", 0.6,
            f"`{name}` has {branches} places where it branches: too many ways through it to be "
            "tried.", trail, grown=True,
        )  # fmt: skip
    args = node.args
    given = len(args.posonlyargs) + len(args.args)
    if given > _MOST_PARAMETERS:
        yield _found(
            node, "many-parameters", "low", 0.5,
            f"`{name}` takes {given} parameters by position: two are easily mistaken for each "
            "other. Let them be given by name, or as one thing.", grown=True,
        )  # fmt: skip


def _unused(node: "ast.FunctionDef | ast.AsyncFunctionDef") -> Iterator[Found]:
    """Names that are set in a function and never read in it."""
    stored: dict[str, ast.Name] = {}
    read: set[str] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Global | ast.Nonlocal):
            read.update(one.names)
        elif isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            stored.setdefault(one.id, one)
        elif isinstance(one, ast.Name):
            read.add(one.id)
        elif isinstance(one, ast.Call) and names.dotted(one.func) in (
            "locals",
            "vars",
            "eval",
            "exec",
        ):
            return
    plain = {
        target.id
        for one in ast.walk(node)
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    for name, where in stored.items():
        if name in plain and name not in read and not name.startswith("_"):
            yield _found(
                where, "unused-name", "low", 0.6, f"`{name[:60]}` is set here and never read."
            )


def _identity(node: ast.Compare) -> Iterator[Found]:
    for operator, right in zip(node.ops, node.comparators, strict=True):
        if isinstance(operator, ast.Is | ast.IsNot) and _is_literal(right):
            yield _found(
                node, "is-literal", "medium", 0.85,
                "`is` asks for the same object, which equal numbers and texts need not be. Use "
                "`==`.",
            )  # fmt: skip


def _is_literal(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | str | bytes | float)
        and not isinstance(node.value, bool)
    )


def _always_true(node: ast.Assert) -> Iterator[Found]:
    if isinstance(node.test, ast.Tuple) and node.test.elts:
        yield _found(
            node, "always-true", "medium", 0.9,
            "A tuple is always true, and so is this assertion. Leave the parentheses out.",
        )  # fmt: skip


def _unreachable(node: ast.AST) -> Iterator[Found]:
    for block in ("body", "orelse", "finalbody"):
        body = getattr(node, block, None)
        if not isinstance(body, list):
            continue
        for one, after in pairwise(body):
            if isinstance(one, _ENDS) and isinstance(after, ast.stmt):
                yield _found(
                    after, "unreachable", "medium", 0.85,
                    "Nothing gets here: the line above always leaves.", frozenset((one.lineno,)),
                )  # fmt: skip
                break
