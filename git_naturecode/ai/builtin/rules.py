"""The rules that fit a file: those for its language, and those for lines of any file."""

from collections.abc import Callable, Iterator

from git_naturecode.ai.builtin.facts import characters, lines, secrets, tests
from git_naturecode.ai.builtin.found import MAINTAINABILITY, SECURITY, TESTS, Found, Looked
from git_naturecode.ai.builtin.introduced import introduced
from git_naturecode.ai.builtin.kinds import PYTHON, SCRIPT
from git_naturecode.ai.builtin.reading import MOST_LINE, Sheet

Wanted = Callable[[str], bool]


def of_lines(sheet: Sheet, wanted: Wanted) -> Iterator[Found]:
    """What is found in the new lines by themselves."""
    if wanted(SECURITY):
        yield from secrets.look(sheet)
        yield from characters.look(sheet)
    if wanted(MAINTAINABILITY):
        yield from lines.look(sheet)
    if wanted(TESTS):
        yield from tests.look(sheet)


def of_language(sheet: Sheet, old: Callable[[], str | None], wanted: Wanted) -> Looked:
    """What the rules for its language find in a file that the change has brought."""
    if not sheet.kind.language or sheet.kind.is_generated or not sheet.shown:
        return Looked([], "")
    language = sheet.kind.language
    found: list[Found] = []
    lost = "" if sheet.text is not None else "too large: only what the difference shows"
    for above, text in sheet.pieces():
        looked = _look(language, text, wanted)
        lost = lost or looked.lost
        found += [_moved(one, above) for one in looked.found]

    def before() -> tuple[list[Found], str]:
        text = old() if sheet.text is not None else None
        return (_look(language, text, wanted).found, text) if text else ([], "")

    return Looked([*introduced(_sorted(found), sheet, before)], lost)


def _look(language: str, text: str, wanted: Wanted) -> Looked:
    # Loaded with the first file of their language: each takes its time.
    if language == PYTHON:
        from git_naturecode.ai.builtin.python import rules as python

        return python.look(text, wanted)
    if language == SCRIPT:
        from git_naturecode.ai.builtin.script import rules as script

        return script.look(text, wanted)
    return Looked([], "")


def _moved(found: Found, above: int) -> Found:
    if not above:
        return found
    trail = frozenset(line + above for line in found.trail)
    return found._replace(line=found.line + above, end=found.end + above, trail=trail)


def _sorted(found: list[Found]) -> list[Found]:
    """By line; of those that one rule finds on one line, the surest."""
    best: dict[tuple[int, str], Found] = {}
    for one in found:
        known = best.get((one.line, one.rule))
        if known is None or one.confidence > known.confidence:
            best[one.line, one.rule] = one
    return sorted(best.values(), key=lambda one: (one.line, one.rule))


def too_long(sheet: Sheet) -> str:
    """Why lines of `sheet` were not looked at to their ends; "" where all were."""
    if any(len(text) > MOST_LINE for text in sheet.added.values()):
        return f"lines of more than {MOST_LINE} characters were looked at only so far"
    return ""
