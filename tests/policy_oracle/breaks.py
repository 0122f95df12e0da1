"""Every way to break a module in one place: conditions, their parts, comparisons, constants."""

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
TARGET = ROOT / "git_naturecode/domain/policy"
ALWAYS = "(always)"
_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_Change = tuple[str, str, str, Callable[[], None]]


class Break(NamedTuple):
    """One break: where, what was there, what is there now; the node and which break of it.

    `kind`: `condition` (taken for true or false), `part` (of an `and` or `or`, left out),
    `comparison`, `call`, `constant`. `name` is the same wherever the lines move to.
    """

    file: Path
    name: str
    kind: str
    first: int
    last: int
    node: int
    number: int

    @property
    def place(self) -> str:
        """The file and the function that it is in."""
        return self.name.partition(":")[0]


@cache
def text(file: Path) -> str:
    """What is in a file, the same for as long as this runs."""
    return file.read_text()


def breaks(file: Path) -> list[Break]:
    """Every break of a file."""
    tree = ast.parse(text(file))
    inside = _functions(tree)
    found: list[Break] = []
    times: Counter[str] = Counter()
    for index, node in enumerate(ast.walk(tree)):
        for number, (kind, was, now, _) in enumerate(_changes(node)):
            called = f"{_called(file)} {inside.get(node, '')}"
            name = f"{called}: `{_flat(was)}` -> `{_flat(now)}`"
            times[name] += 1
            if times[name] > 1:
                name = f"{name} ({times[name]})"
            first, last = _place(node)
            found.append(Break(file, name, kind, first, last, index, number))
    return found


def broken(one: Break | None, file: Path) -> ast.Module:
    """The module `file` with the break in it; whole for None."""
    tree = ast.parse(text(file))
    if one is not None:
        node = next(node for index, node in enumerate(ast.walk(tree)) if index == one.node)
        list(_changes(node))[one.number][-1]()
    return ast.fix_missing_locations(tree)


def _called(file: Path) -> str:
    """The name of a file of the policy; of any other how it is reached."""
    return file.name if file.parent == TARGET else str(file.relative_to(ROOT / "git_naturecode"))


def _functions(tree: ast.Module) -> dict[ast.AST, str]:
    """What each node is in: the dotted name of its function."""
    found: dict[ast.AST, str] = {}

    def walk(node: ast.AST, name: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = name
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = f"{name}.{child.name}" if name else child.name
            found[child] = inner
            walk(child, inner)

    walk(tree, "")
    return found


def _place(node: ast.AST) -> tuple[int, int]:
    """The first and last line on which a break of `node` is felt."""
    located = node.target if isinstance(node, ast.comprehension) else node
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        located = node.test
    first = getattr(located, "lineno", 0)
    return first, getattr(located, "end_lineno", first)


def _changes(node: ast.AST) -> Iterator[_Change]:
    """Each way to break a node: its kind, what was, what is now, and what makes it so."""
    if isinstance(node, ast.If | ast.IfExp | ast.While | ast.comprehension):
        yield from _conditions(node)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _TURNED:
        turned = copy.deepcopy(node)
        turned.ops[0] = _TURNED[type(node.ops[0])]()
        was, now = ast.unparse(node), ast.unparse(turned)
        yield "comparison", was, now, _setter(node, "ops", turned.ops)
    if isinstance(node, ast.BoolOp):
        for index in range(len(node.values)):
            left = [*node.values[:index], *node.values[index + 1 :]]
            fewer = ast.BoolOp(node.op, left) if len(left) > 1 else left[0]
            both = left if len(left) > 1 else left * 2  # `a and a` is `a`
            yield "part", ast.unparse(node), ast.unparse(fewer), _setter(node, "values", both)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        other = _CALLS[node.func.id]
        was = ast.unparse(node)
        yield "call", was, other + was[len(node.func.id) :], _setter(node.func, "id", other)
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        was, now = str(node.value), str(not node.value)
        yield "constant", was, now, _setter(node, "value", not node.value)


def _conditions(node: ast.If | ast.IfExp | ast.While | ast.comprehension) -> Iterator[_Change]:
    if isinstance(node, ast.comprehension):
        for index, one in enumerate(node.ifs):
            left = [*node.ifs[:index], *node.ifs[index + 1 :]]
            yield "condition", f"if {ast.unparse(one)}", ALWAYS, _setter(node, "ifs", left)
        return
    if ast.unparse(node.test) == "TYPE_CHECKING":
        return  # nothing that runs
    values = (False,) if isinstance(node, ast.While) else (True, False)
    for value in values:
        change = _setter(node, "test", ast.Constant(value))
        yield "condition", ast.unparse(node.test), str(value), change


def _setter(node: ast.AST, field: str, value: object) -> Callable[[], None]:
    return lambda: setattr(node, field, value)


def _flat(text: str) -> str:
    return " ".join(text.split())
