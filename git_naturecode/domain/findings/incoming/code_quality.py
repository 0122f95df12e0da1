"""Code Quality and Code Climate, read: a list of issues in JSON."""

from collections.abc import Iterator
from typing import Any

from git_naturecode.domain.findings.hit import Hit
from git_naturecode.domain.findings.incoming import given


def hits(issues: Any, root: str) -> Iterator[Hit]:
    """Every issue of the list."""
    for one in given.some(issues):
        place = given.part(one, "location")
        spots = given.part(place, "positions")
        rows = given.part(place, "lines")
        first = given.part(rows, "begin") or given.part(spots, "begin", "line")
        last = given.part(rows, "end") or given.part(spots, "end", "line")
        found = given.hit(
            given.part(one, "check_name"), given.severity(given.part(one, "severity")),
            given.part(one, "description"), given.path(given.part(place, "path"), root),
            given.lines(first, last), given.text(given.part(one, "engine_name")) or "codequality",
        )  # fmt: skip
        if found:
            yield found
