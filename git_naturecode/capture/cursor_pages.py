"""What "Export Transcript" of Cursor writes: a title, a line with date and version, then messages.

As of versions 1.2 to 3.13: messages are set apart by `---` and begin with `**User**` or
`**Cursor**`. Tools are not in it, nothing is escaped, and no id of the session is told, so it is
named after its title and what the user said first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from ..ids import digest32
from ..redact import Redactor
from ..store.entry import Draft
from .drafts import Drafting, Said
from .format import Found
from .names import Texts
from .times import Ticking, when

_LOOK = 4096
_MOST = 64 << 20
_HEAD = re.compile(
    r"\A\ufeff?# (?P<title>[^\r\n]*)\r?\n_Exported on (?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>\d{4})"
    r" at (?P<time>\d{1,2}:\d\d:\d\d)(?P<half> [AP]M)? (?P<zone>\S{1,9}) from Cursor"
    r" \((?P<version>[^)\r\n]{1,40})\)_\r?\n"
)
_BREAK = re.compile(r"\r?\n---\r?\n\r?\n\*\*(User|Cursor)\*\*\r?\n\r?\n")
# Hours from UTC of zones where the month stands before the day; elsewhere the day is first.
_AMERICAN = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
_OTHER = {"BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "IST": 5.5, "JST": 9, "VET": -4}
_OFFSET = re.compile(r"(?:GMT|UTC)([+-]\d{1,2})(?::(\d\d))?")


@dataclass(frozen=True)
class Page:
    """A page that was exported: its session, when, by which version."""

    session: str
    t: str
    title: str
    version: str


def look(path: str) -> Page | None:
    """What the beginning of `path` tells; None when it is no transcript exported by Cursor."""
    with open(path, "rb") as file:
        head = _HEAD.match(file.read(_LOOK).decode("utf-8", "replace"))
    t = _exported(head) if head else ""
    if not head or not t:
        return None
    first = next((said for role, said in _messages(path) if role == "user"), "")
    # Of the redacted text: a hash of what was there would let anybody test a guess of it.
    session = digest32((head["title"], Redactor().text(first)[0]), 20)
    return Page(session, t, head["title"], head["version"])


def _exported(head: "re.Match[str]") -> str:
    """The time of the export; which number is the month, the zone decides."""
    zone, first, second = head["zone"], int(head["a"]), int(head["b"])
    month, day = (first, second) if zone in _AMERICAN else (second, first)
    if month > 12:
        month, day = day, month
    hours = _AMERICAN.get(zone, _OTHER.get(zone, 0.0))
    if offset := _OFFSET.fullmatch(zone):
        minutes = int(offset[2] or 0) / 60
        hours = int(offset[1]) + (-minutes if offset[1].startswith("-") else minutes)
    hour, minute, second_of = map(int, head["time"].split(":"))
    if head["half"]:
        hour = hour % 12 + (12 if "P" in head["half"] else 0)
    try:
        away = timezone(timedelta(hours=hours))
        at = datetime(int(head["y"]), month, day, hour, minute, second_of, tzinfo=away)
        return when(at.isoformat()) or ""
    except (ValueError, OverflowError):
        return ""


def read(found: Found, page: Page, drafting: Drafting) -> Iterator[Draft]:
    """The drafts of a page."""
    if draft := drafting.open(page.title or "Cursor chat", page.t, {"version": page.version}):
        yield draft
    ticking, names = Ticking(page.t), Texts(drafting.clean)
    for role, said in _messages(found.path):
        t = ticking.at(None)
        source = names.of(role, said)
        if draft := drafting.message(Said(source, "", role, said, t)):
            yield draft


def _messages(path: str) -> Iterator[tuple[str, str]]:
    """Role and text of each message."""
    with open(path, "rb") as file:
        data = file.read(_MOST)
    try:
        whole = data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        whole = data.decode("utf-8", "replace")
    parts = _BREAK.split(whole)
    for role, said in zip(parts[1::2], parts[2::2], strict=True):
        if kept := said.strip("\r\n"):
            yield ("user" if role == "User" else "assistant"), kept
