"""What became of an article besides its text: its titles, types, tags and names, in their order."""

from collections.abc import Sequence
from typing import NamedTuple

from git_naturecode.domain import fold
from git_naturecode.domain.kb.build import TAGS, author_of, order_of, time_of
from git_naturecode.domain.kb.model import REVISION
from git_naturecode.domain.said import text_of
from git_naturecode.store.store import Placed

_REGISTERS = ("title", "type")


class Change(NamedTuple):
    """One change: by whom, when (ISO), where it belongs among the revisions, of what `field`
    (title, type, slug, tag), what that was before and is now; a tag that is new has no former
    value, one that was taken away no present one."""

    by: str
    time: str
    order: tuple[str, str, str]
    field: str
    former: str
    value: str


def changes(placed: Sequence[Placed]) -> list[Change]:
    """All that count, in the order of the log; what an article begins with is none."""
    found: list[Change] = []
    now: dict[str, str] = {}
    begun = False
    for one in sorted(fold.count(placed), key=lambda one: order_of(one.entry)):
        entry = one.entry
        value, named = text_of(entry, "value"), text_of(entry, "field")
        if entry.kind == REVISION:
            begun = True
        elif entry.kind == "open":
            now = {field: text_of(entry, field) for field in (*_REGISTERS, "slug")} | now
        elif entry.kind in ("set", "rename"):
            field = "slug" if entry.kind == "rename" else named
            value = text_of(entry, "slug") if entry.kind == "rename" else value
            former, now[field] = now.get(field, ""), value
            if value and value != former and field in (*_REGISTERS, "slug"):
                found.append(_change(one, field, former, value))
        elif entry.kind in ("add", "remove") and named == TAGS and value and begun:
            gone, new = (value, "") if entry.kind == "remove" else ("", value)
            found.append(_change(one, "tag", gone, new))
    return found


def _change(one: fold.Counted, field: str, former: str, value: str) -> Change:
    entry = one.entry
    return Change(author_of(entry), time_of(entry), order_of(entry), field, former, value)
