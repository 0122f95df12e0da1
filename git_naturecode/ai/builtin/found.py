"""What a rule has found in one file, before anybody asks whether the change is behind it."""

from typing import NamedTuple

SECURITY, PERFORMANCE, MAINTAINABILITY, TESTS = (
    "security", "performance", "maintainability", "tests",
)  # fmt: skip


class Found(NamedTuple):
    """Lines `line` to `end` (from 1) of a file, and what is the matter with them.

    `severity` is low, medium, high or critical, `confidence` 0..1, `message` Markdown whose first
    sentence says it all. `trail` are other lines that make it so, such as the one where a query was
    put together that is sent on `line`.
    `grown`: it is about the size of something, and nothing new where that was as large before.
    """

    rule: str
    severity: str
    confidence: float
    message: str
    line: int
    end: int
    cwe: str = ""
    aspect: str = SECURITY
    trail: frozenset[int] = frozenset()
    suggestion: str | None = None
    grown: bool = False


class Looked(NamedTuple):
    """What was found in a text, and why something of it could not be looked at ("": it was)."""

    found: list[Found]
    lost: str
