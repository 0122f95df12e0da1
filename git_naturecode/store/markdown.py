"""Whether a text can stand in a segment as Markdown without swallowing what comes after it.

`safe` is a scanner, not a parser: it lets through what it understands and says no to the rest.
An open fence, an HTML tag or a comment in a message would hide the messages after it.
"""

import re
from collections.abc import Iterator

# Control characters, and a CR of its own, which CommonMark takes for the end of a line.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# What none of the texts needs looking at has: everything else is harmless before an empty line.
_SPECIAL = re.compile(r"[<\x00-\x08\x0b-\x1f\x7f]|```|~~~|>>>")
_DANGER = re.compile(r"<[A-Za-z/!?]")
_AUTOLINK = re.compile(r"<https?://[^\s<>`\\]*>")
# GitLab's quotation over several lines, open until its like.
_LONG_QUOTE = re.compile(r"^[ \t]*>{3,}[ \t]*$", re.M)
# A line that begins a fence, or ends one, after whatever containers it may stand in.
_FENCE_LINE = re.compile(
    r"^(?P<prefix>(?:[ \t>]|[-+*][ \t]|[0-9]{1,9}[.)][ \t])*)"
    r"(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)$",
    re.M,
)
_MARKER = re.compile(r"(?P<mark>[-+*]|(?P<number>[0-9]{1,9})[.)])(?P<gap> +|$)")
_RULE = re.compile(r"(?:-[ ]*){3,}$|(?:\*[ ]*){3,}$|(?:_[ ]*){3,}$")
_RUN = re.compile(r"`+")
_ODD_LINK = re.compile(r"\]\((?![^()`'\"<\\]*\))")


class _Unsure(Exception):
    """The scanner does not know what a renderer makes of this."""


def safe(body: str) -> bool:
    """True only if what follows `body` and an empty line is shown at top level by any renderer."""
    if not _SPECIAL.search(body):
        return True
    if "\r" in body:
        body = body.replace("\r\n", "\n")
    if _CONTROL.search(body):
        return False
    if "```" not in body and "~~~" not in body:
        return _text_is_safe(body)
    try:
        return _text_is_safe("\n\n".join(_outside_fences(body)))
    except _Unsure:
        return False


# -- text without fences --------------------------------------------------------------------------


def _text_is_safe(text: str) -> bool:
    if ">>>" in text and _LONG_QUOTE.search(text):
        return False
    if not _DANGER.search(text):
        return True
    text = _AUTOLINK.sub("\0", text)
    if not _DANGER.search(text):
        return True
    open_span = False
    for line in text.split("\n"):
        if not line.strip(" \t"):
            open_span = False
            continue
        dangerous = _DANGER.search(line) is not None
        if dangerous and open_span:
            return False
        outside, closed = _outside_code(line)
        if dangerous and (not closed or _DANGER.search(outside)):
            return False
        open_span = open_span or not closed
    return True


def _outside_code(line: str) -> tuple[str, bool]:
    """`line` without its code spans, and whether it is sure that none begins or ends elsewhere."""
    if "`" not in line:
        return line, "](" not in line or not _ODD_LINK.search(line)
    if "\\`" in line or _ODD_LINK.search(line):
        return line, False
    outside = []
    pos = 0
    while opening := _RUN.search(line, pos):
        outside.append(line[pos : opening.start()])
        closing = _closing_run(line, opening.end(), opening[0])
        # A table cuts its rows into cells before it looks for code.
        if closing < 0 or "|" in line[opening.end() : closing]:
            return line, False
        pos = closing + len(opening[0])
    outside.append(line[pos:])
    return "\0".join(outside), True


def _closing_run(line: str, pos: int, run: str) -> int:
    for found in _RUN.finditer(line, pos):
        if found[0] == run:
            return found.start()
    return -1


# -- fences ---------------------------------------------------------------------------------------


