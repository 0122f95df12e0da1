"""The sentences for what flows where it must not: one form for every language."""

from collections.abc import Iterable

from git_naturecode.ai.builtin.found import Found
from git_naturecode.ai.builtin.taint import pages, paths, shell, sql
from git_naturecode.ai.builtin.taint.values import GIVEN, OUTSIDE, Hole, Value

_WHENCE = {GIVEN: ", which the caller gives,", OUTSIDE: ", which comes from outside,"}


def query(
    language: str, value: Value, line: int, end: int, *, called: bool, cure: str
) -> Found | None:
    """A query with values in it that ought to be parameters."""
    found = sql.injected(value)
    if not found:
        return None
    worst, where = max(found, key=lambda one: sql.sureness(*one, called=called))
    what = (
        "becomes part of the SQL text" if where == sql.VALUE else "names what the SQL text is about"
    )
    return Found(
        f"nc/{language}/sql-injection", "critical" if worst.level == OUTSIDE else "high",
        sql.sureness(worst, where, called=called),
        f"{_what(worst)} {what}: whoever controls it can change the query. {cure}",
        line, end, "CWE-89", trail=_trail(value, [hole for hole, _ in found]),
    )  # fmt: skip


def command(
    language: str, value: Value, line: int, end: int, *, surely: bool, cure: str
) -> Found | None:
    """A command line with values in it that a shell would read."""
    found = shell.injected(value, shell=surely)
    if not found:
        return None
    built = bool(value.literal.strip())
    worst = max(found, key=lambda hole: hole.level)
    return Found(
        f"nc/{language}/command-injection", "critical" if worst.level == OUTSIDE else "high",
        shell.sureness(worst, shell=surely, built=built),
        f"{_what(worst)} becomes part of a command line: whoever controls it can run other "
        f"commands. {cure}",
        line, end, "CWE-78", trail=_trail(value, found),
    )  # fmt: skip


def path(language: str, value: Value, line: int, end: int, *, cure: str) -> Found | None:
    """A path that can lead out of its folder."""
    found = paths.led_astray(value)
    if not found:
        return None
    worst = max(found, key=lambda hole: hole.level)
    return Found(
        f"nc/{language}/path-traversal", "high" if worst.level == OUTSIDE else "medium",
        paths.sureness(worst),
        f"{_what(worst)} becomes part of a path: with `..` or a leading slash it leads out of the "
        f"folder. {cure}",
        line, end, "CWE-22", trail=_trail(value, found),
    )  # fmt: skip


def page(
    language: str, value: Value, line: int, end: int, *, least: int = GIVEN, cure: str
) -> Found | None:
    """A page into which values get as markup."""
    found = pages.injected(value, least=least)
    if not found:
        return None
    worst = max(found, key=lambda hole: hole.level)
    return Found(
        f"nc/{language}/cross-site-scripting", "high" if worst.level == OUTSIDE else "medium",
        pages.sureness(worst),
        f"{_what(worst)} gets into the page as markup: scripts in it would run for whoever looks. "
        f"{cure}",
        line, end, "CWE-79", trail=_trail(value, found),
    )  # fmt: skip


def _what(hole: Hole) -> str:
    name = " ".join(hole.name.split()).replace("`", "'")
    return f"`{name}`{_WHENCE.get(hole.level, '')}" if name else "A value"


def _trail(value: Value, holes: Iterable[Hole]) -> frozenset[int]:
    return value.lines | {hole.line for hole in holes if hole.line}
