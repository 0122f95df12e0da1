"""What of the things found in a file the change has brought, and on which line each stands."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from git_naturecode.ai.builtin.found import Found
from git_naturecode.ai.builtin.reading import Sheet

Before = Callable[[], tuple[Iterable[Found], str]]
_NEAR = 40  # lines between what changed and what is found by it


def introduced(found: Iterable[Found], sheet: Sheet, before: Before) -> Iterator[Found]:
    """Those of `found` (of the text after the change) that are new, or whose lines are.

    `before` gives what the same rules find in the text before, with that text; it is only asked
    where something stands on old lines. All that are given stand on lines that `sheet` shows.
    """
    known: Counter[tuple[str, str]] | None = None
    lines = (sheet.text or "").split("\n")
    for one in found:
        placed = _on_new(one, sheet)
        if placed is None or one.grown:
            if known is None:
                known = _fingerprints(*before())
            mark = _mark(one, lines)
            if known[mark]:
                known[mark] -= 1
                continue
            placed = placed or _nearby(one, sheet)
        if placed is not None:
            yield placed


def _on_new(found: Found, sheet: Sheet) -> Found | None:
    """`found` on the new lines that it is about; None where none of them is new."""
    if any(one in sheet.added for one in range(found.line, found.end + 1)):
        span = sheet.span(found.line, found.end)
        return found._replace(line=span[0], end=span[1]) if span else None
    touched = sorted(one for one in found.trail if one in sheet.added)
    if not touched:
        return None
    span = sheet.span(found.line, found.end)
    first, last = span or (touched[-1], touched[-1])
    return found._replace(line=first, end=last)


def _nearby(found: Found, sheet: Sheet) -> Found | None:
    """`found` on the nearest line that the difference shows: something there has brought it."""
    if span := sheet.span(found.line, found.end):
        return found._replace(line=span[0], end=span[1])
    best: tuple[int, int] | None = None
    for hunk in sheet.shown:
        line = min(max(found.line, hunk.start), hunk.stop - 1)
        if best is None or abs(line - found.line) < best[0]:
            best = abs(line - found.line), line
    if best is None or best[0] > _NEAR:
        return None
    message = f"{found.message} (It is on line {found.line}; this change has brought it.)"
    return found._replace(line=best[1], end=best[1], message=message)


def _fingerprints(found: Iterable[Found], text: str) -> "Counter[tuple[str, str]]":
    lines = text.split("\n")
    return Counter(_mark(one, lines) for one in found)


def _mark(found: Found, lines: list[str]) -> tuple[str, str]:
    """The rule and its lines without white space: what a thing found is known by."""
    if found.grown:
        return found.rule, "".join(lines[found.line - 1 : found.line])[:60].partition("(")[0]
    return found.rule, "".join("".join(lines[found.line - 1 : found.end]).split())
