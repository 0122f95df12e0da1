"""Templates in Python code: engines that do not escape, JSON that is put into pages."""

import ast
import re

from git_naturecode.ai.builtin.found import Found
from git_naturecode.ai.builtin.python import names
from git_naturecode.ai.builtin.python.calls import Given

_RENDERS = frozenset((
    "render", "render_to_response", "render_template", "render_to_string", "TemplateResponse",
    "SimpleTemplateResponse", "render_mako", "render_html",
))  # fmt: skip
_BOOLEAN = (ast.Compare, ast.Constant)
_PLAIN_FILE = re.compile(r"\.(?:txt|ya?ml|json|conf|cfg|ini|toml|xml|tex|sh|sql|py)\b", re.I)


def engine(node: ast.Call, name: str, given: Given) -> Found | None:
    """An environment of Jinja that puts values into pages as they are."""
    if names.last(name) != "Environment" or not _of_jinja(name, given):
        return None
    if "autoescape" in given.named or (given.rest is not None and _told(given)):
        off = next((one.value for one in node.keywords if one.arg == "autoescape"), None)
        if not (isinstance(off, ast.Constant) and off.value is False):
            return None
    return Found(
        "nc/python/no-autoescape", "medium", 0.6,
        "This template environment does not escape: values get into pages as markup. Give it "
        "`autoescape=True` (or `select_autoescape()`).",
        node.lineno, node.end_lineno or node.lineno, "CWE-79",
    )  # fmt: skip


def _of_jinja(name: str, given: Given) -> bool:
    return "jinja" in name or "loader" in given.named or "autoescape" in given.named


def _told(given: Given) -> bool:
    return bool(given.rest and given.rest.named and "autoescape" in given.rest.named)


def json_in_page(node: ast.Call, name: str) -> list[Found]:
    """JSON that is made for a template: `</script>` in a text of it would end the script there."""
    if names.last(name) not in _RENDERS:
        return []
    first = node.args[0] if node.args else None
    if isinstance(first, ast.Constant) and _PLAIN_FILE.search(str(first.value)):
        return []
    dumps = [
        one
        for given in (*node.args, *(keyword.value for keyword in node.keywords))
        for one in _values(given)
        if isinstance(one, ast.Call) and _is_dumps(one)
    ]
    return [
        Found(
            "nc/python/json-in-page", "medium", 0.5,
            "JSON that is put into a page can end its script: a text with `</script>` in it is "
            "read as markup. Use `json_script`, or an encoder that escapes `<`, `>` and `&`.",
            one.lineno, one.end_lineno or one.lineno, "CWE-79",
        )
        for one in dumps
    ]  # fmt: skip


def _values(given: ast.expr) -> list[ast.expr]:
    return list(given.values) if isinstance(given, ast.Dict) else [given]


def _is_dumps(node: ast.Call) -> bool:
    if names.dotted(node.func) not in ("json.dumps", "simplejson.dumps", "dumps", "ujson.dumps"):
        return False
    if any(one.arg in ("cls", "default") for one in node.keywords) or not node.args:
        return False
    return not _is_boolean(node.args[0])


def _is_boolean(node: ast.expr) -> bool:
    if isinstance(node, ast.BoolOp):
        return all(_is_boolean(one) for one in node.values)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    if isinstance(node, ast.Call):
        return names.asks(names.dotted(node.func).rpartition(".")[2]) or names.counts(
            names.dotted(node.func)
        )
    return isinstance(node, _BOOLEAN)