def _outside_fences(body: str) -> Iterator[str]:
    """The stretches of `body` between its fences; _Unsure when one may not be what it looks."""
    lists = _Lists()
    start = pos = 0
    while opening := _FENCE_LINE.search(body, pos):
        if opening["fence"][0] == "`" and "`" in opening["info"]:
            # Inline code that happens to begin a line.
            pos = opening.end() + 1
            continue
        before = body[start : opening.start()]
        yield before
        indent = lists.fence(before, opening["prefix"])
        start = pos = _after_closing(body, opening, indent)
    yield body[start:]


def _after_closing(body: str, opening: re.Match[str], indent: int) -> int:
    """Where the text goes on after the fence that `opening` begins with `indent` columns."""
    fence = opening["fence"]
    pos = opening.end() + 1
    while closing := _FENCE_LINE.search(body, pos):
        pos = closing.end() + 1
        columns = _columns(closing["prefix"])
        if not closing["fence"].startswith(fence) or closing["info"].strip(" \t"):
            continue
        if columns is None or columns > indent + 3:
            continue
        if columns != indent and (indent or columns < indent):
            raise _Unsure
        if indent and _outdented(body[opening.end() + 1 : closing.start()], indent):
            raise _Unsure
        return pos
    raise _Unsure


def _outdented(text: str, indent: int) -> bool:
    """True when a line of `text` would end the list item that holds the fence."""
    return any(
        line.strip(" \t") and len(line) - len(line.lstrip(" ")) < indent
        for line in text.expandtabs(4).split("\n")
    )


def _columns(prefix: str) -> int | None:
    """The columns of a prefix of blanks; None when it is more than that."""
    wide = prefix.expandtabs(4)
    return None if wide.strip(" ") else len(wide)


class _Lists:
    """The list items that are open after the lines read so far, as columns of their content."""

    def __init__(self) -> None:
        self.open: list[int] = []
        self.sure = True
        self.after_blank = True
        self.waiting = ""

    def fence(self, before: str, prefix: str) -> int:
        """The column of a fence after `before` and `prefix`; _Unsure unless it does begin one."""
        self.waiting += before
        if ">" in prefix:
            raise _Unsure
        columns = _columns(prefix)
        if columns is not None and columns <= 3:
            # It begins one in any container that is still open at this column. What was before
            # is read when a deeper one asks for it; until then a heading stands for the fence.
            self.waiting += " " * columns + "#\n"
            return columns
        for line in self.waiting.split("\n")[:-1]:
            self.line(line)
        self.waiting = ""
        if columns is None:
            columns = self.markers(prefix + "x")
        else:
            self.close(columns, interrupts=True)
        base = self.open[-1] if self.open else 0
        if not self.sure or not 0 <= columns - base <= 3:
            raise _Unsure
        self.after_blank = False
        return columns

    def line(self, line: str) -> None:
        """One line outside of any fence."""
        if not line.strip(" \t"):
            self.after_blank = True
            return
        self.markers(line)
        self.after_blank = False

    def markers(self, line: str) -> int:
        """Open and close items as `line` says; the column of its text."""
        line = line.expandtabs(4)
        text = line.lstrip(" ")
        columns = len(line) - len(text)
        marker = _MARKER.match(text)
        if columns == 0 and self.after_blank:
            self.open.clear()
            self.sure = True
        popped = self.close(columns, interrupts=bool(marker) or text.startswith(("#", ">")))
        while marker and not _RULE.match(text):
            base = self.open[-1] if self.open else 0
            if columns - base > 3:
                break
            gap = len(marker["gap"])
            weak = not marker["gap"] or not text[marker.end() :] or gap > 4
            later = marker["number"] is not None and marker["number"] != "1"
            if weak or (later and not self.after_blank and not popped):
                self.sure = False
            columns += len(marker["mark"]) + max(gap, 1)
            self.open.append(columns)
            text = text[marker.end() :]
            marker = _MARKER.match(text)
            popped = True
        return columns

    def close(self, columns: int, *, interrupts: bool) -> bool:
        """Leave the items that text at `columns` is not part of."""
        popped = False
        while self.open and columns < self.open[-1]:
            self.open.pop()
            popped = True
        if popped and not interrupts and not self.after_blank:
            # Perhaps a lazy line, which leaves its item open.
            self.sure = False
        return popped
