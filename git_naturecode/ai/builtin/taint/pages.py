"""Pages: texts that are HTML, and values that get into them as markup."""

import re

from git_naturecode.ai.builtin.taint.values import GIVEN, HTML, OUTSIDE, UNKNOWN, Hole, Value

_MARKUP = re.compile(
    r"<(?:!doctype|/?(?:a|abbr|article|b|body|br|button|code|div|em|form|h[1-6]|head|html|i|iframe|img"
    r"|input|label|li|link|meta|nav|ol|option|p|pre|script|section|select|small|span|strong|style|svg"
    r"|table|tbody|td|textarea|th|title|tr|u|ul|video)\b)",
    re.I,
)


def is_markup(value: Value) -> bool:
    """True for a text with tags of HTML."""
    return bool(_MARKUP.search(value.literal))


def injected(value: Value, *, least: int = GIVEN) -> list[Hole]:
    """The holes of a page that may hold markup of somebody else."""
    return value.dirty(HTML, least)


def sureness(hole: Hole) -> float:
    """How sure it is that `hole` lets markup in."""
    return {UNKNOWN: 0.4, GIVEN: 0.6, OUTSIDE: 0.9}[max(hole.level, UNKNOWN)]
