"""What is wrong with a text in JavaScript or TypeScript."""

from collections.abc import Callable

from git_naturecode.ai.builtin.found import MAINTAINABILITY, PERFORMANCE, SECURITY, Found, Looked
from git_naturecode.ai.builtin.script import upkeep
from git_naturecode.ai.builtin.script.evaluate import Evaluator
from git_naturecode.ai.builtin.script.tokens import MOST_TOKENS, tokens
from git_naturecode.ai.builtin.taint.budget import TOO_MUCH, Spent


def look(text: str, wanted: Callable[[str], bool]) -> Looked:
    """What the rules find in `text` for the aspects that are `wanted`."""
    read = tokens(text)
    found: list[Found] = []
    why = "too large to be read to its end" if len(read) >= MOST_TOKENS else ""
    if wanted(SECURITY):
        walk = Evaluator(read)
        try:
            walk.block(0, len(read))
        except Spent:
            why = TOO_MUCH
        found += walk.found
        if walk.lost:
            why = f"nested too deeply at line {walk.lost}"
    if wanted(MAINTAINABILITY):
        found += upkeep.look(read)
    if wanted(PERFORMANCE):
        found += upkeep.in_loops(read)
    return Looked(found, why)
