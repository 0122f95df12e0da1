"""What calls in Python give back: formatted texts, cleaned values, numbers, parts of things."""

import ast
from collections.abc import Mapping
from typing import NamedTuple

from git_naturecode.ai.builtin.python import names
from git_naturecode.ai.builtin.taint import calls, formats
from git_naturecode.ai.builtin.taint.values import (
    EVERY,
    HTML,
    LIST,
    OUTSIDE,
    PATH,
    RESOLVED,
    TEXT,
    UNKNOWN,
    Value,
    constant,
    hole,
    joined,
    listed,
    number,
)

# Methods whose result is the text that they are called on, in another form.
_SAME = frozenset((
    "strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize", "replace", "encode",
    "decode", "expandtabs", "zfill", "ljust", "rjust", "center", "casefold", "swapcase",
    "removeprefix", "removesuffix", "copy", "translate", "expanduser", "expandvars", "absolute",
    "as_posix", "items",
))  # fmt: skip
# Functions whose result is what they are given, in another form.
_THROUGH = frozenset((
    "str", "unicode", "bytes", "bytearray", "repr", "text", "text_type", "smart_str",
    "smart_text", "force_str", "force_text", "force_bytes", "to_native", "to_unicode",
    "to_bytes", "ensure_str", "ensure_text", "ensure_binary", "native_str", "dedent", "fill",
    "Markup", "mark_safe", "SafeString", "HTML", "raw", "Path", "PurePath", "PosixPath",
    "abspath", "realpath", "normpath", "fsencode", "fsdecode", "expanduser", "expandvars",
    "unquote", "unquote_plus", "TextClause", "deepcopy", "copy", "iter", "reversed", "sorted",
    "list", "tuple", "set", "frozenset", "next", "resolve",
))  # fmt: skip
_RESOLVES = frozenset(("abspath", "realpath", "normpath", "resolve"))


class Given(NamedTuple):
    """What a call is given: what its method is called on, arguments, names, what was unpacked."""

    on: Value | None
    args: tuple[Value, ...]
    named: Mapping[str, Value]
    rest: Value | None

    def at(self, index: int, *keys: str) -> Value | None:
        """The argument at `index`, or under one of the names `keys`."""
        if index < len(self.args):
            return self.args[index]
        return next((self.named[key] for key in keys if key in self.named), None)

    @property
    def all(self) -> list[Value]:
        """Everything it is given, without what its method is called on."""
        return [*self.args, *self.named.values(), *([self.rest] if self.rest else [])]


def result(node: ast.Call, name: str, given: Given) -> Value:
    """What the call `node` of the function `name` gives."""
    short, line = names.last(name), node.lineno
    if names.is_outside(name):
        return hole(OUTSIDE, name, line)
    if names.counts(name) or (names.asks(name) and short != "all"):
        return number(line)
    if clean := names.cleans(name):
        return _through(given, name, line).cleaned(clean)
    if _says_escape(node):
        return _through(given, name, line).cleaned(EVERY)
    if given.on is not None and isinstance(node.func, ast.Attribute):
        found = _method(node, short, given)
        if found is not None:
            return found
    if short in _THROUGH:
        value = _through(given, name, line)
        return value.cleaned((RESOLVED,)) if short in _RESOLVES else value
    return calls.unknown(given.all, name, line)


def _method(node: ast.Call, short: str, given: Given) -> Value | None:
    on, line = given.on, node.lineno
    assert on is not None
    if short == "format":
        if on.kind != TEXT:
            return _query_object(node, on, given)
        return formats.fields(on, given.args, given.named, given.rest, line)
    if short == "format_map" and given.args and on.kind == TEXT:
        return formats.fields(on, (), given.args[0].named or {}, given.args[0], line)
    if short == "join":
        if on.kind == TEXT and len(given.args) == 1:
            return formats.join(on, given.args[0], line)
        return _path(given, line)
    if short == "joinpath":
        return _path(given._replace(args=(on, *given.args)), line)
    if short in ("sub", "replace") and (clean := _taken_out(node)):
        return _through(
            given._replace(args=given.args[2:] if short == "sub" else (on,)), "", line
        ).cleaned(clean)
    if short in ("split", "rsplit", "splitlines", "partition"):
        return listed([on._replace(lines=on.lines)], line) if on.parts else on
    return calls.of_its_own(on, short, names.dotted(node), line, _SAME, _THROUGH)


def _path(given: Given, line: int) -> Value:
    return calls.path((*given.args, *([given.rest] if given.rest else [])), line)


def _taken_out(node: ast.Call) -> frozenset[str]:
    """For what a text is clean after characters were replaced in it (`re.sub`, `replace`)."""
    first = node.args[0] if node.args else None
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return frozenset()
    what = first.value
    if names.dotted(node.func) == "re.sub":
        if "[^" in what or "\\W" in what:
            return EVERY
        return frozenset((PATH,)) if "/" in what or "\\." in what else frozenset()
    if what in ("..", "../", "/", "\\"):
        return frozenset((PATH,))
    return frozenset((HTML,)) if what == "<" else frozenset()


def _query_object(node: ast.Call, on: Value, given: Given) -> Value:
    """`sql.SQL(...).format(...)` of psycopg, which quotes what it is given; else a text."""
    if isinstance(node.func, ast.Attribute) and names.last(names.dotted(node.func.value)) == "SQL":
        return on
    return joined((on, *given.all), node.lineno)


def _through(given: Given, name: str, line: int) -> Value:
    value = given.args[0] if given.args else next(iter(given.named.values()), None)
    if value is None:
        return given.on if given.on is not None and given.on.parts else hole(UNKNOWN, name, line)
    if value.kind == LIST and value.items is None and value.named is None:
        return value
    return value if value.parts else constant("")


def _says_escape(node: ast.Call) -> bool:
    """True for a call that is told to escape by an argument (`escape=True`)."""
    return any(
        one.arg and "escape" in one.arg and isinstance(one.value, ast.Constant) and one.value.value
        for one in node.keywords
    )
