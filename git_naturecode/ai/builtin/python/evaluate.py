"""The values of Python expressions, as far as the text of one function tells them."""

import ast
from collections.abc import Callable

from git_naturecode.ai.builtin.python import calls, guards, names
from git_naturecode.ai.builtin.python.scope import Scope
from git_naturecode.ai.builtin.taint import formats
from git_naturecode.ai.builtin.taint.values import (
    EVERY,
    HARMLESS,
    LIST,
    NOTHING,
    NUMBER,
    TEXT,
    UNKNOWN,
    Value,
    constant,
    hole,
    joined,
    listed,
    member,
    number,
    worse,
)
from git_naturecode.ai.builtin.taint.values import OUTSIDE as FROM_OUTSIDE

Called = Callable[[ast.Call, str, "calls.Given"], None]


class Evaluator:
    """Evaluates expressions in a scope, and tells `called` of every call that is in them."""

    def __init__(self, scope: Scope, called: Called) -> None:
        self.scope = scope
        self._called = called

    def value(self, node: ast.expr | None) -> Value:
        """What `node` gives. Recurses as deeply as the expression is nested (RecursionError)."""
        if node is None:
            return NOTHING
        way = _WAYS.get(type(node))
        return way(self, node) if way is not None else self._others(node)

    def _others(self, node: ast.expr) -> Value:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
        return hole(UNKNOWN, "", node.lineno)

    def _constant(self, node: ast.Constant) -> Value:
        if isinstance(node.value, str):
            return constant(node.value)
        if isinstance(node.value, bytes):
            return constant(node.value.decode("latin-1"))
        return constant(str(node.value)[:50], NUMBER) if node.value is not None else NOTHING

    def _name(self, node: ast.Name) -> Value:
        known = self.scope.get(node.id)
        if known is not None:
            return known
        level = HARMLESS if node.id.isupper() or node.id == "__file__" else UNKNOWN
        return hole(level, node.id, node.lineno)

    def _attribute(self, node: ast.Attribute) -> Value:
        name = names.dotted(node)
        if names.is_outside(name):
            self.value(node.value)
            return hole(FROM_OUTSIDE, name, node.lineno)
        known = self.scope.get(name) if name else None
        if known is not None:
            return known
        base = self.value(node.value)
        if node.attr.isupper():
            return hole(HARMLESS, name, node.lineno)
        return member(base, name, node.lineno)

    def _subscript(self, node: ast.Subscript) -> Value:
        base = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            return base
        self.value(node.slice)
        if base.items and isinstance(node.slice, ast.Constant):
            index = node.slice.value
            if isinstance(index, int) and -len(base.items) <= index < len(base.items):
                return base.items[index]
        if base.named and isinstance(node.slice, ast.Constant):
            found = base.named.get(str(node.slice.value))
            if found is not None:
                return found
        return member(base, _text(node), node.lineno)

    def _joined(self, node: ast.JoinedStr) -> Value:
        return joined((self.value(one) for one in node.values), node.lineno)

    def _formatted(self, node: ast.FormattedValue) -> Value:
        spec = node.format_spec
        value = self.value(node.value)
        if isinstance(spec, ast.JoinedStr) and spec.values:
            last = spec.values[-1]
            if isinstance(last, ast.Constant) and formats.is_numeric(str(last.value)):
                return number(node.lineno)
        return value

    def _binary(self, node: ast.BinOp) -> Value:
        if isinstance(node.op, ast.Add):
            return self._sum(node)
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.op, ast.Mod) and left.kind == TEXT:
            return formats.percent(left, right, node.lineno)
        if isinstance(node.op, ast.Mod) and left.kind != NUMBER:
            return joined((left, right), node.lineno)
        if isinstance(node.op, ast.Mult):
            return next((one for one in (left, right) if one.kind in (TEXT, LIST)), number())
        if isinstance(node.op, ast.Div) and NUMBER not in (left.kind, right.kind):
            return joined((left, constant("/"), right), node.lineno)
        return number(node.lineno)

    def _sum(self, node: ast.BinOp) -> Value:
        terms: list[ast.expr] = []
        at: ast.expr = node
        while isinstance(at, ast.BinOp) and isinstance(at.op, ast.Add):
            terms.append(at.right)
            at = at.left
        values = [self.value(one) for one in (at, *reversed(terms))]
        if any(one.kind == NUMBER for one in values):
            return number(node.lineno)
        if all(one.kind == LIST and one.items is not None for one in values):
            return listed([item for one in values for item in one.items or ()], node.lineno)
        whole = joined(values, node.lineno)
        return whole._replace(kind=LIST) if values[0].kind == LIST else whole

    def _either(self, node: ast.BoolOp) -> Value:
        value = NOTHING
        for one in node.values:
            value = worse(value, self.value(one))
            self._look(one)
        return value

    def _choice(self, node: ast.IfExp) -> Value:
        self.value(node.test)
        self._look(node.test)
        return worse(self.value(node.body), self.value(node.orelse))

    def _compared(self, node: ast.Compare) -> Value:
        for one in (node.left, *node.comparators):
            self.value(one)
        return number(node.lineno)

    def _unary(self, node: ast.UnaryOp) -> Value:
        self.value(node.operand)
        return number(node.lineno)

    def _list(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        return listed([self.value(one) for one in node.elts], node.lineno)

    def _mapping(self, node: ast.Dict) -> Value:
        named, values = {}, []
        for key, each in zip(node.keys, node.values, strict=True):
            value = self.value(each)
            values.append(value)
            if isinstance(key, ast.Constant):
                named[str(key.value)] = value
            elif key is not None:
                self.value(key)
        return joined(values, node.lineno, LIST)._replace(named=named)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
        self._generators(node.generators)
        item = self.value(node.elt)
        return listed([item], node.lineno)

    def _dict_comprehension(self, node: ast.DictComp) -> Value:
        self._generators(node.generators)
        self.value(node.key)
        return joined([self.value(node.value)], node.lineno, LIST)

    def _generators(self, generators: list[ast.comprehension]) -> None:
        for one in generators:
            self.bind(one.target, self.element(self.value(one.iter), one.iter))
            for test in one.ifs:
                self.value(test)
                self._look(test)

    def _lambda(self, node: ast.Lambda) -> Value:
        self.value(node.body)
        return number(node.lineno)

    def _inner(self, node: ast.Await | ast.Starred | ast.YieldFrom) -> Value:
        return self.value(node.value)

    def _yielded(self, node: ast.Yield) -> Value:
        self.value(node.value)
        return hole(UNKNOWN, "", node.lineno)

    def _named(self, node: ast.NamedExpr) -> Value:
        value = self.value(node.value)
        self.bind(node.target, value)
        return value

    def _call(self, node: ast.Call) -> Value:
        name = names.dotted(node.func)
        on = self.value(node.func.value) if isinstance(node.func, ast.Attribute) else None
        if on is None and not isinstance(node.func, ast.Name):
            self.value(node.func)
        given = calls.Given(
            on,
            tuple(self.value(one) for one in node.args if not isinstance(one, ast.Starred)),
            {one.arg: self.value(one.value) for one in node.keywords if one.arg},
            self._unpacked(node),
        )
        self._called(node, name, given)
        if names.checks(name):
            self.scope.clean((n for one in node.args for n in _plain(one)), EVERY)
        return calls.result(node, name, given)

    def _unpacked(self, node: ast.Call) -> Value | None:
        rest = [self.value(one.value) for one in node.args if isinstance(one, ast.Starred)]
        rest += [self.value(one.value) for one in node.keywords if not one.arg]
        if not rest:
            return None
        worst = rest[0]
        for one in rest[1:]:
            worst = worse(worst, one)
        if len(worst.holes) < 2:
            return worst
        name = max(worst.holes, key=lambda one: one.level).name
        return member(worst, name, node.lineno)._replace(named=worst.named)

    def _look(self, test: ast.expr) -> None:
        for name, purposes in guards.passed(test):
            self.scope.clean((name,), purposes)

    def element(self, value: Value, node: ast.expr) -> Value:
        """What one gets by going through `value`."""
        if value.items:
            worst = value.items[0]
            for one in value.items[1:50]:
                worst = worse(worst, one)
            return worst
        return member(value, _text(node), node.lineno) if value.parts else value

    def bind(self, target: ast.expr, value: Value) -> None:
        """Let what stands on the left of an assignment hold `value`."""
        if isinstance(target, ast.Tuple | ast.List):
            items = value.items if value.items and len(value.items) == len(target.elts) else None
            for index, one in enumerate(target.elts):
                self.bind(one, items[index] if items else _part(value, one))
        elif isinstance(target, ast.Starred):
            self.bind(target.value, value)
        elif isinstance(target, ast.Name | ast.Attribute):
            if name := names.dotted(target):
                self.scope.set(name, value)
        elif isinstance(target, ast.Subscript):
            name = names.dotted(target.value)
            known = self.scope.get(name) if name else None
            if known is not None:
                self.scope.set(name, _with(known, target, value))


def _part(value: Value, target: ast.expr) -> Value:
    if not value.parts:
        return value
    return member(value, names.dotted(target), target.lineno)


def _with(known: Value, target: ast.Subscript, value: Value) -> Value:
    """A list or mapping after one of its members was set."""
    named = known.named
    if isinstance(target.slice, ast.Constant):
        named = {**(named or {}), str(target.slice.value): value}
    whole = joined((known, value), target.lineno, known.kind)
    return whole._replace(named=named)


def _text(node: ast.expr) -> str:
    """The code of `node`, where it is short."""
    name = names.dotted(node)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant | ast.Name):
        inside = node.slice.id if isinstance(node.slice, ast.Name) else repr(node.slice.value)
        return f"{name}[{inside[:40]}]"
    return name


