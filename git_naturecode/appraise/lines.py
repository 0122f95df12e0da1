"""One line of git-appraise's notes: what it says, and the hash by which others name it.

The format is that of git-appraise's schema/*.json. Its program reads and hashes lines with Go's
encoding/json: names of keys in any case, and the SHA-1 of what it would write itself.
"""

import hashlib
import json
import re
from typing import Any, NamedTuple

from git_naturecode.clock import iso

Json = Any
Fields = list[tuple[str, Json]]

REVIEWS, DISCUSS, CI, ANALYSES = "reviews", "discuss", "ci", "analyses"
NAMES = (REVIEWS, DISCUSS, CI, ANALYSES)
PREFIX = "refs/notes/devtools/"
ARCHIVES = "refs/devtools/archives/reviews"
MARK = "naturecode"
"""The key by which a line that this program wrote names the entry that it tells of."""
_VERSION = 0
_UINT = 1 << 32
_LATEST = 253_402_300_799  # the last second of the year 9999
_STAMP = 10
_ESCAPED = re.compile('[\x00-\x1f"\\\\<>&\u2028\u2029]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LONE = re.compile("[\ud800-\udfff]")


class Unreadable(ValueError):
    """A line that git-appraise does not understand either; says why in a few words."""


class Request(NamedTuple):
    """A request for a review; the last one on a commit says how things stand.

    `target` "" means that the review was abandoned, `alias` is the commit after a rebase.
    """

    timestamp: str
    source: str
    target: str
    requester: str
    reviewers: tuple[str, ...]
    description: str
    base: str
    alias: str
    mark: str


class Location(NamedTuple):
    """Where a comment stands; lines and columns from 1, 0 for none."""

    commit: str = ""
    path: str = ""
    start: int = 0
    start_column: int = 0
    end: int = 0
    end_column: int = 0
    has_range: bool = False


class Comment(NamedTuple):
    """A comment, a reply to `parent`, or a new version of `original`; `hash` names it to others.

    `resolved` True accepts what it is about, False asks for more work, None does neither.
    """

    timestamp: str
    author: str
    original: str
    parent: str
    location: Location | None
    description: str
    resolved: bool | None
    mark: str
    hash: str


class Report(NamedTuple):
    """What a build, a test or an analysis has found."""

    timestamp: str
    status: str
    agent: str
    url: str


def request(raw: bytes) -> Request:
    """The request that the line `raw` is; raises Unreadable."""
    found = _parsed(raw)
    return Request(
        found.text("timestamp"), found.text("reviewRef"), found.text("targetRef"),
        found.text("requester"), found.texts("reviewers"), found.text("description"),
        found.text("baseCommit"), found.text("alias"), found.mark(),
    )  # fmt: skip


def comment(raw: bytes) -> Comment:
    """The comment that the line `raw` is; raises Unreadable."""
    found = _parsed(raw)
    made = Comment(
        found.text("timestamp"), found.text("author"), found.text("original"),
        found.text("parent"), _location(found.below("location")), found.text("description"),
        found.flag("resolved"), found.mark(), "",
    )  # fmt: skip
    return made._replace(hash=sha1(canonical(made, found.text("signature"))))


def report(raw: bytes) -> Report:
    """The result of a build or an analysis that the line `raw` is; raises Unreadable."""
    found = _parsed(raw)
    return Report(
        found.text("timestamp"), found.text("status"), found.text("agent"), found.text("url")
    )


def canonical(comment: Comment, signature: str = "") -> bytes:
    """The line that git-appraise itself would write for `comment`."""
    return encoded([*fields(comment), ("signature", signature or None)])


def fields(comment: Comment) -> Fields:
    """What `comment` says, in the order in which git-appraise writes it."""
    return [
        ("timestamp", _padded(comment.timestamp) or None), ("author", comment.author or None),
        ("original", comment.original or None), ("parent", comment.parent or None),
        ("location", _told(comment.location)), ("description", comment.description or None),
        ("resolved", comment.resolved),
    ]  # fmt: skip


def _told(location: Location | None) -> Json:
    if location is None:
        return None
    lines: Fields = [
        ("startLine", location.start), ("startColumn", location.start_column or None),
        ("endLine", location.end or None), ("endColumn", location.end_column or None),
    ]  # fmt: skip
    return [
        ("commit", location.commit or None), ("path", location.path or None),
        ("range", lines if location.has_range else None),
    ]  # fmt: skip


def encoded(pairs: Fields) -> bytes:
    """`pairs` as one line of JSON as Go writes it, without those that are None."""
    return _object(pairs).encode("utf-8", "replace")


def _object(pairs: Fields) -> str:
    told = (f"{quoted(name)}:{_value(value)}" for name, value in pairs if value is not None)
    return "{" + ",".join(told) + "}"


def _value(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, tuple):
        return f"[{','.join(map(quoted, value))}]"
    return _object(value) if isinstance(value, list) else str(value)


def quoted(text: str) -> str:
    """`text` as a JSON string as Go's encoding/json writes it."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    return _SHORT.get(found[0]) or f"\\u{ord(found[0]):04x}"


def sha1(data: bytes) -> str:
    """The name that git-appraise gives to a line."""
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def time_of(timestamp: str) -> str:
    """Seconds since the epoch as ISO time; "" where it is no such number."""
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return ""
    seconds = int(timestamp)
    return iso(seconds * 1000) if 0 < seconds <= _LATEST else ""


def _padded(timestamp: str) -> str:
    sign, digits = (timestamp[:1], timestamp[1:]) if timestamp[:1] in "+-" else ("", timestamp)
    if len(timestamp) >= _STAMP or not digits.isascii() or not digits.isdigit():
        return timestamp
    return ("-" if sign == "-" else "") + digits.zfill(_STAMP - (sign == "-"))


def _location(value: "_Fields | None") -> Location | None:
    if value is None:
        return None
    lines = value.below("range")
    told = lines or _Fields([])
    return Location(
        value.text("commit"), value.text("path"), told.number("startLine"),
        told.number("startColumn"), told.number("endLine"), told.number("endColumn"),
        lines is not None,
    )  # fmt: skip


def _parsed(raw: bytes) -> "_Fields":
    try:
        value = _decoder.decode(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise Unreadable("no JSON") from None
    if not isinstance(value, _Pairs):
        raise Unreadable("no JSON object")
    found = _Fields(value)
    if found.number("v") != _VERSION:
        raise Unreadable("of a version that nobody knows")
    return found


class _Pairs(Fields):
    """A JSON object, its keys in their order."""


def _integer(digits: str) -> int:
    if len(digits) > _STAMP * 2:
        raise ValueError("a number that is too long")
    return int(digits)


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_int=_integer, parse_constant=_no_constant
)


class _Fields:
    """The fields of a JSON object as Go finds them: the last of those that differ only in case."""

    def __init__(self, pairs: Fields) -> None:
        self._found = {key.casefold(): value for key, value in pairs if value is not None}

    def text(self, key: str) -> str:
        value = self._found.get(key.casefold(), "")
        if not isinstance(value, str):
            raise Unreadable(f"its {key} is no text")
        return _LONE.sub("\ufffd", value)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._found.get(key.casefold(), [])
        if isinstance(value, _Pairs) or not isinstance(value, list):
            raise Unreadable(f"its {key} is no list")
        if not all(isinstance(one, str | None) for one in value):
            raise Unreadable(f"its {key} holds what is no text")
        return tuple(_LONE.sub("\ufffd", one or "") for one in value)

    def number(self, key: str) -> int:
        value = self._found.get(key.casefold(), 0)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _UINT:
            raise Unreadable(f"its {key} is no number")
        return value

    def flag(self, key: str) -> bool | None:
        value = self._found.get(key.casefold())
        if value is not None and not isinstance(value, bool):
            raise Unreadable(f"its {key} is neither true nor false")
        return value

    def below(self, key: str) -> "_Fields | None":
        value = self._found.get(key.casefold())
        if value is not None and not isinstance(value, _Pairs):
            raise Unreadable(f"its {key} is no JSON object")
        return None if value is None else _Fields(value)

    def mark(self) -> str:
        value = self._found.get(MARK)
        return value if isinstance(value, str) else ""
