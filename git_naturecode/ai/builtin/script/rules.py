"""What is wrong with a text in JavaScript or TypeScript."""

from collections.abc import Callable
from typing import NamedTuple

from git_naturecode.ai.builtin.found import Found


class Looked(NamedTuple):
    """What was found in a text, and why something of it could not be looked at ("": it was)."""

    found: list[Found]
    lost: str


def look(text: str, wanted: Callable[[str], bool]) -> Looked:
    """What the rules find in `text` for the aspects that are `wanted`."""
    return Looked([], "")
