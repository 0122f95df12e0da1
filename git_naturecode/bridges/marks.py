"""The marks by which our own comments on a forge are found again: hidden, and no proof.

Whoever writes a comment can write a mark. So a mark counts only in what was written by the account
that asks.
"""

import re

_FINDING = re.compile(
    r"<!-- naturecode:finding ([0-9a-f]{32})(?: by ([A-Za-z0-9_.:+/-]{1,1000}))? -->\s*\Z"
)
_SUMMARY = "<!-- naturecode:summary -->"


def finding(text: str, fingerprint: str, by: str = "") -> str:
    """`text` with the mark of the finding `fingerprint` at its end; `by`: one word for who found
    it."""
    who = f" by {by}" if by else ""
    return f"{text.rstrip()}\n\n<!-- naturecode:finding {fingerprint}{who} -->"


def fingerprint(text: str) -> str:
    """The finding that a comment is marked with; "" for none."""
    found = _FINDING.search(text)
    return found[1] if found else ""


def by(text: str) -> str:
    """Who has found what a comment is marked with; "" where it does not say."""
    found = _FINDING.search(text)
    return (found[2] or "") if found else ""


def summary(text: str) -> str:
    """`text` marked as the one about the whole."""
    return f"{text.rstrip()}\n\n{_SUMMARY}"


def is_summary(text: str) -> bool:
    """True for a comment about the whole."""
    return text.rstrip().endswith(_SUMMARY)
