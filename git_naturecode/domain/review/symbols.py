"""The definition around a line, found by indentation and the words that begin one."""

import re
from collections.abc import Sequence

_MOST_UP = 5_000  # lines looked at above a line
_WORDS = re.compile(
    r"(?:(?:pub(?:\([^)]*\))?|public|private|protected|internal|static|final|abstract|async|export|"
    r"default|virtual|override|unsafe|extern|inline|const|open|sealed|data|partial)\s+)*"
    r"(?:def|class|func|function|fn|fun|sub|struct|interface|trait|impl|enum|module|namespace|"
    r"type|protocol|extension|record|package|object|proc|method)\b|#{1,6}\s|\[[^\]]+\]\s*$"
)
_PLAIN = re.compile(r"[A-Za-z_$].*[({:]")  # as git takes a line for the head of a function
_NOT = re.compile(r"(?:if|else|for|while|switch|case|default|do|try|catch|except|finally|with)\b")


def enclosing(lines: Sequence[str], index: int) -> str:
    """The line that begins the definition in which line `index` (from 0) stands; "" without one.

    Going up, of lines that are indented less and less, the first that looks like a beginning.
    """
    room = _indent(lines[index]) if index < len(lines) else None
    for at in range(index - 1, max(-1, index - 1 - _MOST_UP), -1):
        line = lines[at]
        depth = _indent(line)
        if depth is None or line.strip() == "{":
            continue
        if room is None:
            room = depth + 1
        if depth < room:
            if _begins(line, depth):
                return line
            room = depth
        if room == 0:
            break
    return ""


def _indent(line: str) -> int | None:
    """The width of the blanks that `line` begins with; None where nothing else is on it."""
    text = line.lstrip()
    return len(line[: len(line) - len(text)].expandtabs(8)) if text else None


def _begins(line: str, depth: int) -> bool:
    text = line.strip()
    if _WORDS.match(text):
        return True
    return depth == 0 and bool(_PLAIN.match(text)) and not _NOT.match(text)