def _plain(node: ast.expr) -> list[str]:
    return [names.dotted(node)] if isinstance(node, ast.Name | ast.Attribute) else []


_WAYS: "dict[type[ast.expr], Callable[..., Value]]" = {
    ast.Constant: Evaluator._constant, ast.Name: Evaluator._name,
    ast.Attribute: Evaluator._attribute, ast.Subscript: Evaluator._subscript,
    ast.JoinedStr: Evaluator._joined, ast.FormattedValue: Evaluator._formatted,
    ast.BinOp: Evaluator._binary, ast.BoolOp: Evaluator._either, ast.IfExp: Evaluator._choice,
    ast.Compare: Evaluator._compared, ast.UnaryOp: Evaluator._unary, ast.List: Evaluator._list,
    ast.Tuple: Evaluator._list, ast.Set: Evaluator._list, ast.Dict: Evaluator._mapping,
    ast.ListComp: Evaluator._comprehension, ast.SetComp: Evaluator._comprehension,
    ast.GeneratorExp: Evaluator._comprehension, ast.DictComp: Evaluator._dict_comprehension,
    ast.Lambda: Evaluator._lambda, ast.Await: Evaluator._inner, ast.Starred: Evaluator._inner,
    ast.YieldFrom: Evaluator._inner, ast.Yield: Evaluator._yielded, ast.Call: Evaluator._call,
    ast.NamedExpr: Evaluator._named,
}  # fmt: skip
