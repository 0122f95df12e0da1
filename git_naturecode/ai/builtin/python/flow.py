"""One walk through each Python function, which carries what is known of values to where they go."""

import ast
from collections.abc import Iterator, Sequence

from git_naturecode.ai.builtin.found import Found
from git_naturecode.ai.builtin.python import calls, guards, names, sinks
from git_naturecode.ai.builtin.python.evaluate import Evaluator
from git_naturecode.ai.builtin.python.scope import Scope
from git_naturecode.ai.builtin.taint.budget import TOO_MUCH, Budget, Spent
from git_naturecode.ai.builtin.taint.values import (
    EVERY,
    GIVEN,
    LIST,
    OUTSIDE,
    UNKNOWN,
    Value,
    hole,
    joined,
    listed,
    number,
)

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NUMERIC = frozenset(("int", "float", "bool", "uuid", "number", "Decimal"))
_ADDS = frozenset(("append", "add", "appendleft", "extend", "insert", "update"))
# What is given along for the function to work with.
_OURS = frozenset(("request", "req", "cursor", "conn", "connection", "db", "session"))
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class Flow:
    """What flows where in a file. `found` is filled by `module`; `lost` says what was not."""

    def __init__(self) -> None:
        self.found: list[Found] = []
        self.lost = ""
        self._budget = Budget()
        self._function = ""

    def module(self, tree: ast.Module) -> None:
        """Walk through a whole file, each function from what it is given."""
        try:
            self._block(tree.body, Scope())
        except RecursionError:
            self.lost = "nested too deeply at line 1"
        except Spent:
            self.lost = TOO_MUCH

    def _report(self, found: Found | None) -> None:
        if found is not None:
            self.found.append(found)

    def _called(self, node: ast.Call, name: str, given: calls.Given) -> None:
        self._budget.take(1 + sum(len(one.parts) for one in given.all))
        sinks.call(node, name, given, self._report)

    def _block(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        for statement in body:
            self._statement(statement, scope)

    def _statement(self, node: ast.stmt, scope: Scope) -> None:
        look = Evaluator(scope, self._called)
        if isinstance(node, _FUNCTIONS):
            self._enter(node, scope, look)
        elif isinstance(node, ast.ClassDef):
            self._block(node.body, scope.copy())
        elif isinstance(node, ast.If):
            self._if(node, scope, look)
        elif isinstance(node, ast.For | ast.AsyncFor):
            value = look.value(node.iter)
            look.bind(node.target, look.element(value, node.iter))
            self._maybe(node.body, scope)
            self._block(node.orelse, scope)
        elif isinstance(node, ast.While):
            look.value(node.test)
            _look(node.test, scope)
            self._maybe(node.body, scope)
            self._block(node.orelse, scope)
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                value = look.value(item.context_expr)
                if item.optional_vars is not None:
                    look.bind(item.optional_vars, value)
            self._block(node.body, scope)
        elif isinstance(node, ast.Try | ast.TryStar):
            self._try(node, scope)
        elif isinstance(node, ast.Match):
            look.value(node.subject)
            for case in node.cases:
                self._maybe(case.body, scope)
        else:
            self._simple(node, scope, look)

    def _simple(self, node: ast.stmt, scope: Scope, look: Evaluator) -> None:
        if isinstance(node, ast.Assign):
            value = look.value(node.value)
            for target in node.targets:
                look.bind(target, value)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                look.bind(node.target, look.value(node.value))
        elif isinstance(node, ast.AugAssign):
            self._grow(node, look)
        elif isinstance(node, ast.Return) and node.value is not None:
            sinks.returned(look.value(node.value), node, self._function, self._report)
        elif isinstance(node, ast.Expr):
            self._expression(node.value, scope, look)
        elif isinstance(node, ast.Assert):
            look.value(node.test)
            _look(node.test, scope)
        else:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    look.value(child)

    def _expression(self, node: ast.expr, scope: Scope, look: Evaluator) -> None:
        if isinstance(node, ast.Yield) and node.value is not None:
            sinks.returned(look.value(node.value), node, self._function, self._report)
            return
        look.value(node)
        if not isinstance(node, ast.Call):
            return
        if isinstance(node.func, ast.Attribute) and node.func.attr in _ADDS and node.args:
            self._add(node, node.func, scope, look)
        elif names.counts(names.dotted(node.func)) and len(node.args) == 1:
            # `int(x)` by itself is there to fail where it is no number.
            scope.clean((names.dotted(node.args[0]),), EVERY)

    def _add(self, node: ast.Call, func: ast.Attribute, scope: Scope, look: Evaluator) -> None:
        """`list.append(x)` and its like: the list holds what it held, and this."""
        name = names.dotted(func.value)
        known = scope.get(name) if name else None
        if known is None:
            return
        quiet = Evaluator(scope, lambda *_: None)
        value = quiet.value(node.args[-1])
        if known.items is not None:
            new = value.items if func.attr in ("extend", "update") and value.items else (value,)
            scope.set(name, listed((*known.items, *new), node.lineno)._replace(named=known.named))
        elif known.kind == LIST:
            scope.set(name, joined((known, value), node.lineno, LIST)._replace(named=known.named))

    def _grow(self, node: ast.AugAssign, look: Evaluator) -> None:
        """`x += y`, also of lists."""
        if isinstance(node.op, ast.Add):
            target: ast.expr = node.target
            whole = ast.BinOp(target, ast.Add(), node.value)
            value = look.value(ast.copy_location(whole, node))
        elif isinstance(node.op, ast.Mod):
            whole = ast.BinOp(node.target, ast.Mod(), node.value)
            value = look.value(ast.copy_location(whole, node))
        else:
            look.value(node.value)
            value = number(node.lineno)
        look.bind(node.target, value)

    def _enter(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, look: Evaluator
    ) -> None:
        for one in (*node.args.defaults, *(d for d in node.args.kw_defaults if d)):
            look.value(one)
        inner = scope.copy()
        for name, value in given_to(node):
            inner.set(name, value)
        outer, self._function = self._function, node.name
        try:
            self._block(node.body, inner)
        except RecursionError:
            self.lost = self.lost or f"nested too deeply at line {node.lineno}"
        finally:
            self._function = outer

    def _if(self, node: ast.If, scope: Scope, look: Evaluator) -> None:
        look.value(node.test)
        _look(node.test, scope)
        other = scope.copy()
        self._block(node.body, scope)
        self._block(node.orelse, other)
        if _leaves(node.body):
            scope.__dict__.update(other.__dict__)
        elif not _leaves(node.orelse):
            scope.merge(other)

    def _maybe(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        """A block that may be passed over."""
        before = scope.copy()
        self._block(body, scope)
        scope.merge(before)

    def _try(self, node: "ast.Try | ast.TryStar", scope: Scope) -> None:
        before = scope.copy()
        self._block(node.body, scope)
        for handler in node.handlers:
            way = before.copy()
            self._block(handler.body, way)
            if not _leaves(handler.body):
                scope.merge(way)
        self._block(node.orelse, scope)
        self._block(node.finalbody, scope)


def given_to(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, Value]]:
    """The parameters of a function, each with how far it is to be trusted."""
    routed = names.routed(node.decorator_list)
    args = node.args
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    for index, one in enumerate(every):
        if index == 0 and one.arg in ("self", "cls", "mcs"):
            yield one.arg, hole(UNKNOWN, one.arg, one.lineno)
            continue
        level = GIVEN
        if routed is not None and one.arg in routed:
            level = UNKNOWN if routed[one.arg] in _NUMERIC else OUTSIDE
        elif one.arg in _OURS or _is_numeric(one.annotation):
            level = UNKNOWN
        yield one.arg, hole(level, one.arg, one.lineno)
    for rest in (args.vararg, args.kwarg):
        if rest is not None:
            yield rest.arg, hole(GIVEN, rest.arg, rest.lineno)


def _is_numeric(annotation: ast.expr | None) -> bool:
    return annotation is not None and names.dotted(annotation) in _NUMERIC


def _look(test: ast.expr, scope: Scope) -> None:
    for name, purposes in guards.passed(test):
        scope.clean((name,), purposes)


def _leaves(body: Sequence[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], _ENDS)
