"""What all formats of reports have in common: paths, severities, texts, and their limits."""

import posixpath
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from git_naturecode.domain.findings.hit import Hit

MOST_TEXT = 16 * 1024
"""Characters of a message that are kept."""
_MOST_LINE = 2**31
_SEVERITIES = {
    "info": "low", "information": "low", "informational": "low", "note": "low", "none": "low",
    "notice": "low", "low": "low", "minor": "low", "ignore": "low", "style": "low",
    "warning": "medium", "warn": "medium", "medium": "medium", "moderate": "medium",
    "major": "medium", "unknown_severity": "medium",
    "error": "high", "high": "high", "failure": "high",
    "critical": "critical", "blocker": "critical", "fatal": "critical",
}  # fmt: skip
_NUMBERS = {0: "medium", 1: "high", 2: "medium", 3: "low"}  # as rdjson numbers them


def hit(
    rule: Any, severity: str, message: Any, path: str, at: tuple[int, int], source: str, *,
    tool: str = "", suggestion: str | None = None, cwe: str = "", confidence: float = 1.0,
) -> Hit | None:  # fmt: skip
    """A hit on the lines `at` (first, last; from 1) of `path`; None without a path or a line.

    `tool` is `source` without its version, where it has one: in the next version a rule is the
    same, and so is what has been said of a finding of it.
    """
    if not path or at[0] < 1:
        return None
    return Hit(
        f"{_word(tool or source) or 'report'}/{_word(rule) or 'finding'}", severity, confidence,
        text(message) or "no message", path, "new", *at, suggestion,
        "security" if cwe else "maintainability", " ".join(source.split())[:100] or "report", cwe,
    )  # fmt: skip


def severity(word: Any, otherwise: str = "medium") -> str:
    """One of our severities for the word or number of a format."""
    if isinstance(word, int) and not isinstance(word, bool):
        return _NUMBERS.get(word, otherwise)
    return _SEVERITIES.get(word.lower(), otherwise) if isinstance(word, str) else otherwise


def path(name: Any, root: str, *, is_uri: bool = False) -> str:
    """The path `name` as git has it; "" for what lies outside of the repository at `root`."""
    if not isinstance(name, str):
        return ""
    if is_uri or name.startswith("file:"):
        name = unquote(name if not name.startswith("file:") else urlsplit(name).path)
    if len(name) > 4096 or "\0" in name:
        return ""
    if root and name.startswith(f"{root.rstrip('/')}/"):
        name = name[len(root.rstrip("/")) + 1 :]
    name = posixpath.normpath(name.replace("\\", "/")) if name else ""
    return "" if name in ("", ".", "..") or name.startswith(("/", "../")) else name


def lines(first: Any, last: Any = None) -> tuple[int, int]:
    """The first and the last line; (0, 0) for what is none."""
    begin = _number(first)
    return (begin, max(begin, _number(last))) if begin else (0, 0)


def _number(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 11:
        value = int(value)
    good = isinstance(value, int) and not isinstance(value, bool) and 0 < value < _MOST_LINE
    return value if good else 0


def text(value: Any) -> str:
    """`value` if it is a text, up to MOST_TEXT characters of it."""
    return value[:MOST_TEXT].strip() if isinstance(value, str) else ""


def part(value: Any, *names: str) -> Any:
    """What stands in an object under `names`, one within the other; None where nothing does."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def some(value: Any) -> list[Any]:
    """`value` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def cwe_in(words: Any) -> str:
    """ "CWE-89" for the first word that names one, as tags and rules do; else ""."""
    for word in some(words):
        name = word.rpartition("/")[2].upper() if isinstance(word, str) else ""
        digits = name.removeprefix("CWE-").lstrip("0")
        if name.startswith("CWE-") and digits.isascii() and digits.isdigit() and len(digits) < 6:
            return f"CWE-{digits}"
    return ""


def _word(value: Any) -> str:
    return "-".join(text(value).split())[:100]
