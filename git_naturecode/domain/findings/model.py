"""A finding: something that an analysis says of lines of a change."""

from typing import NamedTuple

from git_naturecode.domain.review.anchor import Anchor

SEVERITIES = ("low", "medium", "high", "critical")
SECURITY, PERFORMANCE, MAINTAINABILITY = "security", "performance", "maintainability"
ASPECTS = (SECURITY, PERFORMANCE, MAINTAINABILITY)
"""What an analysis looks for where nobody says it."""


class Finding(NamedTuple):
    """Something found, on lines that the change shows.

    `rule` says what kind of thing it is ("nc/python/sql-injection", "bandit/B608",
    "ai/security"), `severity` is one of SEVERITIES, `confidence` is 0 to 1. `message` is Markdown
    whose first sentence tells it all; `suggestion` is the text that would replace the lines of
    `anchor` (None: no such text, "": take them out). `source` is who found it ("builtin", "bandit
    1.9.4", "openai:deepseek-chat"), `cwe` is "CWE-89" or "". `fingerprint` (32 hex digits) is the
    same for the same thing after a push: `fingerprint.of` makes it.
    """

    rule: str
    severity: str
    confidence: float
    message: str
    anchor: Anchor
    suggestion: str | None
    aspect: str
    source: str
    cwe: str
    fingerprint: str


def rank(severity: str) -> int:
    """How bad it is: 0 for low to 3 for critical; -1 for a word that is none of SEVERITIES."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else -1


def is_asked(aspect: str, aspects: tuple[str, ...]) -> bool:
    """True when who asks for `aspects` wants what is of `aspect`: maintainability stands for all
    that has no name of its own among ASPECTS (tests, style and the like)."""
    return aspect in aspects or (MAINTAINABILITY in aspects and aspect not in ASPECTS)
