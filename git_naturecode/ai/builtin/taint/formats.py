"""Texts that are put together by a pattern: `%`, `format`, `join`."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from git_naturecode.ai.builtin.taint.values import (
    HARMLESS,
    LIST,
    Hole,
    Value,
    constant,
    hole,
    joined,
    number,
)

# printf-style formatting, and the replacement fields of str.format (the Python library reference).
_PERCENT = re.compile(r"%(?:\(([^()]{0,80})\))?[#0 +-]{0,5}(?:\*|\d{0,9})(?:\.\d{0,9})?(.)")
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}:!]{0,80})(![rsa])?(:[^{}]{0,80})?\}")
_NUMERIC = frozenset("diouxXeEfFgGbn")


def is_numeric(spec: str) -> bool:
    """True for a format that only a number can have (`:d`, `:.2f`)."""
    return bool(spec) and spec[-1] in _NUMERIC


def percent(pattern: Value, given: Value, line: int) -> Value:
    """`pattern % given`."""
    items = list(given.items) if given.items is not None else [given]
    taken = iter(items)
    named = given.named

    def put(text: str) -> Iterator[Value]:
        done = 0
        for found in _PERCENT.finditer(text):
            yield constant(text[done : found.start()])
            done = found.end()
            yield _value(found)
        yield constant(text[done:])

    def _value(found: "re.Match[str]") -> Value:
        if found[2] == "%":
            return constant("%")
        if found[1] is not None and named is not None:
            value = named.get(found[1])
        else:
            value = next(taken, None)
        if found[2] in _NUMERIC:
            return number(line)
        return value if value is not None else _rest(given, line)

    return _filled(pattern, put, line)


def fields(
    pattern: Value,
    given: Sequence[Value],
    named: Mapping[str, Value],
    rest: Value | None,
    line: int,
) -> Value:
    """`pattern.format(*given, **named)`; `rest` is what stands for arguments that were unpacked."""
    counter = iter(range(1000))

    def put(text: str) -> Iterator[Value]:
        done = 0
        for found in _FIELD.finditer(text):
            yield constant(text[done : found.start()])
            done = found.end()
            yield constant(found[0][0]) if len(found[0]) == 2 and found[1] is None else value(found)
        yield constant(text[done:])

    def value(found: "re.Match[str]") -> Value:
        if found[3] and is_numeric(found[3]):
            return number(line)
        name = re.split(r"[.\[]", found[1], maxsplit=1)[0]
        if name.isdecimal() or not name:
            index = int(name[:6]) if name else next(counter, 0)
            return given[index] if index < len(given) else rest or hole(HARMLESS, "", line)
        return named.get(name) or rest or hole(HARMLESS, name, line)

    return _filled(pattern, put, line)


def join(between: Value, items: Value, line: int) -> Value:
    """`between.join(items)`."""
    if items.items is None:
        return joined([items], line)
    parts: list[Value] = []
    for item in items.items:
        parts += [between, item] if parts else [item]
    return joined(parts, line)


def _filled(pattern: Value, put: Callable[[str], Iterator[Value]], line: int) -> Value:
    parts: list[Value] = []
    for part in pattern.parts:
        parts += put(part) if isinstance(part, str) else [Value((part,))]
    whole = joined(parts, line)
    return whole._replace(lines=whole.lines | pattern.lines)


def _rest(given: Value, line: int) -> Value:
    """One of the members of something that was given as a whole."""
    if given.kind == LIST and not given.parts:
        return number(line)
    worst = max(given.holes, key=lambda one: one.level, default=Hole(HARMLESS, "", line))
    return Value((worst,))
