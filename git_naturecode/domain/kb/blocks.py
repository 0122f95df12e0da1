"""What a line is in Markdown: whether it stands in code or a comment, and where a block begins."""

import re
from collections.abc import Iterable
from typing import NamedTuple


class Open(NamedTuple):
    """What is open after a line: a fence (its character and length) or HTML (what ends it).

    `nested` says that it was opened inside something else, or perhaps was not opened at all.
    """

    fence: str = ""
    length: int = 0
    end: str = ""
    nested: bool = False


NONE = Open()
"""Nothing is open."""
_CONTAINER = r"(?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])*"
_FENCE = re.compile(rf"({_CONTAINER})(`{{3,}}|~{{3,}})([^\n]*)")
_HTML = re.compile(
    rf"({_CONTAINER})<(?:(!--)|(\?)|(!\[CDATA\[)|(![A-Za-z])|(script|pre|style|textarea)(?=[\s>]|$))",
    re.I,
)
_ENDS = {2: "-->", 3: "?>", 4: "]]>", 5: ">"}
_ITEM = re.compile(r"\s*(?:[-+*]|\d{1,9}[.)])(?:\s|$)")
_HEADING = r"#{1,6}(?:[ \t]|$)"
_RULE = r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|=+[ \t]*)$"
_ALONE = re.compile(rf" {{0,3}}(?:{_HEADING}|`{{3,}}|~{{3,}}|{_RULE})")


def after(lines: Iterable[str], state: Open = NONE) -> Open:
    """What is open after `lines`, when `state` is before them; of doubtful lines the worst."""
    for line in lines:
        if "\n" not in line:
            state = _step(line, state)
    return state


def begins(line: str) -> bool:
    """True when `line` begins a list item, or is a heading, a rule or a fence."""
    return bool(_ITEM.match(line) or _ALONE.match(line))


def is_alone(line: str) -> bool:
    """True when `line` is a heading, a rule or a fence: no other line goes on with it."""
    return bool(_ALONE.match(line))


def _step(line: str, state: Open) -> Open:
    if state.end:
        return NONE if state.end in line.lower() else state
    if state.fence and _closes(line, state):
        return NONE
    if state.fence and not (state.nested and _is_at_edge(line)):
        return state
    if "`" not in line and "~" not in line and "<" not in line:
        return NONE
    return _opened(line)


def _closes(line: str, state: Open) -> bool:
    found = _FENCE.match(line)
    if not found or found[3].strip() or found[2][0] != state.fence:
        return False
    is_flat = len(found[1]) <= 3 and not found[1].strip(" ")
    return len(found[2]) >= state.length and (state.nested or is_flat)


def _is_at_edge(line: str) -> bool:
    """True where an item of a list or a quotation has ended, and with it what is open in it."""
    return bool(line) and not line[0].isspace() and line[0] != ">"


def _opened(line: str) -> Open:
    found = _FENCE.match(line)
    if found:
        if found[2][0] == "`" and "`" in found[3]:
            return NONE
        return Open(found[2][0], len(found[2]), nested=bool(found[1]))
    html = _HTML.match(line)
    if not html:
        return NONE
    end = next((end for group, end in _ENDS.items() if html[group]), "") or f"</{html[6]}>".lower()
    return NONE if end in line[html.end() :].lower() else Open(end=end, nested=bool(html[1]))
