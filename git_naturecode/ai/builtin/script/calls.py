"""What calls in JavaScript give back, and which values they look at."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from git_naturecode.ai.builtin.script import names
from git_naturecode.ai.builtin.taint import calls, formats
from git_naturecode.ai.builtin.taint.values import (
    EVERY,
    HARMLESS,
    HTML,
    LIST,
    OUTSIDE,
    PATH,
    PATH_IF_RESOLVED,
    RESOLVED,
    TEXT,
    Value,
    constant,
    hole,
    joined,
    listed,
    member,
)

_SAME = frozenset((
    "trim", "toLowerCase", "toUpperCase", "toString", "slice", "substring", "substr", "replace",
    "replaceAll", "padStart", "padEnd", "normalize", "concat", "trimEnd", "trimStart", "repeat",
    "filter", "sort", "reverse", "flat", "decode", "valueOf",
))  # fmt: skip
_THROUGH = frozenset((
    "String", "decodeURIComponent", "decodeURI", "unescape", "resolve", "normalize", "from",
    "stringify", "parse", "raw", "of",
))  # fmt: skip


class Given(NamedTuple):
    """What a call is given: what it is called on, the values, and the plain words among them."""

    on: Value | None
    args: tuple[Value, ...]
    words: tuple[str, ...]


def result(name: str, given: Given, line: int, callee: Value | None) -> Value:
    """What the call of `name` gives."""
    short = names.last(name)
    if names.is_outside(name):
        return hole(OUTSIDE, name, line)
    if short in ("replace", "replaceAll") and given.on is not None:
        return _replaced(given)
    if clean := names.cleans(name):
        return _first(given, name, line).cleaned(clean)
    if given.on is not None:
        found = _method(name, short, given, line)
        if found is not None:
            return found
    if short in _THROUGH and given.args:
        return given.args[0]
    return calls.unknown(given.args, name, line)


def _method(name: str, short: str, given: Given, line: int) -> Value | None:
    on = given.on
    assert on is not None
    if short == "join" and name.startswith(("path.", "posix.", "upath.")):
        return _path(given.args, line)
    if short == "resolve" and name.startswith("path."):
        return _path(given.args, line)
    if short == "join" and on.kind == LIST:
        return formats.join(given.args[0] if given.args else constant(","), on, line)
    if short == "concat" and on.kind == TEXT:
        return joined((on, *given.args), line)
    if short == "map" and on.items:
        return listed([member(one, f"{name}(...)", line) for one in on.items], line)
    if short == "split" and on.parts:
        return member(on, name, line)
    return calls.of_its_own(on, short, name, line, _SAME, _THROUGH)


def _path(args: tuple[Value, ...], line: int) -> Value:
    return calls.path(args, line).cleaned((RESOLVED,))  # it takes `..` out where it can


def _replaced(given: Given) -> Value:
    """A text after some of its characters were replaced."""
    on = given.on
    assert on is not None
    what = given.args[0].literal if given.args else ""
    if "[^" in what or "\\W" in what:
        return on.cleaned(EVERY)
    if "<" in what:
        return on.cleaned((HTML,))
    return on.cleaned((PATH,)) if re.search(r"\.\.|\\\.|/\\?/|\\/", what) else on


def _first(given: Given, name: str, line: int) -> Value:
    for value in (*given.args, given.on):
        if value is not None and value.parts:
            return value
    return hole(HARMLESS, name, line)


def looked_at(name: str, given: Given) -> Iterator[tuple[str, frozenset[str]]]:
    """The names whose values the call of `name` looks at, each with what it is then good for."""
    on, _, short = name.rpartition(".")
    if short == "startsWith" and on:
        yield on, frozenset((PATH_IF_RESOLVED,))
    elif short in ("includes", "indexOf", "has"):
        what = given.args[0].literal if given.args else ""
        if what in ("..", "../", "/", "\\", "\0"):
            yield on, frozenset((PATH,))
        elif names.is_allowed(on) or (given.on is not None and given.on.kind == LIST):
            yield from ((word, EVERY) for word in given.words)
    elif (short == "test" and on.startswith("/")) or short == "isAbsolute" or names.checks(name):
        yield from ((word, EVERY) for word in given.words)
