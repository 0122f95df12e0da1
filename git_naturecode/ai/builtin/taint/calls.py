"""What calls give back in any language: what they are called on, a path, or what nobody knows."""

from collections.abc import Collection, Iterable

from git_naturecode.ai.builtin.taint.values import (
    GIVEN,
    HARMLESS,
    OUTSIDE,
    UNKNOWN,
    Value,
    constant,
    hole,
    joined,
    member,
)


def path(parts: Iterable[Value], line: int) -> Value:
    """The path that `parts` add up to, with a slash between two of them."""
    made: list[Value] = []
    for one in parts:
        made += [constant("/"), one] if made else [one]
    return joined(made, line)


def of_its_own(
    on: Value,
    short: str,
    called: str,
    line: int,
    same: Collection[str],
    through: Collection[str],
) -> Value | None:
    """What the method `short` of `on` gives: `on` in another form for those that are `same`, a
    part of it for what is not known at all; None for functions that give on what they are given
    (`through`), and for what nobody has said anything outside of."""
    if short in same and on.parts:
        return on
    if on.level > UNKNOWN and short not in through:
        return member(on, called, line)
    return None


def unknown(given: Iterable[Value], name: str, line: int) -> Value:
    """Another function may do anything with what it is given; a little less sure at each step."""
    worst = max((one.level for one in given), default=HARMLESS)
    return hole(GIVEN if worst == OUTSIDE else UNKNOWN, f"{name}(...)" if name else "", line)
