"""What a line is in Markdown: whether it stands in code or a comment, and where a block begins."""

import re
from collections.abc import Iterable
from typing import NamedTuple


class Open(NamedTuple):
    """What is open after a line: a fence (its character and length) or HTML (what ends it).

    `nested` says that it was opened inside of a quotation (">") or of an item ("-"), or there
    perhaps was not opened at all; `inside`: the next line may be inside of an item; `text`: it may
    go on with what is there, even at the edge.
    """

    fence: str = ""
    length: int = 0
    end: str = ""
    nested: str = ""
    inside: bool = False
    text: bool = False

    @property
    def is_code(self) -> bool:
        """True where a fence or HTML is open."""
        return bool(self.fence or self.end)

    def is_like(self, other: "Open") -> bool:
        """True where the same is open."""
        return self[:4] == other[:4]


NONE = Open()
"""The begin of a text: nothing is open, and nothing above it either."""
_TEXT, _GOES_ON = Open(text=True), Open(inside=True, text=True)
_CONTAINER = r"(?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])*"
_FENCE = re.compile(rf"({_CONTAINER})(`{{3,}}|~{{3,}})([^\n]*)")
_HTML = re.compile(
    rf"({_CONTAINER})<(?:(!--)|(\?)|(!\[CDATA\[)|(![A-Za-z])|(script|pre|style|textarea)(?=[\s>]|$))",
    re.I,
)
_ENDS = {2: "-->", 3: "?>", 4: "]]>", 5: ">", 6: "</pre>"}
_ALSO = ("</script>", "</style>", "</textarea>")  # end what "</pre>" ends (CommonMark 4.6)
_ITEM = re.compile(r"\s*(?:[-+*]|\d{1,9}[.)])(?:\s|$)")
_HEADING = r"#{1,6}(?:[ \t]|$)"
_THEMATIC = r"(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,}"
_RULE = rf"(?:{_THEMATIC}|=+[ \t]*)$"
_ALONE = re.compile(rf" {{0,3}}(?:{_HEADING}|`{{3,}}|~{{3,}}|{_RULE})")
_BREAK = re.compile(rf" {{0,3}}(?:{_HEADING}|(?:{_THEMATIC})$)")
_FLAT = re.compile(r" {0,3}")


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
    if state.is_code and not _leaves(line, state):
        ended = _ends(line, state.end) if state.end else _closes(line, state)
        return Open(inside=state.inside) if ended else state
    is_marked = "`" in line or "~" in line or "<" in line
    if line[:1].isalpha() and not is_marked:  # most lines
        return _GOES_ON if state.inside and state.text else _TEXT
    opened = _opened(line, state.inside) if is_marked else NONE
    is_alone = opened.is_code or bool(_BREAK.match(line) or _HTML.match(line))
    return opened._replace(
        inside=_is_inside(line, state, is_alone), text=not is_alone and bool(line.strip())
    )


def _leaves(line: str, state: Open) -> bool:
    """True where what `state` is nested in has ended before `line`, and with it what is open."""
    if state.nested == ">":
        return line.lstrip()[:1] != ">"
    return bool(state.nested) and _is_at_edge(line)


def _is_inside(line: str, state: Open, is_alone: bool) -> bool:
    """Whether what follows `line`, which is in no code, may be inside of an item.

    A line at the edge ends it, unless that goes on with a text there.
    """
    if _ITEM.match(line):
        return True
    if not _is_at_edge(line):
        return state.inside
    return state.inside and state.text and not is_alone and line[0] != ">"


def _closes(line: str, state: Open) -> bool:
    found = _FENCE.match(line)
    if not found or found[3].strip() or found[2][0] != state.fence:
        return False
    return len(found[2]) >= state.length and bool(state.nested or _FLAT.fullmatch(found[1]))


def _is_at_edge(line: str) -> bool:
    return bool(line) and not line[0].isspace()


def _opened(line: str, inside: bool) -> Open:
    found = _FENCE.match(line) or _HTML.match(line)
    if not found or (not inside and not found[1].strip() and not _FLAT.fullmatch(found[1])):
        return NONE
    within = found[1] and (inside or not _FLAT.fullmatch(found[1]))
    nested = ">" if ">" in found[1] else "-" if within else ""
    if found.re is _FENCE:
        is_code = found[2][0] == "`" and "`" in found[3]
        return NONE if is_code else Open(found[2][0], len(found[2]), nested=nested)
    end = next(end for group, end in _ENDS.items() if found[group])
    return NONE if _ends(line[found.end() :], end) else Open(end=end, nested=nested)


def _ends(line: str, end: str) -> bool:
    low = line.lower()
    return end in low or (end == _ENDS[6] and any(one in low for one in _ALSO))
