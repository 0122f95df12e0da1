"""What is wrong with a Python text: every rule that looks at its syntax trees."""

from collections.abc import Callable, Iterator

from git_naturecode.ai.builtin.found import MAINTAINABILITY, PERFORMANCE, SECURITY, Found, Looked
from git_naturecode.ai.builtin.python import evident, loops, upkeep
from git_naturecode.ai.builtin.python.flow import Flow
from git_naturecode.ai.builtin.python.parse import Parsed, parse


def look(text: str, wanted: Callable[[str], bool]) -> Looked:
    """What the rules find in `text` for the aspects that are `wanted`."""
    parsed = parse(text)
    found: list[Found] = []
    why = f"{parsed.lost} lines are no Python" if parsed.lost else ""
    if wanted(SECURITY):
        flow = Flow()
        for tree in parsed.trees:
            flow.module(tree)
        found += flow.found
        why = flow.lost or why
    found += _others(parsed, wanted)
    return Looked(found, why)


def _others(parsed: Parsed, wanted: Callable[[str], bool]) -> Iterator[Found]:
    for tree in parsed.trees:
        if wanted(SECURITY):
            yield from evident.look(tree)
        if wanted(PERFORMANCE):
            yield from loops.look(tree)
        if wanted(MAINTAINABILITY):
            yield from upkeep.look(tree)
