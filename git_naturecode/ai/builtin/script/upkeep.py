"""Code in JavaScript that hides errors, or waits in a loop."""

import re
from collections.abc import Iterator, Sequence

from git_naturecode.ai.builtin.found import MAINTAINABILITY, PERFORMANCE, Found
from git_naturecode.ai.builtin.script.tokens import NAME, SIGN, Token, pairs

_QUERIES = re.compile(
    r"^(?:query|execute|findOne|findById|findUnique|findFirst|findByPk|fetch|get)$"
)


def look(found: Sequence[Token]) -> Iterator[Found]:
    """What is hard to keep right: errors that are passed over, comparisons that change types."""
    for at, token in enumerate(found):
        if token.kind == NAME and token.text == "catch" and _is_empty(found, at):
            yield Found(
                "nc/javascript/swallowed-error", "medium", 0.7,
                "Any error is passed over in silence here. Say which ones are meant, or log it.",
                token.line, token.line, aspect=MAINTAINABILITY,
            )  # fmt: skip


def _is_empty(found: Sequence[Token], at: int) -> bool:
    at += 1
    if at < len(found) and found[at].text == "(" and found[at].kind == SIGN:
        while at < len(found) and not (found[at].kind == SIGN and found[at].text == ")"):
            at += 1
            if found[at - 1].text == "{":
                return False
        at += 1
    texts = [(one.kind, one.text) for one in found[at : at + 2]]
    # With a line between the braces there is a comment that says why.
    return texts == [(SIGN, "{"), (SIGN, "}")] and found[at + 1].line - found[at].line < 2


def in_loops(found: list[Token]) -> Iterator[Found]:
    """Queries and requests that are waited for one by one in a loop."""
    closed = pairs(found)
    until, seen = -1, -1
    for at, token in enumerate(found):
        if token.kind != NAME:
            continue
        if token.text in ("for", "while") and at + 1 < len(found) and found[at + 1].text == "(":
            after = closed.get(at + 1, len(found)) + 1
            if after < len(found) and found[after].text == "{":
                until = max(until, closed.get(after, len(found)))
        elif token.text == "await" and at < until and token.line != seen and _asks(found, at):
            seen = token.line
            yield Found(
                "nc/javascript/query-in-loop", "low", 0.5,
                "One after the other is asked for and waited for in a loop. Ask once for all, or "
                "wait for all together (`Promise.all`).",
                token.line, token.line, aspect=PERFORMANCE,
            )  # fmt: skip


def _asks(found: Sequence[Token], at: int) -> bool:
    for index in range(at + 1, min(at + 12, len(found) - 1)):
        token = found[index]
        if token.kind == NAME and _QUERIES.match(token.text) and found[index + 1].text == "(":
            return True
        if token.kind == SIGN and token.text in (";", "{", "("):
            return False
    return False
