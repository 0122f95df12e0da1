"""Addresses that somebody else chooses: where a page leads to, and what the server itself asks."""

from git_naturecode.ai.builtin.found import Found
from git_naturecode.ai.builtin.taint.values import LIST, OUTSIDE, PATH, Value


def is_chosen(value: Value) -> bool:
    """True for an address whose beginning comes from outside: its scheme and host."""
    first = value.parts[0] if value.parts and value.kind != LIST else ""
    return not isinstance(first, str) and first.level == OUTSIDE and PATH not in first.clean


def away(language: str, line: int, end: int) -> Found:
    """A redirect to an address that is chosen."""
    return Found(
        f"nc/{language}/open-redirect", "medium", 0.65,
        "Whoever makes the link says where this leads, also to another site or to a `javascript:` "
        "address. Let only paths of your own pass.", line, end, "CWE-601",
    )  # fmt: skip


def asked(language: str, line: int, end: int) -> Found:
    """A request of the server itself to an address that is chosen."""
    return Found(
        f"nc/{language}/server-side-request", "high", 0.7,
        "Whoever sends this says which host the server asks, also one that only the server can "
        "reach. Let only hosts pass that are meant.", line, end, "CWE-918",
    )  # fmt: skip
