"""rdjson and rdjsonl, read: the diagnostics of reviewdog and of what speaks its format."""

from collections.abc import Iterator
from typing import Any

from git_naturecode.domain.findings.hit import Hit
from git_naturecode.domain.findings.incoming import given


def hits(result: Any, root: str) -> Iterator[Hit]:
    """Every diagnostic of a DiagnosticResult."""
    source, level = given.part(result, "source", "name"), given.part(result, "severity")
    for one in given.some(given.part(result, "diagnostics")):
        if found := hit(one, root, given.text(source), level):
            yield found


def hit(one: Any, root: str, source: str = "", level: Any = None) -> Hit | None:
    """One Diagnostic; `source` and `level` are those of the whole, where it has none."""
    place = given.part(one, "location", "range")
    at = _lines(place)
    code = given.text(given.part(one, "code", "value"))
    wanted = next(iter(given.some(given.part(one, "suggestions"))), None)
    is_whole = wanted is not None and _lines(given.part(wanted, "range")) == at and _is_lines(
        given.part(wanted, "range")
    )  # fmt: skip
    put = given.text(given.part(wanted, "text")) if is_whole else None
    return given.hit(
        code, given.severity(given.part(one, "severity") or level), given.part(one, "message"),
        given.path(given.part(one, "location", "path"), root), at,
        given.text(given.part(one, "source", "name")) or source,
        suggestion=put, cwe=given.cwe_in([code]),
    )  # fmt: skip


def _lines(place: Any) -> tuple[int, int]:
    """First and last line; a range that ends before the first column of a line ends above it."""
    first = given.part(place, "start", "line")
    last = given.part(place, "end", "line")
    if given.part(place, "end", "column") == 1 and isinstance(last, int) and last != first:
        last -= 1
    return given.lines(first, last)


def _is_lines(place: Any) -> bool:
    columns = given.part(place, "start", "column"), given.part(place, "end", "column")
    return columns == (None, None)
