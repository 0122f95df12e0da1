"""Patterns of paths as CODEOWNERS and merge rules have them, matched without a way to be slow."""

import re
from collections.abc import Iterable
from functools import lru_cache

_SPECIAL = re.compile(r"\\(.)|(\*+)|(\?)|\[([!^]?)(\]?[^\]/]*)\]|(.)", re.S)
_ABOVE = r"(?:[^/]+/)*"
MOST = 1_000  # characters of one pattern


def matcher(pattern: str, *, anywhere: bool, within: bool, classes: bool) -> "re.Pattern[str]":
    """What matches, as a whole, the paths that `pattern` means; raises ValueError for none.

    `*` and `?` stay within one name, `**` goes over any number of folders, a backslash takes the
    next character as it is, a slash at the end means what is in the folder. A pattern that begins
    with a slash is meant from the top; another one anywhere, unless `anywhere` is False and it has
    a slash inside. `within`: the name of a folder means what is in it, too. `classes`: `[a-z]`.
    """
    if len(pattern) > MOST:
        raise ValueError(f"a pattern of {len(pattern)} characters")
    names = [one for one in _names(pattern) if one]
    if not names:
        raise ValueError("a pattern that names nothing")
    inside = pattern.startswith("/") or (not anywhere and "/" in pattern.rstrip("/")[1:])
    if not inside:
        names.insert(0, "**")
    is_folder = pattern.endswith("/")
    if names[-1] == "**":
        names.append("*")  # what is in it, not itself
    last = "" if not is_folder else "/.+"
    if not is_folder and within and not _has_star(names[-1]):
        last = "(?:/.+)?"
    return re.compile(_path(names, last, classes=classes), re.S)


def _names(pattern: str) -> list[str]:
    """The parts between the slashes; a slash that is escaped is a slash all the same."""
    return pattern.replace("\\/", "/").split("/")


def _path(names: list[str], last: str, *, classes: bool) -> str:
    """The expression for folders and name. Where one of several `**` may end is settled by the
    first place that fits, so that nothing is ever tried twice."""
    parts: list[list[str]] = [[]]
    for name in names:
        if name != "**":
            parts[-1].append(_name(name, classes=classes))
        elif parts[-1] or len(parts) == 1:
            parts.append([])
    first, *middle = parts
    if not middle:
        return "/".join(first) + last
    begin = "".join(f"{one}/" for one in first)
    rest = "".join(f"(?>(?:[^/]+/)*?{''.join(f'{one}/' for one in part)})" for part in middle[:-1])
    return begin + rest + _ABOVE + "/".join(middle[-1]) + last


def _name(text: str, *, classes: bool) -> str:
    pieces = [""]
    for escaped, stars, one, negated, members, plain in _SPECIAL.findall(text):
        if stars:
            pieces.append("")
        elif one:
            pieces[-1] += "[^/]"
        elif members and classes:
            pieces[-1] += _class(negated, members)
        else:
            pieces[-1] += re.escape(escaped or plain or f"[{negated}{members}]")
    if len(pieces) == 1:
        return pieces[0]
    middle = "".join(f"(?>[^/]*?{piece})" for piece in pieces[1:-1] if piece)
    return pieces[0] + middle + "[^/]*" + pieces[-1]


def _class(negated: str, members: str) -> str:
    ranges = re.findall(r"(.)-(.)|(.)", members, re.S)
    inside = ""
    for low, high, one in ranges:
        if one:
            inside += re.escape(one)
        elif low <= high:
            inside += f"{re.escape(low)}-{re.escape(high)}"
    if not inside:
        return "[^/]" if negated else "(?!)"
    return f"[^/{inside}]" if negated else f"(?!/)[{inside}]"


def _has_star(name: str) -> bool:
    return any(stars for _, stars, *_ in _SPECIAL.findall(name))


@lru_cache(maxsize=1_000)
def rule(pattern: str) -> "re.Pattern[str]":
    """The matcher of a pattern in a merge rule: as in .gitignore; raises ValueError."""
    return matcher(pattern.removeprefix("!"), anywhere=False, within=True, classes=True)


def chosen(patterns: Iterable[str], path: str) -> bool:
    """True when `path` is meant by `patterns`: the last one that fits says so, `!` says no."""
    return next(
        (not one.startswith("!") for one in reversed([*patterns]) if rule(one).fullmatch(path)),
        False,
    )
