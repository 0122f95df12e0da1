"""Suggestions: a fenced block in a comment that is to stand in the place of its lines."""

import re

_FENCES = re.compile(r"^ {0,3}(`{3,})", re.M)
WORD = "suggestion"


def with_suggestion(text: str, lines: str) -> str:
    """The body of a comment that says `text` and suggests `lines` ("": to take the lines out).

    The fence is longer than any in the lines. GitHub and GitLab read this form.
    """
    longest = max((len(one) for one in _FENCES.findall(lines)), default=2)
    fence = "`" * max(3, longest + 1)
    inside = lines if not lines or lines.endswith("\n") else lines + "\n"
    before = text.rstrip("\n") + "\n\n" if text.strip() else ""
    return f"{before}{fence}{WORD}\n{inside}{fence}"
