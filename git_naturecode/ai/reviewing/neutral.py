"""What a model has written, made harmless: words and code, and nothing that does something.

No link, picture or HTML, nobody mentioned, no issue named, no command to a host, a bot or a runner
of workflows, no character that nobody sees; wherever it is shown or posted. What could do something
is put between backticks, where it is only read.
"""

import re

from git_naturecode.ai.reviewing.hidden import visible

MOST = 4_000  # characters of one text
_FENCE = re.compile(r"^ {0,3}(?:(`{3,})[^`\n]*|(~{3,})[^\n]*)$", re.M)
_INNER = re.compile(r"^ {0,3}(?=`{3,}|~{3,})", re.M)
_TICKS = re.compile(r"`+")
_PICTURE = re.compile(r"!?\[([^\]\n]*)\](?:\([^)\n]*\)|\[[^\]\n]*\])")
_DEFINITION = re.compile(r"^( {0,3})(\[[^\]\n]+\]:.*)$", re.M)
_LIVE = re.compile(
    r"(?:https?|ftp|file|data|javascript|vbscript|mailto|ssh|git)\s{0,2}:[^\s`]*"
    r"|\bwww\.[^\s`]+"
    r"|\b[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){0,8}"
    r"|@[\w][\w./-]*"
    r"|(?:\b[\w.-]{1,100}(?:/[\w.-]{1,100}){1,4})?[#!&%~$^]\d+"
    r"|\bGH-\d+\b"
    r"|<[A-Za-z/!?][^>`\n]*>|<[A-Za-z/!?][\w-]*"
    r"|&(?:#\w+|\w+);",
    re.IGNORECASE,
)
_LIVELY = frozenset({"link_open", "image", "html_block", "html_inline"})
_AT_START = re.compile(r"^([ \t]*(?:(?:[-*+>|_#\\]|\d+[.)])[ \t]*)*)(/\w[^\s`]*)", re.M)
_WORKFLOW = re.compile(r"^([ \t]*(?:[-*+>][ \t]*)*):(?=:)", re.M)
_OLD_WORKFLOW = re.compile(r"##(?=\[|vso)")
_JOINED = re.compile(r"\](?=[(\[:])")


def neutral(text: str, most: int = MOST) -> str:
    """`text`, Markdown of a model, so that it does nothing wherever it is read; it may be cut.

    Code between backticks stays code. The result holds no more backticks in a row than three, and
    doing it again changes nothing that matters.
    """
    text = visible(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(text) > most:
        text = text[:most].rstrip() + " [cut]"
    text = _unrun(text)
    made = ""
    for part, is_code in _parts(text):
        shown = part if is_code else _prose(part, is_first=not made or made.endswith("\n"))
        made = _joined(made, shown)
    made = _unrun(made)  # what is left of a link may begin a line now
    return made.strip() if is_still(made) else _block(text.replace("`", "'"))


def _unrun(text: str) -> str:
    """`text` without commands to what runs workflows, in code, too: it reads plain lines."""
    return _OLD_WORKFLOW.sub("## ", _WORKFLOW.sub(r"\1: ", text))


def is_still(text: str) -> bool:
    """True when `text`, read as CommonMark with HTML, has no link, no picture and no HTML."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    kinds = [token.type for one in reader.parse(text) for token in (one, *(one.children or ()))]
    return not any(kind in _LIVELY for kind in kinds)


def line(text: str, most: int = 300) -> str:
    """The same as one line."""
    return neutral(" ".join(text.split()), most).replace("\n", " ")


def _parts(text: str) -> list[tuple[str, bool]]:
    """`text` as prose and code; a fence that nobody closes is closed, a lone backtick is prose."""
    found: list[tuple[str, bool]] = []
    at = 0
    while opened := _FENCE.search(text, at):
        found += _spans(text[at : opened.start()])
        mark = opened[1] or opened[2]
        close = re.compile(rf"^ {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$", re.M)
        line_end = text.find("\n", opened.end())
        body = len(text) if line_end < 0 else line_end + 1
        closed = close.search(text, body)
        inside = text[body : closed.start() if closed else len(text)].rstrip("\n")
        found.append((_block(inside), True))
        at = closed.end() if closed else len(text)
    return [*found, *_spans(text[at:])]


def _block(inside: str) -> str:
    """Code as a block of its own. A longer fence within it cannot end it."""
    return "```\n" + _INNER.sub("    ", inside) + "\n```"


def _spans(text: str) -> list[tuple[str, bool]]:
    """Prose, and code between backticks on one line."""
    found: list[tuple[str, bool]] = []
    at = 0
    for opened in _TICKS.finditer(text):
        if opened.start() < at:
            continue
        mark = opened[0]
        end = text.find(mark, opened.end())
        inside = text[opened.end() : end] if end >= 0 else "\n"
        if len(mark) > 2 or "\n" in inside or "`" in inside or not inside.strip():
            continue
        found += [(text[at : opened.start()].replace("`", "'"), False), (f"`{inside}`", True)]
        at = end + len(mark)
    return [*found, (text[at:].replace("`", "'"), False)]


def _prose(text: str, *, is_first: bool) -> str:
    """Prose with what is live in it between backticks; `is_first`: it begins a line."""
    text = _DEFINITION.sub(r"\1(\2)", _PICTURE.sub(r"\1", text))
    made, at = "", 0
    for command in _AT_START.finditer(text):
        if command.start() or is_first:  # else it stands behind code on its line
            made = _joined(_stilled(made, text[at : command.start(2)]), f"`{command[2]}`")
            at = command.end()
    return _stilled(made, text[at:])


def _stilled(made: str, text: str) -> str:
    """`text` behind what is `made` of the text before it."""
    at = 0
    for live in _LIVE.finditer(text):
        made = _joined(made + _JOINED.sub("] ", text[at : live.start()]), f"`{live[0]}`")
        at = live.end()
    return _joined(made, _JOINED.sub("] ", text[at:]))


def _joined(one: str, other: str) -> str:
    """Both. Two codes side by side would be one, and behind a backslash a backtick begins none."""
    if other.startswith("`"):
        one = one.rstrip("\\")
        return f"{one} {other}" if one.endswith("`") else one + other
    return one + other
