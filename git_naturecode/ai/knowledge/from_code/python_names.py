"""Names in syntax trees of Python as they are spelled."""

import ast
from collections.abc import Iterator

_MOST = 20  # names joined by dots


def dotted(node: ast.AST) -> str:
    """`a.b.c` for such an expression, also where it is called or subscripted; "" for others."""
    names: list[str] = []
    for _ in range(2 * _MOST):
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Name):
            return ".".join((node.id, *reversed(names)))
        else:
            return ""
    return ""


def walk(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes, in no order that means anything; twice as fast as that of the library."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                waiting += [one for one in value if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST):
                waiting.append(value)


def spelled(node: ast.AST | None) -> str:
    """The same of nothing but names with dots; "" for others."""
    return dotted(node) if isinstance(node, ast.Name | ast.Attribute) else ""


def text_of(node: ast.AST | None) -> str | None:
    """The text of a constant that is one; None for others."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def literal(node: ast.AST | None) -> str:
    """A default as the code has it where that is short and plain, else "" or `…`."""
    if node is None:
        return ""
    if isinstance(node, ast.Constant):
        return repr(node.value)[:60]
    if isinstance(node, ast.Name | ast.Attribute):
        return dotted(node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
        return f"-{node.operand.value!r}" if isinstance(node.op, ast.USub) else "…"
    if isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.Set):
        inside = node.keys if isinstance(node, ast.Dict) else node.elts
        empty = {ast.List: "[]", ast.Tuple: "()", ast.Dict: "{}", ast.Set: "set()"}
        return "…" if inside else empty[type(node)]
    return "…"
