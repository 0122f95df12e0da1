"""Sessions that share entries because one was forked from the other, and what they owe each other.

A fork holds the same entries as its origin, so that who hides one of his texts means it in all.
"""

from collections.abc import Iterable, Mapping, Sequence

from git_naturecode.domain import people
from git_naturecode.domain.said import Comment, Message
from git_naturecode.domain.session import Session
from git_naturecode.store.entry import Entry, Json


def members(rows: Iterable[Mapping[str, Json]], entity: str) -> list[str]:
    """The sessions that are forks of `entity`, of which it is one, and so on, by their rows."""
    beside: dict[str, set[str]] = {}
    for row in rows:
        if row.get("forkedFrom"):
            one, other = str(row["id"]), str(row["forkedFrom"])
            beside.setdefault(one, set()).add(other)
            beside.setdefault(other, set()).add(one)
    seen, waiting = {entity}, [entity]
    while waiting:
        for other in sorted(beside.get(waiting.pop(), set()) - seen):
            seen.add(other)
            waiting.append(other)
    return sorted(seen - {entity})


def owed(session: Session, redactions: Iterable[Entry]) -> list[Entry]:
    """Which of `redactions`, made in another member of its family, hide a text of `session` too.

    Those of texts that it still shows, by who said them or may manage this session: a fork gives no
    rights over what others said.
    """
    said: Sequence[Message | Comment] = [*session.messages, *session.comments]
    shown = {one.id: one for one in said if not one.hidden}
    found = []
    for entry in redactions:
        one = shown.get(str(entry.header.get("target")))
        by = str(entry.header.get("by", ""))
        if one is None or entry.is_stub:
            continue
        if people.key(one.by) == people.key(by) or session.people.can(by, "manage"):
            found.append(entry)
    return found
