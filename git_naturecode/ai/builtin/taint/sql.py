"""Queries: which texts are SQL, and at which places of one a value would have to be a parameter."""

import re

from git_naturecode.ai.builtin.taint.values import GIVEN, OUTSIDE, SQL, UNKNOWN, Hole, Value

_STATEMENT = re.compile(
    r"[\s(;]*(?:select\s(?=.*\bfrom\b)|select\s+[\w.]+\s*\(|insert\s+(?:or\s+\w+\s+|ignore\s+)?into\b"
    r"|replace\s+into\b|update\s+\S+\s+set\b|delete\s+from\b|merge\s+into\b|with\s+\w+\s+as\s*\("
    r"|(?:create|alter|drop|truncate)\s+(?:\w+\s+){0,3}(?:table|database|index|view|user|role|schema)\b"
    r"|grant\s.+\bto\b|call\s+\w+\s*\()",
    re.I | re.S,
)
_PIECE = re.compile(
    r"\b(?:where|having)\b.{0,200}?(?:=|<|>|\blike\b|\bin\b)|\band\s+[\w.\"`]+\s*(?:=|<|>|like\b|in\b)"
    r"|\bvalues\s*\(|\border\s+by\b|\blimit\s",
    re.I | re.S,
)
_VALUE_BEFORE = re.compile(
    r"(?:[=<>]|\b(?:like|ilike|regexp|rlike|match|limit|offset|between|in|values|value|interval|then"
    r"|returns|against|else)\s*\(?|%|\|\||@@)\s*$",
    re.I,
)
_NAME_BEFORE = re.compile(
    r"(?:\b(?:from|join|into|update|table|by|select|distinct|database|schema|index|view|user|exists"
    r"|column|as|on|use|add|drop|to|using|role|trigger|function|procedure|sequence|describe|desc|asc)"
    r"|[.`\[\w]|\*)\s*$",
    re.I,
)
_CLAUSE_BEFORE = re.compile(
    r"\b(?:where|and|or|set|having|not|when|case|union|all)\s*\(?\s*$", re.I
)
_COMPARED = re.compile(r"\s*(?:=|<>|!=|<|>|\blike\b|\bin\b|\bis\b|\.|\()", re.I)
_CLAUSES = re.compile(
    r"\b(values|in|set|select|from|where|order\s+by|group\s+by|into|on|limit)\b", re.I
)
_QUOTES = re.compile("['\"]")
# What stands between two values of one list.
_NEXT = re.compile(r"\s*['\"]?\s*,\s*['\"]?\s*")
_LOOK = 800
VALUE, NAME, CLAUSE = "value", "name", "clause"


def is_query(value: Value) -> bool:
    """True for a text that begins like a statement of SQL."""
    return bool(_STATEMENT.match(_skeleton(value)[:4000]))


def is_piece(value: Value) -> bool:
    """True for a text that holds a clause of one."""
    return bool(_PIECE.search(value.literal[:4000]))


def injected(value: Value) -> list[tuple[Hole, str]]:
    """The holes of a query that ought to be parameters, and at which kind of place each stands.

    A name of a table or column cannot be a parameter: there only what came from outside counts.
    """
    found: list[tuple[Hole, str]] = []
    before = between = quote = where = ""
    parts = value.parts
    for index, part in enumerate(parts):
        if isinstance(part, str):
            between = part
            quote = _quote_behind(part, quote)
            before = (before + part)[-_LOOK:]
            continue
        after = parts[index + 1] if index + 1 < len(parts) else ""
        if where != VALUE or not _NEXT.fullmatch(between):
            where = place(before, after if isinstance(after, str) else "", quote)
        least = UNKNOWN if where == VALUE else OUTSIDE
        if part.level >= least and SQL not in part.clean:
            found.append((part, where))
        before += "x" if where == NAME else "0"
        between = "-"
    return found


def place(before: str, after: str, quote: str) -> str:
    """What stands between `before` and `after`, within `quote`: VALUE, NAME or CLAUSE."""
    if quote == "'":
        return VALUE
    if quote:
        text = before[: before.rfind(quote)]
        return VALUE if _VALUE_BEFORE.search(text[-_LOOK:]) else NAME
    text = before[-_LOOK:]
    if not text.strip() or _CLAUSE_BEFORE.search(text):
        return CLAUSE if not _COMPARED.match(after) else NAME
    if _NAME_BEFORE.search(text) and not _VALUE_BEFORE.search(text):
        return NAME
    if _VALUE_BEFORE.search(text):
        return VALUE
    return _in_list(before)


def _in_list(before: str) -> str:
    """A value where the list, the parentheses or the clause around it is one of values."""
    depth = 0
    for at in range(len(before) - 1, -1, -1):
        if before[at] == ")":
            depth += 1
        elif before[at] == "(":
            depth -= 1
            if depth < 0:
                head = before[max(0, at - 60) : at].rstrip().casefold()
                if re.search(r"\binto\s+\S+$", head):
                    return NAME
                return VALUE
    clauses = _CLAUSES.findall(before)
    last = re.sub(r"\s+", " ", clauses[-1].casefold()) if clauses else ""
    return VALUE if last in ("values", "in", "limit", "where", "set") else NAME


def _quote_behind(text: str, quote: str) -> str:
    """The quote within which `text` ends, which begins within `quote`; "" for none.

    Two quotes in a row cancel by themselves.
    """
    for mark in _QUOTES.findall(text):
        if not quote:
            quote = mark
        elif mark == quote:
            quote = ""
    return quote


def _skeleton(value: Value) -> str:
    return "".join(part if isinstance(part, str) else "x" for part in value.parts)


def sureness(hole: Hole, where: str, *, called: bool) -> float:
    """How sure it is that `hole` is an injection; `called`: the function is known to query."""
    sure = {UNKNOWN: 0.55, GIVEN: 0.75, OUTSIDE: 0.95}[max(hole.level, UNKNOWN)]
    return round(sure - 0.1 * (where != VALUE) - 0.15 * (not called), 2)
