"""What is known of a value: its text, with holes where other values were put into it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

# How little a value is to be trusted: a number or a constant; anything; what the function was
# given; what came from outside of the program.
HARMLESS, UNKNOWN, GIVEN, OUTSIDE = range(4)
SQL, SHELL, PATH, HTML = "sql", "shell", "path", "html"
EVERY = frozenset((SQL, SHELL, PATH, HTML))
# Not for what a value is clean, but that it is a path as it really is, without `..` in it; and that
# a path was looked at which makes it clean only if it is one of those.
RESOLVED, PATH_IF_RESOLVED = "resolved", "path if resolved"
TEXT, LIST, NUMBER, THING = "text", "list", "number", "thing"
_MOST_PARTS, _MOST_TEXT, _MOST_LINES = 300, 20_000, 12
_MOST_NAME = 60


class Hole(NamedTuple):
    """A value in a text: how far it is trusted, how the code calls it, for what it was cleaned."""

    level: int
    name: str
    line: int = 0
    clean: frozenset[str] = frozenset()


Part = str | Hole


class Value(NamedTuple):
    """A text in parts. `items` are the members of a list, `named` those of a mapping.

    `lines` are those on which it was put together.
    """

    parts: tuple[Part, ...]
    kind: str = THING
    items: "tuple[Value, ...] | None" = None
    named: "Mapping[str, Value] | None" = None
    lines: frozenset[int] = frozenset()

    @property
    def holes(self) -> list[Hole]:
        """The values that were put in."""
        return [part for part in self.parts if not isinstance(part, str)]

    @property
    def level(self) -> int:
        """The least trusted of them."""
        return max((hole.level for hole in self.holes), default=HARMLESS)

    @property
    def literal(self) -> str:
        """What stands in the code as text."""
        return "".join(part for part in self.parts if isinstance(part, str))

    @property
    def built(self) -> bool:
        """True where a text was put together of several parts."""
        return len(self.parts) > 1

    def dirty(self, purpose: str, least: int = UNKNOWN) -> list[Hole]:
        """The holes of at least level `least` that were not cleaned for `purpose`."""
        return [h for h in self.holes if h.level >= least and purpose not in h.clean]

    def cleaned(self, purposes: Iterable[str]) -> "Value":
        """The same value, its holes clean for `purposes`."""
        more = frozenset(purposes)
        parts = tuple(
            part if isinstance(part, str) else part._replace(clean=_with(part.clean, more))
            for part in self.parts
        )
        items = self.items and tuple(item.cleaned(more) for item in self.items)
        return self._replace(parts=parts, items=items)


def _with(clean: frozenset[str], more: frozenset[str]) -> frozenset[str]:
    """For what a value is clean that was so for `clean`, after it was looked at for `more`."""
    if PATH_IF_RESOLVED not in more:
        return clean | more
    return clean | {PATH} if RESOLVED in clean else clean


def constant(text: str, kind: str = TEXT) -> Value:
    """What the code says literally."""
    return Value((text[:_MOST_TEXT],) if text else (), kind)


def hole(level: int, name: str, line: int = 0, kind: str = THING) -> Value:
    """A value of which no more is known than what it is called and how far it is trusted."""
    return Value((Hole(level, name[:_MOST_NAME], line),), kind)


NOTHING = constant("", NUMBER)


def number(line: int = 0) -> Value:
    """Something that is a number, or as harmless as one."""
    return hole(HARMLESS, "a number", line, NUMBER)


def joined(values: Iterable[Value], line: int = 0, kind: str = TEXT) -> Value:
    """The texts of `values` one after the other, bounded in length."""
    parts: list[Part] = []
    lines: set[int] = {line} if line else set()
    size = 0
    for value in values:
        lines |= value.lines
        for part in value.parts:
            if isinstance(part, str):
                size += len(part)
                if parts and isinstance(parts[-1], str):
                    parts[-1] += part
                    continue
            parts.append(part)
        if len(parts) > _MOST_PARTS or size > _MOST_TEXT:
            break
    return Value(tuple(parts[:_MOST_PARTS]), kind, lines=few(lines))


def few(lines: Iterable[int]) -> frozenset[int]:
    """At most as many of `lines` as anybody wants to be told."""
    return frozenset(sorted(lines)[-_MOST_LINES:])


def listed(items: Iterable[Value], line: int = 0) -> Value:
    """A list: its parts are those of its members."""
    kept = tuple(items)[:_MOST_PARTS]
    whole = joined(kept, line, LIST)
    return whole._replace(items=kept)


def member(value: Value, name: str, line: int) -> Value:
    """What is got out of `value` by a name or an index, or by a method of its own."""
    level = value.level if value.parts else UNKNOWN
    clean = (
        frozenset.intersection(*(one.clean for one in value.holes)) if value.holes else frozenset()
    )
    return Value((Hole(level, name[:_MOST_NAME], line, clean),), THING, lines=value.lines)


def worse(one: Value, other: Value) -> Value:
    """Which of two values is trusted less: what a name may hold after either of two ways."""
    return other if _risk(other) > _risk(one) else one


def _risk(value: Value) -> tuple[int, int, int]:
    risks = [(4 * hole.level - len(hole.clean)) for hole in value.holes]
    return max(risks, default=0), len(risks), len(value.parts)
