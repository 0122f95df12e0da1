"""Commands: which functions hand a text to a shell, and which texts are command lines."""

import re

from git_naturecode.ai.builtin.taint.values import GIVEN, LIST, OUTSIDE, SHELL, UNKNOWN, Hole, Value

# A function of somebody's own that runs commands, by the words of its name.
_RUNS = re.compile(
    r"(?:^|_)(?:ssh|cli|cmd|command|shell|sudo|popen|system|bash|adb|remote)(?:_|$)|"
    r"(?:ssh|cli|cmd|command|shell)(?:run|exec)|(?:run|exec|execute|call|send|check)(?:ssh|cli|cmd|"
    r"command|shell|bash)",
    re.I,
)
_PERHAPS = re.compile(r"^_?(?:run|exec|execute|call|local|sudo)$", re.I)
_NOT = re.compile(
    r"(?:^|_)(?:get|is|has|parse|print|log|show|format|build|make|add|test|find|create|register|set"
    r"|help|validate|escape|quote|split|to|from|on|error|warn|write)(?:_|$)",
    re.I,
)
# The beginning of a command line: a program's name, then a blank and what it is given.
_COMMAND = re.compile(r"\s*(?:[A-Z_]+=\S*\s+)*[\w./~$-]{2,}\s+\S")
_STARTS = re.compile(r"\s*[\w./~$-]{2,}\s")
_SENTENCE = re.compile(r"\s*[A-Z][a-z]+ [a-z]+|.*[a-z]{2}[.:!?]\s*$", re.S)


def runs_commands(name: str) -> bool:
    """True for the name of a function that surely gives its text to a shell somewhere."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    return not name[:1].isupper() and bool(_RUNS.search(words)) and not _NOT.search(words)


def may_run(name: str) -> bool:
    """True for a name such as `run`, which means a command where it is given a command line."""
    return bool(_PERHAPS.match(name))


def is_command(value: Value) -> bool:
    """True for a text that looks like a command line with something put into it."""
    text = "".join(part if isinstance(part, str) else "x" for part in value.parts)[:2000]
    first = value.parts[0] if value.parts else ""
    begins = isinstance(first, str) and bool(_STARTS.match(first))
    return begins and bool(_COMMAND.match(text)) and not _SENTENCE.match(text)


def injected(value: Value, *, shell: bool) -> list[Hole]:
    """The holes of a command through which it could become another one.

    `shell`: the text surely reaches a shell; then what was given as a whole counts as well.
    """
    if value.kind == LIST:
        return []
    if not value.literal.strip():
        return value.dirty(SHELL, GIVEN if shell else OUTSIDE)
    return value.dirty(SHELL, UNKNOWN)


def sureness(hole: Hole, *, shell: bool, built: bool) -> float:
    """How sure it is that `hole` lets commands in."""
    sure = {UNKNOWN: 0.5, GIVEN: 0.7, OUTSIDE: 0.95}[max(hole.level, UNKNOWN)]
    return round(sure - 0.15 * (not shell) - 0.2 * (not built), 2)
