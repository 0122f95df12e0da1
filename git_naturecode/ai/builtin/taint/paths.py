"""Paths: which of them somebody else can lead out of the folder that they were meant for."""

import re

from git_naturecode.ai.builtin.taint.values import GIVEN, OUTSIDE, PATH, Hole, Value

_NAMED = re.compile(
    r"(?:^|[_.'\"\[])(?:\w*path\w*|\w*file_?names?|file|\w*url|uri|route|key|src|dst|slug|page"
    r"|template|upload\w*|attachment|download|href|location|archive|image\w*|doc\w*|member|entry)\b",
    re.I,
)


def led_astray(value: Value) -> list[Hole]:
    """The holes of a path by which it can leave its folder.

    What a function was given counts where it was put behind a folder, and is named like a path.
    """
    found = value.dirty(PATH, OUTSIDE)
    if not found and value.built and not _first_is_hole(value):
        found = [one for one in value.dirty(PATH, GIVEN) if _NAMED.search(one.name)]
    return found


def _first_is_hole(value: Value) -> bool:
    """True where the folder itself is what was given, and all behind it is the code's own."""
    dirty = value.dirty(PATH, GIVEN)
    return len(dirty) == 1 and value.parts[0] == dirty[0]


def sureness(hole: Hole) -> float:
    """How sure it is that `hole` leads out of the folder."""
    return 0.9 if hole.level == OUTSIDE else 0.4
