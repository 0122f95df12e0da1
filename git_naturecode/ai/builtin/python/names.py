"""How Python code calls things: dotted names, sources of untrusted values, what cleans them."""

import ast
import re

from git_naturecode.ai.builtin.taint.values import EVERY, HTML, PATH, SHELL, SQL

_REQUEST = re.compile(
    r"(?:^|\.)(?:request|req)\.(?:args|form|values|json|data|cookies|headers|files|params|GET|POST"
    r"|FILES|COOKIES|META|body|query|query_params|query_string|get_json|get_data|match_info|forms"
    r"|path|path_info|full_path|url|rel_url|post|urlvars|get_argument|arguments|QUERY_PARAMS|DATA)\b"
)
_OUTSIDE = re.compile(
    r"^(?:sys\.argv|cgi\.FieldStorage|input|raw_input|web\.input|self\.get_(?:query_|body_)?arguments?"
    r"|self\.path_kwargs|event\[?.?queryStringParameters)\b"
)
_ROUTE = re.compile(r"(?:^|\.)(?:route|get|post|put|patch|delete|websocket|api_route|view|expose)$")
_ROUTED = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>|\{(\w+)(?::(\w+))?\}")

# Functions by their last name, and for what their results are clean.
_CLEANS = {
    "quote": {SHELL, HTML}, "quote_plus": {SHELL, HTML, PATH}, "urlencode": {SHELL, HTML, PATH},
    "shell_quote": {SHELL}, "shellquote": {SHELL}, "list2cmdline": set(), "mkarg": {SHELL},
    "escape": {HTML, SQL}, "conditional_escape": {HTML}, "force_escape": {HTML},
    "escapejs": {HTML}, "xhtml_escape": {HTML}, "html_escape": {HTML}, "escape_html": {HTML},
    "clean": {HTML}, "linkify": {HTML}, "striptags": {HTML}, "strip_tags": {HTML},
    "format_html": {HTML}, "format_html_join": {HTML}, "json_script": {HTML}, "slugify": EVERY,
    "render_template": {HTML}, "render_to_string": {HTML}, "get_template": {HTML},
    "escape_string": {SQL}, "real_escape_string": {SQL}, "quote_ident": {SQL}, "quote_name": {SQL},
    "quote_identifier": {SQL}, "Identifier": {SQL}, "Literal": {SQL}, "SQL": {SQL}, "adapt": {SQL},
    "mogrify": {SQL}, "bindparam": {SQL}, "sql_quote": {SQL}, "literal_column": set(),
    "secure_filename": {PATH}, "safe_join": {PATH}, "basename": {PATH}, "get_valid_name": {PATH},
    "get_valid_filename": {PATH}, "b64encode": EVERY, "hexlify": EVERY, "hexdigest": EVERY,
    "md5": EVERY, "sha1": EVERY, "sha256": EVERY, "uuid4": EVERY, "uuid1": EVERY, "UUID": EVERY,
    "mktemp": EVERY, "mkdtemp": EVERY, "mkstemp": EVERY, "gettempdir": EVERY, "getcwd": EVERY,
}  # fmt: skip
_GENERIC = re.compile(
    r"saniti[sz]|escap(?:e|ed)_|_escape|whitelist|allow_?list|quote_|_quote", re.I
)
_CHECKS = re.compile(
    r"saniti[sz]e|valid(?:ate|ated|_|$)|is_safe|is_valid|check_\w*(?:inject|safe|valid|path|name|arg)"
    r"|verify_\w*(?:path|name|arg)|assert_\w*safe|whitelist|allow_?list|is_allowed|is_within"
    r"|is_relative_to|is_sub\w*|is_in_dir",
    re.I,
)
_NUMBERS = frozenset((
    "int", "float", "len", "bool", "ord", "abs", "round", "sum", "hash", "id", "count", "time",
    "monotonic", "utcnow", "now", "today", "timestamp", "getpid", "randint", "random",
    "randrange", "perf_counter", "isoformat", "strftime", "Decimal",
))  # fmt: skip
_BOOLEAN = re.compile(
    r"^(?:is|has|can|may|should|was|are|exists|isinstance|any|all|startswith)(?:_|$)"
)


def dotted(node: ast.AST) -> str:
    """The name of `node` as the code has it, with calls and indices left out; "" for none."""
    names: list[str] = []
    for _ in range(30):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript | ast.Await):
            node = node.value
        elif isinstance(node, ast.Name):
            names.append(node.id)
            break
        else:
            names.append("")
            break
    return ".".join(reversed(names))


def last(name: str) -> str:
    """The last name of a dotted one."""
    return name.rpartition(".")[2]


def is_outside(name: str) -> bool:
    """True for a name under which code gets at what came from outside."""
    return bool(_REQUEST.search(name) or _OUTSIDE.match(name))


def cleans(name: str) -> frozenset[str]:
    """For what the result of the function `name` is clean."""
    known = _CLEANS.get(last(name))
    if known is not None:
        return frozenset(known)
    return EVERY if _GENERIC.search(last(name)) else frozenset()


def checks(name: str) -> bool:
    """True for the name of a function that looks whether what it is given may pass."""
    return bool(_CHECKS.search(last(name)))


def counts(name: str) -> bool:
    """True for a function whose result is a number, or a time."""
    return last(name) in _NUMBERS


def asks(name: str) -> bool:
    """True for a function that answers yes or no."""
    return bool(_BOOLEAN.match(last(name)))


def routed(decorators: list[ast.expr]) -> "dict[str, str] | None":
    """The parameters that a web framework fills from a route, with their converters.

    None for a function that no route leads to.
    """
    found: dict[str, str] | None = None
    for decorator in decorators:
        if not isinstance(decorator, ast.Call) or not _ROUTE.search(dotted(decorator.func)):
            continue
        found = found or {}
        for given in decorator.args[:1]:
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                for kind, name, brace, after in _ROUTED.findall(given.value[:1000]):
                    found[name or brace] = kind or after
    return found
