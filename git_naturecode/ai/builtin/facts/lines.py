"""Lines that do not belong into a repository: merge markers, debug output, what is left to do."""

import re
from collections.abc import Iterator

from git_naturecode.ai.builtin.found import MAINTAINABILITY, Found
from git_naturecode.ai.builtin.kinds import PYTHON, SCRIPT
from git_naturecode.ai.builtin.reading import MOST_LINE, Sheet

_MARKER = re.compile(r"(?:<{7}|>{7}|\|{7})(?: .*)?$")
_MIDDLE = re.compile(r"={7}$")
_BREAK = {
    PYTHON: re.compile(
        r"^\s*(?:import\s+(?:i?pdb|pudb|pydevd)\b|(?:i?pdb|pudb)\.set_trace\(|breakpoint\(\s*\)"
        r"|from\s+i?pdb\s+import|import\s+code;\s*code\.interact|pydevd\.settrace\()"
    ),
    SCRIPT: re.compile(r"(?:^|[\s;{)])debugger\s*;?\s*(?:$|//|\})"),
    ".rb": re.compile(r"^\s*(?:binding\.(?:pry|irb)|byebug|debugger)\b"),
    ".php": re.compile(r"^\s*(?:var_dump|dd|xdebug_break)\s*\("),
}
_PRINTS = {
    PYTHON: re.compile(r"^\s*p?print\s*\((?!.*file\s*=)|^\s*print\s+[\"'\w]"),
    SCRIPT: re.compile(r"^\s*console\.(?:log|debug|trace|dir|table)\s*\(|^\s*alert\s*\("),
    ".go": re.compile(r"^\s*fmt\.Print(?:ln|f)?\(\s*\"(?:DEBUG|debug|XXX|here)"),
    ".rs": re.compile(r"^\s*dbg!\s*\("),
    ".java": re.compile(r"^\s*System\.out\.print(?:ln|f)?\s*\(|\.printStackTrace\(\)"),
    ".php": re.compile(r"^\s*(?:print_r|error_log)\s*\("),
}
_TO_DO = re.compile(
    r"(?:#|//|/\*|\*|--|;|<!--|%|\{#|\brem\b)[^\"']{0,40}?\b(TODO|FIXME|XXX|HACK)\b[:\s(]?(.{0,80})"
)


def look(sheet: Sheet) -> Iterator[Found]:
    """What is found line by line among the new ones of `sheet`."""
    suffix = "." + sheet.name.rpartition(".")[2]
    key = sheet.kind.language or suffix
    broken, printed = _BREAK.get(key), _PRINTS.get(key)
    if sheet.kind.is_program or sheet.kind.is_test:
        printed = None
    marked = any(_MARKER.match(text[:200]) for text in sheet.added.values())
    for number, whole in sheet.added.items():
        text = whole[:MOST_LINE]
        if marked and (_MARKER.match(text) or _MIDDLE.match(text)) and _is_marker(sheet, text):
            yield _found(
                number, "merge-marker", "critical", 0.95,
                "A conflict of a merge was left here. Decide for one side, and take the markers "
                "out.",
            )  # fmt: skip
        if broken is not None and broken.search(text):
            yield _found(
                number, "debugger", "high", 0.9,
                "The program stops here for a debugger. Take it out.",
            )  # fmt: skip
        elif printed is not None and printed.search(text) and not sheet.kind.is_generated:
            yield _found(
                number, "debug-output", "low", 0.5,
                "This looks like output for debugging. Take it out, or log it.",
            )  # fmt: skip
        if "O" in text or "X" in text or "H" in text:
            yield from _to_do(number, text, sheet)


def _is_marker(sheet: Sheet, text: str) -> bool:
    """A line of equals signs underlines a title in texts; there only the others are markers."""
    is_prose = sheet.name.lower().endswith((".md", ".rst", ".txt", ".adoc"))
    return not (is_prose and text.startswith("="))


def _to_do(number: int, text: str, sheet: Sheet) -> Iterator[Found]:
    found = None if sheet.kind.is_generated else _TO_DO.search(text[:1000])
    if found:
        yield _found(
            number, "to-do", "low", 0.6,
            f"Something is left to do here ({found[1]}). Do it, or write an issue that says so.",
        )  # fmt: skip


def _found(line: int, rule: str, severity: str, sure: float, message: str) -> Found:
    return Found(f"nc/{rule}", severity, sure, message, line, line, aspect=MAINTAINABILITY)
